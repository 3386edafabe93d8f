package operation

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// errLost means that somebody else holds the lease, or that the operation has
// moved on, so nothing more may be written.
var errLost = errors.New("operation: the lease is held by another replica")

// lease is the right to work on one operation. It is in its row and counts only
// in the transaction that looks at it.
type lease struct {
	tenant, op int64
	token      string
}

// acquire takes a lease that is free or ran out, of an operation that is due;
// false when it is not, or when somebody holds it.
func (e *Engine) acquire(ctx context.Context, tenant, id int64) (*lease, bool, error) {
	l := &lease{tenant: tenant, op: id, token: uuid.NewString()}
	got := false
	err := e.Store.Maintain(ctx, tenant, store.OperationLease, func(ctx context.Context, tx *store.Tx) error {
		var err error
		got, err = takeLease(ctx, tx, l, tx.Now.Add(e.Lease))
		return err
	})
	return l, got && err == nil, err
}

// own takes the lease of an operation in the transaction that makes it due, so
// that the one who asked can work on it and nobody is faster. The columns leased
// must be written with it.
func (e *Engine) own(tx *store.Tx, op *models.Operation) *lease {
	l := &lease{tenant: tx.Tenant(), op: op.ID, token: uuid.NewString()}
	op.LeaseToken, op.LeaseUntil = l.token, tx.Now.Add(e.Lease)
	return l
}

// leased are the columns that own writes.
var leased = []string{"lease_token", "lease_until"}

// held locks the operation, makes sure that the lease still stands and that the
// operation is in the phase the work is for, and extends the lease. Every
// transaction of a chunk begins here, or after LockTenant where it takes that too.
func (e *Engine) held(ctx context.Context, tx *store.Tx, l *lease, phase models.OperationPhase) (models.Operation, error) {
	op, err := lockOperation(ctx, tx, l.op)
	if err != nil {
		return op, err
	}
	if op.LeaseToken != l.token || op.Phase != phase || op.DueAt == 0 {
		return op, errLost
	}
	op.LeaseUntil = tx.Now.Add(e.Lease)
	return op, updateOperation(ctx, tx, &op, "lease_until")
}

// release gives a lease back, also when the work was cut off: the next holder
// need not wait for it to run out. After a fault the operation rests a while.
func (e *Engine) release(ctx context.Context, l *lease, restUntil models.Instant) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	err := e.Store.Maintain(ctx, l.tenant, store.OperationLease, func(ctx context.Context, tx *store.Tx) error {
		return dropLease(ctx, tx, l, restUntil)
	})
	if err != nil {
		e.Log.WarnContext(ctx, "a lease was not given back; it runs out by itself", "operation", l.op, "error", err.Error())
	}
}
