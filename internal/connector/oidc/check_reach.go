package oidc

import (
	"context"
	"crypto/tls"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/connector/guard"
)

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

// soonExpired is how long before its end a certificate is spoken of.
const soonExpired = 14 * 24 * time.Hour

// tls also asks for the discovery document: the connection behind its answer,
// whatever that is, shows the certificate.
func (t *trial) tls(ctx context.Context) finding {
	t.document, t.failed = t.fetch(ctx, func(a *guard.Answer) { t.answer = a })
	switch {
	case t.answer == nil && t.failed != nil:
		return failure(t.failed)
	case strings.HasPrefix(t.issuer, "http:"):
		return warn("Plain http on this machine: nothing is encrypted, which is fit for development only.", "Give the https address of "+t.name+".")
	case t.answer == nil || t.answer.TLS == nil || len(t.answer.TLS.PeerCertificates) == 0:
		return skip("the connection shows no certificate")
	}
	leaf := t.answer.TLS.PeerCertificates[0]
	left := leaf.NotAfter.Sub(t.now())
	said := tls.VersionName(t.answer.TLS.Version) + ", valid until " + leaf.NotAfter.UTC().Format("2 Jan 2006, 15:04 UTC") + " (" + days(left) + ")"
	if left < soonExpired {
		return warn("The certificate ends soon: "+said+".", "Renew the certificate of "+t.name+".")
	}
	return passed("The certificate is trusted: " + said + ".")
}

func days(d time.Duration) string {
	n := int(d / (24 * time.Hour))
	if n == 1 {
		return "1 day"
	}
	return strconv.Itoa(n) + " days"
}

func (t *trial) discovery(context.Context) finding {
	switch {
	case t.failed != nil && t.answer == nil:
		return skip("there is no connection")
	case t.failed != nil:
		return failure(t.failed)
	case t.document.Issuer == "" || t.document.Keys == "":
		t.document = nil
		return fail("The document at "+t.address()+" names no issuer or no keys.", "Check that the issuer is that of an OpenID provider.")
	}
	return passed(t.name + " answers with its discovery document.")
}

func (t *trial) checkIssuer(context.Context) finding {
	switch {
	case t.document == nil:
		return noDocument
	case t.document.Issuer == t.issuer:
		return passed("The issuer is " + t.issuer + ".")
	}
	return fail(t.name+" calls itself "+clean(t.document.Issuer)+", and the settings here say "+t.issuer+". They must be equal to the last character.",
		"If the first is right, paste it as issuer here.")
}

// usable are the algorithms that sign-in accepts.
var usable = []string{"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}

// kinds are the kinds of keys those need.
var kinds = []string{"RSA", "EC", "OKP"}

func (t *trial) keys(ctx context.Context) finding {
	if t.document == nil {
		return noDocument
	}
	var set struct {
		Keys []struct {
			Kind      string `json:"kty"`
			Use       string `json:"use"`
			Algorithm string `json:"alg"`
		} `json:"keys"`
	}
	_, err := t.guard.JSON(ctx, guard.Request{Method: http.MethodGet, URL: t.document.Keys, Step: "give its signing keys", Header: http.Header{"Accept": {"application/json"}}}, &set)
	if err != nil {
		return failure(err)
	}
	found := 0
	for _, k := range set.Keys {
		if (k.Use == "" || k.Use == "sig") && slices.Contains(kinds, k.Kind) && (k.Algorithm == "" || slices.Contains(usable, k.Algorithm)) {
			found++
		}
	}
	if found == 0 {
		return fail(t.name+" publishes no key for signatures that sign-in accepts.", "Let the provider sign with one of "+strings.Join(usable, ", ")+".")
	}
	return passed(plural(found, "key") + " for signatures.")
}

func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return strconv.Itoa(n) + " " + word + "s"
}

// clean makes foreign text fit for a sentence.
func clean(text string) string {
	text = strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return -1
		}
		return r
	}, text)
	if len(text) > 200 {
		text = text[:200]
	}
	if text == "" {
		return "nothing"
	}
	return text
}

var _ connector.System = (*System)(nil)
