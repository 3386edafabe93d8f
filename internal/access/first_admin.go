package access

import (
	"context"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// AssignFirstAdmin gives the Admin role to the person who set the tenant up. It
// works once per tenant, and not at all where somebody is admin already: the
// door that opens an empty installation must not open a living one.
func (e *Engine) AssignFirstAdmin(ctx context.Context, tx *store.Tx, userID int64) error {
	if err := tx.LockTenant(ctx); err != nil {
		return err
	}
	used, err := selectFirstAdminAt(ctx, tx.Reader)
	if err != nil {
		return err
	}
	if used != 0 {
		return errs.New(errs.Conflict, "The first admin was named on %s. This works once. Ask an admin for a role.", day(used))
	}
	there, err := adminsLeft(ctx, tx, without{})
	if err != nil {
		return err
	}
	if there.any {
		return errs.New(errs.Conflict, "This installation has an admin already. Ask them for a role.")
	}
	role, err := lockRole(ctx, tx, models.RoleAdmin)
	if err != nil {
		return err
	}
	user, err := lockUser(ctx, tx, userID, "")
	if err != nil {
		return err
	}
	if err := updateFirstAdminAt(ctx, tx); err != nil {
		return err
	}
	row := models.Assignment{
		UserID: user.ID, RoleID: role.ID, Source: models.SourceBootstrap, Reason: "First admin of this installation",
		FromAt: tx.Now, UntilAt: models.Forever, GrantedBy: tx.Actor.Name, CreatedAt: tx.Now,
	}
	if err := insertRow(ctx, tx, &row); err != nil {
		return err
	}
	if err := raiseEpoch(ctx, tx, user.ID); err != nil {
		return err
	}
	return tx.Record(ctx, store.Event{
		Action: models.FirstAdminClaim, Target: userTarget(userRef(user)), Object: roleTarget(role),
		Reason: row.Reason, After: span(row),
	})
}

// FirstAdminOpen reports whether the first admin was not named yet. Only
// AssignFirstAdmin decides.
func (e *Engine) FirstAdminOpen(ctx context.Context, tenant int64) (bool, error) {
	used, err := selectFirstAdminAt(ctx, e.db.Read(tenant))
	return used == 0 && err == nil, err
}
