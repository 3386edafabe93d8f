package models

import "github.com/uptrace/bun"

// Session is a browser that is signed in to the console. The token itself is
// only in the cookie; the row holds its SHA-256.
type Session struct {
	bun.BaseModel `bun:"table:sessions,alias:s"`

	TokenHash   string  `bun:",pk" class:"secret"`
	TenantID    int64   `class:"public"`
	PublicID    string  `class:"public"` // handle in pages and log
	UserID      int64   `class:"public"`
	IdentityID  int64   `class:"public"`
	Provider    string  `class:"public"`
	Issuer      string  `class:"public"`
	Subject     string  `class:"personal"`
	SID         string  `bun:"sid" class:"secret"`      // the provider's session id
	IDToken     string  `bun:"id_token" class:"secret"` // sealed; only the sign-out hint
	Data        []byte  `class:"secret"`
	IP          string  `bun:"ip" class:"personal"`
	UserAgent   string  `class:"personal"`
	AuthTime    Instant `class:"public"`
	CreatedAt   Instant `class:"public"`
	LastSeenAt  Instant `class:"public"`
	IdleUntil   Instant `class:"public"`
	ExpiresAt   Instant `class:"public"`
	MethodWords string  `class:"public"` // amr as the provider gave it

	ElevatedUntil Instant `class:"public"` // sensitive acts are open until then; 0: they are not
}

// SignInTransaction is a sign-in between the redirect and the return. What
// protects it (state, nonce, PKCE verifier) and where it leads is sealed.
type SignInTransaction struct {
	bun.BaseModel `bun:"table:signin_transactions,alias:st"`

	StateHash   string  `bun:",pk" class:"secret"`
	TenantID    int64   `class:"public"`
	Provider    string  `class:"public"`
	BrowserHash string  `class:"secret"` // binds it to the browser that started
	Sealed      string  `class:"secret"`
	CreatedAt   Instant `class:"public"`
	ExpiresAt   Instant `class:"public"`
}

// Draft is what somebody typed into a form when they had to prove themselves or
// sign in again first. Only they get it back.
type Draft struct {
	bun.BaseModel `bun:"table:drafts,alias:dr"`

	TenantID   int64   `bun:",pk" class:"public"`
	PublicID   string  `bun:",pk" class:"public"` // handle, in addresses
	UserID     int64   `class:"public"`
	SessionKey string  `class:"public"` // public id of the session it was typed in
	Path       string  `class:"public"` // of the form, without its query
	Sealed     string  `class:"secret"`
	CreatedAt  Instant `class:"public"`
	ExpiresAt  Instant `class:"public"`
}
