package certificate

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// KeyList is how an organisation publishes its keys.
type KeyList struct {
	Keys []Key `json:"keys"`
}

// Key is one published key.
type Key struct {
	Key       string `json:"key"` // as note writes it: name+hash+base64
	MadeAt    string `json:"made_at,omitempty"`
	RetiredAt string `json:"retired_at,omitempty"` // it signs nothing from then on; what it signed before stands
}

// ParseKeys reads keys somebody trusts: the published JSON, or one key on each
// line.
func ParseKeys(text []byte) (KeyList, error) {
	var list KeyList
	if trimmed := bytes.TrimSpace(text); bytes.HasPrefix(trimmed, []byte("{")) {
		if err := json.Unmarshal(trimmed, &list); err != nil {
			return list, fmt.Errorf("they are neither JSON nor one on each line: %w", err)
		}
	} else {
		for line := range strings.SplitSeq(string(trimmed), "\n") {
			if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
				list.Keys = append(list.Keys, Key{Key: line})
			}
		}
	}
	for i, k := range list.Keys {
		if _, err := note.NewVerifier(k.Key); err != nil {
			return list, fmt.Errorf("key %d is not written as keys are, name+0a1b2c3d+AbCd: %w", i+1, err)
		}
	}
	return list, nil
}
