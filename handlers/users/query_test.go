package users

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/models"
)

var now = time.Date(2026, time.November, 22, 10, 42, 0, 0, time.UTC)

func yes(b bool) *bool { return &b }

func TestRead(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		in   string
		want directory.Query
		odd  []string
	}{
		"nothing":                    {"", directory.Query{}, nil},
		"empty parameters":           {"q=&status=&dept=&role=&provider=&seen=&seen_before=&external=&sort=&view=", directory.Query{}, nil},
		"words":                      {"q=+ama++oka+", directory.Query{Text: "ama  oka"}, nil},
		"a view":                     {"view=dormant", directory.Query{View: directory.ViewDormant}, nil},
		"people who wait":            {"view=pending", directory.Query{Pending: true}, nil},
		"an unknown view":            {"view=mine", directory.Query{}, []string{"view"}},
		"several statuses":           {"status=active,leaving&status=active", directory.Query{Statuses: []models.Status{models.Active, models.Leaving}}, nil},
		"one status that is none":    {"status=active,gone", directory.Query{}, []string{"status"}},
		"departments, one is none":   {"dept=7&dept=0&dept=7&dept=", directory.Query{DepartmentIDs: []int64{7, 0}}, nil},
		"a department by name":       {"dept=Finance", directory.Query{}, []string{"dept"}},
		"a negative department":      {"dept=-1", directory.Query{}, []string{"dept"}},
		"a department too large":     {"dept=99999999999999999999", directory.Query{}, []string{"dept"}},
		"a provider":                 {"provider=keycloak", directory.Query{Providers: []string{"keycloak"}}, nil},
		"no provider":                {"provider=-", directory.Query{Providers: []string{""}}, nil},
		"never signed in":            {"seen=never", directory.Query{NeverSignedIn: true}, nil},
		"not for 90 days":            {"seen=90", directory.Query{SignedInBefore: models.At(now.AddDate(0, 0, -90))}, nil},
		"not for 45 days":            {"seen=45", directory.Query{}, []string{"seen"}},
		"before a day":               {"seen_before=2026-08-24", directory.Query{SignedInBefore: models.At(time.Date(2026, 8, 24, 0, 0, 0, 0, time.UTC))}, nil},
		"before a day that is not":   {"seen_before=2026-02-30", directory.Query{}, []string{"seen_before"}},
		"before the year 1":          {"seen_before=0001-01-01", directory.Query{}, []string{"seen_before"}},
		"external":                   {"external=yes", directory.Query{External: yes(true)}, nil},
		"not external":               {"external=no", directory.Query{External: yes(false)}, nil},
		"perhaps external":           {"external=perhaps", directory.Query{}, []string{"external"}},
		"an order":                   {"sort=-signin", directory.Query{Sort: directory.SortSignIn, Desc: true}, nil},
		"an unknown order":           {"sort=-status", directory.Query{}, []string{"sort"}},
		"an order by accident":       {"sort=--name", directory.Query{}, []string{"sort"}},
		"the next page":              {"after=abc&before=def", directory.Query{Cursor: "abc"}, nil},
		"the page before":            {"before=def", directory.Query{Cursor: "def", Backward: true}, nil},
		"attributes":                 {"attr.site=Oslo&attr.cost=4711&attr.none=", directory.Query{Attributes: []directory.AttributeFilter{{Key: "cost", Value: "4711"}, {Key: "site", Value: "Oslo"}}}, nil},
		"parameters of nobody":       {"colour=red&x=1", directory.Query{}, []string{"colour", "x"}},
		"control characters":         {"q=a%00b%1Fc&view=%00", directory.Query{Text: "abc"}, nil},
		"bytes that are no text":     {"q=%ff%fe", directory.Query{Text: "\uFFFD"}, nil},
		"a parameter in odd letters": {"%00=1&Q=2", directory.Query{}, []string{"\x00", "Q"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in, err := url.ParseQuery(c.in)
			if err != nil {
				t.Fatal(err)
			}
			r := read(tidied(in), now)
			slices.Sort(r.odd)
			if diff := cmp.Diff(c.want, r.query); diff != "" {
				t.Errorf("query (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(c.odd, r.odd); diff != "" {
				t.Errorf("odd (-want +got):\n%s", diff)
			}
			if (r.notice() == "") != (len(c.odd) == 0) {
				t.Errorf("notice %q", r.notice())
			}
		})
	}
}

// TestLink: what a list's links carry is understood as the same list.
func TestLink(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := url.Values{}
		pick := func(name string, values ...string) {
			for range rapid.IntRange(0, 2).Draw(t, name) {
				in.Add(name, rapid.OneOf(rapid.SampledFrom(values), rapid.String()).Draw(t, name))
			}
		}
		pick(paramText, "amara", " ")
		pick(paramView, "", "dormant", "pending")
		pick(paramStatus, "active", "leaving,suspended", "")
		pick(paramDept, "0", "12", "")
		pick(paramProvider, "-", "keycloak")
		pick(paramSeen, "never", "30")
		pick(paramBefore, "2026-08-24")
		pick(paramExternal, "yes", "no")
		pick(paramSort, "name", "-signin")
		pick(paramNext, "cursor")
		pick(paramAttribute+"site", "Oslo", "")
		pick(rapid.String().Draw(t, "other"), "x")

		in = tidied(in)
		r := read(in, now)
		r.keep(in)
		address, err := url.Parse(r.link("/users", nil))
		if err != nil {
			t.Fatalf("the link is no address: %v", err)
		}
		again := read(tidied(address.Query()), now)
		again.keep(tidied(address.Query()))
		if len(again.odd) > 0 {
			t.Fatalf("the link %s has odd parameters %q", address, again.odd)
		}
		r.query.Cursor, r.query.Backward = "", false // a link to the list begins it anew
		if diff := cmp.Diff(r.query, again.query); diff != "" {
			t.Fatalf("%s is another list (-want +got):\n%s", address, diff)
		}
		if again.link("/users", nil) != address.String() {
			t.Fatalf("the link of the link is %s, not %s", again.link("/users", nil), address)
		}
	})
}

func TestLinkChanges(t *testing.T) {
	t.Parallel()
	in := url.Values{"q": {"ama"}, "status": {"active", "leaving"}, "after": {"c"}, "ok": {"saved"}, "rows": {"25"}}
	r := read(tidied(in), now)
	r.keep(tidied(in))
	for name, c := range map[string]struct {
		changes map[string]string
		want    string
	}{
		"as it is":   {nil, "/users?q=ama&status=active&status=leaving"},
		"one less":   {map[string]string{"status": ""}, "/users?q=ama"},
		"one more":   {map[string]string{"sort": "-name"}, "/users?q=ama&sort=-name&status=active&status=leaving"},
		"everything": {map[string]string{"q": "", "status": ""}, "/users"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := r.link("/users", c.changes); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
	if got := strings.Count(r.link("/users", nil), "status"); got != 2 {
		t.Errorf("a change stayed in the request: %d", got)
	}
}
