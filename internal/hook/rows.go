package hook

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// selectDelivery reads what is known of a message; nil when nothing is.
func selectDelivery(ctx context.Context, r store.Reader, like models.HookDelivery) (*models.HookDelivery, error) {
	var row models.HookDelivery
	err := r.Select(&row).Column("digest").Where("hd.connector_id = ?", like.ConnectorID).Where("hd.delivery_id = ?", like.DeliveryID).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("find a posted message: %w", err)
	}
	return &row, nil
}

// insertDelivery writes a message down. A copy that was faster on another
// replica stays: its events are the same.
func insertDelivery(ctx context.Context, tx *store.Tx, row models.HookDelivery) error {
	if _, err := tx.Insert(&row).Ignore().Returning("NULL").Exec(ctx); err != nil {
		return fmt.Errorf("write a posted message down: %w", err)
	}
	return nil
}

// deleteOld removes messages from before a moment, about limit at a time.
func deleteOld(ctx context.Context, tx *store.Tx, before models.Instant, limit int) (int, error) {
	var at []models.Instant
	q := tx.Select((*models.HookDelivery)(nil)).Column("received_at").Where("hd.received_at < ?", before).Order("received_at").Limit(int64(limit))
	if err := q.Scan(ctx, &at); err != nil {
		return 0, fmt.Errorf("find old messages: %w", err)
	}
	if len(at) == 0 {
		return 0, nil
	}
	done, err := tx.Delete((*models.HookDelivery)(nil)).Where("received_at <= ?", at[len(at)-1]).Exec(ctx)
	if err != nil {
		return 0, fmt.Errorf("remove old messages: %w", err)
	}
	n, err := done.RowsAffected()
	if err != nil {
		return 0, fmt.Errorf("count removed messages: %w", err)
	}
	return int(n), nil
}
