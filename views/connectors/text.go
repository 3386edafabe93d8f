package connectors

import "strings"

// lower begins a label in small letters, as it stands inside a sentence. Words
// that are names keep theirs.
func lower(label string) string {
	first, rest, _ := strings.Cut(label, " ")
	if strings.ToUpper(first) == first {
		return label
	}
	return strings.TrimSpace(strings.ToLower(first) + " " + rest)
}
