package secret

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/rollcall/rollcall/internal/errs"
)

// maxFile bounds a key file: a wrong path to something large is named, not read.
const maxFile = 16 << 10

// Source says where an installation keeps its key. The first that is set wins.
type Source struct {
	Text   string // the keys themselves: ROLLCALL_SECRET_KEY
	File   string // a file that holds them: ROLLCALL_SECRET_KEY_FILE
	Beside string // an SQLite database: its key lies beside it and is made when missing
}

// Load gives the keyring of an installation.
func Load(s Source) (*Keyring, error) {
	switch {
	case s.Text != "":
		return ring(s.Text, "ROLLCALL_SECRET_KEY")
	case s.File != "":
		text, err := read(s.File)
		if err != nil {
			return nil, errs.Wrap(err, errs.Invalid, "The key file %s cannot be read. Make one with: (umask 077; openssl rand -hex 32 > %s)", s.File, s.File)
		}
		return ring(text, s.File)
	case s.Beside != "":
		return beside(s.Beside + ".key")
	}
	return nil, errs.New(errs.Invalid, "The key that seals tokens is not set. Set ROLLCALL_SECRET_KEY, the same on every replica, to the output of: openssl rand -hex 32")
}

func ring(text, from string) (*Keyring, error) {
	keys, err := ParseKeys(text)
	if err != nil {
		e, _ := errs.As(err)
		return nil, errs.Wrap(err, errs.Invalid, "%s: %s", from, e.Safe)
	}
	return NewKeyring(keys...)
}

func read(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	if info.Size() > maxFile {
		return "", fmt.Errorf("%s is too large for a key file", path)
	}
	b, err := os.ReadFile(path)
	return string(b), err
}

// beside reads the key at path, and makes it when there is none.
func beside(path string) (*Keyring, error) {
	text, err := read(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err := create(path); err != nil {
			return nil, errs.Wrap(err, errs.Invalid, "The key file %s cannot be made. Make the folder writable, or set ROLLCALL_SECRET_KEY to the output of: openssl rand -hex 32", path)
		}
		text, err = read(path)
	}
	if err != nil {
		return nil, errs.Wrap(err, errs.Invalid, "The key file %s cannot be read.", path)
	}
	return ring(text, path)
}

// create puts a fresh key at path in one step: two processes that start
// together end up with the same one, and a crash leaves none that is half
// written. An existing file stays as it is.
func create(path string) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".key-*") // made with mode 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }() // linked by then, or of no use
	_, err = f.WriteString(NewKey().Hex() + "\n")
	if err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	err = os.Link(f.Name(), path)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	return err
}
