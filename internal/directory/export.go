package directory

import (
	"context"
	"slices"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// exportBatch is how many people an export holds in memory.
const exportBatch = 1_000

// Each gives every person of a query to fn, in the order of the query, batch by
// batch; its page is ignored. Conditions on time are those of the start.
func (e *Engine) Each(ctx context.Context, tenant int64, q Query, fn func(Row) error) error {
	return e.batches(ctx, tenant, q, func(rows []Row) error {
		for _, row := range rows {
			if err := fn(row); err != nil {
				return err
			}
		}
		return nil
	})
}

func (e *Engine) batches(ctx context.Context, tenant int64, q Query, fn func([]Row) error) error {
	q.Limit, q.Cursor = 0, ""
	p, err := e.prepare(ctx, e.db.Read(tenant), q)
	if err != nil {
		return err
	}
	if p.start < 0 {
		if err := p.choose(ctx, p.bounds.medium, startable); err != nil {
			return err
		}
		p.toTheEnd = true
	}
	at := position{start: true}
	for {
		rows, err := p.fetch(ctx, at, !p.Desc, exportBatch)
		if err != nil {
			return err
		}
		if len(rows) > 0 {
			if err := fn(rows); err != nil {
				return err
			}
		}
		if len(rows) < exportBatch {
			return nil
		}
		at = positionOf(&rows[len(rows)-1], p.Sort)
	}
}

// RecordExport writes into the audit log that people are being exported: which,
// in words, how many, and why. It comes before the first byte of the export.
func (e *Engine) RecordExport(ctx context.Context, actor models.Actor, what string, n int, reason string) error {
	if err := permit(actor, models.UsersExport, "export people"); err != nil {
		return err
	}
	var f form
	reason = f.reason(reason, true)
	if err := f.err(); err != nil {
		return err
	}
	return e.db.Change(ctx, actor, func(ctx context.Context, tx *store.Tx) error {
		target, err := tenantRef(ctx, tx.Reader)
		if err != nil {
			return err
		}
		return tx.Record(ctx, store.Event{
			Action: models.UserExport, Target: target, Reason: reason,
			After: map[string]any{"people": n, "filter": tidy(what)},
		})
	})
}

// managerNames names the managers of a batch.
func (e *Engine) managerNames(ctx context.Context, tenant int64, rows []Row) (map[int64]PersonRef, error) {
	ids := make([]int64, 0, len(rows))
	for _, row := range rows {
		if row.ManagerID != 0 {
			ids = append(ids, row.ManagerID)
		}
	}
	slices.Sort(ids)
	return e.Names(ctx, tenant, slices.Compact(ids))
}
