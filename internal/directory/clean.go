package directory

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/rollcall/rollcall/internal/errs"
)

// Longest texts, in characters, as the columns have them.
const (
	maxName       = 255
	maxEmail      = 320
	maxPhone      = 64
	maxExternalID = 128
	maxDepartment = 200
	maxReason     = 1000
	maxValue      = 255
)

// form collects what is wrong with an input, field by field.
type form struct{ fields []errs.Field }

func (f *form) refuse(field, message string, args ...any) {
	f.fields = append(f.fields, errs.Field{Name: field, Message: fmt.Sprintf(message, args...)})
}

// err gives the refusal, or nil when nothing was refused.
func (f *form) err() error {
	if len(f.fields) == 0 {
		return nil
	}
	return errs.Input(f.fields...)
}

// text checks one line of text a person typed and gives it clean: trimmed,
// composed, single spaces, without the invisible characters that turn text
// around. NUL and control characters are refused, not dropped in silence.
func (f *form) text(field, label, value string, limit int) string {
	if message := illegible(label, value); message != "" {
		f.refuse(field, "%s", message)
		return ""
	}
	value = tidy(value)
	if n := utf8.RuneCountInString(value); n > limit {
		f.refuse(field, "%s has %d characters; at most %d fit.", label, n, limit)
		return ""
	}
	return value
}

// reason checks a reason; required ones have at least minReason characters.
func (f *form) reason(value string, required bool) string {
	value = strings.Join(strings.Fields(value), " ") // a reason may be typed in several lines
	value = f.text(FieldReason, "The reason", value, maxReason)
	if required && len(f.fields) == 0 && utf8.RuneCountInString(value) < minReason {
		f.refuse(FieldReason, "Write a reason of at least %d characters. It is kept in the audit log.", minReason)
	}
	return value
}

func illegible(label, value string) string {
	if !utf8.ValidString(value) {
		return label + " contains bytes that are not text. Type it again."
	}
	for _, r := range value {
		if r == 0 {
			return label + " contains a NUL character. Type it again."
		}
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return label + " contains a control character or a line break. Remove it."
		}
	}
	return ""
}

// tidy composes, drops invisible direction marks and collapses spaces.
func tidy(value string) string {
	value = strings.Map(func(r rune) rune {
		if isHidden(r) {
			return -1
		}
		return r
	}, norm.NFC.String(value))
	return strings.Join(strings.Fields(value), " ")
}

// isHidden names the characters that change how the text around them is shown
// and have no width of their own: direction overrides and isolates, zero-width
// space and byte order mark. Joiners stay: scripts need them.
func isHidden(r rune) bool {
	return r >= '\u202A' && r <= '\u202E' || r >= '\u2066' && r <= '\u2069' || r == '\u200B' || r == '\uFEFF'
}

// accept makes text of a provider fit without a person to ask: control
// characters become spaces, what is too long is cut.
func accept(value string, limit int) string {
	value = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(value, ""))
	return strings.TrimSpace(cut(tidy(value), limit))
}
