package operation

import (
	"context"
	"errors"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/jobs"
	"github.com/rollcall/rollcall/internal/offboard"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// Control is what somebody says to an operation that runs.
type Control struct {
	ID     string
	Reason string         // kept; needed where the rest is stopped
	Fresh  models.Instant // when they proved themselves last; 0: not known
	At     int64          // connector whose failed steps are meant; 0: all of them
}

// steer runs a word to an operation with its row locked. may says why it cannot
// be; "" is that it can.
func (e *Engine) steer(ctx context.Context, actor models.Actor, in Control, v models.Verdict, may func(*models.Operation) string, do func(context.Context, *store.Tx, *models.Operation) (models.Action, error)) (models.Operation, error) {
	if err := permit(actor, "steer an operation"); err != nil {
		return models.Operation{}, err
	}
	reason, problem := checkReason(in.Reason, v == models.VerdictStopped)
	if problem != "" {
		return models.Operation{}, errs.Input(errs.Field{Name: "reason", Message: problem})
	}
	var op models.Operation
	err := e.Store.Change(ctx, actor, func(ctx context.Context, tx *store.Tx) (err error) {
		if op, err = lockByPublicID(ctx, tx, in.ID); err != nil {
			return err
		}
		if why := may(&op); why != "" {
			return errs.New(errs.Conflict, "%s Nothing was changed.", why)
		}
		op.Version++
		action, err := do(ctx, tx, &op)
		if err != nil {
			return err
		}
		if err := decided(ctx, tx, &op, v, reason, in.Fresh); err != nil {
			return err
		}
		columns := append([]string{"version", "sentence", "paused_at", "paused_for", "canary_at", "stopped_at", "stopped_by"}, turned...)
		if err := updateOperation(ctx, tx, &op, columns...); err != nil {
			return err
		}
		tx.AfterCommit(e.Wake)
		return tx.Record(ctx, store.Event{Action: action, Target: ref(&op), Reason: reason, After: map[string]any{"state": op.State.Word()}})
	})
	return op, err
}

// underway reports whether an operation is being carried out.
func underway(op *models.Operation) bool {
	return op.Phase == models.PhaseCut || op.Phase == models.PhaseSystems
}

// MayPause says why an operation cannot be paused; "": it can. One that waits for
// a system can be paused too: then it does not go on by itself.
func MayPause(op *models.Operation) string {
	if underway(op) && (op.State == models.OperationRunning || op.State == models.OperationPaused && op.PausedFor != 0) {
		return ""
	}
	return op.Code() + " is not running: it is " + lower(op.State.Word()) + "."
}

// Pause lets nothing more of an operation begin. What runs goes on to its end.
func (e *Engine) Pause(ctx context.Context, actor models.Actor, in Control) (models.Operation, error) {
	return e.steer(ctx, actor, in, models.VerdictPaused, MayPause, func(ctx context.Context, tx *store.Tx, op *models.Operation) (models.Action, error) {
		turn(op, models.OperationPaused, op.Phase, 0)
		op.PausedAt, op.PausedFor, op.Sentence = tx.Now, 0, "Paused by "+tx.Actor.Name+"."
		if op.Phase == models.PhaseSystems {
			op.DueAt = tx.Now // until the last of its steps is held
			if _, err := e.Jobs.Pause(ctx, tx, jobs.Part{Group: group(op), Limit: e.Chunk}); err != nil {
				return "", err
			}
		}
		return models.OperationPause, nil
	})
}

// MayResume says why an operation cannot be resumed; "": it can.
func MayResume(op *models.Operation) string {
	if underway(op) && op.State == models.OperationPaused {
		return ""
	}
	return op.Code() + " is not paused: it is " + lower(op.State.Word()) + "."
}

// Resume lets an operation go on. After a failure among the first people that is
// the decision to go on with the others all the same.
func (e *Engine) Resume(ctx context.Context, actor models.Actor, in Control) (models.Operation, error) {
	return e.steer(ctx, actor, in, models.VerdictResumed, MayResume, func(ctx context.Context, tx *store.Tx, op *models.Operation) (models.Action, error) {
		if op.Phase == models.PhaseSystems && op.CanaryAt == 0 {
			failed, err := e.canaryFailed(ctx, tx, op)
			if err != nil {
				return "", err
			}
			if failed {
				op.CanaryAt = tx.Now
			}
		}
		goOn(op, tx.Now)
		return models.OperationResume, nil
	})
}

func (e *Engine) canaryFailed(ctx context.Context, tx *store.Tx, op *models.Operation) (bool, error) {
	users, err := canaryOf(ctx, tx.Reader, op)
	if err != nil {
		return false, err
	}
	steps, err := e.Jobs.OfPeople(ctx, tx.Reader, group(op), users)
	for i := range steps {
		if steps[i].State == models.StepFailed {
			return true, err
		}
	}
	return false, err
}

func goOn(op *models.Operation, now models.Instant) {
	turn(op, models.OperationRunning, op.Phase, now)
	op.PausedAt, op.PausedFor, op.Sentence = 0, 0, ""
}

// MayStop says why the rest of an operation cannot be stopped; "": it can.
func MayStop(op *models.Operation) string {
	switch {
	case op.StoppedAt != 0:
		return "The rest was stopped already, by " + op.StoppedBy + "."
	case underway(op) && (op.State == models.OperationRunning || op.State == models.OperationPaused):
		return ""
	}
	return op.Code() + " is not running: it is " + lower(op.State.Word()) + "."
}

// StopRest leaves out who is not cut off yet, and every step that has not begun.
// It cannot be taken back; who is cut off stays so.
func (e *Engine) StopRest(ctx context.Context, actor models.Actor, in Control) (models.Operation, error) {
	return e.steer(ctx, actor, in, models.VerdictStopped, MayStop, func(_ context.Context, tx *store.Tx, op *models.Operation) (models.Action, error) {
		goOn(op, tx.Now)
		op.StoppedAt, op.StoppedBy = tx.Now, tx.Actor.Name
		if op.CanaryAt == 0 {
			op.CanaryAt = tx.Now
		}
		return models.OperationStop, nil
	})
}

// MayRetry says why failed steps cannot be tried again now; "": they can.
func MayRetry(op *models.Operation) string {
	switch {
	case op.Phase == models.PhaseWindow || op.Phase == models.PhaseSystems || op.Phase == models.PhaseUndoStep || op.State == models.OperationUndone:
		return ""
	}
	return op.Code() + " has no steps that could be tried again: it is " + lower(op.State.Word()) + "."
}

// RetryFailed tries every failed step again, or those at one system, with all
// attempts anew.
func (e *Engine) RetryFailed(ctx context.Context, actor models.Actor, in Control) (models.Operation, error) {
	return e.steer(ctx, actor, in, models.VerdictRetried, MayRetry, func(ctx context.Context, tx *store.Tx, op *models.Operation) (models.Action, error) {
		if op.State == models.OperationUndone || op.Phase == models.PhaseUndoStep {
			return models.OperationRetry, e.retryUndo(ctx, tx, op)
		}
		any := false
		for {
			n, users, err := e.Jobs.Retry(ctx, tx, jobs.Part{Group: group(op), Connector: in.At, Limit: e.Chunk}, offboard.Patience)
			if err != nil {
				return "", err
			}
			if n == 0 {
				break
			}
			any = true
			if err := setAgain(ctx, tx, op, users); err != nil {
				return "", err
			}
		}
		if !any {
			return "", errs.New(errs.Conflict, "No step of %s has failed. Nothing was changed.", op.Code())
		}
		turn(op, models.OperationRunning, models.PhaseSystems, tx.Now)
		op.PausedAt, op.PausedFor, op.Sentence = 0, 0, ""
		return models.OperationRetry, nil
	})
}

func (e *Engine) retryUndo(ctx context.Context, tx *store.Tx, op *models.Operation) error {
	n, _, err := e.Jobs.Retry(ctx, tx, jobs.Part{Group: undoGroup(op), Limit: e.Chunk}, offboard.Patience)
	if err == nil && n == 0 {
		err = errs.New(errs.Conflict, "No step of the undo of %s has failed. Nothing was changed.", op.Code())
	}
	turn(op, models.OperationUndoing, models.PhaseUndoStep, tx.Now)
	return err
}

// hold pauses an operation by itself: for a connector, until that answers; with
// none, until a person decides.
func (e *Engine) hold(ctx context.Context, l *lease, connectorID int64, why string) error {
	return e.change(ctx, l, models.PhaseSystems, program(l.tenant), func(ctx context.Context, tx *store.Tx, op *models.Operation) error {
		if op.State != models.OperationRunning {
			return errLost
		}
		turn(op, models.OperationPaused, op.Phase, tx.Now)
		op.PausedAt, op.PausedFor, op.Sentence, op.Version = tx.Now, connectorID, why, op.Version+1
		if err := updateOperation(ctx, tx, op, append([]string{"paused_at", "paused_for", "sentence", "version"}, turned...)...); err != nil {
			return err
		}
		return tx.Record(ctx, store.Event{Action: models.OperationPause, Target: ref(op), Reason: why})
	})
}

// lookAtSystems pauses an operation when a system it waits for does not answer,
// and lets it go on when it does. The system's health says whom to ask; what
// counts is what it answers now.
func (e *Engine) lookAtSystems(ctx context.Context, l *lease) error {
	r := e.Store.Read(l.tenant)
	op, err := selectOperation(ctx, r, l.op)
	if err != nil {
		return err
	}
	if op.State == models.OperationPaused {
		return e.answersAgain(ctx, l, &op)
	}
	bad, err := selectBad(ctx, r)
	if err != nil {
		return err
	}
	for _, c := range bad {
		account, waits, err := firstWaiting(ctx, r, &op, c.ID)
		if err != nil {
			return err
		}
		if !waits {
			continue
		}
		if cause := down(e.Offboard.Ask(ctx, l.tenant, c.ID, account)); cause != nil {
			left, err := countIn(ctx, r, &op, models.TargetCut)
			if err != nil {
				return err
			}
			return e.hold(ctx, l, c.ID, notAnswering(c.Name, cause, left))
		}
	}
	return nil
}

// answersAgain lets an operation go on that waits for a system.
func (e *Engine) answersAgain(ctx context.Context, l *lease, op *models.Operation) error {
	account, _, err := firstWaiting(ctx, e.Store.Read(l.tenant), op, op.PausedFor)
	if err != nil {
		return err
	}
	if down(e.Offboard.Ask(ctx, l.tenant, op.PausedFor, account)) != nil {
		return nil
	}
	return e.change(ctx, l, models.PhaseSystems, program(l.tenant), func(ctx context.Context, tx *store.Tx, op *models.Operation) error {
		if op.State != models.OperationPaused || op.PausedFor == 0 {
			return errLost
		}
		goOn(op, tx.Now)
		op.Version++
		if err := updateOperation(ctx, tx, op, append([]string{"paused_at", "paused_for", "sentence", "version"}, turned...)...); err != nil {
			return err
		}
		return tx.Record(ctx, store.Event{Action: models.OperationResume, Target: ref(op), Reason: "The system answers again."})
	})
}

// down gives what keeps a system from answering; nil when it answers, or only
// asks us to be slower.
func down(err error) error {
	f, ok := errors.AsType[*connector.Failure](err)
	if ok && f.Kind == connector.FailBusy {
		return nil
	}
	return err
}

func notAnswering(name string, cause error, left int64) string {
	text := name + " not reachable"
	if f, ok := errors.AsType[*connector.Failure](cause); ok && f.Kind != connector.FailUnreachable && f.Kind != connector.FailOpen {
		text = f.Sentence
	} else if e, ok := errs.As(cause); ok && f == nil {
		text = e.Safe
	}
	return text + "; " + number(left) + " waiting, nothing lost. It goes on by itself when " + name + " answers."
}
