package session

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/uptrace/bun"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// lockRow reads a session whole, for writing it again under another token.
func lockRow(ctx context.Context, tx *store.Tx, row *models.Session, hash string) (bool, error) {
	err := tx.Lock(tx.Select(row).Where("token_hash = ?", hash)).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("read session: %w", err)
	}
	return true, nil
}

// lower closes sensitive acts for one session, if they are open now.
func lower(ctx context.Context, tx *store.Tx, publicID string) (bool, error) {
	done, err := tx.Update((*models.Session)(nil)).Set("elevated_until = 0").
		Where("public_id = ?", publicID).Where("elevated_until > ?", tx.Now).Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("close sensitive acts: %w", err)
	}
	n, err := done.RowsAffected()
	return n > 0, err
}

// elevatedBefore lists one batch of sessions that were open to sensitive acts
// until a moment that has passed, with their people.
func elevatedBefore(ctx context.Context, r store.Reader, now models.Instant, batch int) ([]owned, error) {
	var found []owned
	err := r.Raw(`SELECT s.public_id, s.user_id, u.display_name AS name FROM sessions AS s
 JOIN users AS u ON u.tenant_id = s.tenant_id AND u.id = s.user_id
 WHERE s.tenant_id = ?tenant AND s.elevated_until > 0 AND s.elevated_until <= ? ORDER BY s.elevated_until LIMIT ?`, now, batch).Scan(ctx, &found)
	if err != nil {
		return nil, fmt.Errorf("list sessions that were elevated: %w", err)
	}
	return found, nil
}

// lockOver takes those of the sessions that nobody else has closed meanwhile.
func lockOver(ctx context.Context, tx *store.Tx, over []owned) (map[string]bool, error) {
	ids := make([]string, len(over))
	for i, o := range over {
		ids[i] = o.PublicID
	}
	var still []string
	q := tx.Select((*models.Session)(nil)).Column("public_id").Where("public_id IN (?)", bun.List(ids)).
		Where("elevated_until > 0").Where("elevated_until <= ?", tx.Now).Order("public_id").Limit(int64(len(ids)))
	if err := tx.Lock(q).Scan(ctx, &still); err != nil {
		return nil, fmt.Errorf("take sessions that were elevated: %w", err)
	}
	set := make(map[string]bool, len(still))
	for _, id := range still {
		set[id] = true
	}
	return set, nil
}

func lowerAll(ctx context.Context, tx *store.Tx, ids map[string]bool) error {
	_, err := tx.Update((*models.Session)(nil)).Set("elevated_until = 0").
		Where("public_id IN (?)", bun.List(slices.Sorted(maps.Keys(ids)))).Exec(ctx)
	if err != nil {
		return fmt.Errorf("close sensitive acts: %w", err)
	}
	return nil
}
