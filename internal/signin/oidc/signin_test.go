package oidc_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rollcall/rollcall/internal/signin/oidc"
	"github.com/rollcall/rollcall/internal/signin/optest"
)

func TestSignInGivesTheIdentity(t *testing.T) {
	t.Parallel()
	b := setup(t, func(c *oidc.Config) {
		c.Claims.Roles = "realm_access.roles"
		c.KeepClaims = []string{"department", "https://example.com/badge", "absent"}
	})
	b.op.SignIn(map[string]any{
		"sub": "Ab-1", "email": "ada@example.com", "email_verified": true,
		"name": "Ada Example", "given_name": "Ada", "family_name": "Example", "preferred_username": "ada",
		"groups": []string{"staff", "it"}, "realm_access": map[string]any{"roles": []string{"auditor"}},
		"picture": "https://tracker.example/x.png", "department": "Finance", "https://example.com/badge": "77",
		"acr": "gold", "amr": []string{"pwd", "otp"}, "sid": "s-1",
	})
	grant := b.mustSignIn(t)
	now := b.clock.Now()
	want := oidc.Identity{
		Issuer: b.op.Issuer, Subject: "Ab-1", Email: "ada@example.com", EmailVerified: true,
		Name: "Ada Example", GivenName: "Ada", FamilyName: "Example", Username: "ada",
		Groups:   oidc.List{State: oidc.Given, Values: []string{"staff", "it"}},
		Roles:    oidc.List{State: oidc.Given, Values: []string{"auditor"}},
		AuthTime: now, IssuedAt: now, ACR: "gold", AMR: []string{"pwd", "otp"}, SID: "s-1",
		Raw: map[string]any{"department": "Finance", "https://example.com/badge": "77"},
	}
	if diff := cmp.Diff(want, grant.Identity); diff != "" {
		t.Errorf("identity (-want +got):\n%s", diff)
	}
	if grant.Tokens.ID == "" || grant.Tokens.Access == "" || !grant.Tokens.Expires.Equal(now.Add(5*time.Minute)) {
		t.Error("tokens are incomplete")
	}
}

// OIDC-12, OIDC-13, OIDC-15, OIDC-18: what goes out in the browser's address.
func TestAuthRequest(t *testing.T) {
	t.Parallel()
	b := setup(t)
	// A provider that does not promise S256 is sent S256 all the same.
	b.op.Mutate(func(f *optest.Faults) {
		f.Metadata = func(doc map[string]any) { doc["code_challenge_methods_supported"] = []string{"plain"} }
	})
	seen := map[string]bool{}
	for range 3 {
		tx := b.p.NewTransaction(oidc.Ask{
			MaxAge: pointer(90 * time.Second), ACR: []string{"gold", "silver"}, Prompt: "login", LoginHint: "ada@example.com",
		})
		address, err := b.p.AuthRequest(t.Context(), tx)
		if err != nil {
			t.Fatal(err)
		}
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		q := u.Query()
		challenge := q.Get("code_challenge")
		want := url.Values{
			"response_type": {"code"}, "client_id": {"rollcall"}, "redirect_uri": {callbackURL},
			"scope": {"openid profile email"}, "state": {tx.State}, "nonce": {tx.Nonce},
			"code_challenge": {challenge}, "code_challenge_method": {"S256"},
			"max_age": {"90"}, "acr_values": {"gold silver"}, "prompt": {"login"}, "login_hint": {"ada@example.com"},
		}
		if diff := cmp.Diff(want, q); diff != "" {
			t.Errorf("request (-want +got):\n%s", diff)
		}
		for _, secret := range []string{tx.State, tx.Nonce, tx.Verifier, challenge} {
			if len(secret) != 43 {
				t.Errorf("%q does not carry 256 bits", secret)
			}
			if seen[secret] {
				t.Errorf("%q was used before", secret)
			}
			seen[secret] = true
		}
		if strings.Contains(address, tx.Verifier) {
			t.Error("the verifier must not go through the browser")
		}
	}
}

// OIDC-12: a refresh token is asked for, and kept, only with background refresh.
func TestOfflineAccess(t *testing.T) {
	t.Parallel()
	for _, how := range []struct{ refresh, offline bool }{{false, false}, {true, false}, {true, true}, {false, true}} {
		t.Run(fmt.Sprint(how), func(t *testing.T) {
			t.Parallel()
			b := setup(t, func(c *oidc.Config) { c.Refresh, c.OfflineAccess = how.refresh, how.offline })
			b.op.Mutate(func(f *optest.Faults) {
				f.Answer = func(a map[string]any) { a["refresh_token"] = "rt" } // sent unasked, too
			})
			grant := b.mustSignIn(t)
			scope := b.op.Seen(optest.Token)[0].Form.Get("scope")
			if scope != "" {
				t.Errorf("the token request names a scope: %q", scope)
			}
			if got := strings.Contains(grant.Tokens.Scope, "offline_access"); got != (how.refresh && how.offline) {
				t.Errorf("offline_access asked for: %t", got)
			}
			if got := grant.Tokens.Refresh != ""; got != how.refresh {
				t.Errorf("refresh token kept: %t", got)
			}
		})
	}
}

func TestTokenEndpointAuthentication(t *testing.T) {
	t.Parallel()
	offers := func(methods ...string) func(*optest.Faults) {
		return func(f *optest.Faults) {
			f.Metadata = func(doc map[string]any) { doc["token_endpoint_auth_methods_supported"] = methods }
		}
	}
	for _, c := range []struct {
		name   string
		method oidc.AuthMethod
		faults func(*optest.Faults)
		basic  bool
	}{
		{"NothingOffered", oidc.AuthAutomatic, func(f *optest.Faults) {
			f.Metadata = func(doc map[string]any) { delete(doc, "token_endpoint_auth_methods_supported") }
		}, true},
		{"BothOffered", oidc.AuthAutomatic, offers("client_secret_post", "client_secret_basic"), true},
		{"PostOffered", oidc.AuthAutomatic, offers("client_secret_post"), false},
		{"PostConfigured", oidc.AuthPost, offers("client_secret_basic"), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, func(cfg *oidc.Config) { cfg.AuthMethod = c.method })
			b.op.Mutate(c.faults)
			b.mustSignIn(t)
			got := b.op.Seen(optest.Token)[0]
			if basic := got.Header.Get("Authorization") != ""; basic != c.basic {
				t.Errorf("Basic used: %t, want %t", basic, c.basic)
			}
			if both := got.Form.Get("client_secret") != ""; both == c.basic {
				t.Error("the secret must be sent in exactly one way")
			}
		})
	}
	t.Run("PublicClient", func(t *testing.T) {
		t.Parallel()
		b := setup(t, func(c *oidc.Config) { c.ClientSecret = "" })
		b.op.ClientSecret = ""
		b.mustSignIn(t)
		if got := b.op.Seen(optest.Token)[0]; got.Form.Get("client_id") != "rollcall" || got.Header.Get("Authorization") != "" {
			t.Error("a public client names itself in the body only")
		}
	})
}

func TestEveryAlgorithm(t *testing.T) {
	t.Parallel()
	for _, alg := range []string{"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"} {
		t.Run(alg, func(t *testing.T) {
			t.Parallel()
			b := setup(t, func(c *oidc.Config) { c.Algs = []string{alg} })
			b.op.SignWith(optest.NewKey("k1", alg))
			b.mustSignIn(t)
		})
	}
}

func TestSignInOverTLS(t *testing.T) {
	t.Parallel()
	op := optest.StartTLS(t)
	p, err := oidc.New(oidc.Config{
		Key: "a", Name: "A", Issuer: op.Issuer, ClientID: op.ClientID, ClientSecret: oidc.Secret(op.ClientSecret),
		RedirectURL: callbackURL, AllowPrivate: true, Roots: op.Roots(),
	})
	if err != nil {
		t.Fatal(err)
	}
	tx := p.NewTransaction(oidc.Ask{})
	address, err := p.AuthRequest(t.Context(), tx)
	if err != nil {
		t.Fatal(err)
	}
	_, err = p.Exchange(t.Context(), op.Authorize(t, address), tx)
	if err != nil {
		t.Fatal(err)
	}
}

// The provider's authorization endpoint may carry a query of its own.
func TestAuthRequestKeepsTheEndpointsQuery(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.op.Mutate(func(f *optest.Faults) {
		f.Metadata = func(doc map[string]any) { doc["authorization_endpoint"] = b.op.Issuer + "/authorize?policy=b2c" }
	})
	address, err := b.p.AuthRequest(t.Context(), b.p.NewTransaction(oidc.Ask{}))
	if err != nil || !strings.Contains(address, "?policy=b2c&") {
		t.Errorf("got %q, %v", address, err)
	}
}

// Nothing that is printed, logged or marshalled may show a secret.
func TestSecretsHideThemselves(t *testing.T) {
	t.Parallel()
	b := setup(t)
	tx := b.p.NewTransaction(oidc.Ask{})
	grant := b.mustSignIn(t)
	shown := fmt.Sprintf("%v %+v %#v %s %x %v %+v %#v", grant, grant, grant.Tokens, grant.Tokens.ID, grant.Tokens.ID, tx, tx, tx)
	for _, secret := range []string{grant.Tokens.ID.Reveal(), grant.Tokens.Access.Reveal(), tx.State, tx.Nonce, tx.Verifier} {
		if strings.Contains(shown, secret) {
			t.Errorf("shown: %s", shown)
		}
	}
	text, err := grant.Tokens.ID.MarshalText()
	if err != nil || string(text) != "[hidden]" {
		t.Errorf("MarshalText gave %q, %v", text, err)
	}
}
