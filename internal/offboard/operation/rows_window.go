package operation

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/rollcall/rollcall/internal/jobs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// aliveAt gives the connector at which a look before found somebody in; 0: none.
func aliveAt(ctx context.Context, r store.Reader, s jobs.Step) (int64, error) {
	var at []int64
	err := r.Select((*models.OperationTarget)(nil)).Column("alive_connector_id").Where("ot.operation_id = ?", s.Group.ID).Where("ot.user_id = ?", s.UserID).
		Limit(1).Scan(ctx, &at)
	if err != nil || len(at) == 0 {
		return 0, err
	}
	return at[0], nil
}

// setAlive notes that somebody is in again at a system, or is not any more. The
// person must still be kept out here, as things stand in this transaction.
func setAlive(ctx context.Context, tx *store.Tx, s jobs.Step, alive bool, sentence string) error {
	q := tx.Update((*models.OperationTarget)(nil)).Where("operation_id = ?", s.Group.ID).Where("user_id = ?", s.UserID)
	if !alive {
		return written(ctx, q.Set("alive_at = 0").Set("alive_connector_id = 0").Where("alive_connector_id = ?", s.ConnectorID))
	}
	return written(ctx, q.Set("state = ?", models.TargetPartly).Set("note = ?", sentence).
		Set("alive_at = CASE WHEN alive_at > 0 THEN alive_at ELSE ? END", tx.Now).Set("alive_connector_id = ?", s.ConnectorID).
		Where("state IN (?)", bun.List(out)).
		Where("EXISTS (SELECT 1 FROM users u WHERE u.tenant_id = ? AND u.id = ot.user_id AND u.status = ?)", tx.Tenant(), models.Deactivated))
}

// selectAlarms groups people who are in again by system and operation.
func selectAlarms(ctx context.Context, r store.Reader, limit int) ([]Alarm, error) {
	var rows []Alarm
	err := r.Raw(`SELECT ot.operation_id, op.public_id, op.number, ot.alive_connector_id AS connector_id, cn.name AS system,
			COUNT(*) AS people, MIN(ot.alive_at) AS since, MIN(u.id) AS user_id, MIN(u.display_name) AS user_name
		FROM operation_targets ot
		JOIN operations op ON op.tenant_id = ot.tenant_id AND op.id = ot.operation_id
		JOIN connectors cn ON cn.tenant_id = ot.tenant_id AND cn.id = ot.alive_connector_id
		JOIN users u ON u.tenant_id = ot.tenant_id AND u.id = ot.user_id
		WHERE ot.tenant_id = ?tenant AND ot.alive_connector_id > 0 AND ot.state IN (?) AND u.status = ?
		GROUP BY ot.operation_id, op.public_id, op.number, ot.alive_connector_id, cn.name
		ORDER BY since, ot.operation_id LIMIT ?`, bun.List(out), models.Deactivated, limit).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("list people who are in again: %w", err)
	}
	for i := range rows {
		if rows[i].People > 1 {
			rows[i].UserID, rows[i].UserName = 0, ""
		}
	}
	return rows, nil
}
