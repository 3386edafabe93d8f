package certificate

import (
	"encoding/base64"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// Statement is the text that is signed: short enough to be read aloud.
func Statement(h Head, digest string) string {
	about := h.Operation.Code
	if h.Scope == ScopePerson {
		about += " one person"
	}
	return strings.Join([]string{"rollcall certificate 1", about, h.ID, h.Issued.At, "sha256 " + digest}, "\n") + "\n"
}

// Sign gives the object of the signature over a digest.
func Sign(head []byte, digest string, by note.Signer) ([]byte, error) {
	h, err := ReadHead(head)
	if err != nil {
		return nil, err
	}
	signed, err := note.Sign(&note.Note{Text: Statement(h, digest)}, by)
	if err != nil {
		return nil, fmt.Errorf("sign a certificate: %w", err)
	}
	return canonical(Signature{Digest: digest, Note: string(signed)})
}

// strictNote reports whether the one signature of a note is written in the one
// way there is to write it. The base64 of the library takes several.
func strictNote(text string) bool {
	_, signatures, found := strings.Cut(text, "\n\n")
	line, ends := strings.CutSuffix(signatures, "\n")
	if !found || !ends || strings.Contains(line, "\n") {
		return false
	}
	words := strings.Split(line, " ")
	if len(words) != 3 || words[0] != "—" {
		return false
	}
	b, err := base64.StdEncoding.Strict().DecodeString(words[2])
	return err == nil && base64.StdEncoding.EncodeToString(b) == words[2]
}

// signerOf gives name and key hash of the signature of a note, for people.
func signerOf(key string) string {
	name, rest, _ := strings.Cut(key, "+")
	hash, _, _ := strings.Cut(rest, "+")
	return name + "+" + hash
}
