package sync

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// selectKnownEvents says which of the ids are stored already.
func selectKnownEvents(ctx context.Context, r store.Reader, connector int64, ids []string) (map[string]bool, error) {
	known := make(map[string]bool, len(ids))
	if len(ids) == 0 {
		return known, nil
	}
	var found []string
	err := r.Select((*models.SyncEvent)(nil)).Column("event_id").Where("se.connector_id = ?", connector).
		Where("se.event_id IN (?)", bun.In(ids)).Limit(int64(len(ids))).Scan(ctx, &found)
	if err != nil {
		return nil, fmt.Errorf("look for known events: %w", err)
	}
	for _, id := range found {
		known[id] = true
	}
	return known, nil
}

func insertEvents(ctx context.Context, tx *store.Tx, rows []models.SyncEvent) error {
	if _, err := tx.Insert(&rows).Returning("NULL").Exec(ctx); err != nil {
		return fmt.Errorf("store %d events: %w", len(rows), err)
	}
	return nil
}
