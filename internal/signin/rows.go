package signin

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

func insert(ctx context.Context, tx *store.Tx, row *models.SignInTransaction) error {
	if _, err := tx.Insert(row).Exec(ctx); err != nil {
		return fmt.Errorf("write sign-in: %w", err)
	}
	return nil
}

// take reads a sign-in and removes it: whoever removes the row has it, nobody
// else will. It gives nil when there is none.
func take(ctx context.Context, tx *store.Tx, stateHash string) (*models.SignInTransaction, error) {
	row := new(models.SignInTransaction)
	err := tx.Select(row).Column("state_hash", "provider", "browser_hash", "sealed", "expires_at").Where("state_hash = ?", stateHash).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read sign-in: %w", err)
	}
	done, err := tx.Delete((*models.SignInTransaction)(nil)).Where("state_hash = ?", stateHash).Exec(ctx)
	if err != nil {
		return nil, fmt.Errorf("take sign-in: %w", err)
	}
	n, err := done.RowsAffected()
	if err != nil || n != 1 {
		return nil, err
	}
	return row, nil
}

// deleteOld removes one batch of sign-ins that ended before a moment.
func deleteOld(ctx context.Context, tx *store.Tx, before models.Instant, batch int) (int, error) {
	var hashes []string
	err := tx.Select((*models.SignInTransaction)(nil)).Column("state_hash").Where("expires_at <= ?", before).Limit(int64(batch)).Scan(ctx, &hashes)
	if err != nil || len(hashes) == 0 {
		return 0, err
	}
	_, err = tx.Delete((*models.SignInTransaction)(nil)).Where("state_hash IN (?)", bun.List(hashes)).Exec(ctx)
	if err != nil {
		return 0, fmt.Errorf("delete old sign-ins: %w", err)
	}
	return len(hashes), nil
}

// hasIdentity reports whether a record was linked before.
func hasIdentity(ctx context.Context, tx *store.Tx, user int64) (bool, error) {
	return exists(ctx, tx.Raw(`SELECT COUNT(*) FROM identities WHERE tenant_id = ?tenant AND user_id = ?`, user))
}

// hasRole reports whether a person holds a role of the console now, directly or
// inside another one.
func hasRole(ctx context.Context, tx *store.Tx, user int64) (bool, error) {
	return exists(ctx, tx.Raw(`WITH RECURSIVE held (id) AS (
 SELECT a.role_id FROM assignments AS a WHERE a.tenant_id = ?tenant AND a.user_id = ? AND +a.from_at <= ? AND +a.until_at > ?
 UNION SELECT rc.child_id FROM role_children AS rc JOIN held ON held.id = rc.parent_id WHERE rc.tenant_id = ?tenant)
 SELECT COUNT(*) FROM held
 JOIN roles AS r ON r.tenant_id = ?tenant AND r.id = held.id
 JOIN applications AS app ON app.tenant_id = ?tenant AND app.id = r.application_id
 WHERE app.application_key = ?`, user, tx.Now, tx.Now, models.ConsoleApplication))
}

func exists(ctx context.Context, q *bun.RawQuery) (bool, error) {
	var n int
	if err := q.Scan(ctx, &n); err != nil {
		return false, fmt.Errorf("look at access: %w", err)
	}
	return n > 0, nil
}
