package models

import "github.com/uptrace/bun"

// GrantState says what a provider's grant is good for.
type GrantState string

// The states.
const (
	GrantLive   GrantState = "live"   // the provider vouched for it when it was asked last
	GrantEnding GrantState = "ending" // its tokens are being taken back
	GrantDead   GrantState = "dead"   // the provider took it back; nothing is left to revoke
)

// SignInGrant is what a provider granted with a sign-in beyond it: a refresh
// token, by which it can be asked again without the person.
type SignInGrant struct {
	bun.BaseModel `bun:"table:signin_grants,alias:sg"`

	ID          int64      `bun:",pk,autoincrement" class:"public"`
	TenantID    int64      `class:"public"`
	PublicID    string     `class:"public"`
	UserID      int64      `class:"public"`
	IdentityID  int64      `class:"public"`
	Provider    string     `class:"public"`
	Issuer      string     `class:"public"`
	Subject     string     `class:"personal"`
	SessionID   string     `class:"public"`           // public id of the session; "": it outlived it (offline access)
	SID         string     `bun:"sid" class:"secret"` // the provider's session; "": it did not say
	Offline     bool       `class:"public"`           // the provider lets it outlive its session there
	State       GrantState `class:"public"`
	Sealed      string     `class:"secret"` // tokens, and what the sign-in said
	AccessUntil Instant    `class:"public"` // the last access token is accepted until then; 0: not said
	CheckedAt   Instant    `class:"public"` // the provider vouched last
	NextAt      Instant    `class:"public"` // something is due then
	Fails       int64      `class:"public"` // in a row
	Trouble     string     `class:"public"` // why it failed last
	LeaseToken  string     `class:"secret"`
	LeaseUntil  Instant    `class:"public"`
	CreatedAt   Instant    `class:"public"`
	UpdatedAt   Instant    `class:"public"`
}
