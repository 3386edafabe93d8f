package keycloak

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/rollcall/rollcall/internal/connector"
)

const (
	stepGroups = "read the groups of one person"
	stepRoles  = "read the roles of one person"
	stepApps   = "list the applications"
)

// manyAtOnce is how many groups, roles or applications one request asks for.
const manyAtOnce = 100

// mostOf bounds how many of them are read.
const mostOf = 10_000

// every reads all pages of a list that does not shift under a reader.
func every[T any](ctx context.Context, s *system, r request) ([]T, error) {
	var all []T
	query := url.Values{}
	for name, values := range r.query {
		query[name] = values
	}
	for len(all) < mostOf {
		query.Set("first", strconv.Itoa(len(all)))
		query.Set("max", strconv.Itoa(manyAtOnce))
		var page []T
		err := s.call(ctx, request{path: r.path, query: query, step: r.step, role: r.role}, &page)
		if err != nil {
			return nil, err
		}
		all = append(all, page...)
		if len(page) < manyAtOnce {
			return all, nil
		}
	}
	return nil, s.guard.Fail(connector.FailAnswer, r.step, s.name+" lists more than "+strconv.Itoa(mostOf)+" when asked to "+r.step+". Nothing of it was used.", "Thin them out there.")
}

// ReadAccess reads the groups of an account by their paths, the groups those lie
// in included, and its effective roles: those of the realm by name, those of a
// client as client/role.
func (s *system) ReadAccess(ctx context.Context, id string) (groups, roles []string, err error) {
	path, err := s.account(id, stepGroups)
	if err != nil {
		return nil, nil, err
	}
	if err := s.sees(ctx, stepRoles, roleClients); err != nil {
		return nil, nil, err
	}
	type group struct {
		Path string `json:"path"`
	}
	found, err := every[group](ctx, s, request{path: path + "/groups", step: stepGroups, role: roleView})
	if err != nil {
		return nil, nil, err
	}
	for _, g := range found {
		groups = append(groups, upward(g.Path)...)
	}
	roles, err = s.effectiveRoles(ctx, path)
	if err != nil {
		return nil, nil, err
	}
	return distinct(groups), roles, nil
}

// distinct sorts and keeps one of each; none is an empty list, not an unread one.
func distinct(names []string) []string {
	slices.Sort(names)
	return append([]string{}, slices.Compact(names)...)
}

// upward gives a group's path and those of the groups it lies in.
func upward(path string) []string {
	var all []string
	for path != "" && path != "/" {
		all = append(all, path)
		path = path[:max(0, strings.LastIndexByte(path, '/'))]
	}
	return all
}

// effectiveRoles reads roles given directly, by groups and by other roles. For
// those of clients this is what Keycloak's own console asks.
func (s *system) effectiveRoles(ctx context.Context, path string) ([]string, error) {
	var realm []struct {
		Name string `json:"name"`
	}
	err := s.call(ctx, request{path: path + "/role-mappings/realm/composite", step: stepRoles, role: roleView}, &realm)
	if err != nil {
		return nil, err
	}
	type clientRole struct {
		Role   string `json:"role"`
		Client string `json:"client"`
	}
	var ofClients []clientRole
	err = s.call(ctx, request{path: "/ui-ext/effective-roles" + path, step: stepRoles, role: roleView}, &ofClients)
	if err != nil {
		return nil, s.withoutConsole(err)
	}
	roles := []string{}
	for _, r := range realm {
		roles = append(roles, r.Name)
	}
	for _, r := range ofClients {
		roles = append(roles, r.Client+"/"+r.Role)
	}
	return distinct(roles), nil
}

// withoutConsole explains a Keycloak that was built without its console.
func (s *system) withoutConsole(err error) error {
	if err == nil || gone(err) != nil {
		return err
	}
	return s.guard.Fail(connector.FailUnsupported, stepRoles, s.name+" does not say which roles of applications a person holds by groups and by other roles.",
		"Use a version of Keycloak with its admin console.")
}
