package signin

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/signin/oidc"
	"github.com/rollcall/rollcall/models"
)

// Reasons the flow finds itself, beside those of oidc.Reason. They stand in the
// log: add to them, never change one.
const (
	ReasonNoRecord        = "no_record"
	ReasonEmailMissing    = "email_missing"
	ReasonEmailUnverified = "email_unverified"
	ReasonEmailInUse      = "email_in_use" // by somebody known by another identity
	ReasonDomainRefused   = "domain_refused"
	ReasonGroupMissing    = "group_missing"
	ReasonGroupsUnknown   = "groups_unknown"
	ReasonWaiting         = "waiting"
	ReasonSuspended       = "suspended"
	ReasonDeactivated     = "deactivated"
	ReasonRemoved         = "removed"
	ReasonLeft            = "left"
	ReasonNoRole          = "no_role"
	ReasonTooMany         = "too_many"
	ReasonSignedOut       = "signed_out"  // the session at the provider ended meanwhile
	ReasonNoProvider      = "no_provider" // there is none of this name, or no more
)

// Refusal is why somebody did not get in: one cause and one next step.
type Refusal struct {
	Reason string // machine word, as in the log
	Cause  string // one sentence: what happened
	Next   string // one sentence: what to do
	Detail string // measured facts for whoever asks for them; no secrets

	Provider    string    // name
	ProviderKey string    // with ReturnTo: for the form that starts again
	ReturnTo    string    // where the person was going; a safe path
	Since       time.Time // deactivated, suspended, waiting or unreachable since; zero: says nothing
	Contact     string    // who runs this installation
	Again       bool      // starting again may help

	StepUp bool   // of a fresh sign-in: the session stays as it was
	Draft  string // StepUp: what waits for it
	Proof  bool   // of a proof that another identity is theirs: the session stays as it was

	logged string // what the log says besides, and the page does not
	err    *errs.Error
}

// Error gives reason and detail, for logs only.
func (r *Refusal) Error() string {
	if r.Detail == "" {
		return "sign-in refused: " + r.Reason
	}
	return "sign-in refused: " + r.Reason + " (" + r.Detail + ")"
}

// Unwrap gives the classified error.
func (r *Refusal) Unwrap() error { return r.err }

// Status gives the HTTP status of the page that shows the refusal.
func (r *Refusal) Status() int {
	switch r.err.Kind {
	case errs.Invalid:
		return http.StatusBadRequest
	case errs.Unavailable:
		return http.StatusServiceUnavailable
	case errs.TooMany:
		return http.StatusTooManyRequests
	case errs.NotFound:
		return http.StatusNotFound
	default:
		return http.StatusForbidden
	}
}

// refuse makes a refusal of the flow.
func (f *Flow) refuse(p *provider, reason, cause, next string) *Refusal {
	r := refusal(reason, cause, next)
	r.Contact, r.Provider, r.ProviderKey = f.contact, p.Name(), p.Key()
	return r
}

func refusal(reason, cause, next string) *Refusal {
	kind := errs.Forbidden
	switch reason {
	case ReasonTooMany:
		kind = errs.TooMany
	case ReasonNoProvider:
		kind = errs.NotFound
	}
	return &Refusal{Reason: reason, Cause: cause, Next: next, err: errs.New(kind, "%s", cause+" "+next)}
}

// noProvider refuses whoever comes by a button or from a provider that was there
// when they opened the page and is not any more: an admin paused its connector.
func (f *Flow) noProvider() *Refusal {
	r := refusal(ReasonNoProvider, "Nobody signs in this way any more: the provider was paused or removed here.", "Go to the sign-in page and choose another way, or "+lowerFirst(f.ask("")))
	r.Contact = f.contact
	return r
}

func lowerFirst(s string) string { return strings.ToLower(s[:1]) + s[1:] }

// translate makes a Refusal of what package oidc refused.
func (f *Flow) translate(p *provider, err error) error {
	var r *oidc.Refusal
	if !errors.As(err, &r) {
		return err
	}
	e, ok := errs.As(err)
	if !ok {
		return err
	}
	out := &Refusal{
		Reason: string(r.Reason), Cause: r.Cause, Next: r.Next, Detail: r.Detail, Contact: f.contact,
		Provider: p.Name(), ProviderKey: p.Key(), Again: true, err: e,
	}
	switch r.Reason {
	case oidc.ReasonAccessDenied, oidc.ReasonProviderError, oidc.ReasonSignInRequired:
		out.Detail, out.logged = "", r.Detail // text that came in an address is not shown (OIDC-20)
	}
	if e.Kind == errs.Unavailable {
		out.Since = p.Health().Since
		if p.Health().OK {
			out.Since = time.Time{}
		}
	}
	return out
}

// ask names whom to ask, at the end of a sentence that asks for something.
func (f *Flow) ask(what string) string {
	whom := f.contact
	if whom == "" {
		whom = "your admin"
	}
	return "Ask " + whom + what + "."
}

func day(at models.Instant) string { return at.Time().Format("2 Jan 2006") }

// gate says why a person of this standing may not come in, or nil (OIDC-39).
func (f *Flow) gate(p *provider, u *models.User, now models.Instant) *Refusal {
	var r *Refusal
	since := u.StatusSince
	switch {
	case u.Status == models.Removed:
		r = f.refuse(p, ReasonRemoved, "Your account was removed on "+day(since)+".", f.ask(" for a new one"))
	case u.Status == models.Deactivated:
		r = f.refuse(p, ReasonDeactivated, "Your account is deactivated since "+day(since)+".", f.ask(""))
	case u.Status == models.Suspended:
		r = f.refuse(p, ReasonSuspended, "Your account is suspended since "+day(since)+".", f.ask(""))
	case u.PendingSince != 0:
		since = u.PendingSince
		r = f.refuse(p, ReasonWaiting, "You signed in at "+p.Name()+" and wait to be let in, since "+day(since)+".", f.ask(" to let you in"))
	case u.Status == models.Leaving && u.LeavingAt != 0 && now >= u.LeavingAt:
		since = u.LeavingAt
		r = f.refuse(p, ReasonLeft, "Your access ended on "+day(since)+".", f.ask(""))
	case u.Status != models.Invited && !u.Status.MaySignIn():
		r = f.refuse(p, ReasonDeactivated, "Your account may not sign in.", f.ask(""))
	default:
		return nil
	}
	r.Since = since.Time()
	return r
}
