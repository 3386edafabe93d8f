package jobs

import (
	"context"
	"sync"
	"time"

	"github.com/rollcall/rollcall/models"
)

// grace is how long after its time limit a step is taken for lost: its process
// died, or cannot reach the database.
const grace = 30 * time.Second

// Run does what is due, for all tenants, until ctx ends. Steps that are running
// then are cut off and done again by whoever claims them next.
func (e *Engine) Run(ctx context.Context, tenants func() []int64) {
	var running sync.WaitGroup
	defer running.Wait()
	room := make(chan struct{}, e.workers)
	for ctx.Err() == nil {
		found := 0
		for _, tenant := range tenants() {
			found += e.dispatch(ctx, tenant, room, &running)
		}
		if found == 0 {
			e.rest(ctx)
		}
	}
}

// rest waits until there may be something to do.
func (e *Engine) rest(ctx context.Context) {
	timer := time.NewTimer(e.idle)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-e.wake:
	case <-timer.C:
	}
}

// moment is how long a free place waits for others: one look at the table fills
// several as cheaply as one.
const moment = 5 * time.Millisecond

// gather waits until there is a place, then a moment for a quarter of them, and
// says how many are free. It gives 0 when ctx ends.
func (e *Engine) gather(ctx context.Context, room chan struct{}) int {
	select {
	case room <- struct{}{}:
		<-room
	case <-ctx.Done():
		return 0
	}
	timer := time.NewTimer(moment)
	defer timer.Stop()
	for waited := false; !waited && cap(room)-len(room) < cap(room)/4; {
		select {
		case <-ctx.Done():
			return 0
		case <-e.wake:
		case <-timer.C:
			waited = true
		}
	}
	return cap(room) - len(room)
}

// dispatch claims as many steps as there is room for and starts them.
func (e *Engine) dispatch(ctx context.Context, tenant int64, room chan struct{}, running *sync.WaitGroup) int {
	steps, err := e.claim(ctx, tenant, e.gather(ctx, room), e.mayBeLost(tenant))
	if err != nil {
		if ctx.Err() == nil {
			e.log.ErrorContext(ctx, "work could not be claimed", "error", err.Error())
		}
		return 0
	}
	for _, s := range steps {
		room <- struct{}{}
		running.Go(func() {
			defer func() { <-room; e.Wake() }()
			defer e.leave(s)
			e.do(ctx, s)
		})
	}
	return len(steps)
}

// Drain does everything that is due now, one after another, and says how many
// steps that were. It is for tests and commands.
func (e *Engine) Drain(ctx context.Context, tenant int64) (int, error) {
	total := 0
	for {
		steps, err := e.claim(ctx, tenant, 1, true)
		if err != nil || len(steps) == 0 {
			return total, err
		}
		for _, s := range steps {
			e.do(ctx, s)
			e.leave(s)
			total++
		}
	}
}

// do runs one step and writes what came of it.
func (e *Engine) do(ctx context.Context, s Step) {
	h := e.handler(s.Kind)
	limited, cancel := context.WithTimeout(ctx, h.Timeout)
	defer cancel()
	result, err := attempt(limited, h, s)
	if ctx.Err() != nil {
		return // the process ends: the lease runs out and the step is done again
	}
	if err == nil {
		err = e.complete(ctx, s, result)
		if err == nil {
			return
		}
	}
	if err := e.failed(ctx, s, h, err); err != nil {
		e.log.ErrorContext(ctx, "a step could not be put down", "kind", s.Kind, "step", s.PublicID, "error", err.Error())
	}
}

// attempt calls the handler; a panic there is an error like any other.
func attempt(ctx context.Context, h Handler, s Step) (r Result, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = panicked(v)
		}
	}()
	r, err = h.Do(ctx, s)
	if err == nil && (r.Outcome == "" || r.Outcome == models.OutcomeWaiting) {
		return r, Permanent(errNoOutcome)
	}
	return r, err
}
