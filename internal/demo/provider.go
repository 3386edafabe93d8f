package demo

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"log/slog"
	"net/http"
	"strings"

	"github.com/luikyv/go-oidc/pkg/goidc"
	"github.com/luikyv/go-oidc/pkg/provider"
	"golang.org/x/crypto/bcrypt"

	"github.com/rollcall/rollcall/internal/demo/outside"
	"github.com/rollcall/rollcall/internal/errs"
)

// idTokenSeconds outlives a session of the console, so that its sign-out can
// still name the person. Longer than a day would be refused there (OIDC-28).
const idTokenSeconds = 13 * 60 * 60

// ProviderOptions describe the provider and its one client.
type ProviderOptions struct {
	Issuer         string // the site's address and ProviderPath
	ClientID       string
	ClientSecret   string // of letters and digits, at most 72
	RedirectURL    string
	PostLogoutURL  string
	BackchannelURL string          // where the console hears of ended sessions; "": nowhere
	People         *outside.System // who may sign in, and whose sessions live; nil: everybody
	Log            *slog.Logger
}

// Provider is an OpenID provider without passwords: whoever reaches its page
// chooses whom to be. It answers below ProviderPath.
type Provider struct {
	issuer      string
	client      string
	backchannel string
	signing     signing
	accounts    []Account
	people      *outside.System
	seats       *seats
	handler     http.Handler
	log         *slog.Logger
}

// NewProvider makes a provider with a signing key of its own.
func NewProvider(o ProviderOptions) (*Provider, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	p := &Provider{issuer: o.Issuer, client: o.ClientID, backchannel: o.BackchannelURL, accounts: accounts(), people: o.People, seats: newSeats(), log: o.Log}
	keys, err := p.signingKeys()
	if err != nil {
		return nil, err
	}
	if p.people != nil {
		p.people.OnEnd(p.tell)
	}
	client, err := clientOf(o)
	if err != nil {
		return nil, err
	}
	op, err := provider.New(goidc.ProfileOpenID, o.Issuer, keys,
		provider.WithStaticClient(client),
		provider.WithScopes(goidc.ScopeOpenID, goidc.ScopeProfile, goidc.ScopeEmail, scopeGroups),
		provider.WithOpenIDScopeRequired(),
		provider.WithAuthorizationCodeGrant(),
		provider.WithTokenAuthnMethods(goidc.ClientAuthnSecretBasic),
		provider.WithPKCERequired(goidc.CodeChallengeMethodSHA256),
		provider.WithIssuerResponseParameter(),
		provider.WithIDTokenSignatureAlgs(goidc.RS256),
		provider.WithIDTokenLifetime(idTokenSeconds),
		provider.WithClaims("sub", "name", "given_name", "family_name", "preferred_username", "email", "email_verified", "groups", "auth_time", "sid"),
		provider.WithPolicies(goidc.NewPolicy("people", func(*http.Request, *goidc.Client, *goidc.AuthnSession) bool { return true }, p.authenticate)),
		provider.WithLogout(p.signedOut, goidc.NewLogoutPolicy("people", func(*http.Request, *goidc.LogoutSession) bool { return true }, p.signOut)),
		provider.WithRenderErrorFunc(p.refuse),
	)
	if err != nil {
		return nil, fmt.Errorf("make the demo provider: %w", err)
	}
	mux := http.NewServeMux()
	mux.Handle("/", op.Handler())
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, strings.TrimSuffix(o.Issuer, ProviderPath)+"/", http.StatusSeeOther)
	})
	p.handler = http.StripPrefix(ProviderPath, http.NewCrossOriginProtection().Handler(mux))
	return p, nil
}

// ServeHTTP answers everything below ProviderPath.
func (p *Provider) ServeHTTP(w http.ResponseWriter, r *http.Request) { p.handler.ServeHTTP(w, r) }

// scopeGroups asks for the claim of the same name.
var scopeGroups = goidc.NewScope("groups")

func (p *Provider) signingKeys() (goidc.JWKSFunc, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, fmt.Errorf("make the demo provider's key: %w", err)
	}
	p.signing = signing{key, rand.Text()}
	set := goidc.JSONWebKeySet{Keys: []goidc.JSONWebKey{{
		Key: key, KeyID: p.signing.id, Algorithm: string(goidc.RS256), Use: string(goidc.KeyUsageSignature),
	}}}
	return func(context.Context) (goidc.JSONWebKeySet, error) { return set, nil }, nil
}

func clientOf(o ProviderOptions) (*goidc.Client, error) {
	if o.ClientID == "" || o.ClientSecret == "" || o.RedirectURL == "" || o.Issuer == "" {
		return nil, errs.New(errs.Invalid, "The demo provider needs an issuer, a client with a secret, and a redirect address.")
	}
	hashed, err := bcrypt.GenerateFromPassword([]byte(o.ClientSecret), bcrypt.MinCost) // the secret is random and lives as long as the process
	if err != nil {
		return nil, fmt.Errorf("hash the demo client's secret: %w", err)
	}
	client := &goidc.Client{ID: o.ClientID, HashedSecret: string(hashed), ClientMeta: goidc.ClientMeta{
		Name:             "Rollcall",
		ApplicationType:  goidc.ApplicationTypeWeb,
		RedirectURIs:     []string{o.RedirectURL},
		GrantTypes:       []goidc.GrantType{goidc.GrantAuthorizationCode},
		ResponseTypes:    []goidc.ResponseType{goidc.ResponseTypeCode},
		ScopeIDs:         "openid profile email groups",
		TokenAuthnMethod: goidc.ClientAuthnSecretBasic,
	}}
	if o.PostLogoutURL != "" {
		client.PostLogoutRedirectURIs = []string{o.PostLogoutURL}
	}
	return client, nil
}
