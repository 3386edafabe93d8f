package access

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rollcall/rollcall/internal/errs"
)

var (
	roleKeyForm        = regexp.MustCompile(`^[a-z0-9]([a-z0-9._-]{0,126}[a-z0-9])?$`)
	applicationKeyForm = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)
	permissionKeyForm  = regexp.MustCompile(`^[a-z0-9]([a-z0-9._:-]{0,126}[a-z0-9])?$`)
)

// form collects the refused inputs of one form.
type form struct{ fields []errs.Field }

func (f *form) refuse(name, message string, args ...any) {
	f.fields = append(f.fields, errs.Field{Name: name, Message: fmt.Sprintf(message, args...)})
}

func (f *form) err() error {
	if len(f.fields) == 0 {
		return nil
	}
	return errs.Input(f.fields...)
}

// text gives one line of text without surrounding space. Characters that do not
// show, or that turn the direction of what follows, are refused: a role's name
// stands in sentences and in the log.
func (f *form) text(name, value string, most int) string {
	value = strings.Join(strings.Fields(value), " ")
	switch {
	case value == "":
		f.refuse(name, "%s", missing[name])
	case !utf8.ValidString(value) || strings.ContainsFunc(value, hidden):
		f.refuse(name, "This holds characters that do not show. Type it instead of pasting it.")
	case utf8.RuneCountInString(value) > most:
		f.refuse(name, "This is %d characters long. At most %d fit.", utf8.RuneCountInString(value), most)
	}
	return value
}

var missing = map[string]string{
	"name":     "Give it a name.",
	"sentence": "Say in one sentence what it lets a person do.",
}

func hidden(r rune) bool { return unicode.Is(unicode.C, r) || r == '\u2028' || r == '\u2029' }

// key checks a key as it stands in addresses and settings.
func (f *form) key(name, value string, allowed *regexp.Regexp) string {
	value = strings.TrimSpace(value)
	if !allowed.MatchString(value) {
		f.refuse(name, "A key has lower-case letters, digits, dots and hyphens, and begins and ends with a letter or digit. %q does not.", clip(value, 40))
	}
	return value
}

// reason checks the reason of a change of access.
func (f *form) reason(value string) string {
	value = strings.TrimSpace(value)
	switch n := utf8.RuneCountInString(value); {
	case n < minReason:
		f.refuse("reason", "Give a reason of at least %d characters. It is written into the log.", minReason)
	case n > maxReason:
		f.refuse("reason", "The reason is %d characters long. At most %d fit.", n, maxReason)
	case !utf8.ValidString(value) || strings.ContainsRune(value, 0):
		f.refuse("reason", "The reason holds characters that cannot be stored. Type it instead of pasting it.")
	}
	return value
}

// clip shortens text to n characters.
func clip(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n-1]) + "…"
}

// slug makes a key out of a name.
func slug(name string) string {
	var b strings.Builder
	gap := false
	for _, r := range strings.ToLower(name) {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			if gap && b.Len() > 0 {
				b.WriteByte('-')
			}
			b.WriteRune(r)
			gap = false
			continue
		}
		gap = true
	}
	return b.String()
}

// people gives a count with its noun.
func people(n int) string {
	switch {
	case n == 1:
		return "1 person"
	case n >= CountCap:
		return "more than 10,000 people"
	case n >= 1000:
		return fmt.Sprintf("%d,%03d people", n/1000, n%1000)
	}
	return fmt.Sprintf("%d people", n)
}

func days(n int64) string {
	if n == 1 {
		return "1 day"
	}
	return fmt.Sprintf("%d days", n)
}
