package signin

import (
	"context"
	"errors"
	"net/url"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/signin/oidc"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// Callback is what the browser brings back from the provider.
type Callback struct {
	Provider string     // key, from the address (OIDC-17)
	Values   url.Values // the whole query
	Binding  string     // from Flow.Binding
	Replaces string     // the session token the browser holds, if any: it ends
	Facts    Facts
}

// Outcome is a sign-in that was let through, or a fresh one in a session that goes
// on under another token.
type Outcome struct {
	Token    string // for the session cookie, and nowhere else
	ReturnTo string // a path of this site
	UserID   int64
	Created  bool // by the provider's rule, just now
}

// Finish completes a sign-in, or a fresh sign-in for a sensitive act. A *Refusal says why it did not happen; it is in
// the log by then. Any other error is a fault of ours or of the database.
func (f *Flow) Finish(ctx context.Context, c Callback) (Outcome, error) {
	if err := f.providers.Refresh(ctx); err != nil {
		return Outcome{}, err
	}
	p, ok := f.providers.find(c.Provider)
	if !ok {
		return Outcome{}, f.noProvider()
	}
	if !f.finishes.allow(c.Facts.IP, f.now()) {
		return Outcome{}, f.tooMany(p)
	}
	begun, err := f.begun(ctx, p, c)
	if err != nil {
		return Outcome{}, f.note(ctx, p, c.Facts, err)
	}
	switch begun.Purpose {
	case forStepUp:
		return f.finishStepUp(ctx, p, begun, c)
	case forProof:
		return f.finishProof(ctx, p, begun, c)
	case forSignIn:
	}
	grant, err := p.Exchange(ctx, c.Values, begun.Transaction)
	if err != nil {
		return Outcome{}, f.note(ctx, p, c.Facts, returning(f.translate(p, err), begun.ReturnTo))
	}
	out, err := f.admit(ctx, p, grant, c)
	out.ReturnTo = begun.ReturnTo
	return out, returning(err, begun.ReturnTo)
}

// begun takes the sign-in that the callback belongs to. From here on it is used
// up, whatever the outcome (OIDC-14, OIDC-20).
func (f *Flow) begun(ctx context.Context, p *provider, c Callback) (*pending, error) {
	states := c.Values["state"]
	switch {
	case len(states) > 1:
		return nil, f.translate(p, oidc.Refuse(oidc.ReasonRepeatedParameter, p.Name()))
	case len(states) == 0 || states[0] == "":
		return nil, f.translate(p, oidc.Refuse(oidc.ReasonStateMissing, p.Name()))
	}
	begun, err := f.take(ctx, states[0], c.Binding)
	if err != nil {
		return nil, err
	}
	if begun == nil {
		return nil, f.translate(p, oidc.Refuse(oidc.ReasonStateUnknown, p.Name()))
	}
	return begun, nil
}

// note records a refusal about which nobody's record is known. When the log
// cannot be written, that is the error (AUD-03).
func (f *Flow) note(ctx context.Context, p *provider, facts Facts, err error) error {
	var r *Refusal
	if !errors.As(err, &r) {
		return err
	}
	f.log.InfoContext(ctx, "sign-in refused", "provider", p.Key(), "reason", r.Reason, "detail", r.Detail)
	recorded := f.store.Change(ctx, f.stranger(facts), func(ctx context.Context, tx *store.Tx) error {
		return tx.Record(ctx, store.Event{
			Action: models.SignInRefused, Result: models.ResultRefused,
			Object: store.Ref{Kind: models.KindProvider, Name: p.Name()},
			Detail: r.detail(),
		})
	})
	if recorded != nil {
		return recorded
	}
	return err
}

// detail writes the reason for the log.
func (r *Refusal) detail() string {
	facts := r.Detail + r.logged // one of them is empty
	if facts == "" {
		return r.Reason + " at " + r.ProviderKey
	}
	return r.Reason + " at " + r.ProviderKey + ": " + facts
}

// admit decides about a person the provider vouches for, in one transaction. A
// new person may arrive twice at once, in two tabs: the second one finds the
// record of the first when it looks again.
func (f *Flow) admit(ctx context.Context, p *provider, g *oidc.Grant, c Callback) (Outcome, error) {
	a := &admission{Flow: f, provider: p, grant: g, callback: c}
	a.first = f.isFirst(ctx, p, &g.Identity)
	err := f.store.Change(ctx, f.stranger(c.Facts), a.run)
	if errs.Is(err, errs.Conflict) {
		err = f.store.Change(ctx, f.stranger(c.Facts), a.run)
	}
	if err != nil {
		return Outcome{}, err
	}
	if a.refusal != nil {
		f.log.InfoContext(ctx, "sign-in refused", "provider", p.Key(), "reason", a.refusal.Reason)
		return Outcome{}, a.refusal
	}
	a.warn(ctx)
	f.arrived(ctx, &g.Identity)
	return Outcome{Token: a.session.Token, UserID: a.user.ID, Created: a.created}, nil
}
