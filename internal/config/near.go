package config

import (
	"maps"
	"slices"
	"strings"
)

// misspelled refuses environment variables that are nearly a setting. Others
// that begin alike are left alone: container platforms invent some of their own.
func (l *loading) misspelled() {
	var known []string
	for _, s := range Settings {
		known = append(known, s.Env())
	}
	known = append(known, ProviderVariables...)
	known = append(known, prefix+"CONFIG")
	for _, name := range slices.Sorted(maps.Keys(l.env)) {
		if !strings.HasPrefix(name, prefix) || slices.Contains(known, name) {
			continue
		}
		if near := nearest(name, known); near != "" {
			l.deny(name, "is not a setting. Did you mean "+near+"?")
		}
	}
}

// nearest gives the known word that differs from word by at most two letters, or "".
func nearest(word string, known []string) string {
	best, least := "", 3
	for _, k := range known {
		if d := distance(word, k); d < least {
			best, least = k, d
		}
	}
	return best
}

// distance counts the letters to insert, drop or change (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			above := row[j+1]
			row[j+1] = min(above+1, row[j]+1, diagonal+cost)
			diagonal = above
		}
	}
	return row[len(b)]
}
