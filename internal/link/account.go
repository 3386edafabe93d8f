package link

import (
	"context"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// LinkAccount gives an account nobody belonged to to the person of a suggestion.
// It opens no way in, so one admin decides, with a reason; it can be taken back
// at any time.
func (e *Engine) LinkAccount(ctx context.Context, actor models.Actor, publicID, reason string) (models.Link, error) {
	return e.changeAccount(ctx, actor, publicID, reason, accountStep{
		from: []models.LinkState{models.LinkSuggested, models.LinkUnlinked, models.LinkRejected}, to: models.LinkLinked, action: models.AccountLink,
	})
}

// UnlinkAccount makes the account nobody's again.
func (e *Engine) UnlinkAccount(ctx context.Context, actor models.Actor, publicID, reason string) (models.Link, error) {
	return e.changeAccount(ctx, actor, publicID, reason, accountStep{
		from: []models.LinkState{models.LinkLinked}, to: models.LinkUnlinked, action: models.AccountUnlink,
	})
}

type accountStep struct {
	from   []models.LinkState
	to     models.LinkState
	action models.Action
}

func (s accountStep) allows(state models.LinkState) bool {
	for _, from := range s.from {
		if from == state {
			return true
		}
	}
	return false
}

func (e *Engine) changeAccount(ctx context.Context, actor models.Actor, publicID, reason string, step accountStep) (models.Link, error) {
	if err := permit(actor); err != nil {
		return models.Link{}, err
	}
	clean, err := checkReason(reason)
	if err != nil {
		return models.Link{}, err
	}
	var row models.Link
	err = e.db.Change(ctx, actor, func(ctx context.Context, tx *store.Tx) error {
		var err error
		if row, err = lockLink(ctx, tx, publicID); err != nil {
			return err
		}
		if err := notOneself(actor, row.UserA); err != nil {
			return err
		}
		if row.Kind != models.LinkAccount || !step.allows(row.State) {
			return errs.New(errs.Conflict, "This is %s, so it cannot be done.", row.State.Word())
		}
		if err := e.ownAccount(ctx, tx, row, step.to); err != nil {
			return err
		}
		row.State, row.Reason, row.SurvivorID = step.to, clean, 0
		row.DecidedByID, row.DecidedBy, row.DecidedAt = actor.UserID, actor.Name, tx.Now
		if err := saveLink(ctx, tx, &row, caseColumns...); err != nil {
			return err
		}
		target, object, err := e.refsOf(ctx, tx, row)
		if err != nil {
			return err
		}
		return tx.Record(ctx, store.Event{Action: step.action, Target: target, Object: object, Reason: clean})
	})
	return row, err
}

// ownAccount writes whose the account is, when it still is as the case says.
func (e *Engine) ownAccount(ctx context.Context, tx *store.Tx, row models.Link, to models.LinkState) error {
	person, err := e.people.LockByID(ctx, tx, row.UserA)
	if err != nil {
		return err
	}
	from, next := int64(0), person.ID
	if to == models.LinkUnlinked {
		from, next = person.ID, 0
	} else if !living(person.Status) {
		return errs.New(errs.Conflict, "%s is %s. Nothing was linked.", person.DisplayName, person.Status.Word())
	}
	owned, err := accountIDs(ctx, tx.Reader, from, []int64{row.AccountID})
	if err != nil {
		return err
	}
	if len(owned) == 0 {
		return errs.New(errs.Conflict, "The account belongs to somebody else by now, or is gone. Nothing was changed.")
	}
	return moveAccounts(ctx, tx, from, next, owned)
}
