package oidc_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/connector/oidc"
	"github.com/rollcall/rollcall/internal/signin/optest"
	"github.com/rollcall/rollcall/internal/wire/oauth"
)

// granted signs somebody in at the provider and gives their refresh token.
func granted(t *testing.T, op *optest.Provider) connector.Token {
	t.Helper()
	op.Mutate(func(f *optest.Faults) { f.PlainRefresh = true })
	return connector.Token{Value: op.Grant(t), Kind: oauth.RefreshToken, Subject: "u1"}
}

// TOK-01, TOK-04, TOK-05: alive before and inactive after is proof; what was
// never seen alive proves nothing; a provider that lies is found out.
func TestRevokingIsProvenByTwoLooks(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		faults func(*optest.Faults)
		want   connector.TokenProof
	}{
		{"honest", func(*optest.Faults) {}, connector.TokenDead},
		{"a provider that lies", func(f *optest.Faults) { f.LyingRevoke = true }, connector.TokenLives},
		{"a provider that shows nothing", func(f *optest.Faults) { f.Introspection = func(a map[string]any) { clear(a); a["active"] = false } }, connector.TokenUnseen},
		{"an answer about somebody else", func(f *optest.Faults) { f.Introspection = func(a map[string]any) { a["sub"] = "u2" } }, connector.TokenUnseen},
		{"an answer of another issuer", func(f *optest.Faults) {
			f.Introspection = func(a map[string]any) { a["iss"] = "https://other.example" }
		}, connector.TokenUnseen},
		{"a token that has run out", func(f *optest.Faults) { f.Introspection = func(a map[string]any) { a["exp"] = 1 } }, connector.TokenUnseen},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			op := optest.Start(t)
			s, token := connect(t, op), granted(t, op)
			op.Mutate(c.faults)
			before, err := s.IntrospectToken(t.Context(), token)
			if err != nil {
				t.Fatal(err)
			}
			done, err := s.RevokeToken(t.Context(), token)
			if err != nil || done.Partial || !strings.Contains(done.Scope, "only tokens that this client holds") {
				t.Fatalf("revoked: %+v, %v", done, err)
			}
			after, err := s.IntrospectToken(t.Context(), token)
			if err != nil {
				t.Fatal(err)
			}
			if got := connector.ProofOf(&before, &after); got != c.want {
				t.Errorf("proof %s, want %s (before %+v, after %+v)", got, c.want, before, after)
			}
		})
	}
	if connector.ProofOf(nil, &connector.TokenReading{}) != connector.TokenUnseen || connector.ProofOf(&connector.TokenReading{Active: true}, nil) != connector.TokenUnseen {
		t.Error("one look proves something")
	}
}

// TOK-02: what else may be answered to a revocation.
func TestRevocationAnswers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		status  int
		word    string
		kind    connector.FailureKind
		partial bool
	}{
		{"another type", 400, "unsupported_token_type", "", true},
		{"busy", 503, "", connector.FailBusy, false},
		{"wrong secret", 401, "invalid_client", connector.FailRefused, false},
		{"not allowed", 403, "", connector.FailForbidden, false},
		{"bad request", 400, "invalid_request", connector.FailInvalid, false},
		{"broken", 500, "", connector.FailBroken, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			op := optest.Start(t)
			s := connect(t, op)
			op.Serve(optest.Revoke, func(w http.ResponseWriter, r *http.Request) {
				if c.partial && r.PostForm.Get("token_type_hint") == "access_token" {
					return
				}
				w.Header().Set("Retry-After", "7")
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(c.status)
				_, _ = fmt.Fprintf(w, `{"error":%q}`, c.word)
			})
			done, err := s.RevokeToken(t.Context(), connector.Token{Value: "rt", Kind: oauth.RefreshToken})
			if c.kind == "" {
				if err != nil || done.Partial != c.partial {
					t.Fatalf("got %+v, %v", done, err)
				}
				return
			}
			f := failed(t, err)
			if f.Kind != c.kind || c.kind == connector.FailBusy && f.RetryAfter != 7*time.Second {
				t.Errorf("got %s after %s, want %s", f.Kind, f.RetryAfter, c.kind)
			}
		})
	}
	op := optest.Start(t)
	op.Mutate(without("revocation_endpoint", "introspection_endpoint"))
	s := connect(t, op)
	if _, err := s.RevokeToken(t.Context(), connector.Token{Value: "rt"}); failed(t, err).Kind != connector.FailUnsupported {
		t.Errorf("without an address: %v", err)
	}
	if _, err := s.IntrospectToken(t.Context(), connector.Token{Value: "rt"}); failed(t, err).Kind != connector.FailUnsupported {
		t.Errorf("without an address: %v", err)
	}
}

// TOK-06: looks are remembered for a minute, not longer than the token lives, and
// not beyond a revocation or a word of the provider.
func TestLooksAreRememberedForAMinute(t *testing.T) {
	t.Parallel()
	op := optest.Start(t)
	now := time.Now()
	op.SetNow(func() time.Time { return now })
	system, err := oidc.New(connector.Settings{BaseURL: op.Issuer, ClientID: op.ClientID, DevLoopback: true}, connector.Secrets{Client: op.ClientSecret}, "Okta", func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	s, token := system.(*oidc.System), granted(t, op)
	looks := func(want int, active bool) {
		t.Helper()
		got, err := s.TokenActive(t.Context(), token)
		if err != nil || got != active || op.Count(optest.Introspect) != want {
			t.Fatalf("active %t, %v, after %d looks; want %t after %d", got, err, op.Count(optest.Introspect), active, want)
		}
	}
	looks(1, true)
	now = now.Add(59 * time.Second)
	looks(1, true)
	now = now.Add(time.Second)
	looks(2, true)
	op.EndSessions("u1")
	looks(2, true) // what is remembered
	s.Signal("u1")
	looks(3, false)

	token = granted(t, op)
	looks(4, true)
	if _, err := s.RevokeToken(t.Context(), token); err != nil {
		t.Fatal(err)
	}
	looks(5, false)

	token = granted(t, op)
	ends := now.Add(5 * time.Second).Unix()
	op.Mutate(func(f *optest.Faults) { f.Introspection = func(a map[string]any) { a["exp"] = ends } })
	looks(6, true)
	now = now.Add(6 * time.Second)
	looks(7, false)
}

// A token never shows itself, and neither does the secret.
func TestTokensHide(t *testing.T) {
	t.Parallel()
	token := connector.Token{Value: "sentinel", Kind: oauth.RefreshToken}
	if text := fmt.Sprintf("%v %+v %#v %s %q", token, token, token, token, token); strings.Contains(text, "sentinel") {
		t.Error(text)
	}
}
