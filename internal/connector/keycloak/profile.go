package keycloak

import (
	"context"
	"slices"

	"github.com/rollcall/rollcall/internal/connector"
)

// profile is the part of a realm's user profile that says which attributes can be
// written.
type profile struct {
	Unmanaged  string `json:"unmanagedAttributePolicy"`
	Attributes []struct {
		Name        string `json:"name"`
		Permissions *struct {
			Edit []string `json:"edit"`
		} `json:"permissions"`
	} `json:"attributes"`
}

func (s *system) profile(ctx context.Context) (profile, error) {
	var p profile
	err := s.call(ctx, request{path: "/users/profile", step: "read the user profile", role: roleView}, &p)
	return p, err
}

// free reports whether administrators may write attributes without a place in
// the profile.
func (p profile) free() bool { return p.Unmanaged == "ENABLED" || p.Unmanaged == "ADMIN_EDIT" }

func (p profile) knows(name string) bool {
	_, known := p.allows(name)
	return known
}

// edits reports whether administrators may write an attribute.
func (p profile) edits(name string) bool {
	allowed, known := p.allows(name)
	if !known {
		return p.free() && name != "display_name"
	}
	return allowed
}

func (p profile) allows(name string) (allowed, known bool) {
	for _, a := range p.Attributes {
		if a.Name == name {
			return a.Permissions != nil && slices.Contains(a.Permissions.Edit, "admin"), true
		}
	}
	return false, false
}

// writable lists what WriteFields can write.
func (p profile) writable() []string {
	fields := []string{"email", "given_name", "family_name", "username"}
	for _, a := range p.Attributes {
		if !slices.Contains([]string{"username", "email", "firstName", "lastName"}, a.Name) && p.edits(a.Name) {
			fields = append(fields, a.Name)
		}
	}
	if p.free() {
		fields = append(fields, connector.AnyAttribute)
	}
	return fields
}
