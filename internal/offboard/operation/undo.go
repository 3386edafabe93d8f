package operation

import (
	"context"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/jobs"
	"github.com/rollcall/rollcall/internal/offboard"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// undoGroup holds the steps of an operation's undo.
func undoGroup(op *models.Operation) jobs.Group {
	return jobs.Group{Kind: offboard.OperationUndoGroup, ID: op.ID}
}

// UndoRequest asks for an operation to be undone, for all or some of its people.
type UndoRequest struct {
	ID     string
	All    bool
	People []string // public ids, where it is some
	Reason string
	Fresh  models.Instant // when whoever asks proved themselves last; 0: not known
}

// maxSome is how many people can be named one by one.
const maxSome = 1_000

// MayUndo says why an operation cannot be undone now; "": it can.
func MayUndo(op *models.Operation, now models.Instant) string {
	switch {
	case op.State == models.OperationUndone:
		return op.Code() + " was undone already."
	case op.State == models.OperationUndoing:
		return op.Code() + " is being undone."
	case op.CutAt == 0:
		return op.Code() + " has cut nobody off yet: it is " + lower(op.State.Word()) + "."
	case op.UndoUntil <= now:
		return "The undo window of " + op.Code() + " has closed. Reactivate people one by one."
	case op.Phase == models.PhaseSystems:
		return op.Code() + " is still running. Stop the rest first."
	case op.Phase != models.PhaseWindow:
		return op.Code() + " cannot be undone while its access is being removed. Try again in a minute."
	}
	return ""
}

// Undo lets people in again from what stood when they were cut off. The program
// does it chunk by chunk; a small one is done when Undo returns.
func (e *Engine) Undo(ctx context.Context, actor models.Actor, in UndoRequest) (models.Operation, error) {
	if err := permit(actor, "undo a deactivation"); err != nil {
		return models.Operation{}, err
	}
	reason, problem := checkReason(in.Reason, true)
	if problem != "" {
		return models.Operation{}, errs.Input(errs.Field{Name: "reason", Message: problem})
	}
	if !in.All && len(in.People) == 0 {
		return models.Operation{}, errs.Input(errs.Field{Name: "people", Message: "Nobody is chosen. Nothing was undone."})
	}
	if len(in.People) > maxSome {
		return models.Operation{}, errs.Input(errs.Field{Name: "people", Message: "Choose at most 1,000 people at once, or all. Nothing was undone."})
	}
	var op models.Operation
	err := e.Store.Change(ctx, actor, func(ctx context.Context, tx *store.Tx) (err error) {
		if op, err = lockByPublicID(ctx, tx, in.ID); err != nil {
			return err
		}
		if why := MayUndo(&op, tx.Now); why != "" {
			return errs.New(errs.Conflict, "%s Nothing was undone.", why)
		}
		return e.askUndo(ctx, tx, &op, in, reason)
	})
	if err != nil {
		return op, err
	}
	if op.Included <= ChunkSize {
		if _, err := e.workOn(ctx, actor.Tenant, op.ID); err != nil {
			e.Log.WarnContext(ctx, "an undo could not begin at once; the background does it", "operation", op.ID, "error", err.Error())
		}
	}
	return selectOperation(ctx, e.Store.Read(actor.Tenant), op.ID)
}

func (e *Engine) askUndo(ctx context.Context, tx *store.Tx, op *models.Operation, in UndoRequest, reason string) error {
	after := map[string]any{"people": "all"}
	if !in.All {
		n, err := askUndoOf(ctx, tx, op, in.People)
		if err != nil {
			return err
		}
		if n == 0 {
			return errs.New(errs.Conflict, "Nobody of those you chose was cut off by %s, or they are let in again already. Nothing was undone.", op.Code())
		}
		after["people"] = n
	}
	turn(op, models.OperationUndoing, models.PhaseUndo, tx.Now)
	op.UndoAll, op.UndoByID, op.UndoBy, op.UndoReason, op.Version = in.All, tx.Actor.UserID, tx.Actor.Name, reason, op.Version+1
	columns := append([]string{"undo_all", "undo_by_id", "undo_by", "undo_reason", "version"}, turned...)
	if err := updateOperation(ctx, tx, op, columns...); err != nil {
		return err
	}
	if err := decided(ctx, tx, op, models.VerdictUndone, reason, in.Fresh); err != nil {
		return err
	}
	tx.AfterCommit(e.Wake)
	return tx.Record(ctx, store.Event{Action: models.OperationUndo, Target: ref(op), Reason: reason, After: after})
}

// undo lets people in again, chunk by chunk.
func (e *Engine) undo(ctx context.Context, l *lease) error {
	op, err := selectOperation(ctx, e.Store.Read(l.tenant), l.op)
	if err != nil {
		return err
	}
	as := onBehalf(l.tenant, op.UndoByID, op.UndoBy)
	return chunks(func() (more bool, err error) {
		err = e.Store.Change(ctx, as, func(ctx context.Context, tx *store.Tx) error {
			if err := tx.LockTenant(ctx); err != nil { // as every change of roles does
				return err
			}
			op, err := e.held(ctx, tx, l, models.PhaseUndo)
			if err != nil {
				return err
			}
			u := &undoing{Engine: e, tx: tx, op: &op}
			more, err = u.run(ctx)
			return err
		})
		return more, err
	})
}

// undoing is one chunk.
type undoing struct {
	*Engine

	tx     *store.Tx
	op     *models.Operation
	events []store.Event
}

func (u *undoing) run(ctx context.Context) (more bool, err error) {
	targets, err := targetsToUndo(ctx, u.tx.Reader, u.op, u.Chunk)
	if err != nil {
		return false, err
	}
	if err := u.people(ctx, targets); err != nil {
		return false, err
	}
	if more = len(targets) == u.Chunk; more {
		u.op.CursorAt, u.op.DueAt = targets[len(targets)-1].Position, u.tx.Now
	} else {
		turn(u.op, models.OperationUndoing, models.PhaseUndoStep, u.tx.Now)
	}
	if err := updateOperation(ctx, u.tx, u.op, turned...); err != nil {
		return false, err
	}
	if len(u.events) == 0 { // nobody was left to let in
		u.events = append(u.events, store.Event{Action: models.OperationUndo, Target: ref(u.op), Reason: u.op.UndoReason, Detail: "nobody"})
	}
	return more, u.tx.RecordAll(ctx, u.events)
}

// people lets in who is out by this operation. Whoever was changed since stays
// as they are, with the reason.
func (u *undoing) people(ctx context.Context, targets []models.OperationTarget) error {
	if len(targets) == 0 {
		return nil
	}
	users, err := u.People.LockAll(ctx, u.tx, ids(targets))
	if err != nil {
		return err
	}
	still, others := stillOut(targets, users)
	for note, kept := range others {
		for _, id := range kept {
			u.events = append(u.events, store.Event{
				Action: models.OperationRefuseRow, Result: models.ResultRefused, Target: personOf(targets, id), Object: ref(u.op), Reason: note, Detail: u.op.Code(),
			})
		}
	}
	if err := setNotes(ctx, u.tx, u.op, others, models.TargetKept); err != nil || len(still) == 0 {
		return err
	}
	if err := u.restore(ctx, still, users); err != nil {
		return err
	}
	if err := u.handBack(ctx, still); err != nil {
		return err
	}
	back, err := giveOwnedBack(ctx, u.tx, u.op, still)
	if err != nil {
		return err
	}
	u.events = append(u.events, ownerEvents(back, u.op)...)
	acts, err := newActs(u.tx, u.op, still, models.ActReactivate)
	if err != nil {
		return err
	}
	if err := insertActs(ctx, u.tx, acts); err != nil {
		return err
	}
	if err := setUndone(ctx, u.tx, u.op, still); err != nil {
		return err
	}
	return u.steps(ctx, still)
}

// restore writes what stood: status with its reason, and the roles that this
// operation took away.
func (u *undoing) restore(ctx context.Context, still []int64, before []models.User) error {
	was := make(map[int64]models.User, len(before))
	for i := range before {
		was[before[i].ID] = before[i]
	}
	if err := restoreStatus(ctx, u.tx, u.op, still); err != nil {
		return err
	}
	if err := giveRolesBack(ctx, u.tx, u.op, still); err != nil {
		return err
	}
	after, err := u.People.LockAll(ctx, u.tx, still)
	if err != nil {
		return err
	}
	changes := statusChanges(after)
	for i := range after {
		event := offboard.StatusEvent(models.UserReactivate, was[after[i].ID], after[i], u.op.UndoReason, 0)
		event.Detail = u.op.Code()
		u.events = append(u.events, event)
	}
	return u.People.Tell(ctx, u.tx, changes...)
}

// handBack gives people back to the manager who is in again, where nobody gave
// them another one meanwhile.
func (u *undoing) handBack(ctx context.Context, managers []int64) error {
	for {
		moved, err := giveReportsBack(ctx, u.tx, u.op, managers, ChunkSize)
		if err != nil || len(moved) == 0 {
			return err
		}
		events, changes := managerEvents(moved, u.op)
		u.events = append(u.events, events...)
		if err := u.People.Tell(ctx, u.tx, changes...); err != nil {
			return err
		}
		if len(moved) < ChunkSize {
			return nil
		}
	}
}

// steps lets people in at connected systems, where this product kept them out.
func (u *undoing) steps(ctx context.Context, users []int64) error {
	accounts, err := connector.AccountsOfMany(ctx, u.tx.Reader, users)
	if err != nil {
		return err
	}
	steps, err := u.Offboard.Steps(ctx, u.tx, offboard.Errand{
		Act: models.ActReactivate, Group: undoGroup(u.op), Key: u.op.PublicID + "/undo",
	}, accounts, users)
	if err != nil {
		return err
	}
	_, err = u.Jobs.Add(ctx, u.tx, steps...)
	return err
}

// undoSteps waits for the steps of an undo to end, and says what it came to.
func (e *Engine) undoSteps(ctx context.Context, l *lease) error {
	open := true
	err := e.follow(ctx, l, models.PhaseUndoStep, func(ctx context.Context, tx *store.Tx, op *models.Operation) (err error) {
		if open, err = e.Jobs.AnyOpen(ctx, tx.Reader, undoGroup(op)); err != nil || !open {
			return err
		}
		op.DueAt = tx.Now.Add(lookEvery)
		return updateOperation(ctx, tx, op, "due_at")
	})
	if err != nil || open {
		return err
	}
	return e.change(ctx, l, models.PhaseUndoStep, program(l.tenant), func(ctx context.Context, tx *store.Tx, op *models.Operation) error {
		return e.endUndo(ctx, tx, op)
	})
}

// endUndo ends an undo. While others are still cut off, the operation goes back
// to its window.
func (e *Engine) endUndo(ctx context.Context, tx *store.Tx, op *models.Operation) error {
	states, err := countStates(ctx, tx.Reader, op.ID)
	if err != nil {
		return err
	}
	failed, err := e.Jobs.Causes(ctx, tx.Tenant(), undoGroup(op), 1)
	if err != nil {
		return err
	}
	c := counts(states)
	op.Version, op.Sentence = op.Version+1, c.sentence()
	if len(failed) > 0 {
		op.Sentence += " Not everybody could be let in at every system: " + failed[0].Sentence
	}
	if c[models.TargetCut]+c[models.TargetOut]+c[models.TargetPartly] == 0 {
		turn(op, models.OperationUndone, models.PhaseNone, 0)
		op.UndoneAt = tx.Now
	} else {
		causes, err := e.Jobs.Causes(ctx, tx.Tenant(), group(op), 1)
		if err != nil {
			return err
		}
		turn(op, models.OperationDone, models.PhaseWindow, tx.Now)
		if len(causes) > 0 {
			op.State = models.OperationFailures
		}
	}
	if err := updateOperation(ctx, tx, op, append([]string{"undone_at", "sentence", "version"}, turned...)...); err != nil {
		return err
	}
	return tx.Record(ctx, store.Event{
		Action: models.OperationEnd, Target: ref(op), Detail: op.Sentence, After: map[string]any{"state": op.State.Word()},
	})
}
