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
		Where("se.event_id IN (?)", bun.List(ids)).Limit(int64(len(ids))).Scan(ctx, &found)
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

// releaseEvents lets events go on that were held.
func releaseEvents(ctx context.Context, tx *store.Tx, connector int64) error {
	_, err := tx.Update((*models.SyncEvent)(nil)).Set("state = ?", models.EventWaiting).Set("retry_at = ?", tx.Now).Set("sentence = ''").
		Where("connector_id = ?", connector).Where("state = ?", models.EventHeld).Exec(ctx)
	if err != nil {
		return fmt.Errorf("let held events go on: %w", err)
	}
	return nil
}

// selectDueEvents reads events that wait to be applied, the newest first: what
// happens now is not held up by thousands that came before it, and an account
// that was read for its newest event needs no read for older ones.
func selectDueEvents(ctx context.Context, r store.Reader, connector int64, now models.Instant, limit int) ([]models.SyncEvent, error) {
	rows := []models.SyncEvent{}
	q := r.Select(&rows).Where("se.connector_id = ?", connector).Where("se.state = ?", models.EventWaiting).Where("se.retry_at <= ?", now).
		OrderExpr("se.retry_at DESC, se.id DESC").Limit(int64(limit))
	if err := r.ForceIndex(q, "sync_events_by_state").Scan(ctx); err != nil {
		return nil, fmt.Errorf("read waiting events: %w", err)
	}
	return rows, nil
}

// endEvents marks events as applied, or as held where their account waits for a
// decision. Only those that still wait are marked: each is applied once.
func endEvents(ctx context.Context, tx *store.Tx, events []models.SyncEvent, held map[string]bool) error {
	byState := map[models.EventState][]int64{}
	for _, ev := range events {
		state := models.EventApplied
		if held[ev.AccountKey] {
			state = models.EventHeld
		}
		byState[state] = append(byState[state], ev.ID)
	}
	for _, state := range []models.EventState{models.EventApplied, models.EventHeld} {
		if len(byState[state]) == 0 {
			continue
		}
		q := tx.Update((*models.SyncEvent)(nil)).Set("state = ?", state).Set("applied_at = ?", tx.Now).Set("attempts = attempts + 1")
		_, err := store.ByIDs(tx.Reader, q, byState[state]).Where("state = ?", models.EventWaiting).Exec(ctx)
		if err != nil {
			return fmt.Errorf("mark %d events: %w", len(byState[state]), err)
		}
	}
	return nil
}

// putOff tries events again later, and gives up what was tried too often.
func putOff(ctx context.Context, tx *store.Tx, events []models.SyncEvent, until models.Instant, why string) error {
	ids := make([]int64, len(events))
	for i := range events {
		ids[i] = events[i].ID
	}
	q := tx.Update((*models.SyncEvent)(nil)).Set("state = CASE WHEN attempts + 1 >= ? THEN ? ELSE state END", maxAttempts, models.EventFailed).
		Set("attempts = attempts + 1").Set("retry_at = ?", until).Set("sentence = ?", why)
	_, err := store.ByIDs(tx.Reader, q, ids).Where("state = ?", models.EventWaiting).Exec(ctx)
	if err != nil {
		return fmt.Errorf("put off %d events: %w", len(ids), err)
	}
	return nil
}

// forgetEvents removes events that ended before a moment, some at a time.
func forgetEvents(ctx context.Context, tx *store.Tx, before models.Instant) error {
	var ids []int64
	err := tx.Select((*models.SyncEvent)(nil)).Column("id").Where("se.at < ?", before).
		Where("se.state <> ?", models.EventWaiting).OrderExpr("se.at, se.id").Limit(MaxEvents).Scan(ctx, &ids)
	if err != nil {
		return fmt.Errorf("look for old events: %w", err)
	}
	if len(ids) == 0 {
		return nil
	}
	if _, err := store.ByIDs(tx.Reader, tx.Delete((*models.SyncEvent)(nil)), ids).Exec(ctx); err != nil {
		return fmt.Errorf("forget old events: %w", err)
	}
	return nil
}

// insertOwnEvents stores events of our own, each once.
func insertOwnEvents(ctx context.Context, tx *store.Tx, rows []models.SyncEvent) error {
	if _, err := tx.Insert(&rows).Ignore().Returning("NULL").Exec(ctx); err != nil {
		return fmt.Errorf("store %d events of our own: %w", len(rows), err)
	}
	return nil
}
