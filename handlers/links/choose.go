package links

import (
	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/models"
	"github.com/rollcall/rollcall/views/layout"
	"github.com/rollcall/rollcall/views/links"
)

// found is how many people one search shows.
const found = 8

type chooseForm struct {
	A   string `form:"a" label:"Who stays" validate:"max=36"`
	B   string `form:"b" label:"Who is taken in" validate:"max=36"`
	QA  string `form:"qa" label:"Search" validate:"max=200"`
	QB  string `form:"qb" label:"Search" validate:"max=200"`
	Act string `form:"act" label:"Act"`
}

// Choose answers GET /links/new?a=&b=. Only public ids stand in the address.
func (p *Pages) Choose(c *web.Call) error {
	return p.choosePage(c, chooseForm{A: c.Query("a"), B: c.Query("b")}, wrong{})
}

// Search answers POST /links/new/search: the pickers with what was found. Names
// are posted, so that none stands in an address.
func (p *Pages) Search(c *web.Call) error {
	var f chooseForm
	if err := c.Bind(&f); err != nil {
		return err
	}
	return p.choosePage(c, f, wrong{})
}

// Begin answers POST /links/new. The buttons that search and swap post the same
// form, so that without scripts nothing is lost.
func (p *Pages) Begin(c *web.Call) error {
	var f chooseForm
	if err := c.Bind(&f); err != nil {
		w, again := refusal(err)
		if !again {
			return err
		}
		return p.choosePage(c, f, w)
	}
	switch f.Act {
	case "search":
		return p.choosePage(c, f, wrong{})
	case "swap":
		f.A, f.B = f.B, f.A
		return p.choosePage(c, f, wrong{})
	}
	var missing []errs.Field
	if f.A == "" {
		missing = append(missing, errs.Field{Name: "a", Message: "Search for the person who stays, and choose one."})
	}
	if f.B == "" {
		missing = append(missing, errs.Field{Name: "b", Message: "Search for the record that is taken in, and choose one."})
	}
	if len(missing) > 0 {
		w, _ := refusal(errs.Input(missing...))
		return p.choosePage(c, f, w)
	}
	draft, err := p.Link.Begin(c.Ctx(), c.Actor(), f.A, f.B)
	if err == nil {
		return c.Redirect(draftHref(draft.PublicID) + "/compare")
	}
	w, again := refusal(err)
	if !again {
		return err
	}
	return p.choosePage(c, f, w)
}

func draftHref(id string) string { return "/links/new/" + id }

func (p *Pages) choosePage(c *web.Call, f chooseForm, w wrong) error {
	m := links.ChooseModel{Problems: w.problems, Errors: w.fields}
	var err error
	m.A, err = p.picker(c, links.Picker{Name: "a", Label: "Who stays", Hint: "Name, username, e-mail, subject or ID.", Search: f.QA, Problem: w.fields["a"]}, f.A)
	if err != nil {
		return err
	}
	m.B, err = p.picker(c, links.Picker{Name: "b", Label: "Who is taken in", Hint: "Name, username, e-mail, subject or ID.", Search: f.QB, Problem: w.fields["b"]}, f.B)
	if err != nil {
		return err
	}
	return c.Render(web.Page{
		Title: "Merge two people", Code: w.code, Crumbs: crumbs("Merge two people"), Fragment: links.Pickers(m),
	}, links.Choose(m))
}

// picker fills one of the two: who is chosen, and what the search found.
func (p *Pages) picker(c *web.Call, m links.Picker, chosen string) (links.Picker, error) {
	if chosen != "" {
		person, err := p.People.Get(c.Ctx(), c.Tenant(), chosen)
		if err != nil && !errs.Is(err, errs.NotFound) {
			return m, err
		}
		if err == nil {
			m.Chosen = links.Found{PublicID: person.PublicID, Name: person.DisplayName, About: about(person.Email, person.Title, person.Department), Status: string(person.Status)}
		} else {
			m.Problem = "Nobody here has this ID. Search for the person."
		}
	}
	if m.Search == "" {
		return m, nil
	}
	exact, err := p.People.Lookup(c.Ctx(), c.Tenant(), m.Search)
	if err != nil {
		return m, err
	}
	seen := map[string]bool{}
	for _, e := range exact {
		m.Found = append(m.Found, foundOf(e.Row))
		seen[e.PublicID] = true
	}
	page, err := p.People.List(c.Ctx(), c.Tenant(), directory.Query{
		Text: m.Search, Limit: found, Statuses: []models.Status{models.Active, models.Leaving, models.Invited, models.Suspended},
	})
	if errs.Is(err, errs.Invalid) { // a text no search can be made of finds nobody
		return m, nil
	}
	if err != nil {
		return m, err
	}
	for _, row := range page.Rows {
		if !seen[row.PublicID] {
			m.Found = append(m.Found, foundOf(row))
		}
	}
	m.More = page.Next != ""
	return m, nil
}

func foundOf(row directory.Row) links.Found {
	return links.Found{PublicID: row.PublicID, Name: row.DisplayName, About: about(row.Email, row.Title, row.DepartmentName), Status: string(row.Status)}
}

func about(parts ...string) string {
	text := ""
	for _, part := range parts {
		switch {
		case part == "":
		case text == "":
			text = part
		default:
			text += ", " + part
		}
	}
	return text
}

func crumbs(last string) []layout.Crumb {
	return []layout.Crumb{{Label: "Linked accounts", Href: "/links"}, {Label: last}}
}
