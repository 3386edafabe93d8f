package link

import "context"

// Sweep ends requests nobody proved in time, and throws away drafts and
// snapshots whose time is over. Replicas may run it at once.
func (e *Engine) Sweep(ctx context.Context, tenant int64) error {
	if err := e.expire(ctx, tenant); err != nil {
		return err
	}
	for {
		n, err := e.sweepOld(ctx, tenant)
		if err != nil || n == 0 {
			return err
		}
	}
}
