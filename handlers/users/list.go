package users

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/models"
	"github.com/rollcall/rollcall/views/ui"
	"github.com/rollcall/rollcall/views/users"
)

// List answers GET /users: people found by words, filters and views.
func (p *Pages) List(c *web.Call) error {
	in := c.Request.URL.Query()
	r, err := p.parse(c, in)
	if err != nil {
		return err
	}
	result, status, err := p.result(c, &r)
	if err != nil {
		return err
	}
	switch {
	case !c.Htmx():
	case emptied(in): // a whole form was sent: keep the address as short as its meaning
		c.Header("HX-Replace-Url", r.link("/users", nil))
	case in.Has(paramCurrent) && r.values.Has(paramSelection):
		c.Header("HX-Push-Url", at(in, r.values.Get(paramSelection)))
	}
	m := users.List{Text: r.query.Text, Result: result, Actions: listActions(c, r), Chips: p.chips(r)}
	if !c.Htmx() {
		if err := p.frame(c, r, &m); err != nil {
			return err
		}
	}
	return c.Render(web.Page{
		Title: "Users", Status: status, Actions: users.ListActions(m), Fragment: users.ListFragment(m),
	}, users.ListPage(m))
}

func emptied(in url.Values) bool {
	for _, values := range in {
		if slices.Contains(values, "") {
			return true
		}
	}
	return false
}

// result reads the rows and what a row needs from other engines: one query each
// for the page, none per row.
func (p *Pages) result(c *web.Call, r *request) (users.Result, string, error) {
	sel, err := p.chosenOf(c, r)
	if err != nil {
		return users.Result{}, "", err
	}
	m := users.Result{
		Now: c.Now(), Notice: r.notice(), CountHref: r.link("/users/count", nil), Columns: columns(*r),
		Sort: r.values.Get(paramSort), Sizes: sizes(*r),
	}
	page, err := p.People.List(c.Ctx(), c.Tenant(), r.query)
	if err != nil {
		return m, "", err
	}
	var exact []directory.Exact
	if r.query.Text != "" && r.query.Cursor == "" {
		if exact, err = p.People.Lookup(c.Ctx(), c.Tenant(), r.query.Text); err != nil {
			return m, "", err
		}
	}
	if err := p.fillRows(c, page, exact, &m); err != nil {
		return m, "", err
	}
	if err := p.fillTicks(c, *r, sel, page, &m); err != nil {
		return m, "", err
	}
	m.Pager = pager(*r, page)
	status := ""
	if len(m.Rows) == 0 {
		p.explainEmpty(c, *r, &m)
		if m.Empty != nil {
			status = m.Empty.Title
		}
	} else if r.query.Text != "" {
		status = ui.People(len(m.Rows)) + " on this page"
	}
	return m, status, nil
}

func (p *Pages) fillRows(c *web.Call, page directory.Page, exact []directory.Exact, m *users.Result) error {
	ids := make([]int64, 0, len(page.Rows))
	for _, row := range page.Rows {
		ids = append(ids, row.ID)
	}
	roles, err := p.Access.RolesOf(c.Ctx(), c.Tenant(), ids)
	if err != nil {
		return err
	}
	sessions, err := p.Sessions.Counts(c.Ctx(), c.Tenant(), ids)
	if err != nil {
		return err
	}
	for _, row := range page.Rows {
		one := rowModel(row)
		one.Sessions = sessions[row.ID]
		if held := roles[row.ID]; len(held) > 0 {
			one.Role, one.MoreRoles, one.Privileged = held[0].Name, len(held)-1, held[0].Privileged
		}
		m.Rows = append(m.Rows, one)
	}
	for _, e := range exact {
		m.Exact = append(m.Exact, users.Exact{Row: rowModel(e.Row), By: e.By})
	}
	return nil
}

// fillTicks makes the rows selectable, for who may act on people.
func (p *Pages) fillTicks(c *web.Call, r request, sel chosen, page directory.Page, m *users.Result) error {
	if !c.Can(models.UsersDeactivate) {
		return nil
	}
	var err error
	if m.Bulk, err = p.bulk(c, r, sel, len(page.Rows)); err != nil {
		return err
	}
	ids, shown := make([]int64, len(page.Rows)), make([]string, len(page.Rows))
	for i, row := range page.Rows {
		ids[i], shown[i] = row.ID, row.PublicID
	}
	in := map[int64]bool{}
	if !sel.none() {
		if in, err = p.People.Members(c.Ctx(), c.Tenant(), sel.Selection, ids); err != nil {
			return err
		}
	}
	for i := range m.Rows {
		m.Rows[i].ID, m.Rows[i].Selected = shown[i], in[ids[i]]
	}
	m.Shown = strings.Join(shown, " ")
	m.Columns = slices.Insert(m.Columns, 0, ui.Column{Class: "col-select", SelectAll: "Select this page, " + users.Users(len(shown))})
	return nil
}

func rowModel(row directory.Row) users.Row {
	below := row.Email
	if below == "" {
		below = row.Username
	}
	return users.Row{
		Href: "/users/" + row.PublicID, Name: row.DisplayName, Below: below,
		Status: string(row.Status), StatusText: statusText(row.Status, row.LeavingAt),
		Department: row.DepartmentName, External: row.External, Pending: row.PendingSince > 0,
		LastSeen: row.LastSignInAt.Time(), Created: row.CreatedAt.Time(),
	}
}

// statusText is the status in words, with the day when somebody leaves.
func statusText(s models.Status, leavingAt models.Instant) string {
	if s == models.Leaving && leavingAt > 0 {
		return "Leaving " + leavingAt.Time().Format("2 Jan")
	}
	return s.Word()
}

// onward leads to another page or order of the list, with who is selected.
var onward = ui.Request{Target: "#list", PushURL: true, Include: "#current"}

func columns(r request) []ui.Column {
	req := onward
	sorted := func(by directory.Sort) (state, href string) {
		name := string(by)
		if r.query.Sort == by || (by == directory.SortName && r.query.Sort == "") {
			if r.query.Desc {
				return "descending", r.link("/users", map[string]string{paramSort: name})
			}
			return "ascending", r.link("/users", map[string]string{paramSort: "-" + name})
		}
		if by == directory.SortName {
			return "", r.link("/users", map[string]string{paramSort: name})
		}
		return "", r.link("/users", map[string]string{paramSort: "-" + name})
	}
	column := func(label string, by directory.Sort, class string, wide bool) ui.Column {
		state, href := sorted(by)
		return ui.Column{Label: label, Sort: state, SortHref: href, Request: req, Class: class, Wide: wide}
	}
	return []ui.Column{
		column("User", directory.SortName, "", false),
		{Label: "Email or username", Class: "compact-only"},
		{Label: "Status", Class: "col-status"},
		{Label: "Department"},
		{Label: "Roles"},
		{Label: "Sessions", Numeric: true, Class: "col-num"},
		column("Last sign-in", directory.SortSignIn, "col-time", false),
		column("Created", directory.SortCreated, "col-time", true),
	}
}

// sizes are how many rows a page may have; the choice is remembered.
func sizes(r request) []users.Size {
	var out []users.Size
	for _, n := range directory.Limits {
		out = append(out, users.Size{Rows: n, Href: r.link("/users", map[string]string{paramRows: strconv.Itoa(n)}), Current: n == r.query.Limit})
	}
	return out
}

func pager(r request, page directory.Page) ui.Paging {
	out := ui.Paging{Label: "Pages of people", Request: onward}
	if page.Prev != "" {
		out.Previous = r.link("/users", map[string]string{paramPrev: page.Prev})
	}
	if page.Next != "" {
		out.Next = r.link("/users", map[string]string{paramNext: page.Next})
	}
	return out
}

// explainEmpty says why nobody is shown and how to get out of it. An error is
// never shown as an empty list: that case does not come here.
func (p *Pages) explainEmpty(c *web.Call, r request, m *users.Result) {
	if len(r.filters()) == 0 {
		m.Empty = &ui.Empty{
			Title: "No people yet", Text: "People appear here when they sign in, when you create or invite them, or from the command line:", Command: "rollcall seed --users 1000",
		}
		if c.Can(models.UsersCreate) {
			m.EmptyMore = []users.Link{{Label: "Create a person", Href: "/users/new"}}
		}
		return
	}
	if len(m.Exact) > 0 {
		m.Empty = &ui.Empty{Title: "Nobody else matches", Text: "No further person has a name, username or e-mail that begins like this."}
		return
	}
	what := []string{}
	for _, chip := range p.chips(r) {
		what = append(what, chip.Label+" "+chip.Value)
		m.EmptyMore = append(m.EmptyMore, users.Link{Label: chip.Spoken, Href: chip.Remove})
	}
	if r.query.Text != "" {
		what = append(what, "text “"+r.query.Text+"”")
		m.EmptyMore = append(m.EmptyMore, users.Link{Label: "Remove the search text", Href: r.link("/users", map[string]string{paramText: ""})})
	}
	m.Empty = &ui.Empty{Title: "Nobody matches", Text: strings.Join(what, ", ") + "."}
	m.EmptyMore = append(m.EmptyMore, users.Link{Label: "Show everybody", Href: r.everybody()})
}

// Count answers GET /users/count: how many match, at most 10,000 counted.
func (p *Pages) Count(c *web.Call) error {
	r, err := p.parse(c, c.Request.URL.Query())
	if err != nil {
		return err
	}
	m := users.Count{}
	if c.Query("exactly") == "yes" {
		n, err := p.People.CountExactly(c.Ctx(), c.Tenant(), r.query)
		if err != nil {
			return err
		}
		m.Text = matches(n)
	} else {
		n, capped, err := p.People.Count(c.Ctx(), c.Tenant(), r.query)
		switch {
		case errs.Is(err, errs.Unavailable):
			m.Text = "Counting takes too long now."
			m.ExactHref = r.link("/users/count", map[string]string{"exactly": "yes"})
		case err != nil:
			return err
		case capped:
			m.Text = "More than " + ui.Count(directory.CountCap) + " people match."
			m.ExactHref = r.link("/users/count", map[string]string{"exactly": "yes"})
		default:
			m.Text = matches(n)
		}
	}
	return c.Render(web.Page{Title: "Count", Status: m.Text, Fragment: users.CountText(m)}, users.CountPage(m, r.link("/users", nil)))
}

func matches(n int) string {
	if n == 1 {
		return "1 person matches."
	}
	return ui.People(n) + " match."
}
