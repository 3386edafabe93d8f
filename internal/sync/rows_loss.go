package sync

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

func insertLosses(ctx context.Context, tx *store.Tx, rows []models.SyncLoss) error {
	if len(rows) == 0 {
		return nil
	}
	if _, err := tx.Insert(&rows).Returning("NULL").Exec(ctx); err != nil {
		return fmt.Errorf("write %d losses: %w", len(rows), err)
	}
	return nil
}

// forgetLosses removes what a run found about accounts and did not apply.
func forgetLosses(ctx context.Context, tx *store.Tx, run int64, accounts []int64) error {
	if len(accounts) == 0 {
		return nil
	}
	_, err := tx.Delete((*models.SyncLoss)(nil)).Where("run_id = ?", run).Where("state = ?", models.LossHeld).
		Where("account_id IN (?)", bun.List(accounts)).Exec(ctx)
	if err != nil {
		return fmt.Errorf("forget losses of run %d: %w", run, err)
	}
	return nil
}

// countLost counts the accounts of a connector that lost something since a moment.
func countLost(ctx context.Context, r store.Reader, connector int64, since models.Instant) (int64, error) {
	var n int64
	err := r.Raw(`SELECT COUNT(DISTINCT account_id) FROM sync_losses
		WHERE tenant_id = ?tenant AND connector_id = ? AND applied_at > ? AND counts = ?`, connector, since, true).Scan(ctx, &n)
	if err != nil {
		return 0, fmt.Errorf("count what was lost lately: %w", err)
	}
	return n, nil
}

// heldCount is how many accounts a run would take something of one kind from.
type heldCount struct {
	Kind models.LossKind
	N    int64
}

// selectHeldCounts counts by kind what a run holds, of people who are out here
// too: the sentence says what the source returned.
func selectHeldCounts(ctx context.Context, r store.Reader, run int64) ([]heldCount, error) {
	var rows []heldCount
	err := r.Raw(`SELECT kind, COUNT(DISTINCT account_id) AS n FROM sync_losses
		WHERE tenant_id = ?tenant AND run_id = ? AND state = ? GROUP BY kind`, run, models.LossHeld).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("count what run %d holds: %w", run, err)
	}
	return rows, nil
}

// countHeld counts the accounts that a run would take something from.
func countHeld(ctx context.Context, r store.Reader, run int64) (int64, error) {
	var n int64
	err := r.Raw(`SELECT COUNT(DISTINCT account_id) FROM sync_losses
		WHERE tenant_id = ?tenant AND run_id = ? AND state = ? AND counts = ?`, run, models.LossHeld, true).Scan(ctx, &n)
	if err != nil {
		return 0, fmt.Errorf("count what run %d holds: %w", run, err)
	}
	return n, nil
}

// selectHeld reads what a run holds, in the order of accounts, so that what one
// account loses stands together.
func selectHeld(ctx context.Context, r store.Reader, run int64, limit int) ([]models.SyncLoss, error) {
	rows := []models.SyncLoss{}
	err := r.Select(&rows).Where("sl.run_id = ?", run).Where("sl.state = ?", models.LossHeld).
		OrderExpr("sl.account_id, sl.id").Limit(int64(limit)).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read what run %d holds: %w", run, err)
	}
	return rows, nil
}

// updateLosses writes what became of losses.
func updateLosses(ctx context.Context, tx *store.Tx, rows []models.SyncLoss) error {
	if len(rows) == 0 {
		return nil
	}
	if _, err := tx.Upsert(&rows, []string{"id"}, "state", "sentence", "applied_at").Exec(ctx); err != nil {
		return fmt.Errorf("write what became of %d losses: %w", len(rows), err)
	}
	return nil
}
