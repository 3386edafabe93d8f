package oidc_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/signin/oidc"
	"github.com/rollcall/rollcall/internal/signin/optest"
)

func serverError(w http.ResponseWriter, _ *http.Request) {
	http.Error(w, "out of order", http.StatusServiceUnavailable)
}

// document makes a fault that changes one member of the metadata.
func document(name string, change func(b *bench) any) func(*testing.T, *bench) {
	return func(_ *testing.T, b *bench) {
		value := change(b)
		b.op.Mutate(func(f *optest.Faults) {
			f.Metadata = func(doc map[string]any) { doc[name] = value }
		})
	}
}

func constant(value any) func(*bench) any { return func(*bench) any { return value } }

// OIDC-01 and OIDC-02: what the discovery document must say.
func TestDiscovery(t *testing.T) {
	t.Parallel()
	mismatch, insecure, malformed := oidc.ReasonMetadataMismatch, oidc.ReasonMetadataInsecure, oidc.ReasonAnswerMalformed
	runMutations(t, []mutation{
		{name: "OIDC-01/DiscoveryIssuerMismatch", prepare: document("issuer", constant("https://other.example")), want: mismatch},
		{name: "OIDC-01/TrailingSlash", prepare: document("issuer", func(b *bench) any { return b.op.Issuer + "/" }), want: mismatch},
		{name: "OIDC-01/Case", prepare: document("issuer", func(b *bench) any { return strings.Replace(b.op.Issuer, "http", "HTTP", 1) }), want: mismatch},
		{name: "OIDC-01/Port", prepare: document("issuer", func(b *bench) any { return b.op.Issuer[:len(b.op.Issuer)-1] }), want: mismatch},
		{name: "OIDC-01/Missing", prepare: document("issuer", constant(nil)), want: mismatch},
		{name: "OIDC-02/HTTPToken", prepare: document("token_endpoint", constant("http://op.example/token")), want: insecure},
		{name: "OIDC-02/HTTPJWKS", prepare: document("jwks_uri", constant("http://op.example/jwks")), want: insecure},
		{name: "OIDC-02/HTTPUnusedEndpoint", prepare: document("revocation_endpoint", constant("http://op.example/revoke")), want: insecure},
		{name: "OIDC-02/HTTPSessionIframe", prepare: document("check_session_iframe", constant("http://op.example/frame")), want: insecure},
		{name: "OIDC-02/JavaScript", prepare: document("authorization_endpoint", constant("javascript:alert(1)")), want: insecure},
		{name: "OIDC-02/File", prepare: document("jwks_uri", constant("file:///etc/passwd")), want: insecure},
		{name: "OIDC-02/Credentials", prepare: document("token_endpoint", constant("https://user:pw@op.example/token")), want: insecure},
		{name: "OIDC-02/Fragment", prepare: document("authorization_endpoint", constant("https://op.example/a#b")), want: insecure},
		{name: "OIDC-02/NotAText", prepare: document("token_endpoint", constant(7)), want: insecure},
		{name: "NoTokenEndpoint", prepare: func(_ *testing.T, b *bench) {
			b.op.Mutate(func(f *optest.Faults) { f.Metadata = func(doc map[string]any) { delete(doc, "token_endpoint") } })
		}, want: malformed},
		{name: "NoUserInfoEndpointThoughConfigured", settings: func(c *oidc.Config) { c.UserInfo = true }, prepare: func(_ *testing.T, b *bench) {
			b.op.Mutate(func(f *optest.Faults) { f.Metadata = func(doc map[string]any) { delete(doc, "userinfo_endpoint") } })
		}, want: malformed},
		{name: "OIDC-03/EndpointOnPrivateNetwork", prepare: document("token_endpoint", constant("https://10.0.0.1/token")), want: oidc.ReasonAddressRefused},
		{name: "OIDC-03/EndpointAtMetadataService", prepare: document("token_endpoint", constant("https://169.254.169.254/token")),
			settings: func(c *oidc.Config) { c.AllowPrivate = true }, want: oidc.ReasonAddressRefused},
		{name: "OIDC-03/EndpointOnOtherPort", prepare: document("token_endpoint", constant("https://192.0.43.10:22/token")), want: oidc.ReasonAddressRefused},
	})
}

// OIDC-03: every endpoint that we call, and the ways it may try to hurt us.
func TestAnswersOutOfBounds(t *testing.T) {
	t.Parallel()
	large := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		for range 50 { // 50 MiB
			_, err := w.Write(make([]byte, 1<<20))
			if err != nil {
				return
			}
		}
	}
	redirect := func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://169.254.169.254/latest/meta-data/", http.StatusFound)
	}
	html := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte(`{"keys":[]}`))
	}
	garbage := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"issuer":"x","issuer":"y"`))
	}
	hangUp := func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
	unreachable, malformed := oidc.ReasonProviderUnreachable, oidc.ReasonAnswerMalformed
	for _, at := range []optest.Endpoint{optest.Metadata, optest.JWKS, optest.Token, optest.UserInfo} {
		for name, c := range map[string]struct {
			handler http.HandlerFunc
			want    oidc.Reason
		}{
			"Large": {large, malformed}, "Redirect": {redirect, malformed}, "HTML": {html, malformed},
			"Garbage": {garbage, malformed}, "HangUp": {hangUp, unreachable}, "ServerError": {serverError, unreachable},
		} {
			want := c.want
			if at == optest.UserInfo && (name == "HTML" || name == "Garbage") {
				want = oidc.ReasonUserInfoMalformed
			}
			t.Run("OIDC-03"+string(at)+"/"+name, func(t *testing.T) {
				t.Parallel()
				b := setup(t, func(c *oidc.Config) { c.UserInfo = true })
				b.op.Serve(at, c.handler)
				_, err := b.signIn(t, oidc.Ask{})
				refused(t, err, want)
			})
		}
	}
}

// OIDC-04: a provider that is down when we start works later, with no restart.
func TestProviderDownAtStart(t *testing.T) {
	t.Parallel()
	b := setup(t)
	if h := b.p.Health(); !h.OK || !h.Since.IsZero() {
		t.Errorf("before the first contact: %+v", h)
	}
	b.op.Stop()
	began := b.clock.Now()
	for range 3 {
		_, err := b.signIn(t, oidc.Ask{})
		r := refused(t, err, oidc.ReasonProviderUnreachable)
		if !errs.Is(r, errs.Unavailable) {
			t.Errorf("kind is %v", errs.KindOf(r))
		}
		b.clock.Pass(100 * time.Millisecond)
	}
	h := b.p.Health()
	if h.OK || !h.Since.Equal(began) || h.Sentence != "Keycloak does not answer." {
		t.Errorf("while down: %+v", h)
	}
	b.op.Resume()
	b.clock.Pass(time.Second)
	b.mustSignIn(t)
	if h := b.p.Health(); !h.OK || !h.Since.Equal(b.clock.Now()) {
		t.Errorf("after it came back: %+v", h)
	}
}

// OIDC-04: while the provider is down, visitors do not each wait for it.
func TestOutageIsProbedAtAPace(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.op.Serve(optest.Metadata, serverError)
	for range 50 {
		_, err := b.signIn(t, oidc.Ask{})
		refused(t, err, oidc.ReasonProviderUnreachable)
		b.clock.Pass(100 * time.Millisecond)
	}
	// 5 seconds: probes at 0, 1 and 3 s.
	if got := b.op.Count(optest.Metadata); got != 3 {
		t.Errorf("%d probes in 5 seconds, want 3", got)
	}
}

// OIDC-04: metadata is kept, and bridges an outage.
func TestMetadataIsKept(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for range 3 {
		b.mustSignIn(t)
	}
	if got := b.op.Count(optest.Metadata); got != 1 {
		t.Errorf("%d fetches, want 1", got)
	}
	b.clock.Pass(2 * time.Hour)
	b.op.Serve(optest.Metadata, serverError)
	b.mustSignIn(t)
	if got := b.op.Count(optest.Metadata); got != 2 {
		t.Errorf("%d fetches, want 2", got)
	}
}

// OIDC-01: a provider that turns into another is refused at once; what was
// kept of it does not bridge that.
func TestIssuerChangesLater(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.mustSignIn(t)
	b.op.Mutate(func(f *optest.Faults) {
		f.Metadata = func(doc map[string]any) { doc["issuer"] = "https://evil.example" }
	})
	b.clock.Pass(61 * time.Minute)
	_, err := b.signIn(t, oidc.Ask{})
	refused(t, err, oidc.ReasonMetadataMismatch)
	if h := b.p.Health(); h.OK || h.Reason != oidc.ReasonMetadataMismatch {
		t.Errorf("health is %+v", h)
	}
}

// Check asks now, whatever is kept, and health follows.
func TestCheck(t *testing.T) {
	t.Parallel()
	b := setup(t)
	err := b.p.Check(t.Context())
	if err != nil || !b.p.Health().OK {
		t.Fatalf("healthy provider: %v, %+v", err, b.p.Health())
	}
	b.op.Serve(optest.JWKS, serverError)
	refused(t, b.p.Check(t.Context()), oidc.ReasonProviderUnreachable)
	if b.p.Health().OK {
		t.Error("unreadable keys must count against health")
	}
}

// Health tells what concerns everybody from what concerns one visitor.
func TestHealthIgnoresVisitors(t *testing.T) {
	t.Parallel()
	b := setup(t)
	tx := b.p.NewTransaction(oidc.Ask{})
	address, err := b.p.AuthRequest(t.Context(), tx)
	if err != nil {
		t.Fatal(err)
	}
	callback := b.op.Authorize(t, address)
	callback.Set("code", "made up")
	_, err = b.p.Exchange(t.Context(), callback, tx)
	refused(t, err, oidc.ReasonCodeRefused)
	if h := b.p.Health(); !h.OK {
		t.Errorf("a made-up code made the provider look ill: %+v", h)
	}
	b.op.ClientSecret = "rotated"
	_, err = b.signIn(t, oidc.Ask{})
	refused(t, err, oidc.ReasonClientRefused)
	if h := b.p.Health(); h.OK || h.Reason != oidc.ReasonClientRefused {
		t.Errorf("a wrong client secret must show: %+v", h)
	}
	err = b.p.Check(t.Context())
	if h := b.p.Health(); err != nil || h.OK {
		t.Errorf("metadata that answers does not mend a secret: %v, %+v", err, h)
	}
	b.op.ClientSecret = b.config.ClientSecret.Reveal()
	b.mustSignIn(t)
	if h := b.p.Health(); !h.OK {
		t.Errorf("after the secret fits again: %+v", h)
	}
}

// An outage that was noticed at one endpoint ends when another answers.
func TestHealthAfterAnOutage(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.op.Serve(optest.Token, serverError)
	_, err := b.signIn(t, oidc.Ask{})
	refused(t, err, oidc.ReasonProviderUnreachable)
	if b.p.Health().OK {
		t.Error("a token endpoint that fails must show")
	}
	err = b.p.Check(t.Context())
	if h := b.p.Health(); err != nil || !h.OK {
		t.Errorf("got %v, %+v", err, h)
	}
}

// A visitor who closes the page does not make the provider look down.
func TestHealthIgnoresCancelledRequests(t *testing.T) {
	t.Parallel()
	b := setup(t)
	tx := b.p.NewTransaction(oidc.Ask{})
	address, err := b.p.AuthRequest(t.Context(), tx)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	b.op.Serve(optest.Token, func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	})
	_, err = b.p.Exchange(ctx, b.op.Authorize(t, address), tx)
	refused(t, err, oidc.ReasonProviderUnreachable)
	if h := b.p.Health(); !h.OK {
		t.Errorf("health is %+v", h)
	}
}
