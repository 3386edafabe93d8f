package signin

import (
	"context"
	"time"

	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/session"
	"github.com/rollcall/rollcall/internal/signin/oidc"
	"github.com/rollcall/rollcall/models"
)

// forProof is a person who is signed in and shows that another identity is
// theirs too: nobody is signed in by it, and the session stays as it is.
const forProof purpose = "proof"

// ReasonProofRefused is a proof that was not taken.
const ReasonProofRefused = "proof_refused"

// Prover takes a proof: the actor is the person as they are signed in, the
// identity the one they just signed in with. It records what came of it; an
// error of the kinds Conflict, NotFound and Forbidden says why nothing did.
type Prover interface {
	Prove(ctx context.Context, actor models.Actor, request string, identity directory.NewIdentity) error
}

// BeginProof asks for a sign-in with another identity.
type BeginProof struct {
	Live     session.Live
	Provider string // key; it may be the one of the session
	Request  string // handle of what asks for the proof
	ReturnTo string
	Binding  string // from Flow.Binding
	Facts    Facts
}

// StartProof sends the person of a session to a provider, to sign in there with
// the identity that is asked about. A fresh sign-in is demanded, so that an open
// session there proves nothing, and no name is filled in.
func (f *Flow) StartProof(ctx context.Context, b BeginProof) (Started, error) {
	if err := f.providers.Refresh(ctx); err != nil {
		return Started{}, err
	}
	p, ok := f.providers.find(b.Provider)
	if !ok || f.prover == nil {
		return Started{}, errNoProvider()
	}
	if !f.starts.allow(b.Facts.IP, f.now()) {
		return Started{}, f.ofProof(f.tooMany(p), b.ReturnTo)
	}
	now := time.Duration(0)
	tx := p.NewTransaction(oidc.Ask{MaxAge: &now, Prompt: "login"})
	address, err := p.authRequest(ctx, tx)
	if err != nil {
		f.log.WarnContext(ctx, "proof not started", "provider", p.Key(), "error", err)
		return Started{}, f.ofProof(f.translate(p, err), b.ReturnTo)
	}
	p.origins.add(address)
	if b.Binding == "" {
		b.Binding = fresh()
	}
	begun := pending{
		Transaction: tx, Purpose: forProof, Session: b.Live.PublicID, Request: b.Request, ReturnTo: oidc.SafeReturn(b.ReturnTo),
	}
	if err := f.keep(ctx, begun, b.Binding); err != nil {
		return Started{}, err
	}
	return Started{Address: address, Binding: b.Binding}, nil
}

// finishProof hands the identity that came back to whoever asked for it.
// Whatever goes wrong, the session the browser holds stays as it was.
func (f *Flow) finishProof(ctx context.Context, p *provider, begun *pending, c Callback) (Outcome, error) {
	live, err := f.sessions.Find(ctx, c.Replaces)
	if err != nil && !errs.Is(err, errs.Unauthorized) {
		return Outcome{}, err
	}
	if err != nil || live.PublicID != begun.Session {
		err = f.refuse(p, ReasonOtherSession, "The session in which you were asked for this is no longer open in this browser.", "Sign in as you usually do, and start again.")
		return Outcome{}, f.note(ctx, p, c.Facts, f.ofProof(err, begun.ReturnTo))
	}
	grant, err := p.Exchange(ctx, c.Values, begun.Transaction)
	if err != nil {
		return Outcome{}, f.note(ctx, p, c.Facts, f.ofProof(f.translateStepUp(p, err), begun.ReturnTo))
	}
	id := &grant.Identity
	err = f.prover.Prove(ctx, live.Actor(0, c.Facts.IP, c.Facts.RequestID), begun.Request, directory.NewIdentity{
		Provider: p.Key(), Issuer: id.Issuer, Subject: id.Subject, Email: id.Email, EmailVerified: id.EmailVerified, Username: id.Username,
	})
	if why, known := errs.As(err); known && (why.Kind == errs.Conflict || why.Kind == errs.NotFound || why.Kind == errs.Forbidden) {
		return Outcome{}, f.ofProof(f.refuse(p, ReasonProofRefused, why.Safe, "If that is not what you expected, "+f.ask("")), begun.ReturnTo)
	}
	if err != nil {
		return Outcome{}, err
	}
	return Outcome{Token: c.Replaces, ReturnTo: begun.ReturnTo, UserID: live.UserID}, nil
}

// ofProof marks a refusal as one of a proof: the session stays.
func (f *Flow) ofProof(err error, returnTo string) error {
	if r, ok := asRefusal(err); ok {
		r.Proof, r.ReturnTo = true, returnTo
	}
	return err
}
