package oidc

import (
	"context"
	"crypto/subtle"
	"net/url"
	"time"
)

// Original is what a sign-in said, against which later ID tokens of the same
// grant are held (Core section 12.2).
type Original struct {
	Issuer   string    `json:"issuer"`
	Subject  string    `json:"subject"`
	Nonce    string    `json:"nonce,omitempty"`
	AuthTime time.Time `json:"auth_time,omitzero"`
}

func original(c claimSet) Original {
	out := Original{Issuer: text(c, "iss"), Subject: text(c, "sub"), Nonce: text(c, "nonce")}
	out.AuthTime, _ = c.instant("auth_time")
	return out
}

// Renewal is what the provider gave for a refresh token. Its tokens are to be
// kept before anything else is done: the old refresh token may be used up
// already (OIDC-41).
type Renewal struct {
	Tokens Tokens

	skew time.Duration
}

// Refresh trades a refresh token. The error is a *Refusal: for
// ReasonGrantRefused the provider takes the grant back, every other one says
// nothing about the person (OIDC-42).
func (p *Provider) Refresh(ctx context.Context, token Secret) (*Renewal, error) {
	m, err := p.discover(ctx)
	if err != nil {
		return nil, err
	}
	answer, err := p.post(ctx, m, m.token, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {token.Reveal()}})
	if err != nil {
		return nil, err
	}
	got, err := p.readTokens(answer)
	if err != nil {
		return nil, p.refreshError(err)
	}
	if got.refresh == "" {
		got.refresh = token.Reveal() // the provider does not rotate (RFC 6749 section 6)
	}
	return &Renewal{skew: got.skew, Tokens: Tokens{
		ID: Secret(got.id), Access: Secret(got.access), Refresh: Secret(got.refresh), Expires: got.expires, Scope: got.scope,
	}}, nil
}

// refreshError gives invalid_grant the meaning it has here.
func (p *Provider) refreshError(err error) error {
	r := p.refused(err)
	if refusal, ok := r.(*Refusal); ok && refusal.Reason == ReasonCodeRefused { //nolint:errorlint // refused gives no other type
		return p.refuse(ReasonGrantRefused).because(err).detail("%s", refusal.Detail)
	}
	return r
}

// Confirm checks what a renewal says about the person, and gives nothing when
// the provider sent no new ID token: that is allowed, and means that they still
// stand there. See Reason.Ends for what a refusal means.
func (p *Provider) Confirm(ctx context.Context, r *Renewal, was Original) (*Identity, error) {
	if r.Tokens.ID == "" {
		return nil, nil
	}
	claims, err := p.verifyWith(ctx, r.Tokens.ID.Reveal(), r.Tokens.Access.Reveal(), func(c claimSet, key signingKey) *Refusal {
		return p.judgeRenewed(c, key, was, r.skew)
	})
	if err != nil {
		return nil, p.refused(err)
	}
	if p.config.UserInfo {
		m, err := p.discover(ctx)
		if err != nil {
			return nil, err
		}
		more, err := p.userInfo(ctx, m, r.Tokens.Access.Reveal(), text(claims, "sub"))
		if err != nil {
			return nil, p.refused(err)
		}
		claims = claims.joined(more, p.config.Claims)
	}
	out := p.identify(claims)
	return &out, nil
}

// judgeRenewed holds the rules for the ID token of a refresh (OIDC-43): all of
// an ID token's own, and the same person, issuer and client as before.
func (p *Provider) judgeRenewed(c claimSet, key signingKey, was Original, skew time.Duration) *Refusal {
	if _, said := c["events"]; said {
		return p.refuse(ReasonTypeRefused).detail("claim events")
	}
	for _, rule := range []func() *Refusal{
		func() *Refusal { return p.judgeIssuer(c, key, was.Issuer) },
		func() *Refusal { return p.judgeSubject(c) },
		func() *Refusal { return p.judgeSame(c, was) },
		func() *Refusal { return p.judgeAudience(c) },
		func() *Refusal { return p.judgeTimes(c, skew) },
		func() *Refusal { return p.judgeStillThen(c, was) },
		func() *Refusal { return p.judgeHeld(c) },
	} {
		if refusal := rule(); refusal != nil {
			return refusal
		}
	}
	return nil
}

// judgeSame wants the same subject, and the nonce of the sign-in if there is one.
func (p *Provider) judgeSame(c claimSet, was Original) *Refusal {
	if text(c, "sub") != was.Subject {
		return p.refuse(ReasonSubjectChanged)
	}
	nonce, said := c["nonce"]
	if !said {
		return nil
	}
	text, _ := nonce.(string)
	if was.Nonce == "" || subtle.ConstantTimeCompare([]byte(text), []byte(was.Nonce)) != 1 {
		return p.refuse(ReasonNonceMismatch).detail("of a refresh")
	}
	return nil
}

// judgeStillThen wants the time at which the person proved themselves not to go
// back, nor to lie ahead of the token. It may go on: who proves themselves again
// in the same session of the provider has a new one, and providers say so in
// every grant of that session. What counts here stays the time of our sign-in.
func (p *Provider) judgeStillThen(c claimSet, was Original) *Refusal {
	said, there := c["auth_time"]
	if !there {
		return nil
	}
	when, ok := c.instant("auth_time")
	issued, _ := c.instant("iat")
	switch {
	case !ok:
		return p.refuse(ReasonClaimMalformed).detail("auth_time %.40v", said)
	case !was.AuthTime.IsZero() && when.Before(was.AuthTime.Truncate(time.Second)), when.After(issued.Add(p.config.Leeway)):
		return p.refuse(ReasonAuthTimeMoved).detail("was %s, is %s, issued %s", stamp(was.AuthTime), stamp(when), stamp(issued))
	}
	return nil
}

// ends are the reasons that speak against the person or the provider. All others
// are faults on the way: an unreadable key, a clock, an outage.
var ends = map[Reason]bool{
	ReasonGrantRefused: true, ReasonIssuerMismatch: true, ReasonSubjectInvalid: true, ReasonSubjectChanged: true, ReasonTenantRefused: true,
	ReasonAudienceMismatch: true, ReasonPartyMismatch: true, ReasonNonceMismatch: true, ReasonAuthTimeMoved: true, ReasonHashMismatch: true,
	ReasonTypeRefused: true, ReasonAlgRefused: true, ReasonSignatureInvalid: true, ReasonClaimDuplicate: true, ReasonUserInfoMismatch: true,
}

// Ends reports whether a refusal of a refresh for this reason means that the
// session must end (OIDC-42, OIDC-43).
func (r Reason) Ends() bool { return ends[r] }
