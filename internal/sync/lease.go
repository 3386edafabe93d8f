package sync

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// errLost means that somebody else holds the lease, so nothing more may be written.
var errLost = errors.New("sync: the lease of the source is held by another replica")

// lease is the right to run or to follow one source. It is a row in the database
// and counts only in the transaction that looks at it.
type lease struct {
	source source
	token  string
	feed   bool // of following events; false: of runs
}

// slot is where a lease stands in the row of a source.
func (l *lease) slot(state *models.SyncSource) (token *string, until *models.Instant, columns []string) {
	if l.feed {
		return &state.FeedToken, &state.FeedUntil, []string{"feed_token", "feed_until"}
	}
	return &state.RunToken, &state.RunUntil, []string{"run_token", "run_until"}
}

// acquire takes a lease that is free or ran out; false when somebody holds it.
func (e *Engine) acquire(ctx context.Context, s *source, feed bool) (*lease, bool, error) {
	l := &lease{source: *s, token: uuid.NewString(), feed: feed}
	got := false
	err := e.db.Maintain(ctx, s.TenantID, store.SyncLease, func(ctx context.Context, tx *store.Tx) error {
		state, err := lockState(ctx, tx, s.ID)
		if err != nil {
			return err
		}
		token, until, columns := l.slot(&state)
		if got = *token == "" || *until <= tx.Now; !got {
			return nil
		}
		*token, *until = l.token, tx.Now.Add(e.patience.Lease)
		return updateState(ctx, tx, &state, columns...)
	})
	return l, got && err == nil, err
}

// held reads the row of the source, makes sure that the lease still stands, and
// renews it. Every transaction under a lease begins here.
func (e *Engine) held(ctx context.Context, tx *store.Tx, l *lease) (models.SyncSource, error) {
	state, err := lockState(ctx, tx, l.source.ID)
	if err != nil {
		return state, err
	}
	token, until, columns := l.slot(&state)
	if *token != l.token {
		return state, errLost
	}
	*until = tx.Now.Add(e.patience.Lease)
	return state, updateState(ctx, tx, &state, columns[1])
}

// keepAlive renews a lease until ctx ends, and ends it when the lease is lost.
func (e *Engine) keepAlive(ctx context.Context, l *lease, lost context.CancelCauseFunc) {
	ticker := time.NewTicker(e.patience.Lease / 3)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		err := e.db.Maintain(ctx, l.source.TenantID, store.SyncLease, func(ctx context.Context, tx *store.Tx) error {
			_, err := e.held(ctx, tx, l)
			return err
		})
		if errors.Is(err, errLost) {
			lost(errLost)
			return
		}
	}
}

// release gives a lease back, also when the work was cut off: the next holder
// need not wait for it to run out.
func (e *Engine) release(ctx context.Context, l *lease) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	err := e.db.Maintain(ctx, l.source.TenantID, store.SyncLease, func(ctx context.Context, tx *store.Tx) error {
		state, err := lockState(ctx, tx, l.source.ID)
		if err != nil {
			return err
		}
		token, until, columns := l.slot(&state)
		if *token != l.token {
			return nil
		}
		*token, *until = "", 0
		return updateState(ctx, tx, &state, columns...)
	})
	if err != nil {
		e.log.WarnContext(ctx, "a lease was not given back; it runs out by itself", "connector", l.source.ID, "error", err.Error())
	}
}
