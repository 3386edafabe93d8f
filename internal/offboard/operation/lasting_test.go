package operation_test

import (
	"slices"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/offboard/operation"
	"github.com/rollcall/rollcall/models"
)

// A plan says for how long access of before lives on at a system: in its
// applications, and in those it tells nothing of ended sessions.
func TestPlanSaysHowLongAccessLasts(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := opened(t, db)
		staff := s.staff(1)
		apps := []connector.App{
			{ClientID: "crm", Name: "CRM", SignOutURL: "https://crm.example/out", TokenLifetime: 8 * time.Hour},
			{ClientID: "ledger", TokenLifetime: 90*time.Second + time.Millisecond, SelfContained: true},
			{ClientID: "warehouse", Name: "Warehouse", TokenLifetime: time.Hour, SelfContained: true},
			{ClientID: "saml", Name: "Assertions are used once"},
		}
		s.kc.Install(apps...)
		s.lasts(staff, operation.SystemEffect{TokenSeconds: 28800, Untold: operation.Untold{Names: []string{"Warehouse", "ledger"}, N: 2, Seconds: 3600}})

		// One that does not say how long may be the one that lasts longest.
		db.Clock.Advance(2 * time.Minute) // what the system has is asked for anew
		s.kc.Install(append(apps, connector.App{ClientID: "odd", Name: "Odd", SelfContained: true})...)
		s.lasts(staff, operation.SystemEffect{TokensUnsaid: true, Untold: operation.Untold{Names: []string{"Odd", "Warehouse", "ledger"}, N: 3}})

		// One that has no applications has no tokens that live on.
		db.Clock.Advance(2 * time.Minute)
		s.kc.Install()
		s.lasts(staff, operation.SystemEffect{})

		// A system that cannot be asked for its applications is planned for all the same.
		db.Clock.Advance(2 * time.Minute)
		s.kc.Fail("ListApps", connector.FailForbidden, 0)
		s.lasts(staff, operation.SystemEffect{TokensUnsaid: true})
	})
}

// lasts plans for people, and compares what the plan says of the system.
func (s *site) lasts(people []models.Actor, want operation.SystemEffect) {
	s.t.Helper()
	op := s.plan(s.amara, people...)
	e, err := operation.EffectsOf(op)
	if err != nil || len(e.Systems) != 1 {
		s.t.Fatalf("%d systems, %v", len(e.Systems), err)
	}
	got := e.Systems[0]
	if got.TokenSeconds != want.TokenSeconds || got.TokensUnsaid != want.TokensUnsaid || got.Untold.N != want.Untold.N || got.Untold.Seconds != want.Untold.Seconds || !slices.Equal(got.Untold.Names, want.Untold.Names) {
		s.t.Errorf("%d seconds, unsaid %v, untold %+v; want %d, %v, %+v", got.TokenSeconds, got.TokensUnsaid, got.Untold, want.TokenSeconds, want.TokensUnsaid, want.Untold)
	}
}
