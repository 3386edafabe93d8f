package connector

import (
	"fmt"
	"time"

	"github.com/rollcall/rollcall/internal/errs"
)

// FailureKind says what went wrong with a system, in the ways a caller may react to.
type FailureKind string

// The kinds of failure.
const (
	FailUnreachable FailureKind = "unreachable" // no connection, no answer in time; try again later
	FailAddress     FailureKind = "address"     // the guard refuses the address
	FailRefused     FailureKind = "refused"     // 401: our credentials are wrong or expired
	FailForbidden   FailureKind = "forbidden"   // 403: a role is missing
	FailNotFound    FailureKind = "not-found"   // 404 about the thing asked for
	FailConflict    FailureKind = "conflict"    // 409
	FailInvalid     FailureKind = "invalid"     // 400: it does not accept what was sent
	FailBusy        FailureKind = "busy"        // 429, or our own limit; RetryAfter says when
	FailBroken      FailureKind = "broken"      // 5xx
	FailAnswer      FailureKind = "answer"      // an answer that makes no sense: garbage, half a page, too large
	FailOpen        FailureKind = "open"        // the circuit breaker is open: it was not asked
	FailUnsupported FailureKind = "unsupported" // the system cannot do this
	FailSettings    FailureKind = "settings"    // wrong realm, wrong issuer, clocks apart
)

// Failure is how every method of a System fails.
type Failure struct {
	Kind       FailureKind
	System     string // name for people: "Keycloak"
	Step       string // what was tried: "read a page of people"
	Status     int    // HTTP status, 0 when there was no answer
	RetryAfter time.Duration
	Sentence   string // what happened, naming the side at fault; safe to show
	Fix        string // what to do; safe to show
	cause      error
}

// Fail makes a failure with its cause for the log.
func Fail(f Failure, cause error) *Failure {
	f.cause = cause
	return &f
}

// Error gives the sentence and the cause, for logs.
func (f *Failure) Error() string {
	text := fmt.Sprintf("%s: %s: %s", f.System, f.Step, f.Sentence)
	if f.cause != nil {
		text += ": " + f.cause.Error()
	}
	return text
}

// Unwrap gives the cause as the one error type of the house, so that handlers
// and errs.Is treat a failure like any other error.
func (f *Failure) Unwrap() error {
	kind := errs.Unavailable
	switch f.Kind {
	case FailNotFound:
		kind = errs.NotFound
	case FailConflict:
		kind = errs.Conflict
	case FailInvalid:
		kind = errs.Invalid
	case FailBusy:
		kind = errs.TooMany
	case FailUnreachable, FailAddress, FailRefused, FailForbidden, FailBroken, FailAnswer, FailOpen, FailUnsupported, FailSettings:
	}
	text := f.Sentence
	if f.Fix != "" {
		text += " " + f.Fix
	}
	if f.cause == nil {
		return errs.New(kind, "%s", text)
	}
	return errs.Wrap(f.cause, kind, "%s", text)
}

// Again reports whether the same request may work later without anybody changing
// anything.
func (f *Failure) Again() bool {
	switch f.Kind {
	case FailUnreachable, FailBusy, FailBroken, FailAnswer, FailOpen:
		return true
	case FailAddress, FailRefused, FailForbidden, FailNotFound, FailConflict, FailInvalid, FailUnsupported, FailSettings:
	}
	return false
}

// Wait says how long the system asked us to stay away; 0 when it did not.
func (f *Failure) Wait() time.Duration { return f.RetryAfter }
