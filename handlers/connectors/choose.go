package connectors

import (
	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/models"
	"github.com/rollcall/rollcall/views/connectors"
	"github.com/rollcall/rollcall/views/layout"
	"github.com/rollcall/rollcall/views/ui"
)

// Choose answers GET /connectors/new. Its fragment is the products that match.
func (p *Pages) Choose(c *web.Call) error {
	m := connectors.ChooseModel{Search: c.Query("q")}
	found := p.offered(m.Search)
	for _, kind := range productKinds {
		k := connectors.ProductKind{ID: string(kind.kind), Title: kind.title, Gives: kind.gives, Lacks: kind.lacks}
		for _, one := range found {
			if one.kind == kind.kind {
				k.Products = append(k.Products, connectors.Product{Name: one.name, Href: newHref(one)})
			}
		}
		if len(k.Products) > 0 {
			m.Kinds = append(m.Kinds, k)
		}
	}
	if _, demo := p.Connectors.Kind(models.ConnectorDemo); demo {
		if one, ok := productBy("demo"); ok {
			m.Demo = newHref(one)
		}
	}
	return c.Render(web.Page{
		Title: "Connect a system", Crumbs: []layout.Crumb{{Label: "Connectors", Href: "/connectors"}, {Label: "New"}},
		Fragment: connectors.Products(m), Status: ui.Counted(len(found), "product matches", "products match"),
	}, connectors.Choose(m))
}

func newHref(one product) string { return "/connectors/new/" + one.key }

// chosen gives the product of the address.
func (p *Pages) chosen(c *web.Call) (product, error) {
	one, ok := productBy(c.Param("product"))
	if ok {
		_, ok = p.Connectors.Kind(one.kind)
	}
	if !ok {
		return one, errs.New(errs.NotFound, "There is no product of this name in this installation. Choose one from the list.")
	}
	return one, nil
}
