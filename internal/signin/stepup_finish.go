package signin

import (
	"context"
	"errors"
	"strings"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/session"
	"github.com/rollcall/rollcall/internal/signin/oidc"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// finishStepUp ends a fresh sign-in. Whatever goes wrong, the session the
// browser holds stays as it was.
func (f *Flow) finishStepUp(ctx context.Context, p *provider, begun *pending, c Callback) (Outcome, error) {
	live, err := f.sessions.Find(ctx, c.Replaces)
	if err != nil && !errs.Is(err, errs.Unauthorized) {
		return Outcome{}, err
	}
	if err != nil || live.PublicID != begun.Session {
		err = f.refuse(p, ReasonOtherSession, "The session in which you asked for this step is no longer open in this browser.", "Go back to the page and start again.")
		return Outcome{}, f.noteStepUp(ctx, p, live, c.Facts, f.forStepUp(err, begun.Draft, begun.ReturnTo))
	}
	out, err := f.prove(ctx, p, live, begun, c)
	if err != nil {
		return Outcome{}, f.noteStepUp(ctx, p, live, c.Facts, f.forStepUp(err, begun.Draft, begun.ReturnTo))
	}
	return out, nil
}

// prove holds what the provider says against what was asked of it, and opens
// sensitive acts for the session.
func (f *Flow) prove(ctx context.Context, p *provider, live session.Live, begun *pending, c Callback) (Outcome, error) {
	grant, err := p.Exchange(ctx, c.Values, begun.Transaction)
	if err != nil {
		return Outcome{}, f.translateStepUp(p, err)
	}
	id := &grant.Identity
	switch {
	case id.Issuer != live.Issuer || id.Subject != live.Subject:
		return Outcome{}, f.refuse(p, ReasonOtherPerson, "Somebody else signed in at "+p.Name()+" than the person of this session.",
			"Start again and sign in there as "+live.Name+".")
	case live.AuthTime != 0 && models.At(id.AuthTime) <= live.AuthTime: // the very sign-in the session began with
		return Outcome{}, f.notAskedAgain(p, "auth_time is that of the session")
	}
	var up session.Elevated
	err = f.store.Change(ctx, live.Actor(0, c.Facts.IP, c.Facts.RequestID), func(ctx context.Context, tx *store.Tx) (err error) {
		up, err = f.elevate(ctx, tx, freshProof{provider: p, live: live, grant: grant, token: c.Replaces})
		return err
	})
	if errs.Is(err, errs.Unauthorized) { // it ended a moment ago
		return Outcome{}, f.refuse(p, ReasonOtherSession, "Your session ended while you proved yourself at "+p.Name()+".", "Sign in again, then go on where you were.")
	}
	if err != nil {
		return Outcome{}, err
	}
	return Outcome{Token: up.Token, ReturnTo: begun.ReturnTo, UserID: live.UserID}, nil
}

// freshProof is a fresh sign-in of the person of a session.
type freshProof struct {
	provider *provider
	live     session.Live
	grant    *oidc.Grant
	token    string // of the session, from the browser
}

// elevate opens sensitive acts, unless the provider has ended meanwhile what it
// just vouched for.
func (f *Flow) elevate(ctx context.Context, tx *store.Tx, pr freshProof) (session.Elevated, error) {
	id, live := &pr.grant.Identity, pr.live
	gone, err := f.recalled(ctx, tx, pr.provider, id)
	if err != nil {
		return session.Elevated{}, err
	}
	if gone != nil {
		return session.Elevated{}, gone
	}
	up, err := f.sessions.Elevate(ctx, tx, session.Proof{
		Session: live.PublicID, Token: pr.token, SID: id.SID, IDToken: pr.grant.Tokens.ID.Reveal(), Methods: id.AMR, AuthTime: id.AuthTime,
	})
	if err != nil {
		return up, err
	}
	of := holder{provider: pr.provider, user: live.UserID, identity: live.IdentityID, session: live.PublicID}
	if err := f.keepGrant(ctx, tx, pr.grant, of); err != nil {
		return up, err
	}
	return up, tx.Record(ctx, store.Event{
		Action: models.StepUpDone,
		Target: store.Ref{Kind: models.KindUser, ID: live.UserID, Name: live.Name},
		Object: store.Ref{Kind: models.KindSession, Name: live.PublicID},
		Detail: strings.TrimSpace(pr.provider.Key() + " " + strings.Join(id.AMR, " ") + strengthWord(id.ACR)),
	})
}

func strengthWord(acr string) string {
	if acr == "" {
		return ""
	}
	return " acr " + acr
}

// translateStepUp says what a provider did that does not do as it was asked:
// no or an old auth_time, or a class that is too weak.
func (f *Flow) translateStepUp(p *provider, err error) error {
	r, ok := asRefusal(f.translate(p, err))
	if !ok {
		return err
	}
	switch r.Reason {
	case string(oidc.ReasonAuthTimeMissing), string(oidc.ReasonAuthTooOld):
		return f.notAskedAgain(p, strings.TrimSpace(r.Reason+" "+r.Detail))
	case string(oidc.ReasonAuthTooWeak):
		r.Next = "Sign in there with a second factor. The admin can say which methods count."
	}
	return r
}

func (f *Flow) notAskedAgain(p *provider, detail string) *Refusal {
	r := f.refuse(p, ReasonNotAskedAgain, p.Name()+" returned without asking you again. This step requires a fresh sign-in.",
		"Start again and sign in there when it asks. If it does not ask, tell your admin: "+p.Name()+" must obey prompt=login and max_age, and send auth_time.")
	r.Detail, r.Again = detail, true
	return r
}

// noteStepUp records a refusal under the name of the person of the session the
// browser holds, who still is the one acting; under nobody's when there is none.
// When the log cannot be written, that is the error.
func (f *Flow) noteStepUp(ctx context.Context, p *provider, live session.Live, facts Facts, err error) error {
	r, ok := asRefusal(err)
	if !ok {
		return err
	}
	f.log.InfoContext(ctx, "step-up refused", "provider", p.Key(), "reason", r.Reason)
	e := store.Event{
		Action: models.StepUpRefused, Result: models.ResultRefused, Detail: r.detail(),
		Object: store.Ref{Kind: models.KindProvider, Name: p.Name()},
	}
	actor := f.stranger(facts)
	if live.UserID != 0 {
		actor = live.Actor(0, facts.IP, facts.RequestID)
		e.Target = store.Ref{Kind: models.KindUser, ID: live.UserID, Name: live.Name}
		e.Object = store.Ref{Kind: models.KindSession, Name: live.PublicID}
	}
	recorded := f.store.Change(ctx, actor, func(ctx context.Context, tx *store.Tx) error {
		return tx.Record(ctx, e)
	})
	if recorded != nil {
		return recorded
	}
	return err
}

func asRefusal(err error) (*Refusal, bool) { return errors.AsType[*Refusal](err) }
