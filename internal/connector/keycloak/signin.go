package keycloak

import (
	"context"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/connector/oidc"
)

// signIn is the client that people sign in to Rollcall with, when this connector
// has one. Its tokens are a matter of OpenID Connect and not of the admin API.
type signIn interface {
	connector.System
	connector.TokenRevoker
	connector.TokenIntrospector
}

// newSignIn gives that client, or nil.
func newSignIn(settings connector.Settings, secrets connector.Secrets, name string, now func() time.Time) (signIn, error) {
	if settings.SignIn == nil {
		return nil, nil
	}
	settings.Issuer, settings.ClientID = settings.EffectiveIssuer(), ""
	s, err := oidc.New(settings, secrets, name, now)
	if err != nil {
		return nil, err
	}
	return s.(signIn), nil
}

// noSignIn is what is said of tokens without such a client.
func (s *system) noSignIn() string {
	return "Nobody signs in to Rollcall through this connector, so that it holds no tokens of theirs at " + s.name + "."
}

func (s *system) withoutSignIn(step string) error {
	return s.guard.Fail(connector.FailUnsupported, step, s.noSignIn(), "Let people sign in with this connector, or use the one they sign in with.")
}

// RevokeToken takes back a token of the client that people sign in with.
func (s *system) RevokeToken(ctx context.Context, t connector.Token) (connector.Revocation, error) {
	if s.own == nil {
		return connector.Revocation{Scope: connector.RevocationScope}, s.withoutSignIn("take back a token")
	}
	return s.own.RevokeToken(ctx, t)
}

// IntrospectToken looks at a token of the client that people sign in with.
func (s *system) IntrospectToken(ctx context.Context, t connector.Token) (connector.TokenReading, error) {
	if s.own == nil {
		return connector.TokenReading{}, s.withoutSignIn("look at a token")
	}
	return s.own.IntrospectToken(ctx, t)
}
