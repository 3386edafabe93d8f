package connector

import (
	"context"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// List gives all connectors of a tenant, by name.
func (e *Engine) List(ctx context.Context, tenant int64) ([]Connector, error) {
	rows, err := selectAll(ctx, e.db.Read(tenant))
	if err != nil {
		return nil, err
	}
	out := make([]Connector, len(rows))
	for i := range rows {
		if out[i], err = connectorOf(&rows[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Get gives a connector by its public id.
func (e *Engine) Get(ctx context.Context, tenant int64, publicID string) (Connector, error) {
	return get(ctx, e.db.Read(tenant), "public_id", publicID)
}

// ByID gives a connector by its id.
func (e *Engine) ByID(ctx context.Context, tenant, id int64) (Connector, error) {
	return get(ctx, e.db.Read(tenant), "id", id)
}

// ByKey gives a connector by its key.
func (e *Engine) ByKey(ctx context.Context, tenant int64, key string) (Connector, error) {
	return get(ctx, e.db.Read(tenant), "connector_key", key)
}

// In gives a connector inside a transaction.
func (e *Engine) In(ctx context.Context, tx *store.Tx, id int64) (Connector, error) {
	return get(ctx, tx.Reader, "id", id)
}

func get(ctx context.Context, r store.Reader, column string, value any) (Connector, error) {
	row, err := selectBy(ctx, r, column, value)
	if err != nil {
		return Connector{}, err
	}
	return connectorOf(row)
}

// Enabled gives the connectors that are in use.
func (e *Engine) Enabled(ctx context.Context, tenant int64) ([]Connector, error) {
	all, err := e.List(ctx, tenant)
	if err != nil {
		return nil, err
	}
	out := all[:0]
	for _, c := range all {
		if c.State == models.ConnectorEnabled {
			out = append(out, c)
		}
	}
	return out, nil
}
