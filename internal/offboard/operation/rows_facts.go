package operation

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

func selectUsers(ctx context.Context, r store.Reader, ids []int64) (map[int64]models.User, error) {
	var rows []models.User
	err := store.ByIDs(r, r.Select(&rows).Column("id", "public_id", "display_name", "status", "status_reason", "status_by", "status_since",
		"leaving_at", "pending_since", "last_sign_in_at", "access_epoch", "version", "manager_id"), ids).Limit(int64(len(ids))).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read people: %w", err)
	}
	users := make(map[int64]models.User, len(rows))
	for _, u := range rows {
		users[u.ID] = u
	}
	return users, nil
}

func scanSet(ctx context.Context, q *bun.RawQuery) (map[int64]bool, error) {
	var ids []int64
	if err := q.Scan(ctx, &ids); err != nil {
		return nil, err
	}
	set := make(map[int64]bool, len(ids))
	for _, id := range ids {
		set[id] = true
	}
	return set, nil
}

// selectPrivileged gives who of these people holds a privileged role now.
func selectPrivileged(ctx context.Context, r store.Reader, now models.Instant, ids, roles []int64) (map[int64]bool, error) {
	if len(roles) == 0 {
		return nil, nil
	}
	set, err := scanSet(ctx, r.Raw(`SELECT DISTINCT user_id FROM assignments WHERE tenant_id = ?tenant AND user_id IN (?)
		AND +role_id IN (?) AND +from_at <= ? AND +until_at > ?`, bun.List(ids), bun.List(roles), now, now))
	if err != nil {
		return nil, fmt.Errorf("look who is privileged: %w", err)
	}
	return set, nil
}

func selectBreakGlass(ctx context.Context, r store.Reader, ids []int64) (map[int64]bool, error) {
	set, err := scanSet(ctx, r.Raw(`SELECT user_id FROM user_attributes WHERE tenant_id = ?tenant AND user_id IN (?) AND attribute = ? AND value = 'true'`,
		bun.List(ids), BreakGlass))
	if err != nil {
		return nil, fmt.Errorf("look for break-glass people: %w", err)
	}
	return set, nil
}

// selectOwners gives who of these people owns something that goes on without them.
func selectOwners(ctx context.Context, r store.Reader, ids []int64) (map[int64]bool, error) {
	set, err := scanSet(ctx, r.Raw(`SELECT DISTINCT owner_id FROM connectors WHERE tenant_id = ?tenant AND owner_id IN (?)`, bun.List(ids)))
	if err != nil {
		return nil, fmt.Errorf("look who owns connectors: %w", err)
	}
	return set, nil
}

// tally is a count for one id.
type tally struct {
	ID int64
	N  int64
}

func scanTally(ctx context.Context, q *bun.RawQuery) (map[int64]int64, error) {
	var rows []tally
	if err := q.Scan(ctx, &rows); err != nil {
		return nil, err
	}
	counts := make(map[int64]int64, len(rows))
	for _, t := range rows {
		counts[t.ID] = t.N
	}
	return counts, nil
}

// countSessions counts the sessions in the console that hold now, by person.
func countSessions(ctx context.Context, tx *store.Tx, ids []int64) (map[int64]int64, error) {
	counts, err := scanTally(ctx, tx.Raw(`SELECT user_id AS id, COUNT(*) AS n FROM sessions WHERE tenant_id = ?tenant AND user_id IN (?)
		AND +idle_until > ? AND +expires_at > ? GROUP BY user_id`, bun.List(ids), tx.Now, tx.Now))
	if err != nil {
		return nil, fmt.Errorf("count sessions: %w", err)
	}
	return counts, nil
}

// countRoles counts the assignments that have not run out, by person.
func countRoles(ctx context.Context, tx *store.Tx, ids []int64) (map[int64]int64, error) {
	counts, err := scanTally(ctx, tx.Raw(`SELECT user_id AS id, COUNT(*) AS n FROM assignments WHERE tenant_id = ?tenant AND user_id IN (?)
		AND +until_at > ? GROUP BY user_id`, bun.List(ids), tx.Now))
	if err != nil {
		return nil, fmt.Errorf("count roles: %w", err)
	}
	return counts, nil
}

// countKnown counts the directory, without who was removed. It is the measure of
// the mass-change limit, which stops growing, so counting stops as well.
func countKnown(ctx context.Context, r store.Reader) (int64, error) {
	var n int64
	err := r.Raw(`SELECT COUNT(*) FROM (SELECT 1 AS one FROM users WHERE tenant_id = ?tenant AND status <> ? LIMIT ?) people`,
		models.Removed, massCount*100/massPercent).Scan(ctx, &n)
	if err != nil {
		return 0, fmt.Errorf("count people: %w", err)
	}
	return n, nil
}

// countCutOff counts who was deactivated since a moment, by whatever path: every
// path writes the same event. Counting stops at limit.
func countCutOff(ctx context.Context, r store.Reader, since models.Instant, limit int64) (int64, error) {
	var n int64
	err := r.Raw(`SELECT COUNT(*) FROM (SELECT 1 AS one FROM audit_events WHERE tenant_id = ?tenant AND action = ? AND at > ? AND COALESCE(result, '') = ? LIMIT ?) cut`,
		models.UserDeactivate, since, models.ResultDone, limit).Scan(ctx, &n)
	if err != nil {
		return 0, fmt.Errorf("count who was deactivated lately: %w", err)
	}
	return n, nil
}
