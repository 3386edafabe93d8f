package demo

import (
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/jobs"
	"github.com/rollcall/rollcall/internal/offboard"
	"github.com/rollcall/rollcall/internal/offboard/operation"
	"github.com/rollcall/rollcall/models"
)

// The stories of operations: one over and certified whose undo closes tomorrow,
// one with trouble of each sort, and two that wait for somebody else.
func TestOperationsHaveTheirStories(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	work := jobs.New(h.store, jobs.Options{})
	ops := operation.New(operation.Deps{
		Store: h.store, People: h.people, Access: h.access, Jobs: work,
		Offboard: offboard.New(offboard.Deps{Store: h.store, People: h.people, Access: h.access, Jobs: work}),
	})
	ctx := t.Context()
	page, err := ops.List(ctx, h.tenant, operation.Query{})
	if err != nil || len(page.Rows) != 4 {
		t.Fatalf("%d operations, %v", len(page.Rows), err)
	}
	asked, waits, shift, desk := page.Rows[0], page.Rows[1], page.Rows[2], page.Rows[3]
	if desk.State != models.OperationDone || desk.Included != peopleSixDays || desk.UndoUntil.Time().Before(moment) || desk.UndoUntil.Time().After(moment.Add(24*time.Hour)) {
		t.Errorf("the first: %s, %d people, undo until %s", desk.State, desk.Included, desk.UndoUntil.Time())
	}
	if shift.State != models.OperationFailures || shift.Included != peopleToday || shift.RequestedBy != amara || shift.ApprovedBy != goran {
		t.Errorf("the second: %s, %d people, by %s and %s", shift.State, shift.Included, shift.RequestedBy, shift.ApprovedBy)
	}
	for _, one := range []struct {
		op models.Operation
		by string
	}{{waits, amara}, {asked, goran}} {
		if one.op.State != models.OperationWaiting || one.op.RequestedBy != one.by {
			t.Errorf("%s is %s, asked for by %s, want waiting for what %s asked for", one.op.Code(), one.op.State, one.op.RequestedBy, one.by)
		}
	}
	alarms, err := ops.Resurrected(ctx, h.tenant, 10)
	if err != nil || len(alarms) != 1 || alarms[0].People != 2 { // one switched on again, one never switched off
		t.Errorf("in again: %+v, %v", alarms, err)
	}
	failed, unproven := 0, 0
	list, err := ops.Unsolved(ctx, h.tenant)
	for _, u := range list {
		if u.Failed {
			failed += u.N
		} else if u.Kind == offboard.StepEndSessions {
			unproven += u.N
		}
	}
	if err != nil || failed != 1 || unproven != 1 {
		t.Errorf("%d failed, %d session ends not confirmed, %v", failed, unproven, err)
	}
	if closing, err := ops.Closing(ctx, h.tenant, 24*time.Hour); err != nil || len(closing) != 1 || closing[0].Number != desk.Number {
		t.Errorf("closing: %+v, %v", closing, err)
	}
	apps, _, err := ops.Applications(ctx, h.tenant, shift)
	if err != nil || len(apps) != 3 || apps[2].Told[models.OutcomeNeverTold] == 0 || !apps[2].Until.Time().After(moment) {
		t.Errorf("applications: %+v, %v", apps, err)
	}
	if n := h.number(t, `SELECT COUNT(*) FROM certificates WHERE tenant_id = ?tenant AND issued_at > 0 AND operation_id = ?`, desk.ID); n != 1 {
		t.Errorf("%d certificates, want 1", n)
	}
}
