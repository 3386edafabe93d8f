package directory

import (
	"context"
	"errors"
	"time"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
)

// countTime is how long Count may take; the list never waits for it. Tests on a
// busy machine give it more.
var countTime = 2 * time.Second

// Count counts the people of a query, ignoring its page. It stops behind
// CountCap: capped means more than that many.
func (e *Engine) Count(ctx context.Context, tenant int64, q Query) (n int, capped bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, countTime)
	defer cancel()
	n, err = e.count(ctx, e.db.Read(tenant), q, CountCap+1)
	if n > CountCap {
		return CountCap, true, nil
	}
	return n, false, slow(ctx, err)
}

// CountExactly counts to the end, however long that takes within ctx.
func (e *Engine) CountExactly(ctx context.Context, tenant int64, q Query) (int, error) {
	n, err := e.count(ctx, e.db.Read(tenant), q, 0)
	return n, slow(ctx, err)
}

func (e *Engine) count(ctx context.Context, r store.Reader, q Query, limit int) (int, error) {
	q.Cursor = ""
	p, err := e.prepare(ctx, r, q)
	if err != nil {
		return 0, err
	}
	if p.start < 0 {
		if err := p.choose(ctx, p.bounds.medium, startable); err != nil {
			return 0, err
		}
	}
	return p.count(ctx, limit)
}

// slow words a count that ran out of time.
func slow(ctx context.Context, err error) error {
	if err == nil || !errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return err
	}
	return errs.Wrap(err, errs.Unavailable, "Counting took too long and was stopped. The list itself is complete.")
}
