package oidc_test

import (
	"crypto/rsa"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/signin/oidc"
	"github.com/rollcall/rollcall/internal/signin/optest"
)

// flood signs in with n tokens that name random keys, a few at a time.
func flood(t *testing.T, b *bench, n, together int) {
	t.Helper()
	b.op.Mutate(func(f *optest.Faults) {
		kid := 0
		f.Header = func(h map[string]any) { kid++; h["kid"] = fmt.Sprint("random-", kid) }
	})
	var wg sync.WaitGroup
	for range together {
		wg.Go(func() {
			for range n / together {
				_, err := b.signIn(t, oidc.Ask{})
				refused(t, err, oidc.ReasonUnknownKey)
			}
		})
	}
	wg.Wait()
}

// OIDC-05: tokens cannot drive the fetching of keys.
func TestUnknownKidFlood(t *testing.T) {
	t.Parallel()
	for _, together := range []int{1, 8} {
		t.Run(fmt.Sprint(together), func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			flood(t, b, 200, together)
			if got := b.op.Count(optest.JWKS); got > 2 {
				t.Errorf("200 unknown key ids made %d fetches, want at most 2", got)
			}
			// One more per interval, and no more than that.
			before := b.op.Count(optest.JWKS)
			b.clock.Pass(30 * time.Second)
			flood(t, b, 40, together)
			if got := b.op.Count(optest.JWKS) - before; got > 1 {
				t.Errorf("%d fetches in the next interval, want at most 1", got)
			}
			// The flood locked nobody out.
			b.op.Mutate(func(f *optest.Faults) { f.Header = nil })
			b.mustSignIn(t)
		})
	}
}

// OIDC-05: the same unknown key id is not looked for twice within a minute,
// even when the pace would allow it.
func TestUnknownKidIsRemembered(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.mustSignIn(t)
	b.clock.Pass(time.Minute)
	b.op.Mutate(header("kid", "gone"))
	for range 3 {
		_, err := b.signIn(t, oidc.Ask{})
		refused(t, err, oidc.ReasonUnknownKey)
	}
	if got := b.op.Count(optest.JWKS); got != 2 {
		t.Errorf("%d fetches, want 2: the first sign-in's and one for the unknown key", got)
	}
}

// OIDC-06, twice over: a new key works after one fetch, with no restart.
func TestSigningKeyRotation(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.mustSignIn(t)
	for round, key := range []*optest.Key{optest.NewKey("k2", "RS256"), optest.NewKey("k3", "ES256")} {
		b.clock.Pass(31 * time.Second)
		before := b.op.Count(optest.JWKS)
		b.op.SignWith(key)
		b.mustSignIn(t)
		if got := b.op.Count(optest.JWKS) - before; got != 1 {
			t.Errorf("rotation %d: %d fetches, want 1", round+1, got)
		}
	}
}

// OIDC-06: the provider rotates while our request is on its way to it, and all
// sign-ins of that moment succeed on one fetch.
func TestSigningKeyRotationJustBeforeSigning(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.mustSignIn(t)
	type begun struct {
		tx      oidc.Transaction
		address string
	}
	var all []begun
	for range 10 {
		tx := b.p.NewTransaction(oidc.Ask{})
		address, err := b.p.AuthRequest(t.Context(), tx)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, begun{tx, address})
	}
	b.op.SignWith(optest.NewKey("k2", "ES256"), optest.NewKey("k1", "RS256"))
	var wg sync.WaitGroup
	for _, one := range all {
		wg.Go(func() {
			_, err := b.p.Exchange(t.Context(), b.op.Authorize(t, one.address), one.tx)
			if err != nil {
				t.Errorf("refused: %v", err)
			}
		})
	}
	wg.Wait()
	if got := b.op.Count(optest.JWKS); got > 2 {
		t.Errorf("%d fetches, want at most 2", got)
	}
}

// OIDC-06: a withdrawn key is refused once the kept set has ended.
func TestWithdrawnKeyIsRefused(t *testing.T) {
	t.Parallel()
	b := setup(t)
	old := optest.NewKey("k1", "RS256")
	b.mustSignIn(t)
	b.op.SignWith(optest.NewKey("k2", "RS256"))
	b.op.SignSecretly(old)
	b.clock.Pass(9 * time.Minute)
	b.mustSignIn(t) // still kept
	b.clock.Pass(2 * time.Minute)
	_, err := b.signIn(t, oidc.Ask{})
	refused(t, err, oidc.ReasonUnknownKey)
}

// Keys that cannot be read for a while stay usable, but not for ever.
func TestKeysBridgeAnOutage(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.mustSignIn(t)
	b.op.Serve(optest.JWKS, serverError)
	b.clock.Pass(30 * time.Minute)
	b.mustSignIn(t)
	if h := b.p.Health(); h.OK || h.Reason != oidc.ReasonProviderUnreachable {
		t.Errorf("health is %+v although the keys cannot be read", h)
	}
	b.clock.Pass(time.Hour)
	_, err := b.signIn(t, oidc.Ask{})
	refused(t, err, oidc.ReasonProviderUnreachable)
}

// OIDC-07: which published keys may sign. Each case publishes one key in a
// form, signs with it, and says whether that is accepted.
func TestKeyFilter(t *testing.T) {
	t.Parallel()
	with := func(name string, value any) func(*optest.Key) {
		return func(k *optest.Key) { k.JWK[name] = value }
	}
	for _, c := range []struct {
		name   string
		alg    string
		change func(*optest.Key)
		ok     bool
	}{
		{"UseAbsent", "RS256", func(k *optest.Key) { delete(k.JWK, "use") }, true},
		{"UseEnc", "RS256", with("use", "enc"), false},
		{"UseEncWithoutAlg", "RS256", func(k *optest.Key) { k.JWK["use"] = "enc"; delete(k.JWK, "alg") }, false},
		{"UseNull", "RS256", with("use", nil), false},
		{"KeyOpsVerify", "RS256", with("key_ops", []string{"verify"}), true},
		{"KeyOpsEncrypt", "RS256", with("key_ops", []string{"encrypt"}), false},
		{"KeyOpsText", "RS256", with("key_ops", "verify"), false},
		{"AlgAbsent", "RS256", func(k *optest.Key) { delete(k.JWK, "alg") }, true},
		{"AlgOAEP", "RS256", with("alg", "RSA-OAEP"), false},
		{"AlgNumber", "RS256", with("alg", 1), false},
		{"P384WithoutAlgSigningES256", "ES384", func(k *optest.Key) { delete(k.JWK, "alg"); k.Alg = "ES256" }, false},
		{"ExponentOne", "RS256", with("e", "AQ"), false},
		{"ExponentEven", "RS256", with("e", "AQAA"), false},
		{"Ed25519", "EdDSA", nil, true},
		{"Ed448Curve", "EdDSA", with("crv", "Ed448"), false},
		{"P256", "ES256", nil, true},
		{"PointOffTheCurve", "ES256", func(k *optest.Key) { k.JWK["y"] = k.JWK["x"] }, false},
		{"Oct", "RS256", func(k *optest.Key) { k.JWK = map[string]any{"kty": "oct", "kid": "k1", "k": "c2VjcmV0"} }, false},
		{"PrivateKeyPublished", "EdDSA", with("d", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), false},
	} {
		t.Run("OIDC-07/"+c.name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			key := optest.NewKey("k1", c.alg)
			if c.change != nil {
				c.change(key)
			}
			b.op.SignWith(key)
			_, err := b.signIn(t, oidc.Ask{})
			if c.ok && err != nil {
				t.Errorf("refused: %v", err)
			}
			if !c.ok {
				refused(t, err, oidc.ReasonUnknownKey)
			}
		})
	}
	t.Run("OIDC-07/RSA1024", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		b.op.SignWith(optest.NewRSAKey("k1", "RS256", 1024))
		_, err := b.signIn(t, oidc.Ask{})
		refused(t, err, oidc.ReasonUnknownKey)
	})
}

// OIDC-07: keys of unknown kinds and broken ones do not spoil the others.
func TestStrangeKeysAreNotFatal(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.op.Mutate(func(f *optest.Faults) {
		f.Keys = func(keys []map[string]any) []map[string]any {
			return append([]map[string]any{
				{"kty": "OKP", "crv": "Ed448", "kid": "a", "x": "AAAA"},
				{"kty": "OKP", "crv": "X25519", "kid": "b", "use": "enc", "x": "AAAA"},
				{"kty": "EC", "crv": "secp256k1", "alg": "ES256K", "kid": "c"},
				{"kty": "AKP", "alg": "ML-DSA-65", "kid": "d", "pub": "AAAA"},
				{"kty": "RSA", "kid": "k1"},
				{"kty": 7}, {},
			}, keys...)
		}
	})
	b.mustSignIn(t)
}

// OIDC-10, module names of the Basic RP plan.
func TestKidAbsent(t *testing.T) {
	t.Parallel()
	noKid := func(f *optest.Faults) { f.Header = func(h map[string]any) { delete(h, "kid") } }
	one := optest.NewKey("k1", "RS256")
	runMutations(t, []mutation{
		{name: "OIDC-10/KidAbsentSingle", faults: noKid},
		{name: "OIDC-10/KidAbsentMultiple", faults: noKid, prepare: func(_ *testing.T, b *bench) {
			b.op.SignWith(one, optest.NewKey("k2", "RS256"), optest.NewKey("e1", "ES256"))
		}},
		{name: "OIDC-10/KidAbsentMultipleSecondSigns", faults: noKid, prepare: func(_ *testing.T, b *bench) {
			b.op.SignWith(optest.NewKey("k2", "RS256"), one)
			b.op.SignSecretly(one)
		}},
		{name: "OIDC-10/KidAbsentNoneSigned", faults: noKid, prepare: func(_ *testing.T, b *bench) {
			b.op.SignWith(one, optest.NewKey("e1", "ES256"))
			b.op.SignSecretly(optest.NewKey("k9", "RS256"))
		}, want: oidc.ReasonSignatureInvalid},
		{name: "OIDC-10/KidAbsentNoneOfThatKind", faults: noKid, prepare: func(_ *testing.T, b *bench) {
			b.op.SignWith(one)
			b.op.SignSecretly(optest.NewKey("e9", "ES256"))
		}, want: oidc.ReasonUnknownKey},
		{name: "OIDC-10/TwoKeysOfOneKid", prepare: func(_ *testing.T, b *bench) {
			b.op.SignWith(one, optest.NewKey("k1", "ES256"))
		}},
	})
	t.Run("OIDC-10/KidAbsentRotation", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		b.op.Mutate(noKid)
		b.mustSignIn(t)
		b.op.SignWith(optest.NewKey("k2", "RS256"))
		b.mustSignIn(t)
	})
}

// The pool of test keys must give different keys for different ids, or the
// tests above prove nothing.
func TestTestKeysDiffer(t *testing.T) {
	t.Parallel()
	a, b := optest.NewKey("k1", "RS256").Private.(*rsa.PrivateKey), optest.NewKey("k2", "RS256").Private.(*rsa.PrivateKey)
	if a.Equal(b) {
		t.Error("two ids, one key")
	}
}
