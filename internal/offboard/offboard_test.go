package offboard_test

import (
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/models"
)

func TestDeactivateEndsEverySessionOnEveryReplica(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		here, there := build(t, db, db.Store), build(t, db, db.Replica(t))
		admin, leaver := here.add("amara", models.RoleAdmin), here.add("elif", models.RoleEmployee)
		tokens := []string{here.signIn(leaver), there.signIn(leaver)}
		for _, token := range tokens {
			if _, err := there.sessions.Find(t.Context(), token); err != nil {
				t.Fatalf("a live session is refused before the deactivation: %v", err)
			}
		}
		done, err := here.offboard.Deactivate(t.Context(), admin, here.id(leaver), reason)
		if err != nil {
			t.Fatal(err)
		}
		if done.SessionsEnded != 2 {
			t.Errorf("sessions ended = %d, want 2", done.SessionsEnded)
		}
		for _, token := range tokens {
			if _, err := there.sessions.Find(t.Context(), token); !errs.Is(err, errs.Unauthorized) {
				t.Errorf("a session of a deactivated person on the other replica: %v, want refused", err)
			}
		}
		e := here.lastEvent()
		got := []any{e.Action, e.TargetID, e.ActorID, e.ActorName, e.Reason, e.Before, e.After}
		want := []any{models.UserDeactivate, leaver.UserID, admin.UserID, "amara", reason,
			`{"sessions":2,"status":"Active"}`, `{"sessions":0,"status":"Deactivated"}`}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("audit event (-want +got):\n%s", diff)
		}
	})
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db, db.Store)
		admin, other, elif := h.add("amara", models.RoleAdmin), h.add("goran", models.RoleAdmin), h.add("elif")
		weak := admin
		weak.Can = models.UsersRead | models.UsersSuspend
		lone := other
		tests := []struct {
			name string
			do   func() error
			want errs.Kind
		}{
			{"ErrOwnAccount", func() error { _, err := h.offboard.Suspend(t.Context(), admin, h.id(admin), reason); return err }, errs.Conflict},
			{"ErrNoPermission", func() error { _, err := h.offboard.Deactivate(t.Context(), weak, h.id(elif), reason); return err }, errs.Forbidden},
			{"ErrNoReason", func() error { _, err := h.offboard.Deactivate(t.Context(), admin, h.id(elif), "  short  "); return err }, errs.Invalid},
			{"ErrUnknown", func() error {
				_, err := h.offboard.Suspend(t.Context(), admin, "0198c0de-0000-7000-8000-000000000000", reason)
				return err
			}, errs.NotFound},
			{"ErrNotSuspended", func() error { _, err := h.offboard.Resume(t.Context(), admin, h.id(elif), reason); return err }, errs.Conflict},
			{"ErrDatePassed", func() error {
				_, err := h.offboard.Leave(t.Context(), admin, h.id(elif), reason, dbtest.Start.AddDate(0, 0, -2))
				return err
			}, errs.Invalid},
		}
		for _, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				before := h.lastEvent().ID
				if err := tt.do(); errs.KindOf(err) != tt.want {
					t.Fatalf("error = %v (%v), want kind %v", err, errs.KindOf(err), tt.want)
				}
				if e := h.lastEvent(); e.ID != before && e.Result != models.ResultRefused {
					t.Errorf("a refused act wrote %s %s", e.Action, e.Result)
				}
			})
		}
		if _, err := h.offboard.Suspend(t.Context(), lone, h.id(admin), reason); err != nil {
			t.Fatalf("one of two admins could not be suspended: %v", err)
		}
		if _, err := h.offboard.Deactivate(t.Context(), models.SystemActor(h.tenant, "Test"), h.id(other), reason); !errs.Is(err, errs.Conflict) {
			t.Fatalf("the last admin was deactivated: %v", err)
		}
	})
}

func TestTwoAdminsSuspendEachOther(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		here, there := build(t, db, db.Store), build(t, db, db.Replica(t))
		a, b := here.add("amara", models.RoleAdmin), here.add("goran", models.RoleAdmin)
		idA, idB := here.id(a), here.id(b)
		var wg sync.WaitGroup
		results := make([]error, 2)
		wg.Go(func() { _, results[0] = here.offboard.Suspend(t.Context(), a, idB, reason) })
		wg.Go(func() { _, results[1] = there.offboard.Suspend(t.Context(), b, idA, reason) })
		wg.Wait()
		if (results[0] == nil) == (results[1] == nil) {
			t.Fatalf("suspending each other at once: %v and %v, want exactly one to win", results[0], results[1])
		}
	})
}

func TestLeavingAndBack(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db, db.Store)
		admin, elif := h.add("amara", models.RoleAdmin), h.add("elif")
		token := h.signIn(elif)
		day := dbtest.Start.Truncate(24*time.Hour).AddDate(0, 0, 1)
		if _, err := h.offboard.Leave(t.Context(), admin, h.id(elif), reason, day); err != nil {
			t.Fatal(err)
		}
		if _, err := h.sessions.Find(t.Context(), token); err != nil {
			t.Fatalf("a person who leaves tomorrow is refused today: %v", err)
		}
		db.Clock.Set(day.Add(-time.Minute))
		fresh := h.signIn(elif)
		db.Clock.Set(day)
		if _, err := h.sessions.Find(t.Context(), fresh); !errs.Is(err, errs.Unauthorized) {
			t.Fatalf("a person whose leaving date has come is still let in: %v", err)
		}
		db.Clock.Set(day.Add(-time.Minute))
		if _, err := h.offboard.Stay(t.Context(), admin, h.id(elif), "stays after all, says HR"); err != nil {
			t.Fatal(err)
		}
		db.Clock.Set(day.Add(time.Minute))
		p, err := h.people.GetByID(t.Context(), h.tenant, elif.UserID)
		if err != nil || p.Status != models.Active || p.LeavingAt != 0 {
			t.Fatalf("after taking the date back: status %s, leaving %d, %v", p.Status, p.LeavingAt, err)
		}
	})
}

func TestReactivateBringsNoSessionBack(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db, db.Store)
		admin, elif := h.add("amara", models.RoleAdmin), h.add("elif", models.RoleHelpdesk)
		token := h.signIn(elif)
		if _, err := h.offboard.Deactivate(t.Context(), admin, h.id(elif), reason); err != nil {
			t.Fatal(err)
		}
		if _, err := h.offboard.Reactivate(t.Context(), admin, h.id(elif), "came back after a month"); err != nil {
			t.Fatal(err)
		}
		if _, err := h.sessions.Find(t.Context(), token); !errs.Is(err, errs.Unauthorized) {
			t.Fatalf("an ended session works again after a reactivation: %v", err)
		}
		held, err := h.access.Held(t.Context(), h.tenant, elif.UserID)
		if err != nil || len(held) != 1 || held[0].Role.Key != models.RoleHelpdesk {
			t.Fatalf("roles after a reactivation = %v, %v; want the helpdesk role", held, err)
		}
	})
}
