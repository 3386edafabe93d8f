package oidc

import (
	"crypto"
	"crypto/rsa"
	_ "crypto/sha256" // for crypto.Hash
	_ "crypto/sha512" // for crypto.Hash
	"encoding/base64"
	"errors"
	"slices"
	"strings"
)

// Bounds of a token (OIDC-33) and of the key id it names.
const (
	maxToken = 64 << 10
	maxKeyID = 256
)

// header is what we use of a token's header.
type header struct{ alg, kid string }

// openToken judges a token before any key is touched: size, shape, canonical
// encoding, and a header that asks for nothing we do not know. jku, jwk, x5u
// and x5c are read by nobody (OIDC-08).
func (p *Provider) openToken(raw string, types []string) (header, *Refusal) {
	if len(raw) > maxToken {
		return header{}, p.refuse(ReasonTokenTooLarge).detail("%d bytes", len(raw))
	}
	parts := strings.Split(raw, ".")
	if len(parts) == 5 {
		return header{}, p.refuse(ReasonTokenEncrypted)
	}
	if len(parts) != 3 {
		return header{}, p.refuse(ReasonTokenMalformed).detail("%d parts", len(parts))
	}
	var first []byte
	for i, part := range parts {
		b, err := canonical(part)
		if err != nil {
			return header{}, p.refuse(ReasonTokenMalformed).because(err).detail("part %d", i+1)
		}
		if i == 0 {
			first = b
		}
	}
	object, err := decodeObject(first)
	if err != nil {
		return header{}, p.refuse(ReasonTokenMalformed).because(err).detail("header")
	}
	return p.judgeHeader(object, types)
}

func (p *Provider) judgeHeader(object map[string]any, types []string) (header, *Refusal) {
	if _, encrypted := object["enc"]; encrypted {
		return header{}, p.refuse(ReasonTokenEncrypted)
	}
	alg := text(object, "alg")
	if !slices.Contains(p.config.Algs, alg) {
		return header{}, p.refuse(ReasonAlgRefused).detail("alg %.40q, allowed %s", alg, strings.Join(p.config.Algs, " "))
	}
	if !typed(object, types) {
		return header{}, p.refuse(ReasonTypeRefused).detail("typ %.40q", text(object, "typ"))
	}
	for _, name := range []string{"crit", "b64", "zip"} {
		if _, said := object[name]; said {
			return header{}, p.refuse(ReasonHeaderRefused).detail("header %s", name)
		}
	}
	kid, said := object["kid"]
	id, ok := kid.(string)
	if said && (!ok || len(id) > maxKeyID) {
		return header{}, p.refuse(ReasonTokenMalformed).detail("header kid")
	}
	return header{alg: alg, kid: id}, nil
}

// typed reports whether a header's typ is one of types, where "" stands for a
// header without it. Media types do not tell case apart (RFC 7515 section 4.1.9).
func typed(object map[string]any, types []string) bool {
	typ, said := object["typ"]
	if !said {
		return slices.Contains(types, "")
	}
	name, ok := typ.(string)
	return ok && name != "" && slices.ContainsFunc(types, func(t string) bool { return strings.EqualFold(t, name) })
}

// canonical decodes base64url that is the only spelling of its bytes: no
// padding, no line breaks, no stray bits at the end.
func canonical(part string) ([]byte, error) {
	b, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		return nil, err
	}
	if base64.RawURLEncoding.EncodeToString(b) != part {
		return nil, errors.New("not the canonical encoding")
	}
	return b, nil
}

var hashes = map[string]crypto.Hash{
	"256": crypto.SHA256, "384": crypto.SHA384, "512": crypto.SHA512, "DSA": crypto.SHA512,
}

// hashOf gives the hash an algorithm uses; EdDSA here is Ed25519 (SHA-512).
func hashOf(alg string) crypto.Hash { return hashes[alg[2:]] }

// saltFits checks what the library leaves open: a PSS salt is as long as the
// hash (RFC 7518 section 3.5), not of whatever length the signature has.
func saltFits(public any, token signed) bool {
	key, ok := public.(*rsa.PublicKey)
	if !ok || !strings.HasPrefix(token.alg, "PS") {
		return true
	}
	h := hashOf(token.alg)
	digest := h.New()
	digest.Write([]byte(token.raw[:strings.LastIndexByte(token.raw, '.')]))
	return rsa.VerifyPSS(key, h, digest.Sum(nil), token.jws.Signatures[0].Signature,
		&rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash}) == nil
}
