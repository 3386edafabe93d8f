package users_test

import (
	"errors"
	"net/url"
	"strings"
	"testing"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

const firefox = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0"

// amara is somebody with everything a page can show.
func amara(t testing.TB, h *house) directory.Loaded {
	t.Helper()
	h.define(t, directory.Definition{Key: "badge", Label: "Badge", Kind: models.AttributeText, Masked: true, Position: 1})
	h.define(t, directory.Definition{Key: "site", Label: "Site", Kind: models.AttributeChoice, Choices: []string{"Bergen", "Oslo"}, Position: 2})
	h.define(t, directory.Definition{Key: "remote", Label: "Works remotely", Kind: models.AttributeBool, Position: 3})
	boss := h.add(t, directory.NewRecord{DisplayName: "Ilse Dubois", Email: "ilse.dubois@northwind.example"})
	return h.add(t, directory.NewRecord{
		DisplayName: "Amara Okafor", Email: "amara.okafor@northwind.example", Username: "aokafor", Phone: "+44 20 7946 0000", ExternalID: "HR-10017",
		Title: "Payments lead", Department: "Finance", Manager: boss.PublicID, External: true, Owned: true,
		LastSignInAt: at(day / 24), CreatedAt: at(400 * day), Attributes: map[string]string{"badge": "B-77", "site": "Oslo", "remote": "true"},
		Identities: []directory.NewIdentity{{
			Provider: "keycloak", Issuer: "https://id.northwind.example", Subject: "8a2c-Subject", Email: "amara.okafor@northwind.example", EmailVerified: true, How: "sign-in rule"}},
	})
}

func TestShow(t *testing.T) {
	t.Parallel()
	h := newHouse(t, dbtest.One(t, store.SQLite))
	id := amara(t, h)
	h.signIn(t, id.ID, firefox)
	path := "/users/" + id.PublicID
	a := h.get(t, path)
	a.expect(t, 200, "<h1>Amara Okafor</h1>", "8a2c-Subject", "Payments lead", "Managed in Keycloak", "+44 20 7946 0000", "HR-10017", "B-77", "Oslo",
		"Firefox on Windows", "203.0.113.9", "External", "Ilse Dubois", `href="#sessions"`, "End 1 session", "Danger zone", path+"/deactivate", "Set a leaving date",
		"Copy as ticket", "Page: https://example.com"+path)
	a.lacks(t, `href="#access"`, `href="#activity"`, "Show masked fields", "Masked</span>")
	h.get(t, path+"?ok=saved").expect(t, 200, "Saved.")
	h.get(t, path+"?ok=%3Cb%3E").lacks(t, "&lt;b&gt;", "<b>")

	h.caller.Actor.Can = helpdesk
	b := h.get(t, path)
	b.expect(t, 200, "Show masked fields", "Masked</span>", "Suspend", "End 1 session", "Oslo")
	b.lacks(t, "+44 20 7946 0000", "HR-10017", "B-77", "Danger zone", path+"/edit")
}

func TestShowSections(t *testing.T) {
	t.Parallel()
	h := newHouse(t, dbtest.One(t, store.SQLite))
	id := amara(t, h)
	h.pages.Roles = func(*web.Call, int64, string, string) (web.Component, error) { return nil, errors.New("no roles") }
	h.pages.Activity = func(_ *web.Call, userID int64, publicID, name string) (web.Component, error) {
		if userID != id.ID || publicID != id.PublicID || name != "Amara Okafor" {
			t.Errorf("asked for %d %s %s", userID, publicID, name)
		}
		return nil, errors.New("no log")
	}
	a := h.get(t, "/users/"+id.PublicID)
	a.expect(t, 200, "The roles could not be read now. The rest of this page is right.", "The activity could not be read now.", "Payments lead", `id="access"`, `href="#activity"`)
	a.lacks(t, "no roles", "no log")

	h.Faults.Fail("FROM sessions")
	h.Faults.Fail(`FROM "sessions"`)
	h.get(t, "/users/"+id.PublicID).expect(t, 200, "The sessions could not be read now.", "Payments lead")
}

func TestUnknown(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := newHouse(t, db)
		id := amara(t, h)
		for _, bad := range []string{"0190b7a0-0000-7000-8000-000000000000", "nobody", "%00", "%F0%28", strings.Repeat("9", 4000), "-1", "1"} {
			for _, page := range []string{"", "/edit", "/suspend", "/resume", "/deactivate", "/reactivate", "/leaving", "/staying", "/let-in", "/sessions/end"} {
				h.get(t, "/users/"+bad+page).expect(t, 404, "Not found")
			}
		}
		h.get(t, "/users/"+id.PublicID+"/sessions/nothing/end").expect(t, 404)
		h.get(t, "/attributes/nothing/edit").expect(t, 404)
		h.get(t, "/attributes/nothing/remove").expect(t, 404)
		h.post(t, "/users/nobody/edit", url.Values{"version": {"1"}}).expect(t, 404)
		h.caller.Actor.Tenant++ // the caller is of another tenant
		h.get(t, "/users/"+id.PublicID).expect(t, 404)
		h.get(t, "/users/"+id.PublicID+"/edit").expect(t, 404)
		h.post(t, "/users/"+id.PublicID+"/deactivate", url.Values{"reason": {"left the company"}}).expect(t, 404)
	})
}

func TestReveal(t *testing.T) {
	t.Parallel()
	h := newHouse(t, dbtest.One(t, store.SQLite))
	id := amara(t, h)
	plain := h.add(t, directory.NewRecord{DisplayName: "Bjorn Sato"})
	path := "/users/" + id.PublicID + "/reveal"
	h.get(t, path).leads(t, "/users/"+id.PublicID) // sees everything anyway

	h.as(t, "Nia Ortega", helpdesk)
	h.get(t, path).expect(t, 200, "Shows Phone, External ID and Badge of Amara Okafor, once.", "Show masked fields")
	short := h.post(t, path, url.Values{"reason": {"why not"}})
	short.expect(t, 422, "Nothing was shown", "at least 10 characters", ">why not</textarea>")
	short.lacks(t, "HR-10017")
	seen := h.post(t, path, url.Values{"reason": {"call back about the locked account"}})
	seen.expect(t, 200, "+44 20 7946 0000", "HR-10017", "B-77", "The audit log keeps that you looked")
	h.get(t, "/users/"+plain.PublicID+"/reveal").expect(t, 200, "Bjorn Sato has no masked fields.")
	h.post(t, "/users/"+plain.PublicID+"/reveal", url.Values{"reason": {"call back about the locked account"}}).expect(t, 200, "There is nothing to show.")
}

func TestActs(t *testing.T) {
	t.Parallel()
	h := newHouse(t, dbtest.One(t, store.SQLite))
	id := amara(t, h)
	h.signIn(t, id.ID, firefox)
	path := "/users/" + id.PublicID
	reason := url.Values{"reason": {"asked for by her manager"}}
	steps := []struct {
		act  string
		form url.Values
		want models.Status
	}{
		{"leaving", url.Values{"reason": reason["reason"], "leaving_at": {"2026-11-29"}}, models.Leaving},
		{"staying", reason, models.Active},
		{"suspend", reason, models.Suspended},
		{"resume", reason, models.Active},
		{"deactivate", reason, models.Deactivated},
		{"reactivate", reason, models.Active},
	}
	h.get(t, path+"/deactivate").expect(t, 200, "Ends 1 session in Rollcall now.", "Deactivate Amara Okafor", "autofocus", `class="btn btn-danger"`)
	for _, s := range steps {
		h.get(t, path+"/"+s.act).expect(t, 200, `name="reason"`)
		h.post(t, path+"/"+s.act, url.Values{"reason": {"no"}, "leaving_at": {"2026-11-29"}}).expect(t, 422, "Nothing was changed", ">no</textarea>")
		h.post(t, path+"/"+s.act, s.form).leads(t, path+"?ok="+s.act)
		if got := h.person(t, id.PublicID).Status; got != s.want {
			t.Fatalf("after %s the status is %s", s.act, got)
		}
		h.get(t, path+"?ok="+s.act).expect(t, 200, `class="banner banner-ok"`)
	}
	h.post(t, path+"/leaving", url.Values{"reason": reason["reason"], "leaving_at": {"soon"}}).expect(t, 422, "2026-11-29", `value="soon"`)
	h.get(t, path+"/resume").expect(t, 200, "Amara Okafor is Active, so this cannot be done.")
	h.post(t, path+"/resume", reason).expect(t, 409, "Nothing was changed")
	own := "/users/" + h.caller.PublicID
	h.get(t, own+"/deactivate").expect(t, 200, "This is you.")
	h.post(t, own+"/deactivate", reason).expect(t, 409, "You cannot do this to yourself")
	h.get(t, own).lacks(t, "Danger zone", own+"/suspend")
}

func TestSessions(t *testing.T) {
	t.Parallel()
	h := newHouse(t, dbtest.One(t, store.SQLite))
	id := amara(t, h)
	h.signIn(t, id.ID, firefox)
	h.signIn(t, id.ID, "")
	path := "/users/" + id.PublicID
	a := h.get(t, path)
	a.expect(t, 200, "End 2 sessions", "An unknown browser")
	_, rest, _ := strings.Cut(a.body, path+"/sessions/")
	for strings.HasPrefix(rest, "end") { // the link of all sessions
		_, rest, _ = strings.Cut(rest, path+"/sessions/")
	}
	one, _, _ := strings.Cut(rest, `"`)
	h.get(t, path+"/sessions/"+one).expect(t, 200, "End a session of Amara Okafor")
	h.post(t, path+"/sessions/"+one, url.Values{"reason": {"x"}}).expect(t, 422)
	h.post(t, path+"/sessions/"+one, url.Values{"reason": {"lost her notebook"}}).leads(t, path+"?ok=session-ended#sessions")
	h.get(t, path+"/sessions/"+one).expect(t, 404)
	h.post(t, path+"/sessions/end", url.Values{"reason": {"lost her notebook"}}).leads(t, path+"?ok=sessions-ended#sessions")
	h.get(t, path).expect(t, 200, "Not signed in to Rollcall now.")
	h.get(t, path+"/sessions/end").expect(t, 200, "There is nothing to end.")
}

func TestBrokenDatabase(t *testing.T) {
	t.Parallel()
	h := newHouse(t, dbtest.One(t, store.SQLite))
	id := amara(t, h)
	path := "/users/" + id.PublicID
	reason := url.Values{"reason": {"asked for by her manager"}, "display_name": {"X"}, "version": {"1"}}
	h.Faults.Fail("")
	for _, page := range []string{"/users", "/users?q=amara", "/users/views", "/users/export", path, path + "/edit", path + "/deactivate", "/users/new", "/attributes"} {
		a := h.get(t, page)
		if a.code != 500 && a.code != 503 {
			t.Errorf("%s: %d", page, a.code)
		}
		a.lacks(t, "injected", "connection refused", "SELECT")
	}
	for _, page := range []string{path + "/edit", path + "/deactivate", path + "/sessions/end", "/users/new", "/users/export", "/attributes/new"} {
		a := h.post(t, page, reason)
		if a.code != 500 && a.code != 503 {
			t.Errorf("POST %s: %d", page, a.code)
		}
		a.expect(t, a.code, "Nothing was changed.")
		a.lacks(t, "injected", "connection refused", "SELECT")
	}
	h.Faults.Heal()
	if got := h.person(t, id.PublicID); got.Status != models.Active || got.DisplayName != "Amara Okafor" {
		t.Errorf("a half-done change: %+v", got)
	}
}
