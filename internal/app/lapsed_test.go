package app_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/app/apptest"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// backAt reads where the sign-in page leads to afterwards.
func backAt(t *testing.T, got apptest.Answer) string {
	t.Helper()
	u, err := url.Parse(got.Header.Get("Location"))
	if err != nil || got.Code != http.StatusSeeOther || u.Path != "/signin" {
		t.Fatalf("%d to %q, want 303 to /signin", got.Code, got.Header.Get("Location"))
	}
	return u.Query().Get("return")
}

// A form that is sent after the session ran out is not lost: after signing in
// again its person finds it filled in, on any replica, and nobody else does.
func TestFormSurvivesTheEndOfTheSession(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		here := apptest.Start(t, db)
		there := here.Replica()
		boss, other := here.Add("Amara Okafor", models.RoleAdmin), here.Add("Goran Novak", models.RoleAdmin)
		target := here.Add("Jonas Weber", models.RoleEmployee)
		form := "/users/" + target.PublicID + "/suspend"
		for name, late := range map[string]time.Duration{"idle": 2 * time.Hour, "the longest duration": 20 * time.Hour} {
			b := here.SignIn(boss)
			db.Clock.Advance(late)
			back := backAt(t, b.Post(form, because))
			if !strings.HasPrefix(back, form+"?draft=") {
				t.Fatalf("%s: leads back to %q", name, back)
			}
			page := b.Get("/signin?" + url.Values{"return": {back}}.Encode())
			if !strings.Contains(page.Body, "What you typed is kept") || strings.Contains(page.Body, because.Get("reason")) {
				t.Errorf("%s: the sign-in page says %s", name, page.Body)
			}
			if stranger := here.SignIn(other).Get(back); stranger.Code != http.StatusOK || strings.Contains(stranger.Body, because.Get("reason")) || !strings.Contains(stranger.Body, "no longer kept") {
				t.Errorf("%s: somebody else gets it back (%d)", name, stranger.Code)
			}
			again := there.SignIn(boss)
			filled := again.Get(back)
			if filled.Code != http.StatusOK || !strings.Contains(filled.Body, because.Get("reason")) || !strings.Contains(filled.Body, "You are signed in again") {
				t.Errorf("%s: the form came back with %d", name, filled.Code)
			}
			if now := status(t, here, target); now != models.Active {
				t.Fatalf("%s: coming back made them %s", name, now)
			}
		}
	})
}

// Input that is refused is refused on the way back as well.
func TestFormThatComesBackIsCheckedAgain(t *testing.T) {
	t.Parallel()
	db := dbtest.One(t, store.SQLite)
	s := apptest.Start(t, db)
	boss, target := s.Add("Amara Okafor", models.RoleAdmin), s.Add("Jonas Weber", models.RoleEmployee)
	b := s.SignIn(boss)
	db.Clock.Advance(2 * time.Hour)
	back := backAt(t, b.Post("/users/"+target.PublicID+"/leaving", url.Values{"reason": {"too short"}, "leaving_at": {"31.1.2027"}}))
	got := s.SignIn(boss).Get(back)
	for _, want := range []string{"too short", `value="31.1.2027"`, "Write a reason of at least 10 characters", "is not a date of the form"} {
		if got.Code != http.StatusOK || !strings.Contains(got.Body, want) {
			t.Errorf("%d: the form does not hold %q", got.Code, want)
		}
	}
}

// What was ended on purpose stays ended: nothing is kept for whoever holds that
// cookie, nor for nobody, nor for a form from elsewhere.
func TestNothingIsKeptForASessionThatWasEnded(t *testing.T) {
	t.Parallel()
	db := dbtest.One(t, store.SQLite)
	s := apptest.Start(t, db)
	boss, target := s.Add("Amara Okafor", models.RoleAdmin), s.Add("Jonas Weber", models.RoleEmployee)
	form := "/users/" + target.PublicID + "/suspend"
	ended := s.SignIn(boss)
	s.SignIn(boss).Post("/me/sessions/end-others", nil)
	idle := s.SignIn(boss)
	elsewhere := s.SignIn(boss)
	elsewhere.Header = http.Header{"Sec-Fetch-Site": {"cross-site"}, "Origin": {"https://evil.example"}}
	db.Clock.Advance(2 * time.Hour)
	for name, b := range map[string]*apptest.Browser{"ended": ended, "nobody": s.Browser()} {
		if back := backAt(t, b.Post(form, because)); strings.Contains(back, "draft") {
			t.Errorf("%s: leads back to %q", name, back)
		}
	}
	if got := elsewhere.Post(form, because); got.Code != http.StatusForbidden {
		t.Errorf("from elsewhere: %d", got.Code)
	}
	if got := idle.Post("/me/preferences", url.Values{"theme": {"dark"}}); got.Code != http.StatusSeeOther {
		t.Errorf("a form without a page of its own: %d", got.Code)
	}
	kept, err := s.DB.Store.Read(db.Tenant).Select((*models.Draft)(nil)).Count(t.Context())
	if err != nil || kept != 0 {
		t.Errorf("%d drafts are kept, %v; want none", kept, err)
	}
}
