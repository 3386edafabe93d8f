package selections

import (
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/models"
	"github.com/rollcall/rollcall/views/layout"
	"github.com/rollcall/rollcall/views/selections"
	"github.com/rollcall/rollcall/views/ui"
)

// Show answers GET /selections/:id.
func (p *Pages) Show(c *web.Call) error { return p.show(c, nil) }

func (p *Pages) show(c *web.Call, cause error) error {
	sel, err := p.People.Selection(c.Ctx(), c.Actor(), c.Param("id"))
	if err != nil {
		return err
	}
	reach, err := p.People.Reach(c.Ctx(), c.Actor(), sel)
	if err != nil {
		return err
	}
	m := selections.Show{
		ID: sel.PublicID, Title: sel.Title, Now: c.Now(), AsOf: sel.CreatedAt.Time().Format("2 Jan 2006, 15:04") + " UTC", Once: uuid.NewString(),
		Summary: summary(reach), Back: "/users?sel=" + sel.PublicID, LeftOut: leftOut(reach),
	}
	m.Continue, m.Why = next(reach)
	if sel.UsedAt > 0 {
		m.Frozen = "in use since " + sel.UsedAt.Time().Format("15:04") + " UTC, so it no longer changes"
	}
	page := web.Page{Title: "Selected people", Crumbs: []layout.Crumb{{Label: "Users", Href: "/users"}, {Label: "Choose people", Href: "/ops/new"}, {Label: "Selected people"}}}
	switch {
	case sel.Kind == models.SelectionListed:
		page.Title, page.Heading = "List of people", "What the list was found to be"
		lines := c.Query("lines")
		if cause != nil { // the form that was refused
			lines = "ambiguous"
		}
		err = p.report(c, sel, lines, &m)
	case directory.Follows(sel):
		m.Empty = "Everybody who matches when the preview begins belongs to it. The preview names them all."
	default:
		err = p.selected(c, sel, &m)
	}
	if err != nil {
		return err
	}
	if cause != nil {
		_, problems, ok := web.Refused(cause)
		if !ok || m.Report == nil {
			return cause
		}
		page.Code, m.Report.Problems = 422, problems
	}
	return c.Render(page, selections.ShowPage(m))
}

func summary(reach directory.Reach) string {
	if reach.Capped {
		return "More than " + ui.Count(directory.CountCap) + " people selected."
	}
	if reach.People == 0 {
		return "Nobody is selected."
	}
	return ui.People(reach.People) + " selected."
}

// next gives the label of the button that leads on, or why there is none.
func next(reach directory.Reach) (label, why string) {
	switch {
	case reach.Unsure:
		return "Continue: preview all", ""
	case reach.People == 0:
		return "", "There is nobody to act upon."
	case reach.Able == 0:
		return "", "Nobody of them can be deactivated."
	}
	return "Continue: preview " + ui.Count(reach.Able), ""
}

func leftOut(reach directory.Reach) string {
	var parts []string
	if reach.Out > 0 {
		parts = append(parts, ui.Count(reach.Out)+" already out")
	}
	if reach.Self {
		parts = append(parts, "1 is you")
	}
	if len(parts) == 0 {
		return ""
	}
	return "Left out: " + strings.Join(parts, ", ") + "."
}

// after gives where a page begins; what cannot be read begins at the first.
func after(c *web.Call) int64 {
	n, err := strconv.ParseInt(c.Query("after"), 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// selected lists who was picked.
func (p *Pages) selected(c *web.Call, sel models.Selection, m *selections.Show) error {
	rows, err := p.People.Selected(c.Ctx(), c.Tenant(), sel, after(c), c.Rows()+1)
	if err != nil {
		return err
	}
	path := "/selections/" + sel.PublicID
	m.Caption, m.Empty = "Selected people", "Nobody is selected. Tick people in the list, or paste one."
	m.Columns = []ui.Column{{Label: "User"}, {Label: "Status", Class: "col-status"}, {Label: "Department"}}
	if len(rows) > c.Rows() {
		rows = rows[:c.Rows()]
		m.Pager.Next = path + "?after=" + strconv.FormatInt(rows[len(rows)-1].ID, 10)
	}
	m.Pager.Label = "Pages of selected people"
	if after(c) > 0 {
		m.Pager.First = path
	}
	for _, row := range rows {
		m.Rows = append(m.Rows, selections.Row{
			Href: "/users/" + row.PublicID, Name: row.DisplayName, Below: row.Email, Status: string(row.Status), StatusText: row.Status.Word(), Department: row.DepartmentName,
		})
	}
	return nil
}

// choices is how many ambiguous lines one page asks about.
const choices = 25

// Choose answers POST /selections/:id: whom ambiguous lines mean.
func (p *Pages) Choose(c *web.Call) error {
	if _, err := p.People.Selection(c.Ctx(), c.Actor(), c.Param("id")); err != nil {
		return err
	}
	form, err := c.Form()
	if err != nil {
		return p.show(c, err)
	}
	chosen := map[int64]string{}
	for name, values := range form {
		number, is := strings.CutPrefix(name, "line-")
		line, err := strconv.ParseInt(number, 10, 64)
		if is && err == nil && len(values) > 0 && values[0] != "" {
			chosen[line] = values[0]
		}
	}
	if len(chosen) == 0 {
		return p.show(c, errs.New(errs.Invalid, "No person was chosen. Choose one for at least one line."))
	}
	_, err = p.People.Choose(c.Ctx(), c.Actor(), c.Param("id"), chosen)
	if errs.Is(err, errs.Invalid) {
		return p.show(c, err)
	}
	if err != nil {
		return err
	}
	return c.Redirect("/selections/" + c.Param("id") + "?lines=ambiguous")
}
