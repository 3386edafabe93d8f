package oidc

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// maxDepth bounds nesting: no claim we know goes deeper than three.
const maxDepth = 16

var (
	errJSON      = errors.New("not one JSON object")
	errDuplicate = errors.New("member named twice")
	errLookalike = errors.New("member named like a protocol claim")
)

// protocolClaims are the names whose look-alikes are refused: a decoder that
// ignores case, as encoding/json does, takes SUB for sub (OIDC-25).
var protocolClaims = []string{
	"iss", "sub", "aud", "exp", "iat", "nbf", "jti", "nonce", "azp", "sid", "tid",
	"auth_time", "acr", "amr", "at_hash", "c_hash", "s_hash", "events", "typ",
	"_claim_names", "_claim_sources", "hasgroups",
	"email", "email_verified", "name", "given_name", "family_name", "preferred_username",
}

// decodeObject reads one JSON object and nothing after it. Numbers stay
// json.Number; a name that stands twice in any object, text that is not UTF-8
// and nesting beyond maxDepth are errors.
func decodeObject(data []byte) (map[string]any, error) {
	if !utf8.Valid(data) || !json.Valid(data) { // also refuses what follows a first value
		return nil, errJSON
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	value, err := decodeValue(d, 0)
	if err != nil {
		return nil, err
	}
	object, ok := value.(map[string]any)
	if !ok {
		return nil, errJSON
	}
	return object, nil
}

// decodeClaims is decodeObject for a token's claims: no name may look like a
// protocol claim without being it.
func decodeClaims(data []byte) (map[string]any, error) {
	object, err := decodeObject(data)
	if err != nil {
		return nil, err
	}
	for name := range object {
		for _, known := range protocolClaims {
			if name != known && strings.EqualFold(name, known) {
				return nil, fmt.Errorf("%w: %.40q for %s", errLookalike, name, known)
			}
		}
	}
	return object, nil
}

func decodeValue(d *json.Decoder, depth int) (any, error) {
	token, err := d.Token()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errJSON, err)
	}
	delim, nested := token.(json.Delim)
	if !nested {
		return token, nil
	}
	if depth == maxDepth {
		return nil, fmt.Errorf("%w: nested too deep", errJSON)
	}
	if delim == '{' {
		return decodeMembers(d, depth+1)
	}
	list := []any{}
	for d.More() {
		item, err := decodeValue(d, depth+1)
		if err != nil {
			return nil, err
		}
		list = append(list, item)
	}
	return list, closing(d)
}

func decodeMembers(d *json.Decoder, depth int) (any, error) {
	object := map[string]any{}
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return nil, fmt.Errorf("%w: %w", errJSON, err)
		}
		name, ok := token.(string)
		if !ok {
			return nil, errJSON
		}
		if _, twice := object[name]; twice {
			return nil, fmt.Errorf("%w: %.40q", errDuplicate, name)
		}
		object[name], err = decodeValue(d, depth)
		if err != nil {
			return nil, err
		}
	}
	return object, closing(d)
}

func closing(d *json.Decoder) error {
	_, err := d.Token()
	if err != nil {
		return fmt.Errorf("%w: %w", errJSON, err)
	}
	return nil
}

// text gives a member that is a string, or nothing.
func text(object map[string]any, name string) string {
	s, _ := object[name].(string)
	return s
}

// texts gives a value that is a list of strings.
func texts(value any) ([]string, bool) {
	list, ok := value.([]any)
	if !ok {
		return nil, false
	}
	out := make([]string, 0, len(list))
	for _, item := range list {
		s, ok := item.(string)
		if !ok {
			return nil, false
		}
		out = append(out, s)
	}
	return out, true
}
