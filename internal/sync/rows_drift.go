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

// driftFilter is a DriftQuery with ids.
type driftFilter struct {
	connector, user int64
	query           DriftQuery
	severity, after int64
	limit           int
}

// selectDrifts reads differences by severity.
func selectDrifts(ctx context.Context, r store.Reader, f driftFilter) ([]models.Drift, error) {
	rows := []models.Drift{}
	q := r.Select(&rows).Where("dr.state = ?", f.query.State).Limit(int64(f.limit))
	index := "drifts_by_severity"
	switch {
	case f.user != 0:
		q, index = q.Where("dr.user_id = ?", f.user), "drifts_by_user"
	case f.query.Group != "":
		q, index = q.Where("dr.group_hash = ?", f.query.Group), "drifts_by_group"
	case f.connector != 0:
		index = "drifts_by_connector"
	}
	if f.connector != 0 {
		q = q.Where("dr.connector_id = ?", f.connector)
	}
	if f.query.Kind != "" {
		q = q.Where("dr.kind = ?", f.query.Kind)
	}
	if f.query.Field != "" {
		q = q.Where("dr.field = ?", f.query.Field)
	}
	if f.after != 0 {
		q = q.Where("dr.severity >= ? AND (dr.severity > ? OR dr.id > ?)", f.severity, f.severity, f.after)
	}
	if err := r.ForceIndex(q.Order("dr.severity", "dr.id"), index).Scan(ctx); err != nil {
		return nil, fmt.Errorf("list differences: %w", err)
	}
	return rows, nil
}

// selectDrift reads one difference.
func selectDrift(ctx context.Context, r store.Reader, publicID string) (models.Drift, error) {
	var row models.Drift
	return row, oneDrift(r.Select(&row).Where("dr.public_id = ?", publicID).Limit(1).Scan(ctx))
}

func oneDrift(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return errs.New(errs.NotFound, "This difference is no longer there: both sides agree, or somebody resolved it.")
	}
	if err != nil {
		return fmt.Errorf("read a difference: %w", err)
	}
	return nil
}

// groupRow is a set of identical differences.
type groupRow struct {
	GroupHash  string
	N          int64
	Privileged int64
	Severity   int64
	FirstID    int64
}

// selectGroups counts identical differences, the most severe and the largest first.
func selectGroups(ctx context.Context, r store.Reader, connector int64, limit int) ([]groupRow, error) {
	var rows []groupRow
	q := r.Select((*models.Drift)(nil)).
		ColumnExpr("dr.group_hash, COUNT(*) AS n, SUM(CASE WHEN dr.privileged THEN 1 ELSE 0 END) AS privileged, MIN(dr.severity) AS severity, MIN(dr.id) AS first_id").
		Where("dr.state = ?", models.DriftOpen).Group("dr.group_hash").OrderExpr("severity, n DESC, first_id").Limit(int64(limit))
	if connector != 0 {
		q = q.Where("dr.connector_id = ?", connector)
	}
	if err := q.Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("count identical differences: %w", err)
	}
	return rows, nil
}

// selectDriftsByID reads differences by id.
func selectDriftsByID(ctx context.Context, r store.Reader, ids []int64) ([]models.Drift, error) {
	rows := []models.Drift{}
	if len(ids) == 0 {
		return rows, nil
	}
	if err := store.ByIDs(r, r.Select(&rows), ids).Limit(int64(len(ids))).Scan(ctx); err != nil {
		return nil, fmt.Errorf("read differences: %w", err)
	}
	return rows, nil
}

// countDiffering counts accounts and people in which something differs, up to
// limit. Privileged ones only, when told so.
func countDiffering(ctx context.Context, r store.Reader, privileged bool, limit int) (int, error) {
	inner := r.Subquery().TableExpr("drifts AS d").ColumnExpr("DISTINCT d.connector_id, d.account_id, d.user_id").
		Where("d.tenant_id = ?tenant").Where("d.state = ?", models.DriftOpen).Limit(int64(limit))
	if privileged {
		inner = inner.Where("d.privileged = ?", true)
	}
	var n int
	if err := r.Subquery().TableExpr("(?) AS c", inner).ColumnExpr("COUNT(*)").Scan(ctx, &n); err != nil {
		return 0, fmt.Errorf("count what differs: %w", err)
	}
	return n, nil
}

// countDrifts counts differences of a state, up to limit.
func countDrifts(ctx context.Context, r store.Reader, state models.DriftState, limit int) (int, error) {
	var n int
	err := r.Raw("SELECT COUNT(*) FROM (SELECT 1 AS one FROM drifts WHERE tenant_id = ?tenant AND state = ? LIMIT ?) c", state, limit).Scan(ctx, &n)
	if err != nil {
		return 0, fmt.Errorf("count differences: %w", err)
	}
	return n, nil
}

// selectDriftsNamed reads differences by public id.
func selectDriftsNamed(ctx context.Context, r store.Reader, publicIDs []string, limit int) ([]models.Drift, error) {
	rows := []models.Drift{}
	if len(publicIDs) == 0 {
		return rows, nil
	}
	err := r.Select(&rows).Where("dr.public_id IN (?)", bun.List(publicIDs)).
		Where("dr.state IN (?, ?)", models.DriftOpen, models.DriftIgnored).OrderExpr("dr.id").Limit(int64(limit)).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read differences: %w", err)
	}
	return rows, nil
}

// ignoreDrifts puts differences aside and says how many those were.
func ignoreDrifts(ctx context.Context, tx *store.Tx, ids []int64, until models.Instant, reason string) (int, error) {
	q := tx.Update((*models.Drift)(nil)).Set("state = ?", models.DriftIgnored).Set("ignore_until = ?", until).
		Set("decided_by = ?", clean(tx.Actor.Name, 255)).Set("decided_at = ?", tx.Now).Set("reason = ?", reason)
	result, err := store.ByIDs(tx.Reader, q, ids).Exec(ctx)
	if err != nil {
		return 0, fmt.Errorf("ignore differences: %w", err)
	}
	n, err := result.RowsAffected()
	if err != nil {
		return 0, fmt.Errorf("ignore differences: %w", err)
	}
	return int(n), nil
}
