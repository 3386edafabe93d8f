package oidc_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/signin/oidc"
	"github.com/rollcall/rollcall/internal/signin/optest"
)

// clock is a clock the tests set.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// bench is one provider, the relying party configured for it, and their clock.
type bench struct {
	op     *optest.Provider
	p      *oidc.Provider
	clock  *clock
	config oidc.Config
}

const callbackURL = "https://console.example.com/auth/keycloak/callback"

func setup(t *testing.T, settings ...func(*oidc.Config)) *bench {
	t.Helper()
	b := &bench{op: optest.Start(t), clock: &clock{now: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)}}
	b.op.SetNow(b.clock.Now)
	b.config = oidc.Config{
		Key: "keycloak", Name: "Keycloak", Issuer: b.op.Issuer,
		ClientID: b.op.ClientID, ClientSecret: oidc.Secret(b.op.ClientSecret),
		RedirectURL: callbackURL, PostLogoutURL: "https://console.example.com/signed-out",
		DevLoopback: true, Now: b.clock.Now,
	}
	for _, set := range settings {
		set(&b.config)
	}
	b.p = b.provider(t)
	return b
}

func (b *bench) provider(t *testing.T) *oidc.Provider {
	t.Helper()
	p, err := oidc.New(b.config)
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	return p
}

// signIn runs a whole sign-in.
func (b *bench) signIn(t *testing.T, ask oidc.Ask) (*oidc.Grant, error) {
	t.Helper()
	tx := b.p.NewTransaction(ask)
	address, err := b.p.AuthRequest(t.Context(), tx)
	if err != nil {
		return nil, err
	}
	return b.p.Exchange(t.Context(), b.op.Authorize(t, address), tx)
}

func (b *bench) mustSignIn(t *testing.T) *oidc.Grant {
	t.Helper()
	grant, err := b.signIn(t, oidc.Ask{})
	if err != nil {
		t.Fatalf("sign-in refused: %v", err)
	}
	return grant
}

// refused wants a refusal for one reason, fit to be shown.
func refused(t *testing.T, err error, want oidc.Reason) *oidc.Refusal {
	t.Helper()
	var r *oidc.Refusal
	if !errors.As(err, &r) {
		t.Fatalf("got error %v, want a refusal for %s", err, want)
	}
	if r.Reason != want {
		t.Fatalf("refused for %v, want %s", r, want)
	}
	e, ok := errs.As(err)
	if !ok || e.Kind == errs.Internal {
		t.Errorf("the refusal carries no classified error: %v", err)
	}
	if r.Cause == "" || r.Next == "" || e == nil || e.Safe != r.Cause+" "+r.Next || strings.Contains(e.Safe, "%") {
		t.Errorf("not fit for a page: %q / %q", r.Cause, r.Next)
	}
	return r
}

// mutation is one way of misbehaving and the reason it must be refused for.
type mutation struct {
	name     string // rule id and, where there is one, the module of the OpenID Foundation's suite
	settings func(*oidc.Config)
	faults   func(*optest.Faults)
	prepare  func(*testing.T, *bench)
	ask      oidc.Ask
	want     oidc.Reason // empty: must be accepted
}

func runMutations(t *testing.T, table []mutation) {
	t.Helper()
	for _, m := range table {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, func(c *oidc.Config) {
				if m.settings != nil {
					m.settings(c)
				}
			})
			if m.faults != nil {
				b.op.Mutate(m.faults)
			}
			if m.prepare != nil {
				m.prepare(t, b)
			}
			grant, err := b.signIn(t, m.ask)
			if m.want == "" {
				if err != nil {
					t.Fatalf("refused: %v", err)
				}
				return
			}
			refused(t, err, m.want)
			if grant != nil {
				t.Error("a refusal must not carry a grant")
			}
		})
	}
}

// claims makes a fault that changes the ID token's claims.
func claims(change func(c map[string]any)) func(*optest.Faults) {
	return func(f *optest.Faults) { f.Claims = change }
}

// claim makes a fault that sets one claim.
func claim(name string, value any) func(*optest.Faults) {
	return claims(func(c map[string]any) { c[name] = value })
}

// without makes a fault that leaves one claim out.
func without(name string) func(*optest.Faults) {
	return claims(func(c map[string]any) { delete(c, name) })
}

// header makes a fault that sets one member of the token's header.
func header(name string, value any) func(*optest.Faults) {
	return func(f *optest.Faults) { f.Header = func(h map[string]any) { h[name] = value } }
}

// payload makes a fault that inserts text at the start of the claims.
func payload(insert string) func(*optest.Faults) {
	return func(f *optest.Faults) {
		f.Payload = func(b []byte) []byte { return append([]byte("{"+insert), b[1:]...) }
	}
}

func pointer[T any](v T) *T { return &v }
