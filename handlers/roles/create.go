package roles

import (
	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/views/layout"
	"github.com/rollcall/rollcall/views/roles"
)

var newPage = web.Page{Title: "New role", Crumbs: []layout.Crumb{{Label: "Roles", Href: "/roles"}, {Label: "New role"}}}

// New answers GET /roles/new.
func (p *Pages) New(c *web.Call) error {
	m, err := p.formModel(c, roleForm{Application: c.Query("application")}, nil)
	if err != nil {
		return err
	}
	return c.Render(newPage, roles.Form(m))
}

// Create answers POST /roles/new.
func (p *Pages) Create(c *web.Call) error {
	var f roleForm
	if err := c.Bind(&f); err != nil {
		return p.refused(c, err, f, nil, newPage)
	}
	if err := p.elevateNew(c, f); err != nil {
		return err
	}
	role, err := p.Roles.CreateRole(c.Ctx(), c.Actor(), f.input())
	if err != nil {
		return p.refused(c, err, f, nil, newPage)
	}
	return c.Redirect(roleHref(role.Key) + "?ok=created")
}
