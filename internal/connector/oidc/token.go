package oidc

import (
	"context"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/wire/oauth"
)

// RevokeToken takes back one token (TOK-01). A provider that takes back tokens
// of the other kind only is sent it as one (TOK-02).
func (s *System) RevokeToken(ctx context.Context, t connector.Token) (connector.Revocation, error) {
	const step = "take back a token"
	out := connector.Revocation{Scope: connector.RevocationScope}
	d, err := s.discover(ctx)
	if err != nil {
		return out, err
	}
	s.seen.forget(t) // whatever comes of it: what was seen before is not to be trusted any more (TOK-06)
	defer s.seen.forget(t)
	if d.Revocation == "" {
		return out, s.guard.Fail(connector.FailUnsupported, step, s.name+" has no address for taking back tokens.", "Wait until the token runs out, or end the session at the provider.")
	}
	for _, kind := range []oauth.Kind{t.Kind, t.Kind.Other()} {
		answer, err := s.post(ctx, d, call{to: d.Revocation, step: step, form: oauth.About(t.Value, kind), as: s.client})
		if err == nil {
			out.Partial = kind != t.Kind
			return out, nil
		}
		if answer == nil {
			return out, err
		}
		if verdict, _ := oauth.ReadRevocation(answer.Status, answer.Body); verdict != oauth.Unsupported {
			return out, err
		}
	}
	return out, s.guard.Fail(connector.FailUnsupported, step, s.name+" takes back tokens of no kind.", "Wait until the token runs out, or end the session at the provider.")
}

// IntrospectToken looks at one token, always anew: a proof must not come from
// memory (TOK-05). An answer about another issuer or person counts as inactive.
func (s *System) IntrospectToken(ctx context.Context, t connector.Token) (connector.TokenReading, error) {
	const step = "look at a token"
	d, err := s.discover(ctx)
	if err != nil {
		return connector.TokenReading{}, err
	}
	if d.Introspection == "" {
		return connector.TokenReading{}, s.guard.Fail(connector.FailUnsupported, step, s.name+" has no address for looking at tokens.", "Try the token instead.")
	}
	answer, err := s.post(ctx, d, call{to: d.Introspection, step: step, form: oauth.About(t.Value, t.Kind), as: s.client})
	if err != nil {
		return connector.TokenReading{}, err
	}
	said, err := oauth.ReadIntrospection(answer.Body)
	if err != nil {
		return connector.TokenReading{}, s.guard.Fail(connector.FailAnswer, step, s.name+" answered, and did not say whether the token is active.", "Check that the address is that of the provider itself.")
	}
	out := connector.TokenReading{Active: said.Fits(s.issuer, t.Subject, s.now()), At: s.now()}
	if out.Active {
		out.Subject, out.Expires = said.Subject, said.Expires
	}
	s.seen.keep(t, out)
	return out, nil
}
