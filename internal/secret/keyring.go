package secret

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
)

// version starts every sealed text, so that the format can change.
const version = "v1"

// The ways opening can fail. Neither says anything about the contents.
var (
	// ErrUnknownKey: sealed with a key that is not in the keyring.
	ErrUnknownKey = errors.New("secret: sealed with a key that is not here")
	// ErrDoesNotOpen: changed, cut, or moved from the place it was sealed for.
	ErrDoesNotOpen = errors.New("secret: does not open here")
)

// Place is where a sealed text lives. It opens only there.
type Place struct {
	Tenant int64
	Column string // table and column: "sessions.id_token"
	Owner  string // whose it is: a user's id, a provider's key, or both
	Row    string // the key of the row
}

// bytes writes the place so that no two places give the same bytes.
func (p Place) bytes() []byte {
	b := binary.BigEndian.AppendUint64(nil, uint64(p.Tenant))
	for _, part := range []string{p.Column, p.Owner, p.Row} {
		b = binary.BigEndian.AppendUint64(b, uint64(len(part)))
		b = append(b, part...)
	}
	return b
}

// Keyring seals with its first key and opens with all of them. It is safe for
// use by many goroutines.
type Keyring struct {
	first string
	seals map[string]cipher.AEAD // by key id
}

// NewKeyring makes a keyring; the first key seals.
func NewKeyring(keys ...Key) (*Keyring, error) {
	if len(keys) == 0 {
		return nil, errors.New("secret: a keyring needs a key")
	}
	r := &Keyring{seals: make(map[string]cipher.AEAD, len(keys))}
	for i, k := range keys {
		id, seal, err := k.seal()
		if err != nil {
			return nil, err
		}
		if i == 0 {
			r.first = id
		}
		r.seals[id] = seal
	}
	return r, nil
}

func (k Key) seal() (string, cipher.AEAD, error) {
	id, err := k.derive("key id")
	if err != nil {
		return "", nil, err
	}
	b, err := k.derive("seal " + version)
	if err != nil {
		return "", nil, err
	}
	block, err := aes.NewCipher(b)
	if err != nil {
		return "", nil, fmt.Errorf("seal: %w", err)
	}
	seal, err := cipher.NewGCM(block)
	if err != nil {
		return "", nil, fmt.Errorf("seal: %w", err)
	}
	return hex.EncodeToString(id[:4]), seal, nil
}

// Seal hides plain for a place: version, key id and base64, separated by dots.
func (r *Keyring) Seal(plain []byte, at Place) string {
	seal := r.seals[r.first]
	nonce := make([]byte, seal.NonceSize(), seal.NonceSize()+len(plain)+seal.Overhead())
	_, _ = rand.Read(nonce) // never fails
	sealed := seal.Seal(nonce, nonce, plain, at.bytes())
	return version + "." + r.first + "." + base64.RawURLEncoding.EncodeToString(sealed)
}

// Open gives back what was sealed for the place.
func (r *Keyring) Open(sealed string, at Place) ([]byte, error) {
	v, rest, _ := strings.Cut(sealed, ".")
	id, body, ok := strings.Cut(rest, ".")
	if v != version || !ok {
		return nil, ErrDoesNotOpen
	}
	seal, ok := r.seals[id]
	if !ok {
		return nil, ErrUnknownKey
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(body)
	if err != nil || len(b) < seal.NonceSize() {
		return nil, ErrDoesNotOpen
	}
	plain, err := seal.Open(nil, b[:seal.NonceSize()], b[seal.NonceSize():], at.bytes())
	if err != nil {
		return nil, ErrDoesNotOpen
	}
	return plain, nil
}

// Stale reports whether sealed was made by another key than the one that seals
// now, and so should be sealed again.
func (r *Keyring) Stale(sealed string) bool {
	return !strings.HasPrefix(sealed, version+"."+r.first+".")
}
