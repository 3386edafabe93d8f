package secret_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/secret"
)

func ring(t *testing.T, keys ...secret.Key) *secret.Keyring {
	t.Helper()
	r, err := secret.NewKeyring(keys...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

var home = secret.Place{Tenant: 1, Column: "sessions.id_token", Owner: "7/keycloak", Row: "a"}

// OIDC-40: a sealed text that is copied into another row does not open.
func TestOpensOnlyInItsPlace(t *testing.T) {
	t.Parallel()
	r := ring(t, secret.NewKey())
	sealed := r.Seal([]byte("token"), home)
	if got, err := r.Open(sealed, home); err != nil || string(got) != "token" {
		t.Fatalf("Open in place = %q, %v", got, err)
	}
	for name, at := range map[string]secret.Place{
		"another tenant":     {Tenant: 2, Column: home.Column, Owner: home.Owner, Row: home.Row},
		"another column":     {Tenant: 1, Column: "sessions.sid", Owner: home.Owner, Row: home.Row},
		"another owner":      {Tenant: 1, Column: home.Column, Owner: "8/keycloak", Row: home.Row},
		"another row":        {Tenant: 1, Column: home.Column, Owner: home.Owner, Row: "b"},
		"parts moved across": {Tenant: 1, Column: home.Column + "7/", Owner: "keycloak", Row: home.Row},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := r.Open(sealed, at); !errors.Is(err, secret.ErrDoesNotOpen) {
				t.Fatalf("Open = %v, want ErrDoesNotOpen", err)
			}
		})
	}
}

func TestRoundTripAndTampering(t *testing.T) {
	t.Parallel()
	r := ring(t, secret.NewKey())
	rapid.Check(t, func(rt *rapid.T) {
		plain := rapid.SliceOf(rapid.Byte()).Draw(rt, "plain")
		at := secret.Place{Tenant: rapid.Int64().Draw(rt, "tenant"), Column: rapid.String().Draw(rt, "column"), Row: rapid.String().Draw(rt, "row")}
		sealed := r.Seal(plain, at)
		got, err := r.Open(sealed, at)
		if err != nil || !bytes.Equal(got, plain) {
			rt.Fatalf("Open(Seal(%x)) = %x, %v", plain, got, err)
		}
		if sealed == r.Seal(plain, at) {
			rt.Fatal("the same text twice: the nonce is not fresh")
		}
		b := []byte(sealed)
		i := rapid.IntRange(0, len(b)-1).Draw(rt, "changed byte")
		b[i] ^= 1 << rapid.IntRange(0, 6).Draw(rt, "bit")
		if _, err := r.Open(string(b), at); err == nil {
			rt.Fatalf("opened after byte %d was changed", i)
		}
	})
}

func TestKeysAreChanged(t *testing.T) {
	t.Parallel()
	old, fresh := secret.NewKey(), secret.NewKey()
	before, after := ring(t, old), ring(t, fresh, old)
	sealed := before.Seal([]byte("token"), home)
	if got, err := after.Open(sealed, home); err != nil || string(got) != "token" {
		t.Fatalf("the old key no longer opens: %q, %v", got, err)
	}
	if !after.Stale(sealed) || after.Stale(after.Seal(nil, home)) {
		t.Fatal("Stale must name what the old key sealed, and only that")
	}
	if _, err := ring(t, fresh).Open(sealed, home); !errors.Is(err, secret.ErrUnknownKey) {
		t.Fatalf("without the old key Open = %v, want ErrUnknownKey", err)
	}
}

func TestNonsenseDoesNotOpen(t *testing.T) {
	t.Parallel()
	r := ring(t, secret.NewKey())
	for _, text := range []string{"", "v1", "v1.", "v1..", "plain", "v2.00000000.AAAA", strings.Repeat(".", 9)} {
		if _, err := r.Open(text, home); err == nil {
			t.Errorf("Open(%q) succeeded", text)
		}
	}
}

func TestParseKeys(t *testing.T) {
	t.Parallel()
	k := secret.NewKey()
	for name, text := range map[string]string{
		"hexadecimal":            k.Hex(),
		"base64":                 base64.StdEncoding.EncodeToString(k[:]),
		"base64 for addresses":   base64.RawURLEncoding.EncodeToString(k[:]),
		"with a line end":        k.Hex() + "\r\n",
		"in capitals":            strings.ToUpper(k.Hex()),
		"followed by an old one": k.Hex() + ",\n" + secret.NewKey().Hex(),
	} {
		t.Run(name, func(t *testing.T) {
			keys, err := secret.ParseKeys(text)
			if err != nil || keys[0] != k {
				t.Fatalf("ParseKeys = %v", err)
			}
		})
	}
	for name, text := range map[string]string{
		"nothing":          " \n",
		"too short":        k.Hex()[2:],
		"too long":         k.Hex() + "00",
		"a password":       "correct horse battery staple correct horse battery staple 123456",
		"one byte again":   strings.Repeat("ab", 32),
		"a bad second one": k.Hex() + ",changeme",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := secret.ParseKeys(text)
			if !errs.Is(err, errs.Invalid) || !strings.Contains(err.Error(), "openssl rand -hex 32") {
				t.Fatalf("ParseKeys = %v, want a refusal that names the command", err)
			}
			if strings.Contains(err.Error(), k.Hex()[2:20]) {
				t.Fatal("the refusal quotes the key")
			}
		})
	}
}

// WEB-27: a key does not show itself in a log.
func TestKeyHidesItself(t *testing.T) {
	t.Parallel()
	k := secret.NewKey()
	j, err := json.Marshal(map[string]any{"key": k})
	if err != nil {
		t.Fatal(err)
	}
	all := fmt.Sprintf("%v %+v %#v %x %s %d", k, k, k, k, k, k) + string(j)
	if strings.Contains(all, k.Hex()[:8]) || strings.Contains(all, fmt.Sprint(k[0], k[1], k[2])) {
		t.Fatalf("the key shows: %s", all)
	}
}

func TestLoadMakesTheKeyBesideSQLite(t *testing.T) {
	t.Parallel()
	db := filepath.Join(t.TempDir(), "rollcall.db")
	first, err := secret.Load(secret.Source{Beside: db})
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(db + ".key")
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("key file: %v, %v; want mode 0600", info, err)
	}
	again, err := secret.Load(secret.Source{Beside: db})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := again.Open(first.Seal([]byte("x"), home), home); err != nil || string(got) != "x" {
		t.Fatalf("the second start has another key: %v", err)
	}
	left, err := os.ReadDir(filepath.Dir(db))
	if err != nil || len(left) != 1 {
		t.Fatalf("files left: %v, %v", left, err)
	}
}

func TestLoadByManyAtOnceGivesOneKey(t *testing.T) {
	t.Parallel()
	db := filepath.Join(t.TempDir(), "rollcall.db")
	rings := make([]*secret.Keyring, 16)
	var all sync.WaitGroup
	for i := range rings {
		all.Go(func() {
			r, err := secret.Load(secret.Source{Beside: db})
			if err != nil {
				t.Error(err)
				return
			}
			rings[i] = r
		})
	}
	all.Wait()
	for _, r := range rings {
		if t.Failed() {
			break
		}
		if _, err := r.Open(rings[0].Seal(nil, home), home); err != nil {
			t.Fatalf("two keys were made: %v", err)
		}
	}
}

func TestLoadNamesTheFix(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	empty := filepath.Join(dir, "empty.db")
	if err := os.WriteFile(empty+".key", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, s := range map[string]secret.Source{
		"nothing is set":         {},
		"the setting is not one": {Text: "changeme"},
		"the file is missing":    {File: filepath.Join(dir, "missing")},
		"the file is empty":      {Beside: empty},
		"no folder to write to":  {Beside: filepath.Join(dir, "none", "a.db")},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := secret.Load(s)
			if !errs.Is(err, errs.Invalid) || !strings.Contains(err.Error(), "openssl rand -hex 32") {
				t.Fatalf("Load = %v, want the command that makes a key", err)
			}
		})
	}
}
