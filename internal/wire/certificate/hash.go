package certificate

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
)

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// own gives the hash of a value's canonical form. The caller takes the hash
// itself out before.
func own(v any) (string, error) {
	line, err := canonical(v)
	if err != nil {
		return "", err
	}
	return digest(line), nil
}

func (d Decision) own() (string, error) { d.Hash = ""; return own(d) }

func (s Step) own() (string, error) { s.Hash = ""; return own(s) }

func (p Person) own() (string, error) { p.Hash, p.Chain = "", ""; return own(p) }

func (h Head) own() (string, error) { h.Hash = ""; return own(h) }

// link gives the running hash up to a person from the one before them; that
// before the first person is the hash of the head.
func link(before, hash string) string { return digest([]byte(before + "\n" + hash + "\n")) }

// List hashes a frozen list: the included people in their order. It is what the
// plan shows, and what is approved.
type List struct{ sum hash.Hash }

// NewList begins a list.
func NewList() *List { return &List{sha256.New()} }

// Add adds the next included person.
func (l *List) Add(position int64, publicID, status string, version int64) {
	fmt.Fprintf(l.sum, "%d %s %s %d\n", position, publicID, status, version)
}

// Hash gives the hash of what was added.
func (l *List) Hash() string { return hex.EncodeToString(l.sum.Sum(nil)) }
