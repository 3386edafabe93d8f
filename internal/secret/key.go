package secret

import (
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/rollcall/rollcall/internal/errs"
)

// KeySize is the length of a master key in bytes.
const KeySize = 32

// Key is a master key. It hides itself from fmt and JSON.
type Key [KeySize]byte

// NewKey makes a fresh key.
func NewKey() Key {
	var k Key
	_, _ = rand.Read(k[:]) // never fails: the program ends instead
	return k
}

// Hex writes the key the way ParseKeys reads it, for the command that makes one.
func (k Key) Hex() string { return hex.EncodeToString(k[:]) }

// String hides the key.
func (k Key) String() string { return "[hidden]" }

// GoString hides the key from %#v.
func (k Key) GoString() string { return "[hidden]" }

// Format hides the key from every verb, %x among them.
func (k Key) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte("[hidden]")) }

// MarshalText hides the key from JSON and its kin.
func (k Key) MarshalText() ([]byte, error) { return []byte("[hidden]"), nil }

// ParseKeys reads keys written as 64 hexadecimal digits or as base64 of 32
// bytes, separated by commas or white space. The first one seals; those after
// it only open what they sealed earlier.
func ParseKeys(text string) ([]Key, error) {
	var keys []Key
	for _, word := range strings.FieldsFunc(text, separator) {
		k, err := parseKey(word)
		if err != nil {
			return nil, errs.Wrap(err, errs.Invalid, "Key %d cannot be read: a key is 64 hexadecimal digits, or base64 of 32 bytes. Make one with: openssl rand -hex 32", len(keys)+1)
		}
		keys = append(keys, k)
	}
	if len(keys) == 0 {
		return nil, errs.New(errs.Invalid, "There is no key. Make one with: openssl rand -hex 32")
	}
	return keys, nil
}

func separator(r rune) bool { return r == ',' || r == ' ' || r == '\t' || r == '\n' || r == '\r' }

func parseKey(word string) (Key, error) {
	var k Key
	for _, decode := range []func(string) ([]byte, error){
		hex.DecodeString,
		base64.StdEncoding.DecodeString, base64.RawStdEncoding.DecodeString,
		base64.URLEncoding.DecodeString, base64.RawURLEncoding.DecodeString,
	} {
		b, err := decode(word)
		if err != nil || len(b) != KeySize {
			continue
		}
		copy(k[:], b)
		if weak(b) {
			return k, errors.New("the key repeats one byte")
		}
		return k, nil
	}
	return k, errors.New("not a key") // never quote what was given: it may be a key with a typing error
}

// weak finds the keys that people type to get past a missing setting.
func weak(b []byte) bool {
	for _, c := range b {
		if c != b[0] {
			return false
		}
	}
	return true
}

// derive gives the key for one use, so that no two uses share bytes.
func (k Key) derive(use string) ([]byte, error) {
	b, err := hkdf.Key(sha256.New, k[:], nil, "rollcall "+use, KeySize)
	if err != nil {
		return nil, fmt.Errorf("derive key for %s: %w", use, err)
	}
	return b, nil
}
