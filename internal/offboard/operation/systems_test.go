package operation_test

import (
	"strings"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/offboard/operation"
	"github.com/rollcall/rollcall/models"
)

func (s *site) control(op models.Operation) operation.Control {
	return operation.Control{ID: op.PublicID, Reason: reason}
}

// A failure among the first five holds the steps of the others, and nobody's
// sign-in here. Whoever resumes decides to go on.
func TestCanary(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := opened(t, db)
		staff := s.staff(12)
		s.kc.Fail("RevokeGrants", connector.FailForbidden, 0)
		op := s.work(s.cut(staff...), 6)
		s.want(op, models.OperationPaused, models.PhaseSystems)
		if op.PausedFor != 0 || op.DueAt != 0 || !strings.HasPrefix(op.Sentence, "A step of the first 5 people failed: Keycloak answered 403") {
			t.Errorf("for %d, due %d: %s", op.PausedFor, op.DueAt, op.Sentence)
		}
		if n := s.count("SELECT COUNT(*) FROM work_steps WHERE tenant_id = ?tenant AND state = 'paused'"); n != 21 {
			t.Errorf("%d steps wait, want 21", n)
		}
		if n := s.count("SELECT COUNT(*) FROM users WHERE tenant_id = ?tenant AND status = 'deactivated'"); n != 12 {
			t.Errorf("%d are out here, want all", n)
		}
		op, err := s.ops.Resume(t.Context(), s.amara, s.control(op))
		if err != nil {
			t.Fatal(err)
		}
		op = s.work(op, 10)
		s.want(op, models.OperationFailures, models.PhaseWindow)
		run, err := s.ops.RunOf(t.Context(), s.tenant, op)
		if err != nil || len(run.Failures) != 1 || run.Failures[0].N != 12 || run.People[models.TargetPartly] != 12 {
			t.Fatalf("%+v, %v", run, err)
		}
		s.kc.Mend()
		if op, err = s.ops.RetryFailed(t.Context(), s.amara, s.control(op)); err != nil {
			t.Fatal(err)
		}
		s.want(op, models.OperationRunning, models.PhaseSystems)
		until := op.UndoUntil
		op = s.work(op, 10)
		s.want(op, models.OperationDone, models.PhaseWindow)
		if op.Sentence != "12 people out." || op.UndoUntil != until {
			t.Error(op.Sentence, op.UndoUntil-until)
		}
		if _, err := s.ops.RetryFailed(t.Context(), s.amara, s.control(op)); !errs.Is(err, errs.Conflict) {
			t.Error(err)
		}
	})
}

// Paused, nothing more begins, however many steps there are; resumed, each
// account's steps run in their order.
func TestPauseAndResume(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := opened(t, db, func(d *operation.Deps) { d.Chunk = 4 })
		staff := s.staff(8)
		op := s.cut(staff...)
		planned := len(s.kc.Asked()) // for its applications
		op, err := s.ops.Pause(t.Context(), s.amara, s.control(op))
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			op = s.work(op, 2)
		}
		s.want(op, models.OperationPaused, models.PhaseSystems)
		if op.DueAt != 0 || s.count("SELECT COUNT(*) FROM work_steps WHERE tenant_id = ?tenant AND state <> 'paused' AND state <> 'done'") != 0 {
			t.Error("something goes on")
		}
		db.Clock.Advance(time.Hour)
		s.work(op, 2)
		if n := len(s.kc.Asked()) - planned; n != 0 {
			t.Errorf("asked %d times while paused", n)
		}
		if op, err = s.ops.Resume(t.Context(), s.ilse, s.control(op)); err != nil {
			t.Fatal(err)
		}
		op = s.work(op, 30)
		s.want(op, models.OperationDone, models.PhaseWindow)
		// Every account was deactivated before its sessions were ended.
		if n := s.count(`SELECT COUNT(*) FROM work_steps a JOIN work_steps b ON b.tenant_id = a.tenant_id AND b.user_id = a.user_id
			WHERE a.tenant_id = ?tenant AND a.kind = 'offboard.disable' AND b.kind = 'offboard.end-sessions' AND b.finished_at < a.finished_at`); n != 0 {
			t.Errorf("%d accounts were deactivated after their sessions ended", n)
		}
		if d, err := s.ops.Decisions(t.Context(), s.tenant, op); err != nil || len(d) != 3 || d[1].Decision != models.VerdictPaused || d[2].ByName != "ilse" {
			t.Errorf("%+v, %v", d, err)
		}
	})
}

// The rest stopped: who is not cut off stays in, steps that have not begun are
// skipped with the reason, and the operation ends.
func TestStopTheRest(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := opened(t, db, func(d *operation.Deps) { d.Chunk = 2 })
		staff := s.staff(9)
		op := s.cut(staff...)
		if op.Phase != models.PhaseSystems {
			t.Fatal(op.Phase)
		}
		op, err := s.ops.StopRest(t.Context(), s.amara, s.control(op))
		if err != nil {
			t.Fatal(err)
		}
		op = s.work(op, 30)
		s.want(op, models.OperationDone, models.PhaseWindow)
		if n := s.count("SELECT COUNT(*) FROM work_steps WHERE tenant_id = ?tenant AND outcome = 'skipped' AND sentence LIKE 'The rest was stopped by amara%'"); n != 27 {
			t.Errorf("%d skipped", n)
		}
		if op.Sentence != "9 people not out everywhere, or not proven." {
			t.Error(op.Sentence)
		}
		if got := s.names(op, operation.LineQuery{Came: operation.CamePartly}); len(got) != 9 {
			t.Errorf("not out everywhere: %v", got)
		}
		if _, err := s.ops.StopRest(t.Context(), s.amara, s.control(op)); !errs.Is(err, errs.Conflict) {
			t.Error(err)
		}
	})
}

// Stopped between two chunks, the others are never cut off.
func TestStopInTheCut(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := opened(t, db, func(d *operation.Deps) { d.Chunk = 2 })
		staff := s.staff(9)
		plan := s.plan(s.amara, staff...)
		db.Faults.FailWith("person_acts", dbtest.ErrInjected, 2) // the first chunk passes, the second does not
		op := s.request(s.amara, plan)
		db.Faults.Heal()
		if op.Phase != models.PhaseCut {
			t.Fatalf("%s %s", op.State, op.Phase)
		}
		cut := s.count("SELECT COUNT(*) FROM users WHERE tenant_id = ?tenant AND status = 'deactivated'")
		op, err := s.ops.StopRest(t.Context(), s.amara, s.control(op))
		if err != nil {
			t.Fatal(err)
		}
		op = s.work(op, 30)
		s.want(op, models.OperationDone, op.Phase)
		if n := s.count("SELECT COUNT(*) FROM users WHERE tenant_id = ?tenant AND status = 'deactivated'"); n != cut {
			t.Errorf("%d cut off, before %d", n, cut)
		}
		if n := s.count("SELECT COUNT(*) FROM operation_targets WHERE tenant_id = ?tenant AND state = 'stopped'"); n != 9-cut {
			t.Errorf("%d stopped of %d", n, 9-cut)
		}
	})
}

// A system that does not answer pauses the operation by itself, loses nothing,
// and the operation goes on when it answers.
func TestSystemDown(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := opened(t, db)
		staff := s.staff(8)
		for _, method := range []string{"ReadPerson", "SetEnabled", "ListSessions", "EndSessions", "RevokeGrants", "ListApps"} {
			s.kc.Fail(method, connector.FailUnreachable, 0)
		}
		op := s.work(s.cut(staff...), 4)
		s.want(op, models.OperationPaused, models.PhaseSystems)
		if op.PausedFor != s.at || op.Sentence != "The keycloak not reachable; 8 waiting, nothing lost. It goes on by itself when The keycloak answers." {
			t.Errorf("for %d: %s", op.PausedFor, op.Sentence)
		}
		for range 10 { // hours of it
			db.Clock.Advance(time.Hour)
			op = s.work(op, 2)
		}
		s.want(op, models.OperationPaused, models.PhaseSystems)
		if n := s.count("SELECT COUNT(*) FROM work_steps WHERE tenant_id = ?tenant AND state NOT IN ('paused', 'waiting')"); n != 0 {
			t.Errorf("%d steps were lost", n)
		}
		s.kc.Mend()
		db.Clock.Advance(time.Minute)
		op = s.work(op, 40)
		s.want(op, models.OperationDone, models.PhaseWindow)
		if op.Sentence != "8 people out." || s.events(models.OperationPause) != 1 || s.events(models.OperationResume) != 1 {
			t.Errorf("%s, %d paused, %d resumed", op.Sentence, s.events(models.OperationPause), s.events(models.OperationResume))
		}
	})
}

// Provider faults of all sorts: what is said of each person is what is so.
func TestProviderFaults(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		trouble func(*site)
		state   models.OperationState
		out     int64
	}{
		"lies about accounts": {func(s *site) { s.kc.Lie("SetEnabled") }, models.OperationFailures, 0},
		"lies about sessions": {func(s *site) { s.kc.Lie("EndSessions") }, models.OperationFailures, 0},
		"busy at first":       {func(s *site) { s.kc.Fail("SetEnabled", connector.FailBusy, 6) }, models.OperationDone, 4},
		"broken at first":     {func(s *site) { s.kc.Fail("ListSessions", connector.FailBroken, 5) }, models.OperationDone, 4},
		"acts, then is gone": {func(s *site) {
			s.kc.FailAfter("ReadPerson", connector.FailUnreachable, 1) // after SetEnabled, reading back fails once
		}, models.OperationDone, 4},
		"removed there":   {func(s *site) { s.kc.Remove("p001") }, models.OperationDone, 4},
		"no such methods": {func(s *site) { s.kc.Fail("RevokeGrants", connector.FailUnsupported, 0) }, models.OperationDone, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
				s := opened(t, db)
				staff := s.staff(4)
				c.trouble(s)
				op := s.cut(staff...)
				for range 40 {
					if op = s.work(op, 1); op.Phase == models.PhaseWindow {
						break
					}
					db.Clock.Advance(2 * time.Minute)
				}
				s.want(op, c.state, models.PhaseWindow)
				run, err := s.ops.RunOf(t.Context(), s.tenant, op)
				if err != nil || run.People[models.TargetOut] != c.out || run.People[models.TargetPartly] != 4-c.out {
					t.Errorf("%+v, %v", run, err)
				}
			})
		})
	}
}
