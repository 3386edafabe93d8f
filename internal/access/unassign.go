package access

import (
	"context"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// Unassign takes one assignment away and says what the person keeps. Giving a
// role of one's own back is allowed.
func (e *Engine) Unassign(ctx context.Context, actor models.Actor, assignmentID int64, reason string) (Remains, error) {
	var out Remains
	err := e.change(ctx, actor, func(ctx context.Context, tx *store.Tx) error {
		view, err := e.holdAssignment(ctx, tx, assignmentID, reason)
		if err != nil {
			return err
		}
		var f form
		reason := f.reason(reason)
		if err := f.err(); err != nil {
			return err
		}
		if err := guard(ctx, tx, without{assignments: []int64{view.ID}}); err != nil {
			return err
		}
		if out, err = remains(ctx, tx.Reader, view, tx.Now); err != nil {
			return err
		}
		return take(ctx, tx, view, reason)
	})
	return out, err
}

// holdAssignment takes the tenant's row, reads an assignment and checks that
// the actor may change it.
func (e *Engine) holdAssignment(ctx context.Context, tx *store.Tx, id int64, reason string) (AssignmentView, error) {
	if err := tx.LockTenant(ctx); err != nil {
		return AssignmentView{}, err
	}
	view, err := selectView(ctx, tx.Reader, id, tx.Now)
	if err != nil {
		return view, err
	}
	role, err := selectRoleByID(ctx, tx.Reader, view.RoleID)
	if err != nil {
		return view, err
	}
	facts, err := factsOf(ctx, tx.Reader, role)
	if err != nil {
		return view, err
	}
	if refusal := facts.refuse(tx.Actor.Can); refusal != nil {
		return view, deny(refusal, userTarget(view.User), refTarget(view.Role), reason)
	}
	if view.Source == models.SourceClaim {
		c := parseClaim(view.SourceRef)
		return view, errs.New(errs.Conflict, "%s gives %s this role because of %s %s. Take that away there: the role would come back at the next sign-in.",
			c.Provider, view.User.Name, c.Claim, c.Value)
	}
	return view, nil
}

// take removes an assignment with its event.
func take(ctx context.Context, tx *store.Tx, view AssignmentView, reason string) error {
	gone, err := deleteAssignment(ctx, tx, view.ID)
	if err != nil {
		return err
	}
	if !gone {
		return errs.New(errs.NotFound, "This role is no longer assigned. Somebody removed it, or its time ran out.")
	}
	if err := raiseEpoch(ctx, tx, view.UserID); err != nil {
		return err
	}
	return tx.Record(ctx, store.Event{
		Action: models.RoleUnassign, Target: userTarget(view.User), Object: refTarget(view.Role),
		Reason: reason, Before: span(view.Assignment),
	})
}

// ChangeUntil moves the end of an assignment. A longer time is a new decision:
// what the role allows is counted from now, and nobody prolongs their own.
func (e *Engine) ChangeUntil(ctx context.Context, actor models.Actor, in UntilInput) (AssignmentView, error) {
	var view AssignmentView
	err := e.change(ctx, actor, func(ctx context.Context, tx *store.Tx) (err error) {
		if view, err = e.holdAssignment(ctx, tx, in.AssignmentID, in.Reason); err != nil {
			return err
		}
		until, reason, err := checkUntil(ctx, tx, view, in)
		if err != nil {
			return err
		}
		before, err := adminsLeft(ctx, tx, without{})
		if err != nil {
			return err
		}
		was := moment(view.UntilAt)
		view.UntilAt = until
		if err := updateUntil(ctx, tx, view.ID, until); err != nil {
			return err
		}
		if err := guardUntil(ctx, tx, before, view.User); err != nil {
			return err
		}
		if err := raiseEpoch(ctx, tx, view.UserID); err != nil {
			return err
		}
		return tx.Record(ctx, store.Event{
			Action: models.RoleUntil, Target: userTarget(view.User), Object: refTarget(view.Role), Reason: reason,
			Before: map[string]any{"until": was}, After: map[string]any{"until": moment(until)},
		})
	})
	return view, unlessUnchanged(err)
}

// checkUntil checks the form and who may prolong what.
func checkUntil(ctx context.Context, tx *store.Tx, view AssignmentView, in UntilInput) (models.Instant, string, error) {
	role, err := selectRoleByID(ctx, tx.Reader, view.RoleID)
	if err != nil {
		return 0, "", err
	}
	var f form
	reason := f.reason(in.Reason)
	until := f.until(in.Until, max(view.FromAt, tx.Now), role, tx.Now)
	if err := f.err(); err != nil {
		return 0, "", err
	}
	switch {
	case view.State == Expired:
		return 0, "", errs.New(errs.Conflict, "The time of this role ran out on %s. Assign it anew.", day(view.UntilAt))
	case until == view.UntilAt:
		return 0, "", errUnchanged
	case until > view.UntilAt && isSelf(tx.Actor, view.UserID):
		refusal := errs.Denied("", "You cannot prolong a role of your own. Somebody else who may assign roles has to do it.")
		return 0, "", deny(refusal, userTarget(view.User), refTarget(view.Role), reason)
	}
	return until, reason, nil
}

// guardUntil refuses an end date for the last admin without one.
func guardUntil(ctx context.Context, tx *store.Tx, before left, user UserRef) error {
	after, err := adminsLeft(ctx, tx, without{})
	if err != nil || !after.worse(before) {
		return err
	}
	tenant, err := selectTenantName(ctx, tx.Reader)
	if err != nil {
		return err
	}
	return errs.New(errs.Conflict, "%s is the last person who can administer %s without an end date. Give the Admin role to somebody else first.", user.Name, tenant)
}
