package session

import (
	"context"
	"time"

	"github.com/rollcall/rollcall/internal/store"
)

const (
	// sweepBatch keeps each transaction of the sweep short.
	sweepBatch = 500
	// sweepAfter is how long a session that reached its longest duration is still
	// known, so that what its person sends after a night is not lost (Lapsed).
	sweepAfter = 24 * time.Hour
)

// Sweep removes a tenant's sessions that reached their longest duration a day
// ago and says how many. They were refused all the while; this only frees room.
func (m *Manager) Sweep(ctx context.Context, tenant int64) (int, error) {
	total := 0
	for {
		var n int
		err := m.store.Maintain(ctx, tenant, store.SessionSweep, func(ctx context.Context, tx *store.Tx) error {
			var err error
			n, err = deleteExpired(ctx, tx, tx.Now.Add(-sweepAfter), sweepBatch)
			return err
		})
		total += n
		if err != nil || n < sweepBatch {
			return total, err
		}
	}
}
