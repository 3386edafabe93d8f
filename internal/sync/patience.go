package sync

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/models"
)

// Patience says how long a source is waited for. What is zero is as usual.
type Patience struct {
	Call  time.Duration // for one answer
	Tries int           // of one call, before the run waits or fails
	Pause time.Duration // before the second try; it doubles
	Lease time.Duration // of a run or a feed; renewed at a third of it
	Every time.Duration // between two looks at what is due, and at a feed
	Runs  int           // failures in a row before a run is given up
	Page  int           // accounts of a page, at most
}

func (p Patience) usual() Patience {
	for _, d := range []struct {
		at   *time.Duration
		wait time.Duration
	}{{&p.Call, 30 * time.Second}, {&p.Pause, 500 * time.Millisecond}, {&p.Lease, time.Minute}, {&p.Every, time.Second}} {
		if *d.at <= 0 {
			*d.at = d.wait
		}
	}
	if p.Tries <= 0 {
		p.Tries = 4
	}
	if p.Runs <= 0 {
		p.Runs = 8
	}
	if p.Page <= 0 {
		p.Page = pageLimit
	}
	return p
}

// longestWait is how long one call waits for a system that asks for time; longer,
// and the run is put down and taken up again later.
const longestWait = 20 * time.Second

// asking is a call to a system.
type asking struct {
	e    *Engine
	s    *source
	step string // what is tried: "read a page of people"
}

// ask calls a system outside of any transaction, within a time limit, and again
// where the failure may pass. Every error is a *connector.Failure, except that
// ctx ended.
func ask[T any](ctx context.Context, a asking, call func(context.Context) (T, error)) (T, error) {
	var none T
	for try := 1; ; try++ {
		v, err := once(ctx, a, call)
		if ctx.Err() != nil {
			return none, ctx.Err()
		}
		a.e.systems.Report(ctx, a.s.TenantID, a.s.ID, connector.Use{Err: err, Read: true})
		if err == nil {
			return v, nil
		}
		wait := a.e.patience.Pause<<(try-1) + rand.N(a.e.patience.Pause/4+1) //nolint:gosec // jitter needs no secrecy
		f := failureOf(err)
		wait = max(wait, f.RetryAfter)
		if !f.Again() || try >= a.e.patience.Tries || wait > longestWait {
			return none, f
		}
		if err := sleep(ctx, wait); err != nil {
			return none, err
		}
	}
}

// once makes one call. A system that neither answers nor ends is left behind.
func once[T any](ctx context.Context, a asking, call func(context.Context) (T, error)) (T, error) {
	type answer struct {
		v   T
		err error
	}
	limited, cancel := context.WithTimeout(ctx, a.e.patience.Call)
	defer cancel()
	done := make(chan answer, 1)
	go func() {
		defer func() {
			if v := recover(); v != nil {
				done <- answer{err: a.fail(connector.FailAnswer, "Its adapter met an answer it does not understand.", fmt.Errorf("panic: %v", v))}
			}
		}()
		v, err := call(limited)
		done <- answer{v, err}
	}()
	select {
	case got := <-done:
		if got.err != nil {
			return got.v, a.failure(limited, got.err)
		}
		return got.v, nil
	case <-limited.Done():
		var none T
		return none, a.failure(limited, limited.Err())
	}
}

// failure makes every error a Failure.
func (a asking) failure(ctx context.Context, err error) error {
	if f, ok := errors.AsType[*connector.Failure](err); ok {
		return f
	}
	if ctx.Err() != nil {
		return a.fail(connector.FailUnreachable, fmt.Sprintf("%s did not answer within %s.", a.s.Name, a.e.patience.Call), err)
	}
	if e, ok := errs.As(err); ok {
		return a.fail(connector.FailSettings, e.Safe, err)
	}
	return a.fail(connector.FailAnswer, a.s.Name+" gave an answer that makes no sense.", err)
}

func (a asking) fail(kind connector.FailureKind, sentence string, err error) *connector.Failure {
	return connector.Fail(connector.Failure{Kind: kind, System: a.s.Name, Step: a.step, Sentence: sentence}, err)
}

func failureOf(err error) *connector.Failure {
	if f, ok := errors.AsType[*connector.Failure](err); ok {
		return f
	}
	return connector.Fail(connector.Failure{Kind: connector.FailAnswer, Sentence: "It failed in a way that is not known."}, err)
}

// isNotThere reports whether a system says that it does not know an account.
func isNotThere(err error) bool {
	f, ok := errors.AsType[*connector.Failure](err)
	return ok && f.Kind == connector.FailNotFound
}

// sentenceOf is what people read of an error.
func sentenceOf(err error) string {
	if f, ok := errors.AsType[*connector.Failure](err); ok {
		text := f.Sentence
		if f.Step != "" {
			text = "Could not " + f.Step + ". " + text
		}
		if f.Fix != "" {
			text += " " + f.Fix
		}
		return clean(text, 1_000)
	}
	if e, ok := errs.As(err); ok {
		return clean(e.Safe, 1_000)
	}
	return "Rollcall met a fault of its own. The log of the program has the details."
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// Pauses of a run after failures: they double up to half an hour.
const (
	firstRest = 5 * time.Second
	longRest  = 30 * time.Minute
)

// restAfter says until when a run rests after so many failures in a row.
func restAfter(now models.Instant, failures int64, f *connector.Failure) models.Instant {
	d := longRest
	if failures < 10 {
		d = min(longRest, firstRest<<(failures-1))
	}
	return now.Add(max(d, f.RetryAfter))
}

// unlessConflict leaves out that something is there already.
func unlessConflict(err error) error {
	if errs.Is(err, errs.Conflict) {
		return nil
	}
	return err
}
