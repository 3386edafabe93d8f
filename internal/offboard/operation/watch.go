package operation

import (
	"context"
	"time"

	"github.com/rollcall/rollcall/models"
)

// Unsolved is what one operation left behind at one system.
type Unsolved struct {
	PublicID    string
	Number      int64
	ConnectorID int64
	System      string // "": Rollcall itself
	Kind        string // of the steps
	Failed      bool   // they failed; else they were sent and are not confirmed
	N           int
	Since       models.Instant
}

// watched is how many operations a look over all of them reads.
const watched = 50

// Unsolved lists steps that failed or are not confirmed, of operations that can
// still be undone, grouped by operation, system and sort. What is over has its
// certificate, and waits for nobody.
func (e *Engine) Unsolved(ctx context.Context, tenant int64) ([]Unsolved, error) {
	r := e.Store.Read(tenant)
	ops, err := selectInWindow(ctx, r, watched)
	if err != nil || len(ops) == 0 {
		return nil, err
	}
	by, ids := make(map[int64]models.Operation, len(ops)), make([]int64, len(ops))
	for i := range ops {
		by[ops[i].ID], ids[i] = ops[i], ops[i].ID
	}
	troubles, err := e.Jobs.Troubles(ctx, tenant, Group, ids)
	if err != nil || len(troubles) == 0 {
		return nil, err
	}
	names, err := systemNames(ctx, r, troubles)
	if err != nil {
		return nil, err
	}
	out := make([]Unsolved, len(troubles))
	for i, t := range troubles {
		op := by[t.GroupID]
		out[i] = Unsolved{
			PublicID: op.PublicID, Number: op.Number, ConnectorID: t.ConnectorID, System: names[t.ConnectorID], Kind: t.Kind,
			Failed: t.State == models.StepFailed, N: t.N, Since: t.Since,
		}
	}
	return out, nil
}

// Held lists operations that are paused, the longest first.
func (e *Engine) Held(ctx context.Context, tenant int64) ([]models.Operation, error) {
	return selectHeld(ctx, e.Store.Read(tenant), watched)
}

// Late lists operations that answer a risk and wait or run although everybody had
// to be out by now, the longest over first.
func (e *Engine) Late(ctx context.Context, tenant int64) ([]models.Operation, error) {
	return selectLate(ctx, e.Store.Read(tenant), e.Store.Now(), watched)
}

// Closing lists operations whose undo window closes within a time, the next first.
func (e *Engine) Closing(ctx context.Context, tenant int64, within time.Duration) ([]models.Operation, error) {
	now := e.Store.Now()
	return selectClosing(ctx, e.Store.Read(tenant), now, now.Add(within), watched)
}

// Membership is the operation that keeps a person out.
type Membership struct {
	PublicID  string
	Number    int64
	UndoUntil models.Instant // 0: nobody is cut off yet
	State     models.OperationState
	Phase     models.OperationPhase
}

// Code names the operation.
func (m Membership) Code() string { return models.OperationCode(m.Number) }

// Undoable reports whether it can be undone at a moment.
func (m Membership) Undoable(now models.Instant) bool {
	return m.Phase == models.PhaseWindow && m.UndoUntil > now
}

// OutBy gives the operation that keeps a person out; found is false when none does.
func (e *Engine) OutBy(ctx context.Context, tenant, user int64) (m Membership, found bool, err error) {
	rows, err := selectOutBy(ctx, e.Store.Read(tenant), user)
	if err != nil || len(rows) == 0 {
		return Membership{}, false, err
	}
	return rows[0], true, nil
}

// Named gives operations by their ids, for pages about something else.
func (e *Engine) Named(ctx context.Context, tenant int64, ids []int64) (map[int64]models.Operation, error) {
	rows, err := selectNamed(ctx, e.Store.Read(tenant), ids)
	if err != nil {
		return nil, err
	}
	by := make(map[int64]models.Operation, len(rows))
	for i := range rows {
		by[rows[i].ID] = rows[i]
	}
	return by, nil
}
