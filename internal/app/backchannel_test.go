package app_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/rollcall/rollcall/internal/app/apptest"
	"github.com/rollcall/rollcall/internal/config"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/signin/optest"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// BCL-01, BCL-10: what the address for providers answers to whom. It never sets
// a cookie, never draws a page, and is never kept by anybody on the way.
func TestTheBackchannelAddress(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t, dbtest.One(t, store.SQLite))
	const path = "/auth/nobody/backchannel-logout"
	form := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Sec-Fetch-Site": nil, "Origin": nil}
	with := func(name, value string) http.Header {
		h := form.Clone()
		h[name] = []string{value}
		return h
	}
	token := url.Values{"logout_token": {"a.b.c"}}
	for _, c := range []struct {
		name, method, path string
		header             http.Header
		body               url.Values
		want               int
	}{
		{"GET", http.MethodGet, path, form, nil, http.StatusMethodNotAllowed},
		{"PUT", http.MethodPut, path, form, token, http.StatusMethodNotAllowed},
		{"DELETE", http.MethodDelete, path, form, nil, http.StatusMethodNotAllowed},
		{"another type", http.MethodPost, path, with("Content-Type", "application/json"), token, http.StatusUnsupportedMediaType},
		{"multipart", http.MethodPost, path, with("Content-Type", "multipart/form-data; boundary=x"), token, http.StatusUnsupportedMediaType},
		{"no type", http.MethodPost, path, with("Content-Type", ""), token, http.StatusUnsupportedMediaType},
		{"no token", http.MethodPost, path, form, nil, http.StatusBadRequest},
		{"two tokens", http.MethodPost, path, form, url.Values{"logout_token": {"a.b.c", "d.e.f"}}, http.StatusBadRequest},
		{"too large", http.MethodPost, path, form, url.Values{"logout_token": {strings.Repeat("x", 65<<10)}}, http.StatusRequestEntityTooLarge},
		{"no such provider", http.MethodPost, path, form, token, http.StatusNotFound},
		{"no such provider, with a charset", http.MethodPost, path, with("Content-Type", "Application/X-WWW-Form-URLEncoded; charset=UTF-8"), token, http.StatusNotFound},
		{"a name that is no text", http.MethodPost, "/auth/%00/backchannel-logout", form, token, http.StatusNotFound},
		{"a form of another site", http.MethodPost, path, with("Origin", "https://evil.example"), token, http.StatusForbidden},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := s.Browser()
			b.Header = c.header
			got := b.Do(c.method, c.path, c.body)
			if got.Code != c.want {
				t.Fatalf("%d, want %d: %s", got.Code, c.want, got.Body)
			}
			var said struct {
				Error       string `json:"error"`
				Description string `json:"error_description"`
			}
			err := json.Unmarshal([]byte(got.Body), &said)
			if err != nil || said.Error == "" || said.Description == "" || !strings.HasPrefix(got.Header.Get("Content-Type"), "application/json") {
				t.Errorf("not an OAuth error: %s %q", got.Header.Get("Content-Type"), got.Body)
			}
			if got.Header.Get("Cache-Control") != "no-store" || got.Header.Get("Set-Cookie") != "" {
				t.Errorf("headers %v", got.Header)
			}
			if c.want == http.StatusMethodNotAllowed && got.Header.Get("Allow") != http.MethodPost {
				t.Errorf("Allow is %q", got.Header.Get("Allow"))
			}
		})
	}
}

// BCL-11: what a provider ends is gone with the next request, on both replicas,
// whichever of them was told.
func TestWhatAProviderEndsBothReplicasRefuse(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		op := optest.Start(t)
		op.SetNow(db.Clock.Now)
		here := apptest.Start(t, db, func(c *config.Config) {
			c.Providers = []config.Provider{{
				Key: "keycloak", Name: "Keycloak", Issuer: op.Issuer, ClientID: op.ClientID, ClientSecret: config.Secret(op.ClientSecret), DevLoopback: true,
				Create: config.Create{Rule: config.CreatePending}, Roles: []config.RoleMapping{{Claim: "sub", Value: "*", Role: models.RoleEmployee}},
			}}
		})
		there := here.Replica()
		browser := here.SignInAt(here.Add("Amara Okafor", models.RoleAdmin), op.Issuer, "amara-1", "s1")
		for _, one := range []*apptest.Browser{browser, browser.At(there)} {
			if got := one.Get("/users"); got.Code != http.StatusOK {
				t.Fatalf("before: %d", got.Code)
			}
		}
		machine := there.Browser()
		machine.Header = http.Header{"Sec-Fetch-Site": nil, "Origin": nil}
		send := func(token string) apptest.Answer {
			return machine.Post("/auth/keycloak/backchannel-logout", url.Values{"logout_token": {token}})
		}
		token := op.LogoutToken(map[string]any{"sub": "amara-1", "sid": "s1"})
		if got := send(token[:len(token)-8] + "AAAAAAAA"); got.Code != http.StatusBadRequest || !strings.Contains(got.Body, "signature_invalid") {
			t.Fatalf("forged: %d %s", got.Code, got.Body)
		}
		if got := send(token); got.Code != http.StatusOK || got.Body != "{}" || got.Header.Get("Cache-Control") != "no-store" || got.Header.Get("Set-Cookie") != "" {
			t.Fatalf("%d %q %v", got.Code, got.Body, got.Header)
		}
		for _, one := range []*apptest.Browser{browser, browser.At(there)} {
			if got := one.Get("/users"); got.Code != http.StatusSeeOther || !strings.HasPrefix(got.Header.Get("Location"), "/signin") {
				t.Errorf("after: %d to %q, want 303 to /signin", got.Code, got.Header.Get("Location"))
			}
		}
		if got := send(token); got.Code != http.StatusBadRequest || !strings.Contains(got.Body, "token_replayed") {
			t.Errorf("again: %d %s", got.Code, got.Body)
		}
		if got := send(op.LogoutToken(map[string]any{"sub": "amara-1", "sid": "s1"})); got.Code != http.StatusOK {
			t.Errorf("already signed out: %d, want 200 (BCL-10)", got.Code)
		}
		db.Faults.Fail("logout_tokens")
		defer db.Faults.Heal()
		machine = here.Browser()
		machine.Header = http.Header{"Sec-Fetch-Site": nil, "Origin": nil}
		got := send(op.LogoutToken(map[string]any{"sub": "amara-1"}))
		if got.Code != http.StatusServiceUnavailable || got.Header.Get("Retry-After") == "" || !strings.Contains(got.Body, "temporarily_unavailable") || strings.Contains(got.Body, "injected") {
			t.Errorf("while the database fails: %d %s", got.Code, got.Body)
		}
	})
}
