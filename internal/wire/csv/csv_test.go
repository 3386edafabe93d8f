package csv_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/rollcall/rollcall/internal/wire/csv"
)

func TestSafe(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ in, want string }{
		"plain":                 {"Elif Kaya", "Elif Kaya"},
		"empty":                 {"", ""},
		"formula":               {"=1+1", "'=1+1"},
		"plus":                  {"+49 30 123", "'+49 30 123"},
		"minus":                 {"-2", "'-2"},
		"at":                    {"@SUM(A1)", "'@SUM(A1)"},
		"tab":                   {"\t=1", "' =1"},
		"spaces in front":       {"  =cmd|' /C calc'!A0", "'  =cmd|' /C calc'!A0"},
		"quote in front":        {`"=1`, `'"=1`},
		"full width":            {"＝1", "'＝1"},
		"inside is harmless":    {"a=b", "a=b"},
		"line break":            {"two\r\nlines", "two  lines"},
		"NUL":                   {"a\x00b", "a b"},
		"line separator":        {"a\u2028=b", "a =b"},
		"right-to-left is kept": {"\u202emirror", "\u202emirror"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := csv.Safe(c.in); got != c.want {
				t.Errorf("Safe(%q) = %q, want %q", c.in, got, c.want)
			}
		})
	}
}

// Whatever goes in, a file has one line per row and no cell starts a formula.
func TestOneLinePerRow(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		cells := rapid.SliceOfN(rapid.String(), 1, 5).Draw(t, "cells")
		var b bytes.Buffer
		w := csv.NewWriter(&b)
		if err := w.Row(cells...); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Finish(); err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(b.String(), "\n"); n != 2 {
			t.Fatalf("%d lines for one row and the last line: %q", n, b.String())
		}
		for _, c := range cells {
			if s := csv.Safe(c); s != "" && strings.ContainsAny(s[:1], "=+-@\t\r") {
				t.Fatalf("Safe(%q) = %q starts a formula", c, s)
			}
		}
	})
}

// The hash on the last line is the hash of everything before it.
func TestFinish(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	for _, err := range []error{w.Header("name", "e-mail"), w.Row("Elif, Kaya", "elif@northwind.example"), w.Row("=x", "")} {
		if err != nil {
			t.Fatal(err)
		}
	}
	end, err := w.Finish("as of 2026-11-22")
	if err != nil {
		t.Fatal(err)
	}
	body, last, found := strings.Cut(b.String(), "# complete")
	if !found {
		t.Fatalf("no last line in %q", b.String())
	}
	sum := sha256.Sum256([]byte(body))
	if end.SHA256 != hex.EncodeToString(sum[:]) || !strings.Contains(last, "sha256="+end.SHA256) {
		t.Errorf("end = %+v, last line %q, want the hash %x", end, last, sum)
	}
	if end.Rows != 2 || !strings.Contains(last, "rows=2,") || !strings.HasSuffix(last, ",as of 2026-11-22\r\n") {
		t.Errorf("last line %q, want 2 rows and the extra cell", last)
	}
}

func TestAbort(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	if err := w.Row("Elif"); err != nil {
		t.Fatal(err)
	}
	if err := w.Abort("the database did not answer"); err != nil {
		t.Fatal(err)
	}
	if want := "Elif\r\n# incomplete,rows=1,the database did not answer\r\n"; b.String() != want {
		t.Errorf("file = %q, want %q", b.String(), want)
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("connection reset") }

func TestWriteError(t *testing.T) {
	t.Parallel()
	w := csv.NewWriter(full{})
	if err := w.Row("Elif"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Finish(); err == nil || !strings.Contains(err.Error(), "connection reset") {
		t.Errorf("Finish = %v, want the writer's error", err)
	}
}
