package signin

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/rollcall/rollcall/internal/signin/oidc"
)

// Begin asks for a sign-in.
type Begin struct {
	Provider  string // key
	ReturnTo  string // where the person was going; only a path of this site is kept (OIDC-22)
	LoginHint string // fills in the name at the provider; usually empty
	Binding   string // from Flow.Binding
	Facts     Facts
}

// Started says where to send the browser.
type Started struct {
	Address string
	Binding string // for Flow.BindingCookie
}

// maxHint bounds the login hint: it travels in an address.
const maxHint = 320

// Start begins a sign-in. The error is a *Refusal when the provider cannot be
// used now or too many were begun; nothing was written then.
func (f *Flow) Start(ctx context.Context, b Begin) (Started, error) {
	if err := f.providers.Refresh(ctx); err != nil {
		return Started{}, err
	}
	p, ok := f.providers.find(b.Provider)
	if !ok {
		return Started{}, f.noProvider()
	}
	returnTo := oidc.SafeReturn(b.ReturnTo)
	if !f.starts.allow(b.Facts.IP, f.now()) {
		return Started{}, f.tooMany(p)
	}
	if len(b.LoginHint) > maxHint {
		b.LoginHint = ""
	}
	ask := oidc.Ask{LoginHint: b.LoginHint}
	if age := p.config.MaxAuthAge; age > 0 {
		ask.MaxAge = &age
	}
	tx := p.NewTransaction(ask)
	address, err := p.authRequest(ctx, tx)
	if err != nil {
		f.log.WarnContext(ctx, "sign-in not started", "provider", p.Key(), "error", err)
		return Started{}, returning(f.translate(p, err), returnTo)
	}
	p.origins.add(address)
	if b.Binding == "" {
		b.Binding = fresh()
	}
	if err := f.keep(ctx, pending{Transaction: tx, ReturnTo: returnTo}, b.Binding); err != nil {
		return Started{}, err
	}
	return Started{Address: address, Binding: b.Binding}, nil
}

// askAgain bounds the look at a provider that did not answer before.
const askAgain = 5 * time.Second

// authRequest gives the address to send the browser to. A provider that was down
// when it was last contacted is asked once more before: the browser's own error
// page would say neither who does not answer nor since when.
func (p *provider) authRequest(ctx context.Context, tx oidc.Transaction) (string, error) {
	if h := p.Health(); !h.OK && h.Reason == oidc.ReasonProviderUnreachable {
		look, cancel := context.WithTimeout(ctx, askAgain)
		defer cancel()
		err := p.Check(look)
		if errors.Is(err, context.DeadlineExceeded) {
			err = oidc.Refuse(h.Reason, p.Name())
		}
		if err != nil {
			return "", fmt.Errorf("ask %s again: %w", p.Key(), err)
		}
	}
	return p.AuthRequest(ctx, tx)
}

func (f *Flow) now() time.Time { return f.store.Now().Time() }

func (f *Flow) tooMany(p *provider) *Refusal {
	return f.refuse(p, ReasonTooMany, "Too many people signed in from your network at the same moment.", "Wait a minute, then start again.")
}

// returning notes where the person was going, for starting again.
func returning(err error, to string) error {
	var r *Refusal
	if errors.As(err, &r) {
		r.ReturnTo = to
	}
	return err
}
