package app_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/rollcall/rollcall/internal/app/apptest"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/models"
)

var because = url.Values{"reason": {"left the company on Friday"}}

// WEB-04: what is taken on one replica is gone on the other with the next request.
func TestWhatOneReplicaTakesTheOtherRefuses(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		here := apptest.Start(t, db)
		there := here.Replica()
		admin := here.SignInElevated(here.Add("Amara Okafor", models.RoleAdmin))
		here.Add("Goran Novak", models.RoleAdmin)
		leaver := here.Add("Elif Kaya", models.RoleHelpdesk)
		browser := here.SignIn(leaver).At(there)

		if got := browser.Get("/users"); got.Code != http.StatusOK {
			t.Fatalf("the helpdesk opens /users: %d, want 200", got.Code)
		}
		held, err := here.Access.Held(t.Context(), db.Tenant, leaver.ID)
		if err != nil || len(held) != 1 {
			t.Fatalf("roles = %v, %v", held, err)
		}
		remove := "/users/" + leaver.PublicID + "/roles/" + itoa(held[0].Paths[0].AssignmentID) + "/remove"
		if got := admin.Post(remove, because); got.Code != http.StatusSeeOther {
			t.Fatalf("removing the role: %d\n%s", got.Code, got.Body)
		}
		if got := browser.Get("/users"); got.Code != http.StatusForbidden {
			t.Errorf("the next request on the other replica, without the role: %d, want 403", got.Code)
		}
		if got := browser.Get("/me"); got.Code != http.StatusOK {
			t.Errorf("the own page without the role: %d, want 200", got.Code)
		}
		if got := admin.Post("/users/"+leaver.PublicID+"/deactivate", because); got.Code != http.StatusSeeOther {
			t.Fatalf("deactivating: %d\n%s", got.Code, got.Body)
		}
		if got := browser.Get("/me"); got.Code != http.StatusSeeOther || !strings.HasPrefix(got.Header.Get("Location"), "/signin") {
			t.Errorf("the next request of a deactivated person on the other replica: %d to %q, want 303 to /signin", got.Code, got.Header.Get("Location"))
		}
	})
}

// An assignment ends by time alone, without a sweep or a restart.
func TestAnEndActsByItself(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := apptest.Start(t, db)
		admin := s.SignIn(s.Add("Amara Okafor", models.RoleAdmin))
		guest := s.Add("Hana Weber", models.RoleEmployee)
		browser := s.SignIn(guest)
		form := url.Values{"role": {models.RoleAuditor}, "until": {db.Clock.Now().AddDate(0, 0, 1).Format("2006-01-02")}, "reason": {"the audit of the year"}}
		if got := admin.Post("/users/"+guest.PublicID+"/roles/new", form); got.Code != http.StatusSeeOther {
			t.Fatalf("giving a role: %d\n%s", got.Code, got.Body)
		}
		if got := browser.Get("/audit"); got.Code != http.StatusOK {
			t.Fatalf("with the role: %d, want 200", got.Code)
		}
		held, err := s.Access.Held(t.Context(), db.Tenant, guest.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range held {
			if h.Role.Key == models.RoleAuditor {
				db.Clock.Set(h.Paths[0].Until.Time())
			}
		}
		browser = s.SignIn(guest) // the old session is older than an hour without use
		if got := browser.Get("/audit"); got.Code != http.StatusForbidden {
			t.Errorf("at the end of the role: %d, want 403", got.Code)
		}
	})
}

// The last admin cannot be talked out of it by any page.
func TestTheLastAdminStays(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := apptest.Start(t, db)
		amara, goran := s.Add("Amara Okafor", models.RoleAdmin), s.Add("Goran Novak", models.RoleAdmin)
		first := s.SignInElevated(amara)
		if got := first.Post("/users/"+goran.PublicID+"/suspend", because); got.Code != http.StatusSeeOther {
			t.Fatalf("one of two admins: %d", got.Code)
		}
		for _, act := range []string{"/suspend", "/deactivate"} {
			if got := first.Post("/users/"+amara.PublicID+act, because); got.Code != http.StatusConflict {
				t.Errorf("%s of oneself: %d, want 409", act, got.Code)
			}
		}
		held, err := s.Access.Held(t.Context(), db.Tenant, amara.ID)
		if err != nil {
			t.Fatal(err)
		}
		got := first.Post("/users/"+amara.PublicID+"/roles/"+itoa(held[0].Paths[0].AssignmentID)+"/remove", because)
		if got.Code == http.StatusSeeOther {
			t.Errorf("removing the last admin's role: %d, want it refused", got.Code)
		}
	})
}
