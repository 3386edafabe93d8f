package oidc

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	gooidc "github.com/coreos/go-oidc/v3/oidc"
)

// LogoutEvent is the one event a logout token states (Back-Channel Logout
// section 2.4).
const LogoutEvent = "http://schemas.openid.net/event/backchannel-logout"

// Bounds of a logout token: how long it may last (BCL-07), and its identifiers.
const (
	maxLogoutLife = 10 * time.Minute
	maxTokenID    = 255
)

// Logout is a checked message of the provider that a session there has ended.
// At least one of Subject and SID is set.
type Logout struct {
	Issuer   string
	Subject  string // whose
	SID      string // which; empty: all of the subject
	TokenID  string // unique to the message (jti): the caller acts on it once
	IssuedAt time.Time
	Until    time.Time // the token is refused by its times from here on
}

// logoutTypes are the header types of a logout token. Providers that send
// logout+jwt are few, so lenient takes what ID tokens have as well (BCL-08);
// that it is no ID token is then said by its claims alone.
func (c Config) logoutTypes() []string {
	if c.StrictLogoutTyp {
		return []string{"logout+jwt"}
	}
	return []string{"", "JWT", "logout+jwt"}
}

// VerifyLogout checks a logout token by rules of its own: what is an ID token,
// a security event or anything else of this provider is never taken for one.
// That the message is new is for the caller to find out, who keeps TokenID
// (BCL-06). Every error is a *Refusal.
func (p *Provider) VerifyLogout(ctx context.Context, raw string) (*Logout, error) {
	v, refusal := p.verification(raw, p.config.logoutTypes(), p.judgeLogout)
	if refusal != nil {
		return nil, refusal
	}
	library := gooidc.NewVerifier(p.config.Issuer, v, &gooidc.Config{
		ClientID:             p.config.ClientID,
		SupportedSigningAlgs: p.config.Algs,
		SkipIssuerCheck:      p.config.multi(),
		Now:                  func() time.Time { return p.now().Add(-p.config.Leeway) },
	})
	_, err := library.VerifyLogout(ctx, raw)
	if v.err != nil {
		return nil, v.err
	}
	if err != nil {
		return nil, p.refuse(ReasonTokenRefused).because(err).detail("logout token")
	}
	issued, _ := v.claims.instant("iat")
	ends, _ := v.claims.instant("exp") // both were judged
	return &Logout{
		Issuer: text(v.claims, "iss"), Subject: text(v.claims, "sub"), SID: text(v.claims, "sid"), TokenID: text(v.claims, "jti"),
		IssuedAt: issued, Until: ends.Add(p.config.Leeway),
	}, nil
}

// judgeLogout holds the rules for logout tokens (BCL-02 to BCL-07).
func (p *Provider) judgeLogout(c claimSet, key signingKey) *Refusal {
	for _, rule := range []func() *Refusal{
		func() *Refusal { return p.judgeLogoutEvent(c) },
		func() *Refusal { return p.judgeLogoutIssuer(c, key) },
		func() *Refusal { return p.judgeAudience(c) },
		func() *Refusal { return p.judgeTimes(c, 0) },
		func() *Refusal { return p.judgeLogoutLife(c) },
		func() *Refusal { return p.judgeLogoutID(c) },
		func() *Refusal { return p.judgeWhose(c) },
	} {
		if refusal := rule(); refusal != nil {
			return refusal
		}
	}
	return nil
}

// judgeLogoutEvent wants the logout event and no other, stated by an object,
// and no nonce, not even null: that is what tells the token from an ID token
// and from a security event (BCL-04, BCL-05).
func (p *Provider) judgeLogoutEvent(c claimSet) *Refusal {
	if _, said := c["nonce"]; said {
		return p.refuse(ReasonNoncePresent)
	}
	events, ok := c["events"].(map[string]any)
	if !ok {
		return p.refuse(ReasonEventMissing).detail("no events")
	}
	value, ok := events[LogoutEvent].(map[string]any)
	if !ok || value == nil || len(events) != 1 {
		return p.refuse(ReasonEventMissing).detail("%d events, logout stated by an object %t", len(events), ok)
	}
	return nil
}

// judgeLogoutIssuer is judgeIssuer without the claim tid, which logout tokens
// do not have: of a multi-tenant issuer the issuer itself names the tenant.
func (p *Provider) judgeLogoutIssuer(c claimSet, key signingKey) *Refusal {
	if !p.config.multi() {
		return p.judgeIssuer(c, key, "")
	}
	issuer := text(c, "iss")
	for _, tenant := range p.config.AllowedTenants {
		if issuer != p.config.issuerOf(tenant) {
			continue
		}
		if key.issuer != "" && strings.Replace(key.issuer, TenantMark, tenant, 1) != issuer {
			return p.refuse(ReasonIssuerMismatch).detail("key of %.200q", key.issuer)
		}
		return nil
	}
	return p.refuse(ReasonIssuerMismatch).detail("token %.200q", issuer)
}

// judgeLogoutLife bounds how long the message must be remembered (BCL-07).
func (p *Provider) judgeLogoutLife(c claimSet) *Refusal {
	exp, _ := c.instant("exp")
	iat, _ := c.instant("iat")
	if exp.Sub(iat) > maxLogoutLife {
		return p.refuse(ReasonTokenLifetime).detail("logout token, exp - iat = %s", exp.Sub(iat))
	}
	return nil
}

// judgeLogoutID wants an identifier to know the message by (BCL-06).
func (p *Provider) judgeLogoutID(c claimSet) *Refusal {
	id, ok := c["jti"].(string)
	if !ok || id == "" || len(id) > maxTokenID {
		return p.refuse(ReasonTokenIDMissing).detail("jti of %d bytes", len(id))
	}
	return nil
}

// judgeWhose wants to be told whose sessions, or which one (BCL-03). What is
// stated must be usable: half a message would end the wrong sessions.
func (p *Provider) judgeWhose(c claimSet) *Refusal {
	_, subject := c["sub"]
	sid, session := c["sid"]
	if !subject && !session {
		return p.refuse(ReasonNobodyNamed)
	}
	if subject {
		if refusal := p.judgeSubject(c); refusal != nil {
			return refusal
		}
	}
	if !session {
		return nil
	}
	id, ok := sid.(string)
	unfit := func(r rune) bool { return r < ' ' || r == 0x7f || r == utf8.RuneError }
	if !ok || id == "" || utf8.RuneCountInString(id) > maxTokenID || slices.ContainsFunc([]rune(id), unfit) {
		return p.refuse(ReasonClaimMalformed).detail("sid")
	}
	return nil
}
