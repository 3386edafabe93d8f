package access_test

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// signIn does what a sign-in does with the roles of the claims.
func (w *world) signIn(t *testing.T, in access.ClaimInput) access.ClaimResult {
	t.Helper()
	var out access.ClaimResult
	err := w.Store.Change(t.Context(), w.Actor(), func(ctx context.Context, tx *store.Tx) (err error) {
		if out, err = w.e.AssignFromClaims(ctx, tx, in); err != nil {
			return err
		}
		return tx.Record(ctx, store.Event{Action: models.SignInDone, Target: store.Ref{Kind: models.KindUser, ID: in.UserID}})
	})
	if err != nil {
		t.Fatalf("AssignFromClaims: %v", err)
	}
	return out
}

func group(role, value string) access.ClaimRole {
	return access.ClaimRole{RoleKey: role, Claim: "groups", Value: value}
}

func TestClaimsGiveAndTakeExactlyTheirOwnRoles(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		elif := w.user(t, "Elif Kaya")
		w.give(t, elif, models.RoleAuditor) // by a person: no claim touches it
		w.signIn(t, access.ClaimInput{UserID: elif, Provider: "okta", Roles: []access.ClaimRole{group(models.RoleHelpdesk, "it")}})

		in := access.ClaimInput{UserID: elif, Provider: "keycloak", Roles: []access.ClaimRole{
			group(models.RoleHelpdesk, "helpdesk"), group(models.RoleManager, "leads"), group(models.RoleManager, "leads"), group("gone.role", "x"),
		}}
		epoch := w.ask(t, w.Store, elif).Epoch
		got := w.signIn(t, in)
		if names(got.Added) != "Helpdesk, Manager" || len(got.Removed) != 0 || strings.Join(got.UnknownRoles, " ") != "gone.role" {
			t.Fatalf("first sign-in: %+v", got)
		}
		if w.ask(t, w.Store, elif).Epoch == epoch {
			t.Fatal("the epoch did not rise")
		}
		want := event{
			Action: models.RoleAssign, Result: models.ResultDone, Actor: "Test", Target: "user Elif Kaya", Object: "role Manager",
			After: map[string]any{"source": "claim", "source_ref": "keycloak/groups=leads", "from": "2026-11-22T10:42:00Z", "until": "no end"},
		}
		if diff := cmp.Diff(want, w.last(t, models.RoleAssign)); diff != "" {
			t.Fatalf("event (-want +got):\n%s", diff)
		}
		epoch = w.ask(t, w.Store, elif).Epoch
		if got = w.signIn(t, in); got.Kept != 2 || len(got.Added)+len(got.Removed) != 0 || w.ask(t, w.Store, elif).Epoch != epoch {
			t.Fatalf("second sign-in changed something: %+v", got)
		}
		in.Roles = in.Roles[:1]
		if got = w.signIn(t, in); names(got.Removed) != "Manager" || got.Kept != 1 {
			t.Fatalf("third sign-in: %+v", got)
		}
		if e := w.last(t, models.RoleUnassign); e.Object != "role Manager" || e.Before["source_ref"] != "keycloak/groups=leads" || e.Reason != "The claim is gone" {
			t.Fatalf("event = %+v", e)
		}
		in.Roles = nil
		w.signIn(t, in)
		held, err := w.e.Held(t.Context(), w.Tenant, elif)
		if err != nil {
			t.Fatal(err)
		}
		var left []string
		for _, h := range held {
			left = append(left, h.Role.Name+": "+h.Paths[0].Why())
		}
		if diff := cmp.Diff([]string{"Auditor: Test", "Helpdesk: groups it at okta"}, left); diff != "" {
			t.Fatalf("what is left (-want +got):\n%s", diff)
		}
	})
}

// Overage: the provider did not say which groups (OIDC-37).
func TestUnknownClaimsTakeNothingAway(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		elif := w.user(t, "Elif Kaya")
		in := access.ClaimInput{UserID: elif, Provider: "entra", Roles: []access.ClaimRole{group(models.RoleHelpdesk, "a")}}
		w.signIn(t, in)
		in = access.ClaimInput{UserID: elif, Provider: "entra", Unknown: true, Roles: []access.ClaimRole{group(models.RoleManager, "b")}}
		if got := w.signIn(t, in); got.Kept != 1 || names(got.Added) != "Manager" || len(got.Removed) != 0 {
			t.Fatalf("result = %+v", got)
		}
		if got := w.grant(t, w.e, elif); names(got.Roles) != "Helpdesk, Manager" {
			t.Fatalf("roles = %s", names(got.Roles))
		}
	})
}

func TestAnEmptiedGroupDoesNotLockEverybodyOut(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		goran := w.user(t, "Goran Novak")
		in := access.ClaimInput{UserID: goran, Provider: "keycloak", Roles: []access.ClaimRole{group(models.RoleAdmin, "admins"), group(models.RoleManager, "leads")}}
		w.signIn(t, in)
		in.Roles = nil
		if got := w.signIn(t, in); !got.KeptLastAdmin || names(got.Removed) != "Manager" {
			t.Fatalf("result = %+v", got)
		}
		e := w.last(t, models.RoleUnassign)
		for _, one := range w.log(t, models.RoleUnassign) {
			if one.Result == models.ResultRefused {
				e = one
			}
		}
		if e.Result != models.ResultRefused || e.Object != "role Admin" {
			t.Fatalf("event = %+v", e)
		}
		w.give(t, w.user(t, "Elif Kaya"), models.RoleAdmin)
		if got := w.signIn(t, in); names(got.Removed) != "Admin" {
			t.Fatalf("with another admin: %+v", got)
		}
	})
}

func TestClaimsKeepToTheTimeLimitOfTheRole(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.ledger(t)
		w.roleOf(t, access.RoleInput{Name: "Approver", MaxDays: 7})
		elif := w.user(t, "Elif Kaya")
		in := access.ClaimInput{UserID: elif, Provider: "keycloak", Roles: []access.ClaimRole{group("ledger.approver", "approvers")}}
		w.signIn(t, in)
		w.Clock.Advance(2 * day)
		w.signIn(t, in)
		if e := w.last(t, models.RoleUntil); e.After["until"] != "2026-12-01T10:42:00Z" || e.Reason != "Confirmed by keycloak/groups=approvers" {
			t.Fatalf("event = %+v", e)
		}
		w.Clock.Advance(7 * day)
		if g := w.grant(t, w.e, elif); len(g.Roles) != 0 {
			t.Fatalf("without a sign-in for 7 days: %s", names(g.Roles))
		}
		w.signIn(t, in)
		if g := w.grant(t, w.e, elif); names(g.Roles) != "Approver" {
			t.Fatalf("after the next sign-in: %q", names(g.Roles))
		}
	})
}

func TestLongClaimValuesStayApart(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		elif := w.user(t, "Elif Kaya")
		long := strings.Repeat("ü", 300)
		in := access.ClaimInput{UserID: elif, Provider: "keycloak", Roles: []access.ClaimRole{
			group(models.RoleHelpdesk, long+"a"), group(models.RoleHelpdesk, long+"b"),
		}}
		if got := w.signIn(t, in); len(got.Added) != 2 {
			t.Fatalf("added = %+v", got)
		}
		if got := w.signIn(t, in); got.Kept != 2 {
			t.Fatalf("second sign-in = %+v", got)
		}
	})
}

func TestRolesFromClaimsAreTakenAwayAtTheProvider(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		elif := w.user(t, "Elif Kaya")
		w.signIn(t, access.ClaimInput{UserID: elif, Provider: "keycloak", Roles: []access.ClaimRole{group(models.RoleHelpdesk, "it")}})
		held, err := w.e.Held(t.Context(), w.Tenant, elif)
		if err != nil {
			t.Fatal(err)
		}
		path := held[0].Paths[0]
		if path.Removable {
			t.Fatal("offered for removal")
		}
		_, err = w.e.Unassign(t.Context(), w.Actor(), path.AssignmentID, why)
		refused(t, err, errs.Conflict, "keycloak gives Elif Kaya this role because of groups it")
	})
}

func TestFirstAdminWorksOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		goran, elif := w.user(t, "Goran Novak"), w.user(t, "Elif Kaya")
		claim := func(e *access.Engine, s *store.Store, user int64) error {
			return s.Change(t.Context(), w.Actor(), func(ctx context.Context, tx *store.Tx) error { return e.AssignFirstAdmin(ctx, tx, user) })
		}
		if open, err := w.e.FirstAdminOpen(t.Context(), w.Tenant); err != nil || !open {
			t.Fatalf("open = %v, %v", open, err)
		}
		second := w.Replica(t)
		result := make([]error, 2)
		var done sync.WaitGroup
		done.Go(func() { result[0] = claim(w.e, w.Store, goran) })
		done.Go(func() { result[1] = claim(access.New(second), second, elif) })
		done.Wait()
		if (result[0] == nil) == (result[1] == nil) {
			t.Fatalf("results = %v, want one winner", result)
		}
		got := w.log(t, models.FirstAdminClaim)
		if len(got) != 1 || got[0].Object != "role Admin" || got[0].After["source"] != "bootstrap" {
			t.Fatalf("log = %+v", got)
		}
		if open, err := w.e.FirstAdminOpen(t.Context(), w.Tenant); err != nil || open {
			t.Fatalf("open = %v, %v", open, err)
		}
		// Not even when no admin is left.
		w.sql(t, `UPDATE users SET status = 'suspended' WHERE tenant_id = ?tenant`)
		refused(t, claim(w.e, w.Store, elif), errs.Conflict, "was named on Sun 22 Nov 2026", "works once")
	})
}

func TestFirstAdminIsRefusedWhereThereIsOne(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		goran, elif := w.user(t, "Goran Novak"), w.user(t, "Elif Kaya")
		w.give(t, goran, models.RoleAdmin)
		err := w.Store.Change(t.Context(), w.Actor(), func(ctx context.Context, tx *store.Tx) error { return w.e.AssignFirstAdmin(ctx, tx, elif) })
		refused(t, err, errs.Conflict, "has an admin already")
	})
}
