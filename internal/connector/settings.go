package connector

import (
	"strings"
	"time"
)

// Settings say how a system is reached. None of them is secret.
type Settings struct {
	Product      string  `json:"product,omitempty"` // which help its form shows: keycloak, okta, entra ...
	BaseURL      string  `json:"base_url"`          // Keycloak: https://id.example.org; generic provider: its issuer
	Realm        string  `json:"realm,omitempty"`   // Keycloak only
	Issuer       string  `json:"issuer,omitempty"`  // of the identities it vouches for
	ClientID     string  `json:"client_id"`         // of the service account
	AllowPrivate bool    `json:"allow_private,omitempty"`
	DevLoopback  bool    `json:"dev_loopback,omitempty"`
	CA           string  `json:"ca,omitempty"`   // PEM: authorities to trust instead of the system's
	Rate         float64 `json:"rate,omitempty"` // requests a second at most; 0: the adapter's own
	SignIn       *SignIn `json:"sign_in,omitempty"`
}

// EffectiveIssuer gives the issuer of the identities the system vouches for:
// the one that was given, or what follows from the address.
func (s Settings) EffectiveIssuer() string {
	switch {
	case s.Issuer != "":
		return s.Issuer
	case s.Realm != "":
		return strings.TrimRight(s.BaseURL, "/") + "/realms/" + s.Realm
	}
	return s.BaseURL
}

// SignIn makes the system a provider people sign in with, beside those of the
// configuration.
type SignIn struct {
	ClientID     string   `json:"client_id"`
	Scopes       []string `json:"scopes,omitempty"`
	Create       string   `json:"create,omitempty"` // config.Rule
	Domains      []string `json:"domains,omitempty"`
	Groups       []string `json:"groups,omitempty"`
	EmailDomains []string `json:"email_domains,omitempty"`
	Refresh      bool     `json:"refresh,omitempty"` // keep refresh tokens to look again in the background
	StrictLogout bool     `json:"strict_logout,omitempty"`
	// OfflineAccess asks for that scope as well, where Refresh is on and the
	// provider gives no refresh token without.
	OfflineAccess bool     `json:"offline_access,omitempty"`
	UserInfo      bool     `json:"user_info,omitempty"`    // ask the UserInfo endpoint too: some providers put names and groups only there
	Tenants       []string `json:"tenants,omitempty"`      // of an issuer that serves many: whose people may sign in
	GroupsClaim   string   `json:"groups_claim,omitempty"` // where the ID token says the groups; "": group rules are for reads of the system only
	RolesClaim    string   `json:"roles_claim,omitempty"`
	ACR           []string `json:"acr,omitempty"` // accepted for a step-up; empty: any
}

// Secrets are kept sealed together, write-only.
type Secrets struct {
	Client string `json:"client,omitempty"` // of the service account
	SignIn string `json:"sign_in,omitempty"`
	Hook   string `json:"hook,omitempty"` // signs what the system posts to us
}

// Owner says who wins when a field differs.
type Owner string

// The owners of a field.
const (
	OwnedBySource Owner = "source" // the system's value is taken
	OwnedByUs     Owner = "ours"   // our value stands, and is written back where that is switched on
	OwnedByFirst  Owner = "first"  // whoever filled it first; a difference is drift
)

// Mapping says which attribute of an account fills which of our fields.
type Mapping struct {
	Fields map[string]FieldRule `json:"fields"` // by directory field name, or "attribute:<key>" of a local one
	Roles  []RoleRule           `json:"roles,omitempty"`
}

// FieldRule is the rule of one field.
type FieldRule struct {
	From  string `json:"from"` // username, email, given_name, family_name, display_name, or the name of an attribute
	Owner Owner  `json:"owner"`
}

// RoleRule gives a role to everybody in a group or with a role of the system.
type RoleRule struct {
	Kind string `json:"kind"` // group or role
	Name string `json:"name"`
	Role string `json:"role"` // key of ours
}

// Schedule says when a system is read, and what is too much at once.
type Schedule struct {
	Every        time.Duration `json:"every"`      // between incremental reads; 0: only by hand
	FullEvery    time.Duration `json:"full_every"` // between full reads
	Events       bool          `json:"events"`     // follow the system's event feed
	WriteBack    bool          `json:"write_back"`
	CreateUsers  bool          `json:"create_users"`  // make people of accounts nobody here belongs to
	GuardPercent float64       `json:"guard_percent"` // stop and ask above this share of people gone or cut off
	GuardCount   int           `json:"guard_count"`   // or above this many
	GuardWindow  time.Duration `json:"guard_window"`  // counted over all runs of this long
}
