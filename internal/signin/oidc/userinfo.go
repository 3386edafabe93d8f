package oidc

import (
	"context"
	"crypto/subtle"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/rollcall/rollcall/internal/outbound"
)

// userInfo asks who the access token stands for. An answer about anybody but
// the ID token's subject ends the sign-in: none of it may be used (OIDC-34).
func (p *Provider) userInfo(ctx context.Context, m *metadata, access, subject string) (claimSet, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, m.userInfo, http.NoBody)
	if err != nil {
		return nil, p.refuse(ReasonUserInfoMalformed).because(err)
	}
	r.Header.Set("Authorization", "Bearer "+access)
	r.Header.Set("Accept", "application/json, application/jwt")
	answer, err := p.send(toUserInfo, r)
	if err != nil {
		return nil, err
	}
	claims, err := p.readUserInfo(ctx, answer)
	if err != nil {
		return nil, err
	}
	about, ok := claims["sub"].(string)
	if !ok || subtle.ConstantTimeCompare([]byte(about), []byte(subject)) != 1 {
		return nil, p.refuse(ReasonUserInfoMismatch)
	}
	if refusal := p.judgeHeld(claims); refusal != nil {
		return nil, refusal
	}
	_ = p.health.note(toUserInfo, nil) // nothing to hand through
	return claims, nil
}

func (p *Provider) readUserInfo(ctx context.Context, answer *outbound.Answer) (claimSet, error) {
	if answer.Status >= 500 || answer.Status == http.StatusTooManyRequests {
		return nil, p.health.note(toUserInfo, p.refuse(ReasonProviderUnreachable).detail("status %d from userinfo", answer.Status))
	}
	if answer.Status != http.StatusOK {
		return nil, p.refuse(ReasonUserInfoMalformed).detail("status %d", answer.Status)
	}
	if answer.Type() == "application/jwt" {
		return p.signedUserInfo(ctx, string(answer.Body))
	}
	err := answer.JSON()
	if err != nil {
		return nil, p.refuse(ReasonUserInfoMalformed).because(err)
	}
	claims, err := decodeClaims(answer.Body)
	if err != nil {
		return nil, p.refuse(ReasonUserInfoMalformed).because(err)
	}
	return claims, nil
}

// signedUserInfo checks an answer that is a JWT: our key set, this issuer, and
// nobody else's audience. It is no ID token and is never taken for one.
func (p *Provider) signedUserInfo(ctx context.Context, raw string) (claimSet, error) {
	v, refusal := p.verification(raw, plainTypes, func(c claimSet, key signingKey) *Refusal {
		if _, said := c["events"]; said {
			return p.refuse(ReasonTypeRefused).detail("claim events in userinfo")
		}
		if refusal := p.judgeIssuer(c, key, ""); refusal != nil {
			return refusal
		}
		if _, said := c["exp"]; said {
			exp, ok := c.instant("exp")
			if !ok || !p.now().Before(exp.Add(p.config.Leeway)) {
				return p.refuse(ReasonTokenExpired).detail("userinfo, exp %s", exp.Format(time.RFC3339))
			}
		}
		return p.judgeAudience(c)
	})
	if refusal != nil {
		return nil, refusal
	}
	_, err := v.VerifySignature(ctx, raw)
	return v.claims, err
}

// tokenOnly are claims that only an ID token may state.
var tokenOnly = []string{
	"iss", "aud", "exp", "iat", "nbf", "jti", "azp", "nonce", "at_hash", "c_hash", "s_hash",
	"auth_time", "acr", "amr", "sid", "tid", "events",
}

// joined adds what UserInfo says beyond the ID token, which wins where both
// speak. A word on verification counts only for the address it was said of.
func (c claimSet) joined(more claimSet, names ClaimNames) claimSet {
	out := maps.Clone(c)
	for name, value := range more {
		if _, said := c[name]; said || slices.Contains(tokenOnly, name) {
			continue
		}
		out[name] = value
	}
	address, said := find(c, names.Email)
	other, _ := find(more, names.Email)
	if said && address != other {
		if _, own := find(c, names.EmailVerified); !own {
			delete(out, names.EmailVerified)
		}
	}
	out.hold(c, more)
	return out
}

// hold keeps the notes on held-back claims of both answers.
func (c claimSet) hold(both ...claimSet) {
	names := map[string]any{}
	for _, one := range both {
		for _, name := range one.held() {
			names[name] = ""
		}
	}
	delete(c, "hasgroups")
	delete(c, "_claim_names")
	if len(names) > 0 {
		c["_claim_names"] = names
	}
}
