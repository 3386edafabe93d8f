package operation

import (
	"context"
	"fmt"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/jobs"
	"github.com/rollcall/rollcall/internal/offboard"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// When everybody who was cut off is looked at again, while it can be undone.
const (
	firstProbe = time.Hour
	probeEvery = 24 * time.Hour
)

// ProbeGroup is the kind of the groups that later looks belong to; the id is the
// operation's.
const ProbeGroup = "operation-probe"

// out are the states of people who are cut off by an operation.
var out = []models.TargetState{models.TargetCut, models.TargetOut, models.TargetPartly}

// window waits for the end of the undo window, and lets everybody be looked at
// again on the way. What came due while no process ran is made up for.
func (e *Engine) window(ctx context.Context, l *lease) error {
	return chunks(func() (bool, error) { return e.windowOnce(ctx, l) })
}

func (e *Engine) windowOnce(ctx context.Context, l *lease) (more bool, err error) {
	err = e.follow(ctx, l, models.PhaseWindow, func(ctx context.Context, tx *store.Tx, op *models.Operation) error {
		more = false
		switch {
		case op.ProbeAt <= tx.Now && op.UndoUntil > tx.Now || op.CursorAt > 0: // a look that began is finished
			targets, err := targetsIn(ctx, tx.Reader, op, out, e.Chunk)
			if err != nil {
				return err
			}
			if err := e.probe(ctx, tx, op, targets); err != nil {
				return err
			}
			if more = len(targets) == e.Chunk; more {
				op.CursorAt = targets[len(targets)-1].Position
				break
			}
			op.CursorAt, op.Probes, op.ProbeAt = 0, op.Probes+1, tx.Now.Add(e.ProbeEvery)
		case op.UndoUntil <= tx.Now && op.RemovedAt != 0:
			turn(op, op.State, models.PhaseNone, 0)
		case op.UndoUntil <= tx.Now:
			turn(op, op.State, models.PhaseRemove, tx.Now)
		}
		if op.Phase == models.PhaseWindow {
			if op.DueAt = min(op.ProbeAt, op.UndoUntil); more {
				op.DueAt = tx.Now
			}
		}
		return updateOperation(ctx, tx, op, append([]string{"probes", "probe_at"}, turned...)...)
	})
	return more, err
}

// probe adds the steps that look at people again.
func (e *Engine) probe(ctx context.Context, tx *store.Tx, op *models.Operation, targets []models.OperationTarget) error {
	users := ids(targets)
	if len(users) == 0 {
		return nil
	}
	accounts, err := connector.AccountsOfMany(ctx, tx.Reader, users)
	if err != nil {
		return err
	}
	steps, err := e.Offboard.Steps(ctx, tx, offboard.Errand{
		Act: offboard.ActProbe, Group: jobs.Group{Kind: ProbeGroup, ID: op.ID}, Key: fmt.Sprintf("%s/probe-%d", op.PublicID, op.Probes+1),
	}, accounts, users)
	if err != nil {
		return err
	}
	_, err = e.Jobs.Add(ctx, tx, steps...)
	return err
}

// WasAlive implements offboard.Watcher.
func (e *Engine) WasAlive(ctx context.Context, r store.Reader, s jobs.Step) (bool, error) {
	at, err := aliveAt(ctx, r, s)
	return at == s.ConnectorID, err
}

// Probed implements offboard.Watcher: whoever is in again at a system, although
// cut off, is not out any more.
func (e *Engine) Probed(ctx context.Context, tx *store.Tx, s jobs.Step, alive bool, sentence string) error {
	return setAlive(ctx, tx, s, alive, sentence)
}

// Alarm is people who were cut off by an operation and are in again at a system.
type Alarm struct {
	OperationID int64
	PublicID    string
	Number      int64
	ConnectorID int64
	System      string
	People      int64
	Since       models.Instant // the first of them was seen
	UserID      int64          // the only one, when it is one
	UserName    string
}

// Sentence says it as pages do.
func (a Alarm) Sentence() string {
	is := "is"
	if a.People != 1 {
		is = "are"
	}
	return fmt.Sprintf("Resurrected at %s: %s cut off in %s %s active there again", a.System, ofPeople(a.People), models.OperationCode(a.Number), is)
}

// Resurrected lists them, those seen first at first. Whoever was let in again
// here is none.
func (e *Engine) Resurrected(ctx context.Context, tenant int64, limit int) ([]Alarm, error) {
	return selectAlarms(ctx, e.Store.Read(tenant), limit)
}
