package connectors

import (
	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/models"
	"github.com/rollcall/rollcall/views/connectors"
	"github.com/rollcall/rollcall/views/layout"
)

func newPage(of product) web.Page {
	return web.Page{
		Title:  "Connect " + of.name,
		Crumbs: []layout.Crumb{{Label: "Connectors", Href: "/connectors"}, {Label: "New", Href: "/connectors/new"}, {Label: of.name}},
	}
}

// New answers GET /connectors/new/:product.
func (p *Pages) New(c *web.Call) error {
	of, err := p.chosen(c)
	if err != nil {
		return err
	}
	if err := elevate(c); err != nil {
		return err
	}
	f, err := p.freshForm(c, of)
	if err != nil {
		return err
	}
	return c.Render(newPage(of), connectors.Form(p.newModel(c, of, f, problem{})))
}

// freshForm is a form nobody typed into yet.
func (p *Pages) freshForm(c *web.Call, of product) (connectionForm, error) {
	key, err := p.Connectors.FreeKey(c.Ctx(), c.Tenant(), of.key)
	if err != nil {
		return connectionForm{}, err
	}
	f := connectionForm{Name: of.name, Key: key}
	if of.key == "generic" {
		f.Name = ""
	}
	if of.preset != nil {
		of.preset(&f)
	}
	return f, nil
}

// newModel draws what was typed. A secret is never in it.
func (p *Pages) newModel(c *web.Call, of product, f connectionForm, w problem) connectors.FormModel {
	d := drawing{form: f, product: of, errors: w.fields, isNew: true, local: p.Loopback, now: c.Now()}
	m := connectors.FormModel{
		Action: newHref(of), Cancel: "/connectors/new", New: true, Groups: d.groups(), Submit: "Save as a draft", Errors: w.fields, Problems: w.problems,
		Paste: p.pasteValues(of, f.Key, of.kind == models.ConnectorOIDC || of.kind == models.ConnectorKeycloak, nil),
		About: []string{"It is saved as a draft: Rollcall reads nothing from it and writes nothing to it until it is tested, mapped and enabled."},
	}
	if lacks := of.lacks(); lacks != "" {
		m.About = append(m.About, "People sign in through it. "+lacks)
	}
	return m
}

// Create answers POST /connectors/new/:product.
func (p *Pages) Create(c *web.Call) error {
	of, err := p.chosen(c)
	if err != nil {
		return err
	}
	var f connectionForm
	err = c.Bind(&f)
	if err == nil {
		var made connector.Connector
		made, err = p.Connectors.Create(c.Ctx(), c.Actor(), connector.NewConnector{
			Kind: of.kind, Key: f.Key, Name: f.Name, Settings: f.settings(of, connector.Settings{}), Secrets: f.secrets(),
		})
		if err == nil {
			return c.Redirect(href(made, "test") + "?ok=created")
		}
	}
	w, again := refusal(err)
	if !again {
		return err
	}
	if f == (connectionForm{}) && len(w.fields) == 0 { // back from a fresh sign-in, before anything was typed
		if f, err = p.freshForm(c, of); err != nil {
			return err
		}
	}
	page := newPage(of)
	page.Code = w.code
	return c.Render(page, connectors.Form(p.newModel(c, of, f, w)))
}
