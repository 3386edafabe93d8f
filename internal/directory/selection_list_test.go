package directory_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/models"
)

// leavers are people with every way to be named, two of whom share an address.
func leavers(t *testing.T, db *dbtest.DB, e *directory.Engine) []directory.Loaded {
	t.Helper()
	return load(t, db, e,
		directory.NewRecord{DisplayName: "Elif Kaya", Email: "elif@northwind.example", Username: "ekaya", ExternalID: "00123",
			Identities: []directory.NewIdentity{{Provider: "keycloak", Issuer: "https://id.example", Subject: "sub-elif"}}},
		directory.NewRecord{DisplayName: "Jonas Weber", Email: "jonas@northwind.example", Username: "jweber", Status: models.Deactivated},
		directory.NewRecord{DisplayName: "Sam Post", Email: "sam@northwind.example", Username: "sam1"},
		directory.NewRecord{DisplayName: "Sam Post", Email: "sam@northwind.example", Username: "sam2"},
		directory.NewRecord{DisplayName: "Old Elif", Email: "elif@northwind.example", Username: "old", Status: models.Removed},
		directory.NewRecord{DisplayName: "Gone Person", Email: "gone@northwind.example", Status: models.Removed},
	)
}

func paste(t *testing.T, db *dbtest.DB, e *directory.Engine, text string) models.Selection {
	t.Helper()
	sel, err := e.Paste(t.Context(), goran(db), "", strings.NewReader(text))
	if err != nil {
		t.Fatalf("Paste: %v", err)
	}
	return sel
}

func lines(t *testing.T, db *dbtest.DB, e *directory.Engine, sel models.Selection, q directory.LineQuery) []directory.Line {
	t.Helper()
	q.Limit = 100
	all, err := e.Lines(t.Context(), db.Tenant, sel, q)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestPaste(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		e := directory.New(db.Store)
		who := leavers(t, db, e)
		sel := paste(t, db, e, strings.Join([]string{
			"ELIF@Northwind.example", "sub-elif", "00123", " EKAYA ", strings.ToUpper(who[0].PublicID), "",
			"Jonas <jonas@northwind.example>", "sam@northwind.example", "nobody@northwind.example", "gone@northwind.example", "SUB-ELIF", "sam2",
		}, "\r\n"))
		if sel.Kind != models.SelectionListed || sel.People != 4 || sel.Title != "Pasted list" {
			t.Errorf("selection %+v, want 4 people", sel)
		}
		var got []string
		for _, l := range lines(t, db, e, sel, directory.LineQuery{}) {
			got = append(got, fmt.Sprint(l.Line, " ", l.Given, " ", l.State, " ", l.Name))
		}
		want := []string{
			"1 ELIF@Northwind.example found Elif Kaya", "2 sub-elif twice Elif Kaya", "3 00123 twice Elif Kaya", "4 EKAYA twice Elif Kaya",
			"5 " + strings.ToUpper(who[0].PublicID) + " twice Elif Kaya", "7 jonas@northwind.example found Jonas Weber",
			"8 sam@northwind.example ambiguous ", "9 nobody@northwind.example not-found ", "10 gone@northwind.example found Gone Person",
			"11 SUB-ELIF not-found ", "12 sam2 found Sam Post",
		}
		if d := diff(want, got); d != "" {
			t.Errorf("lines (-want +got):\n%s", d)
		}
		report, err := e.Report(t.Context(), db.Tenant, sel)
		if err != nil {
			t.Fatal(err)
		}
		states := map[models.LineState]int{models.LineFound: 4, models.LineTwice: 4, models.LineAmbiguous: 1, models.LineNotFound: 2}
		if d := diff(directory.Report{States: states, Still: 2, Out: 2}, report); d != "" {
			t.Errorf("report (-want +got):\n%s", d)
		}
		still := lines(t, db, e, sel, directory.LineQuery{State: models.LineFound, Out: ptr(false)})
		if len(still) != 2 || still[0].Name != "Elif Kaya" || still[1].Name != "Sam Post" {
			t.Errorf("still has access: %+v", still)
		}
		event := lastEvent(t, db, models.SelectionList)
		if event.ActorID != 7 || event.TargetKind != models.KindSelection || event.TargetID != sel.ID {
			t.Errorf("event %+v", event)
		}
		if d := diff(map[string]any{"lines": 11.0, "found": 4.0, "not_found": 2.0, "ambiguous": 1.0, "twice": 4.0}, object(t, event.After)); d != "" {
			t.Errorf("event says (-want +got):\n%s", d)
		}
	})
}

func TestPasteTables(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		e := directory.New(db.Store)
		leavers(t, db, e)
		for name, c := range map[string]struct{ in, title string }{
			"HR export":           {"Personalnummer;Name;E-Mail\r\n\"=\"\"00123\"\"\";Kaya, Elif;elif@northwind.example\r\n", "x.csv, column E-Mail"},
			"an empty cell":       {"E-Mail;Personalnummer\n;=\"00123\"\n", "x.csv, column E-Mail"},
			"no heads":            {"Kaya;elif@northwind.example\nWeber;jonas2@northwind.example", "x.csv"},
			"a head of their own": {"Ausgeschieden\nelif@northwind.example\n", "x.csv, column Ausgeschieden"},
			"byte order mark":     {"\uFEFFemail\nelif@northwind.example", "x.csv, column email"},
			"Windows-1252":        {"Name;Benutzername\nK\xe4ya;ekaya", "x.csv, column Benutzername"},
			"our own export":      {"ID,Name,E-mail\n,Elif,elif@northwind.example\n# complete,rows=1,sha256=00\n", "x.csv, column ID"},
			"mail program":        {"Elif Kaya <elif@northwind.example>; mailto:jonas3@northwind.example", "x.csv"},
		} {
			sel, err := e.Paste(t.Context(), goran(db), "x.csv", strings.NewReader(c.in))
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			all := lines(t, db, e, sel, directory.LineQuery{})
			if len(all) == 0 || all[0].Name != "Elif Kaya" || sel.Title != c.title {
				t.Errorf("%s: %q with lines %+v, want %q with Elif first", name, sel.Title, all, c.title)
			}
		}
	})
}

func TestPasteRefuses(t *testing.T) {
	t.Parallel()
	db := dbtest.One(t, "sqlite")
	e := directory.New(db.Store)
	for name, c := range map[string]struct{ in, want string }{
		"nothing":        {" \n\n", "no line with a person"},
		"only heads":     {"E-Mail;Name\n", "no line with a person"},
		"too many lines": {strings.Repeat("a@x\n", directory.MaxListLines+1), "more than 100,000 lines"},
		"too large":      {strings.Repeat("x", directory.MaxListBytes+1), "larger than 10 MB"},
	} {
		before := countEvents(t, db)
		_, err := e.Paste(t.Context(), goran(db), "", strings.NewReader(c.in))
		if !errs.Is(err, errs.Invalid) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
		if countEvents(t, db) != before {
			t.Errorf("%s: an event was written", name)
		}
	}
	if _, err := e.Paste(t.Context(), actor(db.Tenant, 7, models.UsersRead), "", strings.NewReader("a@x")); !errs.Is(err, errs.Forbidden) {
		t.Errorf("without the permission: %v", err)
	}
}

func TestChoose(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		e := directory.New(db.Store)
		who := leavers(t, db, e)
		sel := paste(t, db, e, "sam@northwind.example\nekaya\nSAM@northwind.example\nsam@northwind.example")
		ambiguous := lines(t, db, e, sel, directory.LineQuery{State: models.LineAmbiguous})
		choices, err := e.Candidates(t.Context(), db.Tenant, ambiguous)
		if err != nil {
			t.Fatal(err)
		}
		if len(ambiguous) != 3 || len(choices[1]) != 2 || choices[1][0].ID != who[2].ID || choices[1][1].ID != who[3].ID {
			t.Fatalf("lines %+v with candidates %+v, want 3 with both Sams", ambiguous, choices)
		}
		choose := func(by models.Actor, of map[int64]string) error {
			_, err := e.Choose(t.Context(), by, sel.PublicID, of)
			return err
		}
		if err := choose(goran(db), map[int64]string{1: who[0].PublicID}); !errs.Is(err, errs.Conflict) {
			t.Errorf("somebody else than the line names: %v", err)
		}
		if err := choose(actor(db.Tenant, 8, models.AllPermissions), map[int64]string{1: who[2].PublicID}); !errs.Is(err, errs.NotFound) {
			t.Errorf("somebody else's list: %v", err)
		}
		if err := choose(goran(db), nil); !errs.Is(err, errs.Invalid) {
			t.Errorf("no choice: %v", err)
		}
		if err := choose(goran(db), map[int64]string{1: who[2].PublicID, 3: who[2].PublicID, 2: who[3].PublicID}); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, l := range lines(t, db, e, sel, directory.LineQuery{}) {
			got = append(got, fmt.Sprint(l.State, " ", l.PublicID))
		}
		want := []string{"found " + who[2].PublicID, "found " + who[0].PublicID, "twice " + who[2].PublicID, "ambiguous "}
		if d := diff(want, got); d != "" {
			t.Errorf("lines (-want +got):\n%s", d)
		}
		if sel, err = freeze(t, db, e, goran(db), sel.PublicID); err != nil || sel.People != 2 {
			t.Fatalf("frozen %+v, %v; want 2", sel, err)
		}
		if err := choose(goran(db), map[int64]string{4: who[3].PublicID}); !errs.Is(err, errs.Conflict) {
			t.Errorf("after its use: %v", err)
		}
	})
}

func TestWriteRest(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		e := directory.New(db.Store)
		leavers(t, db, e)
		sel := paste(t, db, e, "ekaya\n=cmd|x\nsam@northwind.example\nnobody")
		var b bytes.Buffer
		if err := e.WriteRest(t.Context(), &b, db.Tenant, sel); err != nil {
			t.Fatal(err)
		}
		want := "Line,Given,Result\r\n2,'=cmd|x,Not found\r\n4,nobody,Not found\r\n3,sam@northwind.example,Ambiguous\r\n# complete"
		if !strings.HasPrefix(b.String(), want) {
			t.Errorf("rest %q, want %q", b.String(), want)
		}
		again, err := e.Paste(t.Context(), goran(db), "rest.csv", &b) // corrected and uploaded again
		if err != nil || again.Title != "rest.csv, column Given" {
			t.Fatalf("read again: %+v, %v", again, err)
		}
		if all := lines(t, db, e, again, directory.LineQuery{}); len(all) != 3 || all[2].State != models.LineAmbiguous || all[0].Given != "=cmd|x" {
			t.Errorf("read again: %+v", all)
		}
	})
}

func TestReach(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		e := directory.New(db.Store)
		who := leavers(t, db, e)
		me := actor(db.Tenant, who[2].ID, models.AllPermissions)
		reach := func(sel models.Selection, err error) directory.Reach {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
			got, err := e.Reach(t.Context(), me, sel)
			if err != nil {
				t.Fatal(err)
			}
			return got
		}
		picked, err := e.Pick(t.Context(), me, publicIDs(who[:4]))
		if d := diff(directory.Reach{People: 4, Able: 2, Self: true, Out: 1, Names: []string{"Jonas Weber"}}, reach(picked, err)); d != "" {
			t.Errorf("picked (-want +got):\n%s", d)
		}
		match, err := e.Match(t.Context(), me, directory.Query{}, "Everybody")
		if d := diff(directory.Reach{People: 6, Able: 2, Self: true, Out: 3}, reach(match, err)); d != "" {
			t.Errorf("matching (-want +got):\n%s", d)
		}
		in, err := e.Members(t.Context(), db.Tenant, picked, []int64{who[0].ID, who[5].ID})
		if err != nil || !in[who[0].ID] || in[who[5].ID] {
			t.Errorf("members %v, %v", in, err)
		}
		active := directory.Query{Statuses: []models.Status{models.Active}}
		match, err = e.Match(t.Context(), me, active, "Active")
		if err != nil {
			t.Fatal(err)
		}
		if in, err = e.Members(t.Context(), db.Tenant, match, []int64{who[0].ID, who[1].ID}); err != nil || !in[who[0].ID] || in[who[1].ID] {
			t.Errorf("members of a filter %v, %v", in, err)
		}
		if n, known, err := e.Outside(t.Context(), db.Tenant, picked, active); n != 1 || !known || err != nil {
			t.Errorf("outside %d, %v, %v; want Jonas", n, known, err)
		}
		if _, known, err := e.Outside(t.Context(), db.Tenant, match, active); known || err != nil {
			t.Errorf("outside of a filter: known %v, %v", known, err)
		}
		rows, err := e.Selected(t.Context(), db.Tenant, picked, who[0].ID, 2)
		if err != nil || len(rows) != 2 || rows[0].ID != who[1].ID {
			t.Errorf("selected behind Elif: %+v, %v", rows, err)
		}
	})
}

// A list as long as is allowed is looked up in batches.
func TestPasteManyLines(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("takes seconds")
	}
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		e := directory.New(db.Store)
		people(t, db, e, 20_000)
		var b strings.Builder
		for i := range directory.MaxListLines {
			fmt.Fprintf(&b, "person%05d@northwind.example\n", i+1)
		}
		begin := time.Now()
		sel := paste(t, db, e, b.String())
		t.Logf("100,000 lines in %s", time.Since(begin).Round(time.Millisecond))
		report, err := e.Report(t.Context(), db.Tenant, sel)
		if err != nil {
			t.Fatal(err)
		}
		states := map[models.LineState]int{models.LineFound: 20_000, models.LineNotFound: 80_000}
		if d := diff(directory.Report{States: states, Still: 20_000}, report); d != "" {
			t.Errorf("report (-want +got):\n%s", d)
		}
	})
}
