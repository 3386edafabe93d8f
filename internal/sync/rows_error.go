package sync

import (
	"context"
	"fmt"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// selectErrors reads the causes of what went wrong in a run, the most frequent
// first. There are at most maxCauses of them, and what is counted together.
func selectErrors(ctx context.Context, r store.Reader, run int64) ([]models.SyncError, error) {
	rows := []models.SyncError{}
	err := r.Select(&rows).Where("se.run_id = ?", run).Order("se.times DESC", "se.id").Limit(maxCauses + 1).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read errors of run %d: %w", run, err)
	}
	return rows, nil
}

// countKeyErrors counts the accounts a run could not tell from others.
func countKeyErrors(ctx context.Context, r store.Reader, run int64) (int64, error) {
	n, err := r.Select((*models.SyncError)(nil)).Where("se.run_id = ?", run).Where("se.kind = ?", models.ErrorKey).Count(ctx)
	if err != nil {
		return 0, fmt.Errorf("count errors of run %d: %w", run, err)
	}
	return n, nil
}

// upsertErrors writes causes: new ones, and what became of those that are there.
func upsertErrors(ctx context.Context, tx *store.Tx, rows []models.SyncError) error {
	_, err := tx.Upsert(&rows, []string{"tenant_id", "run_id", "kind", "about"}, "sentence", "fix", "times", "examples", "last_at").Exec(ctx)
	if err != nil {
		return fmt.Errorf("write %d errors of a run: %w", len(rows), err)
	}
	return nil
}

// deleteAccountErrors removes what was found wrong with the accounts of a run.
func deleteAccountErrors(ctx context.Context, tx *store.Tx, run int64) error {
	_, err := tx.Delete((*models.SyncError)(nil)).Where("run_id = ?", run).Where("kind IN (?, ?)", models.ErrorKey, models.ErrorValue).Exec(ctx)
	if err != nil {
		return fmt.Errorf("forget errors of run %d: %w", run, err)
	}
	return nil
}
