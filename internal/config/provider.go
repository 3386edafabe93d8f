package config

import "time"

// Provider is one OpenID provider people sign in with. Addresses, algorithms
// and the like are checked by package signin, which knows the protocol.
type Provider struct {
	Key    string `yaml:"key"`  // stands in addresses
	Name   string `yaml:"name"` // shown to people
	Issuer string `yaml:"issuer"`

	ClientID         string `yaml:"client_id"`
	ClientSecret     Secret `yaml:"client_secret"`
	ClientSecretFile string `yaml:"client_secret_file"`
	ClientSecretEnv  string `yaml:"client_secret_env"`
	AuthMethod       string `yaml:"auth_method"`

	Scopes     []string      `yaml:"scopes"`
	Algs       []string      `yaml:"algs"`
	Leeway     time.Duration `yaml:"leeway"`
	UserInfo   bool          `yaml:"userinfo"`
	MaxAuthAge time.Duration `yaml:"max_auth_age"` // 0: however long ago the person proved themselves there (SES-02)

	// StepUpACR are the authentication classes of which a fresh sign-in for a
	// sensitive act must reach one (OIDC-32); none: any will do.
	StepUpACR []string `yaml:"step_up_acr"`

	// Refresh keeps the provider's refresh token, sealed, to ask in the
	// background whether who is signed in still stands there (OIDC-40, SES-01).
	Refresh       bool          `yaml:"refresh"`
	OfflineAccess bool          `yaml:"offline_access"` // ask for the scope: for providers that give no refresh token without
	Revalidate    time.Duration `yaml:"revalidate"`     // how often it asks; 0: DefaultRevalidate

	LogoutTokenTyp string `yaml:"logout_token_typ"` // LogoutTypLenient or LogoutTypStrict (BCL-08)

	ExtraAudiences []string `yaml:"extra_audiences"`
	AllowedTenants []string `yaml:"allowed_tenants"`
	TenantAlias    string   `yaml:"tenant_alias"`

	AllowPrivate bool   `yaml:"allow_private"`
	DevLoopback  bool   `yaml:"dev_loopback"`
	Ports        []int  `yaml:"ports"`
	CAFile       string `yaml:"ca_file"` // PEM: the authorities of this provider's certificate

	Claims     Claims        `yaml:"claims"`
	Roles      []RoleMapping `yaml:"roles"`
	Create     Create        `yaml:"create"`
	SkipLogout bool          `yaml:"skip_sign_out"` // sign out here only, not at the provider

	// FormOrigins are further origins that signing in passes through, such as
	// that of a provider behind this one: browsers must be told of them.
	FormOrigins []string `yaml:"form_origins"`

	// EmailDomains are those the provider is authoritative for: a person who
	// was invited at such an address is recognised by it, once, when the
	// provider says that it is verified (OIDC-36). Those of Create count too.
	EmailDomains []string `yaml:"email_domains"`
}

// How strict the header typ of a sign-out message must be. Lenient, which is
// meant when nothing is set, takes a message without it, and JWT, beside
// logout+jwt.
const (
	LogoutTypLenient = "lenient"
	LogoutTypStrict  = "strict"
)

// Bounds of Provider.Revalidate.
const (
	DefaultRevalidate = 10 * time.Minute
	minRevalidate     = time.Minute
	maxRevalidate     = 24 * time.Hour
)

// Claims say which claim fills which field: a name, or a path with dots. Empty
// means the standard name, or for the second group that nothing fills it.
type Claims struct {
	Email         string `yaml:"email"`
	EmailVerified string `yaml:"email_verified"`
	Name          string `yaml:"name"`
	GivenName     string `yaml:"given_name"`
	FamilyName    string `yaml:"family_name"`
	Username      string `yaml:"username"`
	Groups        string `yaml:"groups"`
	Roles         string `yaml:"roles"`

	Phone      string            `yaml:"phone"`
	Title      string            `yaml:"title"`
	Department string            `yaml:"department"`
	ExternalID string            `yaml:"external_id"`
	Attributes map[string]string `yaml:"attributes"` // local attribute -> claim
}

// RoleMapping gives a console role to everybody whose claim holds a value. The
// value "*" stands for any: {claim: sub, value: "*"} means everybody who signs
// in at this provider.
type RoleMapping struct {
	Claim string `yaml:"claim"`
	Value string `yaml:"value"`
	Role  string `yaml:"role"`
}

// Rule says who gets a record at the first sign-in (OIDC-39).
type Rule string

// The rules.
const (
	CreateOff     Rule = "off"     // nobody
	CreateDomains Rule = "domains" // who has a verified e-mail address of a domain
	CreateGroups  Rule = "groups"  // who is in a group
	CreatePending Rule = "pending" // everybody, or who fulfils Domains and Groups where they are named; and waits to be let in
)

// Create is the rule of a provider.
type Create struct {
	Rule    Rule     `yaml:"rule"` // "": off
	Domains []string `yaml:"domains"`
	Groups  []string `yaml:"groups"`
}
