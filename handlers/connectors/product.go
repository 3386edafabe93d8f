package connectors

import (
	"strings"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/models"
)

// product is one that people connect: how it is reached, and what its own menus
// call the values our form asks for.
type product struct {
	key, name string
	also      string // further words it is searched by
	kind      models.ConnectorKind
	address   control
	where     map[string]string // hint of a field: where in the product its value is
	paste     pastes
	preset    func(*connectionForm)
}

// control is how a field is asked for.
type control struct{ label, hint, example string }

// pastes say where in the product our addresses go; "" leaves one out.
type pastes struct{ redirect, signedOut, backchannel, hook string }

// productKinds say what can be done with the products of each kind.
var productKinds = []struct {
	kind                models.ConnectorKind
	title, gives, lacks string
}{
	{
		models.ConnectorKeycloak, "With an adapter of its own",
		"Reads everybody, follows events, switches accounts off, ends sessions, takes back offline access, and writes fields back. People can sign in through it too.", "",
	},
	{
		models.ConnectorOIDC, "As an OpenID provider",
		"People sign in through it, and are signed out here when it says so.",
		"That is all: it lists nobody, so nobody is found before the first sign-in, and it cuts nobody off there. A deactivated person is out of Rollcall at once, and not out of the provider.",
	},
	{
		models.ConnectorDemo, "To try",
		"Reads made-up people, and behaves like a real system: its people change, and it can be made to fail.", "",
	},
}

// lacks says what cannot be done with a product; "" when nothing is missing.
func (of product) lacks() string {
	for _, k := range productKinds {
		if k.kind == of.kind {
			return k.lacks
		}
	}
	return ""
}

// productBy gives a product by its key.
func productBy(key string) (product, bool) {
	for _, p := range products {
		if p.key == key {
			return p, true
		}
	}
	return product{}, false
}

// productOf gives the product of a connector, as it was chosen when it was made.
func (p *Pages) productOf(of connector.Connector) product {
	if known, ok := productBy(of.Settings.Product); ok {
		return known
	}
	for _, one := range products {
		if one.kind == of.Kind {
			return one
		}
	}
	return product{key: string(of.Kind), name: string(of.Kind), kind: of.Kind}
}

// offered lists the products this installation has an adapter for, those whose
// name holds the search text.
func (p *Pages) offered(search string) []product {
	var out []product
	search = strings.ToLower(strings.TrimSpace(search))
	for _, one := range products {
		if _, ok := p.Connectors.Kind(one.kind); !ok {
			continue
		}
		if strings.Contains(strings.ToLower(one.name+" "+one.key+" "+one.also), search) {
			out = append(out, one)
		}
	}
	return out
}
