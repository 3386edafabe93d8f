package session

import (
	"context"

	"github.com/rollcall/rollcall/internal/store"
)

// sweepBatch keeps each transaction of the sweep short.
const sweepBatch = 500

// Sweep removes a tenant's sessions that have reached their longest duration
// and says how many. They were refused already; this only frees room.
func (m *Manager) Sweep(ctx context.Context, tenant int64) (int, error) {
	total := 0
	for {
		var n int
		err := m.store.Maintain(ctx, tenant, store.SessionSweep, func(ctx context.Context, tx *store.Tx) error {
			var err error
			n, err = deleteExpired(ctx, tx, sweepBatch)
			return err
		})
		total += n
		if err != nil || n < sweepBatch {
			return total, err
		}
	}
}
