package sync

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// maxSources is how many connectors a tenant may have.
const maxSources = 200

var connectorColumns = []string{
	"id", "tenant_id", "public_id", "connector_key", "kind", "name", "state", "settings", "mapping", "sync", "version",
}

func noSource() error {
	return errs.New(errs.NotFound, "There is no such connector. Somebody may have deleted it.")
}

// selectSource reads one connector by a unique column.
func selectSource(ctx context.Context, r store.Reader, column string, value any) (source, error) {
	var row models.Connector
	err := r.Select(&row).Column(connectorColumns...).Where("cn.? = ?", bun.Ident(column), value).Limit(1).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return source{}, noSource()
	}
	if err != nil {
		return source{}, fmt.Errorf("read a connector: %w", err)
	}
	return sourceOf(row)
}

// selectSources reads all connectors, by name.
func selectSources(ctx context.Context, r store.Reader) ([]source, error) {
	var rows []models.Connector
	if err := r.Select(&rows).Column(connectorColumns...).Order("name", "id").Limit(maxSources).Scan(ctx); err != nil {
		return nil, fmt.Errorf("list connectors: %w", err)
	}
	sources := make([]source, len(rows))
	for i := range rows {
		var err error
		if sources[i], err = sourceOf(rows[i]); err != nil {
			return nil, err
		}
	}
	return sources, nil
}

// selectStates reads what sync keeps of every connector.
func selectStates(ctx context.Context, r store.Reader) (map[int64]models.SyncSource, error) {
	var rows []models.SyncSource
	if err := r.Select(&rows).Limit(maxSources).Scan(ctx); err != nil {
		return nil, fmt.Errorf("read the state of sources: %w", err)
	}
	states := make(map[int64]models.SyncSource, len(rows))
	for _, row := range rows {
		states[row.ConnectorID] = row
	}
	return states, nil
}

// lockState reads what sync keeps of a connector and holds the row; it is made
// when there is none.
func lockState(ctx context.Context, tx *store.Tx, id int64) (models.SyncSource, error) {
	for range 2 {
		var row models.SyncSource
		err := tx.Lock(tx.Select(&row).Where("ss.connector_id = ?", id)).Scan(ctx)
		if err == nil {
			return row, nil
		}
		if !errors.Is(err, sql.ErrNoRows) {
			return row, fmt.Errorf("lock the state of source %d: %w", id, err)
		}
		if _, err := tx.Insert(&models.SyncSource{ConnectorID: id}).Ignore().Returning("NULL").Exec(ctx); err != nil {
			return row, fmt.Errorf("write the state of source %d: %w", id, err)
		}
	}
	return models.SyncSource{}, fmt.Errorf("the state of source %d is missing after its insert", id)
}

// updateState writes the named columns of what sync keeps.
func updateState(ctx context.Context, tx *store.Tx, row *models.SyncSource, columns ...string) error {
	if _, err := tx.Update(row).Column(columns...).Where("ss.connector_id = ?", row.ConnectorID).Exec(ctx); err != nil {
		return fmt.Errorf("write the state of source %d: %w", row.ConnectorID, err)
	}
	return nil
}

// waitingEvents is how many events of a connector wait, and since when.
type waitingEvents struct {
	ConnectorID int64
	N           int64
	Oldest      models.Instant
}

// selectWaiting counts events of connectors that are not applied yet.
func selectWaiting(ctx context.Context, r store.Reader, connectors []int64) (map[int64]waitingEvents, error) {
	if len(connectors) == 0 {
		return nil, nil
	}
	var rows []waitingEvents
	err := r.Raw(`SELECT connector_id, COUNT(*) AS n, MIN(received_at) AS oldest FROM sync_events
		WHERE tenant_id = ?tenant AND connector_id IN (?) AND state = ? GROUP BY connector_id`, bun.List(connectors), models.EventWaiting).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("count waiting events: %w", err)
	}
	found := make(map[int64]waitingEvents, len(rows))
	for _, row := range rows {
		found[row.ConnectorID] = row
	}
	return found, nil
}

// selectArrivals reads when the newest events of a connector came, the newest first.
func selectArrivals(ctx context.Context, r store.Reader, connector, limit int64) ([]models.Instant, error) {
	var at []models.Instant
	q := r.Select((*models.SyncEvent)(nil)).Column("received_at").Where("se.connector_id = ?", connector).
		Order("received_at DESC", "id DESC").Limit(limit)
	if err := r.WalkIndex(q, "sync_events_by_arrival").Scan(ctx, &at); err != nil {
		return nil, fmt.Errorf("read when events came: %w", err)
	}
	return at, nil
}

// selectState reads what sync keeps of one connector.
func selectState(ctx context.Context, r store.Reader, id int64) (models.SyncSource, error) {
	row := models.SyncSource{ConnectorID: id}
	err := r.Select(&row).Where("ss.connector_id = ?", id).Limit(1).Scan(ctx)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return row, fmt.Errorf("read the state of source %d: %w", id, err)
	}
	return row, nil
}
