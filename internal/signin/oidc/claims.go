package oidc

import (
	"crypto/subtle"
	"encoding/json"
	"math"
	"slices"
	"strings"
	"time"
)

// claimSet is what a token says, strictly decoded.
type claimSet map[string]any

// expectation is what an ID token must fit: the sign-in it answers.
type expectation struct {
	tx     Transaction
	access string // access token that came with it
	issuer string // issuer the callback named, if it did
	skew   time.Duration
}

// judgeID holds the rules for ID tokens that the library lets pass.
func (p *Provider) judgeID(c claimSet, key signingKey, want expectation) *Refusal {
	if _, said := c["events"]; said {
		return p.refuse(ReasonTypeRefused).detail("claim events") // OIDC-29
	}
	for _, rule := range []func() *Refusal{
		func() *Refusal { return p.judgeIssuer(c, key, want.issuer) },
		func() *Refusal { return p.judgeSubject(c) },
		func() *Refusal { return p.judgeAudience(c) },
		func() *Refusal { return p.judgeTimes(c, want.skew) },
		func() *Refusal { return p.judgeNonce(c, want.tx.Nonce) },
		func() *Refusal { return p.judgeStrength(c, want.tx) },
		func() *Refusal { return p.judgeHeld(c) },
	} {
		if refusal := rule(); refusal != nil {
			return refusal
		}
	}
	if hash, said := c["at_hash"]; said {
		if s, ok := hash.(string); !ok || s == "" {
			return p.refuse(ReasonHashMismatch).detail("at_hash is not a text")
		}
	}
	return nil
}

// judgeIssuer compares byte for byte (OIDC-01). Of a multi-tenant issuer the
// token's own tenant fills the place, and must be one of those allowed (OIDC-11).
func (p *Provider) judgeIssuer(c claimSet, key signingKey, callback string) *Refusal {
	issuer := text(c, "iss")
	want := p.config.Issuer
	if p.config.multi() {
		tenant := text(c, "tid")
		if !slices.Contains(p.config.AllowedTenants, tenant) {
			return p.refuse(ReasonTenantRefused).detail("tid %.80q", tenant)
		}
		want = p.config.issuerOf(tenant)
		bound := strings.Replace(key.issuer, TenantMark, tenant, 1)
		if key.issuer != "" && bound != issuer {
			return p.refuse(ReasonIssuerMismatch).detail("key of %.200q", key.issuer)
		}
	}
	if issuer != want || callback != "" && callback != issuer {
		return p.refuse(ReasonIssuerMismatch).detail("expected %q, token %.200q", want, issuer)
	}
	return nil
}

// issuerOf fills a multi-tenant issuer.
func (c Config) issuerOf(tenant string) string {
	return strings.Replace(c.Issuer, TenantMark, tenant, 1)
}

// judgeSubject wants 1 to 255 ASCII characters, none of them a control
// character: the subject is a key, stored and logged as it is (OIDC-26).
func (p *Provider) judgeSubject(c claimSet) *Refusal {
	sub, ok := c["sub"].(string)
	if !ok {
		return p.refuse(ReasonSubjectInvalid).detail("sub is missing or not a text")
	}
	if len(sub) == 0 || len(sub) > 255 {
		return p.refuse(ReasonSubjectInvalid).detail("sub has %d bytes", len(sub))
	}
	for i := range len(sub) {
		if sub[i] < 0x20 || sub[i] > 0x7e {
			return p.refuse(ReasonSubjectInvalid).detail("sub has byte %#x", sub[i])
		}
	}
	return nil
}

// judgeAudience wants a token for us, and for nobody we were not told of (OIDC-27).
func (p *Provider) judgeAudience(c claimSet) *Refusal {
	audience, ok := texts(c["aud"])
	if one, single := c["aud"].(string); single {
		audience, ok = []string{one}, true
	}
	if !ok || !slices.Contains(audience, p.config.ClientID) {
		return p.refuse(ReasonAudienceMismatch).detail("aud %.200q", audience)
	}
	for _, other := range audience {
		if other != p.config.ClientID && !slices.Contains(p.config.ExtraAudiences, other) {
			return p.refuse(ReasonAudienceMismatch).detail("extra aud %.200q", other)
		}
	}
	party, said := c["azp"]
	if len(audience) > 1 && !said {
		return p.refuse(ReasonPartyMismatch).detail("several aud and no azp")
	}
	if said && party != p.config.ClientID {
		return p.refuse(ReasonPartyMismatch).detail("azp %.200q", text(c, "azp"))
	}
	return nil
}

// judgeNonce ties the token to this sign-in (OIDC-15).
func (p *Provider) judgeNonce(c claimSet, want string) *Refusal {
	got, said := c["nonce"]
	if !said {
		return p.refuse(ReasonNonceMissing)
	}
	nonce, _ := got.(string)
	if want == "" || subtle.ConstantTimeCompare([]byte(nonce), []byte(want)) != 1 {
		return p.refuse(ReasonNonceMismatch)
	}
	return nil
}

// farFuture is the first second of the year 10000.
const farFuture = 253402300800

// instant reads a NumericDate. The second result says whether there is a
// usable one; an unusable one is as good as none.
func (c claimSet) instant(name string) (time.Time, bool) {
	number, ok := c[name].(json.Number)
	if !ok {
		return time.Time{}, false
	}
	f, err := number.Float64()
	if err != nil || math.IsNaN(f) || f <= 0 || f >= farFuture {
		return time.Time{}, false
	}
	whole, part := math.Modf(f)
	return time.Unix(int64(whole), int64(part*float64(time.Second))).UTC(), true
}
