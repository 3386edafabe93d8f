package models

import "github.com/uptrace/bun"

// SigningKey is a key certificates are signed with.
type SigningKey struct {
	bun.BaseModel `bun:"table:signing_keys,alias:sk"`

	ID        int64   `bun:",pk,autoincrement" class:"public"`
	TenantID  int64   `class:"public"`
	Name      string  `class:"public"` // of the signer, as in golang.org/x/mod/sumdb/note
	KeyHash   string  `class:"public"` // 8 hexadecimal digits, as in note
	PublicKey string  `class:"public"` // Ed25519, base64
	Sealed    string  `class:"secret"` // the private key, sealed
	CreatedAt Instant `class:"public"`
	RetiredAt Instant `class:"public"` // 0: in use
}

// Certificate is a signed statement of what an operation did and proved.
type Certificate struct {
	bun.BaseModel `bun:"table:certificates,alias:cert"`

	ID          int64   `bun:",pk,autoincrement" class:"public"`
	TenantID    int64   `class:"public"`
	PublicID    string  `class:"public"`
	OperationID int64   `class:"public"`
	UserID      int64   `class:"public"` // 0: of the whole operation
	KeyHash     string  `class:"public"`
	Digest      string  `class:"public"` // SHA-256 of the body, hex
	Body        string  `class:"personal"`
	CreatedAt   Instant `class:"public"`
}
