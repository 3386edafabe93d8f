package users_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// office is a house with a few people of known names.
func office(t *testing.T) (*house, map[string]directory.Loaded) {
	t.Helper()
	h := newHouse(t, dbtest.One(t, store.SQLite))
	ids := map[string]directory.Loaded{}
	for _, r := range []directory.NewRecord{
		{DisplayName: "Amara Okafor", Email: "amara.okafor@northwind.example", Username: "aokafor", Department: "Finance", External: true, LastSignInAt: at(12 * 60e9)},
		{DisplayName: "Bjorn Sato", Email: "bjorn.sato@northwind.example", Department: "Platform", Status: models.Invited},
		{DisplayName: "Chiara Berg", Email: "chiara.berg@northwind.example", Department: "Support", Status: models.Suspended, StatusReason: "lost her phone", StatusBy: "Elif Kaya", StatusSince: at(3 * day)},
		{DisplayName: "Dmitri Lindqvist", Username: "dmitri", Department: "Finance", Status: models.Deactivated},
		{DisplayName: "Hana Weber", Email: "hana.weber@northwind.example", Status: models.Leaving, LeavingAt: at(-6 * day)},
		{DisplayName: "Oskar Holm", Email: "oskar@contractor.example", Status: models.Invited, PendingSince: at(day), Identities: []directory.NewIdentity{
			{Provider: "keycloak", Issuer: "https://id.northwind.example", Subject: "sub-Oskar", Email: "oskar@contractor.example", How: "sign-in rule"}}},
	} {
		ids[r.DisplayName] = h.add(t, r)
	}
	return h, ids
}

func TestList(t *testing.T) {
	t.Parallel()
	h, ids := office(t)
	manager := h.add(t, directory.NewRecord{DisplayName: "Ilse Dubois"})
	h.add(t, directory.NewRecord{DisplayName: "Jonas Ilyin", Manager: manager.PublicID})
	if _, err := h.access.Assign(t.Context(), h.Actor(), access.AssignInput{UserID: ids["Amara Okafor"].ID, RoleKey: models.RoleAuditor, Reason: "yearly audit of access"}); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		query string
		says  []string
		not   []string
	}{
		"everybody":          {"", []string{"Amara Okafor", "Bjorn Sato", "Leaving 28 Nov", "Auditor", "Count the matches"}, []string{"Nobody matches"}},
		"words":              {"?q=ama+oka", []string{"Amara Okafor"}, []string{"Bjorn Sato"}},
		"an exact e-mail":    {"?q=bjorn.sato@northwind.example", []string{"Exact match by e-mail", "Bjorn Sato"}, []string{"Amara"}},
		"a subject":          {"?q=sub-Oskar", []string{"Exact match by subject", "Oskar Holm", "Nobody else matches"}, nil},
		"an ID":              {"?q=" + ids["Hana Weber"].PublicID, []string{"Exact match by ID", "Hana Weber"}, nil},
		"status":             {"?status=suspended,leaving", []string{"Chiara Berg", "Hana Weber", "Suspended or Leaving", "Remove filter Status"}, []string{"Bjorn"}},
		"status twice":       {"?status=suspended&status=invited", []string{"Chiara Berg", "Bjorn Sato"}, []string{"Hana"}},
		"role":               {"?role=" + models.RoleAuditor, []string{"Amara Okafor", "Role is <b>Auditor</b>"}, []string{"Bjorn"}},
		"manager":            {"?manager=" + manager.PublicID, []string{"Jonas Ilyin", "Manager is <b>Ilse Dubois</b>"}, []string{"Bjorn"}},
		"no manager":         {"?manager=none", []string{"Bjorn Sato", "Manager is <b>None</b>"}, []string{"Jonas"}},
		"pending":            {"?view=pending", []string{"Oskar Holm", "Waits to be let in", "Wait to be let in"}, []string{"Bjorn"}},
		"external":           {"?external=yes", []string{"Amara Okafor"}, []string{"Bjorn"}},
		"never seen":         {"?seen=never", []string{"Bjorn Sato"}, []string{"Amara"}},
		"no provider":        {"?provider=-", []string{"Amara Okafor", "Provider is <b>None</b>"}, []string{"Oskar Holm"}},
		"by last sign-in":    {"?sort=-signin", []string{`aria-sort="descending"`, `name="sort" value="-signin" form="find"`}, nil},
		"nobody":             {"?q=zzz&status=active", []string{"Nobody matches", "Status is Active, text “zzz”", "Remove the search text", "Show everybody"}, []string{"Count the matches"}},
		"odd parameters":     {"?colour=red&status=gone&sort=height", []string{"Not understood in the address and left out: colour, sort, status.", "Amara Okafor"}, nil},
		"a role that is not": {"?role=nothing", []string{"left out: role.", "Bjorn Sato"}, nil},
		"control characters": {"?q=%00%1F&manager=%00&role=%00&provider=%00&attr.%00=1&%00=2", []string{"left out: , attr..", "Bjorn Sato"}, nil},
		"a very long text":   {"?q=" + strings.Repeat("x", 5000), []string{"Nobody matches"}, nil},
		"markup":             {"?q=" + url.QueryEscape(`"><script>alert(1)</script>`), []string{"&lt;script&gt;alert(1)"}, []string{"<script>alert"}},
	} {
		t.Run(name, func(t *testing.T) {
			a := h.get(t, "/users"+c.query)
			a.expect(t, 200, append(c.says, "<!doctype html>", `id="status"`)...)
			list := a.body[strings.Index(a.body, `id="list"`):]
			for _, word := range c.not {
				if strings.Contains(list, word) {
					t.Errorf("the list has %q", word)
				}
			}
		})
	}
}

func TestListFragment(t *testing.T) {
	t.Parallel()
	h, _ := office(t)
	a := h.fragment(t, "/users?q=amara&status=active")
	a.expect(t, 200, "Amara Okafor", `id="status"`, `id="chips"`, `id="list-actions"`, "/users/export?q=amara&amp;status=active")
	a.lacks(t, "<html", "Bjorn Sato")
	if a.header.Get("Vary") != "HX-Request" || a.header.Get("Cache-Control") != "no-store" {
		t.Errorf("headers: %v", a.header)
	}
}

func TestListPages(t *testing.T) {
	t.Parallel()
	h := newHouse(t, dbtest.One(t, store.SQLite))
	for i := range 60 {
		h.add(t, directory.NewRecord{DisplayName: fmt.Sprintf("Person %02d", i)})
	}
	a := h.get(t, "/users?rows=25&q=person")
	a.expect(t, 200, "Person 00", "Person 24", `id="page-next"`)
	a.lacks(t, "Person 25", `id="page-previous"`)
	next := link(t, a, "page-next")
	if strings.Contains(next, "rows=") || !strings.Contains(next, "q=person") {
		t.Errorf("next page at %s", next)
	}
	b := h.get(t, next+"&rows=25")
	b.expect(t, 200, "Person 25", "Person 49", `id="page-previous"`)
	h.get(t, link(t, b, "page-previous")+"&rows=25").expect(t, 200, "Person 00", "Person 24")
	h.get(t, "/users?after=nonsense").expect(t, 422)
	h.get(t, "/users/count?q=person").expect(t, 200, "60 people match.", "Back to the list")
	h.fragment(t, "/users/count?q=person+07").expect(t, 200, "1 person matches.")
	h.get(t, "/users/views").expect(t, 200, "<span>61</span>")
}

// link gives the address of a link by its id.
func link(t testing.TB, a answer, id string) string {
	t.Helper()
	before, _, ok := strings.Cut(a.body, `id="`+id+`"`)
	if !ok {
		t.Fatalf("no link %s", id)
	}
	href := before[strings.LastIndex(before, `href="`)+len(`href="`):]
	href, _, _ = strings.Cut(href, `"`)
	return strings.ReplaceAll(href, "&amp;", "&")
}

func TestListEmpty(t *testing.T) {
	t.Parallel()
	h, _ := office(t)
	h.caller.Actor.Tenant = h.Tenant + 1 // a tenant without anybody
	h.get(t, "/users").expect(t, 200, "No people yet", "rollcall seed --users 1000", "Create a person")
}

func TestAttributeFilter(t *testing.T) {
	t.Parallel()
	h := newHouse(t, dbtest.One(t, store.SQLite))
	h.define(t, directory.Definition{Key: "site", Label: "Site", Kind: models.AttributeChoice, Choices: []string{"Bergen", "Oslo"}})
	h.define(t, directory.Definition{Key: "badge", Label: "Badge", Kind: models.AttributeText, Masked: true})
	h.add(t, directory.NewRecord{DisplayName: "In Bergen", Attributes: map[string]string{"site": "Bergen", "badge": "77"}})
	h.add(t, directory.NewRecord{DisplayName: "In Oslo", Attributes: map[string]string{"site": "Oslo"}})
	a := h.get(t, "/users?attr.site=Bergen")
	a.expect(t, 200, "In Bergen", "Site is <b>Bergen</b>", `name="attr.site"`, "/users/export?attr.site=Bergen")
	a.lacks(t, "In Oslo")
	h.get(t, "/users?attr.badge=77").expect(t, 200, "Badge is <b>77</b>", "In Bergen")
	h.get(t, "/users?attr.nothing=1").expect(t, 200, "left out: attr.nothing.", "In Oslo")

	h.caller.Actor.Can = helpdesk // a filter would tell what is masked
	masked := h.get(t, "/users?attr.badge=77")
	masked.expect(t, 200, "left out: attr.badge.", "In Oslo")
	masked.lacks(t, "Badge is")
}

func TestExport(t *testing.T) {
	t.Parallel()
	h, _ := office(t)
	h.add(t, directory.NewRecord{DisplayName: "=cmd|'/c calc'!A1", Department: "Finance"})
	h.get(t, "/users/export?dept=0").expect(t, 200, "Export 3 people", "Department is None")
	h.get(t, "/users/export").expect(t, 200, "everybody", "Export 8 people")
	h.post(t, "/users/export", url.Values{"reason": {"short"}}).expect(t, 422, "Nothing was exported", "at least 10 characters", ">short</textarea>")

	a := h.post(t, "/users/export", url.Values{"reason": {"quarterly review of access"}})
	a.expect(t, 200, "Amara Okafor", "# complete,rows=8,sha256=")
	if !strings.HasPrefix(a.header.Get("Content-Type"), "text/csv") || !strings.Contains(a.header.Get("Content-Disposition"), "rollcall-people-2026-11-22-1042.csv") {
		t.Errorf("headers: %v", a.header)
	}
	if strings.Contains(a.body, "\n=cmd") || strings.Contains(a.body, ",=cmd") {
		t.Errorf("a formula is live:\n%s", a.body)
	}
	h.post(t, "/users/export?status=invited", url.Values{"reason": {"quarterly review of access"}, "for": {"excel"}}).expect(t, 200, "\uFEFF", "2 of 2 people,as of 2026-11-22T10:42:00Z")
}
