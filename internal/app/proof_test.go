package app_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/rollcall/rollcall/internal/app/apptest"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/signin/optest"
	"github.com/rollcall/rollcall/models"
)

// prove goes to the provider from the page of a request, and comes back as
// whoever the provider signs in.
func prove(t *testing.T, b *apptest.Browser, op *optest.Provider, path string) apptest.Answer {
	t.Helper()
	off := b.Post(path, url.Values{"provider": {"keycloak"}})
	if off.Code != http.StatusSeeOther {
		t.Fatalf("start of the proof: %d %s", off.Code, off.Body)
	}
	return b.Get("/auth/keycloak/callback?" + op.Authorize(t, off.Header.Get("Location")).Encode())
}

// OIDC-36: the person, signed in as one, signs in with the other; the identity
// is linked, and the next sign-in with it is the same person.
func TestPersonSignsInWithBoth(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		op := optest.Start(t)
		s := withProvider(t, db, op)
		admin := s.SignInElevated(s.Add("Amara Okafor", models.RoleAdmin))
		op.SignIn(map[string]any{"sub": "elif-1", "email": "elif@example.com", "email_verified": true, "name": "Elif Kaya"})
		elif := through(t, s, op)
		person, _, err := s.People.FindIdentity(t.Context(), db.Tenant, op.Issuer, "elif-1")
		if err != nil {
			t.Fatal(err)
		}
		asked := admin.Post("/users/"+person.PublicID+"/identities/new", url.Values{"provider": {"keycloak"}, "proof": {"sign-in"}, "reason": {"works for both companies"}})
		if asked.Code != http.StatusSeeOther || !strings.HasPrefix(asked.Header.Get("Location"), "/links/") {
			t.Fatalf("ask: %d to %q %s", asked.Code, asked.Header.Get("Location"), asked.Body)
		}
		me := elif.Get("/me").Body
		path := regexp.MustCompile(`/me/links/[0-9a-f-]{36}`).FindString(me)
		if path == "" || !strings.Contains(me, "asks you to show") {
			t.Fatal("the person is not told")
		}
		if got := admin.Get(path); got.Code != http.StatusNotFound {
			t.Errorf("somebody else opens the person's page: %d", got.Code)
		}
		if got := elif.Post(path, url.Values{"provider": {"nobody"}}); got.Code != http.StatusUnprocessableEntity {
			t.Errorf("a proof at another provider: %d", got.Code)
		}
		op.SignIn(map[string]any{"sub": "elif-2", "email": "e.kaya@partner.example", "email_verified": true, "name": "E. Kaya"})
		if back := prove(t, elif, op, path); back.Code != http.StatusSeeOther || back.Header.Get("Location") != path {
			t.Fatalf("back: %d to %q %s", back.Code, back.Header.Get("Location"), back.Body)
		}
		if page := elif.Get(path).Body; !strings.Contains(page, "You can sign in with both") {
			t.Error("the person is not told that it worked")
		}
		linked, _, err := s.People.FindIdentity(t.Context(), db.Tenant, op.Issuer, "elif-2")
		if err != nil || linked.ID != person.ID {
			t.Fatalf("the identity belongs to %d, %v; want %d", linked.ID, err, person.ID)
		}
		again := through(t, s, op)
		if page := again.Get("/me").Body; !strings.Contains(page, "Elif Kaya") {
			t.Error("a sign-in with the other identity is somebody else")
		}
	})
}

// A merge the person proves: two records, one of which came by rule.
func TestPersonProvesAMergeByForms(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		op := optest.Start(t)
		s := withProvider(t, db, op)
		admin := s.SignInElevated(s.Add("Amara Okafor", models.RoleAdmin))
		ids := map[string]string{}
		for _, sub := range []string{"elif-2", "elif-1"} { // the browser that stays is of the second
			op.SignIn(map[string]any{"sub": sub, "email": sub + "@example.com", "email_verified": true, "name": "Elif " + sub})
			through(t, s, op)
			person, _, err := s.People.FindIdentity(t.Context(), db.Tenant, op.Issuer, sub)
			if err != nil {
				t.Fatal(err)
			}
			ids[sub] = person.PublicID
		}
		elif := through(t, s, op)
		path := askMerge(t, admin, ids["elif-1"], ids["elif-2"])
		mine := "/me" + path
		if page := elif.Get(mine); page.Code != http.StatusOK || !strings.Contains(page.Body, "The two records become one at once") {
			t.Fatalf("the person's page: %d %s", page.Code, page.Body)
		}
		wrong := prove(t, elif, op, mine) // the provider signs the same account in again
		if wrong.Code != http.StatusForbidden || !strings.Contains(wrong.Body, "same record twice") || !strings.Contains(wrong.Body, "stays as it was") {
			t.Fatalf("a proof with the same account: %d %s", wrong.Code, wrong.Body)
		}
		op.SignIn(map[string]any{"sub": "elif-2", "email": "elif-2@example.com", "email_verified": true, "name": "Elif elif-2"})
		if back := prove(t, elif, op, mine); back.Code != http.StatusSeeOther {
			t.Fatalf("back: %d %s", back.Code, back.Body)
		}
		got, err := s.People.Get(t.Context(), db.Tenant, ids["elif-2"])
		if err != nil || got.Status != models.Removed {
			t.Errorf("the other record is %s, %v", got.Status, err)
		}
		if page := admin.Get(path).Body; !strings.Contains(page, "It can be taken apart until") {
			t.Error("the receipt does not stand in the case")
		}
	})
}

var factsIn = regexp.MustCompile(`name="facts" value="([0-9a-f]{64})"`)

// askMerge goes through the four steps and asks the person; the value of who
// stays is chosen everywhere, and every role moves.
func askMerge(t *testing.T, admin *apptest.Browser, stay, gone string) string {
	t.Helper()
	at := admin.Post("/links/new", url.Values{"a": {stay}, "b": {gone}}).Header.Get("Location")
	for _, step := range []struct{ name, next string }{{"compare", "access"}, {"access", "confirm"}, {"confirm", ""}} {
		page := admin.Get(at)
		m := factsIn.FindStringSubmatch(page.Body)
		if m == nil {
			t.Fatalf("%s at %s: %d %s", step.name, at, page.Code, page.Body)
		}
		form := url.Values{"facts": {m[1]}, "proof": {"sign-in"}, "reason": {"works for both companies"}}
		for _, f := range []string{directory.FieldDisplayName, directory.FieldEmail, directory.FieldUsername} {
			form.Set("pick."+f, "stay")
		}
		for _, keep := range regexp.MustCompile(`name="keep" value="(\d+)"`).FindAllStringSubmatch(page.Body, -1) {
			form.Add("keep", keep[1])
		}
		done := admin.Post(at, form)
		if done.Code != http.StatusSeeOther {
			t.Fatalf("%s: %d %s", step.name, done.Code, done.Body)
		}
		at = done.Header.Get("Location")
	}
	path, _, _ := strings.Cut(at, "?")
	return path
}
