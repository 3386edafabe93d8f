package directory

import (
	"context"
	"strings"
	"unicode/utf8"
)

// lookupLimit is how many people one exact value may name.
const lookupLimit = 10

// Lookup finds people by one exact value: e-mail, username, subject at a
// provider, ID or external ID. It answers "paste anything": show its rows in
// front of the list. Filters do not apply.
func (e *Engine) Lookup(ctx context.Context, tenant int64, text string) ([]Exact, error) {
	text = strings.TrimSpace(text)
	if text == "" || len(text) > 4*maxEmail || !utf8.ValidString(text) || illegible("", text) != "" {
		return nil, nil
	}
	r := e.db.Read(tenant)
	var all []Exact
	seen := map[int64]bool{}
	for _, by := range exactKeys(text) {
		rows, err := exact(ctx, r, by)
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			if !seen[row.ID] {
				seen[row.ID] = true
				all = append(all, Exact{Row: row, By: by.name})
			}
		}
	}
	return all, nil
}

// exactKey is one way to name a person exactly.
type exactKey struct {
	name   string
	index  string
	column string
	value  string
}

func exactKeys(text string) []exactKey {
	keys := []exactKey{
		{"ID", "", "public_id", strings.ToLower(text)},
		{"e-mail", "users_by_email", "email_norm", NormEmail(text)},
		{"username", "users_by_username", "username_norm", normUsername(text)},
		{"external ID", "users_by_external_id", "external_id", text},
		{"subject", "", "subject", text},
	}
	if !strings.Contains(text, "@") {
		keys[1].value = "" // no e-mail address: nothing to look for
	}
	return keys
}
