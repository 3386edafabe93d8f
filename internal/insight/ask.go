package insight

import (
	"context"
	"errors"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/errs"
)

// answer is what one question to one system gave.
type answer[T any] struct {
	value T
	at    time.Time
	err   error // why it is not known
	able  bool  // the system can be asked this at all
}

// known reports whether the value counts.
func (a answer[T]) known() bool { return a.able && a.err == nil }

// errUnable is the error of a system that cannot be asked something.
var errUnable = errors.New("insight: the system cannot be asked this")

// put asks one question, within the patience of a page.
func put[T any](ctx context.Context, e *Engine, question func(context.Context) (T, error)) answer[T] {
	ctx, cancel := context.WithTimeout(ctx, e.Patience)
	defer cancel()
	a := answer[T]{able: true}
	a.value, a.err = question(ctx)
	a.at = e.now()
	if f, ok := errors.AsType[*connector.Failure](a.err); ok && f.Kind == connector.FailUnsupported {
		a.able = false
	}
	if errors.Is(a.err, errUnable) {
		a.able = false
	}
	return a
}

// forgotten reports whether a system says that it does not know the account.
func forgotten(err error) bool {
	f, ok := errors.AsType[*connector.Failure](err)
	return ok && f.Kind == connector.FailNotFound
}

// why says for people why something is not known.
func why(err error, system string) string {
	if errors.Is(err, context.DeadlineExceeded) {
		return system + " did not answer in time."
	}
	if e, ok := errs.As(err); ok {
		return e.Safe
	}
	return system + " could not be asked."
}

func errPaused(h connector.Held) error {
	return errs.New(errs.Unavailable, "The connector of %s is paused, so nothing is asked there.", h.Name)
}
