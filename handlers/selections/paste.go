package selections

import (
	"io"
	"strings"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/views/layout"
	"github.com/rollcall/rollcall/views/selections"
	"github.com/rollcall/rollcall/views/ui"
)

// NewPage answers GET /ops/new: how to choose.
func (p *Pages) NewPage(c *web.Call) error { return p.newPage(c, "", nil) }

// Paste answers POST /ops/new: the list is looked up, and its report shown.
func (p *Pages) Paste(c *web.Call) error {
	text, file, name, err := c.Upload("list", "file")
	if err != nil {
		return p.newPage(c, "", err)
	}
	defer func() { _ = file.Close() }() // it was read; nothing is lost
	var list io.Reader = file
	if name == "" {
		list = strings.NewReader(text)
	}
	c.Patient()
	sel, err := p.People.Paste(c.Ctx(), c.Actor(), name, list)
	if err != nil {
		return p.newPage(c, text, err)
	}
	return c.Redirect("/selections/" + sel.PublicID)
}

// maxShownAgain is how much of a refused list is put into the field again.
const maxShownAgain = 100_000

func (p *Pages) newPage(c *web.Call, text string, cause error) error {
	m := selections.New{ListHref: "/users"}
	page := web.Page{Title: "Choose people", Heading: "Choose people to deactivate", Crumbs: []layout.Crumb{{Label: "Users", Href: "/users"}, {Label: "Choose people"}}}
	message := ""
	if cause != nil {
		fields, problems, ok := web.Refused(cause)
		if !ok || !errs.Is(cause, errs.Invalid) {
			return cause
		}
		page.Code, m.Problems, message = 422, problems, fields["list"]
	}
	if len(text) > maxShownAgain {
		text = ""
	}
	m.List = ui.Field{
		Name: "list", Label: "Lines", Value: text, Rows: 8, Wide: true, Mono: true, Error: message,
		Hint: "One person on each line. Addresses copied out of a mail may stand in one line.",
	}
	return c.Render(page, selections.NewPage(m))
}

// Rest answers GET /selections/:id/rest.
func (p *Pages) Rest(c *web.Call) error {
	sel, err := p.People.Selection(c.Ctx(), c.Actor(), c.Param("id"))
	if err != nil {
		return err
	}
	c.Header("Content-Type", "text/csv; charset=utf-8")
	c.Header("Content-Disposition", `attachment; filename="rollcall-rest-`+c.Now().Format("2006-01-02-1504")+`.csv"`)
	c.Stream()
	return p.People.WriteRest(c.Ctx(), c.Writer, c.Tenant(), sel)
}
