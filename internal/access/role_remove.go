package access

import (
	"context"
	"fmt"
	"strings"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// RemoveRole removes a role that nobody holds and no other role contains.
func (e *Engine) RemoveRole(ctx context.Context, actor models.Actor, key, reason string) error {
	return e.change(ctx, actor, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.LockTenant(ctx); err != nil {
			return err
		}
		role, err := lockOwnRole(ctx, tx, key)
		if err != nil {
			return err
		}
		var f form
		reason := f.reason(reason)
		if err := f.err(); err != nil {
			return err
		}
		permissions, err := selectOwnPermissions(ctx, tx.Reader, role.ID)
		if err != nil {
			return err
		}
		children, err := selectNear(ctx, tx.Reader, role.ID, true)
		if err != nil {
			return err
		}
		c := contents{permissionsRemoved: permissions, childrenRemoved: children}
		if err := mayCompose(ctx, askedIn(tx), c, role.Privileged); err != nil {
			return denyEdit(err, role, reason)
		}
		if err := clearRole(ctx, tx, role); err != nil {
			return err
		}
		if err := deleteRole(ctx, tx, role.ID); err != nil {
			return err
		}
		if err := raiseVersion(ctx, tx); err != nil {
			return err
		}
		before, _ := describe(role, models.Role{}, c)
		return tx.Record(ctx, store.Event{Action: models.RoleRemove, Target: roleTarget(role), Reason: reason, Before: before})
	})
}

// clearRole refuses while the role is in use, and sweeps what ended.
func clearRole(ctx context.Context, tx *store.Tx, role models.Role) error {
	held, err := countAssignments(ctx, tx.Reader, role.ID, tx.Now)
	if err != nil {
		return err
	}
	if held > 0 {
		verb := "hold"
		if held == 1 {
			verb = "holds"
		}
		return errs.New(errs.Conflict, "%s %s %s. Nothing was removed. Take the role from them first.", people(held), verb, role.Name)
	}
	parents, err := selectNear(ctx, tx.Reader, role.ID, false)
	if err != nil {
		return err
	}
	if n := len(parents); n > 0 {
		names := strings.Join(namesOf(parents[:min(n, 3)]), ", ")
		if n > 3 {
			names += fmt.Sprintf(" and %d more", n-3)
		}
		noun := "roles contain"
		if n == 1 {
			noun = "role contains"
		}
		return errs.New(errs.Conflict, "%d %s %s: %s. Nothing was removed. Take it out of them first.", n, noun, role.Name, names)
	}
	for {
		ended, err := selectEnded(ctx, tx.Reader, role.ID, tx.Now)
		if err != nil || len(ended) == 0 {
			return err
		}
		if _, err := sweep(ctx, tx, ended); err != nil {
			return err
		}
	}
}
