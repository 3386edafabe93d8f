package models

import "github.com/uptrace/bun"

// Tenant is an isolated organisation in this installation.
type Tenant struct {
	bun.BaseModel `bun:"table:tenants,alias:tn"`

	ID            int64   `bun:",pk,autoincrement" class:"public"`
	Slug          string  `class:"public"`
	Name          string  `class:"public"`
	Environment   string  `class:"public"` // production, staging, test, demo
	AccessVersion int64   `class:"public"` // rises with every change of a role; see access
	FirstAdminAt  Instant `class:"public"` // when the bootstrap was used; it works once
	CreatedAt     Instant `class:"public"`
}

// Department is a unit people belong to.
type Department struct {
	bun.BaseModel `bun:"table:departments,alias:d"`

	ID       int64  `bun:",pk,autoincrement" class:"public"`
	TenantID int64  `class:"public"`
	Name     string `class:"public"`
}

// User is a person's record in the directory.
type User struct {
	bun.BaseModel `bun:"table:users,alias:u"`

	ID           int64   `bun:",pk,autoincrement" class:"public"`
	TenantID     int64   `class:"public"`
	PublicID     string  `class:"public"` // UUIDv7: the only id that leaves the system
	Username     string  `class:"personal"`
	UsernameNorm string  `class:"personal"`
	DisplayName  string  `class:"personal"`
	GivenName    string  `class:"personal"`
	FamilyName   string  `class:"personal"`
	SortName     string  `class:"personal"` // folded; the list's order on every database
	Email        string  `class:"personal"`
	EmailNorm    string  `class:"personal"`
	Phone        string  `class:"masked"`
	ExternalID   string  `class:"masked"` // id at HR or another source of record
	Title        string  `class:"personal"`
	DepartmentID int64   `class:"personal"` // 0: none
	ManagerID    int64   `class:"personal"` // 0: none
	External     bool    `class:"personal"`
	Provider     string  `class:"public"` // key of the provider of the primary identity, "" if none
	Status       Status  `class:"public"`
	StatusReason string  `class:"personal"`
	StatusBy     string  `class:"personal"`
	StatusSince  Instant `class:"public"`
	LeavingAt    Instant `class:"personal"` // 0: no date
	PendingSince Instant `class:"public"`   // signed in by rule, waits to be let in; 0: does not wait
	LastSignInAt Instant `class:"personal"` // 0: never
	FieldSources string  `class:"public"`   // JSON object: field -> source key; absent means local
	AccessEpoch  int64   `class:"public"`   // rises with every change of this user's access or status
	Version      int64   `class:"public"`   // optimistic lock of the edit form
	CreatedAt    Instant `class:"public"`
	UpdatedAt    Instant `class:"public"`
	UpdatedBy    string  `class:"personal"` // who made Version what it is
}

// Identity is one (issuer, subject) of a user at an OpenID provider.
type Identity struct {
	bun.BaseModel `bun:"table:identities,alias:i"`

	ID            int64   `bun:",pk,autoincrement" class:"public"`
	TenantID      int64   `class:"public"`
	UserID        int64   `class:"public"`
	Provider      string  `class:"public"`
	Issuer        string  `class:"public"`
	Subject       string  `class:"personal"`
	Email         string  `class:"personal"`
	EmailVerified bool    `class:"personal"`
	Username      string  `class:"personal"`
	IsPrimary     bool    `class:"public"`
	LinkedAt      Instant `class:"public"`
	LinkedBy      string  `class:"personal"`
	LinkedHow     string  `class:"public"` // sign-in rule, invitation, demo data ...
	LastSignInAt  Instant `class:"personal"`
}

// UserToken is one searchable word of a user.
type UserToken struct {
	bun.BaseModel `bun:"table:user_tokens,alias:ut"`

	TenantID int64  `bun:",pk" class:"public"`
	Token    string `bun:",pk" class:"personal"`
	UserID   int64  `bun:",pk" class:"public"`
	SortName string `bun:",pk" class:"personal"` // User.SortName once more, for the order
}

// AttributeKind is the type of a local attribute's value.
type AttributeKind string

// The kinds of local attributes. A date is YYYY-MM-DD, a boolean is true or
// false, a number is written without separators.
const (
	AttributeText   AttributeKind = "text"
	AttributeNumber AttributeKind = "number"
	AttributeDate   AttributeKind = "date"
	AttributeBool   AttributeKind = "boolean"
	AttributeChoice AttributeKind = "choice"
)

// AttributeDefinition says that people may carry one more field, kept here.
type AttributeDefinition struct {
	bun.BaseModel `bun:"table:attribute_definitions,alias:ad"`

	ID       int64         `bun:",pk,autoincrement" class:"public"`
	TenantID int64         `class:"public"`
	Key      string        `bun:"attribute_key" class:"public"`
	Label    string        `class:"public"`
	Kind     AttributeKind `class:"public"`
	Choices  string        `class:"public"` // one per line, for AttributeChoice
	Masked   bool          `class:"public"`
	Position int64         `class:"public"`
}

// UserAttribute is the value of one local attribute of one user.
type UserAttribute struct {
	bun.BaseModel `bun:"table:user_attributes,alias:ua"`

	TenantID  int64   `bun:",pk" class:"public"`
	UserID    int64   `bun:",pk" class:"public"`
	Attribute string  `bun:",pk" class:"public"`
	Value     string  `class:"masked"`
	Source    string  `class:"public"`
	UpdatedAt Instant `class:"public"`
}
