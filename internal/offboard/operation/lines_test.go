package operation_test

import (
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/offboard"
	"github.com/rollcall/rollcall/internal/offboard/operation"
	"github.com/rollcall/rollcall/models"
)

// Pages of people hold everybody once, forward and back, by what came of them,
// with every step and the number of its line in the log.
func TestLines(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := opened(t, db)
		s.kc.Install(connector.App{ClientID: "ledger", Name: "Ledger", TokenLifetime: time.Hour})
		staff := s.staff(7)
		s.kc.Fail("RevokeGrants", connector.FailForbidden, 0)
		op := s.work(s.cut(staff...), 6) // the first five fail, and hold the rest
		s.want(op, models.OperationPaused, models.PhaseSystems)
		held, err := s.ops.Held(t.Context(), s.tenant)
		if err != nil || len(held) != 1 || held[0].PublicID != op.PublicID || held[0].Sentence == "" {
			t.Errorf("held: %+v, %v", held, err)
		}
		if got := s.names(op, operation.LineQuery{Came: operation.CameFailed}); len(got) != 5 {
			t.Errorf("failed so far: %v", got)
		}
		s.kc.Mend()
		if op, err = s.ops.Resume(t.Context(), s.amara, s.control(op)); err != nil {
			t.Fatal(err)
		}
		op = s.work(op, 10)
		s.want(op, models.OperationFailures, models.PhaseWindow)

		for came, want := range map[operation.Came]int{
			operation.CameAll: 7, operation.CameFailed: 5, operation.CameOut: 2, operation.CameUnconfirmed: 0, operation.CameRunning: 0, operation.CameUndoable: 7, operation.CameAlive: 0,
		} {
			if got := s.names(op, operation.LineQuery{Came: came}); len(got) != want {
				t.Errorf("%s: %v, want %d", came, got, want)
			}
		}
		first := s.lines(op, operation.LineQuery{Limit: 3})
		second := s.lines(op, operation.LineQuery{Limit: 3, After: first.Next})
		third := s.lines(op, operation.LineQuery{Limit: 3, After: second.Next})
		if len(first.Rows) != 3 || first.Prev != 0 || len(second.Rows) != 3 || len(third.Rows) != 1 || third.Next != 0 || third.Rows[0].Name != "p006" {
			t.Fatalf("pages of %d, %d, %d", len(first.Rows), len(second.Rows), len(third.Rows))
		}
		back := s.lines(op, operation.LineQuery{Limit: 3, Back: second.Prev})
		if len(back.Rows) != 3 || back.Rows[0].Name != "p000" || back.Prev != 0 || back.Next != first.Next {
			t.Errorf("back: %d rows from %s, %d to %d", len(back.Rows), back.Rows[0].Name, back.Prev, back.Next)
		}
		line := first.Rows[0]
		if len(line.Steps) != 3 || line.EndedSessions != 1 || line.CutAt == 0 || len(line.Undo) != 0 {
			t.Fatalf("the first: %+v", line)
		}
		numbers, err := s.ops.NumbersOf(t.Context(), s.tenant, op, first.Rows)
		if err != nil || numbers.Cut[line.UserID] == 0 || len(numbers.Step) != 9 || numbers.Step[line.Steps[2].PublicID] == 0 {
			t.Errorf("numbers: %+v, %v", numbers, err)
		}
		seen := 0
		if err := s.ops.EachLine(t.Context(), s.tenant, op, func(lines []operation.Line) error { seen += len(lines); return nil }); err != nil || seen != 7 {
			t.Errorf("each: %d, %v", seen, err)
		}
		apps, capped, err := s.ops.Applications(t.Context(), s.tenant, op)
		if err != nil || capped || len(apps) != 1 || apps[0].Name != "Ledger" || apps[0].Told[models.OutcomeNeverTold] != 7 || apps[0].Until <= op.CutAt || apps[0].Open {
			t.Errorf("applications: %+v, %v", apps, err)
		}
	})
}

// What waits for a person is found by operation and system, and is gone once it
// was tried again with success; a retry elsewhere changes nothing.
func TestWhatWaitsForAPerson(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := opened(t, db)
		staff := s.staff(2)
		s.kc.Fail("RevokeGrants", connector.FailForbidden, 0)
		op := s.work(s.cut(staff...), 10)
		s.want(op, models.OperationFailures, models.PhaseWindow)
		list, err := s.ops.Unsolved(t.Context(), s.tenant)
		if err != nil || len(list) != 1 || list[0].N != 2 || !list[0].Failed || list[0].Kind != offboard.StepRevokeGrants || list[0].ConnectorID != s.at || list[0].System == "" || list[0].Since == 0 {
			t.Fatalf("%+v, %v", list, err)
		}
		s.kc.Mend()
		elsewhere := s.control(op)
		elsewhere.At = s.at + 1
		if _, err := s.ops.RetryFailed(t.Context(), s.amara, elsewhere); err == nil {
			t.Error("nothing failed at another system, and it is tried again")
		}
		here := s.control(op)
		here.At = s.at
		if op, err = s.ops.RetryFailed(t.Context(), s.amara, here); err != nil {
			t.Fatal(err)
		}
		s.want(s.work(op, 10), models.OperationDone, models.PhaseWindow)
		if list, err = s.ops.Unsolved(t.Context(), s.tenant); err != nil || len(list) != 0 {
			t.Errorf("%+v, %v", list, err)
		}

		closing := func(within time.Duration) int {
			got, err := s.ops.Closing(t.Context(), s.tenant, within)
			if err != nil {
				t.Fatal(err)
			}
			return len(got)
		}
		if closing(24*time.Hour) != 0 || closing(8*24*time.Hour) != 1 {
			t.Error("the window closes in 7 days")
		}
		m, found, err := s.ops.OutBy(t.Context(), s.tenant, staff[0].UserID)
		if err != nil || !found || m.Code() != op.Code() || !m.Undoable(db.Store.Now()) || m.Undoable(m.UndoUntil) {
			t.Errorf("out by %+v, %v, %v", m, found, err)
		}
		if _, found, err = s.ops.OutBy(t.Context(), s.tenant, s.amara.UserID); err != nil || found {
			t.Errorf("amara is out: %v, %v", found, err)
		}
		named, err := s.ops.Named(t.Context(), s.tenant, []int64{op.ID, op.ID + 99})
		if err != nil || len(named) != 1 || named[op.ID].PublicID != op.PublicID {
			t.Errorf("named: %+v, %v", named, err)
		}
	})
}

func (s *site) lines(op models.Operation, q operation.LineQuery) operation.LinePage {
	s.t.Helper()
	p, err := s.ops.Lines(s.t.Context(), s.tenant, op, q)
	if err != nil {
		s.t.Fatal(err)
	}
	return p
}

func (s *site) names(op models.Operation, q operation.LineQuery) []string {
	s.t.Helper()
	var names []string
	for _, l := range s.lines(op, q).Rows {
		names = append(names, l.Name)
	}
	return names
}
