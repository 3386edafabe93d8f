package signin

import (
	"context"
	"crypto/x509"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/rollcall/rollcall/internal/config"
	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/outbound"
	"github.com/rollcall/rollcall/internal/signin/oidc"
)

// Connected says which connectors people sign in through.
type Connected interface {
	// Mark differs whenever Providers may give something else.
	Mark(ctx context.Context, tenant int64) (string, error)
	Providers(ctx context.Context, tenant int64) ([]connector.Provider, error)
}

// Follow adds the connectors of a tenant. It is called once, before any request.
func (all *Providers) Follow(connected Connected, tenant int64, log *slog.Logger) {
	all.connected, all.tenant, all.log = connected, tenant, log
}

// Refresh brings the connectors up to date: one small question to the database,
// and more only when something changed. A provider that did not change keeps
// what it knows of the other side.
func (all *Providers) Refresh(ctx context.Context) error {
	if all.connected == nil {
		return nil
	}
	mark, err := all.connected.Mark(ctx, all.tenant)
	if err != nil || mark == *all.mark.Load() {
		return err
	}
	all.mu.Lock()
	defer all.mu.Unlock()
	mark, err = all.connected.Mark(ctx, all.tenant) // before the list: an older mark only asks once more
	if err != nil {
		return err
	}
	wanted, err := all.connected.Providers(ctx, all.tenant)
	if err != nil {
		return err
	}
	list := slices.Clone(all.fixed)
	for _, w := range wanted {
		if _, ours := findIn(all.fixed, w.Key); ours {
			continue // the configuration wins
		}
		p, err := all.of(w)
		if err != nil {
			all.log.ErrorContext(ctx, "a connector cannot be used for signing in", "connector", w.Key, "error", err)
			continue
		}
		list = append(list, p)
	}
	all.all.Store(&list)
	all.mark.Store(&mark)
	return nil
}

// of gives the provider of a connector: the one that is there when nothing changed.
func (all *Providers) of(w connector.Provider) (*provider, error) {
	if p, ok := findIn(all.list(), w.Key); ok && p.source == w.ID && p.version == w.Version {
		return p, nil
	}
	p, err := all.build(w)
	if err != nil {
		return nil, err
	}
	select {
	case all.fresh <- p:
	default: // nobody looks; the next round will
	}
	return p, nil
}

// FollowEvery refreshes each time every has passed, until ctx ends.
func (all *Providers) FollowEvery(ctx context.Context, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	failed := false
	for {
		err := all.Refresh(ctx)
		if err != nil && !failed && ctx.Err() == nil {
			all.log.WarnContext(ctx, "connectors for signing in are not up to date", "error", err)
		}
		failed = err != nil
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Try refuses a connector people could not sign in with, by the names of its form.
func (all *Providers) Try(w connector.Provider) error {
	_, err := all.build(w)
	return err
}

// formNames are what the settings of package oidc are called in a connector's form.
var formNames = map[string]string{
	"client_id": "sign_in_client_id", "client_secret": connector.SecretSignIn, "allowed_tenants": "tenants", "issuer": "base_url",
}

// build makes the provider of a connector.
func (all *Providers) build(w connector.Provider) (*provider, error) {
	s := settingsOf(w)
	c := protocol(s, all.public, all.now)
	c.DevLoopback = c.DevLoopback || outbound.Loopback(all.public.Hostname()) // our own addresses are plain there
	if ca := w.Settings.CA; ca != "" {
		c.Roots = x509.NewCertPool()
		if !c.Roots.AppendCertsFromPEM([]byte(ca)) {
			return nil, errs.Input(errs.Field{Name: "ca", Message: "There is no certificate in it."})
		}
	}
	p, wrong := speaking(s, c)
	if len(wrong) > 0 {
		fields := make([]errs.Field, len(wrong))
		for i, f := range wrong {
			name := strings.TrimSuffix(f.Name, ":")
			if ours, ok := formNames[name]; ok {
				name = ours
			}
			fields[i] = errs.Field{Name: name, Message: f.Message}
		}
		return nil, fmt.Errorf("sign in through %s: %w", w.Key, errs.Input(fields...))
	}
	p.source, p.version, p.mapping = w.ID, w.Version, &w.Mapping
	return p, nil
}

// settingsOf writes a connector as the configuration would have it.
func settingsOf(w connector.Provider) config.Provider {
	s, in := w.Settings, w.Settings.SignIn
	p := config.Provider{
		Key: w.Key, Name: w.Name, Issuer: s.EffectiveIssuer(),
		ClientID: in.ClientID, ClientSecret: config.Secret(w.Secret), Scopes: in.Scopes, UserInfo: in.UserInfo, AllowedTenants: in.Tenants,
		AllowPrivate: s.AllowPrivate, DevLoopback: s.DevLoopback,
		Create:       config.Create{Rule: config.Rule(in.Create), Domains: in.Domains, Groups: in.Groups},
		EmailDomains: in.EmailDomains, Refresh: in.Refresh, OfflineAccess: in.OfflineAccess, StepUpACR: in.ACR,
		Claims: claimsOf(w.Mapping), Roles: rolesOf(w),
	}
	p.Claims.Groups, p.Claims.Roles = in.GroupsClaim, in.RolesClaim
	if in.StrictLogout {
		p.LogoutTokenTyp = config.LogoutTypStrict
	}
	if w.Secret == "" {
		p.AuthMethod = string(oidc.AuthNone)
	}
	return p
}

// standardClaims are what OpenID Connect calls the parts of an account.
var standardClaims = map[string]string{"username": "preferred_username", "display_name": "name"}

// claimsOf turns the mapping of a connector into names of claims.
func claimsOf(m connector.Mapping) config.Claims {
	out := config.Claims{Attributes: map[string]string{}}
	for field, into := range map[string]*string{
		"display_name": &out.Name, "given_name": &out.GivenName, "family_name": &out.FamilyName, "username": &out.Username, "email": &out.Email,
		"phone": &out.Phone, "title": &out.Title, "department": &out.Department, "external_id": &out.ExternalID,
	} {
		*into = claimName(m.Fields[field].From)
	}
	for field, rule := range m.Fields {
		if key, ok := strings.CutPrefix(field, "attribute:"); ok {
			out.Attributes[key] = claimName(rule.From)
		}
	}
	return out
}

func claimName(from string) string {
	if claim, ok := standardClaims[from]; ok {
		return claim
	}
	return from
}

// rolesOf gives the role rules that signing in can decide: those whose claim is
// named. The others are decided when the system is read.
func rolesOf(w connector.Provider) []config.RoleMapping {
	var out []config.RoleMapping
	for _, rule := range w.Mapping.Roles {
		claim := ""
		switch {
		case rule.Kind == "group" && w.Settings.SignIn.GroupsClaim != "":
			claim = "groups"
		case rule.Kind == "role" && w.Settings.SignIn.RolesClaim != "":
			claim = "roles"
		default:
			continue
		}
		out = append(out, config.RoleMapping{Claim: claim, Value: rule.Name, Role: rule.Role})
	}
	return out
}

func findIn(list []*provider, key string) (*provider, bool) {
	for _, p := range list {
		if p.Key() == key {
			return p, true
		}
	}
	return nil, false
}

// Source says where a provider comes from.
type Source struct {
	Key, Name, Issuer string
	Connector         bool // false: the configuration
	Health            Choice
}

// Sources lists the providers with where they come from.
func (all *Providers) Sources() []Source {
	list := all.list()
	out := make([]Source, 0, len(list))
	for _, p := range list {
		h := p.Health()
		out = append(out, Source{
			Key: p.Key(), Name: p.Name(), Issuer: p.Issuer(), Connector: p.source != 0,
			Health: Choice{Key: p.Key(), Name: p.Name(), OK: h.OK, Since: h.Since, Sentence: h.Sentence},
		})
	}
	return out
}
