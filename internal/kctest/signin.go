package kctest

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// Tokens are what a sign-in gives.
type Tokens struct {
	Access  string `json:"access_token"`
	Refresh string `json:"refresh_token"`
	ID      string `json:"id_token"`
	Expiry  int    `json:"expires_in"`
	Scope   string `json:"scope"`
}

// SignIn signs a person in by password grant. The scope offline_access gives an
// offline token. Where guessing is protected against, Keycloak refuses a sign-in
// while it still writes down the one before; so it is tried again.
func (r *Realm) SignIn(t testing.TB, c Client, username string, scopes ...string) Tokens {
	t.Helper()
	tokens, err := r.TrySignIn(t, c, username, Password, scopes...)
	for range 5 {
		if err == nil {
			break
		}
		time.Sleep(100 * time.Millisecond)
		tokens, err = r.TrySignIn(t, c, username, Password, scopes...)
	}
	if err != nil {
		t.Fatalf("kctest: sign in %s: %v", username, err)
	}
	return tokens
}

// TrySignIn is SignIn with a password that may be wrong.
func (r *Realm) TrySignIn(t testing.TB, c Client, username, password string, scopes ...string) (Tokens, error) {
	t.Helper()
	return r.token(t.Context(), c, url.Values{
		"grant_type": {"password"}, "username": {username}, "password": {password},
		"scope": {strings.Join(append([]string{"openid"}, scopes...), " ")},
	})
}

// Refresh uses a refresh token or an offline token.
func (r *Realm) Refresh(t testing.TB, c Client, refresh string) (Tokens, error) {
	t.Helper()
	return r.token(t.Context(), c, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {refresh}})
}

// ServiceToken gets a token for a service account.
func (r *Realm) ServiceToken(t testing.TB, c Client) (Tokens, error) {
	t.Helper()
	return r.token(t.Context(), c, url.Values{"grant_type": {"client_credentials"}})
}

func (r *Realm) token(ctx context.Context, c Client, form url.Values) (Tokens, error) {
	var tokens Tokens
	basic := "Basic " + base64.StdEncoding.EncodeToString([]byte(url.QueryEscape(c.ID)+":"+url.QueryEscape(c.Secret)))
	status, body, err := r.server.send(ctx, http.MethodPost, "/realms/"+r.Name+"/protocol/openid-connect/token", basic, form)
	if err != nil {
		return tokens, err
	}
	if status != http.StatusOK {
		return tokens, fmt.Errorf("%d %s", status, body)
	}
	return tokens, json.Unmarshal(body, &tokens)
}

// Claims reads what is inside a token, without checking it.
func Claims(t testing.TB, token string) Object {
	t.Helper()
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		t.Fatal("kctest: not a signed token")
	}
	content, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		t.Fatalf("kctest: %v", err)
	}
	var claims Object
	if err := json.Unmarshal(content, &claims); err != nil {
		t.Fatalf("kctest: %v", err)
	}
	return claims
}

// Userinfo reports whether the userinfo endpoint accepts an access token.
func (r *Realm) Userinfo(t testing.TB, access string) bool {
	t.Helper()
	status, _, err := r.server.send(t.Context(), http.MethodGet, "/realms/"+r.Name+"/protocol/openid-connect/userinfo", "Bearer "+access, nil)
	if err != nil {
		t.Fatalf("kctest: %v", err)
	}
	return status == http.StatusOK
}

// Session is a living session in Keycloak's own words.
type Session struct {
	ID      string            `json:"id"`
	Clients map[string]string `json:"clients"`
}

// Sessions lists a person's sessions of browsers.
func (r *Realm) Sessions(t testing.TB, person string) []Session {
	t.Helper()
	var found []Session
	r.Call(t, http.MethodGet, "/users/"+person+"/sessions", nil, &found)
	return found
}

// OfflineSessions lists a person's offline sessions with a client.
func (r *Realm) OfflineSessions(t testing.TB, person, clientID string) []Session {
	t.Helper()
	var found []Session
	r.Call(t, http.MethodGet, "/users/"+person+"/offline-sessions/"+r.ClientKey(t, clientID), nil, &found)
	return found
}
