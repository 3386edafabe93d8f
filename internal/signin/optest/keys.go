package optest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	_ "crypto/sha512" // for crypto.Hash
	"encoding/base64"
	"fmt"
	"math/big"
	"strings"
	"sync"
)

// Key is a signing key and the form in which it is published.
type Key struct {
	ID      string
	Alg     string
	Private any            // *rsa.PrivateKey, *ecdsa.PrivateKey, ed25519.PrivateKey, or []byte for HS256
	JWK     map[string]any // change it to publish the key in another form
}

// rsaPool saves the tests from making the same large keys again and again.
var rsaPool = struct {
	sync.Mutex
	keys map[string]*rsa.PrivateKey
}{keys: map[string]*rsa.PrivateKey{}}

func rsaKey(id string, bits int) *rsa.PrivateKey {
	rsaPool.Lock()
	defer rsaPool.Unlock()
	name := fmt.Sprint(bits, " ", id)
	if rsaPool.keys[name] == nil {
		key, err := rsa.GenerateKey(rand.Reader, bits)
		if err != nil {
			panic(err)
		}
		rsaPool.keys[name] = key
	}
	return rsaPool.keys[name]
}

// NewKey makes a key for an algorithm. RSA keys of the same id are the same
// key within one run of the tests; the others are new each time.
func NewKey(id, alg string) *Key {
	switch {
	case strings.HasPrefix(alg, "RS"), strings.HasPrefix(alg, "PS"):
		return NewRSAKey(id, alg, 2048)
	case strings.HasPrefix(alg, "ES"):
		curve := map[string]elliptic.Curve{"ES256": elliptic.P256(), "ES384": elliptic.P384(), "ES512": elliptic.P521()}[alg]
		private, err := ecdsa.GenerateKey(curve, rand.Reader)
		if err != nil {
			panic(err)
		}
		return ecKey(id, alg, private)
	case alg == "EdDSA":
		public, private, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			panic(err)
		}
		return &Key{ID: id, Alg: alg, Private: private, JWK: map[string]any{
			"kty": "OKP", "crv": "Ed25519", "kid": id, "alg": alg, "use": "sig", "x": b64(public),
		}}
	}
	panic("optest: no key for " + alg)
}

// NewRSAKey makes an RSA key of a chosen size.
func NewRSAKey(id, alg string, bits int) *Key {
	private := rsaKey(id, bits)
	return &Key{ID: id, Alg: alg, Private: private, JWK: map[string]any{
		"kty": "RSA", "kid": id, "alg": alg, "use": "sig",
		"n": b64(private.N.Bytes()), "e": b64(big.NewInt(int64(private.E)).Bytes()),
	}}
}

func ecKey(id, alg string, private *ecdsa.PrivateKey) *Key {
	size := (private.Params().BitSize + 7) / 8
	point, err := private.PublicKey.Bytes() // uncompressed: 4, x, y
	if err != nil {
		panic(err)
	}
	return &Key{ID: id, Alg: alg, Private: private, JWK: map[string]any{
		"kty": "EC", "crv": private.Params().Name, "kid": id, "alg": alg, "use": "sig",
		"x": b64(point[1 : 1+size]), "y": b64(point[1+size:]),
	}}
}

// Sign makes a compact JWS of header and payload exactly as they are given.
// The algorithm decides the mathematics; the header may say something else.
// "none" leaves the signature empty; "PS256/salt" signs PS256 with a salt of the wrong length.
func Sign(alg string, key any, header, payload []byte) string {
	input := b64(header) + "." + b64(payload)
	return input + "." + b64(signature(alg, key, []byte(input)))
}

func signature(alg string, key any, input []byte) []byte {
	alg, variant, _ := strings.Cut(alg, "/")
	if alg == "none" {
		return nil
	}
	if alg == "HS256" {
		mac := hmac.New(sha256.New, key.([]byte))
		mac.Write(input)
		return mac.Sum(nil)
	}
	var out []byte
	var err error
	switch private := key.(type) {
	case *rsa.PrivateKey:
		h, digest := hashed(alg, input)
		if strings.HasPrefix(alg, "PS") {
			salt := rsa.PSSSaltLengthEqualsHash
			if variant != "" {
				salt = 20 // of another length than the hash
			}
			out, err = rsa.SignPSS(rand.Reader, private, h, digest, &rsa.PSSOptions{SaltLength: salt})
		} else {
			out, err = rsa.SignPKCS1v15(rand.Reader, private, h, digest)
		}
	case *ecdsa.PrivateKey:
		_, digest := hashed(alg, input)
		size := (private.Params().BitSize + 7) / 8
		r, s, signErr := ecdsa.Sign(rand.Reader, private, digest)
		if signErr != nil {
			panic(signErr)
		}
		out = append(r.FillBytes(make([]byte, size)), s.FillBytes(make([]byte, size))...)
	case ed25519.PrivateKey:
		out = ed25519.Sign(private, input)
	default:
		panic(fmt.Sprintf("optest: cannot sign with %T", key))
	}
	if err != nil {
		panic(err)
	}
	return out
}

func hashed(alg string, input []byte) (crypto.Hash, []byte) {
	h := hashOf(alg)
	digest := h.New()
	digest.Write(input)
	return h, digest.Sum(nil)
}

func hashOf(alg string) crypto.Hash {
	switch alg[len(alg)-3:] {
	case "384":
		return crypto.SHA384
	case "512", "DSA":
		return crypto.SHA512
	}
	return crypto.SHA256
}

// HalfHash computes at_hash and its kin (Core section 3.1.3.6).
func HalfHash(alg, token string) string {
	_, digest := hashed(alg, []byte(token))
	return b64(digest[:len(digest)/2])
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }
