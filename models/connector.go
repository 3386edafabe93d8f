package models

import "github.com/uptrace/bun"

// ConnectorKind says what sort of system a connector reaches.
type ConnectorKind string

// The kinds.
const (
	ConnectorKeycloak ConnectorKind = "keycloak" // Keycloak's admin API
	ConnectorOIDC     ConnectorKind = "oidc"     // any OpenID provider, without an admin API
	ConnectorDemo     ConnectorKind = "demo"     // the directory inside the demo
)

// ConnectorState says what a connector does.
type ConnectorState string

// The states.
const (
	ConnectorDraft   ConnectorState = "draft"   // being set up: only tests run
	ConnectorEnabled ConnectorState = "enabled" // in use
	ConnectorPaused  ConnectorState = "paused"  // a person stopped it; nothing runs
)

// ConnectorSignIn says whether people sign in through a connector.
type ConnectorSignIn string

// The words. A closed one is remembered: who has no other way in cannot act.
const (
	SignInNever ConnectorSignIn = ""    // only read and written
	SignInOpen  ConnectorSignIn = "on"  // while it is enabled
	SignInShut  ConnectorSignIn = "off" // they did once
)

// Connector is one connected outside system.
type Connector struct {
	bun.BaseModel `bun:"table:connectors,alias:cn"`

	ID             int64           `bun:",pk,autoincrement" class:"public"`
	TenantID       int64           `class:"public"`
	PublicID       string          `class:"public"`
	Key            string          `bun:"connector_key" class:"public"` // as in User.Provider and Identity.Provider
	Kind           ConnectorKind   `class:"public"`
	Name           string          `class:"public"`
	State          ConnectorState  `class:"public"`
	SignIn         ConnectorSignIn `class:"public"`
	Settings       string          `class:"public"` // JSON: connector.Settings
	Secret         string          `class:"secret"` // sealed
	SecretHint     string          `class:"public"` // the last four characters of the first of its secrets
	SecretAt       Instant         `class:"public"`
	SecretNotes    string          `class:"public"` // JSON: connector.SecretNote by name
	Mapping        string          `class:"public"` // JSON: connector.Mapping
	Sync           string          `class:"public"` // JSON: connector.Schedule
	OwnerID        int64           `class:"public"`
	Health         string          `class:"public"` // connector.Health
	HealthSentence string          `class:"public"`
	HealthSince    Instant         `class:"public"`
	LastReadAt     Instant         `class:"public"`
	LastWriteAt    Instant         `class:"public"`
	Version        int64           `class:"public"`
	CreatedAt      Instant         `class:"public"`
	UpdatedAt      Instant         `class:"public"`
	UpdatedBy      string          `class:"personal"`
}

// Account is a person's record inside a connected system, as it was read last.
type Account struct {
	bun.BaseModel `bun:"table:accounts,alias:ac"`

	ID            int64   `bun:",pk,autoincrement" class:"public"`
	TenantID      int64   `class:"public"`
	ConnectorID   int64   `class:"public"`
	Key           string  `bun:"account_key" class:"public"` // the system's own id of it; of an OpenID provider the subject
	UserID        int64   `class:"public"`                   // 0: an orphan
	Username      string  `class:"personal"`
	DisplayName   string  `class:"personal"`
	SortName      string  `class:"personal"`
	Email         string  `class:"personal"`
	EmailNorm     string  `class:"personal"`
	EmailVerified bool    `class:"personal"`
	Enabled       bool    `class:"public"`
	Said          string  `class:"personal"` // JSON: the mapped fields, groups and roles it gave, nothing else
	Digest        string  `class:"public"`   // of what was read; an equal one means that nothing changed
	FirstReadAt   Instant `class:"public"`
	LastReadAt    Instant `class:"public"`
	ChangedAt     Instant `class:"public"`
	MissingSince  Instant `class:"public"` // the system does not know it any more; 0: it does
	SeenRun       int64   `class:"public"` // the sync run that saw it last
}
