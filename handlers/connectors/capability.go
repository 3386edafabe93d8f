package connectors

import (
	"cmp"
	"strings"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/views/connectors"
)

// abilities say what a capability is for, to people.
var abilities = map[connector.Capability]string{
	connector.CanListPeople:   "List everybody",
	connector.CanListChanges:  "List what changed since the last read",
	connector.CanReadPerson:   "Read one person",
	connector.CanFindPerson:   "Find a person by address or username",
	connector.CanReadRoles:    "Read a person's groups and roles",
	connector.CanListEvents:   "Tell of events",
	connector.CanSetEnabled:   "Switch a person's account off and on",
	connector.CanListSessions: "List a person's sessions",
	connector.CanEndSessions:  "End a person's sessions",
	connector.CanRevokeGrants: "Take back what applications were granted",
	connector.CanWriteField:   "Write fields back",
	connector.CanListApps:     "List the applications behind it",
	connector.CanReadLock:     "Say whether a person is locked out",
	connector.CanUnlock:       "Unlock a person",
	connector.CanReadFactors:  "Say which factors a person has",
	connector.CanReadHistory:  "List a person's latest sign-ins",

	connector.CanRevokeToken:     "Take back one token",
	connector.CanIntrospectToken: "Say whether a token is still good",
}

// Capabilities answers GET /connectors/:connector/capabilities. It asks the
// system, and is loaded after the page so that a slow one holds nobody up.
func (p *Pages) Capabilities(c *web.Call) error {
	of, err := p.find(c)
	if err != nil {
		return err
	}
	m := connectors.CapabilitiesModel{}
	what, err := p.Connectors.Describe(c.Ctx(), of)
	if err != nil {
		m.Problem = "It could not be asked what it can do. " + safe(err)
	} else {
		m = capabilities(what)
	}
	page := p.page(c, of, "Capabilities")
	page.Fragment = connectors.Capabilities(m)
	return c.Render(page, p.framed(c, of, "", connectors.Capabilities(m)))
}

func capabilities(what connector.Description) connectors.CapabilitiesModel {
	m := connectors.CapabilitiesModel{Product: strings.TrimSpace(what.Product + " " + what.Version)}
	for _, one := range connector.Capabilities {
		label := ability(one)
		if what.Can(one) {
			m.Can = append(m.Can, label)
			continue
		}
		why := what.Lacks[one]
		if why == "" {
			why = "This connector has no way to do it."
		}
		m.Cannot = append(m.Cannot, connectors.Cannot{Label: label, Why: why})
	}
	if len(what.Writes) > 0 {
		names := make([]string, len(what.Writes))
		for i, name := range what.Writes {
			names[i] = cmp.Or(fieldLabels[name], name)
			if name == connector.AnyAttribute {
				names[i] = "any further attribute"
			}
		}
		m.Writes = "Can be written back: " + strings.Join(names, ", ") + "."
	}
	return m
}

func ability(one connector.Capability) string {
	if label, named := abilities[one]; named {
		return label
	}
	return strings.ReplaceAll(string(one), "-", " ")
}
