package signin

import (
	"fmt"
	"strings"

	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/config"
	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/signin/oidc"
)

// claims maps what the provider says into fields. What it does not say, or
// holds back, stays as it was.
func claims(p *provider, id *oidc.Identity) directory.Claims {
	c := p.config.Claims
	out := directory.Claims{
		DisplayName: said(id.Name), GivenName: said(id.GivenName), FamilyName: said(id.FamilyName),
		Username: said(id.Username), Email: said(id.Email),
		Phone: field(id, c.Phone), Title: field(id, c.Title), Department: field(id, c.Department), ExternalID: field(id, c.ExternalID),
	}
	for key, claim := range c.Attributes {
		if value := field(id, claim); value != nil {
			if out.Attributes == nil {
				out.Attributes = map[string]string{}
			}
			out.Attributes[key] = *value
		}
	}
	if p.mapping != nil {
		keepMapped(&out, p.mapping)
	}
	return out
}

// keepMapped leaves out the standard claims that no rule of a connector's mapping
// names: there, what nothing fills stays empty.
func keepMapped(out *directory.Claims, m *connector.Mapping) {
	for field, value := range map[string]**string{
		directory.FieldDisplayName: &out.DisplayName, directory.FieldGivenName: &out.GivenName, directory.FieldFamilyName: &out.FamilyName,
		directory.FieldUsername: &out.Username, directory.FieldEmail: &out.Email,
	} {
		if _, mapped := m.Fields[field]; !mapped {
			*value = nil
		}
	}
}

func said(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// field gives a mapped claim as the text of one field; nil when it is not said
// or is not something a field can hold.
func field(id *oidc.Identity, claim string) *string {
	if claim == "" || !knows(id, claim) {
		return nil
	}
	value, there := id.Raw[claim]
	if !there {
		return nil
	}
	if text, ok := scalar(value); ok {
		return &text
	}
	if list, ok := texts(value); ok {
		text := strings.Join(list, ", ")
		return &text
	}
	return nil
}

// knows reports whether the provider's silence about a claim or path means anything.
func knows(id *oidc.Identity, claim string) bool {
	first, _, _ := strings.Cut(claim, ".")
	return id.Knows(claim) && id.Knows(first)
}

func scalar(value any) (string, bool) {
	switch v := value.(type) {
	case nil:
		return "", true
	case string:
		return v, true
	case bool, float64, int64, fmt.Stringer: // a number may come as text of its own type
		return fmt.Sprint(v), true
	}
	return "", false
}

func texts(value any) ([]string, bool) {
	list, ok := value.([]any)
	if !ok {
		return nil, false
	}
	out := make([]string, 0, len(list))
	for _, one := range list {
		text, ok := scalar(one)
		if !ok {
			return nil, false
		}
		out = append(out, text)
	}
	return out, true
}

// anyValue in a mapping stands for every value.
const anyValue = "*"

// roles gives the roles the mapping makes of the claims. unknown says that the
// provider held back a claim the mapping needs: then nothing may be taken away
// (OIDC-37).
func roles(p *provider, id *oidc.Identity) (wanted []access.ClaimRole, unknown bool) {
	for _, m := range p.config.Roles {
		values, state := list(p.config.Claims, id, m.Claim)
		if state == oidc.Unknown {
			unknown = true
		}
		for _, v := range values {
			if v == m.Value || m.Value == anyValue {
				wanted = append(wanted, access.ClaimRole{RoleKey: m.Role, Claim: m.Claim, Value: m.Value})
				break
			}
		}
	}
	return wanted, unknown
}

// list gives the values of a claim that a mapping names. "groups" and "roles"
// mean the claims configured for them; an address counts only when verified.
func list(names config.Claims, id *oidc.Identity, claim string) ([]string, oidc.State) {
	switch claim {
	case "sub":
		return []string{id.Subject}, oidc.Given
	case "email":
		if !id.EmailVerified {
			return nil, oidc.Absent
		}
		return []string{directory.NormEmail(id.Email)}, oidc.Given
	case "groups", names.Groups:
		return id.Groups.Values, id.Groups.State
	case "roles", names.Roles:
		return id.Roles.Values, id.Roles.State
	}
	if !knows(id, claim) {
		return nil, oidc.Unknown
	}
	value, there := id.Raw[claim]
	if !there || value == nil {
		return nil, oidc.Absent
	}
	if one, ok := scalar(value); ok {
		return []string{one}, oidc.Given
	}
	many, ok := texts(value)
	if !ok {
		return nil, oidc.Unknown
	}
	return many, oidc.Given
}
