package oidc_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/signin/oidc"
	"github.com/rollcall/rollcall/internal/signin/optest"
	"github.com/rollcall/rollcall/internal/wire/oauth"
)

func renewing(c *oidc.Config) { c.Refresh = true }

// granted signs in at a provider that gives refresh tokens.
func granted(t *testing.T, settings ...func(*oidc.Config)) (*bench, *oidc.Grant) {
	t.Helper()
	b := setup(t, append(settings, renewing)...)
	b.op.Mutate(func(f *optest.Faults) { f.PlainRefresh = true })
	grant := b.mustSignIn(t)
	if grant.Tokens.Refresh == "" {
		t.Fatal("no refresh token")
	}
	return b, grant
}

// TestRefreshToken holds OIDC-43: an ID token that comes with a refresh is about
// the same person, from the same issuer, for us. The names are those of the
// OpenID Foundation's refresh plan where it has a module for the rule.
func TestRefreshToken(t *testing.T) {
	t.Parallel()
	const minute = time.Minute
	type about = map[string]any
	at := func(name string, by time.Duration) func(about) {
		return func(c about) { c[name] = c["iat"].(int64) + int64(by/time.Second) }
	}
	for _, c := range []struct {
		name     string
		settings func(*oidc.Config)
		claims   func(about)
		want     oidc.Reason
		ends     bool
	}{
		{name: "RefreshToken", claims: func(about) {}},
		{name: "OIDC-43/NonceAbsent", claims: func(c about) { delete(c, "nonce") }},
		{name: "OIDC-43/NonceOther", claims: func(c about) { c["nonce"] = "other" }, want: oidc.ReasonNonceMismatch, ends: true},
		{name: "OIDC-43/NonceNull", claims: func(c about) { c["nonce"] = nil }, want: oidc.ReasonNonceMismatch, ends: true},
		{name: "RefreshTokenInvalidIssuer", claims: func(c about) { c["iss"] = "https://other.example" }, want: oidc.ReasonIssuerMismatch, ends: true},
		{name: "RefreshTokenInvalidSub", claims: func(c about) { c["sub"] = "u2" }, want: oidc.ReasonSubjectChanged, ends: true},
		{name: "OIDC-43/SubInAnotherCase", claims: func(c about) { c["sub"] = "U1" }, want: oidc.ReasonSubjectChanged, ends: true},
		{name: "OIDC-43/SubMissing", claims: func(c about) { delete(c, "sub") }, want: oidc.ReasonSubjectInvalid, ends: true},
		{name: "OIDC-43/Aud", claims: func(c about) { c["aud"] = "other" }, want: oidc.ReasonAudienceMismatch, ends: true},
		{name: "OIDC-43/AzpOurs", claims: func(c about) { c["azp"] = "rollcall" }},
		{name: "OIDC-43/AzpOther", claims: func(c about) { c["azp"] = "other" }, want: oidc.ReasonPartyMismatch, ends: true},
		{name: "OIDC-43/AuthTimeAbsent", claims: func(c about) { delete(c, "auth_time") }},
		{name: "OIDC-43/AuthTimeEarlier", claims: at("auth_time", -20*minute), want: oidc.ReasonAuthTimeMoved, ends: true},
		{name: "OIDC-43/AuthTimeAhead", claims: at("auth_time", 2*minute), want: oidc.ReasonAuthTimeMoved, ends: true},
		{name: "OIDC-43/AuthTimeOfAFreshSignInThere", claims: at("auth_time", -minute)},
		{name: "OIDC-43/AuthTimeText", claims: func(c about) { c["auth_time"] = "then" }, want: oidc.ReasonClaimMalformed},
		{name: "OIDC-43/AtHash", claims: func(c about) { c["at_hash"] = "AAAA" }, want: oidc.ReasonHashMismatch, ends: true},
		{name: "OIDC-43/IatMissing", claims: func(c about) { delete(c, "iat") }, want: oidc.ReasonTimeMissing},
		{name: "OIDC-43/IatOld", claims: at("iat", -12*minute), want: oidc.ReasonTokenOld},
		{name: "OIDC-43/Expired", claims: func(c about) { at("exp", -2*minute)(c); at("iat", -3*minute)(c) }, want: oidc.ReasonTokenExpired},
		{name: "OIDC-43/Events", claims: func(c about) { c["events"] = about{} }, want: oidc.ReasonTypeRefused, ends: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b, grant := granted(t)
			b.clock.Pass(10 * minute)
			b.op.Mutate(func(f *optest.Faults) { f.Claims = c.claims })
			renewal, err := b.p.Refresh(t.Context(), grant.Tokens.Refresh)
			if err != nil {
				t.Fatalf("refresh: %v", err)
			}
			if renewal.Tokens.Refresh == "" || renewal.Tokens.Refresh == grant.Tokens.Refresh || renewal.Tokens.Access == grant.Tokens.Access {
				t.Fatal("the tokens were not renewed")
			}
			who, err := b.p.Confirm(t.Context(), renewal, grant.Original)
			if c.want == "" {
				if err != nil || who.Subject != "u1" || who.Email != "ada@example.com" {
					t.Fatalf("confirmed %+v, %v", who, err)
				}
				return
			}
			if r := refused(t, err, c.want); r.Reason.Ends() != c.ends {
				t.Errorf("ends the session: %t, want %t", !c.ends, c.ends)
			}
			if who != nil {
				t.Error("a refusal must not carry an identity")
			}
		})
	}
}

// A provider may leave the ID token out, and need not rotate.
func TestRefreshWithLess(t *testing.T) {
	t.Parallel()
	b, grant := granted(t)
	b.op.Mutate(func(f *optest.Faults) {
		f.SameRefresh = true
		f.Answer = func(a map[string]any) { delete(a, "id_token") }
	})
	for range 2 {
		renewal, err := b.p.Refresh(t.Context(), grant.Tokens.Refresh)
		if err != nil || renewal.Tokens.Refresh != grant.Tokens.Refresh {
			t.Fatalf("got %+v, %v", renewal, err)
		}
		if who, err := b.p.Confirm(t.Context(), renewal, grant.Original); who != nil || err != nil {
			t.Fatalf("confirmed %+v, %v from nothing", who, err)
		}
	}
}

// UserInfo is asked as at a sign-in, and must be about the same person.
func TestRefreshAsksUserInfo(t *testing.T) {
	t.Parallel()
	b, grant := granted(t, func(c *oidc.Config) { c.UserInfo = true })
	b.op.SignIn(map[string]any{"sub": "u1", "name": "Ada Married"})
	renewal, err := b.p.Refresh(t.Context(), grant.Tokens.Refresh)
	if err != nil {
		t.Fatal(err)
	}
	if who, err := b.p.Confirm(t.Context(), renewal, grant.Original); err != nil || who.Name != "Ada Married" {
		t.Fatalf("got %+v, %v", who, err)
	}
	b.op.Mutate(func(f *optest.Faults) { f.UserInfo = func(c map[string]any) { c["sub"] = "u2" } })
	_, err = b.p.Confirm(t.Context(), renewal, grant.Original)
	if r := refused(t, err, oidc.ReasonUserInfoMismatch); !r.Reason.Ends() {
		t.Error("another person's UserInfo must end the session")
	}
}

// TestRefreshErrors holds OIDC-42: only invalid_grant speaks against the person.
func TestRefreshErrors(t *testing.T) {
	t.Parallel()
	answer := func(status int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(status)
			_, _ = w.Write([]byte(body))
		}
	}
	for _, c := range []struct {
		name  string
		serve http.HandlerFunc
		want  oidc.Reason
		ends  bool
	}{
		{"InvalidGrant", answer(400, `{"error":"invalid_grant","error_description":"Session not active"}`), oidc.ReasonGrantRefused, true},
		{"InvalidGrantWith401", answer(401, `{"error":"invalid_grant"}`), oidc.ReasonGrantRefused, true},
		{"InvalidClient", answer(401, `{"error":"invalid_client"}`), oidc.ReasonClientRefused, false},
		{"UnauthorizedClient", answer(400, `{"error":"unauthorized_client"}`), oidc.ReasonClientRefused, false},
		{"InvalidRequest", answer(400, `{"error":"invalid_request"}`), oidc.ReasonProviderError, false},
		{"InvalidScope", answer(400, `{"error":"invalid_scope"}`), oidc.ReasonProviderError, false},
		{"Broken", answer(500, `{"error":"invalid_grant_maybe"}`), oidc.ReasonProviderUnreachable, false},
		{"Busy", answer(503, ``), oidc.ReasonProviderUnreachable, false},
		{"TooMany", answer(429, `{"error":"slow_down"}`), oidc.ReasonProviderUnreachable, false},
		{"HTML", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>invalid_grant</html>")) }, oidc.ReasonAnswerMalformed, false},
		{"NoToken", answer(200, `{"token_type":"Bearer"}`), oidc.ReasonAnswerMalformed, false},
	} {
		t.Run("OIDC-42/"+c.name, func(t *testing.T) {
			t.Parallel()
			b, grant := granted(t)
			b.op.Serve(optest.Token, c.serve)
			_, err := b.p.Refresh(t.Context(), grant.Tokens.Refresh)
			if r := refused(t, err, c.want); r.Reason.Ends() != c.ends {
				t.Errorf("ends the session: %t, want %t", !c.ends, c.ends)
			}
		})
	}
	b, grant := granted(t)
	b.op.Stop()
	_, err := b.p.Refresh(t.Context(), grant.Tokens.Refresh)
	if r := refused(t, err, oidc.ReasonProviderUnreachable); r.Reason.Ends() {
		t.Error("an outage must not end a session")
	}
}

// TestRevokeAndIntrospect holds TOK-01, TOK-02, TOK-04 and TOK-05 at a provider
// that keeps its word, and at one that does not.
func TestRevokeAndIntrospect(t *testing.T) {
	t.Parallel()
	b, grant := granted(t)
	look := func(token oidc.Secret, kind oauth.Kind) bool {
		t.Helper()
		said, asked, err := b.p.Introspect(t.Context(), token, kind)
		if err != nil || !asked {
			t.Fatalf("introspection: asked %t, %v", asked, err)
		}
		return said.Active
	}
	if look(grant.Tokens.Refresh, oauth.AccessToken) {
		t.Error("the test provider finds a refresh token without its hint; real ones do not")
	}
	if !look(grant.Tokens.Refresh, oauth.RefreshToken) || !look(grant.Tokens.Access, oauth.AccessToken) {
		t.Fatal("living tokens are inactive")
	}
	b.op.Mutate(func(f *optest.Faults) { f.LyingRevoke = true })
	if asked, err := b.p.Revoke(t.Context(), grant.Tokens.Refresh, oauth.RefreshToken); !asked || err != nil {
		t.Fatalf("revoke: %t, %v", asked, err)
	}
	if !look(grant.Tokens.Refresh, oauth.RefreshToken) {
		t.Fatal("a provider that lies was believed")
	}
	b.op.Mutate(func(f *optest.Faults) { f.LyingRevoke = false })
	if asked, err := b.p.Revoke(t.Context(), grant.Tokens.Refresh, oauth.RefreshToken); !asked || err != nil {
		t.Fatalf("revoke: %t, %v", asked, err)
	}
	if look(grant.Tokens.Refresh, oauth.RefreshToken) || look(grant.Tokens.Access, oauth.AccessToken) {
		t.Error("revoked tokens are active")
	}
	_, err := b.p.Refresh(t.Context(), grant.Tokens.Refresh)
	refused(t, err, oidc.ReasonGrantRefused)
	for _, r := range b.op.Seen(optest.Introspect) {
		if r.Form.Get("token") == "" || len(r.Query) > 0 || r.Header.Get("Authorization") == "" {
			t.Errorf("TOK-05: asked with query %v, header %v", r.Query, r.Header)
		}
	}
}

// TOK-02: the answers to a revocation that are no yes.
func TestRevokeAnswers(t *testing.T) {
	t.Parallel()
	b, grant := granted(t)
	serve := func(handler http.HandlerFunc) (bool, error) {
		b.op.Serve(optest.Revoke, handler)
		return b.p.Revoke(t.Context(), grant.Tokens.Refresh, oauth.RefreshToken)
	}
	said := func(status int, word string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if word == "unsupported_token_type" && r.PostForm.Get("token_type_hint") == "access_token" {
				return // 200
			}
			w.Header().Set("Retry-After", "90")
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(status)
			_, _ = w.Write([]byte(`{"error":"` + word + `"}`))
		}
	}
	if asked, err := serve(said(400, "unsupported_token_type")); !asked || err != nil {
		t.Errorf("the other type was not tried: %v", err)
	}
	_, err := serve(said(503, ""))
	if r := refused(t, err, oidc.ReasonProviderUnreachable); r.RetryAfter != 90*time.Second {
		t.Errorf("to be left alone for %s, want 90 s", r.RetryAfter)
	}
	for status, word := range map[int]string{400: "invalid_request", 401: "invalid_client", 403: ""} {
		_, err := serve(said(status, word))
		refused(t, err, oidc.ReasonClientRefused)
	}
	b.op.Mutate(func(f *optest.Faults) {
		f.Metadata = func(doc map[string]any) { delete(doc, "revocation_endpoint"); delete(doc, "introspection_endpoint") }
	})
	bare := b.provider(t)
	if asked, err := bare.Revoke(t.Context(), "rt", oauth.RefreshToken); asked || err != nil {
		t.Errorf("without an endpoint: asked %t, %v", asked, err)
	}
	if _, asked, err := bare.Introspect(t.Context(), "rt", oauth.RefreshToken); asked || err != nil {
		t.Errorf("without an endpoint: asked %t, %v", asked, err)
	}
	var refusal *oidc.Refusal
	b.op.Serve(optest.Introspect, said(200, "x"))
	if _, _, err := b.p.Introspect(t.Context(), "rt", ""); !errors.As(err, &refusal) || refusal.Reason != oidc.ReasonAnswerMalformed {
		t.Errorf("an answer without active: %v", err)
	}
}
