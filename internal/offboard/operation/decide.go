package operation

import (
	"context"
	"time"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// Decision is what a second person says to a request.
type Decision struct {
	ID       string
	ListHash string // of the list that was in front of them
	Reason   string
	Fresh    models.Instant // when they proved themselves last; 0: not known
}

// MayDecide says why the actor cannot approve or reject a request; "": they can.
func (e *Engine) MayDecide(ctx context.Context, actor models.Actor, op models.Operation) (string, error) {
	concerned, err := selectIncludedOf(ctx, e.Store.Read(actor.Tenant), op.ID, []int64{actor.UserID})
	return mayDecide(&op, actor, len(concerned) > 0, e.Store.Now()), err
}

func mayDecide(op *models.Operation, actor models.Actor, concerned bool, now models.Instant) string {
	switch {
	case op.State == models.OperationExpired || op.State == models.OperationWaiting && op.ExpiresAt <= now:
		return "Nobody decided within 24 hours, so the request is over. It can be planned and asked for again."
	case op.State != models.OperationWaiting:
		return op.Code() + " waits for no approval: it is " + lower(op.State.Word()) + "." + decidedBy(op)
	case op.RequestedByID == actor.UserID || op.CreatedByID == actor.UserID:
		return "You asked for this yourself. Somebody else has to approve it."
	case concerned:
		return "You are one of the people this concerns. Somebody else has to decide."
	case !actor.Can.Has(models.OperationsApprove):
		return "Deciding needs the permission " + models.OperationsApprove.Key() + ", and you do not hold it."
	}
	return ""
}

// decidedBy says who was faster.
func decidedBy(op *models.Operation) string {
	if op.ApprovedBy == "" {
		return ""
	}
	return " " + op.ApprovedBy + " approved it."
}

// decide runs a verdict over a request that waits, with the operation locked.
func (e *Engine) decide(ctx context.Context, actor models.Actor, d Decision, do func(context.Context, *store.Tx, *models.Operation) error) (models.Operation, error) {
	var op models.Operation
	err := e.Store.Change(ctx, actor, func(ctx context.Context, tx *store.Tx) (err error) {
		if op, err = lockByPublicID(ctx, tx, d.ID); err != nil {
			return err
		}
		concerned, err := selectIncludedOf(ctx, tx.Reader, op.ID, []int64{actor.UserID})
		if err != nil {
			return err
		}
		if why := mayDecide(&op, actor, len(concerned) > 0, tx.Now); why != "" {
			if !actor.Can.Has(models.OperationsApprove) {
				return errs.Denied(models.OperationsApprove.Key(), "%s Nothing was decided.", why)
			}
			return errs.New(errs.Conflict, "%s Nothing was decided.", why)
		}
		op.Version++
		if err := do(ctx, tx, &op); err != nil {
			return err
		}
		tx.AfterCommit(e.Wake)
		return updateOperation(ctx, tx, &op, "version")
	})
	return op, err
}

// Approve lets a request run, by itself and at once unless it is scheduled. It is
// refused when the list is not the one that was in front of the approver.
func (e *Engine) Approve(ctx context.Context, actor models.Actor, d Decision) (models.Operation, error) {
	var l *lease
	op, err := e.decide(ctx, actor, d, func(ctx context.Context, tx *store.Tx, op *models.Operation) error {
		effects, err := EffectsOf(*op)
		if err != nil {
			return err
		}
		reason, problem := checkReason(d.Reason, effects.Privileged > 0)
		if problem != "" {
			return errs.Input(errs.Field{Name: "reason", Message: problem})
		}
		hash, err := listHash(ctx, tx.Reader, op.ID)
		if err != nil {
			return err
		}
		if hash != op.ListHash || d.ListHash != op.ListHash {
			return errs.New(errs.Conflict, "The list is not the one you looked at: it is list %s now. Nothing was decided. Look at it again.", models.ShortHash(hash))
		}
		op.ApprovedByID, op.ApprovedBy, op.ApprovedAt = tx.Actor.UserID, tx.Actor.Name, tx.Now
		begin(op, tx.Now)
		if err := updateOperation(ctx, tx, op, append([]string{"approved_by_id", "approved_by", "approved_at"}, turned...)...); err != nil {
			return err
		}
		if err := decided(ctx, tx, op, models.VerdictApproved, reason, d.Fresh); err != nil {
			return err
		}
		if l, err = e.ownCut(ctx, tx, op); err != nil {
			return err
		}
		return tx.Record(ctx, store.Event{
			Action: models.OperationApprove, Target: ref(op), Reason: reason,
			After: map[string]any{"people": op.Included, "list": models.ShortHash(op.ListHash), "state": op.State.Word()},
		})
	})
	if err != nil {
		return op, err
	}
	return e.cutAtOnce(ctx, l, op)
}

// Reject ends a request. It does not ask for a list hash: nothing happens by it.
func (e *Engine) Reject(ctx context.Context, actor models.Actor, d Decision) (models.Operation, error) {
	return e.decide(ctx, actor, d, func(ctx context.Context, tx *store.Tx, op *models.Operation) error {
		reason, problem := checkReason(d.Reason, true)
		if problem != "" {
			return errs.Input(errs.Field{Name: "reason", Message: problem})
		}
		turn(op, models.OperationRejected, models.PhaseNone, 0)
		op.Sentence = tx.Actor.Name + " rejected it: " + reason
		return over(ctx, tx, op, ending{models.OperationReject, models.VerdictRejected, reason, d.Fresh})
	})
}

// Question asks whoever requested an operation something, and leaves it waiting.
func (e *Engine) Question(ctx context.Context, actor models.Actor, d Decision) (models.Operation, error) {
	return e.decide(ctx, actor, d, func(ctx context.Context, tx *store.Tx, op *models.Operation) error {
		return say(ctx, tx, op, ending{models.OperationAsk, models.VerdictAsked, d.Reason, d.Fresh})
	})
}

// Answer answers a question about one's own request.
func (e *Engine) Answer(ctx context.Context, actor models.Actor, d Decision) (models.Operation, error) {
	var op models.Operation
	err := e.Store.Change(ctx, actor, func(ctx context.Context, tx *store.Tx) (err error) {
		if op, err = lockByPublicID(ctx, tx, d.ID); err != nil {
			return err
		}
		switch {
		case op.State != models.OperationWaiting:
			return errs.New(errs.Conflict, "%s waits for no answer: it is %s.", op.Code(), lower(op.State.Word()))
		case op.RequestedByID != actor.UserID:
			return errs.New(errs.Conflict, "%s asked for this. Only they can answer.", op.RequestedBy)
		}
		return say(ctx, tx, &op, ending{models.OperationAnswer, models.VerdictAnswered, d.Reason, d.Fresh})
	})
	return op, err
}

// say writes down a question or an answer.
func say(ctx context.Context, tx *store.Tx, op *models.Operation, s ending) error {
	text, problem := checkReason(s.reason, true)
	if problem != "" {
		return errs.Input(errs.Field{Name: "reason", Message: "Write at least 10 characters. The other side reads them, and the audit log keeps them."})
	}
	if err := decided(ctx, tx, op, s.verdict, text, s.fresh); err != nil {
		return err
	}
	return tx.Record(ctx, store.Event{Action: s.action, Target: ref(op), Reason: text})
}

// ending is how something is said about an operation, or how one ends before it began.
type ending struct {
	action  models.Action
	verdict models.Verdict
	reason  string
	fresh   models.Instant
}

// over writes that an operation ended before it began.
func over(ctx context.Context, tx *store.Tx, op *models.Operation, how ending) error {
	if err := updateOperation(ctx, tx, op, append([]string{"sentence"}, turned...)...); err != nil {
		return err
	}
	if how.verdict != "" {
		if err := decided(ctx, tx, op, how.verdict, how.reason, how.fresh); err != nil {
			return err
		}
	}
	return tx.Record(ctx, store.Event{Action: how.action, Target: ref(op), Reason: how.reason})
}

// MayCancel says why the actor cannot cancel an operation; "": they can.
func MayCancel(op models.Operation, actor models.Actor) string {
	switch op.State {
	case models.OperationPlanning, models.OperationDraft, models.OperationWaiting, models.OperationScheduled:
	default:
		return op.Code() + " cannot be cancelled any more: it is " + lower(op.State.Word()) + "."
	}
	if op.CreatedByID != actor.UserID && op.RequestedByID != actor.UserID && !actor.Can.Has(models.TenantAdminister) {
		return op.CreatedBy + " planned this. Only they or an admin can cancel it."
	}
	return ""
}

// Cancel ends an operation that has not begun.
func (e *Engine) Cancel(ctx context.Context, actor models.Actor, id, reason string) (models.Operation, error) {
	var op models.Operation
	err := e.Store.Change(ctx, actor, func(ctx context.Context, tx *store.Tx) (err error) {
		if op, err = lockByPublicID(ctx, tx, id); err != nil {
			return err
		}
		if op.State == models.OperationCancelled {
			return errDone
		}
		if why := MayCancel(op, actor); why != "" {
			return errs.New(errs.Conflict, "%s Nothing was cancelled.", why)
		}
		text, problem := checkReason(reason, false)
		if problem != "" {
			return errs.Input(errs.Field{Name: "reason", Message: problem})
		}
		turn(&op, models.OperationCancelled, models.PhaseNone, 0)
		op.Sentence = tx.Actor.Name + " cancelled it before anybody was deactivated."
		return over(ctx, tx, &op, ending{models.OperationCancel, models.VerdictCancelled, text, 0})
	})
	if isDone(err) {
		err = nil
	}
	return op, err
}

// expire ends a request that nobody decided in time.
func (e *Engine) expire(ctx context.Context, l *lease) error {
	return e.Store.Change(ctx, models.SystemActor(l.tenant, "Rollcall"), func(ctx context.Context, tx *store.Tx) error {
		op, err := e.held(ctx, tx, l, models.PhaseNone)
		if err != nil {
			return err
		}
		if op.State != models.OperationWaiting || op.ExpiresAt > tx.Now {
			return errLost
		}
		turn(&op, models.OperationExpired, models.PhaseNone, 0)
		op.Sentence = "Nobody decided within 24 hours. Nobody was deactivated."
		return over(ctx, tx, &op, ending{action: models.OperationExpire})
	})
}

// remindBefore is how long before its end a request counts as urgent.
const remindBefore = 4 * time.Hour

// Urgent reports whether a request answers a risk, or is about to expire.
func Urgent(op models.Operation, now models.Instant) bool {
	return op.State == models.OperationWaiting && (op.Risk() || op.ExpiresAt <= now.Add(remindBefore))
}
