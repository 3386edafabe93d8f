package roles_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/app/apptest"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// house is a site with a role to give and people to give it to.
type house struct {
	*apptest.Site
	amara, goran, elif apptest.Person
	admin, helpdesk    *apptest.Browser
	clerk              string // key of a role nobody holds
}

func newHouse(t *testing.T) *house {
	t.Helper()
	s := apptest.Start(t, dbtest.One(t, store.SQLite))
	h := &house{Site: s, amara: s.Add("Amara Okafor", models.RoleAdmin), goran: s.Add("Goran Novak", models.RoleHelpdesk), elif: s.Add("Elif Kaya", models.RoleEmployee)}
	h.admin, h.helpdesk = s.SignIn(h.amara), s.SignIn(h.goran)
	h.must(t, h.admin.Post("/applications/new", url.Values{"name": {"Ledger"}, "key": {"ledger"}}))
	h.must(t, h.admin.Post("/permissions/new", url.Values{"application": {"ledger"}, "key": {"post"}, "sentence": {"Post an entry"}}))
	h.must(t, h.admin.Post("/roles/new", url.Values{"name": {"Clerk"}, "application": {"ledger"}, "sentence": {"Posts entries."}, "permissions": {"ledger/post"}, "max_days": {"30"}}))
	h.clerk = "ledger.clerk"
	return h
}

// must wants a form to be carried out: a redirect.
func (h *house) must(t *testing.T, a apptest.Answer) string {
	t.Helper()
	if a.Code != http.StatusSeeOther {
		t.Fatalf("got %d, want a redirect:\n%s", a.Code, text(a.Body))
	}
	return a.Header.Get("Location")
}

func want(t *testing.T, a apptest.Answer, code int, sentences ...string) {
	t.Helper()
	if a.Code != code {
		t.Errorf("got %d, want %d:\n%s", a.Code, code, text(a.Body))
	}
	for _, s := range sentences {
		if !strings.Contains(text(a.Body), s) {
			t.Errorf("the page does not say %q:\n%s", s, text(a.Body))
		}
	}
}

var tags = regexp.MustCompile(`(?s)<head>.*?</head>|<nav class="side".*?</nav>|<[^>]*>`)

// text is what a page says, without its sidebar.
func text(body string) string {
	body = tags.ReplaceAllString(body, " ")
	body = strings.NewReplacer("&#34;", `"`, "&#39;", "'", "&amp;", "&").Replace(body)
	return strings.Join(strings.Fields(body), " ")
}

func (h *house) give(role, until, reason string) apptest.Answer {
	return h.admin.Post("/users/"+h.elif.PublicID+"/roles/new", url.Values{"role": {role}, "until": {until}, "reason": {reason}, "act": {"give"}})
}

// assignment gives the id of the one assignment of a role to a person.
func (h *house) assignment(t *testing.T, p apptest.Person, key string) int64 {
	t.Helper()
	held, err := h.Access.Held(t.Context(), h.DB.Tenant, p.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range held {
		if r.Role.Key == key {
			return r.Paths[0].AssignmentID
		}
	}
	return 0
}

func TestRoleIsMadeAndListed(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	want(t, h.admin.Get("/roles?q=clerk"), 200, "Clerk", "Posts entries.", "Ledger")
	want(t, h.admin.Get("/roles/"+h.clerk), 200, "Longest assignment 30 days", "Post an entry", "Nobody holds Clerk now.", "Amara Okafor created the role Clerk")
	want(t, h.admin.Get("/roles?q=nothing+like+it"), 200, "No role matches", `with "nothing like it" in name, key or sentence`)
}

func TestRefusedFormKeepsEverything(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a := h.admin.Post("/roles/new", url.Values{"name": {"Auditor of ledgers"}, "application": {"ledger"}, "permissions": {"ledger/post"}, "max_days": {"x"}})
	want(t, a, 422, "The role was not created", "What it lets a person do is missing.", "Longest assignment is not a number.")
	for _, kept := range []string{`value="Auditor of ledgers"`, `value="ledger/post" checked`, `<option value="ledger" selected>`, `value="x"`} {
		if !strings.Contains(a.Body, kept) {
			t.Errorf("the form lost %s", kept)
		}
	}
}

func TestStaleEditShowsBothVersions(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	edit := func(name, version string) apptest.Answer {
		return h.admin.Post("/roles/"+h.clerk+"/edit", url.Values{
			"name": {name}, "sentence": {"Posts entries."}, "permissions": {"ledger/post"}, "max_days": {"30"}, "reason": {"a better name"}, "version": {version},
		})
	}
	h.must(t, edit("Bookkeeper", "1"))
	stale := edit("Entry clerk", "1")
	want(t, stale, 409, "Changed by Amara Okafor", "Name Bookkeeper Entry clerk", "nothing you typed is lost")
	if !strings.Contains(stale.Body, `name="version" value="2"`) {
		t.Error("the form cannot be saved over the other version")
	}
	h.must(t, edit("Entry clerk", "2"))
	want(t, h.admin.Get("/roles/"+h.clerk), 200, "Entry clerk")
}

func TestRemoveRefusesWhileHeld(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.must(t, h.give(h.clerk, "2026-12-01", "covers for Ilse"))
	want(t, h.admin.Get("/roles/"+h.clerk+"/remove"), 200, "Clerk is held by 1 person.", "Remove from 1 person first")
	want(t, h.admin.Post("/roles/"+h.clerk+"/remove", url.Values{"reason": {"nobody needs it"}}), 409)
	id := h.assignment(t, h.elif, h.clerk)
	h.must(t, h.admin.Post(fmt.Sprintf("/users/%s/roles/%d/remove", h.elif.PublicID, id), url.Values{"reason": {"Ilse is back again"}}))
	want(t, h.admin.Post("/roles/"+h.clerk+"/remove", url.Values{"reason": {"short"}}), 422, "The role was not removed")
	if to := h.must(t, h.admin.Post("/roles/"+h.clerk+"/remove", url.Values{"reason": {"nobody needs it"}})); to != "/roles?ok=removed" {
		t.Errorf("led to %q", to)
	}
	want(t, h.admin.Get("/roles/"+h.clerk), 404)
}

func TestGiveChangeAndTake(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	page := h.admin.Get("/users/" + h.elif.PublicID + "/roles/new")
	want(t, page, 200, "Give a role to Elif Kaya", "Posts entries. At most 30 days.", "Given already.", "Elif Kaya, the admins and the auditors can read this.")
	want(t, h.give(h.clerk, "", "covers for Ilse"), 422, "Clerk is given for at most 30 days. Set an end.")
	want(t, h.give("", "2026-12-01", "covers for Ilse"), 422, "Role is missing.")
	want(t, h.give("no-such", "", "covers for Ilse"), 422, "This role does not exist any more.")
	want(t, h.give(h.clerk, "2026-12-01", "no"), 422, "Write a reason of at least 10 characters.")
	// 30 days from now end within this day: the last day that can be chosen.
	if to := h.must(t, h.give(h.clerk, "2026-12-22", "covers for Ilse")); !strings.HasSuffix(to, "?ok=role-assigned#access") {
		t.Errorf("led to %q", to)
	}
	want(t, h.give(h.clerk, "2026-12-01", "covers for Ilse"), 409, "Elif Kaya already holds Clerk", "The role was not given")
	want(t, h.admin.Get("/users/"+h.elif.PublicID+"/access"), 200, "Amara Okafor “covers for Ilse”", "Tue 22 Dec 2026, 10:42", "Post an entry")
	at := fmt.Sprintf("/users/%s/roles/%d", h.elif.PublicID, h.assignment(t, h.elif, h.clerk))
	want(t, h.admin.Get(at+"/until"), 200, "Elif Kaya holds Clerk until Tue 22 Dec 2026, 10:42 UTC.", "At most 30 days from now.")
	want(t, h.admin.Post(at+"/until", url.Values{"until": {"2026-11-01"}, "reason": {"it ends earlier"}}), 422, "The end is in the past.")
	h.must(t, h.admin.Post(at+"/until", url.Values{"until": {"2026-12-02"}, "reason": {"it ends earlier"}}))
	want(t, h.admin.Get(at+"/remove"), 200, "Elif Kaya loses Clerk at once, in every open session.", "Post an entry (Ledger)")
	want(t, h.admin.Post(at+"/remove", url.Values{"reason": {""}}), 422, "The role was not removed")
	h.must(t, h.admin.Post(at+"/remove", url.Values{"reason": {"Ilse is back again"}}))
	want(t, h.admin.Get(at+"/remove"), 404, "Somebody removed it")
}

// Making a privileged role asks for a fresh sign-in as giving one does, and makes
// nothing before; so does what makes a role one without the word.
func TestMakingAPrivilegedRoleAsksFirst(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	fresh := h.SignInElevated(h.amara)
	form := func(more url.Values) url.Values {
		f := url.Values{"name": {"Keeper"}, "application": {"ledger"}, "sentence": {"Keeps the ledger."}, "permissions": {"ledger/post"}, "reason": {"the ledger needs a keeper"}}
		for name, values := range more {
			f[name] = values
		}
		return f
	}
	admins := models.ConsoleApplication + "/" + models.TenantAdminister.Key()
	for name, tt := range map[string]struct {
		more url.Values
		why  string
	}{
		"tick":       {url.Values{"privileged": {"yes"}}, "This makes Keeper a privileged role."},
		"contains":   {url.Values{"children": {models.RoleAdmin}}, "This lets Keeper contain a privileged role."},
		"permission": {url.Values{"permissions": {"ledger/post", admins}}, "This puts a permission of admins into Keeper: tenant.administer."},
	} {
		asked := h.must(t, h.admin.Post("/roles/new", form(tt.more)))
		if !strings.HasPrefix(asked, "/step-up?for=") {
			t.Fatalf("%s: led to %q", name, asked)
		}
		want(t, h.admin.Get(asked), 200, tt.why, "Create a role", "filled in as you left it")
		want(t, h.admin.Get("/roles?q=keeper"), 200, "No role matches")
	}
	keeper := h.must(t, h.admin.Post("/roles/new", form(nil)))
	key, _, _ := strings.Cut(strings.TrimPrefix(keeper, "/roles/"), "?")
	edit := func(by *apptest.Browser, version string, more url.Values) string {
		f := form(more)
		f.Set("version", version)
		return h.must(t, by.Post("/roles/"+key+"/edit", f))
	}
	if to := edit(h.admin, "1", url.Values{"permissions": {"ledger/post", admins}}); !strings.HasPrefix(to, "/step-up?for=") {
		t.Errorf("a permission of admins by an edit: led to %q", to)
	}
	if to := edit(fresh, "1", url.Values{"permissions": {"ledger/post", admins}}); !strings.HasSuffix(to, "?ok=saved") {
		t.Errorf("after a fresh sign-in: led to %q", to)
	}
	if to := edit(h.admin, "2", url.Values{"permissions": {"ledger/post", admins}, "sentence": {"Keeps the whole ledger."}}); !strings.HasSuffix(to, "?ok=saved") {
		t.Errorf("what was in it before asks again: led to %q", to)
	}
	made := h.must(t, fresh.Post("/roles/new", url.Values{"name": {"Warden"}, "application": {"ledger"}, "sentence": {"Guards the ledger."}, "permissions": {"ledger/post"}, "privileged": {"yes"}}))
	want(t, h.admin.Get(made), 200, "Warden", "Privileged")
}

// Without scripts the search button posts the form: what was typed stays.
func TestSearchWithoutScripts(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a := h.admin.Post("/users/"+h.elif.PublicID+"/roles/new", url.Values{"act": {"search"}, "q": {"auditor"}, "reason": {"typed before"}, "until": {"2026-12-01"}, "role": {h.clerk}})
	want(t, a, 200, "Auditor", "typed before", "Clerk")
	if !strings.Contains(a.Body, `value="ledger.clerk" checked`) || strings.Contains(text(a.Body), "The role was not given") {
		t.Error("searching lost the choice, or gave the role")
	}
	if h.assignment(t, h.elif, h.clerk) != 0 {
		t.Error("searching gave the role")
	}
}

func TestNobodyGivesToThemselves(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a := h.admin.Get("/users/" + h.amara.PublicID + "/roles/new")
	want(t, a, 200, "You cannot give yourself a role.")
	if strings.Contains(a.Body, `name="reason"`) {
		t.Error("there is a form that would be refused")
	}
}

// The helpdesk reads: no button, and no page of a form.
func TestReaderHasNoActs(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.must(t, h.give(h.clerk, "2026-12-01", "covers for Ilse"))
	for _, path := range []string{"/roles", "/roles/" + h.clerk, "/users/" + h.elif.PublicID + "/access"} {
		a := h.helpdesk.Get(path)
		want(t, a, 200, "Clerk")
		for _, act := range []string{"/roles/new", "/edit\"", "/remove\"", "/until\"", "/applications/new"} {
			if strings.Contains(a.Body, act) {
				t.Errorf("%s offers the helpdesk %s", path, act)
			}
		}
	}
	want(t, h.helpdesk.Get("/users/"+h.elif.PublicID+"/roles/new"), 403)
}

// Who may assign, but not privileged roles, is not offered them, and is told why.
func TestOnlyWhatMayBeGivenIsOffered(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.must(t, h.admin.Post("/roles/new", url.Values{
		"name": {"Desk lead"}, "application": {"rollcall"}, "sentence": {"Gives ordinary roles."},
		"permissions": {"rollcall/users.read", "rollcall/roles.read", "rollcall/roles.assign"},
	}))
	lead := h.SignIn(h.Add("Ilse Weber", "rollcall.desk-lead"))
	a := lead.Get("/users/" + h.elif.PublicID + "/roles/new")
	want(t, a, 200, "Clerk", "Desk lead", "not offered: they are privileged or let a person do what you may not do yourself")
	if strings.Contains(a.Body, `value="`+models.RoleAdmin+`"`) {
		t.Error("Admin is offered")
	}
	post := lead.Post("/users/"+h.elif.PublicID+"/roles/new", url.Values{"role": {models.RoleAdmin}, "reason": {"let me try it"}})
	want(t, post, 403, "The role was not given", "what you may not do yourself")
	given := fmt.Sprintf("/users/%s/roles/%d/remove", h.amara.PublicID, h.assignment(t, h.amara, models.RoleAdmin))
	want(t, lead.Get(given), 200, "You may not give or take Admin")
}

// The person of the address and the person of the assignment must be the same.
func TestAssignmentOfSomebodyElse(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id := h.assignment(t, h.goran, models.RoleHelpdesk)
	for _, act := range []string{"remove", "until"} {
		path := fmt.Sprintf("/users/%s/roles/%d/%s", h.elif.PublicID, id, act)
		want(t, h.admin.Get(path), 404)
		want(t, h.admin.Post(path, url.Values{"reason": {"of somebody else"}, "until": {"2026-12-01"}}), 404)
	}
	if h.assignment(t, h.goran, models.RoleHelpdesk) != id {
		t.Error("the role is gone")
	}
}

// A role that a provider gives is taken away there.
func TestClaimIsManagedElsewhere(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	_, err := h.Access.Load(t.Context(), h.DB.Actor(), []access.LoadRow{{
		UserID: h.elif.ID, RoleKey: h.clerk, Source: models.SourceClaim, SourceRef: "keycloak/groups=ledger", GrantedBy: "keycloak", Until: models.Forever,
	}})
	if err != nil {
		t.Fatal(err)
	}
	want(t, h.admin.Get("/users/"+h.elif.PublicID+"/access"), 200, "groups ledger at Keycloak", "Managed in Keycloak")
	path := fmt.Sprintf("/users/%s/roles/%d/remove", h.elif.PublicID, h.assignment(t, h.elif, h.clerk))
	a := h.admin.Get(path)
	want(t, a, 200, "Keycloak gives Elif Kaya this role because of groups ledger. Change it there")
	if strings.Contains(a.Body, `name="reason"`) {
		t.Error("there is a form that would be refused")
	}
	want(t, h.admin.Post(path, url.Values{"reason": {"take it away anyway"}}), 409)
}

func TestUnknownRole(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, path := range []string{"/roles/none", "/roles/none/edit", "/roles/none/remove"} {
		want(t, h.admin.Get(path), 404)
	}
	if _, err := h.Access.Role(t.Context(), h.DB.Tenant, "none"); !errs.Is(err, errs.NotFound) {
		t.Fatalf("the engine knows it: %v", err)
	}
	want(t, h.admin.Get("/roles/"+models.RoleAdmin+"/edit"), 409, "comes with Rollcall and cannot be edited")
	want(t, h.admin.Get("/roles/"+models.RoleAdmin+"/remove"), 200, "comes with Rollcall and cannot be removed")
}
