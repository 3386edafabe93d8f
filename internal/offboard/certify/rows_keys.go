package certify

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

func keyColumns(q *bun.SelectQuery) *bun.SelectQuery {
	return q.Column("id", "tenant_id", "name", "key_hash", "public_key", "sealed", "created_at", "retired_at")
}

// keyInUse gives the newest key that is not retired.
func keyInUse(ctx context.Context, r store.Reader) (models.SigningKey, bool, error) {
	var rows []models.SigningKey
	err := keyColumns(r.Select(&rows)).Where("retired_at = 0").Order("id DESC").Limit(1).Scan(ctx)
	if err != nil {
		return models.SigningKey{}, false, fmt.Errorf("find the signing key: %w", err)
	}
	if len(rows) == 0 {
		return models.SigningKey{}, false, nil
	}
	return rows[0], true, nil
}

func keysOf(ctx context.Context, r store.Reader) ([]models.SigningKey, error) {
	var rows []models.SigningKey
	if err := keyColumns(r.Select(&rows)).Order("id DESC").Limit(keysListed).Scan(ctx); err != nil {
		return nil, fmt.Errorf("list signing keys: %w", err)
	}
	return rows, nil
}

func insertKey(ctx context.Context, tx *store.Tx, row *models.SigningKey) error {
	if _, err := tx.Insert(row).Exec(ctx); err != nil {
		return fmt.Errorf("keep a signing key: %w", err)
	}
	return nil
}

func retireKey(ctx context.Context, tx *store.Tx, id int64) error {
	_, err := tx.Update((*models.SigningKey)(nil)).Set("retired_at = ?", tx.Now).Where("id = ?", id).Where("retired_at = 0").Exec(ctx)
	if err != nil {
		return fmt.Errorf("retire a signing key: %w", err)
	}
	return nil
}

func tenantOf(ctx context.Context, r store.Reader) (models.Tenant, error) {
	var t models.Tenant
	err := r.Raw(`SELECT id, slug, name, environment FROM tenants WHERE id = ?tenant`).Scan(ctx, &t)
	if err != nil {
		return t, fmt.Errorf("read the organisation: %w", err)
	}
	return t, nil
}
