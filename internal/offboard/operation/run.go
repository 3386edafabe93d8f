package operation

import (
	"context"
	"time"

	"github.com/rollcall/rollcall/internal/jobs"
	"github.com/rollcall/rollcall/internal/offboard"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// stretch is how long one lease works on chunk after chunk before other
// operations get their turn.
const stretch = 2 * time.Second

// chunks does one chunk after another while there are more and it is still our turn.
func chunks(one func() (more bool, err error)) error {
	for begin := time.Now(); ; {
		more, err := one()
		if err != nil || !more || time.Since(begin) > stretch {
			return err
		}
	}
}

// program is Rollcall acting by itself.
func program(tenant int64) models.Actor { return models.SystemActor(tenant, "Rollcall") }

// requester is whoever asked for an operation: what it does, it does for them.
func requester(op *models.Operation) models.Actor {
	return onBehalf(op.TenantID, op.RequestedByID, op.RequestedBy)
}

func onBehalf(tenant, user int64, name string) models.Actor {
	if user == 0 || name == "" {
		return program(tenant)
	}
	return models.Actor{Tenant: tenant, Kind: models.ActorUser, UserID: user, Name: name, Via: models.ViaSystem}
}

// group holds the steps of an operation.
func group(op *models.Operation) jobs.Group {
	return jobs.Group{Kind: offboard.OperationGroup, ID: op.ID}
}

// change runs a chunk that is recorded, under the lease, for an actor.
func (e *Engine) change(ctx context.Context, l *lease, p models.OperationPhase, as models.Actor, fn func(context.Context, *store.Tx, *models.Operation) error) error {
	return e.Store.Change(ctx, as, func(ctx context.Context, tx *store.Tx) error {
		op, err := e.held(ctx, tx, l, p)
		if err != nil {
			return err
		}
		return fn(ctx, tx, &op)
	})
}

// follow moves people and steps of an operation on as steps ended, under the
// lease. What happened is in the log by the steps themselves.
func (e *Engine) follow(ctx context.Context, l *lease, p models.OperationPhase, fn func(context.Context, *store.Tx, *models.Operation) error) error {
	return e.Store.Maintain(ctx, l.tenant, store.OperationFollow, func(ctx context.Context, tx *store.Tx) error {
		tx.Actor = program(l.tenant)
		op, err := e.held(ctx, tx, l, p)
		if err != nil {
			return err
		}
		return fn(ctx, tx, &op)
	})
}

// ids gives the people of targets.
func ids(targets []models.OperationTarget) []int64 {
	out := make([]int64, len(targets))
	for i := range targets {
		out[i] = targets[i].UserID
	}
	return out
}
