package oidc_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/rollcall/rollcall/internal/signin/oidc"
	"github.com/rollcall/rollcall/internal/signin/optest"
)

const (
	ours   = "11111111-1111-1111-1111-111111111111"
	theirs = "22222222-2222-2222-2222-222222222222"
)

// tenants configures a provider whose issuer serves many tenants, and lets it
// issue tokens of one of them.
func tenants(t *testing.T, tid string, more func(c map[string]any)) *bench {
	t.Helper()
	b := setup(t, func(c *oidc.Config) {
		c.Issuer += "/{tenantid}/v2.0"
		c.AllowedTenants = []string{ours}
	})
	base := b.op.Issuer
	b.op.Mutate(func(f *optest.Faults) {
		f.Metadata = func(doc map[string]any) { doc["issuer"] = base + "/{tenantid}/v2.0" }
		f.Claims = func(c map[string]any) {
			c["iss"], c["tid"] = base+"/"+tid+"/v2.0", tid
			if more != nil {
				more(c)
			}
		}
		f.Callback = func(v url.Values) { v.Set("iss", base+"/"+tid+"/v2.0") }
	})
	return b
}

// TestTenants holds OIDC-11: many tenants need an explicit list, and the
// issuer is compared all the same.
func TestTenants(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		tid    string
		claims func(c map[string]any)
		keys   string // issuer member of the published key
		noIss  bool   // callback without iss
		want   oidc.Reason
	}{
		{name: "Ours", tid: ours},
		{name: "OursByAnUnboundKey", tid: ours, keys: "/{tenantid}/v2.0"},
		{name: "OursByOurKey", tid: ours, keys: "/" + ours + "/v2.0"},
		{name: "OursByTheirKey", tid: ours, keys: "/" + theirs + "/v2.0", want: oidc.ReasonIssuerMismatch},
		{name: "TheirsInCallback", tid: theirs, want: oidc.ReasonIssuerMismatch},
		{name: "Theirs", tid: theirs, noIss: true, want: oidc.ReasonTenantRefused},
		{name: "TidOursIssTheirs", tid: ours, claims: func(c map[string]any) {
			c["iss"] = strings.Replace(c["iss"].(string), ours, theirs, 1)
		}, want: oidc.ReasonIssuerMismatch},
		{name: "TidTheirsIssOurs", tid: ours, claims: func(c map[string]any) { c["tid"] = theirs }, want: oidc.ReasonTenantRefused},
		{name: "TidMissing", tid: ours, claims: func(c map[string]any) { delete(c, "tid") }, want: oidc.ReasonTenantRefused},
		{name: "TemplateAsIssuer", tid: ours, claims: func(c map[string]any) {
			c["iss"] = strings.Replace(c["iss"].(string), ours, "{tenantid}", 1)
		}, want: oidc.ReasonIssuerMismatch},
	} {
		t.Run("OIDC-11/"+c.name, func(t *testing.T) {
			t.Parallel()
			b := tenants(t, c.tid, c.claims)
			base := b.op.Issuer
			b.op.Mutate(func(f *optest.Faults) {
				if c.keys != "" {
					f.Keys = func(keys []map[string]any) []map[string]any {
						keys[0]["issuer"] = base + c.keys
						return keys
					}
				}
				if c.noIss {
					inner := f.Metadata
					f.Metadata = func(doc map[string]any) {
						inner(doc)
						delete(doc, "authorization_response_iss_parameter_supported")
					}
					f.Callback = func(v url.Values) { v.Del("iss") }
				}
			})
			grant, err := b.signIn(t, oidc.Ask{})
			if c.want != "" {
				refused(t, err, c.want)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if grant.Identity.Tenant != ours || grant.Identity.Issuer != b.op.Issuer+"/"+ours+"/v2.0" {
				t.Errorf("identity of %q at %q", grant.Identity.Tenant, grant.Identity.Issuer)
			}
		})
	}
}
