package directory

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

const (
	maxTokens    = 64 // words kept for one person
	maxTokenSize = 64 // characters of a word
	maxSortName  = 255
)

// latin spells letters that no decomposition takes apart the way people type them.
var latin = strings.NewReplacer(
	"ø", "o", "ł", "l", "đ", "d", "ð", "d", "þ", "th", "æ", "ae", "œ", "oe", "ı", "i", "ħ", "h", "ŧ", "t", "ŋ", "n",
)

// fold makes text comparable: compatibility forms, capitals, accents and other
// marks do not count. "Søren ÅSTRÖM" and "soren astrom" fold to the same.
func fold(s string) string {
	if isASCII(s) {
		return strings.ToLower(s)
	}
	s = stripMarks(norm.NFKD.String(s))
	s = latin.Replace(strings.ToLower(cases.Fold().String(s))) // folding makes some scripts capital
	return norm.NFC.String(stripMarks(norm.NFKD.String(s)))
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func stripMarks(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, s)
}

// sortName gives the key of the list's order. People without a display name
// sort by what stands in its place.
func sortName(displayName string) string {
	return cut(strings.Join(strings.Fields(fold(displayName)), " "), maxSortName)
}

// words takes folded text apart at everything that is neither letter nor number.
func words(folded string) []string {
	return strings.FieldsFunc(folded, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) })
}

var joints = strings.NewReplacer("'", "", "’", "", "ʼ", "", "-", "", "‐", "")

// tokens gives the words a person is found by: those of the display name, the
// username and the part of the e-mail before the @. Words joined by an
// apostrophe or a hyphen are found joined too: O'Brien as o, brien and obrien.
func tokens(displayName, username, email string) []string {
	local, _, _ := strings.Cut(email, "@")
	seen := make(map[string]bool, 8)
	var all []string
	for _, text := range []string{displayName, username, local} {
		folded := fold(text)
		candidates := words(folded)
		if joined := joints.Replace(folded); joined != folded {
			candidates = append(candidates, words(joined)...)
		}
		for _, word := range candidates {
			word = cut(word, maxTokenSize)
			if seen[word] || len(all) == maxTokens {
				continue
			}
			seen[word] = true
			all = append(all, word)
		}
	}
	return all
}

// cut gives at most n characters of s.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}

// after gives a text that sorts behind everything that begins with prefix.
func after(prefix string) string { return prefix + string(unicode.MaxRune) }

// SortKey gives the key by which lists of people and accounts are ordered.
func SortKey(displayName string) string { return sortName(displayName) }
