package oidc

import (
	"fmt"
	"time"

	"github.com/rollcall/rollcall/internal/errs"
)

// Refusal is why a sign-in did not happen: a machine reason for the audit log,
// and one cause and one next step for the page. errors.As finds it in every
// error of this package, and inside it the *errs.Error that carries the kind,
// both sentences together and the technical cause for the log.
type Refusal struct {
	Reason Reason
	Cause  string // one sentence: what happened
	Next   string // one sentence: what to do
	// Detail are measured facts for the audit log: values that were compared,
	// never a token, a secret or text of the provider in its raw form.
	Detail string
	// Skew is, with ReasonClockSkew, how far the provider's clock is ahead of
	// ours; negative when it is behind.
	Skew time.Duration
	// RetryAfter is how long the provider wants to be left alone; 0: it did not say.
	RetryAfter time.Duration

	err *errs.Error
}

// Error gives the reason, its detail and the cause, for logs only.
func (r *Refusal) Error() string {
	if r.Detail == "" {
		return string(r.Reason) + ": " + r.err.Error()
	}
	return string(r.Reason) + " (" + r.Detail + "): " + r.err.Error()
}

// Unwrap gives the classified error.
func (r *Refusal) Unwrap() error { return r.err }

// Refuse makes the refusal of a reason about the provider with this name.
// Callers above use it for the reasons that only they can find, such as
// ReasonStateUnknown.
func Refuse(reason Reason, provider string) *Refusal {
	w, ok := wordings[reason]
	if !ok {
		w = wordings[ReasonTokenRefused]
	}
	r := &Refusal{Reason: reason, Cause: named(w.cause, provider), Next: named(w.next, provider)}
	r.err = errs.New(w.kind, "%s", r.Cause+" "+r.Next)
	return r
}

// because keeps the technical cause for the log.
func (r *Refusal) because(cause error) *Refusal {
	r.err = errs.Wrap(cause, r.err.Kind, "%s", r.err.Safe)
	return r
}

// detail keeps measured facts for the audit log.
func (r *Refusal) detail(format string, args ...any) *Refusal {
	r.Detail = fmt.Sprintf(format, args...)
	return r
}

// skewed makes the refusal for two clocks that disagree by skew.
func skewed(provider string, skew time.Duration) *Refusal {
	r := Refuse(ReasonClockSkew, provider)
	r.Skew = skew
	r.Cause = fmt.Sprintf("Clock difference of %s between Rollcall and %s.", rough(skew), provider)
	r.Detail = "provider ahead by " + skew.Round(time.Second).String()
	r.err = errs.New(r.err.Kind, "%s", r.Cause+" "+r.Next)
	return r
}

// rough says a duration as a person would.
func rough(d time.Duration) string {
	d = d.Abs()
	switch {
	case d < 2*time.Minute:
		return plural(d.Round(time.Second), time.Second, "second")
	case d < 2*time.Hour:
		return plural(d.Round(time.Minute), time.Minute, "minute")
	case d < 48*time.Hour:
		return plural(d.Round(time.Hour), time.Hour, "hour")
	}
	return plural(d.Round(24*time.Hour), 24*time.Hour, "day")
}

func plural(d, unit time.Duration, word string) string {
	n := int64(d / unit)
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}
