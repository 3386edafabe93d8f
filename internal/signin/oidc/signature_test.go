package oidc_test

import (
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"maps"
	"strings"
	"testing"

	"github.com/rollcall/rollcall/internal/signin/oidc"
	"github.com/rollcall/rollcall/internal/signin/optest"
)

// resigned makes a fault that signs by another algorithm or key, with a header
// changed to match.
func resigned(alg string, key any, change func(h map[string]any)) func(*optest.Faults) {
	return func(f *optest.Faults) {
		f.Sign = func(header, payload []byte) string {
			var h map[string]any
			if json.Unmarshal(header, &h) != nil {
				panic("header")
			}
			if change != nil {
				change(h)
			}
			header, _ = json.Marshal(h)
			return optest.Sign(alg, key, header, payload)
		}
	}
}

func set(name string, value any) func(map[string]any) {
	return func(h map[string]any) { h[name] = value }
}

// TestSignature holds OIDC-08 and OIDC-09.
func TestSignature(t *testing.T) {
	t.Parallel()
	honest, evil := optest.NewKey("k1", "RS256"), optest.NewKey("evil", "RS256")
	modulus := honest.Private.(*rsa.PrivateKey).N.Bytes()
	alg, forged := oidc.ReasonAlgRefused, oidc.ReasonSignatureInvalid
	tamper := func(i int, change func(string) string) func(*optest.Faults) {
		return func(f *optest.Faults) {
			f.Compact = func(token string) string {
				parts := strings.Split(token, ".")
				parts[i] = change(parts[i])
				return strings.Join(parts, ".")
			}
		}
	}
	attacker := maps.Clone(evil.JWK)
	runMutations(t, []mutation{
		{name: "OIDC-09/IdTokenSigAlgNone", faults: resigned("none", nil, set("alg", "none")), want: alg},
		{name: "OIDC-09/NonePretendingRS256", faults: resigned("none", nil, nil), want: forged},
		{name: "OIDC-09/NoneCapitalised", faults: resigned("none", nil, set("alg", "nOnE")), want: alg},
		{name: "OIDC-09/HS256WithModulus", faults: resigned("HS256", modulus, set("alg", "HS256")), want: alg},
		{name: "OIDC-09/HS256WithClientSecret", faults: resigned("HS256", []byte("s3cret & more"), set("alg", "HS256")), want: alg},
		{name: "OIDC-09/RS384NotListed", faults: resigned("RS384", honest.Private, set("alg", "RS384")), want: alg},
		{name: "OIDC-09/AlgMissing", faults: func(f *optest.Faults) { f.Header = func(h map[string]any) { delete(h, "alg") } }, want: alg},
		{name: "OIDC-09/AlgList", faults: header("alg", []string{"RS256"}), want: alg},
		{name: "OIDC-09/RS256OnlyConfigured", settings: func(c *oidc.Config) { c.Algs = []string{"RS256"} },
			faults: resigned("PS256", honest.Private, set("alg", "PS256")), want: alg},
		{name: "OIDC-09/InvalidSignatureRS256", faults: resigned("RS256", evil.Private, nil), want: forged},
		{name: "OIDC-09/InvalidSignatureES256", prepare: func(_ *testing.T, b *bench) {
			b.op.SignWith(optest.NewKey("e1", "ES256"))
			b.op.Mutate(resigned("ES256", optest.NewKey("e1", "ES256").Private, nil))
		}, want: forged},
		{name: "OIDC-09/InvalidSignaturePS256", prepare: func(_ *testing.T, b *bench) {
			b.op.SignWith(optest.NewKey("p1", "PS256"))
			b.op.Mutate(resigned("PS256", evil.Private, nil))
		}, want: forged},
		{name: "OIDC-09/InvalidSignatureEdDSA", prepare: func(_ *testing.T, b *bench) {
			b.op.SignWith(optest.NewKey("d1", "EdDSA"))
			b.op.Mutate(resigned("EdDSA", optest.NewKey("d1", "EdDSA").Private, nil))
		}, want: forged},
		{name: "OIDC-09/TamperedClaims", faults: tamper(1, func(string) string {
			return base64.RawURLEncoding.EncodeToString([]byte(`{"sub":"victim"}`))
		}), want: forged},
		{name: "OIDC-09/EmptySignature", faults: tamper(2, func(string) string { return "" }), want: forged},
		{name: "OIDC-09/KeySaysOtherAlg", prepare: func(_ *testing.T, b *bench) {
			key := optest.NewKey("k1", "RS256")
			key.JWK["alg"] = "PS256"
			b.op.SignWith(key)
		}, want: oidc.ReasonUnknownKey},

		{name: "OIDC-08/EmbeddedJWK", faults: resigned("RS256", evil.Private, set("jwk", attacker)), want: forged},
		{name: "OIDC-08/EmbeddedJWKUnknownKid", faults: resigned("RS256", evil.Private, func(h map[string]any) {
			h["jwk"], h["kid"] = attacker, "evil"
		}), want: oidc.ReasonUnknownKey},
		{name: "OIDC-08/JKU", faults: resigned("RS256", evil.Private, set("jku", "https://evil.example/jwks")), want: forged},
		{name: "OIDC-08/X5U", faults: resigned("RS256", evil.Private, set("x5u", "https://evil.example/cert")), want: forged},
		{name: "OIDC-08/CritUnknown", faults: header("crit", []string{"exp"}), want: oidc.ReasonHeaderRefused},
		{name: "OIDC-08/CritEmpty", faults: header("crit", []string{}), want: oidc.ReasonHeaderRefused},
		{name: "OIDC-08/B64", faults: header("b64", false), want: oidc.ReasonHeaderRefused},
		{name: "OIDC-08/HonestTokenWithJKU", faults: header("jku", "https://evil.example/jwks")},

		// STANDARDS 0.2: what go-jose accepts and we do not.
		{name: "SaltOfOtherLength", prepare: func(_ *testing.T, b *bench) {
			key := optest.NewKey("p1", "PS256")
			b.op.SignWith(key)
			b.op.Mutate(resigned("PS256/salt", key.Private, nil))
		}, want: forged},
		{name: "PaddedBase64", faults: tamper(2, func(s string) string { return s + "==" }), want: oidc.ReasonTokenMalformed},
		{name: "LineBreakInBase64", faults: tamper(2, func(s string) string { return s[:10] + "\n" + s[10:] }), want: oidc.ReasonTokenMalformed},
		{name: "StrayBitsInBase64", faults: tamper(2, strayBits), want: oidc.ReasonTokenMalformed},
		{name: "DuplicateAlgInHeader", faults: func(f *optest.Faults) {
			f.Sign = func(header, payload []byte) string {
				return optest.Sign("RS256", honest.Private, append([]byte(`{"alg":"none",`), header[1:]...), payload)
			}
		}, want: oidc.ReasonTokenMalformed},
		{name: "KidNumber", faults: header("kid", 1), want: oidc.ReasonTokenMalformed},
		{name: "KidOf300Characters", faults: header("kid", strings.Repeat("k", 300)), want: oidc.ReasonTokenMalformed},
	})
}

// strayBits respells the last character: the 256 bytes of the signature leave
// four of its six bits unused, which a lenient decoder ignores.
func strayBits(s string) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	last := strings.IndexByte(alphabet, s[len(s)-1])
	return s[:len(s)-1] + string(alphabet[last|1])
}
