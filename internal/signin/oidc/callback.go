package oidc

import (
	"context"
	"crypto/subtle"
	"net/url"
	"regexp"
	"slices"
	"strconv"
)

// maxCode bounds the code we carry to the provider.
const maxCode = 8 << 10

// Exchange finishes a sign-in: it judges the callback's parameters, redeems
// the code and checks every token. The caller has taken tx out of its store
// before, so that no outcome lets it be used again. Every error is a *Refusal.
func (p *Provider) Exchange(ctx context.Context, callback url.Values, tx Transaction) (*Grant, error) {
	refusal := p.judgeCallback(callback, tx)
	if refusal != nil {
		return nil, refusal
	}
	m, err := p.discover(ctx)
	if err != nil {
		return nil, err
	}
	refusal = p.judgeSender(callback, m)
	if refusal != nil {
		return nil, refusal
	}
	if callback.Has("error") {
		return nil, p.declined(callback)
	}
	code := callback.Get("code")
	if code == "" || len(code) > maxCode {
		return nil, p.refuse(ReasonCodeMissing).detail("code of %d bytes", len(code))
	}
	answer, err := p.redeem(ctx, m, code, tx)
	if err != nil {
		return nil, err
	}
	return p.accept(ctx, m, answer, expectation{
		tx: tx, access: answer.access, issuer: callback.Get("iss"), skew: answer.skew,
	})
}

// accept turns a token answer into a grant, or refuses it.
func (p *Provider) accept(ctx context.Context, m *metadata, answer tokenAnswer, want expectation) (*Grant, error) {
	claims, err := p.verifyID(ctx, answer.id, want)
	if err != nil {
		return nil, p.refused(err)
	}
	if p.config.UserInfo {
		more, err := p.userInfo(ctx, m, answer.access, text(claims, "sub"))
		if err != nil {
			return nil, p.refused(err)
		}
		claims = claims.joined(more, p.config.Claims)
	}
	grant := &Grant{
		Identity: p.identify(claims),
		Tokens: Tokens{
			ID: Secret(answer.id), Access: Secret(answer.access),
			Expires: answer.expires, Scope: answer.scope,
		},
	}
	if p.config.Refresh {
		grant.Tokens.Refresh = Secret(answer.refresh)
		grant.Original = original(claims)
	}
	return grant, nil
}

// judgeCallback holds the parameters against the transaction, before anything
// is asked of the provider (OIDC-14, OIDC-17, OIDC-19).
func (p *Provider) judgeCallback(callback url.Values, tx Transaction) *Refusal {
	for name, values := range callback {
		if len(values) > 1 {
			return p.refuse(ReasonRepeatedParameter).detail("%.40q", name)
		}
	}
	state := callback.Get("state")
	switch {
	case tx.Provider != p.config.Key:
		return p.refuse(ReasonProviderMismatch).detail("begun at %.40q", tx.Provider)
	case state == "":
		return p.refuse(ReasonStateMissing)
	case tx.State == "" || subtle.ConstantTimeCompare([]byte(state), []byte(tx.State)) != 1:
		return p.refuse(ReasonStateMismatch)
	case !p.now().Before(tx.Ends):
		return p.refuse(ReasonStateExpired).detail("begun %s", stamp(tx.Begun))
	}
	return nil
}

// judgeSender holds the answer's iss against the provider it should come from:
// obligatory when the provider promises it, and never wrong (RFC 9207; OIDC-16).
func (p *Provider) judgeSender(callback url.Values, m *metadata) *Refusal {
	if !callback.Has("iss") {
		if m.issParameter {
			return p.refuse(ReasonIssuerMissing)
		}
		return nil
	}
	issuer := callback.Get("iss")
	accepted := []string{p.config.Issuer}
	if p.config.multi() {
		accepted = nil
		for _, tenant := range p.config.AllowedTenants {
			accepted = append(accepted, p.config.issuerOf(tenant))
		}
	}
	if !slices.Contains(accepted, issuer) {
		return p.refuse(ReasonIssuerMismatch).detail("callback iss %.200q", issuer)
	}
	return nil
}

var errorWord = regexp.MustCompile(`^[a-zA-Z0-9_.-]{1,64}$`)

// declined reads an error callback. The provider's text goes to the log in
// quotes, with everything but plain ASCII escaped, and to no page (OIDC-20).
func (p *Provider) declined(callback url.Values) *Refusal {
	word := callback.Get("error")
	reason := ReasonProviderError
	switch word {
	case "access_denied":
		reason = ReasonAccessDenied
	case "login_required", "interaction_required", "account_selection_required", "consent_required":
		reason = ReasonSignInRequired
	}
	return p.refuse(reason).detail("%s", said(word, callback.Get("error_description")))
}

// said quotes an error of the provider for the log.
func said(word, description string) string {
	if !errorWord.MatchString(word) {
		word = "unreadable"
	}
	if description == "" {
		return word
	}
	return word + " " + strconv.QuoteToASCII(description[:min(len(description), 200)])
}
