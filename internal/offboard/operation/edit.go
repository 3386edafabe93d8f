package operation

import (
	"context"
	"slices"
	"time"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// Stale reports whether a plan is too old to be acted upon.
func Stale(op models.Operation, now models.Instant) bool {
	return op.PlannedAt > 0 && now >= op.PlannedAt.Add(staleAfter*time.Hour)
}

// mayPrepare says why the actor cannot change the plan or ask for it; "": they can.
func mayPrepare(op models.Operation, actor models.Actor, now models.Instant) string {
	switch {
	case op.State == models.OperationPlanning:
		return op.Code() + " is still being planned."
	case op.State != models.OperationDraft:
		return op.Code() + " is no longer a draft: it is " + lower(op.State.Word()) + "."
	case op.CreatedByID != actor.UserID:
		return op.CreatedBy + " planned this. Only they can change it or ask for it; plan one of your own instead."
	case Stale(op, now):
		return "This plan is older than 24 hours, so people may have changed. Plan it again."
	}
	return ""
}

// MayPrepare says why the actor cannot change the plan or ask for it; "": they can.
func (e *Engine) MayPrepare(op models.Operation, actor models.Actor) string {
	if !actor.Can.Has(models.UsersDeactivate) {
		return "You may read this and not change it: that needs the permission " + models.UsersDeactivate.Key() + "."
	}
	return mayPrepare(op, actor, e.Store.Now())
}

// edit changes the list of a draft and freezes it anew.
func (e *Engine) edit(ctx context.Context, actor models.Actor, id string, change func(context.Context, *store.Tx, *models.Operation) error) (models.Operation, error) {
	if err := permit(actor, "change this plan"); err != nil {
		return models.Operation{}, err
	}
	known, err := e.survey(ctx, actor.Tenant)
	if err != nil {
		return models.Operation{}, err
	}
	var op models.Operation
	err = e.Store.Change(ctx, actor, func(ctx context.Context, tx *store.Tx) error {
		if op, err = lockByPublicID(ctx, tx, id); err != nil {
			return err
		}
		if why := mayPrepare(op, actor, tx.Now); why != "" {
			return errs.New(errs.Conflict, "%s Nothing was changed.", why)
		}
		if err := change(ctx, tx, &op); err != nil {
			return err
		}
		if err := e.freeze(ctx, tx, &op, known.systems); err != nil {
			return err
		}
		op.Version++
		return updateOperation(ctx, tx, &op, "version")
	})
	if isDone(err) {
		err = nil
	}
	return op, err
}

// LeaveOut takes one person out of the plan by hand.
func (e *Engine) LeaveOut(ctx context.Context, actor models.Actor, id, person string) (models.Operation, error) {
	return e.move(ctx, actor, id, person, models.LeftOutNot, models.LeftOutByHand)
}

// TakeIn takes back in whom somebody left out by hand. Who is left out for
// another reason stays out.
func (e *Engine) TakeIn(ctx context.Context, actor models.Actor, id, person string) (models.Operation, error) {
	return e.move(ctx, actor, id, person, models.LeftOutByHand, models.LeftOutNot)
}

func (e *Engine) move(ctx context.Context, actor models.Actor, id, person string, from, to models.LeftOut) (models.Operation, error) {
	return e.edit(ctx, actor, id, func(ctx context.Context, tx *store.Tx, op *models.Operation) error {
		t, err := selectTarget(ctx, tx.Reader, op.ID, person)
		if err != nil {
			return err
		}
		if t.LeftOut == to { // sent twice
			return errDone
		}
		if t.LeftOut != from {
			return errs.New(errs.Conflict, "%s stays left out: %s. Nothing was changed.", t.Name, lower(t.LeftOut.Sentence()))
		}
		if err := updateLeftOut(ctx, tx, op.ID, []int64{t.UserID}, to); err != nil {
			return err
		}
		action := models.OperationLeaveOut
		if to == models.LeftOutNot {
			action = models.OperationTakeIn
			if err := unsettle(ctx, tx, op.ID, t.UserID); err != nil { // they cannot be anybody's new manager now
				return err
			}
		}
		if err := countReports(ctx, tx, op.ID, []int64{t.UserID, t.ManagerID}); err != nil {
			return err
		}
		return tx.Record(ctx, store.Event{
			Action: action, Target: store.Ref{Kind: models.KindUser, ID: t.UserID, Name: t.Name}, Object: ref(op),
		})
	})
}

// recentAtOnce bounds how many one click leaves out.
const recentAtOnce = 1_000

// LeaveOutRecent takes everybody out of the plan who signed in during the last 24
// hours before it was made: they may still work here.
func (e *Engine) LeaveOutRecent(ctx context.Context, actor models.Actor, id string) (models.Operation, error) {
	return e.edit(ctx, actor, id, func(ctx context.Context, tx *store.Tx, op *models.Operation) error {
		recent, err := selectFlagged(ctx, tx.Reader, op.ID, models.FlagRecent, recentAtOnce+1)
		if err != nil {
			return err
		}
		switch {
		case len(recent) == 0:
			return errDone
		case len(recent) > recentAtOnce:
			return errs.New(errs.Conflict, "More than %s people of this plan signed in during the last 24 hours. Nobody was left out. Narrow the selection instead.", number(recentAtOnce))
		}
		ids, events := make([]int64, len(recent)), make([]store.Event, len(recent))
		for i, t := range recent {
			ids[i] = t.UserID
			events[i] = store.Event{
				Action: models.OperationLeaveOut, Target: store.Ref{Kind: models.KindUser, ID: t.UserID, Name: t.Name}, Object: ref(op),
				Detail: "Signed in during the last 24 hours.",
			}
		}
		if err := updateLeftOut(ctx, tx, op.ID, ids, models.LeftOutByHand); err != nil {
			return err
		}
		if err := countReports(ctx, tx, op.ID, nil); err != nil {
			return err
		}
		return tx.RecordAll(ctx, events)
	})
}

// Settle says who becomes the manager of the people that one manager of the plan
// leaves behind, or, with person "", that all of its managers do.
func (e *Engine) Settle(ctx context.Context, actor models.Actor, id, person, manager string) (models.Operation, error) {
	return e.edit(ctx, actor, id, func(ctx context.Context, tx *store.Tx, op *models.Operation) error {
		to, err := e.newManager(ctx, tx, op, manager)
		if err != nil {
			return err
		}
		of, detail := int64(0), "For all of them."
		if person != "" {
			t, err := selectTarget(ctx, tx.Reader, op.ID, person)
			if err != nil {
				return err
			}
			of, detail = t.UserID, "For the people of "+t.Name+"."
		}
		n, err := settle(ctx, tx, op.ID, of, to.ID)
		if err != nil {
			return err
		}
		if n == 0 {
			return errs.New(errs.Conflict, "Nobody loses their manager by this. Nothing was changed.")
		}
		return tx.Record(ctx, store.Event{
			Action: models.OperationSettle, Target: ref(op), Object: store.Ref{Kind: models.KindUser, ID: to.ID, Name: to.DisplayName}, Detail: detail,
		})
	})
}

// newManager refuses who cannot be one.
func (e *Engine) newManager(ctx context.Context, tx *store.Tx, op *models.Operation, manager string) (models.User, error) {
	refuse := func(text string, args ...any) error {
		return errs.Input(errs.Field{Name: "manager", Message: errs.New(errs.Invalid, text, args...).Safe})
	}
	user, err := e.People.Lock(ctx, tx, manager)
	if errs.Is(err, errs.NotFound) {
		return user, refuse("Choose who becomes their manager.")
	}
	if err != nil {
		return user, err
	}
	if user.Status != models.Active {
		return user, refuse("%s is %s. Choose somebody who is active.", user.DisplayName, lower(user.Status.Word()))
	}
	going, err := selectIncludedOf(ctx, tx.Reader, op.ID, []int64{user.ID})
	if err == nil && len(going) > 0 {
		err = refuse("%s is deactivated by this plan too. Choose somebody who stays.", user.DisplayName)
	}
	return user, err
}

// Replan makes a plan anew that is too old, or that nobody approved in time, of
// the same people as they stand now. Who was left out by hand stays left out.
func (e *Engine) Replan(ctx context.Context, actor models.Actor, id string) (models.Operation, error) {
	if err := permit(actor, "plan this again"); err != nil {
		return models.Operation{}, err
	}
	var op models.Operation
	var l *lease
	err := e.Store.Change(ctx, actor, func(ctx context.Context, tx *store.Tx) (err error) {
		if op, err = lockByPublicID(ctx, tx, id); err != nil {
			return err
		}
		switch {
		case op.CreatedByID != actor.UserID:
			return errs.New(errs.Conflict, "%s planned this. Only they can plan it again.", op.CreatedBy)
		case op.State == models.OperationPlanning:
			return errDone
		case op.State != models.OperationDraft && op.State != models.OperationExpired:
			return errs.New(errs.Conflict, "%s is %s and cannot be planned again.", op.Code(), lower(op.State.Word()))
		}
		turn(&op, models.OperationPlanning, models.PhasePlan, tx.Now)
		op.CursorAt, op.Sentence, op.Version = 0, "", op.Version+1
		l = e.own(tx, &op)
		if err := updateOperation(ctx, tx, &op, slices.Concat([]string{"sentence", "version"}, turned, leased)...); err != nil {
			return err
		}
		return tx.Record(ctx, store.Event{Action: models.OperationPlan, Target: ref(&op), Detail: "Again, as everybody stands now."})
	})
	if isDone(err) {
		return op, nil
	}
	if err != nil {
		return op, err
	}
	e.workAtOnce(ctx, l, planAtOnce)
	return selectOperation(ctx, e.Store.Read(actor.Tenant), op.ID)
}
