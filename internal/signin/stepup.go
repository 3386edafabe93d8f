package signin

import (
	"context"
	"time"

	"github.com/rollcall/rollcall/internal/session"
	"github.com/rollcall/rollcall/internal/signin/oidc"
)

// purpose says what a person is sent to the provider for. It is sealed in the
// transaction: what began as one is never finished as the other (OIDC-38).
type purpose string

const (
	forSignIn purpose = "" // also what was begun before there were others
	forStepUp purpose = "step-up"
)

// Reasons why a fresh sign-in was refused, beside those of oidc.Reason.
const (
	ReasonNotAskedAgain  = "not_asked_again" // the provider returned without a fresh sign-in
	ReasonOtherPerson    = "other_person"    // somebody else signed in there
	ReasonOtherSession   = "other_session"   // the browser no longer holds the session it began in
	ReasonProviderUnused = "provider_unused" // the session's provider is no longer set up
)

// BeginStepUp asks for a fresh sign-in of the person of a session.
type BeginStepUp struct {
	Live     session.Live
	Draft    string // handle of what waits for it; comes back with a refusal
	ReturnTo string // where the person goes on; only a path of this site is kept
	Binding  string // from Flow.Binding
	Facts    Facts
}

// StartStepUp sends the person of a session to the provider it came from, to
// prove themselves there now: prompt=login and max_age=0, with the classes the
// settings name. No ID token goes along as a hint: it would travel in an
// address, and who came back is checked here anyway.
func (f *Flow) StartStepUp(ctx context.Context, b BeginStepUp) (Started, error) {
	if err := f.providers.Refresh(ctx); err != nil {
		return Started{}, err
	}
	p, ok := f.providers.find(b.Live.Provider)
	if !ok {
		return Started{}, f.unused(b)
	}
	if !f.starts.allow(b.Facts.IP, f.now()) {
		return Started{}, f.forStepUp(f.tooMany(p), b.Draft, b.ReturnTo)
	}
	now := time.Duration(0)
	tx := p.NewTransaction(oidc.Ask{
		MaxAge: &now, Prompt: "login", ACR: p.config.StepUpACR, LoginHint: f.hint(ctx, b.Live),
	})
	address, err := p.authRequest(ctx, tx)
	if err != nil {
		f.log.WarnContext(ctx, "step-up not started", "provider", p.Key(), "error", err)
		return Started{}, f.forStepUp(f.translate(p, err), b.Draft, b.ReturnTo)
	}
	p.origins.add(address)
	if b.Binding == "" {
		b.Binding = fresh()
	}
	begun := pending{
		Transaction: tx, Purpose: forStepUp, Session: b.Live.PublicID, Draft: b.Draft, ReturnTo: oidc.SafeReturn(b.ReturnTo),
	}
	if err := f.keep(ctx, begun, b.Binding); err != nil {
		return Started{}, err
	}
	return Started{Address: address, Binding: b.Binding}, nil
}

// hint gives what the person types at the provider, if it is known and short.
func (f *Flow) hint(ctx context.Context, live session.Live) string {
	_, identity, err := f.people.FindIdentity(ctx, f.tenant, live.Issuer, live.Subject)
	if err != nil {
		return "" // they type it themselves
	}
	hint := identity.Username
	if hint == "" {
		hint = identity.Email
	}
	if len(hint) > maxHint {
		return ""
	}
	return hint
}

// unused refuses a session of a provider that is gone from the settings.
func (f *Flow) unused(b BeginStepUp) error {
	r := refusal(ReasonProviderUnused, "The provider you signed in with is no longer set up here.", "Sign out, then sign in with another one.")
	r.Contact, r.StepUp, r.Draft, r.ReturnTo = f.contact, true, b.Draft, b.ReturnTo
	return r
}

// forStepUp marks a refusal as one of a fresh sign-in: the session stays.
func (f *Flow) forStepUp(err error, draft, returnTo string) error {
	if r, ok := asRefusal(err); ok {
		r.StepUp, r.Draft, r.ReturnTo = true, draft, returnTo
	}
	return err
}
