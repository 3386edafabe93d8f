package models

import "github.com/uptrace/bun"

// LogoutToken is a sign-out message of a provider that was acted on. It is kept
// a few minutes, as hashes: no replica acts on it again.
type LogoutToken struct {
	bun.BaseModel `bun:"table:logout_tokens,alias:lt"`

	TenantID    int64   `bun:",pk" class:"public"`
	TokenHash   string  `bun:",pk" class:"secret"` // of issuer and jti
	Provider    string  `class:"public"`
	SubjectHash string  `class:"secret"` // of issuer and subject; "": it names none
	SIDHash     string  `bun:"sid_hash" class:"secret"`
	IssuedAt    Instant `class:"public"`
	ReceivedAt  Instant `class:"public"`
	ExpiresAt   Instant `class:"public"`
}
