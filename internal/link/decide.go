package link

import (
	"context"
	"errors"
	"fmt"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// Approve carries out what another admin asked for. hash names the plan the
// approver was shown. It is refused to whoever asked, to the people it is about,
// and to who may be the same person as one of them (WEB-18).
func (e *Engine) Approve(ctx context.Context, actor models.Actor, publicID, hash string) (models.Link, error) {
	if err := permit(actor); err != nil {
		return models.Link{}, err
	}
	var row models.Link
	err := e.db.Change(ctx, actor, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.LockTenant(ctx); err != nil {
			return err
		}
		var err error
		if row, err = lockLink(ctx, tx, publicID); err != nil {
			return err
		}
		if why := e.mayNotApprove(ctx, tx.Reader, actor, row, tx.Now); why != nil {
			return why
		}
		if row.PlanHash != hash {
			return errs.New(errs.Conflict, "The request was changed since you opened it. Nothing was done. Open it again.")
		}
		can, err := e.rightsOf(ctx, tx, row)
		if err != nil {
			return err
		}
		return e.carryOut(ctx, tx, &row, can&actor.Can)
	})
	return row, err
}

// mayNotApprove says why an actor cannot approve a request, nil when they can.
func (e *Engine) mayNotApprove(ctx context.Context, r store.Reader, actor models.Actor, row models.Link, now models.Instant) error {
	switch {
	case row.State != models.LinkProofAsked:
		return errs.New(errs.Conflict, "This is %s and waits for nobody.", row.State.Word())
	case row.Proof != models.ProofSecondAdmin:
		return errs.New(errs.Conflict, "The person was asked to sign in with both. Nobody can approve in their place.")
	case row.ExpiresAt <= now:
		return errs.New(errs.Conflict, "This request ran out on %s. Ask again.", day(row.ExpiresAt))
	case actor.Kind != models.ActorUser:
		return errs.Denied("", "Only a person can approve this.")
	case row.RequestedByID == actor.UserID:
		return errs.Denied("", "You asked for this yourself. Another admin has to approve it.")
	}
	if err := notOneself(actor, row.UserA, row.UserB); err != nil {
		return err
	}
	return e.notAlias(ctx, r, actor.UserID, row)
}

// notAlias refuses an approver who may be the requester, or one of the two,
// under another record: four eyes of one head are no control.
func (e *Engine) notAlias(ctx context.Context, r store.Reader, approver int64, row models.Link) error {
	for _, state := range []models.LinkState{models.LinkSuggested, models.LinkProofAsked} {
		open, err := openLinks(ctx, r, state, approver)
		if err != nil {
			return err
		}
		for _, other := range open {
			for _, id := range []int64{row.RequestedByID, row.UserA, row.UserB} {
				if other.Kind == models.LinkPeople && id != 0 && (other.UserA == id || other.UserB == id) {
					return errs.Denied("", "You and somebody this is about may be the same person: that is suggested, and not decided. Another admin has to approve this.")
				}
			}
		}
	}
	return nil
}

// rightsOf gives what the requester may do now. A request of somebody who may
// no longer link people is void.
func (e *Engine) rightsOf(ctx context.Context, tx *store.Tx, row models.Link) (models.Permission, error) {
	requester, err := e.people.PersonIn(ctx, tx.Reader, row.RequestedByID)
	if err != nil {
		return 0, err
	}
	can, err := e.access.MaskIn(ctx, tx, requester.ID)
	if err != nil {
		return 0, err
	}
	if !requester.Status.MaySignIn() || !can.Has(models.LinksEdit) {
		return 0, errs.New(errs.Conflict, "%s, who asked for this, may no longer link people. Nothing was done. Ask anew.", requester.DisplayName)
	}
	return can, nil
}

// carryOut does what a case is about, once it is proved.
func (e *Engine) carryOut(ctx context.Context, tx *store.Tx, row *models.Link, can models.Permission) error {
	if row.Kind == models.LinkIdentity {
		return e.bind(ctx, tx, row)
	}
	p, err := readPlan(row.Plan)
	if err != nil {
		return fmt.Errorf("read a plan: %w", err)
	}
	if err := e.still(ctx, tx, p, can); err != nil {
		return err
	}
	return e.merge(ctx, tx, row, p, can)
}

// Reject decides that the two are not one, or not to be made one. It holds until
// what speaks for it changes. Whoever asked withdraws instead.
func (e *Engine) Reject(ctx context.Context, actor models.Actor, publicID, reason string) (models.Link, error) {
	return e.close(ctx, actor, publicID, reason, func(row models.Link) error {
		switch {
		case row.State == models.LinkProofAsked && row.RequestedByID == actor.UserID:
			return errs.Denied("", "You asked for this yourself. Withdraw it, or let another admin decide.")
		case row.State != models.LinkSuggested && row.State != models.LinkProofAsked:
			return errs.New(errs.Conflict, "This is %s and cannot be rejected.", row.State.Word())
		}
		return nil
	})
}

// Withdraw takes a request of the actor's back.
func (e *Engine) Withdraw(ctx context.Context, actor models.Actor, publicID, reason string) (models.Link, error) {
	return e.close(ctx, actor, publicID, reason, func(row models.Link) error {
		switch {
		case row.State != models.LinkProofAsked:
			return errs.New(errs.Conflict, "This is %s, so there is nothing to withdraw.", row.State.Word())
		case row.RequestedByID != actor.UserID:
			return errs.Denied("", "Only %s, who asked for this, can withdraw it. You can reject it.", row.RequestedBy)
		}
		return nil
	})
}

func (e *Engine) close(ctx context.Context, actor models.Actor, publicID, reason string, may func(models.Link) error) (models.Link, error) {
	if err := permit(actor); err != nil {
		return models.Link{}, err
	}
	var row models.Link
	err := e.db.Change(ctx, actor, func(ctx context.Context, tx *store.Tx) error {
		var err error
		if row, err = lockLink(ctx, tx, publicID); err != nil {
			return err
		}
		if err := notOneself(actor, row.UserA, row.UserB); err != nil {
			return err
		}
		if err := may(row); err != nil {
			return err
		}
		clean, err := checkReason(reason)
		if err != nil {
			return err
		}
		action := models.LinkReject
		back := row.State == models.LinkProofAsked && row.RequestedByID == actor.UserID
		if back {
			action = models.LinkWithdraw
		}
		return e.shut(ctx, tx, &row, action, clean)
	})
	return row, err
}

// shut ends a case without linking: a withdrawn request goes back to being a
// suggestion when it was one, everything else is Rejected.
func (e *Engine) shut(ctx context.Context, tx *store.Tx, row *models.Link, action models.Action, reason string) error {
	before := row.State
	row.State = models.LinkRejected
	if action == models.LinkWithdraw && row.Evidence != "" {
		row.State = models.LinkSuggested
	}
	row.Plan, row.PlanHash, row.SurvivorID, row.AbsorbedID, row.ExpiresAt = "", "", 0, 0, 0
	row.DecidedByID, row.DecidedBy, row.DecidedAt, row.Reason = tx.Actor.UserID, tx.Actor.Name, tx.Now, reason
	if err := saveLink(ctx, tx, row, caseColumns...); err != nil {
		return err
	}
	target, object, err := e.refsOf(ctx, tx, *row)
	if err != nil {
		return err
	}
	return tx.Record(ctx, store.Event{
		Action: action, Target: target, Object: object, Reason: reason,
		Before: map[string]any{"state": before.Word()}, After: map[string]any{"state": row.State.Word()},
	})
}

// refsOf names what a case is about for the log.
func (e *Engine) refsOf(ctx context.Context, tx *store.Tx, row models.Link) (target, object store.Ref, err error) {
	names, err := namesOf(ctx, tx, []int64{row.UserA, row.UserB})
	if err != nil {
		return target, object, err
	}
	target = store.Ref{Kind: models.KindUser, ID: row.UserA, Name: names[row.UserA]}
	switch row.Kind {
	case models.LinkPeople:
		object = store.Ref{Kind: models.KindUser, ID: row.UserB, Name: names[row.UserB]}
	case models.LinkAccount:
		accounts, systems, err := accountsByID(ctx, tx.Reader, []int64{row.AccountID})
		if err != nil {
			return target, object, err
		}
		a := accounts[row.AccountID]
		object = store.Ref{Kind: models.KindAccount, ID: row.AccountID, Name: systems[a.ConnectorID] + ": " + a.Username}
	case models.LinkIdentity:
		object = store.Ref{Kind: models.KindIdentity, Name: e.people.SourceName(row.Provider) + ": " + row.Subject}
	}
	return target, object, nil
}

// expire ends requests nobody proved in time.
func (e *Engine) expire(ctx context.Context, tenant int64) error {
	actor := models.SystemActor(tenant, "Rollcall")
	late, err := lateRequests(ctx, e.db.Read(tenant), e.db.Now())
	if err != nil {
		return err
	}
	for _, one := range late {
		err := e.db.Change(ctx, actor, func(ctx context.Context, tx *store.Tx) error {
			row, err := lockLink(ctx, tx, one.PublicID)
			if err != nil {
				return err
			}
			if row.State != models.LinkProofAsked || row.ExpiresAt > tx.Now {
				return errNothingNew
			}
			return e.shut(ctx, tx, &row, models.LinkWithdraw, "Nobody proved it in time")
		})
		if err != nil && !errors.Is(err, errNothingNew) {
			return err
		}
	}
	return nil
}
