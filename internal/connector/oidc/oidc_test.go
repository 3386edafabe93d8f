package oidc_test

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/connector/oidc"
	"github.com/rollcall/rollcall/internal/signin/optest"
)

// connect gives the adapter to a provider that lives in the test.
func connect(t *testing.T, op *optest.Provider, change ...func(*connector.Settings, *connector.Secrets)) *oidc.System {
	t.Helper()
	s := connector.Settings{BaseURL: op.Issuer, ClientID: op.ClientID, DevLoopback: true}
	secrets := connector.Secrets{Client: op.ClientSecret}
	for _, c := range change {
		c(&s, &secrets)
	}
	system, err := oidc.New(s, secrets, "Okta", time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(system.Close)
	return system.(*oidc.System)
}

// check runs the connection test and gives its results by key.
func check(t *testing.T, s connector.System) map[string]connector.Check {
	t.Helper()
	out := map[string]connector.Check{}
	s.Check(t.Context(), func(c connector.Check) {
		if c.Label == "" || c.Sentence == "" || (c.State == connector.CheckFailed || c.State == connector.CheckWarning) != (c.Fix != "") && c.Key != "tls" {
			t.Errorf("%s: %s %q, fix %q", c.Key, c.State, c.Sentence, c.Fix)
		}
		if strings.Contains(c.Sentence+c.Fix, "s3cret") {
			t.Errorf("%s shows the secret: %q", c.Key, c.Sentence)
		}
		out[c.Key] = c
	})
	return out
}

// without takes fields out of the discovery document.
func without(names ...string) func(*optest.Faults) {
	return func(f *optest.Faults) {
		f.Metadata = func(doc map[string]any) {
			for _, name := range names {
				delete(doc, name)
			}
		}
	}
}

func TestConnectionTestOfAHealthyProvider(t *testing.T) {
	t.Parallel()
	op := optest.Start(t)
	var order []string
	connect(t, op).Check(t.Context(), func(c connector.Check) { order = append(order, c.Key+" "+string(c.State)) })
	want := []string{
		"dns passed", "tls warning", "discovery passed", "issuer passed", "keys passed", "token passed", "client passed", "pkce passed", "iss passed",
		"revocation passed", "introspection passed", "sign-out passed", "sign-out-messages passed",
	}
	if d := cmp.Diff(want, order); d != "" {
		t.Error(d)
	}
	for _, seen := range op.Seen(optest.Token) {
		if !strings.HasPrefix(seen.Form.Get("code"), "rollcall-test-") {
			t.Errorf("the test sent a real code: %v", seen.Form)
		}
	}
	secure := optest.StartTLS(t)
	if got := check(t, connect(t, secure, func(s *connector.Settings, _ *connector.Secrets) { s.AllowPrivate = true }))["tls"]; got.State != connector.CheckFailed || !strings.Contains(got.Sentence, "not trusted") {
		t.Errorf("an unknown authority: %+v", got)
	}
}

func TestConnectionTestNamesWhatIsWrong(t *testing.T) {
	t.Parallel()
	serve := func(at optest.Endpoint, status int, body string) func(*optest.Faults) {
		return func(f *optest.Faults) {
			f.Serve = map[optest.Endpoint]http.HandlerFunc{at: func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(status)
				_, _ = w.Write([]byte(body))
			}}
		}
	}
	field := func(name string, value any) func(*optest.Faults) {
		return func(f *optest.Faults) { f.Metadata = func(doc map[string]any) { doc[name] = value } }
	}
	const failed, warning, skipped = connector.CheckFailed, connector.CheckWarning, connector.CheckSkipped
	for _, c := range []struct {
		name   string
		faults func(*optest.Faults)
		change func(*connector.Settings, *connector.Secrets)
		key    string
		state  connector.CheckState
		says   string
	}{
		{name: "a wrong secret", change: func(_ *connector.Settings, s *connector.Secrets) { s.Client = "old" }, key: "client", state: failed, says: "the secret does not match (invalid_client)"},
		{name: "a wrong client id", change: func(s *connector.Settings, _ *connector.Secrets) { s.ClientID = "rollcal" }, key: "client", state: failed, says: "invalid_client"},
		{name: "no client id", change: func(s *connector.Settings, _ *connector.Secrets) { s.ClientID = "" }, key: "client", state: skipped, says: "no client id"},
		{name: "the flow is not allowed", faults: serve(optest.Token, 400, `{"error":"unauthorized_client"}`), key: "client", state: failed, says: "by code (unauthorized_client)"},
		{name: "a provider that looks at the code first", faults: serve(optest.Token, 400, `{"error":"invalid_grant"}`), key: "client", state: warning, says: "a client that does not exist (invalid_grant)"},
		{name: "another word", faults: serve(optest.Token, 400, `{"error":"server_says_no"}`), key: "client", state: warning, says: "server_says_no"},
		{name: "a token for nothing", faults: serve(optest.Token, 200, `{}`), key: "client", state: warning, says: "a token"},
		{name: "the token address is broken", faults: serve(optest.Token, 500, ``), key: "client", state: failed, says: "500"},
		{name: "another issuer", faults: field("issuer", "https://id.example/"), key: "issuer", state: failed, says: "https://id.example/"},
		{name: "an issuer with strange letters", faults: field("issuer", "https://id.example/\x1b[31m"), key: "issuer", state: failed, says: "https://id.example/[31m,"},
		{name: "not a provider", faults: serve(optest.Metadata, 404, ``), key: "discovery", state: failed, says: "there is no OpenID provider at"},
		{name: "no keys", faults: func(f *optest.Faults) { f.Keys = func([]map[string]any) []map[string]any { return nil } }, key: "keys", state: failed, says: "no key"},
		{name: "keys for something else", faults: func(f *optest.Faults) {
			f.Keys = func(k []map[string]any) []map[string]any { k[0]["use"] = "enc"; return k }
		}, key: "keys", state: failed, says: "no key"},
		{name: "no token address", faults: without("token_endpoint"), key: "token", state: failed, says: "none for tokens"},
		{name: "no proof keys", faults: without("code_challenge_methods_supported"), key: "pkce", state: warning, says: "proof keys"},
		{name: "no sender", faults: without("authorization_response_iss_parameter_supported"), key: "iss", state: warning, says: "does not name itself"},
		{name: "no revocation", faults: without("revocation_endpoint"), key: "revocation", state: warning, says: "stays good there until it runs out"},
		{name: "revocation is refused", faults: serve(optest.Revoke, 403, ``), key: "revocation", state: failed, says: "403"},
		{name: "no introspection", faults: without("introspection_endpoint"), key: "introspection", state: warning, says: "found out by trying it"},
		{name: "introspection is refused", faults: serve(optest.Introspect, 403, ``), key: "introspection", state: warning, says: "found out by trying it"},
		{name: "everything is active", faults: serve(optest.Introspect, 200, `{"active":true}`), key: "introspection", state: failed, says: "a made-up token active"},
		{name: "no sign-out", faults: without("end_session_endpoint"), key: "sign-out", state: warning, says: "stays signed in there"},
		{name: "no messages", faults: without("backchannel_logout_supported"), key: "sign-out-messages", state: warning, says: "looked at again"},
		{name: "messages without a session", faults: without("backchannel_logout_session_supported"), key: "sign-out-messages", state: warning, says: "all of the person's end here"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			op := optest.Start(t)
			if c.faults != nil {
				op.Mutate(c.faults)
			}
			var change []func(*connector.Settings, *connector.Secrets)
			if c.change != nil {
				change = append(change, c.change)
			}
			got := check(t, connect(t, op, change...))
			if len(got) != 13 {
				t.Errorf("%d checks ran, want all 13", len(got))
			}
			if one := got[c.key]; one.State != c.state || !strings.Contains(one.Sentence, c.says) {
				t.Errorf("%s: %s %q, want %s with %q", c.key, one.State, one.Sentence, c.state, c.says)
			}
		})
	}
}

func TestConnectionTestOfASilentProvider(t *testing.T) {
	t.Parallel()
	op := optest.Start(t)
	op.Stop()
	got := check(t, connect(t, op))
	if got["tls"].State != connector.CheckFailed {
		t.Errorf("tls: %+v", got["tls"])
	}
	for _, key := range slices.Sorted(maps.Keys(got)) {
		if key != "dns" && key != "tls" && got[key].State != connector.CheckSkipped {
			t.Errorf("%s: %s %q, want it skipped", key, got[key].State, got[key].Sentence)
		}
	}
}

// What the provider cannot do is said, each with a sentence, and never faked.
func TestDescribeSaysWhatIsLacking(t *testing.T) {
	t.Parallel()
	op := optest.Start(t)
	whole, err := connect(t, op).Describe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	op.Mutate(without("revocation_endpoint", "introspection_endpoint"))
	bare, err := connect(t, op).Describe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]connector.Capability{connector.CanRevokeToken, connector.CanIntrospectToken}, whole.Has); d != "" || len(bare.Has) != 0 {
		t.Errorf("%s; bare has %v", d, bare.Has)
	}
	for _, d := range []connector.Description{whole, bare} {
		for _, c := range connector.Capabilities {
			if d.Can(c) == (d.Lacks[c] != "") {
				t.Errorf("%s: had %t, lacked %q", c, d.Can(c), d.Lacks[c])
			}
		}
	}
	for name, there := range map[string]bool{
		"PeopleLister": is[connector.PeopleLister](t, op), "Switcher": is[connector.Switcher](t, op), "SessionEnder": is[connector.SessionEnder](t, op),
		"GrantRevoker": is[connector.GrantRevoker](t, op), "PersonReader": is[connector.PersonReader](t, op),
	} {
		if there {
			t.Errorf("%s is there, and cannot be", name)
		}
	}
	op.Stop()
	if _, err := connect(t, op).Describe(t.Context()); failed(t, err).Kind != connector.FailUnreachable {
		t.Errorf("of a silent provider: %v", err)
	}
}

func is[T any](t *testing.T, op *optest.Provider) bool {
	t.Helper()
	_, ok := connector.System(connect(t, op)).(T)
	return ok
}

func failed(t *testing.T, err error) *connector.Failure {
	t.Helper()
	var f *connector.Failure
	if !errors.As(err, &f) {
		t.Fatalf("got %v, want a failure", err)
	}
	if f.Sentence == "" || f.Fix == "" {
		t.Errorf("a failure says what happened and what to do: %+v", f)
	}
	return f
}

func TestSettingsThatCannotWork(t *testing.T) {
	t.Parallel()
	for _, base := range []string{"", "nonsense", "https://id.example/?a=b"} {
		if _, err := oidc.New(connector.Settings{BaseURL: base}, connector.Secrets{}, "Okta", nil); failed(t, err).Kind != connector.FailSettings {
			t.Errorf("%q: %v", base, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := connect(t, optest.Start(t)).Describe(ctx); failed(t, err).Kind != connector.FailUnreachable {
		t.Errorf("a caller that is gone: %v", err)
	}
}

// Of a provider people sign in with, the client they sign in through is asked.
func TestClientOfSignInIsUsed(t *testing.T) {
	t.Parallel()
	op := optest.Start(t)
	s := connect(t, op, func(s *connector.Settings, secrets *connector.Secrets) {
		s.SignIn = &connector.SignIn{ClientID: s.ClientID}
		s.ClientID = ""
		secrets.SignIn, secrets.Client = secrets.Client, ""
	})
	if got := check(t, s)["client"]; got.State != connector.CheckPassed {
		t.Errorf("client: %+v", got)
	}
}
