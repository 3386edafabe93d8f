package sync

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/models"
)

// reading is one account as a system gave it.
type reading struct {
	account connector.Account
	at      models.Instant // when the read began: what it shows is no older
	partial bool           // what is not in it was not said
}

// said is what an account's row keeps of a reading: the mapped fields as the
// directory would keep them, groups and roles. Nothing else of a person is kept.
type said struct {
	Fields map[string]string `json:"fields,omitempty"` // by form name
	Groups []string          `json:"groups"`           // null: not read
	Roles  []string          `json:"roles"`            // null: not read
}

func parseSaid(text string) said {
	var s said
	if text == "" || json.Unmarshal([]byte(text), &s) != nil {
		return said{}
	}
	return s
}

func (s said) text() (string, error) {
	b, err := json.Marshal(s)
	if err != nil {
		return "", fmt.Errorf("keep what an account says: %w", err)
	}
	return string(b), nil
}

// formName gives the name under which the directory knows a mapped field.
func formName(mapped string) string {
	if key, local := strings.CutPrefix(mapped, "attribute:"); local {
		return directory.FieldAttribute(key)
	}
	return mapped
}

// The parts of an account that are no attributes of the system's own naming.
var parts = map[string]func(*connector.Account) string{
	"username":     func(a *connector.Account) string { return a.Username },
	"email":        func(a *connector.Account) string { return a.Email },
	"given_name":   func(a *connector.Account) string { return a.GivenName },
	"family_name":  func(a *connector.Account) string { return a.FamilyName },
	"display_name": fullName,
}

// fullName gives the name of an account, made of its parts where the system has
// none of its own.
func fullName(a *connector.Account) string {
	if a.DisplayName != "" {
		return a.DisplayName
	}
	return strings.TrimSpace(a.GivenName + " " + a.FamilyName)
}

// pick gives what an account says under a name. there is false when the reading
// does not say it at all.
func (r *reading) pick(from string) (text string, there bool) {
	if part, known := parts[from]; known {
		text = part(&r.account)
		return text, text != "" || !r.partial
	}
	values, there := r.account.Attributes[from]
	return strings.Join(values, ", "), there || !r.partial
}

// Most that is kept of groups and roles of one account, and the longest name.
const (
	maxGroups = 1_000
	maxGroup  = 255
)

// keep gives what a reading says, on top of what was known where it is partial,
// and the fields whose value does not fit: they stay as they are.
func (s *source) keep(r *reading, fit directory.Fit, known said) (kept said, unfit []string) {
	out := said{Fields: map[string]string{}, Groups: tidyList(r.account.Groups), Roles: tidyList(r.account.Roles)}
	if out.Groups == nil {
		out.Groups = known.Groups
	}
	if out.Roles == nil {
		out.Roles = known.Roles
	}
	for mapped, rule := range s.mapping.Fields {
		name := formName(mapped)
		if text, there := r.pick(rule.From); there {
			if value, ok := fit.Value(name, text); ok {
				out.Fields[name] = value
			} else {
				unfit = append(unfit, name)
			}
			continue
		}
		if value, there := known.Fields[name]; there {
			out.Fields[name] = value
		}
	}
	return out, unfit
}

// tidyList sorts, so that the same groups in another order are no change.
func tidyList(list []string) []string {
	if list == nil {
		return nil
	}
	out := make([]string, 0, len(list))
	for _, one := range list {
		if one = clean(one, maxGroup); one != "" {
			out = append(out, one)
		}
	}
	slices.Sort(out)
	out = slices.Compact(out)
	return out[:min(len(out), maxGroups)]
}

// fill writes a reading into an account's row.
func (s *source) fill(row *models.Account, r *reading, kept said) error {
	a := &r.account
	text, err := kept.text()
	if err != nil {
		return err
	}
	row.Said = text
	if name := clean(fullName(a), 255); name != "" || !r.partial {
		row.DisplayName = name
	}
	row.SortName = directory.SortKey(firstOf(row.DisplayName, a.Username, row.Username))
	if a.Username != "" || !r.partial {
		row.Username = clean(a.Username, 255)
	}
	if a.Email != "" || !r.partial {
		row.Email, row.EmailVerified = clean(a.Email, 320), a.EmailVerified
		row.EmailNorm = clean(directory.NormEmail(row.Email), 320)
	}
	row.Enabled = a.Enabled
	row.Digest = s.digest(row)
	return nil
}

func firstOf(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}

// digest stands for everything an account's row says of the account. The mapping
// is in it: a changed one makes every account worth comparing again.
func (s *source) digest(row *models.Account) string {
	h := sha256.New()
	fmt.Fprintf(h, "%q %q %q %t %t %s %s", row.Username, row.DisplayName, row.Email, row.EmailVerified, row.Enabled, row.Said, s.Mapping)
	return hex.EncodeToString(h.Sum(nil))
}

// claims gives the rules that fit the groups and roles of an account. A list
// that was not read fits none, and must then decide nothing (OIDC-37).
func (s *source) claims(k said) []access.ClaimRole {
	wanted := []access.ClaimRole{}
	for _, rule := range s.mapping.Roles {
		list := k.Groups
		if rule.Kind == kindRole {
			list = k.Roles
		}
		if _, there := slices.BinarySearch(list, clean(rule.Name, maxGroup)); there {
			wanted = append(wanted, claimOf(rule))
		}
	}
	return wanted
}

// rules gives all rules of roles.
func (s *source) rules() []access.ClaimRole {
	all := make([]access.ClaimRole, len(s.mapping.Roles))
	for i, rule := range s.mapping.Roles {
		all[i] = claimOf(rule)
	}
	return all
}

// kindRole is the kind of a rule about roles of the system; the other is about groups.
const kindRole = "role"

func claimOf(rule connector.RoleRule) access.ClaimRole {
	claim := access.DirectoryGroup
	if rule.Kind == kindRole {
		claim = access.DirectoryRole
	}
	return access.ClaimRole{RoleKey: rule.Role, Claim: claim, Value: rule.Name}
}
