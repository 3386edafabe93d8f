package operation

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/rollcall/rollcall/internal/jobs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// selectInWindow gives operations that have ended and can still be undone, the newest first.
func selectInWindow(ctx context.Context, r store.Reader, limit int) ([]models.Operation, error) {
	var rows []models.Operation
	err := r.Select(&rows).Column("id", "public_id", "number").Where("op.state IN (?)", bun.List([]models.OperationState{models.OperationDone, models.OperationFailures})).
		Where("op.phase = ?", models.PhaseWindow).Order("op.id DESC").Limit(int64(limit)).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("list operations that can be undone: %w", err)
	}
	return rows, nil
}

// systemNames gives the names of the systems that steps were for.
func systemNames(ctx context.Context, r store.Reader, of []jobs.Trouble) (map[int64]string, error) {
	var ids []int64
	for _, t := range of {
		ids = append(ids, t.ConnectorID)
	}
	var rows []models.Connector
	if err := r.Select(&rows).Column("id", "name").Where("id IN (?)", bun.List(ids)).Limit(int64(len(ids))).Scan(ctx); err != nil {
		return nil, fmt.Errorf("read the names of systems: %w", err)
	}
	names := make(map[int64]string, len(rows))
	for i := range rows {
		names[rows[i].ID] = rows[i].Name
	}
	return names, nil
}

func selectHeld(ctx context.Context, r store.Reader, limit int) ([]models.Operation, error) {
	var rows []models.Operation
	err := r.Select(&rows).Column("id", "public_id", "number", "people", "included", "title", "sentence", "paused_at", "paused_for").
		Where("op.state = ?", models.OperationPaused).Order("op.id").Limit(int64(limit)).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("list operations that are paused: %w", err)
	}
	return rows, nil
}

// selectLate gives operations whose time to answer a risk is over while they wait
// or run, the longest over first.
func selectLate(ctx context.Context, r store.Reader, now models.Instant, limit int) ([]models.Operation, error) {
	var rows []models.Operation
	err := r.Select(&rows).Column("id", "public_id", "number", "people", "included", "title", "state", "risk_known_at", "risk_out_by").
		Where("op.state IN (?)", bun.List([]models.OperationState{models.OperationWaiting, models.OperationRunning, models.OperationPaused})).
		Where("op.risk_out_by > 0").Where("op.risk_out_by < ?", now).Order("op.risk_out_by", "op.id").Limit(int64(limit)).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("list operations that are late: %w", err)
	}
	return rows, nil
}

func selectClosing(ctx context.Context, r store.Reader, now, until models.Instant, limit int) ([]models.Operation, error) {
	var rows []models.Operation
	err := r.Select(&rows).Column("id", "public_id", "number", "people", "included", "title", "undo_until", "cut_at").
		Where("op.state IN (?)", bun.List([]models.OperationState{models.OperationDone, models.OperationFailures})).
		Where("op.phase = ?", models.PhaseWindow).Where("op.undo_until > ?", now).Where("op.undo_until <= ?", until).
		Order("op.undo_until", "op.id").Limit(int64(limit)).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("list undo windows that close: %w", err)
	}
	return rows, nil
}

// selectOutBy gives the newest operation by which a person is out, if they still
// stand as it left them.
func selectOutBy(ctx context.Context, r store.Reader, user int64) ([]Membership, error) {
	var rows []Membership
	err := r.Raw(`SELECT op.public_id, op.number, op.undo_until, op.state, op.phase FROM operation_targets ot
		JOIN operations op ON op.tenant_id = ot.tenant_id AND op.id = ot.operation_id
		JOIN users u ON u.tenant_id = ot.tenant_id AND u.id = ot.user_id
		WHERE ot.tenant_id = ?tenant AND ot.user_id = ? AND ot.state IN (?) AND u.status = ? AND u.status_since = ot.cut_at
		ORDER BY ot.id DESC LIMIT 1`, user, bun.List(out), models.Deactivated).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("find the operation a person is out by: %w", err)
	}
	return rows, nil
}

func selectNamed(ctx context.Context, r store.Reader, ids []int64) ([]models.Operation, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var rows []models.Operation
	err := store.ByIDs(r, r.Select(&rows).Column("id", "public_id", "number", "state", "phase", "undo_until"), ids).Limit(int64(len(ids))).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the names of operations: %w", err)
	}
	return rows, nil
}
