package offboard

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// The bounds of a reason.
const (
	reasonMin = 10
	reasonMax = 1000
)

// change is what the verbs on the status differ in.
type change struct {
	action  models.Action
	act     models.Act // at connected systems; "": none
	to      directory.StatusChange
	need    models.Permission
	cutsOff bool // the person may not be in afterwards: their sessions end
	dated   bool // ... or from a day on
}

func (e *Engine) run(ctx context.Context, actor models.Actor, publicID, reason string, ch change) (Done, error) {
	reason, err := may(actor, ch.need, reason)
	if err != nil {
		return Done{}, err
	}
	ch.to.Reason, ch.to.By = reason, actor.Name
	var done Done
	err = e.Store.Change(ctx, actor, func(ctx context.Context, tx *store.Tx) error {
		done = Done{}
		var err error
		done, err = e.apply(ctx, tx, publicID, ch)
		return err
	})
	return done, err
}

// may refuses an actor without the permission, and an act without a reason.
func may(actor models.Actor, need models.Permission, reason string) (string, error) {
	if !actor.Can.Has(need) {
		return "", errs.Denied(need.Key(), "This needs the permission %s, and you do not hold it.", need.Key())
	}
	reason = strings.TrimSpace(reason)
	switch n := utf8.RuneCountInString(reason); {
	case n < reasonMin:
		return "", errs.Input(errs.Field{Name: "reason", Message: "Write a reason of at least 10 characters. The audit log keeps it."})
	case n > reasonMax:
		return "", errs.Input(errs.Field{Name: "reason", Message: "The reason is longer than 1,000 characters."})
	}
	return reason, nil
}

// apply runs inside the transaction. The last-admin guard comes first: it takes
// the tenant's row, so that all such changes take their locks in one order.
func (e *Engine) apply(ctx context.Context, tx *store.Tx, publicID string, ch change) (Done, error) {
	if ch.cutsOff || ch.dated {
		if err := tx.LockTenant(ctx); err != nil {
			return Done{}, err
		}
	}
	user, err := e.People.Lock(ctx, tx, publicID)
	if err != nil {
		return Done{}, err
	}
	if err := e.protect(ctx, tx, user, ch); err != nil {
		return Done{}, err
	}
	before, after, err := e.People.SetStatus(ctx, tx, user.ID, ch.to)
	if err != nil {
		return Done{}, err
	}
	done := Done{User: after}
	if ch.cutsOff {
		if done.SessionsEnded, err = e.Sessions.EndAll(ctx, tx, user.ID); err != nil {
			return Done{}, err
		}
	}
	if ch.act != "" {
		if err := e.reach(ctx, tx, &done, request{act: ch.act, reason: ch.to.Reason}); err != nil {
			return Done{}, err
		}
	}
	return done, tx.Record(ctx, StatusEvent(ch.action, before, after, ch.to.Reason, done.SessionsEnded))
}

// protect refuses to cut off the actor and the last admin.
func (e *Engine) protect(ctx context.Context, tx *store.Tx, user models.User, ch change) error {
	if !ch.cutsOff && !ch.dated {
		return nil
	}
	if ch.cutsOff && user.ID == tx.Actor.UserID {
		return errs.New(errs.Conflict, "You cannot do this to yourself: you would lose the way back. Another admin can.")
	}
	return e.Access.GuardLastAdmin(ctx, tx, user.ID)
}

// StatusEvent is how the log keeps that somebody's status changed, and how many
// sessions in the console ended with it.
func StatusEvent(action models.Action, before, after models.User, reason string, ended int) store.Event {
	old := map[string]any{"status": before.Status.Word()}
	now := map[string]any{"status": after.Status.Word()}
	if before.LeavingAt != after.LeavingAt {
		old["leaving_at"], now["leaving_at"] = day(before.LeavingAt), day(after.LeavingAt)
	}
	if ended > 0 {
		old["sessions"], now["sessions"] = ended, 0
	}
	return store.Event{
		Action: action, Target: store.Ref{Kind: models.KindUser, ID: after.ID, Name: after.DisplayName},
		Reason: reason, Before: old, After: now,
	}
}

func day(i models.Instant) string {
	if i == 0 {
		return ""
	}
	return i.Time().Format("2006-01-02")
}
