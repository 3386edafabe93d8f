package sync

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

func noRun() error {
	return errs.New(errs.NotFound, "There is no such run.")
}

// selectRun reads one run by its public id.
func selectRun(ctx context.Context, r store.Reader, publicID string) (models.SourceRun, error) {
	var row models.SourceRun
	return row, oneRun(r.Select(&row).Where("sr.public_id = ?", publicID).Limit(1).Scan(ctx))
}

// lockRun reads one run by a unique column and holds the row.
func lockRun(ctx context.Context, tx *store.Tx, column string, value any) (models.SourceRun, error) {
	var row models.SourceRun
	return row, oneRun(tx.Lock(tx.Select(&row).Where("sr.? = ?", bun.Ident(column), value)).Scan(ctx))
}

func oneRun(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return noRun()
	}
	if err != nil {
		return fmt.Errorf("read a run: %w", err)
	}
	return nil
}

// runFilter names runs.
type runFilter struct {
	connector int64           // 0: all
	state     models.RunState // "": all
	before    int64           // only those before this id; 0: all
}

// selectRuns reads runs, the newest first.
func selectRuns(ctx context.Context, r store.Reader, f runFilter, limit int) ([]models.SourceRun, error) {
	rows := []models.SourceRun{}
	q := r.Select(&rows).Order("sr.id DESC").Limit(int64(limit))
	if f.connector != 0 {
		q = q.Where("sr.connector_id = ?", f.connector)
	}
	if f.state != "" {
		q = q.Where("sr.state = ?", f.state)
	}
	if f.before != 0 {
		q = q.Where("sr.id < ?", f.before)
	}
	if err := q.Scan(ctx); err != nil {
		return nil, fmt.Errorf("list runs: %w", err)
	}
	return rows, nil
}

// selectOpenRuns reads every run that is not over. There are few: at most one
// stopped and some waiting for each connector.
func selectOpenRuns(ctx context.Context, r store.Reader) ([]models.SourceRun, error) {
	rows := []models.SourceRun{}
	err := r.Select(&rows).Where("sr.state IN (?, ?, ?)", models.RunWaiting, models.RunRunning, models.RunStopped).
		Order("sr.id").Limit(4 * maxSources).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read open runs: %w", err)
	}
	return rows, nil
}

// selectLastRuns reads the newest run of each connector that is over.
func selectLastRuns(ctx context.Context, r store.Reader, connectors []int64) (map[int64]models.SourceRun, error) {
	last := map[int64]models.SourceRun{}
	if len(connectors) == 0 {
		return last, nil
	}
	rows := []models.SourceRun{}
	newest := r.Subquery().TableExpr("sync_runs AS x").ColumnExpr("MAX(x.id)").
		Where("x.tenant_id = ?tenant").Where("x.connector_id IN (?)", bun.List(connectors)).
		Where("x.state IN (?, ?, ?)", models.RunDone, models.RunFailed, models.RunCancelled).
		Where("x.kind IN (?, ?)", models.RunFull, models.RunIncremental).Group("x.connector_id")
	if err := r.Select(&rows).Where("sr.id IN (?)", newest).Limit(maxSources).Scan(ctx); err != nil {
		return nil, fmt.Errorf("read the last runs: %w", err)
	}
	for _, row := range rows {
		last[row.ConnectorID] = row
	}
	return last, nil
}

func insertRun(ctx context.Context, tx *store.Tx, row *models.SourceRun) error {
	if _, err := tx.Insert(row).Exec(ctx); err != nil {
		return fmt.Errorf("write a run: %w", err)
	}
	return nil
}

func updateRun(ctx context.Context, tx *store.Tx, row *models.SourceRun, columns ...string) error {
	if _, err := tx.Update(row).Column(columns...).Where("sr.id = ?", row.ID).Exec(ctx); err != nil {
		return fmt.Errorf("write run %d: %w", row.ID, err)
	}
	return nil
}

// lossCount is how many people lose something of one kind in a run.
type lossCount struct {
	RunID int64
	Kind  models.LossKind
	N     int64
}

// selectLossCounts counts what runs take away.
func selectLossCounts(ctx context.Context, r store.Reader, runs []int64) ([]lossCount, error) {
	if len(runs) == 0 {
		return nil, nil
	}
	var rows []lossCount
	err := r.Raw(`SELECT run_id, kind, COUNT(*) AS n FROM sync_losses
		WHERE tenant_id = ?tenant AND run_id IN (?) GROUP BY run_id, kind`, bun.List(runs)).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("count losses: %w", err)
	}
	return rows, nil
}

// selectLosses reads what a run takes away, from an id on.
func selectLosses(ctx context.Context, r store.Reader, run, after int64, limit int) ([]models.SyncLoss, error) {
	rows := []models.SyncLoss{}
	err := r.Select(&rows).Where("sl.run_id = ?", run).Where("sl.id > ?", after).Order("sl.id").Limit(int64(limit)).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read losses: %w", err)
	}
	return rows, nil
}

// dropLosses gives up what a run holds.
func dropLosses(ctx context.Context, tx *store.Tx, run int64) error {
	_, err := tx.Update((*models.SyncLoss)(nil)).Set("state = ?", models.LossDropped).
		Where("run_id = ?", run).Where("state = ?", models.LossHeld).Exec(ctx)
	if err != nil {
		return fmt.Errorf("drop losses of run %d: %w", run, err)
	}
	return nil
}
