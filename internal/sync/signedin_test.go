package sync_test

import (
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/sync"
	"github.com/rollcall/rollcall/internal/sync/synctest"
	"github.com/rollcall/rollcall/models"
)

// A sign-in refreshes what it says and nothing else, shows that the account is
// there and switched on, and takes nothing away.
func TestSignedIn(t *testing.T) {
	each(t, func(w *world) {
		m := usual
		m.Roles = []connector.RoleRule{{Kind: "group", Name: "everybody", Role: models.RoleEmployee}}
		s := makes
		s.GuardPercent = 50
		system, c := w.source(30, m, s)
		w.run(c, models.RunFull)
		w.later(time.Minute)
		system.Change(synctest.ID(1), "boss", func(a *connector.Account) { a.Enabled = false })
		system.Remove(synctest.ID(2), "boss")
		w.run(c, models.RunIncremental)
		if w.missing() != 1 || len(w.drifts()) != 2 {
			w.t.Fatalf("%d missing, %q", w.missing(), w.drifts())
		}
		w.later(time.Minute)
		roles := w.count("SELECT COUNT(*) FROM assignments WHERE tenant_id = ?tenant")
		for i := 1; i < 3; i++ {
			w.engine.SignedIn(w.t.Context(), sync.Arrival{Tenant: w.Tenant, Issuer: issuer, Account: connector.Account{
				ID: synctest.ID(i), Email: "new@northwind.example", EmailVerified: true, Attributes: map[string][]string{"title": {"Chief"}},
			}})
		}
		a := w.account(synctest.ID(1))
		if !a.Enabled || a.Email != "new@northwind.example" || a.Username != "person1" || a.DisplayName != "Person 1" || w.missing() != 0 {
			w.t.Errorf("%+v", a)
		}
		if p := w.person(synctest.ID(1)); p.Email != "new@northwind.example" || p.Title != "Clerk" || p.DisplayName != "Person 1" {
			w.t.Errorf("%+v", p)
		}
		if n := w.count("SELECT COUNT(*) FROM assignments WHERE tenant_id = ?tenant"); n != roles {
			w.t.Errorf("a sign-in changed roles: %d, before %d", n, roles)
		}
		w.engine.SignedIn(w.t.Context(), sync.Arrival{Tenant: w.Tenant, Issuer: "https://other.example", Account: connector.Account{ID: synctest.ID(3), Email: "other@northwind.example"}})
		if a := w.account(synctest.ID(3)); a.Email != "person3@northwind.example" {
			w.t.Errorf("another issuer changed %+v", a)
		}
	})
}
