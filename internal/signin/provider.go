package signin

import (
	"crypto/x509"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/rollcall/rollcall/internal/config"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/signin/oidc"
)

// signedOutPath is where the browser comes back to after signing out. After
// signing in that is /auth/{provider}/callback (OIDC-17).
const signedOutPath = "/signed-out"

// provider is a configured provider: the protocol and our rules about it.
type provider struct {
	*oidc.Provider
	config config.Provider
}

// Providers are the configured providers, in the order of the settings.
type Providers struct {
	list    []*provider
	origins origins
	public  *url.URL
}

// NewProviders checks the settings of all providers and prepares them. It does
// not touch the network. The error names every problem, like those of config.
func NewProviders(settings []config.Provider, public *url.URL, now func() time.Time) (*Providers, error) {
	all := &Providers{public: public}
	var wrong []errs.Field
	for _, s := range settings {
		p, fields := newProvider(s, public, now)
		wrong = append(wrong, fields...)
		all.list = append(all.list, p)
	}
	if len(wrong) > 0 {
		return nil, errs.Input(wrong...)
	}
	for _, p := range all.list {
		all.origins.add(p.Issuer())
		for _, o := range p.config.FormOrigins {
			all.origins.add(o)
		}
	}
	return all, nil
}

func newProvider(s config.Provider, public *url.URL, now func() time.Time) (*provider, []errs.Field) {
	above := "providers." + s.Key + "."
	c := protocol(s, public, now)
	if s.CAFile != "" {
		c.Roots = x509.NewCertPool()
		pem, err := os.ReadFile(s.CAFile)
		if err != nil || !c.Roots.AppendCertsFromPEM(pem) {
			return nil, []errs.Field{{Name: above + "ca_file:", Message: s.CAFile + " cannot be read, or holds no certificate in PEM form."}}
		}
	}
	p, err := oidc.New(c)
	if err == nil {
		return &provider{Provider: p, config: s}, nil
	}
	e, ok := errs.As(err)
	if !ok {
		return nil, []errs.Field{{Name: above, Message: err.Error()}}
	}
	fields := slices.Clone(e.Fields)
	for i := range fields {
		fields[i].Name = above + fields[i].Name + ":"
	}
	return nil, fields
}

// protocol gives the part of the settings that package oidc understands.
func protocol(s config.Provider, public *url.URL, now func() time.Time) oidc.Config {
	return oidc.Config{
		Key: s.Key, Name: s.Name, Issuer: s.Issuer,
		ClientID: s.ClientID, ClientSecret: oidc.Secret(s.ClientSecret), AuthMethod: oidc.AuthMethod(s.AuthMethod),
		Scopes: s.Scopes, RedirectURL: public.JoinPath("auth", s.Key, "callback").String(), PostLogoutURL: public.JoinPath(signedOutPath).String(),
		StrictLogoutTyp: s.LogoutTokenTyp == config.LogoutTypStrict, Algs: s.Algs, Leeway: s.Leeway, ExtraAudiences: s.ExtraAudiences,
		AllowedTenants: s.AllowedTenants, TenantAlias: s.TenantAlias,
		Claims: oidc.ClaimNames{
			Email: s.Claims.Email, EmailVerified: s.Claims.EmailVerified,
			Name: s.Claims.Name, GivenName: s.Claims.GivenName, FamilyName: s.Claims.FamilyName,
			Username: s.Claims.Username, Groups: s.Claims.Groups, Roles: s.Claims.Roles,
		},
		KeepClaims: kept(s), UserInfo: s.UserInfo,
		AllowPrivate: s.AllowPrivate, DevLoopback: s.DevLoopback, Ports: s.Ports, Now: now,
	}
}

// kept lists the claims that fields and role mappings need beyond the standard ones.
func kept(s config.Provider) []string {
	claims := []string{s.Claims.Phone, s.Claims.Title, s.Claims.Department, s.Claims.ExternalID}
	for _, claim := range s.Claims.Attributes {
		claims = append(claims, claim)
	}
	for _, m := range s.Roles {
		claims = append(claims, m.Claim)
	}
	claims = slices.DeleteFunc(claims, func(c string) bool { return c == "" })
	slices.Sort(claims)
	return slices.Compact(claims)
}

// find gives a provider by key.
func (all *Providers) find(key string) (*provider, bool) {
	for _, p := range all.list {
		if p.Key() == key {
			return p, true
		}
	}
	return nil, false
}

// Names gives what providers are called, by key.
func (all *Providers) Names() map[string]string {
	names := make(map[string]string, len(all.list))
	for _, p := range all.list {
		names[p.Key()] = p.Name()
	}
	return names
}

// trusts reports whether a provider is authoritative for an address's domain.
func (p *provider) trusts(email string) bool {
	domain := domainOf(email)
	return domain != "" && (slices.Contains(p.config.EmailDomains, domain) || slices.Contains(p.config.Create.Domains, domain))
}

// domainOf gives the domain of an address in lower case.
func domainOf(email string) string {
	_, domain, _ := strings.Cut(email, "@")
	return strings.ToLower(domain)
}
