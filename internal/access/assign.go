package access

import (
	"context"
	"time"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// Assign gives a role to a person.
func (e *Engine) Assign(ctx context.Context, actor models.Actor, in AssignInput) (AssignmentView, error) {
	var view AssignmentView
	err := e.change(ctx, actor, func(ctx context.Context, tx *store.Tx) error {
		role, err := lockRole(ctx, tx, in.RoleKey)
		if errs.Is(err, errs.NotFound) {
			return errs.Input(errs.Field{Name: "role", Message: "Choose a role from the list."})
		}
		if err != nil {
			return err
		}
		user, err := lockUser(ctx, tx, in.UserID, in.UserPublicID)
		if err != nil {
			return err
		}
		if err := mayGive(ctx, tx, role, userRef(user), in.Reason); err != nil {
			return err
		}
		row, err := newAssignment(tx, role, user, in)
		if err != nil {
			return err
		}
		if err := clearWay(ctx, tx, role, user); err != nil {
			return err
		}
		view = AssignmentView{User: userRef(user), UserStatus: user.Status, Role: roleRef(role)}
		return view.give(ctx, tx, row)
	})
	return view, err
}

// give writes the assignment with its event.
func (v *AssignmentView) give(ctx context.Context, tx *store.Tx, row models.Assignment) error {
	if err := insertRow(ctx, tx, &row); err != nil {
		return err
	}
	if err := raiseEpoch(ctx, tx, row.UserID); err != nil {
		return err
	}
	v.Assignment, v.State = row, StateAt(row, tx.Now)
	return tx.Record(ctx, store.Event{
		Action: models.RoleAssign, Target: userTarget(v.User), Object: refTarget(v.Role),
		Reason: row.Reason, After: span(row),
	})
}

// mayGive checks that the actor may give the role, and not to themselves.
func mayGive(ctx context.Context, tx *store.Tx, role models.Role, user UserRef, reason string) error {
	facts, err := factsOf(ctx, tx.Reader, role)
	if err != nil {
		return err
	}
	refusal := facts.refuse(tx.Actor.Can)
	if refusal == nil && isSelf(tx.Actor, user.ID) {
		refusal = errs.Denied("", "You cannot give yourself a role. Somebody else who may assign roles has to do it.")
	}
	if refusal == nil {
		return nil
	}
	return deny(refusal, userTarget(user), roleTarget(role), reason)
}

func isSelf(actor models.Actor, user int64) bool {
	return actor.Kind == models.ActorUser && actor.UserID == user
}

// newAssignment checks the form and makes the row.
func newAssignment(tx *store.Tx, role models.Role, user models.User, in AssignInput) (models.Assignment, error) {
	var f form
	row := models.Assignment{
		UserID: user.ID, RoleID: role.ID, Source: models.SourceDirect, Reason: f.reason(in.Reason),
		FromAt: f.from(in.From, tx.Now), GrantedByID: tx.Actor.UserID, GrantedBy: tx.Actor.Name, CreatedAt: tx.Now,
	}
	row.UntilAt = f.until(in.Until, max(row.FromAt, tx.Now), role, tx.Now)
	if err := f.err(); err != nil {
		return row, err
	}
	if user.Status == models.Deactivated || user.Status == models.Removed {
		return row, errs.New(errs.Conflict, "%s is %s and cannot be given a role. Nothing was saved.", user.DisplayName, lowerFirst(user.Status.Word()))
	}
	return row, nil
}

// from gives the start. A moment earlier today means now: forms send days.
func (f *form) from(from, now models.Instant) models.Instant {
	switch {
	case from == 0, from <= now && from > now.Add(-24*time.Hour):
		return now
	case from < now:
		f.refuse("from", "The start is in the past. Leave it empty to start now.")
	case from >= models.Forever:
		f.refuse("from", "The start is too far away.")
	}
	return from
}

// until gives the end, and holds it to what the role allows, counted from start.
func (f *form) until(until, start models.Instant, role models.Role, now models.Instant) models.Instant {
	if until == 0 || until > models.Forever {
		until = models.Forever
	}
	longest := start.Add(time.Duration(role.MaxDays) * 24 * time.Hour)
	switch {
	case until <= now:
		f.refuse("until", "The end is in the past. Choose a later day.")
	case until <= start:
		f.refuse("until", "The end is before the start. Choose a later day.")
	case role.MaxDays > 0 && until == models.Forever:
		f.refuse("until", "%s is given for at most %s. Set an end.", role.Name, days(role.MaxDays))
	case role.MaxDays > 0 && until > longest:
		f.refuse("until", "%s is given for at most %s, that is until %s.", role.Name, days(role.MaxDays), day(longest))
	}
	return until
}

// clearWay refuses a second assignment of the same role, and takes away one
// that ended but was not swept.
func clearWay(ctx context.Context, tx *store.Tx, role models.Role, user models.User) error {
	old, found, err := selectSame(ctx, tx.Reader, user.ID, role.ID)
	if err != nil || !found {
		return err
	}
	switch StateAt(old, tx.Now) {
	case Expired:
		return expire(ctx, tx, old, userRef(user), roleRef(role))
	case Future:
		return errs.New(errs.Conflict, "%s already gets %s from %s, given by %s. Nothing was saved. Remove that first, or change its end.",
			user.DisplayName, role.Name, day(old.FromAt), old.GrantedBy)
	}
	return errs.New(errs.Conflict, "%s already holds %s, given by %s on %s. Nothing was saved. Change its end instead.",
		user.DisplayName, role.Name, old.GrantedBy, day(old.CreatedAt))
}
