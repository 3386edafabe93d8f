package sync

import (
	"context"
	stdsync "sync"
	"time"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// Run does what is due, for all tenants, until ctx ends: it starts runs by their
// schedule, works on runs, follows events and applies them. Replicas may all do
// so; each source is run by one and followed by one at a time.
func (e *Engine) Run(ctx context.Context, tenants func() []int64) {
	b := &background{Engine: e, busy: map[place]bool{}, swept: map[int64]time.Time{}}
	defer b.working.Wait()
	for ctx.Err() == nil {
		bell := e.bell.next()
		for _, tenant := range tenants() {
			if err := b.look(ctx, tenant); err != nil && ctx.Err() == nil {
				e.log.ErrorContext(ctx, "sources could not be looked at", "error", err.Error())
			}
		}
		b.rest(ctx, bell, b.patience.Every)
	}
}

// Drain does everything that is due now, one thing after another. It is for tests
// and commands.
func (e *Engine) Drain(ctx context.Context, tenant int64) error {
	b := &background{Engine: e, busy: map[place]bool{}, swept: map[int64]time.Time{}, inline: true}
	return b.look(ctx, tenant)
}

// background is what one process works on.
type background struct {
	*Engine

	mu      stdsync.Mutex
	busy    map[place]bool
	working stdsync.WaitGroup
	inline  bool // in the caller's goroutine
	swept   map[int64]time.Time
}

// place is a source that is being run or followed.
type place struct {
	tenant, connector int64
	feed              bool
}

// rest waits until it is time to look again, or somebody rings.
func (e *Engine) rest(ctx context.Context, bell <-chan struct{}, pause time.Duration) {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-bell:
	case <-timer.C:
	}
}

// bell wakes everybody who waits for it.
type bell struct {
	mu   stdsync.Mutex
	ring chan struct{}
}

// next gives a channel that is closed when the bell rings next.
func (b *bell) next() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ring == nil {
		b.ring = make(chan struct{})
	}
	return b.ring
}

func (b *bell) wake() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ring != nil {
		close(b.ring)
		b.ring = nil
	}
}

// look starts what is due for one tenant.
func (b *background) look(ctx context.Context, tenant int64) error {
	r := b.db.Read(tenant)
	sources, err := selectSources(ctx, r)
	if err != nil || len(sources) == 0 {
		return err
	}
	states, err := selectStates(ctx, r)
	if err != nil {
		return err
	}
	open, err := selectOpenRuns(ctx, r)
	if err != nil {
		return err
	}
	if err := b.sweep(ctx, tenant); err != nil {
		return err
	}
	for i := range sources {
		s, state := &sources[i], states[sources[i].ID]
		reads := s.notReading(state) == ""
		due, err := b.due(ctx, s, state, open)
		if err != nil {
			return err
		}
		if due != nil && (reads || due.Kind == models.RunDry) {
			b.start(ctx, s, false, func(ctx context.Context, l *lease) error { return b.execute(ctx, l, *due) })
		}
		if reads {
			b.start(ctx, s, true, b.followAlong)
		}
	}
	return nil
}

// due gives the run of a source to work on now: one that waits or was left
// behind, or a new one by the schedule.
func (b *background) due(ctx context.Context, s *source, state models.SyncSource, open []models.SourceRun) (*models.SourceRun, error) {
	now := b.db.Now()
	var due *models.SourceRun
	for i := range open {
		run := &open[i]
		if run.ConnectorID != s.ID || run.State == models.RunStopped {
			continue
		}
		if run.State == models.RunRunning || due == nil && run.RetryAt <= now {
			due = run
		}
		if run.State == models.RunRunning {
			break
		}
	}
	if due != nil || hasOpen(open, s.ID) || s.notReading(state) != "" {
		return due, nil
	}
	at, full := s.next(state, now)
	if at == 0 || at > now {
		return nil, nil
	}
	kind := models.RunIncremental
	if full {
		kind = models.RunFull
	}
	var run models.SourceRun
	err := b.db.Maintain(ctx, s.TenantID, store.SyncLease, func(ctx context.Context, tx *store.Tx) error {
		if _, err := lockState(ctx, tx, s.ID); err != nil {
			return err
		}
		made, err := newRun(ctx, tx, s, kind, tx.Actor)
		run = made // another replica may just have made it
		return unlessConflict(err)
	})
	return &run, err
}

// hasOpen reports whether a source has a run that waits for its turn or its source.
func hasOpen(open []models.SourceRun, connector int64) bool {
	for i := range open {
		if open[i].ConnectorID == connector && open[i].State != models.RunStopped {
			return true
		}
	}
	return false
}

// start does a piece of work under a lease, unless this process is at it already
// or another one holds the lease.
func (b *background) start(ctx context.Context, s *source, feed bool, do func(context.Context, *lease) error) {
	at := place{s.TenantID, s.ID, feed}
	b.mu.Lock()
	if b.busy[at] {
		b.mu.Unlock()
		return
	}
	b.busy[at] = true
	b.mu.Unlock()
	work := func() {
		defer func() {
			b.mu.Lock()
			delete(b.busy, at)
			b.mu.Unlock()
		}()
		if err := b.underLease(ctx, s, feed, do); err != nil && ctx.Err() == nil {
			b.log.ErrorContext(ctx, "a source could not be worked on", "connector", s.ID, "events", feed, "error", err.Error())
		}
	}
	if b.inline {
		work()
		return
	}
	b.working.Go(work)
}

// followAlong follows a source, or looks at it once where nobody waits.
func (b *background) followAlong(ctx context.Context, l *lease) error {
	if !b.inline {
		return b.follow(ctx, l)
	}
	_, err := b.followOnce(ctx, l, time.Time{})
	return err
}

func (b *background) underLease(ctx context.Context, s *source, feed bool, do func(context.Context, *lease) error) error {
	l, got, err := b.acquire(ctx, s, feed)
	if err != nil || !got {
		return err
	}
	defer b.release(ctx, l)
	return do(ctx, l)
}

// How often what is past is tidied up, and how long applied events are kept.
const (
	sweepEvery = time.Minute
	keepEvents = 90 * 24 * time.Hour
)

// sweep opens differences whose time of being ignored is over, and forgets old
// events and own writes.
func (b *background) sweep(ctx context.Context, tenant int64) error {
	now := time.Now()
	if now.Sub(b.swept[tenant]) < sweepEvery {
		return nil
	}
	b.swept[tenant] = now
	return b.db.Maintain(ctx, tenant, store.SyncLease, func(ctx context.Context, tx *store.Tx) error {
		if err := reopenDrifts(ctx, tx); err != nil {
			return err
		}
		return forgetEvents(ctx, tx, tx.Now.Add(-keepEvents))
	})
}
