package access_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

func TestAssignWritesRowEpochAndEvent(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		goran, elif := w.user(t, "Goran Novak"), w.user(t, "Elif Kaya")
		w.give(t, goran, models.RoleAdmin)
		before := w.ask(t, w.Store, elif).Epoch
		until := w.in(30 * day)
		v, err := w.e.Assign(t.Context(), w.as(t, goran, "Goran Novak"), access.AssignInput{
			UserPublicID: "00000000-0000-7000-8000-000000000002", RoleKey: models.RoleHelpdesk, Reason: "  " + why + " ", Until: until,
		})
		if err != nil {
			t.Fatal(err)
		}
		if v.User.ID != elif || v.Role.Key != models.RoleHelpdesk || v.State != access.Now || v.UntilAt != until || v.GrantedByID != goran {
			t.Fatalf("assignment = %+v", v)
		}
		if after := w.ask(t, w.Store, elif).Epoch; after <= before {
			t.Fatalf("epoch %d after %d: caches would not notice", after, before)
		}
		want := event{
			Action: models.RoleAssign, Result: models.ResultDone, Actor: "Goran Novak",
			Target: "user Elif Kaya", Object: "role Helpdesk", Reason: why,
			After: map[string]any{"source": "direct", "from": "2026-11-22T10:42:00Z", "until": "2026-12-22T10:42:00Z"},
		}
		if diff := cmp.Diff(want, w.last(t, models.RoleAssign)); diff != "" {
			t.Fatalf("event (-want +got):\n%s", diff)
		}
	})
}

func TestAssignRefusesBadInput(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.ledger(t)
		w.roleOf(t, access.RoleInput{Name: "Approver", MaxDays: 7})
		elif := w.user(t, "Elif Kaya")
		cases := []struct {
			name  string
			in    access.AssignInput
			kind  errs.Kind
			words []string
		}{
			{"no reason", access.AssignInput{Reason: ""}, errs.Invalid, []string{"reason:", "at least 10"}},
			{"short reason", access.AssignInput{Reason: " too short  "}, errs.Invalid, []string{"reason:"}},
			{"endless reason", access.AssignInput{Reason: strings.Repeat("x", 1001)}, errs.Invalid, []string{"At most 1000"}},
			{"NUL in the reason", access.AssignInput{Reason: why + "\x00"}, errs.Invalid, []string{"reason:"}},
			{"unknown role", access.AssignInput{RoleKey: "ledger.nobody", Reason: why}, errs.Invalid, []string{"role:", "list"}},
			{"unknown person", access.AssignInput{UserPublicID: "00000000-0000-7000-8000-999999999999", Reason: why}, errs.NotFound, nil},
			{"end in the past", access.AssignInput{Reason: why, Until: w.in(-time.Hour)}, errs.Invalid, []string{"until:", "past"}},
			{"end before start", access.AssignInput{Reason: why, From: w.in(5 * day), Until: w.in(4 * day)}, errs.Invalid, []string{"before the start"}},
			{"start long ago", access.AssignInput{Reason: why, From: w.in(-3 * day)}, errs.Invalid, []string{"from:", "past"}},
			{"no end where one is required", access.AssignInput{RoleKey: "ledger.approver", Reason: why}, errs.Invalid, []string{"until:", "at most 7 days"}},
			{"longer than the role allows", access.AssignInput{RoleKey: "ledger.approver", Reason: why, Until: w.in(8 * day)}, errs.Invalid, []string{"until:", "Sun 29 Nov 2026"}},
		}
		for _, c := range cases {
			if c.in.UserPublicID == "" {
				c.in.UserID = elif
			}
			if c.in.RoleKey == "" {
				c.in.RoleKey = models.RoleHelpdesk
			}
			_, err := w.e.Assign(t.Context(), w.Actor(), c.in)
			t.Run(c.name, func(t *testing.T) { refused(t, err, c.kind, c.words...) })
		}
		if n := len(w.log(t, models.RoleAssign)); n != 0 {
			t.Fatalf("%d assignments were recorded", n)
		}
	})
}

func TestAssignTakesADayOfTodayAsNow(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		v := w.giveUntil(t, w.user(t, "Elif Kaya"), models.RoleHelpdesk, w.in(-10*time.Hour), 0)
		if v.FromAt != w.in(0) || v.UntilAt != models.Forever {
			t.Fatalf("from %v until %v", v.FromAt, v.UntilAt)
		}
	})
}

func TestAssignNeverToPeopleWhoLeft(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for _, s := range []models.Status{models.Deactivated, models.Removed} {
			user := w.userOf(t, "Jonas Weber", s)
			_, err := w.e.Assign(t.Context(), w.Actor(), access.AssignInput{UserID: user, RoleKey: models.RoleHelpdesk, Reason: why})
			refused(t, err, errs.Conflict, "Jonas Weber is "+string(s))
		}
	})
}

func TestAssignTwiceIsRefusedUntilTheFirstEnded(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		elif := w.user(t, "Elif Kaya")
		w.giveUntil(t, elif, models.RoleHelpdesk, 0, w.in(day))
		again := access.AssignInput{UserID: elif, RoleKey: models.RoleHelpdesk, Reason: why}
		_, err := w.e.Assign(t.Context(), w.Actor(), again)
		refused(t, err, errs.Conflict, "Elif Kaya already holds Helpdesk, given by Test", "Change its end instead")
		w.Clock.Advance(day)
		if _, err := w.e.Assign(t.Context(), w.Actor(), again); err != nil {
			t.Fatalf("after it ran out: %v", err)
		}
		if e := w.last(t, models.RoleExpire); e.Target != "user Elif Kaya" || e.Object != "role Helpdesk" {
			t.Fatalf("the ended one left no trace: %+v", e)
		}
		w.giveUntil(t, w.user(t, "Ilse Maas"), models.RoleHelpdesk, w.in(2*day), 0)
		_, err = w.e.Assign(t.Context(), w.Actor(), access.AssignInput{UserPublicID: "00000000-0000-7000-8000-000000000002", RoleKey: models.RoleHelpdesk, Reason: why})
		refused(t, err, errs.Conflict, "already gets Helpdesk from Wed 25 Nov 2026")
	})
}

func TestUnassignSaysWhatRemains(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.ledger(t, "post", "pay", "close")
		w.role(t, "Clerk", []string{"ledger/post"}, nil)
		w.role(t, "Lead", []string{"ledger/close"}, []string{"ledger.clerk"})
		w.role(t, "Payer", []string{"ledger/pay", "ledger/post"}, nil)
		elif := w.user(t, "Elif Kaya")
		lead := w.give(t, elif, "ledger.lead")
		w.give(t, elif, "ledger.clerk")
		w.give(t, elif, "ledger.payer")

		ahead, err := w.e.AfterRemoval(t.Context(), w.Tenant, lead.ID)
		if err != nil {
			t.Fatal(err)
		}
		got, err := w.e.Unassign(t.Context(), w.Actor(), lead.ID, why)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(ahead, got); diff != "" {
			t.Fatalf("the preview said something else (-preview +done):\n%s", diff)
		}
		if names(got.LostRoles) != "Lead" || len(got.Lost) != 1 || got.Lost[0].Code() != "ledger/close" || len(got.Paths) != 0 {
			t.Fatalf("remains = %+v, want Lead and ledger/close lost; Clerk stays by itself", got)
		}
		want := event{
			Action: models.RoleUnassign, Result: models.ResultDone, Actor: "Test", Target: "user Elif Kaya", Object: "role Lead", Reason: why,
			Before: map[string]any{"source": "direct", "from": "2026-11-22T10:42:00Z", "until": "no end"},
		}
		if diff := cmp.Diff(want, w.last(t, models.RoleUnassign)); diff != "" {
			t.Fatalf("event (-want +got):\n%s", diff)
		}
		_, err = w.e.Unassign(t.Context(), w.Actor(), lead.ID, why)
		refused(t, err, errs.NotFound, "no longer assigned")
		_, err = w.e.Unassign(t.Context(), w.Actor(), lead.ID+1, "short")
		refused(t, err, errs.Invalid, "reason:")
	})
}

func TestUnassignOfAnInheritedRoleNamesTheOtherPath(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.ledger(t, "post")
		w.role(t, "Clerk", []string{"ledger/post"}, nil)
		w.role(t, "Lead", nil, []string{"ledger.clerk"})
		elif := w.user(t, "Elif Kaya")
		clerk := w.give(t, elif, "ledger.clerk")
		w.give(t, elif, "ledger.lead")
		got, err := w.e.Unassign(t.Context(), w.Actor(), clerk.ID, why)
		if err != nil {
			t.Fatal(err)
		}
		if len(got.Paths) != 1 || got.Paths[0].Why() != "Lead ← Test" || len(got.Lost) != 0 || len(got.LostRoles) != 0 {
			t.Fatalf("remains = %+v, want Clerk still held by Lead", got)
		}
	})
}

func TestChangeUntil(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.ledger(t)
		w.roleOf(t, access.RoleInput{Name: "Approver", MaxDays: 7})
		elif := w.user(t, "Elif Kaya")
		v := w.giveUntil(t, elif, "ledger.approver", 0, w.in(2*day))
		w.Clock.Advance(day)
		move := func(until models.Instant) error {
			_, err := w.e.ChangeUntil(t.Context(), w.Actor(), access.UntilInput{AssignmentID: v.ID, Until: until, Reason: why})
			return err
		}
		refused(t, move(0), errs.Invalid, "until:", "at most 7 days")
		refused(t, move(w.in(8*day)), errs.Invalid, "until:")
		refused(t, move(w.in(-time.Minute)), errs.Invalid, "past")
		if err := move(w.in(7 * day)); err != nil { // a new decision: counted from now
			t.Fatal(err)
		}
		want := event{
			Action: models.RoleUntil, Result: models.ResultDone, Actor: "Test", Target: "user Elif Kaya", Object: "role Approver", Reason: why,
			Before: map[string]any{"until": "2026-11-24T10:42:00Z"}, After: map[string]any{"until": "2026-11-30T10:42:00Z"},
		}
		if diff := cmp.Diff(want, w.last(t, models.RoleUntil)); diff != "" {
			t.Fatalf("event (-want +got):\n%s", diff)
		}
		if err := move(w.in(7 * day)); err != nil { // nothing to do is no error and no event
			t.Fatal(err)
		}
		if n := len(w.log(t, models.RoleUntil)); n != 1 {
			t.Fatalf("events = %d, want 1", n)
		}
		w.Clock.Advance(8 * day)
		refused(t, move(w.in(day)), errs.Conflict, "ran out")
	})
}

func TestNobodyReachesAnotherTenant(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		v := w.give(t, w.user(t, "Elif Kaya"), models.RoleHelpdesk)
		other, err := w.Store.EnsureTenant(t.Context(), store.NewTenant{Slug: "contoso", Name: "Contoso", Environment: "test"})
		if err != nil {
			t.Fatal(err)
		}
		if err := w.e.EnsureBuiltIns(t.Context(), other.ID); err != nil {
			t.Fatal(err)
		}
		foreign := models.SystemActor(other.ID, "Test")
		_, err = w.e.Unassign(t.Context(), foreign, v.ID, why)
		refused(t, err, errs.NotFound)
		_, err = w.e.Assign(t.Context(), foreign, access.AssignInput{UserID: v.UserID, RoleKey: models.RoleHelpdesk, Reason: why})
		refused(t, err, errs.NotFound)
		if held, err := w.e.Held(t.Context(), other.ID, v.UserID); err != nil || len(held) != 0 {
			t.Fatalf("Held = %v, %v", held, err)
		}
		g, err := w.e.Can(t.Context(), access.Ask{Tenant: other.ID, UserID: v.UserID, Epoch: 1, Version: 1, Now: w.in(0)})
		if err != nil || g.Mask != 0 {
			t.Fatalf("Can = %+v, %v", g, err)
		}
	})
}
