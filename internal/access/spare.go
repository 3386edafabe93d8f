package access

import (
	"context"

	"github.com/rollcall/rollcall/internal/store"
)

// Spare says who of many people that are about to lose the console has to keep
// it, so that somebody can administer the tenant for good; 0: nobody has to.
// It is GuardLastAdmin for those who go on with the others, and holds the
// tenant's row likewise: call it before other writes of the transaction.
func (e *Engine) Spare(ctx context.Context, tx *store.Tx, losing ...int64) (int64, error) {
	if err := tx.LockTenant(ctx); err != nil {
		return 0, err
	}
	after, err := adminsLeft(ctx, tx, without{users: losing})
	if err != nil || after.lasting {
		return 0, err
	}
	before, err := adminsLeft(ctx, tx, without{})
	if err != nil || !after.worse(before) {
		return 0, err
	}
	ids, err := selectAdmins(ctx, tx, adminQuery{only: without{users: losing}, lasting: before.lasting, limit: 1})
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	return ids[0], nil
}
