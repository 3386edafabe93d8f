package directory

import "context"

// attentionRows is how many people of one kind the first page names.
const attentionRows = 50

// Attention gives who needs somebody: may still sign in after their leaving
// date, waits to be let in, leaves within a week.
func (e *Engine) Attention(ctx context.Context, tenant int64) (Attention, error) {
	var a Attention
	for _, part := range []struct {
		into   *Waiting
		query  Query
		column string
	}{
		{&a.LeavingPassed, Query{View: ViewOverdue}, "leaving_at"},
		{&a.Pending, Query{Pending: true}, "pending_since"},
		{&a.LeavingSoon, Query{View: ViewLeaving}, "leaving_at"},
	} {
		var err error
		if *part.into, err = e.waiting(ctx, tenant, part.query, part.column); err != nil {
			return Attention{}, err
		}
	}
	return a, nil
}

// waiting reads the first of a query by a column its own filter walks.
func (e *Engine) waiting(ctx context.Context, tenant int64, q Query, column string) (Waiting, error) {
	p := &plan{Query: q, r: e.db.Read(tenant), now: e.db.Now(), start: -1}
	if err := p.check(); err != nil {
		return Waiting{}, err
	}
	var err error
	if p.filters, err = p.Query.filters(p.now); err != nil {
		return Waiting{}, err
	}
	rows, err := p.earliest(ctx, column, attentionRows)
	if err != nil {
		return Waiting{}, err
	}
	w := Waiting{Rows: rows, Total: len(rows)}
	if len(rows) == attentionRows {
		w.Total, w.Capped, err = e.Count(ctx, tenant, q)
	}
	return w, err
}
