package oidc

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	maxName  = 256 // characters of a name
	maxEmail = 254 // RFC 5321 section 4.5.3.1.3, less the brackets
)

// identify reads the identity out of checked claims.
func (p *Provider) identify(c claimSet) Identity {
	names := p.config.Claims
	out := Identity{
		Issuer:     text(c, "iss"),
		Subject:    text(c, "sub"),
		Email:      c.email(names.Email),
		Name:       c.name(names.Name),
		GivenName:  c.name(names.GivenName),
		FamilyName: c.name(names.FamilyName),
		Username:   c.name(names.Username),
		ACR:        text(c, "acr"),
		SID:        text(c, "sid"),
		Unknown:    c.held(),
	}
	verified, _ := find(c, names.EmailVerified)
	out.EmailVerified = out.Email != "" && verified == true
	out.AuthTime, _ = c.instant("auth_time")
	out.IssuedAt, _ = c.instant("iat")
	out.AMR, _ = texts(c["amr"])
	if p.config.multi() {
		out.Tenant = text(c, "tid")
	}
	out.Groups = c.list(names.Groups, out.Unknown)
	out.Roles = c.list(names.Roles, out.Unknown)
	out.Raw = map[string]any{}
	for _, name := range p.config.KeepClaims {
		if value, said := find(c, name); said {
			out.Raw[name] = value
		}
	}
	return out
}

// find gives the value at a claim's name or path. A name that exists whole
// wins, so a claim called "https://example.com/roles" is found.
func find(c claimSet, path string) (any, bool) {
	if value, said := c[path]; said {
		return value, true
	}
	object := map[string]any(c)
	for {
		first, rest, deeper := strings.Cut(path, ".")
		value, said := object[first]
		if !said || !deeper {
			return value, said
		}
		object, said = value.(map[string]any)
		if !said {
			return nil, false
		}
		path = rest
	}
}

// list reads a claim that names several things. One text stands for a list of
// one; anything else that is not a list of texts is unknown, not empty.
func (c claimSet) list(path string, held []string) List {
	first, _, _ := strings.Cut(path, ".")
	if slices.Contains(held, path) || slices.Contains(held, first) {
		return List{State: Unknown}
	}
	value, said := find(c, path)
	if !said || value == nil {
		return List{State: Absent}
	}
	if one, ok := value.(string); ok {
		return List{State: Given, Values: []string{one}}
	}
	values, ok := texts(value)
	if !ok {
		return List{State: Unknown}
	}
	return List{State: Given, Values: values}
}

// name reads a name for people: without control characters and without those
// that turn the direction of what follows, in one line, of bounded length.
func (c claimSet) name(path string) string {
	value, _ := find(c, path)
	s, _ := value.(string)
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == utf8.RuneError:
			return -1
		}
		return r
	}, s)
	s = strings.Join(strings.Fields(s), " ")
	if utf8.RuneCountInString(s) > maxName {
		s = strings.TrimSpace(string([]rune(s)[:maxName]))
	}
	return s
}

// email reads an address; one that is none is as good as absent.
func (c claimSet) email(path string) string {
	value, _ := find(c, path)
	s, _ := value.(string)
	local, domain, ok := strings.Cut(s, "@")
	if !ok || local == "" || domain == "" || len(s) > maxEmail || strings.Contains(domain, "@") {
		return ""
	}
	for _, r := range s {
		if unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return ""
		}
	}
	return s
}
