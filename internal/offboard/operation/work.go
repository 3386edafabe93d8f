package operation

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/rollcall/rollcall/models"
)

// A failed chunk is tried again after a rest: what stopped it may pass.
const restAfterFault = 10 * time.Second

// dueAtOnce is how many due operations one look reads.
const dueAtOnce = 20

// Run works on what is due, for all tenants, until ctx ends. Replicas may all do
// so; each operation is worked on by one at a time.
func (e *Engine) Run(ctx context.Context, tenants func() []int64) {
	for ctx.Err() == nil {
		bell, busy := e.bell.next(), false
		for _, tenant := range tenants() {
			did, err := e.Work(ctx, tenant)
			if err != nil && ctx.Err() == nil {
				e.Log.ErrorContext(ctx, "operations could not be worked on", "error", err.Error())
			}
			busy = busy || did && err == nil
		}
		if !busy {
			rest(ctx, bell, e.Every)
		}
	}
}

// Drain works until nothing is due any more. It is for tests and commands.
func (e *Engine) Drain(ctx context.Context, tenant int64) error {
	for {
		did, err := e.Work(ctx, tenant)
		if err != nil || !did {
			return err
		}
	}
}

// Work takes the lease of one operation that is due and does one chunk of its
// phase. False: nothing is due that nobody else works on.
func (e *Engine) Work(ctx context.Context, tenant int64) (did bool, err error) {
	due, err := selectDue(ctx, e.Store.Read(tenant), e.Store.Now(), dueAtOnce)
	if err != nil {
		return false, err
	}
	for _, op := range due {
		do := e.phase(op.Phase)
		if do == nil {
			continue
		}
		l, got, err := e.acquire(ctx, tenant, op.ID)
		if err != nil {
			return false, err
		}
		if !got {
			continue
		}
		return true, e.chunk(ctx, l, do)
	}
	return false, nil
}

// workAtOnce does up to n chunks under a lease that the caller's own transaction
// took (own), while somebody waits for the page, and gives the lease back. What is
// left, also after a fault, the background does.
func (e *Engine) workAtOnce(ctx context.Context, l *lease, n int) {
	defer e.Wake()
	var after models.Instant
	for range n {
		op, err := selectOperation(ctx, e.Store.Read(l.tenant), l.op)
		do := e.phase(op.Phase)
		if err != nil || do == nil || op.DueAt == 0 || op.DueAt > e.Store.Now() {
			break
		}
		if err := do(ctx, l); err != nil {
			after = e.afterFault(ctx, l, err)
			break
		}
	}
	e.release(ctx, l, after)
}

// afterFault says until when an operation rests after a chunk that failed.
func (e *Engine) afterFault(ctx context.Context, l *lease, err error) models.Instant {
	if errors.Is(err, errLost) || ctx.Err() != nil {
		return 0
	}
	e.Log.ErrorContext(ctx, "a chunk of an operation failed; it is tried again", "operation", l.op, "error", err.Error())
	return e.Store.Now().Add(restAfterFault)
}

// workOn does one chunk of a given operation when its lease is free. False: there
// is nothing to do now, or somebody else is doing it.
func (e *Engine) workOn(ctx context.Context, tenant, id int64) (did bool, err error) {
	op, err := selectOperation(ctx, e.Store.Read(tenant), id)
	if err != nil {
		return false, err
	}
	do := e.phase(op.Phase)
	if do == nil || op.DueAt == 0 || op.DueAt > e.Store.Now() {
		return false, nil
	}
	l, got, err := e.acquire(ctx, tenant, id)
	if err != nil || !got {
		return false, err
	}
	return true, e.chunk(ctx, l, do)
}

func (e *Engine) chunk(ctx context.Context, l *lease, do func(context.Context, *lease) error) error {
	err := do(ctx, l)
	var after models.Instant
	if err != nil {
		after = e.afterFault(ctx, l, err)
	}
	e.release(ctx, l, after)
	if errors.Is(err, errLost) {
		return nil
	}
	return err
}

// rest waits until it is time to look again, or somebody rings.
func rest(ctx context.Context, bell <-chan struct{}, pause time.Duration) {
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
	mu   sync.Mutex
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
