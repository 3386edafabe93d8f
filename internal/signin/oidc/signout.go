package oidc

import (
	"context"
	"net/url"
)

// maxHint bounds the ID token in the address: longer ones break on the way,
// and the client id alone lets the provider ask the person.
const maxHint = 4 << 10

// SignOutURL gives the address that ends the provider's own session (LOG-01).
// It is false when the provider has none or cannot be asked: then the session
// there may survive, and the page must say so (LOG-03). The caller has ended
// its own session before.
func (p *Provider) SignOutURL(ctx context.Context, hint Secret, state string) (string, bool) {
	m, err := p.discover(ctx)
	if err != nil || m.endSession == "" {
		return "", false
	}
	u, err := url.Parse(m.endSession)
	if err != nil {
		return "", false
	}
	query := u.Query()
	query.Set("client_id", p.config.ClientID)
	if hint != "" && len(hint) <= maxHint {
		query.Set("id_token_hint", hint.Reveal())
	}
	if p.config.PostLogoutURL != "" {
		query.Set("post_logout_redirect_uri", p.config.PostLogoutURL)
		if state != "" {
			query.Set("state", state)
		}
	}
	u.RawQuery = query.Encode()
	return u.String(), true
}
