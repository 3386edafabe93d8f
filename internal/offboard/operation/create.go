package operation

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// permit refuses an actor who may not deactivate people.
func permit(actor models.Actor, act string) error {
	const want = models.UsersDeactivate
	if actor.Can.Has(want) {
		return nil
	}
	return errs.Denied(want.Key(), "You may not %s: it needs the permission %s. Nothing was changed.", act, want.Key())
}

// maxOnce is how long the key of a form may be.
const maxOnce = 64

// Create begins to plan the deactivation of a selection, which is frozen by it.
// The same once key gives the same operation: a form that is sent twice makes
// one. What is small is planned when Create returns.
func (e *Engine) Create(ctx context.Context, actor models.Actor, selection, once string) (models.Operation, error) {
	if e.Selections == nil {
		return models.Operation{}, errs.New(errs.NotFound, "There is no such selection among yours.")
	}
	return e.create(ctx, actor, once, func(ctx context.Context, tx *store.Tx, op *models.Operation) error {
		sel, err := e.Selections.Freeze(ctx, tx, selection)
		if err != nil {
			return err
		}
		if sel.People > MaxPeople {
			return errs.New(errs.Conflict, "One operation takes at most %s people. Nothing was planned. Narrow the selection.", number(MaxPeople))
		}
		op.SelectionID, op.Title = sel.ID, sel.Title
		return insertOperation(ctx, tx, op)
	})
}

// CreateForOne begins to plan the deactivation of one person.
func (e *Engine) CreateForOne(ctx context.Context, actor models.Actor, person, once string) (models.Operation, error) {
	return e.create(ctx, actor, once, func(ctx context.Context, tx *store.Tx, op *models.Operation) error {
		user, err := e.People.Lock(ctx, tx, person)
		if err != nil {
			return err
		}
		if err := e.oneCanGo(ctx, tx, user); err != nil {
			return err
		}
		op.Title = user.DisplayName
		if err := insertOperation(ctx, tx, op); err != nil {
			return err
		}
		return insertTargets(ctx, tx, []models.OperationTarget{{
			OperationID: op.ID, Position: 1, UserID: user.ID, Name: user.DisplayName, StoodStatus: user.Status, State: models.TargetWaiting,
		}})
	})
}

func (e *Engine) create(ctx context.Context, actor models.Actor, once string, fill func(context.Context, *store.Tx, *models.Operation) error) (models.Operation, error) {
	if err := permit(actor, "deactivate people"); err != nil {
		return models.Operation{}, err
	}
	if once == "" || len(once) > maxOnce {
		return models.Operation{}, errs.New(errs.Invalid, "The form is not complete. Nothing was planned. Open the page again and send it from there.")
	}
	var op models.Operation
	var l *lease
	err := e.Store.Change(ctx, actor, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.LockTenant(ctx); err != nil { // numbers have no gap and no double
			return err
		}
		before, found, err := selectOnce(ctx, tx.Reader, once)
		if err != nil {
			return err
		}
		if found {
			op = before
			return errDone
		}
		if op, err = newOperation(ctx, tx, once); err != nil {
			return err
		}
		l = e.own(tx, &op)
		if err := fill(ctx, tx, &op); err != nil {
			return err
		}
		l.op = op.ID
		return tx.Record(ctx, store.Event{Action: models.OperationPlan, Target: ref(&op), Detail: op.Title})
	})
	if isDone(err) {
		if op.CreatedByID != actor.UserID {
			return models.Operation{}, errs.New(errs.Conflict, "This form was used by somebody else. Open the page again and send it from there.")
		}
		return op, nil
	}
	if err != nil {
		return models.Operation{}, err
	}
	e.workAtOnce(ctx, l, planAtOnce)
	return selectOperation(ctx, e.Store.Read(actor.Tenant), op.ID)
}

func newOperation(ctx context.Context, tx *store.Tx, once string) (models.Operation, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return models.Operation{}, fmt.Errorf("make a public id: %w", err)
	}
	last, err := selectLastNumber(ctx, tx.Reader)
	op := models.Operation{
		PublicID: id.String(), Number: last + 1, Kind: models.OperationDeactivate, OnceKey: once, UndoDays: windowDays,
		Effects: "{}", Friction: "{}", CreatedByID: tx.Actor.UserID, CreatedBy: tx.Actor.Name, CreatedAt: tx.Now, Version: 1,
	}
	turn(&op, models.OperationPlanning, models.PhasePlan, tx.Now)
	return op, err
}

// planAtOnce is how many chunks a request plans itself before it leaves the rest
// to the background.
const planAtOnce = 2
