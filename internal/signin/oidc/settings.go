package oidc

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/outbound"
)

// defaultAlgs are accepted when the settings name none (OIDC-09).
var defaultAlgs = []string{"RS256", "PS256", "ES256", "EdDSA"}

// knownAlgs are those the settings may name: asymmetric ones only.
var knownAlgs = []string{"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}

var keyForm = regexp.MustCompile(`^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$`)

// defaulted fills what the settings left open, and copies what it keeps.
func (c Config) defaulted() Config {
	if len(c.Scopes) == 0 {
		c.Scopes = []string{"profile", "email"}
	}
	if len(c.Algs) == 0 {
		c.Algs = defaultAlgs
	}
	if c.Leeway == 0 {
		c.Leeway = DefaultLeeway
	}
	if c.TenantAlias == "" {
		c.TenantAlias = "organizations"
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Name == "" {
		c.Name = c.Key
	}
	c.Claims = c.Claims.defaulted()
	c.Scopes = slices.Clone(c.Scopes)
	c.Algs = slices.Clone(c.Algs)
	c.ExtraAudiences = slices.Clone(c.ExtraAudiences)
	c.AllowedTenants = slices.Clone(c.AllowedTenants)
	c.KeepClaims = slices.Clone(c.KeepClaims)
	return c
}

func (n ClaimNames) defaulted() ClaimNames {
	for _, d := range []struct {
		name     *string
		standard string
	}{
		{&n.Email, "email"}, {&n.EmailVerified, "email_verified"},
		{&n.Name, "name"}, {&n.GivenName, "given_name"}, {&n.FamilyName, "family_name"},
		{&n.Username, "preferred_username"}, {&n.Groups, "groups"}, {&n.Roles, "roles"},
	} {
		if *d.name == "" {
			*d.name = d.standard
		}
	}
	return n
}

// check names every setting that is wrong, each with its fix.
func (c Config) check() error {
	var wrong []errs.Field
	deny := func(bad bool, name, message string) {
		if bad {
			wrong = append(wrong, errs.Field{Name: name, Message: message})
		}
	}
	deny(!keyForm.MatchString(c.Key), "key", "The provider's key must be 1 to 40 lower-case letters, digits and dashes.")
	deny(c.ClientID == "", "client_id", "The client id is missing: copy it from the provider.")
	deny(c.AuthMethod != AuthNone && c.AuthMethod != AuthAutomatic && c.ClientSecret == "", "client_secret", "The client secret is missing: copy it from the provider, or set the method to none.")
	deny(!slices.Contains([]AuthMethod{AuthAutomatic, AuthBasic, AuthPost, AuthNone}, c.AuthMethod), "auth_method", "The method must be client_secret_basic, client_secret_post or none.")
	deny(c.Leeway < 0 || c.Leeway > MaxLeeway, "leeway", "The leeway must lie between 0 and 300 seconds.")
	for _, alg := range c.Algs {
		deny(!slices.Contains(knownAlgs, alg), "algs", "The algorithm "+alg+" is not accepted: use one of "+strings.Join(knownAlgs, ", ")+".")
	}
	for _, scope := range c.Scopes {
		deny(scope == "offline_access", "scopes", "The scope offline_access is asked for by switching background refresh on, not in the list of scopes.")
		deny(scope == "" || strings.ContainsAny(scope, " \t\"\\"), "scopes", "Each scope must be one word.")
	}
	deny(c.address(c.Issuer, true) != "", "issuer", "The issuer "+c.address(c.Issuer, true))
	deny(c.address(c.RedirectURL, false) != "", "redirect_url", "The redirect address "+c.address(c.RedirectURL, false))
	deny(c.PostLogoutURL != "" && c.address(c.PostLogoutURL, false) != "", "post_logout_url", "The address after signing out "+c.address(c.PostLogoutURL, false))
	many := strings.Contains(c.Issuer, TenantMark)
	deny(many && len(c.AllowedTenants) == 0, "allowed_tenants", "The issuer serves many tenants: name those that may sign in.")
	deny(!many && len(c.AllowedTenants) > 0, "allowed_tenants", "Tenants are named only when the issuer contains "+TenantMark+".")
	if len(wrong) > 0 {
		return errs.Input(wrong...)
	}
	return nil
}

// address says what is wrong with a configured address, or nothing (OIDC-02).
func (c Config) address(text string, issuer bool) string {
	u, err := url.Parse(strings.Replace(text, TenantMark, "tenant", 1))
	switch {
	case text == "":
		return "is missing."
	case err != nil || u.Hostname() == "" || u.Opaque != "":
		return "must be a whole address that begins with https."
	case !c.secure(u):
		return "must begin with https. Plain http works only on this machine and with the development setting."
	case u.User != nil || u.Fragment != "" || strings.Contains(text, "#"):
		return "must not contain a user or a fragment."
	case issuer && (u.RawQuery != "" || u.ForceQuery):
		return "must not contain a query."
	}
	return ""
}

// secure reports whether an address may carry sign-in traffic.
func (c Config) secure(u *url.URL) bool {
	return u.Scheme == "https" || u.Scheme == "http" && c.DevLoopback && outbound.Loopback(u.Hostname())
}

// multi reports whether the issuer serves many tenants.
func (c Config) multi() bool { return len(c.AllowedTenants) > 0 }
