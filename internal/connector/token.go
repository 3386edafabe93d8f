package connector

import (
	"context"
	"fmt"
	"time"

	"github.com/rollcall/rollcall/internal/wire/oauth"
)

// Token is a token of our own client at a system. It hides itself from logs.
type Token struct {
	Value   string
	Kind    oauth.Kind
	Subject string // whose it is; "": not known
}

// Format hides the token from every verb.
func (t Token) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte("[hidden]")) }

// RevocationScope says what revoking a token cannot do (TOK-03). It stands in
// every evidence of a revocation.
const RevocationScope = "Revokes only tokens that this client holds. Tokens and sessions of other applications are not reached, " +
	"and an access token that is accepted by its signature alone stays good until it runs out."

// Revocation is what a system answered when it was asked to revoke a token.
type Revocation struct {
	// Partial says that the system takes back tokens of the other kind only; the
	// token was sent as one of those.
	Partial bool
	Scope   string // RevocationScope
}

// TokenRevoker takes back one token (RFC 7009; TOK-01, TOK-02). That it is no
// error proves nothing: systems say yes to tokens they do not know. See ProofOf.
type TokenRevoker interface {
	RevokeToken(ctx context.Context, t Token) (Revocation, error)
}

// TokenReading is one look at a token (RFC 7662). An inactive one says nothing
// about whether the system may show it to this client at all.
type TokenReading struct {
	Active  bool
	Subject string    // of an active token, where it is said
	Expires time.Time // of an active token; zero: not said
	At      time.Time // of the look
}

// TokenIntrospector looks at one token, always anew.
type TokenIntrospector interface {
	IntrospectToken(ctx context.Context, t Token) (TokenReading, error)
}

// TokenProof is what two looks at a token prove.
type TokenProof string

// The proofs.
const (
	TokenDead   TokenProof = "dead"   // alive before, inactive after: proven
	TokenLives  TokenProof = "lives"  // active after: whatever was answered, it was not revoked
	TokenUnseen TokenProof = "unseen" // never seen alive: this look cannot see it, and proves nothing
)

// ProofOf judges a look after a revocation by the one before; nil is a look that
// was not taken.
func ProofOf(before, after *TokenReading) TokenProof {
	switch {
	case after != nil && after.Active:
		return TokenLives
	case after != nil && before != nil && before.Active:
		return TokenDead
	}
	return TokenUnseen
}
