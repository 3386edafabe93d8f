package directory

import (
	"context"
	"time"

	"github.com/rollcall/rollcall/internal/store"
)

const (
	// selectionNamed is how long a selection whose time is over is still known as
	// such, without the people in it: its link says what happened to it.
	selectionNamed = 7 * 24 * time.Hour

	sweepSelections = 100   // of one transaction
	sweepPeople     = 5_000 // of one transaction
)

// SweepSelections removes the people and lines of selections whose time is over,
// later the selections themselves, and gives how many were dealt with.
func (e *Engine) SweepSelections(ctx context.Context, tenant int64) (int, error) {
	total := 0
	for {
		n, more := 0, false
		err := e.db.Maintain(ctx, tenant, store.SelectionKeeping, func(ctx context.Context, tx *store.Tx) error {
			ids, err := overSelections(ctx, tx, sweepSelections)
			if err != nil || len(ids) == 0 {
				n, more = 0, false
				return err
			}
			more = true
			left, err := emptySelections(ctx, tx, ids, sweepPeople)
			if err != nil || left {
				return err
			}
			n = len(ids)
			return forgetSelections(ctx, tx, ids)
		})
		total += n
		if err != nil || !more {
			break
		}
	}
	if err := ctx.Err(); err != nil {
		return total, err
	}
	return total, e.db.Maintain(ctx, tenant, store.SelectionKeeping, func(ctx context.Context, tx *store.Tx) error {
		return deleteSelections(ctx, tx, tx.Now.Add(-selectionNamed), sweepSelections)
	})
}
