package csv

import "strings"

// starters begin a formula in one spreadsheet or another. The full-width forms
// are folded to the plain ones by some of them on import.
const starters = "=+-@\t\r＝＋－＠"

// Safe gives the cell in a form that no spreadsheet takes for a formula: an
// apostrophe goes in front of one that starts like it, also behind spaces and
// quotes. Line breaks and control characters become spaces, so that one row
// stays one line.
func Safe(cell string) string {
	cell = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, cell)
	start := strings.TrimLeft(cell, " \u00a0\"'")
	if start != "" && strings.ContainsRune(starters, []rune(start)[0]) {
		return "'" + cell
	}
	return cell
}
