package oidc

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

// FuzzDecodeClaims holds the point of the strict decoder (OIDC-25): when it
// accepts a document, a lenient decoder that ignores case and takes the last
// of several reads the same protocol claims from it.
func FuzzDecodeClaims(f *testing.F) {
	for _, seed := range []string{
		`{"sub":"a"}`, `{"sub":"a","sub":"b"}`, `{"SUB":"a"}`, `{"sub":"a","s\u0075b":"b"}`, `{"\u017fub":"a"}`,
		`{"a":{"b":[1,{"c":2,"c":3}]}}`, `[]`, `{}`, `{"sub":"a"}{}`, `{"sub":"a",}`, `{"aud":["x"],"Aud":"y"}`,
		`{"sub":"\ud800"}`, "{\"sub\":\"\xff\"}", `null`, `{"sub":` + strings.Repeat("[", 30) + strings.Repeat("]", 30) + `}`,
		`{"email":"a","exp":1e400}`, ` {"iss" : "x" } `,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		strict, err := decodeClaims(data)
		if err != nil {
			return
		}
		var lenient struct {
			Iss, Sub, Aud, Exp, Nonce, Azp, Email json.RawMessage
		}
		err = json.Unmarshal(data, &lenient)
		if err != nil {
			t.Fatalf("accepted %q, which is no JSON object: %v", data, err)
		}
		for name, raw := range map[string]json.RawMessage{
			"iss": lenient.Iss, "sub": lenient.Sub, "aud": lenient.Aud, "exp": lenient.Exp,
			"nonce": lenient.Nonce, "azp": lenient.Azp, "email": lenient.Email,
		} {
			value, said := strict[name]
			if said != (raw != nil) {
				t.Fatalf("%q: strict and lenient disagree on whether there is a %s", data, name)
			}
			text, isText := value.(string)
			var other string
			if isText && (json.Unmarshal(raw, &other) != nil || other != text) {
				t.Fatalf("%q: strict reads %s as %q, lenient as %s", data, name, text, raw)
			}
		}
	})
}

// The memory of unknown key ids stays bounded, and forgets.
func TestUnknownMemoryIsBounded(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	s := newKeySet(nil, func() time.Time { return now }, "x")
	for i := range 3 * unknownLimit {
		s.remember(fmt.Sprint("k", i))
	}
	if len(s.unknown) != unknownLimit {
		t.Errorf("%d ids are kept, want %d", len(s.unknown), unknownLimit)
	}
	now = now.Add(unknownLife)
	s.remember("fresh")
	if len(s.unknown) != 1 || s.unknown["fresh"].IsZero() {
		t.Errorf("%d ids are kept after all old ones ended, want the fresh one", len(s.unknown))
	}
}
