package operation

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// sums are the figures of everybody acted upon.
type sums struct {
	People, Sessions, Assignments, Privileged, Managers, Reports, Unsettled, Owners, Recent int64
}

func selectSums(ctx context.Context, r store.Reader, op int64) (sums, error) {
	var s sums
	err := r.Raw(`SELECT COUNT(*) AS people, COALESCE(SUM(sessions), 0) AS sessions, COALESCE(SUM(assignments), 0) AS assignments,
			COALESCE(SUM(CASE WHEN flags & ? > 0 THEN 1 ELSE 0 END), 0) AS privileged,
			COALESCE(SUM(CASE WHEN reports > 0 THEN 1 ELSE 0 END), 0) AS managers, COALESCE(SUM(reports), 0) AS reports,
			COALESCE(SUM(CASE WHEN reports > 0 AND new_manager_id = 0 THEN 1 ELSE 0 END), 0) AS unsettled,
			COALESCE(SUM(CASE WHEN flags & ? > 0 THEN 1 ELSE 0 END), 0) AS owners,
			COALESCE(SUM(CASE WHEN flags & ? > 0 THEN 1 ELSE 0 END), 0) AS recent
		FROM operation_targets WHERE tenant_id = ?tenant AND operation_id = ? AND included = ?`,
		models.FlagPrivileged, models.FlagOwns, models.FlagRecent, op, true).Scan(ctx, &s)
	if err != nil {
		return s, fmt.Errorf("add up the list of an operation: %w", err)
	}
	return s, nil
}

func countLeftOut(ctx context.Context, r store.Reader, op int64) (map[models.LeftOut]int64, error) {
	var rows []struct {
		LeftOut models.LeftOut
		N       int64
	}
	err := r.Raw(`SELECT left_out, COUNT(*) AS n FROM operation_targets WHERE tenant_id = ?tenant AND operation_id = ? AND included = ? GROUP BY left_out`,
		op, false).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("count who is left out: %w", err)
	}
	counts := make(map[models.LeftOut]int64, len(rows))
	for _, row := range rows {
		counts[row.LeftOut] = row.N
	}
	return counts, nil
}

// countHeld counts the tokens Rollcall holds for those acted upon.
func countHeld(ctx context.Context, r store.Reader, op int64) (int64, error) {
	var n int64
	err := r.Raw(`SELECT COUNT(*) FROM operation_targets ot JOIN signin_grants sg ON sg.tenant_id = ot.tenant_id AND sg.user_id = ot.user_id
		WHERE ot.tenant_id = ?tenant AND ot.operation_id = ? AND ot.included = ? AND sg.state <> ?`, op, true, models.GrantDead).Scan(ctx, &n)
	if err != nil {
		return 0, fmt.Errorf("count held tokens: %w", err)
	}
	return n, nil
}

// countAccounts counts the accounts that were read, by connector.
func countAccounts(ctx context.Context, r store.Reader, op int64) (map[int64]int64, error) {
	counts, err := scanTally(ctx, r.Raw(`SELECT ac.connector_id AS id, COUNT(*) AS n FROM operation_targets ot
		JOIN accounts ac ON ac.tenant_id = ot.tenant_id AND ac.user_id = ot.user_id
		WHERE ot.tenant_id = ?tenant AND ot.operation_id = ? AND ot.included = ? AND ac.missing_since = 0 GROUP BY ac.connector_id`, op, true))
	if err != nil {
		return nil, fmt.Errorf("count accounts: %w", err)
	}
	return counts, nil
}

// countSignedIn counts the accounts at one system that are only known because
// people signed in with them.
func countSignedIn(ctx context.Context, r store.Reader, op, connector int64, key, issuer string) (int64, error) {
	var n int64
	err := r.Raw(`SELECT COUNT(*) FROM operation_targets ot JOIN identities i ON i.tenant_id = ot.tenant_id AND i.user_id = ot.user_id
		WHERE ot.tenant_id = ?tenant AND ot.operation_id = ? AND ot.included = ? AND (i.provider = ? OR (i.issuer = ? AND i.issuer <> ''))
		AND NOT EXISTS (SELECT 1 FROM accounts ac WHERE ac.tenant_id = i.tenant_id AND ac.connector_id = ? AND ac.account_key = i.subject AND ac.user_id = i.user_id)`,
		op, true, key, issuer, connector).Scan(ctx, &n)
	if err != nil {
		return 0, fmt.Errorf("count accounts people signed in with: %w", err)
	}
	return n, nil
}

// selectReports counts, for the managers acted upon, the people of theirs who
// stay: not deactivated, not removed, and not acted upon themselves.
func selectReports(ctx context.Context, r store.Reader, op int64, only []int64, after int64, limit int) ([]tally, error) {
	filter, args := "", []any{true, op, true, models.Deactivated, models.Removed, after}
	if len(only) > 0 {
		filter, args = " AND m.user_id IN (?)", append(args, bun.List(only))
	}
	var rows []tally
	err := r.Raw(`SELECT u.manager_id AS id, COUNT(*) AS n FROM operation_targets m
		JOIN users u ON u.tenant_id = m.tenant_id AND u.manager_id = m.user_id
		LEFT JOIN operation_targets o ON o.tenant_id = m.tenant_id AND o.operation_id = m.operation_id AND o.user_id = u.id AND o.included = ?
		WHERE m.tenant_id = ?tenant AND m.operation_id = ? AND m.included = ? AND o.id IS NULL AND u.status NOT IN (?, ?) AND m.user_id > ?`+filter+`
		GROUP BY u.manager_id ORDER BY u.manager_id LIMIT ?`,
		append(args, limit)...).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("count the people of managers: %w", err)
	}
	return rows, nil
}

// clearReports forgets what was counted for these managers.
func clearReports(ctx context.Context, tx *store.Tx, op int64, managers []int64) error {
	_, err := tx.Update((*models.OperationTarget)(nil)).Set("reports = 0").Set("flags = flags - (flags & ?)", models.FlagManages).
		Where("operation_id = ?", op).Where("user_id IN (?)", bun.List(managers)).Exec(ctx)
	if err != nil {
		return fmt.Errorf("count the people of managers anew: %w", err)
	}
	return nil
}

// setReports writes how many people each of these managers has.
func setReports(ctx context.Context, tx *store.Tx, op, n int64, managers []int64) error {
	_, err := tx.Update((*models.OperationTarget)(nil)).Set("reports = ?", n).Set("flags = flags | ?", models.FlagManages).
		Where("operation_id = ?", op).Where("user_id IN (?)", bun.List(managers)).Exec(ctx)
	if err != nil {
		return fmt.Errorf("write the people of managers: %w", err)
	}
	return nil
}
