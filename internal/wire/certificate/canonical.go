package certificate

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/gowebpki/jcs"
)

// canonical writes a value of this package as RFC 8785 has it. The standard
// library writes the same, with fields in the order of their names, but for
// three characters that it escapes and the RFC does not: text with those goes
// through the library that knows everything.
func canonical(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("write a certificate: %w", err)
	}
	line := bytes.TrimSuffix(b.Bytes(), []byte{'\n'})
	if !bytes.Contains(line, []byte(`\u2`)) && !bytes.Contains(line, []byte(`\uf`)) {
		return line, nil
	}
	line, err := jcs.Transform(line)
	if err != nil {
		return nil, fmt.Errorf("write a certificate: %w", err)
	}
	return line, nil
}

var errForm = errors.New("it is not in canonical form: a field is doubled, foreign, or written in another way")

// parse reads one object strictly: unknown fields are refused, and what it was
// read from must be, byte for byte, what would be written again.
func parse[T any](line []byte) (v T, err error) {
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	if err := d.Decode(&v); err != nil {
		return v, fmt.Errorf("it cannot be read: %w", err)
	}
	again, err := canonical(v)
	if err != nil {
		return v, err
	}
	if !bytes.Equal(again, line) {
		return v, errForm
	}
	return v, nil
}
