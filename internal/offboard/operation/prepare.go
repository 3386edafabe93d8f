package operation

import (
	"context"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// Prepare keeps what a draft is to be asked for with (reason, ticket, time, undo
// window), so that the last page before it can show all of it. It asks for
// nothing and changes nobody, so it has no event: the request has.
func (e *Engine) Prepare(ctx context.Context, actor models.Actor, in Request) (models.Operation, error) {
	if err := permit(actor, "deactivate people"); err != nil {
		return models.Operation{}, err
	}
	var op models.Operation
	err := e.Store.Maintain(ctx, actor.Tenant, store.OperationDraft, func(ctx context.Context, tx *store.Tx) (err error) {
		if op, err = lockByPublicID(ctx, tx, in.ID); err != nil {
			return err
		}
		if why := mayPrepare(op, actor, tx.Now); why != "" {
			return errs.New(errs.Conflict, "%s Nothing was saved.", why)
		}
		if err := in.check(Friction{}, tx.Now); err != nil {
			return err
		}
		op.Reason, op.Ticket, op.ScheduledAt, op.UndoDays, op.Version = in.Reason, in.Ticket, in.At, in.UndoDays, op.Version+1
		e.answers(&op, in)
		return updateOperation(ctx, tx, &op, "reason", "ticket", "scheduled_at", "risk_known_at", "risk_out_by", "undo_days", "version")
	})
	return op, err
}
