package directory

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/rollcall/rollcall/internal/errs"
)

func jsonOf(v any) (string, error) {
	b, err := json.Marshal(v)
	return string(b), err
}

func TestCursorRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		sort := rapid.SampledFrom([]Sort{SortName, SortSignIn, SortCreated}).Draw(t, "sort")
		desc := rapid.Bool().Draw(t, "desc")
		p := position{id: rapid.Int64Range(0, 1<<62).Draw(t, "id")}
		if sort == SortName {
			p.name = sortName(accept(rapid.String().Draw(t, "name"), maxName))
		} else {
			p.at = rapid.Int64Range(0, 1<<62).Draw(t, "at")
		}
		text := p.encode(sort, desc)
		if url.QueryEscape(text) != text {
			t.Fatalf("%q needs escaping in an address", text)
		}
		got, err := decode(text, sort, desc)
		if err != nil || got != p {
			t.Fatalf("decode(encode(%+v)) = %+v, %v", p, got, err)
		}
		if _, err := decode(text, sort, !desc); !errs.Is(err, errs.Invalid) {
			t.Fatalf("taken in the other direction: %v", err)
		}
		for _, another := range []Sort{SortName, SortSignIn, SortCreated} {
			if _, err := decode(text, another, desc); another != sort && !errs.Is(err, errs.Invalid) {
				t.Fatalf("taken in the order %s: %v", another, err)
			}
		}
	})
}

// Anything that is not a cursor is refused, and nothing panics.
func TestCursorTampering(t *testing.T) {
	t.Parallel()
	good := position{name: "okafor", id: 7}.encode(SortName, false)
	raw, err := base64.RawURLEncoding.DecodeString(good)
	if err != nil {
		t.Fatal(err)
	}
	change := func(i int, b byte) string {
		bad := append([]byte{}, raw...)
		bad[i] = b
		return base64.RawURLEncoding.EncodeToString(bad)
	}
	for name, text := range map[string]string{
		"not base64":       "!!!",
		"padded":           good + "=",
		"plain alphabet":   strings.ReplaceAll(good, "_", "/") + "+",
		"cut":              good[:10],
		"another version":  change(0, 9),
		"another sort":     change(1, 'x'),
		"another way":      change(2, 'x'),
		"negative id":      change(3, 0xff),
		"NUL in the name":  change(12, 0),
		"not UTF-8":        change(12, 0xff),
		"control":          change(12, 0x1b),
		"name too long":    position{name: strings.Repeat("x", 256), id: 1}.encode(SortName, false),
		"injection":        "' OR 1=1 --",
		"loose last bits":  good[:len(good)-1] + "-",
		"only the version": base64.RawURLEncoding.EncodeToString([]byte{1}),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if p, err := decode(text, SortName, false); !errs.Is(err, errs.Invalid) {
				t.Errorf("decode(%q) = %+v, %v; want errs.Invalid", text, p, err)
			}
		})
	}
	for _, bad := range []string{
		position{at: -1, id: 1}.encode(SortCreated, false),
		base64.RawURLEncoding.EncodeToString(append([]byte{1, 'c', 'a'}, make([]byte, 12)...)),
	} {
		if _, err := decode(bad, SortCreated, false); !errs.Is(err, errs.Invalid) {
			t.Errorf("decode(%q) = %v; want errs.Invalid", bad, err)
		}
	}
}

func FuzzCursor(f *testing.F) {
	f.Add(position{name: "okafor", id: 7}.encode(SortName, false))
	f.Add(position{at: 5, id: 7}.encode(SortSignIn, true))
	f.Add("AW5hA0000\r000000")
	f.Fuzz(func(t *testing.T, text string) {
		for _, sort := range []Sort{SortName, SortSignIn, SortCreated} {
			p, err := decode(text, sort, false)
			if err == nil && p.encode(sort, false) != text {
				t.Errorf("%q is read as %+v, which is written %q", text, p, p.encode(sort, false))
			}
		}
	})
}
