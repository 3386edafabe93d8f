package draft

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

func insert(ctx context.Context, tx *store.Tx, row *models.Draft) error {
	if _, err := tx.Insert(row).Exec(ctx); err != nil {
		return fmt.Errorf("keep draft: %w", err)
	}
	return nil
}

func find(ctx context.Context, r store.Reader, user int64, id string, now models.Instant) (models.Draft, error) {
	var row models.Draft
	err := r.Select(&row).Column("public_id", "user_id", "session_key", "path", "sealed", "created_at").
		Where("public_id = ?", id).Where("user_id = ?", user).Where("expires_at > ?", now).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return row, errNone()
	}
	if err != nil {
		return row, fmt.Errorf("find draft: %w", err)
	}
	return row, nil
}

func drop(ctx context.Context, tx *store.Tx, user int64, id string) error {
	_, err := tx.Delete((*models.Draft)(nil)).Where("public_id = ?", id).Where("user_id = ?", user).Exec(ctx)
	if err != nil {
		return fmt.Errorf("drop draft: %w", err)
	}
	return nil
}

// makeRoom removes a person's oldest drafts, so that at most keep stay.
func makeRoom(ctx context.Context, tx *store.Tx, user int64, keep int) error {
	var ids []string
	err := tx.Select((*models.Draft)(nil)).Column("public_id").Where("user_id = ?", user).
		Order("created_at DESC", "public_id DESC").Limit(sweepBatch).Scan(ctx, &ids)
	if err != nil {
		return fmt.Errorf("list drafts: %w", err)
	}
	if len(ids) <= keep {
		return nil
	}
	return deleteIDs(ctx, tx, ids[keep:])
}

// deleteOver removes one batch of those whose time is over.
func deleteOver(ctx context.Context, tx *store.Tx, batch int) (int, error) {
	var ids []string
	err := tx.Select((*models.Draft)(nil)).Column("public_id").Where("expires_at <= ?", tx.Now).Limit(int64(batch)).Scan(ctx, &ids)
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	return len(ids), deleteIDs(ctx, tx, ids)
}

func deleteIDs(ctx context.Context, tx *store.Tx, ids []string) error {
	_, err := tx.Delete((*models.Draft)(nil)).Where("public_id IN (?)", bun.List(ids)).Exec(ctx)
	if err != nil {
		return fmt.Errorf("delete drafts: %w", err)
	}
	return nil
}
