package operation

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/offboard"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// setSettled writes what became of people. Somebody is out when their last step
// had ended; who has none was out with the cut.
func setSettled(ctx context.Context, tx *store.Tx, op *models.Operation, by map[fate][]int64) error {
	for f, users := range by {
		err := written(ctx, ofTargets(tx, op, users).Set("state = ?", f.state).Set("residual_until = ?", f.residual).
			Set(`out_at = COALESCE((SELECT MAX(ws.finished_at) FROM work_steps ws WHERE ws.tenant_id = ? AND ws.user_id = ot.user_id
				AND ws.group_kind = ? AND ws.group_id = ?), cut_at)`, tx.Tenant(), offboard.OperationGroup, op.ID))
		if err != nil {
			return err
		}
	}
	return nil
}

// setAgain says of people that their steps run again.
func setAgain(ctx context.Context, tx *store.Tx, op *models.Operation, users []int64) error {
	q := ofTargets(tx, op, users).Set("state = ?", models.TargetCut).Set("out_at = 0")
	return written(ctx, q.Where("state IN (?)", bun.List([]models.TargetState{models.TargetOut, models.TargetPartly, models.TargetCut})))
}

// selectBad lists connectors that did not do what they were asked when they were
// used last, and those that nothing may be asked of.
func selectBad(ctx context.Context, r store.Reader) ([]models.Connector, error) {
	var rows []models.Connector
	err := r.Select(&rows).Column("id", "name").Where("state <> ?", models.ConnectorDraft).
		Where("(state <> ? OR health IN (?))", models.ConnectorEnabled, bun.List([]connector.Health{connector.HealthUnreachable, connector.HealthFailing, connector.HealthRefused})).
		Order("id").Limit(connector.MaxConnectors).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("list connectors that do not work: %w", err)
	}
	return rows, nil
}

// firstWaiting gives the account of a step of an operation that waits, or is
// held, at a connector.
func firstWaiting(ctx context.Context, r store.Reader, op *models.Operation, connectorID int64) (account string, found bool, err error) {
	for _, state := range []models.StepState{models.StepWaiting, models.StepPaused} {
		var rows []models.WorkStep
		q := r.Select(&rows).Column("payload").Where("group_kind = ?", offboard.OperationGroup).Where("group_id = ?", op.ID).
			Where("state = ?", state).Where("connector_id = ?", connectorID).Limit(1)
		if err := r.ForceIndex(q, "work_steps_by_group_state").Scan(ctx); err != nil {
			return "", false, fmt.Errorf("find a step that waits: %w", err)
		}
		if len(rows) > 0 {
			return offboard.AccountOf(rows[0].Payload), true, nil
		}
	}
	return "", false, nil
}
