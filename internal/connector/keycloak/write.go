package keycloak

import (
	"context"
	"maps"
	"net/http"
	"slices"

	"github.com/rollcall/rollcall/internal/connector"
)

const (
	stepEnable  = "enable one person"
	stepDisable = "disable one person"
	stepWrite   = "write the fields of one person"
)

// SetEnabled lets an account in or keeps it out. It names nothing else, so that
// nothing else is written.
func (s *system) SetEnabled(ctx context.Context, id string, enabled bool) error {
	step := stepDisable
	if enabled {
		step = stepEnable
	}
	path, err := s.account(id, step)
	if err != nil {
		return err
	}
	return s.call(ctx, request{method: http.MethodPut, path: path, step: step, role: roleManage, body: map[string]bool{"enabled": enabled}}, nil)
}

// fieldNames are ours for the fields that every account has, and Keycloak's.
var fieldNames = map[string]string{"username": "username", "email": "email", "given_name": "firstName", "family_name": "lastName"}

// WriteFields writes fields and leaves the others. Attributes can only be sent
// all together, beside the fields that Keycloak would empty otherwise, so they
// are read first; who changes the same person at Keycloak between the two loses
// that change, and nobody is enabled or disabled by it. An address that is new is
// not verified: nobody has shown yet that it is theirs.
func (s *system) WriteFields(ctx context.Context, id string, fields map[string]string) error {
	path, err := s.account(id, stepWrite)
	if err != nil || len(fields) == 0 {
		return err
	}
	if err := s.mayWrite(ctx, fields); err != nil {
		return err
	}
	body := make(map[string]any)
	attributes := make(map[string]string)
	for name, value := range fields {
		if theirs, own := fieldNames[name]; own {
			body[theirs] = value
		} else {
			attributes[name] = value
		}
	}
	email, changesEmail := fields["email"]
	if changesEmail || len(attributes) > 0 {
		now, err := s.person(ctx, id, stepWrite)
		if err != nil {
			return err
		}
		if changesEmail && email != now.Email {
			body["emailVerified"] = false
		}
		if len(attributes) > 0 {
			beside(body, now, attributes)
		}
	}
	return s.call(ctx, request{method: http.MethodPut, path: path, step: stepWrite, role: roleManage, body: body}, nil)
}

// beside adds what Keycloak would empty when attributes are named without it.
func beside(body map[string]any, now person, attributes map[string]string) {
	for theirs, value := range map[string]string{"username": now.Username, "email": now.Email, "firstName": now.FirstName, "lastName": now.LastName} {
		if _, named := body[theirs]; !named && value != "" {
			body[theirs] = value
		}
	}
	all := make(map[string][]string, len(now.Attributes)+len(attributes))
	maps.Copy(all, now.Attributes)
	for name, value := range attributes {
		if value == "" {
			delete(all, name)
			continue
		}
		all[name] = []string{value}
	}
	body["attributes"] = all
}

// mayWrite refuses what Keycloak would drop without a word.
func (s *system) mayWrite(ctx context.Context, fields map[string]string) error {
	names := slices.Sorted(maps.Keys(fields))
	own := func(name string) bool { return fieldNames[name] != "" }
	if !slices.ContainsFunc(names, func(name string) bool { return !own(name) }) {
		return nil
	}
	p, err := s.profile(ctx)
	if err != nil {
		return err
	}
	for _, name := range names {
		switch {
		case own(name), p.edits(name):
		case name == "display_name":
			return s.guard.Fail(connector.FailUnsupported, stepWrite, s.name+" keeps no display name: it makes one of given and family name. Nothing was changed.", "Write given and family name instead.")
		case p.knows(name):
			return s.guard.Fail(connector.FailInvalid, stepWrite, s.name+" does not let the attribute "+clean(name)+" be edited. Nothing was changed.",
				"In Keycloak open Realm settings > User profile > "+clean(name)+" and let administrators edit it.")
		default:
			return s.guard.Fail(connector.FailInvalid, stepWrite, "The user profile of "+s.name+" has no attribute "+clean(name)+", so that it would drop the value. Nothing was changed.",
				"In Keycloak open Realm settings > User profile > Create attribute, or set Realm settings > General > Unmanaged Attributes to Only administrators can write.")
		}
	}
	return nil
}
