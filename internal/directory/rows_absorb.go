package directory

import (
	"context"
	"fmt"
	"slices"

	"github.com/uptrace/bun"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// valuesOf reads the local attributes of a person as they are stored.
func valuesOf(ctx context.Context, r store.Reader, userID int64) ([]models.UserAttribute, error) {
	rows := []models.UserAttribute{}
	err := r.Select(&rows).Where("ua.user_id = ?", userID).OrderExpr("ua.attribute").Limit(maxDefinitions).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read attributes of user %d: %w", userID, err)
	}
	return rows, nil
}

// rewriteValues puts rows in the place of what a person has under some keys.
func rewriteValues(ctx context.Context, tx *store.Tx, userID int64, keys []string, rows []models.UserAttribute) error {
	if len(keys) == 0 {
		return nil
	}
	_, err := tx.Delete((*models.UserAttribute)(nil)).Where("user_id = ?", userID).Where("attribute IN (?)", bun.List(keys)).Exec(ctx)
	if err != nil {
		return fmt.Errorf("delete attributes of user %d: %w", userID, err)
	}
	return insertAll(ctx, tx, rows)
}

// giveIdentities moves identities from one person to another. None of them is
// primary there but the one that is named.
func giveIdentities(ctx context.Context, tx *store.Tx, from, to int64, ids []int64, primary int64) error {
	if len(ids) == 0 {
		return nil
	}
	_, err := tx.Update((*models.Identity)(nil)).Set("user_id = ?", to).Set("is_primary = (id = ?)", primary).
		Where("user_id = ?", from).Where("id IN (?)", bun.List(ids)).Exec(ctx)
	if err != nil {
		return fmt.Errorf("move identities of user %d: %w", from, err)
	}
	return nil
}

func setPrimary(ctx context.Context, tx *store.Tx, userID, identityID int64) error {
	_, err := tx.Update((*models.Identity)(nil)).Set("is_primary = (id = ?)", identityID).Where("user_id = ?", userID).Exec(ctx)
	if err != nil {
		return fmt.Errorf("choose the primary identity of user %d: %w", userID, err)
	}
	return nil
}

// deleteIdentity removes an identity and says whether it was there.
func deleteIdentity(ctx context.Context, tx *store.Tx, userID, identityID int64) (bool, error) {
	result, err := tx.Delete((*models.Identity)(nil)).Where("id = ?", identityID).Where("user_id = ?", userID).Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("delete identity %d: %w", identityID, err)
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

// reportIDs reads who has a person as manager, but not one of them.
func reportIDs(ctx context.Context, r store.Reader, manager, except int64, limit int) ([]int64, error) {
	ids := []int64{}
	err := r.Raw("SELECT id FROM users WHERE tenant_id = ?tenant AND manager_id = ? AND id <> ? ORDER BY id LIMIT ?",
		manager, except, limit).Scan(ctx, &ids)
	if err != nil {
		return nil, fmt.Errorf("read reports of user %d: %w", manager, err)
	}
	return ids, nil
}

// giveReports makes one person the manager of reports who still have the other.
func giveReports(ctx context.Context, tx *store.Tx, from, to int64, ids []int64) error {
	for batch := range slices.Chunk(ids, namesBatch) {
		_, err := tx.Update((*models.User)(nil)).Set("manager_id = ?", to).Set("version = version + 1").
			Set("updated_at = ?", tx.Now).Set("updated_by = ?", cut(tx.Actor.Name, maxName)).
			Where("manager_id = ?", from).Where("id IN (?)", bun.List(batch)).Exec(ctx)
		if err != nil {
			return fmt.Errorf("move reports of user %d: %w", from, err)
		}
	}
	return nil
}

// reportsAmong reads which of some people have a manager.
func reportsAmong(ctx context.Context, r store.Reader, manager int64, ids []int64) ([]int64, error) {
	var still []int64
	for batch := range slices.Chunk(ids, namesBatch) {
		found := []int64{}
		err := r.Raw("SELECT id FROM users WHERE tenant_id = ?tenant AND manager_id = ? AND id IN (?) ORDER BY id",
			manager, bun.List(batch)).Scan(ctx, &found)
		if err != nil {
			return nil, fmt.Errorf("read reports of user %d: %w", manager, err)
		}
		still = append(still, found...)
	}
	return still, nil
}

// managersOver gives a person's manager, that one's manager and so on.
func managersOver(ctx context.Context, r store.Reader, id int64) (map[int64]bool, error) {
	ids := []int64{}
	err := r.Raw(`WITH RECURSIVE above (id, depth) AS (
		SELECT u.manager_id, 0 FROM users u WHERE u.tenant_id = ?tenant AND u.id = ?
		UNION ALL
		SELECT u.manager_id, above.depth + 1 FROM above JOIN users u ON u.tenant_id = ?tenant AND u.id = above.id
		WHERE above.depth < ?
	) SELECT id FROM above WHERE id <> 0`, id, managerDepth).Scan(ctx, &ids)
	if err != nil {
		return nil, fmt.Errorf("read managers of user %d: %w", id, err)
	}
	over := make(map[int64]bool, len(ids))
	for _, id := range ids {
		over[id] = true
	}
	return over, nil
}
