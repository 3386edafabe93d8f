package operation

import (
	"context"
	"slices"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/offboard"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// remove takes away what is left of people's access once it cannot be undone any
// more: the roles they held when they were cut off. Accounts at connected systems
// stay, and each says so as a step that was skipped.
func (e *Engine) remove(ctx context.Context, l *lease) error {
	return chunks(func() (more bool, err error) {
		err = e.Store.Change(ctx, program(l.tenant), func(ctx context.Context, tx *store.Tx) error {
			if err := tx.LockTenant(ctx); err != nil { // as every change of roles does
				return err
			}
			op, err := e.held(ctx, tx, l, models.PhaseRemove)
			if err != nil {
				return err
			}
			more, err = e.removeChunk(ctx, tx, &op)
			return err
		})
		return more, err
	})
}

func (e *Engine) removeChunk(ctx context.Context, tx *store.Tx, op *models.Operation) (more bool, err error) {
	targets, err := targetsIn(ctx, tx.Reader, op, out, e.Chunk)
	if err != nil {
		return false, err
	}
	events, err := e.removeFrom(ctx, tx, op, targets)
	if err != nil {
		return false, err
	}
	if more = len(targets) == e.Chunk; more {
		op.CursorAt, op.DueAt = targets[len(targets)-1].Position, tx.Now
	} else {
		op.RemovedAt, op.Version = tx.Now, op.Version+1
		if op.UndoUntil > tx.Now {
			turn(op, op.State, models.PhaseWindow, min(op.ProbeAt, op.UndoUntil))
		} else {
			turn(op, op.State, models.PhaseNone, 0)
		}
		events = append(events, store.Event{Action: models.OperationRemove, Target: ref(op), Detail: op.Code()})
	}
	if err := updateOperation(ctx, tx, op, append([]string{"removed_at", "version"}, turned...)...); err != nil {
		return false, err
	}
	return more, tx.RecordAll(ctx, events)
}

// removeFrom takes roles from those who are out by this operation; whoever was
// let in again meanwhile keeps what they have.
func (e *Engine) removeFrom(ctx context.Context, tx *store.Tx, op *models.Operation, targets []models.OperationTarget) ([]store.Event, error) {
	targets = slices.DeleteFunc(targets, func(t models.OperationTarget) bool { return t.RemovedAt != 0 })
	if len(targets) == 0 {
		return nil, nil
	}
	users, err := e.People.LockAll(ctx, tx, ids(targets))
	if err != nil {
		return nil, err
	}
	still, others := stillOut(targets, users)
	events := make([]store.Event, 0, len(targets))
	for note, users := range others {
		for _, id := range users {
			events = append(events, store.Event{
				Action: models.OperationRemove, Result: models.ResultRefused, Target: personOf(targets, id), Object: ref(op), Reason: note, Detail: op.Code(),
			})
		}
	}
	if err := setNotes(ctx, tx, op, others, models.TargetKept); err != nil || len(still) == 0 {
		return events, err
	}
	gone, err := takeRoles(ctx, tx, op, still)
	if err != nil {
		return nil, err
	}
	for _, id := range still {
		event := store.Event{Action: models.OperationRemove, Target: personOf(targets, id), Object: ref(op), Reason: op.Reason, Detail: op.Code()}
		if roles := gone[id]; len(roles) > 0 {
			event.Before, event.After = map[string]any{"roles": roles}, map[string]any{"roles": []string{}}
		}
		events = append(events, event)
	}
	if err := setRemoved(ctx, tx, op, still); err != nil {
		return nil, err
	}
	return events, e.keepAccounts(ctx, tx, op, still)
}

// keepAccounts says at each account that it stays.
func (e *Engine) keepAccounts(ctx context.Context, tx *store.Tx, op *models.Operation, users []int64) error {
	accounts, err := connector.AccountsOfMany(ctx, tx.Reader, users)
	if err != nil {
		return err
	}
	steps, err := e.Offboard.Steps(ctx, tx, offboard.Errand{
		Act: offboard.ActRemove, Group: group(op), Key: op.PublicID,
		Skipped: func(h connector.Held) string {
			return "The account stays at " + h.Name + ", deactivated: Rollcall has no way to delete accounts there. Delete it at " + h.Name + " itself where that is wanted."
		},
	}, accounts, users)
	if err != nil {
		return err
	}
	_, err = e.Jobs.Add(ctx, tx, steps...)
	return err
}

// stillOut splits people into those who are out by this operation, and the others
// by what happened to them. A person who was let in and cut off anew is out by
// something else: their status is of another moment.
func stillOut(targets []models.OperationTarget, users []models.User) (still []int64, others map[string][]int64) {
	by := make(map[int64]models.User, len(users))
	for i := range users {
		by[users[i].ID] = users[i]
	}
	others = map[string][]int64{}
	for i := range targets {
		u, there := by[targets[i].UserID]
		note := ""
		switch {
		case !there || u.Status == models.Removed:
			note = "Merged or removed since."
		case u.Status != models.Deactivated:
			note = "Is " + u.Status.Word() + " since then, by " + u.StatusBy + "."
		case u.StatusSince != targets[i].CutAt:
			note = "Was let in again and deactivated anew, by " + u.StatusBy + "."
		default:
			still = append(still, u.ID)
			continue
		}
		others[note] = append(others[note], targets[i].UserID)
	}
	return still, others
}

func personOf(targets []models.OperationTarget, id int64) store.Ref {
	i := slices.IndexFunc(targets, func(t models.OperationTarget) bool { return t.UserID == id })
	return store.Ref{Kind: models.KindUser, ID: id, Name: targets[i].Name}
}

// MayRemove says why what is left cannot be taken away before its time; "": it can.
func MayRemove(op *models.Operation) string {
	switch {
	case op.RemovedAt != 0:
		return "The access was removed already."
	case op.Phase != models.PhaseWindow:
		return op.Code() + " is not in its undo window: it is " + lower(op.State.Word()) + "."
	}
	return ""
}

// RemoveNow takes away what is left before the undo window closes. It can still
// be undone until then: what was held is kept.
func (e *Engine) RemoveNow(ctx context.Context, actor models.Actor, in Control) (models.Operation, error) {
	if _, problem := checkReason(in.Reason, true); problem != "" {
		return models.Operation{}, errs.Input(errs.Field{Name: "reason", Message: problem})
	}
	return e.steer(ctx, actor, in, models.VerdictRemoved, MayRemove, func(_ context.Context, tx *store.Tx, op *models.Operation) (models.Action, error) {
		turn(op, op.State, models.PhaseRemove, tx.Now)
		return models.OperationRemove, nil
	})
}
