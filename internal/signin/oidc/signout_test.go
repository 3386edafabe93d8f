package oidc_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rollcall/rollcall/internal/signin/oidc"
	"github.com/rollcall/rollcall/internal/signin/optest"
)

// TestSignOutURL holds the address half of LOG-01.
func TestSignOutURL(t *testing.T) {
	t.Parallel()
	hint := strings.Repeat("x", 1000)
	for _, c := range []struct {
		name     string
		settings func(*oidc.Config)
		endpoint string
		hint     oidc.Secret
		want     url.Values
	}{
		{name: "Whole", hint: oidc.Secret(hint), want: url.Values{
			"client_id": {"rollcall"}, "id_token_hint": {hint}, "state": {"s1"},
			"post_logout_redirect_uri": {"https://console.example.com/signed-out"},
		}},
		{name: "WithoutHint", want: url.Values{
			"client_id": {"rollcall"}, "state": {"s1"}, "post_logout_redirect_uri": {"https://console.example.com/signed-out"},
		}},
		{name: "HintTooLongForAnAddress", hint: oidc.Secret(strings.Repeat("x", 5<<10)), want: url.Values{
			"client_id": {"rollcall"}, "state": {"s1"}, "post_logout_redirect_uri": {"https://console.example.com/signed-out"},
		}},
		{name: "NoReturnRegistered", settings: func(c *oidc.Config) { c.PostLogoutURL = "" }, want: url.Values{"client_id": {"rollcall"}}},
		{name: "EndpointWithQuery", endpoint: "/logout?realm=a", want: url.Values{
			"realm": {"a"}, "client_id": {"rollcall"}, "state": {"s1"}, "post_logout_redirect_uri": {"https://console.example.com/signed-out"},
		}},
	} {
		t.Run("LOG-01/"+c.name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, func(cfg *oidc.Config) {
				if c.settings != nil {
					c.settings(cfg)
				}
			})
			if c.endpoint != "" {
				b.op.Mutate(func(f *optest.Faults) {
					f.Metadata = func(doc map[string]any) { doc["end_session_endpoint"] = b.op.Issuer + c.endpoint }
				})
			}
			address, ok := b.p.SignOutURL(t.Context(), c.hint, "s1")
			u, err := url.Parse(address)
			if !ok || err != nil || !strings.HasPrefix(address, b.op.Issuer+"/logout?") {
				t.Fatalf("got %q, %t, %v", address, ok, err)
			}
			if diff := cmp.Diff(c.want, u.Query()); diff != "" {
				t.Errorf("query (-want +got):\n%s", diff)
			}
		})
	}
}

// LOG-01, LOG-03: without an address at the provider, signing out stays local.
func TestSignOutStaysLocal(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.op.Mutate(func(f *optest.Faults) {
		f.Metadata = func(doc map[string]any) { delete(doc, "end_session_endpoint") }
	})
	if address, ok := b.p.SignOutURL(t.Context(), "x", "s"); ok {
		t.Errorf("no endpoint, and yet %q", address)
	}
	down := setup(t)
	down.op.Stop()
	if address, ok := down.p.SignOutURL(t.Context(), "x", "s"); ok {
		t.Errorf("provider down, and yet %q", address)
	}
	known := setup(t)
	known.mustSignIn(t)
	known.op.Stop()
	if _, ok := known.p.SignOutURL(t.Context(), "x", "s"); !ok {
		t.Error("a provider that is down for a moment keeps its sign-out address")
	}
}
