package roles

import (
	"net/http"
	"slices"
	"strings"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/models"
	"github.com/rollcall/rollcall/views/layout"
	"github.com/rollcall/rollcall/views/roles"
	"github.com/rollcall/rollcall/views/ui"
)

// choosableRoles is how many roles of an application are offered as columns.
const choosableRoles = 100

// matrixSaid are the closed words of ?ok= on the matrix.
var matrixSaid = map[string]string{"changed": "Saved. The audit log has an entry for each role that changed.", "same": "Nothing was changed: the roles are so already."}

func matrixPage(edit bool) web.Page {
	page := web.Page{Title: "Role matrix", Crumbs: []layout.Crumb{{Label: "Roles", Href: "/roles"}, {Label: "Matrix"}}}
	if edit {
		page.Title = "Change permissions of roles"
		page.Crumbs = []layout.Crumb{{Label: "Roles", Href: "/roles"}, {Label: "Matrix", Href: matrixPath}, {Label: "Change permissions"}}
	}
	return page
}

// Matrix answers GET /roles/matrix. Its fragment is the grid.
func (p *Pages) Matrix(c *web.Call) error {
	f := asked(c)
	m, err := p.matrixModel(c, &f, false)
	if err != nil {
		return err
	}
	page := matrixPage(false)
	if len(f.Roles) == 2 && m.Compared != "" {
		page.Title = m.Compared
	}
	page.Status = m.Sentence
	page.Fragment = roles.Grid(m)
	page.Banners, page.Actions = okBanner(matrixSaid[c.Query("ok")]), roles.MatrixActions()
	return c.Render(page, roles.Matrix(m))
}

// EditMatrix answers GET /roles/matrix/edit.
func (p *Pages) EditMatrix(c *web.Call) error {
	return p.editMatrix(c, asked(c), wrong{})
}

// CollectMatrix answers POST /roles/matrix/edit: it takes the ticks and leads to
// another part of the matrix, or to what the changes would do. Nothing is changed.
func (p *Pages) CollectMatrix(c *web.Call) error {
	var f matrixForm
	err := c.Bind(&f)
	f.Roles = chosen(f.Roles)
	f.collect()
	if err != nil {
		w, again := refusal(err)
		if !again {
			return err
		}
		return p.editMatrix(c, f, w)
	}
	if f.Act == "review" {
		if len(f.Give)+len(f.Take) == 0 {
			return p.editMatrix(c, f, wrong{code: http.StatusUnprocessableEntity, problems: []ui.Problem{{Text: "Nothing is changed yet. Tick or untick a cell first."}}})
		}
		if n := len(f.Give) + len(f.Take); n > access.MatrixChanges {
			return p.editMatrix(c, f, wrong{code: http.StatusUnprocessableEntity, problems: []ui.Problem{{
				Text: "These are " + ui.Count(n) + " changes. At most " + ui.Count(access.MatrixChanges) + " are made at once, so that somebody can read them before.",
			}}})
		}
		return c.Redirect(f.pending(reviewPath))
	}
	f.After = f.Next
	if f.Group != "" {
		f.Open, f.After = f.Group, ""
	}
	return c.Redirect(f.pending(editPath))
}

func (p *Pages) editMatrix(c *web.Call, f matrixForm, w wrong) error {
	m, err := p.matrixModel(c, &f, true)
	if err != nil {
		return err
	}
	m.Problems = w.problems
	page := matrixPage(true)
	page.Code, page.Status = w.code, m.Sentence
	return c.Render(page, roles.EditMatrix(m))
}

// matrixModel reads the matrix and makes the view model. Without an application
// and without roles it is the console's.
func (p *Pages) matrixModel(c *web.Call, f *matrixForm, edit bool) (roles.MatrixModel, error) {
	if f.Application == "" && len(f.Roles) == 0 {
		f.Application = models.ConsoleApplication
	}
	data, err := p.Roles.Matrix(c.Ctx(), c.Tenant(), f.filter())
	if err != nil {
		return roles.MatrixModel{}, err
	}
	applications, err := p.Roles.Applications(c.Ctx(), c.Tenant())
	if err != nil {
		return roles.MatrixModel{}, err
	}
	m := roles.MatrixModel{
		Search: f.Search, Differences: f.Differences != "", Application: f.Application, Edit: edit,
		Applications: applicationOptions(applications, f.Application, "Every application"),
		Notices:      matrixNotices(data), ShowHref: f.href(matrixPath), Unfiltered: unfiltered(*f),
	}
	if err := p.roleChoices(c, *f, data, &m); err != nil {
		return m, err
	}
	d := drawing{form: *f, data: data, edit: edit, can: c.Actor().Can, pending: f.changes(), versions: f.versions(), names: map[string]string{}}
	for _, a := range applications {
		d.names[a.Key] = a.Name
	}
	d.draw(&m)
	m.Matched, m.Sentence, m.Both = data.All, matrixSentence(data, m), bothSentence(data)
	if len(data.Roles) == 2 {
		m.Compared = "Compare " + data.Roles[0].Name + " and " + data.Roles[1].Name
	}
	if c.Can(models.RolesEdit) && !edit {
		m.EditHref = f.href(editPath)
	}
	return m, nil
}

func unfiltered(f matrixForm) string {
	if f.Search == "" && f.Differences == "" {
		return ""
	}
	f.Search, f.Differences, f.Open, f.After = "", "", "", ""
	return f.href(matrixPath)
}

// roleChoices offers the roles of the application as columns; those shown from
// elsewhere stand first.
func (p *Pages) roleChoices(c *web.Call, f matrixForm, data access.Matrix, m *roles.MatrixModel) error {
	shown := map[string]bool{}
	for _, r := range data.Roles {
		shown[r.Key] = true
	}
	listed := map[string]bool{}
	var own []ui.Option
	if f.Application != "" {
		page, err := p.Roles.ListRoles(c.Ctx(), c.Tenant(), access.RoleFilter{Application: f.Application, Limit: choosableRoles, Uncounted: true})
		if err != nil {
			return err
		}
		for _, r := range page.Rows {
			listed[r.Key] = true
			own = append(own, ui.Option{Value: r.Key, Label: r.Name, Selected: shown[r.Key]})
		}
		m.MoreChoices = page.Next != ""
	}
	for _, r := range data.Roles {
		if !listed[r.Key] {
			m.Choices = append(m.Choices, ui.Option{Value: r.Key, Label: r.Name, Hint: r.Application.Name, Selected: true})
		}
	}
	m.Choices = append(m.Choices, own...)
	return nil
}

func matrixNotices(data access.Matrix) []ui.Notice {
	var notices []ui.Notice
	warn := func(text string) { notices = append(notices, ui.Notice{Tone: ui.Warn, Text: text}) }
	if len(data.Missing) > 0 {
		warn("There is no role with the key " + joinAnd(data.Missing) + ". Somebody may have removed it. The others are shown.")
	}
	if data.Left > 0 {
		warn("At most " + ui.Count(access.MatrixRoles) + " roles stand beside each other. " + ui.Counted(data.Left, "more role was chosen and is", "more roles were chosen and are") + " not shown.")
	}
	if data.More {
		warn("There are more permissions than one matrix looks through: " + ui.Count(data.All) + ", by key. Search to find the others.")
	}
	return notices
}

func joinAnd(words []string) string {
	words = slices.Compact(slices.Clone(words))
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}

// matrixSentence says how much is shown, and of how much.
func matrixSentence(data access.Matrix, m roles.MatrixModel) string {
	n := len(data.Rows)
	s := ui.Counted(data.All, "permission", "permissions")
	if n != data.All {
		s = ui.Count(n) + " of " + ui.Counted(data.All, "permission differs", "permissions differ")
	}
	shown := len(data.Roles)
	switch {
	case m.MoreChoices:
		return s + ", " + ui.Count(shown) + " of more than " + ui.Counted(choosableRoles, "role", "roles")
	case shown < len(m.Choices):
		return s + ", " + ui.Count(shown) + " of " + ui.Counted(len(m.Choices), "role", "roles")
	}
	return s + ", " + ui.Counted(shown, "role", "roles")
}

// bothSentence says who holds two roles at once.
func bothSentence(data access.Matrix) string {
	if len(data.Roles) != 2 {
		return ""
	}
	a, b := data.Roles[0].Name, data.Roles[1].Name
	switch {
	case data.Both.AtLeast && data.Both.N == 0:
		return "Who holds both was not counted: more than 10,000 people hold each."
	case data.Both.AtLeast:
		return "At least " + ui.People(data.Both.N) + " hold both " + a + " and " + b + "."
	case data.Both.N == 0:
		return "Nobody holds both " + a + " and " + b + "."
	case data.Both.N == 1:
		return "1 person holds both " + a + " and " + b + "."
	}
	return ui.People(data.Both.N) + " hold both " + a + " and " + b + "."
}

// Compare answers GET /roles/compare: it asks for two roles, one after the other,
// and leads to the matrix of both.
func (p *Pages) Compare(c *web.Call) error {
	a, b := c.Query("a"), c.Query("b")
	m := roles.CompareModel{Search: strings.TrimSpace(c.Query("q")), First: a, Paged: c.Query("after") != ""}
	if a != "" {
		first, err := p.Roles.Role(c.Ctx(), c.Tenant(), a)
		if err != nil {
			return err
		}
		m.Name = first.Name
	}
	if a != "" && b != "" && a != b {
		if _, err := p.Roles.Role(c.Ctx(), c.Tenant(), b); err != nil {
			return err
		}
		return c.Redirect(matrixForm{Roles: []string{a, b}, Differences: "yes"}.href(matrixPath))
	}
	if a == "" && b != "" {
		return errs.New(errs.NotFound, "This address names only one of two roles. Choose both anew from the list of roles.")
	}
	page, err := p.Roles.ListRoles(c.Ctx(), c.Tenant(), access.RoleFilter{Search: m.Search, After: c.Query("after"), Limit: c.Rows(), Uncounted: true})
	if err != nil {
		return err
	}
	compareRows(page, &m)
	answer := web.Page{
		Title: "Compare two roles", Fragment: roles.CompareRows(m), Status: ui.Counted(len(m.Rows), "role", "roles") + " to choose from",
		Crumbs: []layout.Crumb{{Label: "Roles", Href: "/roles"}, {Label: "Compare"}},
	}
	if m.Name != "" {
		answer.Title = "Compare " + m.Name + " with"
	}
	if a != "" && a == b {
		answer.Banners = []ui.Notice{{Tone: ui.Warn, Text: "A role does not differ from itself. Choose another one."}}
	}
	return c.Render(answer, roles.Compare(m))
}
