package connector

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

var trialColumns = []string{
	"id", "tenant_id", "public_id", "connector_id", "version", "only_check", "state", "checks", "started_at", "started_by", "seen_at", "finished_at",
}

// selectTrials gives the newest runs of a connector.
func selectTrials(ctx context.Context, r store.Reader, connector int64, limit int) ([]models.TestRun, error) {
	var rows []models.TestRun
	err := r.Select(&rows).Column(trialColumns...).Where("connector_id = ?", connector).Order("id DESC").Limit(int64(limit)).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read runs of a connection test: %w", err)
	}
	return rows, nil
}

func selectTrial(ctx context.Context, r store.Reader, connector int64, publicID string) (*models.TestRun, error) {
	row := new(models.TestRun)
	err := r.Select(row).Column(trialColumns...).Where("connector_id = ?", connector).Where("public_id = ?", publicID).Limit(1).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, errNoTrial
	}
	if err != nil {
		return nil, fmt.Errorf("read a run of a connection test: %w", err)
	}
	return row, nil
}

// insertTrial writes a run and drops the oldest that are too many.
func insertTrial(ctx context.Context, tx *store.Tx, row *models.TestRun) error {
	if _, err := tx.Insert(row).Exec(ctx); err != nil {
		return fmt.Errorf("write a run of a connection test: %w", err)
	}
	var old []int64
	err := tx.Select((*models.TestRun)(nil)).Column("id").Where("connector_id = ?", row.ConnectorID).Order("id DESC").Limit(2*trialsKept).Scan(ctx, &old)
	if err != nil {
		return fmt.Errorf("read old runs of a connection test: %w", err)
	}
	if len(old) <= trialsKept {
		return nil
	}
	if _, err := tx.Delete((*models.TestRun)(nil)).Where("id IN (?)", bun.In(old[trialsKept:])).Exec(ctx); err != nil {
		return fmt.Errorf("drop old runs of a connection test: %w", err)
	}
	return nil
}

// updateTrial writes results of a run that goes on; one that ended stays as it is.
func updateTrial(ctx context.Context, tx *store.Tx, id int64, state models.TestState, checks string) error {
	q := tx.Update((*models.TestRun)(nil)).Set("checks = ?", checks).Set("seen_at = ?", tx.Now).Set("state = ?", state)
	if state == models.TestDone {
		q = q.Set("finished_at = ?", tx.Now)
	}
	if _, err := q.Where("id = ?", id).Where("state = ?", models.TestRunning).Exec(ctx); err != nil {
		return fmt.Errorf("write results of a connection test: %w", err)
	}
	return nil
}

func removeTrials(ctx context.Context, tx *store.Tx, connector int64) error {
	if _, err := tx.Delete((*models.TestRun)(nil)).Where("connector_id = ?", connector).Exec(ctx); err != nil {
		return fmt.Errorf("delete runs of a connection test: %w", err)
	}
	return nil
}
