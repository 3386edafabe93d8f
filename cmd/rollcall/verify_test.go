package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const golden = "../../internal/wire/certificate/testdata/"

// Each way the check can end has its first line and its code.
func TestVerifyCertificate(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(golden + "operation.json")
	if err != nil {
		t.Fatal(err)
	}
	var doc struct{ Certificate struct{ Signer string } }
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	put := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	changed := put("changed.json", strings.Replace(string(text), "Jonas", "Janas", 1))
	keys := put("keys.json", `{"keys":[{"key":"`+doc.Certificate.Signer+`"}]}`)
	retired := put("retired.json", `{"keys":[{"key":"`+doc.Certificate.Signer+`","retired_at":"2026-11-01T00:00:00.000000Z"}]}`)
	for name, c := range map[string]struct {
		v     verifyCertificate
		code  int
		first string
	}{
		"a key on the line":   {verifyCertificate{File: golden + "operation.json", Key: doc.Certificate.Signer}, 0, "FITS: " + golden + "operation.json"},
		"published keys":      {verifyCertificate{File: golden + "person.json", Keys: keys}, 0, "FITS: " + golden + "person.json"},
		"no key":              {verifyCertificate{File: golden + "operation.json"}, exitNotTrusted, "FITS, AND NOBODY VOUCHES FOR IT: " + golden + "operation.json"},
		"changed":             {verifyCertificate{File: changed, Keys: keys}, exitDoesNotFit, "DOES NOT FIT: " + changed},
		"changed, no key":     {verifyCertificate{File: changed}, exitDoesNotFit, "DOES NOT FIT: " + changed},
		"retired before":      {verifyCertificate{File: golden + "operation.json", Keys: retired}, exitDoesNotFit, "DOES NOT FIT: " + golden + "operation.json"},
		"no such file":        {verifyCertificate{File: filepath.Join(dir, "none")}, exitUnreadable, ""},
		"no such keys":        {verifyCertificate{File: changed, Keys: filepath.Join(dir, "none")}, exitUnreadable, ""},
		"what is no key":      {verifyCertificate{File: changed, Key: "hello"}, exitUnreadable, ""},
		"a folder for a file": {verifyCertificate{File: dir}, exitUnreadable, ""},
	} {
		var out bytes.Buffer
		err := c.v.run(&out)
		code := 0
		if e, ok := errors.AsType[*ended](err); ok {
			code = e.code
		} else if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		first, _, _ := strings.Cut(out.String(), "\n")
		if code != c.code || first != c.first {
			t.Errorf("%s: ended with %d and %q, want %d and %q", name, code, first, c.code, c.first)
		}
	}
}
