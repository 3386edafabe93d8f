package app_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/app/apptest"
	"github.com/rollcall/rollcall/internal/config"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/jobs"
	"github.com/rollcall/rollcall/internal/offboard"
	"github.com/rollcall/rollcall/internal/signin/optest"
	"github.com/rollcall/rollcall/models"
)

// withProvider is a site with a provider that gives refresh tokens.
func withProvider(t *testing.T, db *dbtest.DB, op *optest.Provider) *apptest.Site {
	t.Helper()
	op.SetNow(db.Clock.Now)
	op.Mutate(func(f *optest.Faults) { f.PlainRefresh = true })
	return apptest.Start(t, db, func(c *config.Config) {
		c.Providers = []config.Provider{{
			Key: "keycloak", Name: "Keycloak", Issuer: op.Issuer, ClientID: op.ClientID, ClientSecret: config.Secret(op.ClientSecret), DevLoopback: true, Refresh: true,
			Create: config.Create{Rule: config.CreateDomains, Domains: []string{"example.com"}},
			Roles:  []config.RoleMapping{{Claim: "sub", Value: "*", Role: models.RoleEmployee}},
		}}
	})
}

// through signs a browser in through the provider.
func through(t *testing.T, s *apptest.Site, op *optest.Provider) *apptest.Browser {
	t.Helper()
	b := s.Browser()
	off := b.Post("/signin/keycloak", url.Values{"return": {"/me"}})
	if off.Code != http.StatusSeeOther {
		t.Fatalf("start: %d %s", off.Code, off.Body)
	}
	back := b.Get("/auth/keycloak/callback?" + op.Authorize(t, off.Header.Get("Location")).Encode())
	if back.Code != http.StatusSeeOther || b.Get("/me").Code != http.StatusOK {
		t.Fatalf("return: %d to %q", back.Code, back.Header.Get("Location"))
	}
	return b
}

// OIDC-44: whoever is deactivated loses the tokens that Rollcall holds of them,
// and the step says so only because it saw them alive before.
func TestDeactivationTakesHeldTokensBack(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		op := optest.Start(t)
		s := withProvider(t, db, op)
		admin := s.SignInElevated(s.Add("Amara Okafor", models.RoleAdmin))
		s.Add("Goran Novak", models.RoleAdmin)
		through(t, s, op)
		ada, _, err := s.People.FindIdentity(t.Context(), db.Tenant, op.Issuer, "u1")
		if err != nil {
			t.Fatal(err)
		}
		if got := admin.Post("/users/"+ada.PublicID+"/deactivate", because); got.Code != http.StatusSeeOther {
			t.Fatalf("deactivate: %d %s", got.Code, got.Body)
		}
		var steps []jobs.Info
		for range 100 { // the site's own workers do it
			steps, err = s.Jobs.OfUser(t.Context(), db.Tenant, ada.ID, []string{offboard.StepRevokeHeld}, 10)
			if err != nil || len(steps) == 1 && steps[0].Outcome != models.OutcomeWaiting {
				break
			}
			time.Sleep(100 * time.Millisecond)
		}
		if err != nil || len(steps) != 1 || steps[0].Outcome != models.OutcomeConfirmed {
			t.Fatalf("steps = %+v, %v", steps, err)
		}
		if n := op.Count(optest.Revoke); n != 2 {
			t.Errorf("%d revocations, want the refresh and the access token", n)
		}
		left, err := db.Store.Read(db.Tenant).Select((*models.SignInGrant)(nil)).Count(t.Context())
		if err != nil || left != 0 {
			t.Errorf("%d grants are kept, %v", left, err)
		}
	})
}
