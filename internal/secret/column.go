package secret

import "strings"

// Column is a column of sealed text. The package that owns the table describes
// it, so that what lies there can be sealed again with another key.
type Column struct {
	Table  string
	Column string
	Key    string   // the column that names a row inside its tenant; text
	Needs  []string // further columns that Place reads
	// Place gives where the text of a row is sealed for, from the key and the
	// needed columns, all as text.
	Place func(tenant int64, row map[string]string) Place
}

// Name names the column as places do: "sessions.id_token".
func (c Column) Name() string { return c.Table + "." + c.Column }

// MarkSize is how many characters at the start of a sealed text name its key.
const MarkSize = len(version) + 1 + 8 + 1

// Mark gives how every text begins that the first key seals.
func (r *Keyring) Mark() string { return version + "." + r.first + "." }

// Knows reports whether a sealed text, or just its first MarkSize characters,
// names a key that is in the keyring.
func (r *Keyring) Knows(sealed string) bool {
	v, rest, _ := strings.Cut(sealed, ".")
	id, _, ok := strings.Cut(rest, ".")
	_, known := r.seals[id]
	return ok && v == version && known
}
