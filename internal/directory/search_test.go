package directory_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/models"
)

// Names of the world are found by what people type, and nothing typed breaks
// the search.
func TestSearchCorpus(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		e := directory.New(db.Store)
		names := []string{"Zoë Ångström", "Łukasz Żółć", "İpek Işık", "李小龍", "김철수", "Sinéad O’Brien", "محمد علي", "Nguyễn Đức",
			"100% Real", `Back\slash`, "Under_score", "O'; DROP TABLE users;--", "Emoji 👩‍🚀 Person"}
		for _, name := range names {
			create(t, db, e, directory.NewPerson{DisplayName: name})
		}
		for text, want := range map[string]string{
			"zoe": names[0], "ZOË ang": names[0], "angstrom": names[0], "Zoe\u0308": names[0], "lukasz zolc": names[1], "ipek isik": names[2],
			"İPEK": names[2], "李小": names[3], "김철": names[4], "obrien": names[5], "o'brien": names[5], "O’Bri": names[5], "محمد": names[6],
			"nguyen duc": names[7], "100%": names[8], "back\\sl": names[9], "under_sc": names[10], "drop table": names[11], "emoji person": names[12],
			"zoe zoe ang": names[0], "\u202Ezoe": names[0], "Ｚｏｅ": names[0],
		} {
			if got := search(t, db, e, text); !slices.Equal(got, []string{want}) {
				t.Errorf("%q finds %q, want %q", text, got, want)
			}
		}
		for _, text := range []string{"' OR 1=1 --", "zoe\x00", "\xff\xfe", "%", "_", strings.Repeat("a ", 500), strings.Repeat("z", 5000), "@", "zoe lukasz", "?tenant", "{id}"} {
			page, err := e.List(t.Context(), db.Tenant, directory.Query{Text: text})
			if err != nil {
				t.Errorf("%.20q: %v", text, err)
			}
			if text == "zoe lukasz" && len(page.Rows) != 0 {
				t.Errorf("two words find anybody with one of them")
			}
		}
		if got := search(t, db, e, " "); len(got) != len(names) {
			t.Errorf("nothing typed finds %d of %d", len(got), len(names))
		}
	})
}

func search(t *testing.T, db *dbtest.DB, e *directory.Engine, text string) []string {
	t.Helper()
	page, err := e.List(t.Context(), db.Tenant, directory.Query{Text: text})
	if err != nil {
		t.Fatalf("List(%q): %v", text, err)
	}
	var names []string
	for _, row := range page.Rows {
		names = append(names, row.DisplayName)
	}
	return names
}

func TestLookup(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		e := directory.New(db.Store)
		loaded := load(t, db, e,
			directory.NewRecord{DisplayName: "Amara", Username: "AOkafor", Email: "Amara@bücher.example", ExternalID: "HR-7",
				Identities: []directory.NewIdentity{{Provider: "keycloak", Issuer: issuer, Subject: "8f2a-Sub"}}},
			directory.NewRecord{DisplayName: "Bjorn", Username: "HR-7"},
		)
		amara := loaded[0]
		for text, want := range map[string][]string{
			"amara@BÜCHER.example": {"Amara e-mail"}, " aokafor ": {"Amara username"}, "8f2a-Sub": {"Amara subject"},
			amara.PublicID: {"Amara ID"}, strings.ToUpper(amara.PublicID): {"Amara ID"}, "HR-7": {"Bjorn username", "Amara external ID"},
			"8f2a-sub": nil, "hr-7 x": nil, "amara": nil, "": nil, "\x00": nil, "\xff": nil, strings.Repeat("x", 5000): nil, "8f2a-Su": nil,
		} {
			found, err := e.Lookup(t.Context(), db.Tenant, text)
			if err != nil {
				t.Errorf("Lookup(%.20q): %v", text, err)
			}
			var got []string
			for _, x := range found {
				got = append(got, x.DisplayName+" "+x.By)
			}
			if !slices.Equal(got, want) {
				t.Errorf("Lookup(%.40q) = %q, want %q", text, got, want)
			}
		}
	})
}

func TestListRefuses(t *testing.T) {
	t.Parallel()
	db := dbtest.One(t, "sqlite")
	e := directory.New(db.Store)
	for name, q := range map[string]directory.Query{
		"bad cursor":      {Cursor: "x"},
		"too many a page": {Limit: 101},
		"negative page":   {Limit: -1},
		"unknown sort":    {Sort: "email; DROP TABLE users"},
		"unknown view":    {View: "everybody"},
		"unknown status":  {Statuses: []models.Status{"dead"}},
		"NUL in a value":  {Attributes: []directory.AttributeFilter{{Key: "site", Value: "\x00"}}},
		"not text":        {Providers: []string{"\xff"}},
		"too many values": {DepartmentIDs: make([]int64, 201)},
	} {
		if _, err := e.List(t.Context(), db.Tenant, q); !errs.Is(err, errs.Invalid) {
			t.Errorf("%s: %v, want errs.Invalid", name, err)
		}
	}
	if _, err := e.Facets(t.Context(), db.Tenant, directory.Query{}, "email"); !errs.Is(err, errs.Invalid) {
		t.Errorf("facets of e-mail: %v", err)
	}
}

// When everybody behind a cursor is gone, the empty page leads back to the last row.
func TestEmptyPageLeadsBack(t *testing.T) {
	t.Parallel()
	db := dbtest.One(t, "sqlite")
	e := directory.New(db.Store)
	a := create(t, db, e, directory.NewPerson{DisplayName: "A", Title: "x"})
	b := create(t, db, e, directory.NewPerson{DisplayName: "B", Title: "x"})
	for _, desc := range []bool{false, true} {
		q := directory.Query{Limit: 1, Desc: desc, Statuses: []models.Status{models.Active}}
		page, err := e.List(t.Context(), db.Tenant, q)
		if err != nil || page.Next == "" {
			t.Fatalf("first page %+v, %v", page, err)
		}
		first, gone := a, b
		if desc {
			first, gone = b, a
		}
		setStatus(t, db, e, gone.ID, directory.StatusChange{To: models.Suspended})
		q.Cursor = page.Next
		if page, err = e.List(t.Context(), db.Tenant, q); err != nil || len(page.Rows) != 0 || page.Next != "" || page.Prev == "" {
			t.Fatalf("empty page %+v, %v", page, err)
		}
		q.Cursor, q.Backward = page.Prev, true
		if page, err = e.List(t.Context(), db.Tenant, q); err != nil || len(page.Rows) != 1 || page.Rows[0].ID != first.ID {
			t.Fatalf("back at %+v, %v; want %s", page.Rows, err, first.DisplayName)
		}
		setStatus(t, db, e, gone.ID, directory.StatusChange{To: models.Active})
	}
}

func TestFacets(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		e := directory.New(db.Store, directory.WithSourceNames(map[string]string{"keycloak": "Keycloak"}))
		var records []directory.NewRecord
		for i := range 30 {
			r := directory.NewRecord{DisplayName: "Person", Department: []string{"Finance", "Legal", ""}[min(i/15, i%3)]}
			if i%10 == 0 {
				r.Status = models.Suspended
			}
			if i < 5 {
				r.Identities = []directory.NewIdentity{{Provider: "keycloak", Issuer: issuer, Subject: string(rune('a' + i))}}
			}
			records = append(records, r)
		}
		load(t, db, e, records...)
		for name, c := range map[string]struct {
			q     directory.Query
			field directory.FacetField
			want  string
		}{
			"status":                  {directory.Query{}, directory.FacetStatus, "Active 27, Suspended 3"},
			"own filter is left out":  {directory.Query{Statuses: []models.Status{models.Removed}}, directory.FacetStatus, "Active 27, Suspended 3"},
			"provider":                {directory.Query{Text: "person"}, directory.FacetProvider, "None 25, Keycloak 5"},
			"department":              {directory.Query{}, directory.FacetDepartment, "Finance 20, Legal 10"},
			"department and a filter": {directory.Query{Statuses: []models.Status{models.Suspended}}, directory.FacetDepartment, "Finance 2, Legal 1"},
		} {
			facets, err := e.Facets(t.Context(), db.Tenant, c.q, c.field)
			var got []string
			for _, f := range facets {
				got = append(got, f.Label+" "+grouped(f.Count))
				if f.Capped {
					t.Errorf("%s: %+v is capped", name, f)
				}
			}
			if err != nil || strings.Join(got, ", ") != c.want {
				t.Errorf("%s = %q, %v; want %q", name, strings.Join(got, ", "), err, c.want)
			}
		}
	})
}

func TestAttention(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		e := directory.New(db.Store)
		load(t, db, e,
			directory.NewRecord{DisplayName: "Soon", Status: models.Leaving, LeavingAt: start.Add(2 * day)},
			directory.NewRecord{DisplayName: "Sooner", Status: models.Suspended, LeavingAt: start.Add(day)},
			directory.NewRecord{DisplayName: "Later", Status: models.Leaving, LeavingAt: start.Add(8 * day)},
			directory.NewRecord{DisplayName: "Passed", Status: models.Leaving, LeavingAt: start.Add(-day)},
			directory.NewRecord{DisplayName: "Long passed", Status: models.Active, LeavingAt: start.Add(-9 * day)},
			directory.NewRecord{DisplayName: "Out", Status: models.Deactivated, LeavingAt: start.Add(-day)},
			directory.NewRecord{DisplayName: "Waits", Status: models.Invited, PendingSince: start.Add(-2 * day)},
			directory.NewRecord{DisplayName: "Waits longer", Status: models.Invited, PendingSince: start.Add(-3 * day)},
		)
		a, err := e.Attention(t.Context(), db.Tenant)
		if err != nil {
			t.Fatal(err)
		}
		for name, c := range map[string]struct {
			w    directory.Waiting
			want []string
		}{
			"leaving passed": {a.LeavingPassed, []string{"Long passed", "Passed"}},
			"leaving soon":   {a.LeavingSoon, []string{"Sooner", "Soon"}},
			"pending":        {a.Pending, []string{"Waits longer", "Waits"}},
		} {
			var got []string
			for _, r := range c.w.Rows {
				got = append(got, r.DisplayName)
			}
			if !slices.Equal(got, c.want) || c.w.Total != len(c.want) || c.w.Capped {
				t.Errorf("%s = %q, %d; want %q", name, got, c.w.Total, c.want)
			}
		}
		db.Clock.Advance(7 * day) // the store's clock decides, not the machine's
		if a, err = e.Attention(t.Context(), db.Tenant); err != nil || a.LeavingPassed.Total != 3 || a.LeavingSoon.Total != 1 {
			t.Errorf("a week later %d passed, %d soon, %v", a.LeavingPassed.Total, a.LeavingSoon.Total, err)
		}
	})
}
