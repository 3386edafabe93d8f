package keycloak

import (
	"context"
	"crypto/tls"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/connector/guard"
)

// document is the part of the discovery document that matters here.
type document struct {
	Issuer      string `json:"issuer"`
	Keys        string `json:"jwks_uri"`
	EndSession  string `json:"end_session_endpoint"`
	BackChannel bool   `json:"backchannel_logout_supported"`
}

func (t *trial) dns(ctx context.Context) finding {
	host, addresses, err := t.guard.Lookup(ctx)
	if err != nil {
		return failure(err)
	}
	texts := make([]string, 0, 3)
	for _, ip := range addresses[:min(len(addresses), 3)] {
		texts = append(texts, ip.String())
	}
	if len(texts) == 1 && texts[0] == host {
		return passed("The address " + host + " needs no name server.")
	}
	return passed(host + " is at " + strings.Join(texts, ", ") + ".")
}

// discover asks for the discovery document. The answer is kept also when it was a
// refusal: the connection behind it says something about TLS.
func (t *trial) discover(ctx context.Context) {
	var d document
	a, err := t.guard.JSON(ctx, guard.Request{
		Method: http.MethodGet, URL: t.base + "/realms/" + url.PathEscape(t.realm) + "/.well-known/openid-configuration",
		Step: "give its discovery document", Header: http.Header{"Accept": {"application/json"}},
		Refine: func(f *connector.Failure, a *guard.Answer) {
			t.answer = a
			if f.Kind == connector.FailNotFound {
				f.Kind, f.Sentence = connector.FailSettings, t.name+" answered 404: it has no realm called "+t.realm+", or its address is not "+t.base+"."
				f.Fix = "Enter the realm's name as it stands in its address, behind /realms/, and the address in front of it (older versions: with /auth)."
			}
		},
	}, &d)
	t.failed = err
	if err == nil {
		t.answer, t.document = a, &d
	}
}

// soonExpired is how long before its end a certificate is spoken of.
const soonExpired = 14 * 24 * time.Hour

func (t *trial) tls(ctx context.Context) finding {
	t.discover(ctx)
	switch {
	case strings.HasPrefix(t.base, "http:") && t.answer != nil:
		return warn("Plain http on this machine: nothing is encrypted, which is fit for development only.", "Give the https address of "+t.name+".")
	case t.answer == nil || t.answer.TLS == nil || len(t.answer.TLS.PeerCertificates) == 0:
		return unreachable(t.failed)
	}
	leaf := t.answer.TLS.PeerCertificates[0]
	left := leaf.NotAfter.Sub(t.now())
	said := tls.VersionName(t.answer.TLS.Version) + ", valid until " + leaf.NotAfter.UTC().Format("2 Jan 2006, 15:04 UTC") + " (" + days(left) + ")"
	if left < soonExpired {
		return warn("The certificate ends soon: "+said+".", "Renew the certificate of "+t.name+".")
	}
	return passed("The certificate is trusted: " + said + ".")
}

// unreachable is a connection that never was.
func unreachable(err error) finding {
	if err == nil {
		return skip("the connection shows no certificate")
	}
	return failure(err)
}

func days(d time.Duration) string {
	n := int(d / (24 * time.Hour))
	if n == 1 {
		return "1 day"
	}
	return thousands(n) + " days"
}

func (t *trial) discovery(context.Context) finding {
	switch {
	case t.failed != nil && t.answer == nil:
		return skip("there is no connection")
	case t.failed != nil:
		return failure(t.failed)
	case t.document.Issuer == "" || t.document.Keys == "":
		return fail("The discovery document names no issuer or no keys.", "Check that the address is that of Keycloak itself.")
	}
	return passed("The realm " + t.realm + " answers with its discovery document.")
}

func (t *trial) checkIssuer(context.Context) finding {
	if t.document == nil {
		return skip("there is no discovery document")
	}
	if t.document.Issuer == t.issuer {
		return passed("The issuer is " + t.issuer + ".")
	}
	return fail(t.name+" calls itself "+clean(t.document.Issuer)+", and the settings here say "+t.issuer+".",
		"If the first is right, paste it as issuer here. Otherwise set the option hostname of Keycloak, or Realm settings > General > Frontend URL.")
}

// usable are the algorithms that sign-in accepts.
var usable = []string{"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}

func (t *trial) keys(ctx context.Context) finding {
	if t.document == nil || t.document.Keys == "" {
		return skip("there is no discovery document that names them")
	}
	var set struct {
		Keys []struct {
			Use       string `json:"use"`
			Algorithm string `json:"alg"`
		} `json:"keys"`
	}
	_, err := t.guard.JSON(ctx, guard.Request{Method: http.MethodGet, URL: t.document.Keys, Step: "give its signing keys", Header: http.Header{"Accept": {"application/json"}}}, &set)
	if err != nil {
		return failure(err)
	}
	var found []string
	for _, k := range set.Keys {
		if k.Use == "sig" && slices.Contains(usable, k.Algorithm) {
			found = append(found, k.Algorithm)
		}
	}
	if len(found) == 0 {
		return fail(t.name+" publishes no key for signatures that sign-in accepts.", "In Keycloak open Realm settings > Keys > Add provider, and add rsa-generated with RS256.")
	}
	return passed("Keys for signatures: " + strings.Join(found, ", ") + ".")
}

func (t *trial) signOut(ctx context.Context) finding {
	if t.document == nil {
		return skip("there is no discovery document")
	}
	if t.document.EndSession == "" {
		return fail(t.name+" names no sign-out address.", "Check that the address is that of Keycloak itself.")
	}
	if t.tokenNow == nil {
		return warn(t.name+" has a sign-out address. Which applications it tells of ended sessions is not known: there is no token.", "Mend the token first.")
	}
	apps, err := t.ListApps(ctx)
	if f, refused := errors.AsType[*connector.Failure](err); refused {
		return warn(t.name+" has a sign-out address. Which applications it tells of ended sessions is not known. "+f.Sentence, f.Fix)
	}
	var silent []string
	for _, a := range apps {
		if a.SignOutURL == "" {
			silent = append(silent, a.ClientID)
		}
	}
	if len(silent) == 0 {
		return passed(t.name + " has a sign-out address, and tells " + applications(len(apps)) + " of ended sessions.")
	}
	return warn(t.name+" has a sign-out address. It tells "+applications(len(apps)-len(silent))+" of ended sessions, and not these: "+few(silent)+".",
		"In Keycloak open Clients > the application > Settings > Logout settings, and enter its Backchannel logout URL. Without one it lets people in until its own session ends.")
}

func applications(n int) string {
	if n == 1 {
		return "1 application"
	}
	return thousands(n) + " applications"
}

// few lists names, and says how many it left out.
func few(names []string) string {
	const most = 8
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return strings.Join(names[:most], ", ") + " and " + thousands(len(names)-most) + " more"
}
