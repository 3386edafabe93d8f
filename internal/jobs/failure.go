package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

var (
	errNoOutcome = errors.New("jobs: a handler gave no outcome")
	// errLost means that the lease ran out meanwhile and somebody else has the step.
	errLost = errors.New("jobs: the step was Step by somebody else")
)

func panicked(v any) error { return Permanent(fmt.Errorf("jobs: the handler panicked: %v", v)) }

// permanent is an error that trying again does not mend.
type permanent struct{ error }

func (p permanent) Unwrap() error { return p.error }

// Permanent marks an error that trying again does not mend.
func Permanent(err error) error { return permanent{err} }

// mayPass reports whether the same step may work later.
func mayPass(err error) bool {
	if _, never := errors.AsType[permanent](err); never {
		return false
	}
	var says interface{ Again() bool }
	if errors.As(err, &says) {
		return says.Again()
	}
	return true
}

// Pauses between attempts: they double up to an hour, with a fifth of jitter.
const (
	firstPause = 2 * time.Second
	longPause  = time.Hour
)

// pause says how long to wait after a number of attempts.
func pause(attempts int, err error) time.Duration {
	d := longPause
	if attempts < 12 {
		d = min(longPause, firstPause<<(attempts-1))
	}
	var says interface{ Wait() time.Duration }
	if errors.As(err, &says) {
		d = max(d, says.Wait())
	}
	return d + rand.N(d/5+1) //nolint:gosec // jitter needs no secrecy
}

// sentence is what people read of an error.
func sentence(err error) string {
	if e, ok := errs.As(err); ok {
		return e.Safe
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return "It did not finish in time."
	}
	return "Rollcall met a fault of its own. The log of the program names it by the step."
}

// failed puts a step down after an attempt that did not work: to be tried again,
// or for good.
func (e *Engine) failed(ctx context.Context, s Step, h Handler, cause error) error {
	if errors.Is(cause, errLost) {
		return nil
	}
	e.log.WarnContext(ctx, "a step did not work", "kind", s.Kind, "step", s.PublicID, "attempt", s.Attempt, "error", cause.Error())
	said := sentence(cause)
	if s.Attempt < h.Attempts && mayPass(cause) {
		return e.store.Maintain(ctx, s.Tenant, store.WorkStep, func(ctx context.Context, tx *store.Tx) error {
			return again(ctx, tx, s, said, tx.Now.Add(pause(s.Attempt, cause)))
		})
	}
	result := Result{Outcome: models.OutcomeFailed, Sentence: said}
	if h.GaveUp != nil {
		result.Apply = func(ctx context.Context, tx *store.Tx) error { return h.GaveUp(ctx, tx, s, said) }
	}
	return e.end(ctx, s, result, models.StepFailed)
}

// Note keeps what a handler found before it acts, so that the attempt after a
// crash or a failure still knows how things were: a second attempt that finds
// nothing left must not say that there was nothing.
func (e *Engine) Note(ctx context.Context, s Step, evidence any) error {
	kept, err := json.Marshal(evidence)
	if err != nil {
		return Permanent(fmt.Errorf("keep evidence: %w", err))
	}
	return e.store.Maintain(ctx, s.Tenant, store.WorkStep, func(ctx context.Context, tx *store.Tx) error {
		return note(ctx, tx, s, string(kept))
	})
}

// complete writes the result of an attempt that worked.
func (e *Engine) complete(ctx context.Context, s Step, r Result) error {
	return e.end(ctx, s, r, models.StepDone)
}

func (e *Engine) end(ctx context.Context, s Step, r Result, state models.StepState) error {
	if r.Apply == nil {
		return e.store.Maintain(ctx, s.Tenant, store.WorkStep, func(ctx context.Context, tx *store.Tx) error {
			return finish(ctx, tx, s, r, state)
		})
	}
	return e.store.Change(ctx, s.Actor, func(ctx context.Context, tx *store.Tx) error {
		if err := finish(ctx, tx, s, r, state); err != nil {
			return err
		}
		return r.Apply(ctx, tx)
	})
}
