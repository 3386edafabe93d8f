package operation

import (
	"context"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// ownerEvents says of each connector who owns it now: nothing goes on without an
// owner because somebody left (PS-4 e, REV-11).
func ownerEvents(rows []owned, op *models.Operation) []store.Event {
	events := make([]store.Event, len(rows))
	for i, r := range rows {
		events[i] = store.Event{
			Action: models.ConnectorEdit, Target: store.Ref{Kind: models.KindConnector, ID: r.ID, Name: r.Name}, Detail: op.Code(),
			Before: map[string]any{"owner": r.Owner}, After: map[string]any{"owner": r.NextName},
		}
	}
	return events
}

// cancelPending ends what people who go had planned or asked for and nobody has
// approved: it would otherwise be approved in the name of somebody who left. An
// undo does not bring it back.
func (c *cutting) cancelPending(ctx context.Context, users []int64) error {
	pending, err := lockPending(ctx, c.tx, c.op.ID, users)
	if err != nil {
		return err
	}
	for i := range pending {
		op := &pending[i]
		turn(op, models.OperationCancelled, models.PhaseNone, 0)
		op.Sentence = "Whoever planned it was deactivated by " + c.op.Code() + ". Nobody was deactivated by this one."
		if err := over(ctx, c.tx, op, ending{models.OperationCancel, models.VerdictCancelled, c.op.Reason, 0}); err != nil {
			return err
		}
	}
	return nil
}
