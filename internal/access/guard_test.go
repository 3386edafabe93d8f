package access_test

import (
	"context"
	"sync"
	"testing"

	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// losing asks the guard as a verb that ends somebody's access does.
func (w *world) losing(t *testing.T, users ...int64) error {
	t.Helper()
	return w.Store.Change(t.Context(), w.Actor(), func(ctx context.Context, tx *store.Tx) error {
		if err := w.e.GuardLastAdmin(ctx, tx, users...); err != nil {
			return err
		}
		return tx.Record(ctx, store.Event{Action: models.UserDeactivate, Target: store.Ref{Kind: models.KindUser, ID: users[0]}})
	})
}

func TestGuardLastAdmin(t *testing.T) {
	const last = "Goran Novak is the last person who can administer Northwind Group"
	each(t, func(t *testing.T, w *world) {
		goran, elif := w.user(t, "Goran Novak"), w.user(t, "Elif Kaya")
		if err := w.losing(t, goran); err != nil {
			t.Fatalf("a tenant without admin has none to lose: %v", err)
		}
		w.give(t, goran, models.RoleAdmin)
		refused(t, w.losing(t, goran), errs.Conflict, last+". Give the Admin role to somebody else first.")
		refused(t, w.losing(t, elif, goran), errs.Conflict, last)
		if err := w.losing(t, elif); err != nil {
			t.Fatalf("who is no admin may go: %v", err)
		}
		v := w.giveUntil(t, elif, models.RoleAdmin, 0, w.in(day))
		refused(t, w.losing(t, goran), errs.Conflict, last+" without an end date")
		refused(t, w.losing(t, goran, elif), errs.Conflict, "These are the last people")
		if _, err := w.e.ChangeUntil(t.Context(), w.Actor(), access.UntilInput{AssignmentID: v.ID, Reason: why}); err != nil {
			t.Fatal(err)
		}
		if err := w.losing(t, goran); err != nil {
			t.Fatalf("Elif remains: %v", err)
		}
		refused(t, w.losing(t, goran, elif), errs.Conflict, "These are the last people who can administer Northwind Group.")
	})
}

func TestGuardCountsOnlyWhoCanReallyAct(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		goran, elif := w.user(t, "Goran Novak"), w.user(t, "Elif Kaya")
		w.give(t, goran, models.RoleAdmin)
		w.give(t, elif, models.RoleAdmin)
		cases := []struct {
			name, set string
			safe      bool
		}{
			{"active", `status = 'active'`, true},
			{"leaving later", `status = 'leaving', leaving_at = 4000000000000000`, true},
			{"leaving in the past", `status = 'leaving', leaving_at = 1`, false},
			{"suspended", `status = 'suspended'`, false},
			{"invited", `status = 'invited'`, false},
			{"deactivated", `status = 'deactivated'`, false},
		}
		for _, c := range cases {
			w.sql(t, `UPDATE users SET `+c.set+` WHERE tenant_id = ?tenant AND id = ?`, elif)
			err := w.losing(t, goran)
			t.Run(c.name, func(t *testing.T) {
				if c.safe != (err == nil) {
					t.Fatalf("Goran may go: %v", err)
				}
			})
		}
		w.sql(t, `UPDATE users SET status = 'active' WHERE tenant_id = ?tenant AND id = ?`, elif)
		w.provider(t, "okta", "on", "enabled")
		w.sql(t, `UPDATE identities SET provider = 'okta' WHERE tenant_id = ?tenant AND user_id = ?`, elif)
		for _, c := range []struct {
			signIn, state string
			safe          bool
		}{{"on", "enabled", true}, {"on", "paused", false}, {"on", "draft", false}, {"off", "enabled", false}, {"", "paused", true}} {
			w.sql(t, `UPDATE connectors SET sign_in = ?, state = ? WHERE tenant_id = ?tenant`, c.signIn, c.state)
			if err := w.losing(t, goran); c.safe != (err == nil) {
				t.Errorf("Elif signs in through a connector that is %q and %s; Goran may go: %v", c.signIn, c.state, err)
			}
		}
		w.sql(t, `DELETE FROM identities WHERE tenant_id = ?tenant AND user_id = ?`, elif)
		refused(t, w.losing(t, goran), errs.Conflict, "last person")
	})
}

func TestNoPathOfThisPackageLosesTheLastAdmin(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.ledger(t)
		top := w.role(t, "Top", nil, nil)
		owner := w.role(t, "Owner", []string{"rollcall/tenant.administer"}, nil)
		in := inputOf(top)
		in.Children = []string{owner.Key}
		top, err := w.e.EditRole(t.Context(), w.Actor(), top.Key, in)
		if err != nil {
			t.Fatal(err)
		}
		goran := w.user(t, "Goran Novak")
		v := w.give(t, goran, top.Key)
		w.giveUntil(t, w.user(t, "Elif Kaya"), models.RoleAdmin, w.in(day), 0) // not yet

		_, err = w.e.Unassign(t.Context(), w.Actor(), v.ID, why)
		refused(t, err, errs.Conflict, "Goran Novak is the last person who can administer Northwind Group.")
		_, err = w.e.ChangeUntil(t.Context(), w.Actor(), access.UntilInput{AssignmentID: v.ID, Until: w.in(day), Reason: why})
		refused(t, err, errs.Conflict, "without an end date")
		in = inputOf(top)
		in.Children = nil
		_, err = w.e.EditRole(t.Context(), w.Actor(), top.Key, in)
		refused(t, err, errs.Conflict, "Nobody could administer Northwind Group after this change")
		in = inputOf(owner)
		in.Permissions = nil
		_, err = w.e.EditRole(t.Context(), w.Actor(), owner.Key, in)
		refused(t, err, errs.Conflict, "Nobody could administer")
		refused(t, w.e.RemoveRole(t.Context(), w.Actor(), top.Key, why), errs.Conflict, "1 person holds Top")
		refused(t, w.e.RemoveRole(t.Context(), w.Actor(), owner.Key, why), errs.Conflict, "1 role contains Owner: Top")

		if g := w.grant(t, w.e, goran); g.Mask != models.TenantAdminister {
			t.Fatalf("Goran holds %b: a refused change was written", g.Mask)
		}
		w.Clock.Advance(day) // Elif's begins by itself
		if _, err = w.e.Unassign(t.Context(), w.Actor(), v.ID, why); err != nil {
			t.Fatal(err)
		}
	})
}

// Two admins take the role from each other at the same moment, each on a
// replica of their own: one of them stays (WEB-17).
func TestMutualDemotionLeavesOneAdmin(t *testing.T) {
	const rounds = 12
	each(t, func(t *testing.T, w *world) {
		replicas := []*access.Engine{access.New(w.Replica(t)), access.New(w.Replica(t))}
		goran, elif := w.user(t, "Goran Novak"), w.user(t, "Elif Kaya")
		ids := map[int64]int64{goran: w.give(t, goran, models.RoleAdmin).ID, elif: w.give(t, elif, models.RoleAdmin).ID}
		for range rounds {
			actors := []models.Actor{w.as(t, goran, "Goran Novak"), w.as(t, elif, "Elif Kaya")}
			targets := []int64{ids[elif], ids[goran]}
			result := make([]error, 2)
			var start, done sync.WaitGroup
			start.Add(1)
			for i := range 2 {
				done.Go(func() {
					start.Wait()
					_, result[i] = replicas[i].Unassign(t.Context(), actors[i], targets[i], why)
				})
			}
			start.Done()
			done.Wait()
			won := 0
			for _, err := range result {
				if err == nil {
					won++
					continue
				}
				refused(t, err, errs.Conflict, "is the last person who can administer Northwind Group")
			}
			if won != 1 {
				t.Fatalf("%d of 2 succeeded: %v", won, result)
			}
			loser := goran
			if result[0] == nil {
				loser = elif
			}
			if g := w.grant(t, w.e, loser); g.Mask != 0 {
				t.Fatal("the demoted one may still act")
			}
			ids[loser] = w.give(t, loser, models.RoleAdmin).ID
		}
	})
}

// The same, where one path is the removal of a role and the other that of a person.
func TestDemotionAgainstDeactivation(t *testing.T) {
	const rounds = 8
	each(t, func(t *testing.T, w *world) {
		replica := access.New(w.Replica(t))
		goran, elif := w.user(t, "Goran Novak"), w.user(t, "Elif Kaya")
		w.give(t, goran, models.RoleAdmin)
		for range rounds {
			w.sql(t, `UPDATE users SET status = 'active' WHERE tenant_id = ?tenant AND id = ?`, goran)
			v := w.give(t, elif, models.RoleAdmin)
			var demoted, deactivated error
			var done sync.WaitGroup
			done.Go(func() { _, demoted = replica.Unassign(t.Context(), w.Actor(), v.ID, why) })
			done.Go(func() {
				deactivated = w.Store.Change(t.Context(), w.Actor(), func(ctx context.Context, tx *store.Tx) error {
					if err := w.e.GuardLastAdmin(ctx, tx, goran); err != nil {
						return err
					}
					if _, err := tx.Raw(`UPDATE users SET status = 'deactivated' WHERE tenant_id = ?tenant AND id = ?`, goran).Exec(ctx); err != nil {
						return err
					}
					return tx.Record(ctx, store.Event{Action: models.UserDeactivate, Target: store.Ref{Kind: models.KindUser, ID: goran}})
				})
			})
			done.Wait()
			if (demoted == nil) == (deactivated == nil) {
				t.Fatalf("demoted: %v, deactivated: %v; exactly one may pass", demoted, deactivated)
			}
			if demoted != nil {
				w.sql(t, `UPDATE users SET status = 'active' WHERE tenant_id = ?tenant AND id = ?`, goran)
				if _, err := w.e.Unassign(t.Context(), w.Actor(), v.ID, why); err != nil {
					t.Fatal(err)
				}
			}
		}
	})
}

// provider writes a connector that people sign in through.
func (w *world) provider(t *testing.T, key, signIn, state string) {
	t.Helper()
	w.sql(t, `INSERT INTO connectors (tenant_id, public_id, connector_key, kind, name, state, settings, secret, secret_hint, mapping, sync,
		health, health_sentence, created_at, updated_at, updated_by, sign_in) VALUES (?tenant, ?, ?, 'oidc', ?, ?, '{}', '', '', '{}', '{}', '', '', 1, 1, 'Test', ?)`,
		key, key, key, state, signIn)
}

// WEB-17: the provider by which the last admin signs in stays open.
func TestGuardWayIn(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		goran, elif := w.user(t, "Goran Novak"), w.user(t, "Elif Kaya")
		w.give(t, goran, models.RoleAdmin)
		w.provider(t, "okta", "on", "enabled")
		w.sql(t, `UPDATE identities SET provider = 'okta' WHERE tenant_id = ?tenant AND user_id = ?`, goran)
		pause := func() error {
			return w.Store.Change(t.Context(), w.Actor(), func(ctx context.Context, tx *store.Tx) error {
				return w.e.GuardWayIn(ctx, tx, func() error {
					if _, err := tx.Raw(`UPDATE connectors SET state = 'paused' WHERE tenant_id = ?tenant`).Exec(ctx); err != nil {
						return err
					}
					return tx.Record(ctx, store.Event{Action: models.ConnectorPause})
				})
			})
		}
		refused(t, pause(), errs.Conflict, "Nobody who can administer Northwind Group could sign in any more. Nothing was changed.")
		w.give(t, elif, models.RoleAdmin)
		if err := pause(); err != nil {
			t.Fatalf("Elif can still come in: %v", err)
		}
	})
}
