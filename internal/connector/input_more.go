package connector

import (
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"
)

// maxRules is how many role rules a mapping may hold.
const maxRules = 200

var (
	roleKeyForm   = regexp.MustCompile(`^[a-z0-9]([a-z0-9._-]{0,126}[a-z0-9])?$`)
	attributeForm = regexp.MustCompile(`^attribute:[a-z0-9][a-z0-9_-]{0,62}$`)
)

// Fields are the directory's fields a mapping may fill, in the order pages show
// them. Local attributes come beside them, as "attribute:<key>".
var Fields = []string{"display_name", "given_name", "family_name", "username", "email", "phone", "title", "department", "external_id"}

// mapping checks which attribute fills which field.
func (f *form) mapping(m Mapping) Mapping {
	out := Mapping{Fields: map[string]FieldRule{}}
	for name, rule := range m.Fields {
		if !mappable(name) {
			f.refuse(name, "Rollcall has no field %q.", clip(name, 40))
			continue
		}
		rule.From = f.line(name, rule.From, maxLine)
		if rule.From == "" {
			continue // nothing fills it
		}
		switch rule.Owner {
		case OwnedBySource, OwnedByUs, OwnedByFirst:
		case "":
			rule.Owner = OwnedBySource
		default:
			f.refuse(name, "Choose who owns the field.")
		}
		out.Fields[name] = rule
	}
	if len(m.Roles) > maxRules {
		f.refuse("roles", "At most %d rules fit.", maxRules)
		return out
	}
	for i, rule := range m.Roles {
		field := fmt.Sprintf("roles.%d", i)
		rule.Name, rule.Role = f.line(field, rule.Name, maxLine), strings.TrimSpace(rule.Role)
		switch {
		case rule.Name == "" && rule.Role == "":
			continue
		case rule.Kind != "group" && rule.Kind != "role":
			f.refuse(field, "Choose whether it is a group or a role.")
		case rule.Name == "":
			f.refuse(field, "Give the name of the group or role, as the system writes it.")
		case !roleKeyForm.MatchString(rule.Role):
			f.refuse(field, "Choose the role it gives.")
		}
		out.Roles = append(out.Roles, rule)
	}
	return out
}

func mappable(name string) bool {
	for _, known := range Fields {
		if name == known {
			return true
		}
	}
	return attributeForm.MatchString(name)
}

// Bounds of a schedule.
const (
	MinEvery     = time.Minute
	MaxEvery     = 30 * 24 * time.Hour
	MinFullEvery = time.Hour
	MaxFullEvery = 90 * 24 * time.Hour
	MinWindow    = time.Hour
	MaxWindow    = 7 * 24 * time.Hour
)

// schedule checks when a system is read and what is too much at once. The guard
// cannot be switched off.
func (f *form) schedule(s Schedule) Schedule {
	if s.Every != 0 && (s.Every < MinEvery || s.Every > MaxEvery) {
		f.refuse("every", "Read it every minute at most and every 30 days at least, or only by hand.")
	}
	if s.FullEvery != 0 && (s.FullEvery < MinFullEvery || s.FullEvery > MaxFullEvery) {
		f.refuse("full_every", "Read everybody once an hour at most and once in 90 days at least, or only by hand.")
	}
	if !(s.GuardPercent > 0 && s.GuardPercent <= 100) { // not a number fails too
		f.refuse("guard_percent", "Give a share above 0 and up to 100 percent.")
	}
	if s.GuardCount < 1 || s.GuardCount > 1_000_000 {
		f.refuse("guard_count", "Give a number of people from 1 to 1,000,000.")
	}
	if s.GuardWindow < MinWindow || s.GuardWindow > MaxWindow {
		f.refuse("guard_window", "Count over 1 hour to 7 days.")
	}
	return s
}

// secret checks one secret. Its value is in no message.
func (f *form) secret(field, value string) string {
	value = strings.TrimSpace(value)
	switch {
	case !utf8.ValidString(value) || strings.ContainsFunc(value, hidden):
		f.refuse(field, "This holds characters that do not show. Copy it again.")
	case utf8.RuneCountInString(value) > maxSecret:
		f.refuse(field, "This is longer than a secret: at most %d characters fit.", maxSecret)
	}
	return value
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
	key := b.String()
	if len(key) > maxKey-4 {
		key = strings.Trim(key[:maxKey-4], "-")
	}
	if key == "" { // a name without a Latin letter
		return "source"
	}
	return key
}
