package signin

import (
	"crypto/x509"
	"log/slog"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rollcall/rollcall/internal/config"
	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/signin/oidc"
)

// signedOutPath is where the browser comes back to after signing out. After
// signing in that is /auth/{provider}/callback (OIDC-17).
const signedOutPath = "/signed-out"

// provider is one provider: the protocol and our rules about it.
type provider struct {
	*oidc.Provider
	config  config.Provider
	origins origins            // where signing in there leads
	source  int64              // the connector it comes from; 0: the configuration
	version int64              // of that connector
	mapping *connector.Mapping // which field it fills; nil: by config.Claims alone
}

// Providers are the providers people sign in with: those of the configuration,
// in the order of the settings, and the connectors for which signing in is
// switched on. The configuration's stay as they are while the program runs;
// Refresh brings the others up to date.
type Providers struct {
	public *url.URL
	now    func() time.Time
	fixed  []*provider
	all    atomic.Pointer[[]*provider]

	connected Connected
	tenant    int64
	mu        sync.Mutex // one refresh at a time
	mark      atomic.Pointer[string]
	log       *slog.Logger
	fresh     chan *provider // to be looked at
}

// NewProviders checks the settings of all providers and prepares them. It does
// not touch the network. The error names every problem, like those of config.
func NewProviders(settings []config.Provider, public *url.URL, now func() time.Time) (*Providers, error) {
	all := &Providers{public: public, now: now, fresh: make(chan *provider, connector.MaxConnectors)}
	var wrong []errs.Field
	for _, s := range settings {
		p, fields := newProvider(s, public, now)
		for _, f := range fields {
			wrong = append(wrong, errs.Field{Name: "providers." + s.Key + "." + f.Name, Message: f.Message})
		}
		all.fixed = append(all.fixed, p)
	}
	if len(wrong) > 0 {
		return nil, errs.Input(wrong...)
	}
	list := slices.Clone(all.fixed)
	all.all.Store(&list)
	all.mark.Store(new(string))
	return all, nil
}

// list gives the providers of this moment.
func (all *Providers) list() []*provider { return *all.all.Load() }

func newProvider(s config.Provider, public *url.URL, now func() time.Time) (*provider, []errs.Field) {
	c := protocol(s, public, now)
	if s.CAFile != "" {
		c.Roots = x509.NewCertPool()
		pem, err := os.ReadFile(s.CAFile)
		if err != nil || !c.Roots.AppendCertsFromPEM(pem) {
			return nil, []errs.Field{{Name: "ca_file:", Message: s.CAFile + " cannot be read, or holds no certificate in PEM form."}}
		}
	}
	return speaking(s, c)
}

// speaking makes a provider of checked settings.
func speaking(s config.Provider, c oidc.Config) (*provider, []errs.Field) {
	inner, err := oidc.New(c)
	if err == nil {
		p := &provider{Provider: inner, config: s}
		p.origins.add(inner.Issuer())
		for _, o := range s.FormOrigins {
			p.origins.add(o)
		}
		return p, nil
	}
	e, ok := errs.As(err)
	if !ok {
		return nil, []errs.Field{{Message: err.Error()}}
	}
	fields := slices.Clone(e.Fields)
	for i := range fields {
		fields[i].Name += ":"
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
		Refresh: s.Refresh, OfflineAccess: s.OfflineAccess, KeepClaims: keptClaims(s), UserInfo: s.UserInfo,
		AllowPrivate: s.AllowPrivate, DevLoopback: s.DevLoopback, Ports: s.Ports, Now: now,
	}
}

// keptClaims lists the claims that fields and role mappings need beyond the standard ones.
func keptClaims(s config.Provider) []string {
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
	for _, p := range all.list() {
		if p.Key() == key {
			return p, true
		}
	}
	return nil, false
}

// Names gives what providers are called, by key.
func (all *Providers) Names() map[string]string {
	list := all.list()
	names := make(map[string]string, len(list))
	for _, p := range list {
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
