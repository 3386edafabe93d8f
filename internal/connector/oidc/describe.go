package oidc

import (
	"context"

	"github.com/rollcall/rollcall/internal/connector"
)

// lacks says why each capability is not there.
var lacks = map[connector.Capability]string{
	connector.CanListPeople:   "People cannot be listed: OpenID Connect describes only whoever signs in. Rollcall learns of people at their sign-in.",
	connector.CanListChanges:  "Changes are not told: what differs is seen at the next sign-in, or when the session is looked at again.",
	connector.CanReadPerson:   "A person's account cannot be read: there is no admin API that Rollcall knows.",
	connector.CanFindPerson:   "Accounts cannot be searched: there is no admin API that Rollcall knows.",
	connector.CanReadRoles:    "Groups and roles cannot be read from outside: they come with the sign-in, as claims.",
	connector.CanListEvents:   "There is no event feed that Rollcall knows. Sign-ins that the provider refuses are seen only there.",
	connector.CanSetEnabled:   "Accounts cannot be switched off from here: disable the person at the provider as well.",
	connector.CanListSessions: "Sessions at the provider and at other applications cannot be seen.",
	connector.CanEndSessions:  "Sessions at the provider and at other applications cannot be ended from here: end them at the provider.",
	connector.CanRevokeGrants: "What other applications were granted cannot be taken back from here: RFC 7009 reaches only tokens of Rollcall's own client.",
	connector.CanWriteField:   "Fields cannot be written: the provider's account stays as it is.",
	connector.CanListApps:     "The applications behind the provider cannot be listed.",
	connector.CanReadLock:     "Whether the provider has locked an account cannot be read.",
	connector.CanUnlock:       "A lock at the provider cannot be lifted from here.",
	connector.CanReadFactors:  "Second factors cannot be read: a sign-in says only which were used.",
	connector.CanReadHistory:  "Sign-ins at the provider cannot be read.",
}

// Describe says what the provider offers to this client: little, and each thing
// only where its discovery document names the address.
func (s *System) Describe(ctx context.Context) (connector.Description, error) {
	d, err := s.discover(ctx)
	if err != nil {
		return connector.Description{}, err
	}
	out := connector.Description{Product: "OpenID provider", Lacks: map[connector.Capability]string{}}
	for _, c := range connector.Capabilities {
		switch {
		case c == connector.CanRevokeToken && d.Revocation != "", c == connector.CanIntrospectToken && d.Introspection != "":
			out.Has = append(out.Has, c)
		case c == connector.CanRevokeToken, c == connector.CanIntrospectToken:
			out.Lacks[c] = lacksOf(c, s.name)
		default:
			out.Lacks[c] = lacks[c]
		}
	}
	return out, nil
}
