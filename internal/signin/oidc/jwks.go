package oidc

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"encoding/json"
	"slices"

	jose "github.com/go-jose/go-jose/v4"
)

// Bounds of a usable key set (OIDC-07). Larger moduli only cost time.
const (
	maxKeys    = 100
	minModulus = 2048
	maxModulus = 8192
)

// signingKey is one published key that passed the filter.
type signingKey struct {
	id     string
	alg    string // empty: any that fits the key
	issuer string // some multi-tenant providers bind a key to a tenant
	public any
}

// fits reports whether a signature by alg can be this key's. The key's own
// word on its algorithm binds, which no library below checks.
func (k signingKey) fits(alg string) bool {
	if k.alg != "" && k.alg != alg {
		return false
	}
	switch public := k.public.(type) {
	case *rsa.PublicKey:
		return alg[:2] == "RS" || alg[:2] == "PS"
	case *ecdsa.PublicKey:
		return alg == map[int]string{256: "ES256", 384: "ES384", 521: "ES512"}[public.Params().BitSize]
	case ed25519.PublicKey:
		return alg == "EdDSA"
	}
	return false
}

func (p *Provider) loadKeys(ctx context.Context) ([]signingKey, error) {
	m, err := p.discover(ctx)
	if err != nil {
		return nil, err
	}
	body, err := p.get(ctx, toKeys, m.jwks)
	if err != nil {
		return nil, err
	}
	keys, err := parseKeys(body, p.config.Algs)
	if err != nil {
		return nil, p.health.note(toKeys, p.refuse(ReasonAnswerMalformed).because(err).detail("key set"))
	}
	_ = p.health.note(toKeys, nil) // nothing to hand through
	return keys, nil
}

// parseKeys takes the keys that may sign for us out of a key set. A key of an
// unknown kind is passed over (RFC 7517 section 5), and so is one that is
// broken: the others must stay usable.
func parseKeys(body []byte, algs []string) ([]signingKey, error) {
	_, err := decodeObject(body)
	if err != nil {
		return nil, err
	}
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	err = json.Unmarshal(body, &set)
	if err != nil {
		return nil, err
	}
	var keys []signingKey
	for _, raw := range set.Keys[:min(len(set.Keys), maxKeys)] {
		key, ok := parseKey(raw, algs)
		if ok {
			keys = append(keys, key)
		}
	}
	return keys, nil
}

func parseKey(raw []byte, algs []string) (signingKey, bool) {
	member, err := decodeObject(raw)
	if err != nil || !forSigning(member, algs) {
		return signingKey{}, false
	}
	var key jose.JSONWebKey
	err = key.UnmarshalJSON(raw)
	if err != nil || !strong(key.Key) {
		return signingKey{}, false
	}
	return signingKey{
		id: key.KeyID, alg: key.Algorithm, issuer: text(member, "issuer"), public: key.Key,
	}, true
}

// forSigning reads what the key says it is for.
func forSigning(member map[string]any, algs []string) bool {
	if use, said := member["use"]; said && use != "sig" {
		return false
	}
	if alg, said := member["alg"]; said {
		name, ok := alg.(string)
		if !ok || !slices.Contains(algs, name) {
			return false
		}
	}
	if ops, said := member["key_ops"]; said {
		list, ok := texts(ops)
		if !ok || !slices.Contains(list, "verify") {
			return false
		}
	}
	return true
}

// strong refuses everything but public keys of accepted kinds and sizes. A
// published private key is everybody's, and a symmetric one nobody's.
func strong(key any) bool {
	switch public := key.(type) {
	case *rsa.PublicKey:
		bits := public.N.BitLen()
		return bits >= minModulus && bits <= maxModulus && public.E > 2 && public.E&1 == 1
	case *ecdsa.PublicKey, ed25519.PublicKey:
		return true // the parser knows P-256, P-384, P-521 and Ed25519 only
	}
	return false
}
