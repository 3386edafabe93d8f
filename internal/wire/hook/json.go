package hook

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"unicode/utf8"
)

// The standard decoder takes keys in any case, keeps the last of two equal ones
// and mends broken text. Each of that lets two readers of one message see two
// different things, so the tokens are walked here.

// reader walks the tokens of one body.
type reader struct{ d *json.Decoder }

func newReader(body []byte) (*reader, error) {
	if !utf8.Valid(body) {
		return nil, &Problem{Sentence: "The body is not UTF-8."}
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	return &reader{d: d}, nil
}

func (r *reader) token() (json.Token, error) {
	t, err := r.d.Token()
	if err == nil {
		return t, nil
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, &Problem{Sentence: "The body ends in the middle."}
	}
	return nil, &Problem{Sentence: fmt.Sprintf("The body is no JSON at byte %d.", r.d.InputOffset())}
}

// object calls field for every key of an object; field reads the value.
func (r *reader) object(where string, depth int, field func(key string) error) error {
	if err := r.open('{', where, depth); err != nil {
		return err
	}
	return r.members(where, field)
}

// list calls item for every element of a list; item reads it.
func (r *reader) list(where string, depth int, item func(i int) error) error {
	if err := r.open('[', where, depth); err != nil {
		return err
	}
	return r.elements(item)
}

// members walks what stands in an object that is open.
func (r *reader) members(where string, field func(key string) error) error {
	seen := map[string]bool{}
	for r.d.More() {
		t, err := r.token()
		if err != nil {
			return err
		}
		key, ok := t.(string)
		if !ok {
			return &Problem{Where: where, Sentence: "An object has a key that is no text."}
		}
		if seen[key] {
			return &Problem{Where: join(where, key), Sentence: "This key stands twice."}
		}
		seen[key] = true
		if err := field(key); err != nil {
			return err
		}
	}
	_, err := r.token()
	return err
}

// elements walks what stands in a list that is open.
func (r *reader) elements(item func(i int) error) error {
	for i := 0; r.d.More(); i++ {
		if err := item(i); err != nil {
			return err
		}
	}
	_, err := r.token()
	return err
}

func (r *reader) open(want json.Delim, where string, depth int) error {
	if depth > maxDepth {
		return tooDeep(where)
	}
	t, err := r.token()
	if err != nil {
		return err
	}
	if t != want {
		return &Problem{Where: where, Sentence: "Here must stand " + map[json.Delim]string{'{': "an object.", '[': "a list."}[want]}
	}
	return nil
}

// text reads a text value.
func (r *reader) text(where string) (string, error) {
	t, err := r.token()
	if err != nil {
		return "", err
	}
	s, ok := t.(string)
	if !ok {
		return "", &Problem{Where: where, Sentence: "Here must stand a text."}
	}
	return s, nil
}

// skip reads a value nobody asked for; its keys must not stand twice either.
func (r *reader) skip(where string, depth int) error {
	if depth > maxDepth {
		return tooDeep(where)
	}
	t, err := r.token()
	if err != nil {
		return err
	}
	switch t {
	case json.Delim('{'):
		return r.members(where, func(key string) error { return r.skip(join(where, key), depth+1) })
	case json.Delim('['):
		return r.elements(func(int) error { return r.skip(where, depth+1) })
	}
	return nil
}

func tooDeep(where string) error {
	return &Problem{Where: where, Sentence: "Objects and lists stand more than " + strconv.Itoa(maxDepth) + " deep in each other."}
}

// end refuses what follows the one value.
func (r *reader) end() error {
	if _, err := r.d.Token(); !errors.Is(err, io.EOF) {
		return &Problem{Sentence: "Something follows after the end of the JSON."}
	}
	return nil
}

func join(where, key string) string {
	if utf8.RuneCountInString(key) > 40 {
		key = string([]rune(key)[:40]) + "..."
	}
	if where == "" {
		return key
	}
	return where + "." + key
}
