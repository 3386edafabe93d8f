package users

import (
	"strings"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/views/layout"
	"github.com/rollcall/rollcall/views/ui"
	"github.com/rollcall/rollcall/views/users"
)

type exportForm struct {
	Reason string `form:"reason" label:"Reason" validate:"reason,max=1000"`
	For    string `form:"for" label:"Program" validate:"omitempty,oneof=plain excel"`
}

// ExportForm answers GET /users/export: what the file will hold, and why.
func (p *Pages) ExportForm(c *web.Call) error { return p.exportPage(c, exportForm{}, nil) }

// Export answers POST /users/export: all people of the list, streamed. Its last
// line says whether it is complete.
func (p *Pages) Export(c *web.Call) error {
	var f exportForm
	if err := c.Bind(&f); err != nil {
		return p.exportPage(c, f, err)
	}
	r, err := p.parse(c, c.Request.URL.Query())
	if err != nil {
		return err
	}
	n, err := p.People.CountExactly(c.Ctx(), c.Tenant(), r.query)
	if err != nil {
		return err
	}
	if err := p.People.RecordExport(c.Ctx(), c.Actor(), p.inWords(r), n, f.Reason); err != nil {
		return p.exportPage(c, f, err)
	}
	c.Header("Content-Type", "text/csv; charset=utf-8")
	c.Header("Content-Disposition", `attachment; filename="rollcall-people-`+c.Now().Format("2006-01-02-1504")+`.csv"`)
	c.Stream()
	_, err = p.People.WriteCSV(c.Ctx(), c.Writer, c.Tenant(), r.query, directory.CSVOptions{BOM: f.For == "excel", Total: n})
	return err
}

func (p *Pages) exportPage(c *web.Call, f exportForm, cause error) error {
	r, err := p.parse(c, c.Request.URL.Query())
	if err != nil {
		return err
	}
	n, err := p.People.CountExactly(c.Ctx(), c.Tenant(), r.query)
	if err != nil {
		return err
	}
	m := users.Act{
		Action: r.link("/users/export", nil), Cancel: r.link("/users", nil), Submit: "Export " + ui.People(n), Kind: ui.Primary,
		Effects: []string{
			"The file holds " + ui.People(n) + ": " + p.inWords(r) + ".",
			"Masked fields are left out. The last line says whether the file is complete.",
			"The audit log keeps who exported what, and why.",
		},
		Choices: &ui.Field{Name: "for", Label: "For", Options: []ui.Option{
			{Value: "plain", Label: "Programs (UTF-8)", Selected: f.For != "excel"}, {Value: "excel", Label: "Excel (UTF-8 with a byte order mark)", Selected: f.For == "excel"},
		}},
	}
	page := web.Page{Title: "Export people", Crumbs: []layout.Crumb{{Label: "Users", Href: "/users"}, {Label: "Export"}}}
	fields := map[string]string{}
	if cause != nil {
		var ok bool
		if fields, m.Problems, ok = web.Refused(cause); !ok || !errs.Is(cause, errs.Invalid) {
			return cause
		}
		m.Title, page.Code = "Nothing was exported", 422
	}
	m.Reason = ui.ReasonField(f.Reason, fields["reason"], "Everybody who may read the audit log")
	return c.Render(page, users.ActPage(m))
}

// inWords says what a list holds, for the page and for the audit log.
func (p *Pages) inWords(r request) string {
	var parts []string
	for _, v := range directory.Views {
		if v.View == r.query.View && v.View != directory.ViewAll {
			parts = append(parts, "view "+v.Label)
		}
	}
	if r.query.Pending {
		parts = append(parts, "people who wait to be let in")
	}
	for _, chip := range p.chips(r) {
		parts = append(parts, chip.Label+" "+chip.Value)
	}
	if r.query.Text != "" {
		parts = append(parts, "a search text")
	}
	if len(parts) == 0 {
		return "everybody"
	}
	return strings.Join(parts, ", ")
}
