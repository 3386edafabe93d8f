package insight_test

import (
	"strings"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/insight"
	"github.com/rollcall/rollcall/models"
)

// Accounts against the person's status: as read last, as read now, and when the
// system says nothing or does not know it.
func TestAccounts(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db)
		elif := h.add()
		h.connect(models.ConnectorEnabled)
		in := insight.Person{ID: elif.ID, Status: models.Active}
		out := insight.Person{ID: elif.ID, Status: models.Deactivated}
		one := func(p insight.Person, live bool) insight.Account {
			t.Helper()
			read := h.insight.Accounts
			if live {
				read = h.insight.ReadAccounts
			}
			list, err := read(t.Context(), db.Tenant, p)
			if err != nil || len(list) != 1 {
				t.Fatalf("%d accounts, %v", len(list), err)
			}
			return list[0]
		}
		want := func(a insight.Account, in, known bool) {
			t.Helper()
			if gotIn, gotKnown := a.InStep(); gotIn != in || gotKnown != known {
				t.Errorf("in step %v (known %v), want %v (%v): %+v", gotIn, gotKnown, in, known, a)
			}
		}
		want(one(in, false), false, false)
		want(one(in, true), true, true)
		want(one(out, true), false, true)
		h.kc.Set("elif", func(a *connector.Account) { a.Enabled = false })
		want(one(in, true), false, true)
		want(one(out, true), true, true)
		want(one(insight.Person{ID: elif.ID, Status: models.Invited}, true), false, false)
		left := insight.Person{ID: elif.ID, Status: models.Leaving, LeavingAt: models.At(dbtest.Start)}
		want(one(left, true), true, true)

		h.kc.Hang("ReadPerson")
		if a := one(in, true); a.Live || a.Why != "Keycloak did not answer in time." {
			t.Errorf("a silent system: %+v", a)
		}
		h.kc.Mend()
		h.kc.Remove("elif")
		a := one(in, true)
		want(a, false, true)
		if !a.Gone || a.MissingSince != models.At(dbtest.Start) {
			t.Errorf("an account nobody knows: %+v", a)
		}
		want(one(out, true), true, true)
	})
}

// Sessions at systems: each fails on its own, and one that hangs takes its own
// time only.
func TestSessions(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db)
		elif := h.add()
		h.connect(models.ConnectorEnabled)
		h.kc.Install(connector.App{ClientID: "ledger", Name: "Ledger"})
		h.kc.Open("elif", connector.Session{ID: "s1", IP: "203.0.113.9", Apps: []string{"ledger", "unlisted"}})
		db.Clock.Advance(time.Minute)
		h.kc.Open("elif", connector.Session{ID: "s2", Offline: true})
		one := func() insight.Sessions {
			t.Helper()
			list, err := h.insight.Sessions(t.Context(), db.Tenant, elif.ID)
			if err != nil || len(list) != 1 {
				t.Fatalf("%d systems, %v", len(list), err)
			}
			return list[0]
		}
		s := one()
		if s.Failed != "" || len(s.List) != 2 || !s.List[0].Offline || strings.Join(s.List[1].Names, ", ") != "Ledger, unlisted" {
			t.Errorf("sessions %+v", s)
		}
		found, ok, _ := h.insight.SessionAt(t.Context(), db.Tenant, s.Held, s.List[1].Handle)
		if !ok || found.ID != "s1" {
			t.Errorf("by its handle: %+v, %v", found, ok)
		}
		if _, ok, failed := h.insight.SessionAt(t.Context(), db.Tenant, s.Held, "made up"); ok || failed != "" {
			t.Errorf("a made up handle: %v, %q", ok, failed)
		}
		h.kc.Fail("ListApps", connector.FailForbidden, 0)
		if s := one(); s.Failed != "" || strings.Join(s.List[1].Names, ", ") != "ledger, unlisted" {
			t.Errorf("without names of applications: %+v", s)
		}
		h.kc.Hang("ListSessions")
		began := time.Now()
		if s := one(); s.Failed != "Keycloak did not answer in time." || s.Cannot || time.Since(began) > 5*time.Second {
			t.Errorf("a silent system: %+v", s)
		}
		h.kc.Mend()
		h.kc.Fail("ListSessions", connector.FailUnsupported, 0)
		if s := one(); !s.Cannot {
			t.Errorf("a system without a list: %+v", s)
		}
	})
}
