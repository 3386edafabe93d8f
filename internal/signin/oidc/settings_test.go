package oidc_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/signin/oidc"
)

// Every wrong setting is named, with its fix.
func TestSettings(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		change func(*oidc.Config)
		field  string // empty: accepted
	}{
		{"Good", func(*oidc.Config) {}, ""},
		{"KeyEmpty", func(c *oidc.Config) { c.Key = "" }, "key"},
		{"KeyWithSlash", func(c *oidc.Config) { c.Key = "a/b" }, "key"},
		{"KeyUpperCase", func(c *oidc.Config) { c.Key = "Keycloak" }, "key"},
		{"ClientIDEmpty", func(c *oidc.Config) { c.ClientID = "" }, "client_id"},
		{"SecretEmptyForBasic", func(c *oidc.Config) { c.AuthMethod, c.ClientSecret = oidc.AuthBasic, "" }, "client_secret"},
		{"PublicClient", func(c *oidc.Config) { c.AuthMethod, c.ClientSecret = oidc.AuthNone, "" }, ""},
		{"MethodUnknown", func(c *oidc.Config) { c.AuthMethod = "tls_client_auth" }, "auth_method"},
		{"OIDC-28/LeewayTooLong", func(c *oidc.Config) { c.Leeway = 301 * time.Second }, "leeway"},
		{"OIDC-28/LeewayLongest", func(c *oidc.Config) { c.Leeway = 300 * time.Second }, ""},
		{"OIDC-28/LeewayNegative", func(c *oidc.Config) { c.Leeway = -time.Second }, "leeway"},
		{"OIDC-09/AlgNone", func(c *oidc.Config) { c.Algs = []string{"none"} }, "algs"},
		{"OIDC-09/AlgHS256", func(c *oidc.Config) { c.Algs = []string{"RS256", "HS256"} }, "algs"},
		{"OIDC-12/OfflineAccessByScope", func(c *oidc.Config) { c.Scopes = []string{"offline_access"} }, "scopes"},
		{"TwoScopesInOne", func(c *oidc.Config) { c.Scopes = []string{"profile email"} }, "scopes"},
		{"IssuerEmpty", func(c *oidc.Config) { c.Issuer = "" }, "issuer"},
		{"OIDC-02/IssuerHTTP", func(c *oidc.Config) { c.Issuer = "http://op.example" }, "issuer"},
		{"OIDC-02/IssuerHTTPLoopbackWithoutFlag", func(c *oidc.Config) { c.Issuer = "http://localhost:8080" }, "issuer"},
		{"OIDC-02/IssuerHTTPLoopback", func(c *oidc.Config) { c.Issuer, c.DevLoopback = "http://localhost:8080", true }, ""},
		{"OIDC-02/IssuerHTTPElsewhereWithFlag", func(c *oidc.Config) { c.Issuer, c.DevLoopback = "http://localhost.evil.example", true }, "issuer"},
		{"IssuerWithQuery", func(c *oidc.Config) { c.Issuer += "?a=b" }, "issuer"},
		{"IssuerWithFragment", func(c *oidc.Config) { c.Issuer += "#a" }, "issuer"},
		{"IssuerWithUser", func(c *oidc.Config) { c.Issuer = "https://user@op.example" }, "issuer"},
		{"IssuerWithoutScheme", func(c *oidc.Config) { c.Issuer = "op.example" }, "issuer"},
		{"RedirectRelative", func(c *oidc.Config) { c.RedirectURL = "/auth/keycloak/callback" }, "redirect_url"},
		{"RedirectHTTP", func(c *oidc.Config) { c.RedirectURL = "http://console.example.com/cb" }, "redirect_url"},
		{"PostLogoutHTTP", func(c *oidc.Config) { c.PostLogoutURL = "http://console.example.com/" }, "post_logout_url"},
		{"OIDC-11/TenantsWithoutList", func(c *oidc.Config) { c.Issuer = "https://login.example/{tenantid}/v2.0" }, "allowed_tenants"},
		{"OIDC-11/TenantsWithList", func(c *oidc.Config) {
			c.Issuer, c.AllowedTenants = "https://login.example/{tenantid}/v2.0", []string{ours}
		}, ""},
		{"OIDC-11/ListWithoutTenants", func(c *oidc.Config) { c.AllowedTenants = []string{ours} }, "allowed_tenants"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			config := oidc.Config{
				Key: "keycloak", Name: "Keycloak", Issuer: "https://op.example/realms/a", ClientID: "rollcall",
				ClientSecret: "secret", RedirectURL: callbackURL,
			}
			c.change(&config)
			_, err := oidc.New(config)
			if c.field == "" {
				if err != nil {
					t.Fatalf("refused: %v", err)
				}
				return
			}
			e, ok := errs.As(err)
			if !ok || e.Kind != errs.Invalid {
				t.Fatalf("got %v", err)
			}
			at := slices.IndexFunc(e.Fields, func(f errs.Field) bool { return f.Name == c.field })
			if at < 0 || !strings.HasSuffix(e.Fields[at].Message, ".") {
				t.Errorf("fields are %+v, want %s", e.Fields, c.field)
			}
		})
	}
}

// All wrong settings are named at once.
func TestSettingsAllAtOnce(t *testing.T) {
	t.Parallel()
	_, err := oidc.New(oidc.Config{})
	e, ok := errs.As(err)
	if !ok || len(e.Fields) != 4 {
		t.Errorf("got %v", err)
	}
}

// Every reason has words of its own that are fit for a page.
func TestEveryReasonIsWorded(t *testing.T) {
	t.Parallel()
	seen := map[string]oidc.Reason{}
	for _, reason := range oidc.Reasons() {
		r := oidc.Refuse(reason, "100% Keycloak")
		if r.Reason != reason || !strings.HasSuffix(r.Cause, ".") || !strings.HasSuffix(r.Next, ".") {
			t.Errorf("%s: %q %q", reason, r.Cause, r.Next)
		}
		for _, banned := range []string{"%s", "%!", "please", "successfully", "!", "  "} {
			if strings.Contains(strings.ToLower(r.Cause+" "+r.Next), banned) {
				t.Errorf("%s says %q", reason, banned)
			}
		}
		if other, twice := seen[r.Cause]; twice {
			t.Errorf("%s and %s share one cause", reason, other)
		}
		seen[r.Cause] = reason
		if errs.KindOf(r) == errs.Internal {
			t.Errorf("%s has no kind", reason)
		}
	}
	source, err := os.ReadFile("reason.go")
	if err != nil {
		t.Fatal(err)
	}
	declared := regexp.MustCompile(`Reason = "(\w+)"`).FindAllSubmatch(source, -1)
	if len(declared) != len(seen) {
		t.Errorf("%d reasons are declared and %d worded", len(declared), len(seen))
	}
	if got := oidc.Refuse("made_up", "X"); got.Reason != "made_up" || errs.KindOf(got) != errs.Unauthorized {
		t.Errorf("an unknown reason must still refuse: %v", got)
	}
}
