package offboard_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/offboard"
	"github.com/rollcall/rollcall/models"
)

type outcomes = map[string]models.Outcome

func (h *house) want(a models.Actor, want outcomes) {
	h.t.Helper()
	if diff := cmp.Diff(want, h.outcomes(a)); diff != "" {
		for _, s := range h.latest(a).Steps {
			h.t.Logf("%s: %s: %s", s.Kind, s.Outcome, s.Sentence)
		}
		h.t.Errorf("outcomes (-want +got):\n%s", diff)
	}
}

// Disabled means out: the account, the sessions and what lives on without a
// browser, each read before and after; and letting in again brings nothing back.
func TestDeactivateReachesTheSystem(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db, db.Store)
		admin, elif := h.add("amara", models.RoleAdmin), h.add("elif")
		kc := h.keycloak(elif)
		kc.Open("elif", connector.Session{ID: "s1", Apps: []string{client, "ledger"}})
		kc.Open("elif", connector.Session{ID: "s2"})
		kc.Open("elif", connector.Session{ID: "off", Offline: true})
		done, err := h.offboard.Deactivate(t.Context(), admin, h.id(elif), reason)
		if err != nil || done.Steps != 3 {
			t.Fatalf("%d steps, %v; want 3", done.Steps, err)
		}
		h.want(elif, outcomes{offboard.StepDisable: models.OutcomeWaiting, offboard.StepEndSessions: models.OutcomeWaiting, offboard.StepRevokeGrants: models.OutcomeWaiting})
		if len(kc.Asked()) != 0 {
			t.Fatal("the system was asked inside the transaction")
		}
		if n := h.drain(); n != 3 {
			t.Fatalf("%d steps ran, want 3 without waiting for anything", n)
		}
		h.want(elif, outcomes{offboard.StepDisable: models.OutcomeConfirmed, offboard.StepEndSessions: models.OutcomeConfirmed, offboard.StepRevokeGrants: models.OutcomeConfirmed})
		order := strings.Join(kc.Asked(), " ")
		if want := "ReadPerson SetEnabled ReadPerson ListSessions ListApps EndSessions ListSessions ListSessions RevokeGrants ListSessions"; order != want {
			t.Errorf("asked %s\nwant  %s", order, want)
		}
		e := h.step(elif, offboard.StepDisable).Evidence
		if !*e.Before.Active || *e.After.Active || e.Account != "elif" || e.Before.Digest == e.After.Digest || e.AskedAt.IsZero() {
			t.Errorf("evidence of the account: %+v", e)
		}
		e = h.step(elif, offboard.StepEndSessions).Evidence
		if *e.Before.Listed != 3 || *e.After.Listed != 1 {
			t.Errorf("sessions before %d and after %d, want 3 and the offline one", *e.Before.Listed, *e.After.Listed)
		}
		want := []models.Action{models.UserDeactivate, models.AccountDisable, models.AccountEndSessions, models.AccountRevokeGrants}
		if diff := cmp.Diff(want, h.actions(elif)); diff != "" {
			t.Errorf("log (-want +got):\n%s", diff)
		}
		if last := h.lastEvent(); last.ActorName != "amara" || last.ObjectName != "Keycloak" || last.Result != models.ResultDone {
			t.Errorf("last event %+v", last)
		}

		if _, err := h.offboard.Reactivate(t.Context(), admin, h.id(elif), "came back after a month"); err != nil {
			t.Fatal(err)
		}
		h.drain()
		h.want(elif, outcomes{offboard.StepEnable: models.OutcomeConfirmed})
		if n := kc.Living("elif"); n != 0 {
			t.Errorf("%d sessions of before live again", n)
		}
		if s := h.step(elif, offboard.StepEnable); !strings.Contains(s.Sentence, "No session of before came back") || !*s.Evidence.After.Active {
			t.Errorf("%s, %+v", s.Sentence, s.Evidence)
		}
	})
}

// The case the product exists for: the account was switched off and its sessions
// were not ended. Switching it on would revive them, so they are ended first.
func TestReactivateBuriesWhatWasLeftAlive(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db, db.Store)
		admin, elif := h.add("amara", models.RoleAdmin), h.add("elif")
		kc := h.keycloak(elif)
		kc.Open("elif", connector.Session{ID: "s1"})
		kc.Open("elif", connector.Session{ID: "off", Offline: true})
		kc.Lie("EndSessions")
		kc.Fail("RevokeGrants", connector.FailForbidden, 0)
		if _, err := h.offboard.Suspend(t.Context(), admin, h.id(elif), reason); err != nil {
			t.Fatal(err)
		}
		for range 3 {
			h.drain()
			db.Clock.Advance(time.Minute)
		}
		h.want(elif, outcomes{offboard.StepDisable: models.OutcomeConfirmed, offboard.StepEndSessions: models.OutcomeFailed, offboard.StepRevokeGrants: models.OutcomeFailed})
		kc.Mend()
		kc.Set("elif", func(a *connector.Account) { a.Enabled = true })
		if kc.Living("elif") != 2 {
			t.Fatal("the control: switching on by hand must revive both sessions")
		}
		kc.Set("elif", func(a *connector.Account) { a.Enabled = false })
		if _, err := h.offboard.Resume(t.Context(), admin, h.id(elif), "the phone was found again"); err != nil {
			t.Fatal(err)
		}
		h.drain()
		h.want(elif, outcomes{offboard.StepEnable: models.OutcomeConfirmed})
		if n := kc.Living("elif"); n != 0 {
			t.Errorf("%d sessions of before live again", n)
		}
	})
}

// A system that answers "done" and did nothing is found out; what follows is
// done all the same.
func TestALieIsNotConfirmed(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db, db.Store)
		admin, elif := h.add("amara", models.RoleAdmin), h.add("elif")
		kc := h.keycloak(elif)
		kc.Open("elif", connector.Session{ID: "s1"})
		kc.Lie("SetEnabled")
		if _, err := h.offboard.Deactivate(t.Context(), admin, h.id(elif), reason); err != nil {
			t.Fatal(err)
		}
		h.drain()
		s := h.step(elif, offboard.StepDisable)
		if s.Outcome != models.OutcomeWaiting || !strings.Contains(s.Sentence, "still active") || s.Next <= db.Store.Now() {
			t.Errorf("after the first lie: %s, %q, next %v", s.Outcome, s.Sentence, s.Next)
		}
		for range 2 {
			db.Clock.Advance(time.Minute)
			h.drain()
		}
		h.want(elif, outcomes{offboard.StepDisable: models.OutcomeFailed, offboard.StepEndSessions: models.OutcomeConfirmed, offboard.StepRevokeGrants: models.OutcomeNothing})
		s = h.step(elif, offboard.StepDisable)
		if !strings.Contains(s.Sentence, "Deactivate it at Keycloak itself") || s.Evidence.After == nil || !*s.Evidence.After.Active {
			t.Errorf("in the end: %q, %+v", s.Sentence, s.Evidence)
		}
		failed := 0
		for _, action := range h.actions(elif) {
			if action == models.AccountDisable {
				failed++
			}
		}
		if failed != 1 {
			t.Errorf("the failure stands %d times in the log, want once", failed)
		}
	})
}

// What another did is left alone: an account that was deactivated there before
// stays so when the person is let in here again.
func TestWhatOthersDeactivatedStaysSo(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db, db.Store)
		admin, elif := h.add("amara", models.RoleAdmin), h.add("elif")
		kc := h.keycloak(elif)
		kc.Set("elif", func(a *connector.Account) { a.Enabled = false })
		if _, err := h.offboard.Deactivate(t.Context(), admin, h.id(elif), reason); err != nil {
			t.Fatal(err)
		}
		h.drain()
		h.want(elif, outcomes{offboard.StepDisable: models.OutcomeNothing, offboard.StepEndSessions: models.OutcomeNothing, offboard.StepRevokeGrants: models.OutcomeNothing})
		if _, err := h.offboard.Reactivate(t.Context(), admin, h.id(elif), "came back after a month"); err != nil {
			t.Fatal(err)
		}
		h.drain()
		h.want(elif, outcomes{offboard.StepEnable: models.OutcomeSkipped})
		if account, _ := kc.ReadPerson(t.Context(), "elif"); account.Enabled {
			t.Error("an account that somebody else deactivated was activated")
		}
		kc.Remove("elif")
		if _, err := h.offboard.Suspend(t.Context(), admin, h.id(elif), reason); err != nil {
			t.Fatal(err)
		}
		h.drain()
		h.want(elif, outcomes{offboard.StepDisable: models.OutcomeNothing, offboard.StepEndSessions: models.OutcomeNothing, offboard.StepRevokeGrants: models.OutcomeNothing})
	})
}

// A person who is let in again before the steps ran is not deactivated late, and
// acts do not overtake each other.
func TestALateStepLooksAgain(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db, db.Store)
		admin, elif := h.add("amara", models.RoleAdmin), h.add("elif")
		kc := h.keycloak(elif)
		kc.Open("elif", connector.Session{ID: "s1"})
		for range 2 {
			if _, err := h.offboard.Suspend(t.Context(), admin, h.id(elif), reason); err != nil {
				t.Fatal(err)
			}
			if _, err := h.offboard.Resume(t.Context(), admin, h.id(elif), "it was the wrong Elif"); err != nil {
				t.Fatal(err)
			}
		}
		if n := h.drain(); n != 8 {
			t.Errorf("%d steps ran, want all 8 at once, one after another", n)
		}
		if account, _ := kc.ReadPerson(t.Context(), "elif"); !account.Enabled || kc.Living("elif") != 0 {
			t.Errorf("active there: %v with %d sessions; want active and none", account.Enabled, kc.Living("elif"))
		}
		h.want(elif, outcomes{offboard.StepEnable: models.OutcomeSkipped})
	})
}

// The system is down: nothing here waits for it, the steps do and say so.
func TestOutage(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db, db.Store)
		admin, elif := h.add("amara", models.RoleAdmin), h.add("elif")
		token := h.signIn(elif)
		kc := h.keycloak(elif)
		kc.Open("elif", connector.Session{ID: "s1"})
		kc.Fail("ReadPerson", connector.FailUnreachable, 0)
		kc.Fail("ListSessions", connector.FailUnreachable, 0)
		if _, err := h.offboard.Deactivate(t.Context(), admin, h.id(elif), reason); err != nil {
			t.Fatal(err)
		}
		if _, err := h.sessions.Find(t.Context(), token); !errs.Is(err, errs.Unauthorized) {
			t.Errorf("still in here while the system is down: %v", err)
		}
		h.drain()
		s := h.step(elif, offboard.StepDisable)
		if s.Outcome != models.OutcomeWaiting || !s.Open() || s.Sentence != "Keycloak does not answer." {
			t.Errorf("while it is down: %s %q", s.Outcome, s.Sentence)
		}
		kc.Mend()
		db.Clock.Advance(time.Minute)
		h.drain()
		h.want(elif, outcomes{offboard.StepDisable: models.OutcomeConfirmed, offboard.StepEndSessions: models.OutcomeConfirmed, offboard.StepRevokeGrants: models.OutcomeNothing})

		other := h.add("goran")
		kc.Add(connector.Account{ID: "goran"})
		h.open.err = errs.New(errs.Conflict, "The connector is paused: nothing is read from it or written to it. Resume it first.")
		if _, err := h.offboard.Deactivate(t.Context(), admin, h.id(other), reason); err != nil {
			t.Fatal(err)
		}
		h.drain()
		if s := h.step(other, offboard.StepDisable); !s.Open() || !strings.Contains(s.Sentence, "paused") {
			t.Errorf("a paused connector: %s %q", s.Outcome, s.Sentence)
		}
		h.open.err = errs.New(errs.NotFound, "There is no such connector. Somebody may have deleted it.")
		db.Clock.Advance(time.Minute)
		h.drain()
		h.want(other, outcomes{offboard.StepDisable: models.OutcomeFailed, offboard.StepEndSessions: models.OutcomeFailed, offboard.StepRevokeGrants: models.OutcomeFailed})
	})
}

// Dying between the act and the reading back loses no proof: what was alive was
// written down before.
func TestCrashBeforeReadingBack(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db, db.Store)
		admin, elif := h.add("amara", models.RoleAdmin), h.add("elif")
		kc := h.keycloak(elif)
		kc.Open("elif", connector.Session{ID: "s1"})
		if _, err := h.offboard.Deactivate(t.Context(), admin, h.id(elif), reason); err != nil {
			t.Fatal(err)
		}
		for method, after := range map[string]int{"ReadPerson": 1, "ListSessions": 1} {
			kc.FailAfter(method, connector.FailBroken, after)
		}
		for range 4 {
			h.drain()
			db.Clock.Advance(time.Minute)
		}
		h.want(elif, outcomes{offboard.StepDisable: models.OutcomeConfirmed, offboard.StepEndSessions: models.OutcomeConfirmed, offboard.StepRevokeGrants: models.OutcomeNothing})
		for _, kind := range []string{offboard.StepDisable, offboard.StepEndSessions} {
			if s := h.step(elif, kind); s.Attempts != 2 {
				t.Errorf("%s took %d attempts, want 2: the test did not hit the gap", kind, s.Attempts)
			}
		}
	})
}
