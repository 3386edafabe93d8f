package access

import (
	"context"
	"slices"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
)

// GuardLastAdmin refuses a change by which the given users lose the console
// altogether (suspended, deactivated, merged away) when nobody who can
// administer the tenant for good would remain. It holds the tenant's row until
// the transaction ends, so that two such changes cannot pass each other; call it
// before other writes of the transaction (WEB-17).
func (e *Engine) GuardLastAdmin(ctx context.Context, tx *store.Tx, losing ...int64) error {
	if err := tx.LockTenant(ctx); err != nil {
		return err
	}
	return guard(ctx, tx, without{users: losing})
}

// GuardWayIn makes a change by which a way to sign in may close, and refuses it
// when it took the last admin's. It holds the tenant's row meanwhile (WEB-17).
func (e *Engine) GuardWayIn(ctx context.Context, tx *store.Tx, change func() error) error {
	if err := tx.LockTenant(ctx); err != nil {
		return err
	}
	before, err := adminsLeft(ctx, tx, without{})
	if err != nil {
		return err
	}
	if err := change(); err != nil {
		return err
	}
	after, err := adminsLeft(ctx, tx, without{})
	if err != nil || !after.worse(before) {
		return err
	}
	tenant, err := selectTenantName(ctx, tx.Reader)
	if err != nil {
		return err
	}
	return errs.New(errs.Conflict, "Nobody who can administer %s could sign in any more. Nothing was changed. Let another admin sign in through another provider first.", tenant)
}

// maxAdmins bounds how many admins are looked at together.
const maxAdmins = 10_000

// AdminsToKeep gives, by id, the people of whom one must stay for the tenant to
// be administered: those who can for good, or, when there are none, those who can
// now. It holds the tenant's row until the transaction ends.
func (e *Engine) AdminsToKeep(ctx context.Context, tx *store.Tx) ([]int64, error) {
	if err := tx.LockTenant(ctx); err != nil {
		return nil, err
	}
	ids, err := selectAdmins(ctx, tx, adminQuery{lasting: true, limit: maxAdmins})
	if err == nil && len(ids) == 0 {
		ids, err = selectAdmins(ctx, tx, adminQuery{limit: maxAdmins})
	}
	slices.Sort(ids)
	return ids, err
}

// guard refuses to go on without what is to go. The tenant's row must be held.
func guard(ctx context.Context, tx *store.Tx, lost without) error {
	after, err := adminsLeft(ctx, tx, lost)
	if err != nil || after.lasting {
		return err
	}
	before, err := adminsLeft(ctx, tx, without{})
	if err != nil || !after.worse(before) {
		return err
	}
	tenant, err := selectTenantName(ctx, tx.Reader)
	if err != nil {
		return err
	}
	names, err := selectAdminNames(ctx, tx, lost)
	if err != nil {
		return err
	}
	end := ""
	if after.any {
		end = " without an end date"
	}
	switch len(names) {
	case 1:
		return errs.New(errs.Conflict, "%s is the last person who can administer %s%s. Give the Admin role to somebody else first.", names[0], tenant, end)
	case 0:
		return errs.New(errs.Conflict, "Nobody could administer %s%s after this. Give the Admin role to somebody else first.", tenant, end)
	}
	return errs.New(errs.Conflict, "These are the last people who can administer %s%s. Give the Admin role to somebody else first.", tenant, end)
}

// without says what to leave out when admins are counted.
type without struct {
	users       []int64
	assignments []int64
}

// left says who can administer the tenant: anybody now, and anybody without an end.
type left struct{ lasting, any bool }

// worse reports whether something that was there before is gone.
func (l left) worse(before left) bool {
	return before.lasting && !l.lasting || before.any && !l.any
}

// adminsLeft looks for one person who can administer the tenant.
func adminsLeft(ctx context.Context, tx *store.Tx, lost without) (left, error) {
	lasting, err := selectAdmins(ctx, tx, adminQuery{lost: lost, lasting: true, limit: 1})
	if err != nil || len(lasting) > 0 {
		return left{lasting: true, any: true}, err
	}
	some, err := selectAdmins(ctx, tx, adminQuery{lost: lost, limit: 1})
	return left{any: len(some) > 0}, err
}

// guardEdit refuses a change of roles after it was written, when it took the
// last admin away. The tenant's row must be held since before was counted.
func guardEdit(ctx context.Context, tx *store.Tx, before left) error {
	after, err := adminsLeft(ctx, tx, without{})
	if err != nil || !after.worse(before) {
		return err
	}
	tenant, err := selectTenantName(ctx, tx.Reader)
	if err != nil {
		return err
	}
	return errs.New(errs.Conflict, "Nobody could administer %s after this change. Nothing was saved. Give the Admin role to somebody else first.", tenant)
}
