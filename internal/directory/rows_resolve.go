package directory

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// hit is a person who answers to an exact value.
type hit struct {
	ID     int64
	Status models.Status
	V      string // the value as it is kept
}

// resolve finds the people whom each of many texts names exactly, as Lookup does
// for one, with one statement for each way to name somebody.
func resolve(ctx context.Context, r store.Reader, texts []string) (map[string][]hit, error) {
	asked, keys := askedFor(texts)
	found := make(map[string][]hit, len(texts))
	for _, by := range keys {
		hits, err := holders(ctx, r, by, slices.Sorted(maps.Keys(asked[by.column])))
		if err != nil {
			return nil, err
		}
		for _, h := range hits {
			for _, text := range asked[by.column][h.V] {
				if !slices.ContainsFunc(found[text], func(other hit) bool { return other.ID == h.ID }) {
					found[text] = append(found[text], h)
				}
			}
		}
	}
	return found, nil
}

// askedFor sorts texts by column and value, each way to name somebody once.
func askedFor(texts []string) (asked map[string]map[string][]string, keys []exactKey) {
	asked = map[string]map[string][]string{}
	for _, text := range texts {
		for _, by := range legibleKeys(text) {
			if by.value == "" || by.column == "public_id" && uuid.Validate(by.value) != nil {
				continue
			}
			if asked[by.column] == nil {
				asked[by.column] = map[string][]string{}
				keys = append(keys, by)
			}
			if of := asked[by.column][by.value]; !slices.Contains(of, text) {
				asked[by.column][by.value] = append(of, text)
			}
		}
	}
	return asked, keys
}

func legibleKeys(text string) []exactKey {
	text = strings.TrimSpace(text)
	if text == "" || len(text) > 4*maxEmail || !utf8.ValidString(text) || illegible("", text) != "" {
		return nil
	}
	return exactKeys(text)
}

// maxHolders bounds what one statement reads.
const maxHolders = 10_000

// holders reads who has one of the values. Of a value that more people have than
// can be read, enough are given to see that it names no single one.
func holders(ctx context.Context, r store.Reader, by exactKey, values []string) ([]hit, error) {
	var s statement
	if by.column == "subject" {
		s.add("SELECT y.user_id AS id, u.status, y.subject AS v FROM identities y JOIN users u ON u.tenant_id = ?tenant AND u.id = y.user_id"+
			" WHERE y.tenant_id = ?tenant AND y.subject IN ("+marks(len(values))+")", toAny(values)...)
	} else {
		s.add("SELECT u.id, u.status, u."+by.column+" AS v FROM users u"+force(r, by.index)+
			" WHERE u.tenant_id = ?tenant AND u."+by.column+" IN ("+marks(len(values))+")", toAny(values)...)
	}
	s.add(" LIMIT ?", maxHolders)
	hits := []hit{}
	if err := s.scan(ctx, r, &hits); err != nil {
		return nil, fmt.Errorf("look up many by %s: %w", by.name, err)
	}
	if len(hits) < maxHolders || len(values) == 1 {
		return hits, nil
	}
	half := len(values) / 2
	first, err := holders(ctx, r, by, values[:half])
	if err != nil {
		return nil, err
	}
	second, err := holders(ctx, r, by, values[half:])
	return append(first, second...), err
}
