package oidc

import (
	"crypto/x509"
	"time"
)

// AuthMethod is how the console proves itself at the token endpoint.
type AuthMethod string

// The methods of OpenID Connect Core section 9 that a shared secret allows.
// The empty method takes what the provider's metadata offers, Basic first.
const (
	AuthAutomatic AuthMethod = ""
	AuthBasic     AuthMethod = "client_secret_basic"
	AuthPost      AuthMethod = "client_secret_post"
	AuthNone      AuthMethod = "none" // public client: PKCE alone
)

// Bounds of the time settings (OIDC-28).
const (
	DefaultLeeway = time.Minute
	MaxLeeway     = 5 * time.Minute
)

// TenantMark is the place in a multi-tenant issuer that a token's tenant fills.
const TenantMark = "{tenantid}"

// Config describes one provider. Key, Name, Issuer, ClientID and RedirectURL
// are required.
type Config struct {
	Key    string // stands in addresses: lower-case letters, digits, dashes
	Name   string // shown to people: "Keycloak"
	Issuer string // compared byte for byte with metadata and tokens (OIDC-01)

	ClientID     string
	ClientSecret Secret
	AuthMethod   AuthMethod
	Scopes       []string // besides openid; empty means profile and email
	// Refresh hands out the refresh token where the provider gives one; without
	// it none is taken. OfflineAccess asks for the scope offline_access as well,
	// for providers that give none without. That scope is refused in Scopes, so
	// that it is never asked for by accident (OIDC-12).
	Refresh, OfflineAccess bool

	RedirectURL   string // built from the configured public URL (OIDC-18)
	PostLogoutURL string // registered at the provider; empty sends none

	// StrictLogoutTyp takes logout tokens with the header type logout+jwt only
	// (BCL-08).
	StrictLogoutTyp bool

	Algs           []string      // signature algorithms to accept; empty means RS256, PS256, ES256, EdDSA
	Leeway         time.Duration // for exp, nbf, iat and auth_time; 0 means DefaultLeeway
	ExtraAudiences []string      // audiences tolerated beside our own (OIDC-27)
	// AllowedTenants is required when Issuer holds TenantMark, and refused
	// when it does not (OIDC-11).
	AllowedTenants []string
	// TenantAlias replaces TenantMark in the discovery address; empty means
	// "organizations".
	TenantAlias string

	Claims     ClaimNames
	KeepClaims []string // further claims to keep in Identity.Raw, by name or path
	// UserInfo asks the UserInfo endpoint as well (OIDC-34). Providers that keep
	// to Core section 5.4 put names, addresses and groups nowhere else.
	UserInfo bool

	// AllowPrivate lets the provider live on a private network. DevLoopback
	// allows plain http, on this machine only. Both are off by default.
	AllowPrivate bool
	DevLoopback  bool
	Ports        []int // ports to reach besides 443 and the issuer's own
	Roots        *x509.CertPool

	Now func() time.Time // the clock; nil means time.Now
}

// ClaimNames say where the provider keeps what we read: a claim's name, or a
// path of names with dots ("realm_access.roles"). A name that exists whole
// wins over a path, so names that are URLs work. Empty means the standard name.
type ClaimNames struct {
	Email, EmailVerified        string
	Name, GivenName, FamilyName string
	Username                    string
	Groups, Roles               string
}
