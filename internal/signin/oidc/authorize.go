package oidc

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	gooidc "github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// AuthRequest gives the address at the provider to which the browser goes for
// a sign-in: code flow only, always with PKCE S256, state and nonce (OIDC-12,
// OIDC-13, OIDC-15).
func (p *Provider) AuthRequest(ctx context.Context, tx Transaction) (string, error) {
	if tx.Provider != p.config.Key {
		return "", p.refuse(ReasonProviderMismatch).detail("transaction of %.40q", tx.Provider)
	}
	m, err := p.discover(ctx)
	if err != nil {
		return "", err
	}
	request := oauth2.Config{
		ClientID:    p.config.ClientID,
		Endpoint:    oauth2.Endpoint{AuthURL: m.authorization},
		RedirectURL: p.config.RedirectURL,
		Scopes:      p.config.scopes(),
	}
	options := []oauth2.AuthCodeOption{gooidc.Nonce(tx.Nonce), oauth2.S256ChallengeOption(tx.Verifier)}
	if tx.Ask.MaxAge != nil {
		seconds := strconv.FormatInt(int64(*tx.Ask.MaxAge/time.Second), 10)
		options = append(options, oauth2.SetAuthURLParam("max_age", seconds))
	}
	for name, value := range map[string]string{
		"acr_values": strings.Join(tx.Ask.ACR, " "),
		"prompt":     tx.Ask.Prompt,
		"login_hint": tx.Ask.LoginHint,
	} {
		if value != "" {
			options = append(options, oauth2.SetAuthURLParam(name, value))
		}
	}
	return request.AuthCodeURL(tx.State, options...), nil
}

// scopes gives openid, then the configured ones, and offline_access only when
// background refresh is on (OIDC-12).
func (c Config) scopes() []string {
	out := []string{gooidc.ScopeOpenID}
	for _, scope := range c.Scopes {
		if !slices.Contains(out, scope) {
			out = append(out, scope)
		}
	}
	if c.Refresh && c.OfflineAccess {
		out = append(out, gooidc.ScopeOfflineAccess)
	}
	return out
}
