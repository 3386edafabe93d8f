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

// workOn does one chunk of a given operation when its lease is free, so that a
// request can carry out what is small while somebody waits for the page. False:
// there is nothing to do now, or somebody else is doing it.
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
	if err != nil && !errors.Is(err, errLost) && ctx.Err() == nil {
		after = e.Store.Now().Add(restAfterFault)
		e.Log.ErrorContext(ctx, "a chunk of an operation failed; it is tried again", "operation", l.op, "error", err.Error())
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
