package oidc

import (
	"context"
	"errors"
	"time"

	gooidc "github.com/coreos/go-oidc/v3/oidc"
	jose "github.com/go-jose/go-jose/v4"
)

// verification is one token on its way through go-oidc. It is the library's
// key set, so that the library judges what our keys verified; our own checks
// run first and keep their reason, which the library would turn into text.
type verification struct {
	provider *Provider
	token    signed
	check    func(claimSet, signingKey) *Refusal

	claims claimSet
	err    error
}

// plainTypes are the header types of ID tokens and UserInfo (OIDC-29).
var plainTypes = []string{"", "JWT"}

// verification begins with everything that can be judged without a key. types
// are the header types that this kind of token may have.
func (p *Provider) verification(raw string, types []string, check func(claimSet, signingKey) *Refusal) (*verification, *Refusal) {
	h, refusal := p.openToken(raw, types)
	if refusal != nil {
		return nil, refusal
	}
	jws, err := jose.ParseSignedCompact(raw, []jose.SignatureAlgorithm{jose.SignatureAlgorithm(h.alg)})
	if err != nil {
		return nil, p.refuse(ReasonTokenMalformed).because(err)
	}
	return &verification{provider: p, token: signed{header: h, raw: raw, jws: jws}, check: check}, nil
}

// VerifySignature implements gooidc.KeySet: signature, strict decoding, and
// our own checks. The token is the one that verification opened.
func (v *verification) VerifySignature(ctx context.Context, _ string) ([]byte, error) {
	payload, key, err := v.provider.keys.verify(ctx, v.token)
	if err != nil {
		v.err = v.provider.refused(err)
		return nil, v.err
	}
	claims, err := decodeClaims(payload)
	if err != nil {
		v.err = v.provider.undecodable(err)
		return nil, v.err
	}
	if refusal := v.check(claims, key); refusal != nil {
		v.err = refusal
		return nil, v.err
	}
	v.claims = claims
	return payload, nil
}

// verifyID checks the ID token of a sign-in.
func (p *Provider) verifyID(ctx context.Context, raw string, want expectation) (claimSet, error) {
	return p.verifyWith(ctx, raw, want.access, func(c claimSet, key signingKey) *Refusal { return p.judgeID(c, key, want) })
}

// verifyWith checks an ID token: by our rules, then by go-oidc's as a second
// opinion. The library knows no leeway, so its clock goes late by ours; of a
// multi-tenant issuer only we know the right one.
func (p *Provider) verifyWith(ctx context.Context, raw, access string, check func(claimSet, signingKey) *Refusal) (claimSet, error) {
	v, refusal := p.verification(raw, plainTypes, check)
	if refusal != nil {
		return nil, refusal
	}
	library := gooidc.NewVerifier(p.config.Issuer, v, &gooidc.Config{
		ClientID:             p.config.ClientID,
		SupportedSigningAlgs: p.config.Algs,
		SkipIssuerCheck:      p.config.multi(),
		Now:                  func() time.Time { return p.now().Add(-p.config.Leeway) },
	})
	token, err := library.Verify(ctx, raw)
	if v.err != nil {
		return nil, v.err
	}
	if err != nil {
		return nil, p.refuse(ReasonTokenRefused).because(err)
	}
	if _, said := v.claims["at_hash"]; said {
		err = token.VerifyAccessToken(access)
		if err != nil {
			return nil, p.refuse(ReasonHashMismatch).because(err)
		}
	}
	return v.claims, nil
}

// undecodable tells the two ways of saying a thing twice from plain garbage.
func (p *Provider) undecodable(err error) *Refusal {
	if errors.Is(err, errDuplicate) || errors.Is(err, errLookalike) {
		return p.refuse(ReasonClaimDuplicate).because(err).detail("%s", err)
	}
	return p.refuse(ReasonTokenMalformed).because(err).detail("claims")
}
