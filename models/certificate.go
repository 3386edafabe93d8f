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

	ID               int64   `bun:",pk,autoincrement" class:"public"`
	TenantID         int64   `class:"public"`
	PublicID         string  `class:"public"`
	OperationID      int64   `class:"public"`
	OperationVersion int64   `class:"public"` // as it stood when this was written
	UserID           int64   `class:"public"` // 0: of the whole operation
	WholeID          int64   `class:"public"` // of one person: that of the whole, which it is part of
	KeyHash          string  `class:"public"`
	Digest           string  `class:"public"` // SHA-256 of what is signed, hex
	People           int64   `class:"public"` // written so far
	Head             string  `class:"personal"`
	Totals           string  `class:"personal"`
	Inclusion        string  `class:"public"` // of one person: their place in the whole
	Signature        string  `class:"public"`
	CreatedBy        string  `class:"personal"`
	CreatedAt        Instant `class:"public"`
	IssuedAt         Instant `class:"public"` // 0: being written
}

// CertificatePart is a block of people of a certificate.
type CertificatePart struct {
	bun.BaseModel `bun:"table:certificate_parts,alias:cp"`

	ID            int64  `bun:",pk,autoincrement" class:"public"`
	TenantID      int64  `class:"public"`
	CertificateID int64  `class:"public"`
	Part          int64  `class:"public"` // from 0
	People        int64  `class:"public"`
	Root          string `class:"public"`   // of the block in the tree over all people
	Body          []byte `class:"personal"` // their lines, compressed
}
