package search

import (
	"net/url"
	"strings"
	"unicode"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/models"
	"github.com/rollcall/rollcall/views/search"
	"github.com/rollcall/rollcall/views/ui"
)

// few is how many things of a kind are shown.
const few = 5

// Show answers GET /search. Whoever sends the form with the exact name of one
// thing goes straight there; typing never leads away.
func (p *Pages) Show(c *web.Call) error {
	text := strings.TrimSpace(c.Query("q"))
	m := search.Model{Text: text, Kinds: kinds(c)}
	if searchable(text) {
		if err := p.find(c, text, &m); err != nil {
			return err
		}
	}
	if !c.Htmx() && len(m.Exact) == 1 {
		return c.Redirect(m.Exact[0].Href)
	}
	return c.Render(web.Page{Title: "Search", Fragment: search.Results(m), Status: said(m)}, search.Page(m))
}

// longest is the longest text that can name anything.
const longest = 400

// searchable reports whether a text can name anything at all.
func searchable(text string) bool {
	word := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
	return len(text) <= longest && strings.ContainsFunc(text, word) && !strings.ContainsFunc(text, unicode.IsControl)
}

// kinds says what the caller can find at all.
func kinds(c *web.Call) string {
	var words []string
	for _, k := range []struct {
		need models.Permission
		word string
	}{{models.UsersRead, "people"}, {models.RolesRead, "roles and applications"}, {models.AuditRead, "events by their number"}} {
		if c.Can(k.need) {
			words = append(words, k.word)
		}
	}
	return strings.Join(words, ", ")
}

func said(m search.Model) string {
	n := len(m.Exact)
	for _, g := range m.Groups {
		n += len(g.Hits)
	}
	if m.Text == "" {
		return ""
	}
	return ui.Counted(n, "result", "results")
}

func (p *Pages) find(c *web.Call, text string, m *search.Model) error {
	if c.Can(models.UsersRead) {
		if err := p.people(c, text, m); err != nil {
			return err
		}
	}
	for _, jump := range p.Jumps {
		found, err := jump(c, text)
		if err != nil {
			return err
		}
		if found != nil {
			m.Exact = append(m.Exact, search.Hit{Href: found.Href, Name: found.Name, Said: found.Said})
		}
	}
	if c.Can(models.RolesRead) {
		return p.roles(c, text, m)
	}
	return nil
}

func (p *Pages) people(c *web.Call, text string, m *search.Model) error {
	exact, err := p.People.Lookup(c.Ctx(), c.Tenant(), text)
	if err != nil {
		return err
	}
	shown := map[int64]bool{}
	for _, e := range exact {
		if e.By == "external ID" && !c.Can(models.UsersUnmask) {
			continue // finding somebody by it would tell it
		}
		shown[e.ID] = true
		m.Exact = append(m.Exact, person(&e.Row, "by "+e.By))
	}
	page, err := p.People.List(c.Ctx(), c.Tenant(), directory.Query{Text: text, Limit: few})
	if err != nil {
		return err
	}
	g := search.Group{ID: "people", Title: "People"}
	for i := range page.Rows {
		if !shown[page.Rows[i].ID] {
			g.Hits = append(g.Hits, person(&page.Rows[i], page.Rows[i].Title))
		}
	}
	if page.Next != "" {
		g.MoreHref, g.More = "/users?"+url.Values{"q": {text}}.Encode(), "All people with this"
	}
	if len(g.Hits) > 0 {
		m.Groups = append(m.Groups, g)
	}
	return nil
}

func person(r *directory.Row, said string) search.Hit {
	return search.Hit{
		Href: "/users/" + url.PathEscape(r.PublicID), Name: r.DisplayName, Below: r.Email, Said: said,
		Status: string(r.Status), StatusText: r.Status.Word(),
	}
}

func (p *Pages) roles(c *web.Call, text string, m *search.Model) error {
	page, err := p.Roles.ListRoles(c.Ctx(), c.Tenant(), access.RoleFilter{Search: text, Limit: few, Uncounted: true})
	if err != nil {
		return err
	}
	g := search.Group{ID: "roles", Title: "Roles"}
	for _, r := range page.Rows {
		hit := search.Hit{Href: "/roles/" + url.PathEscape(r.Key), Name: r.Name, Below: r.Key, Said: r.Sentence}
		if strings.EqualFold(r.Key, text) {
			m.Exact = append(m.Exact, hit)
			continue
		}
		g.Hits = append(g.Hits, hit)
	}
	if page.Next != "" {
		g.MoreHref, g.More = "/roles?"+url.Values{"q": {text}}.Encode(), "All roles with this"
	}
	if len(g.Hits) > 0 {
		m.Groups = append(m.Groups, g)
	}
	return p.applications(c, text, m)
}

func (p *Pages) applications(c *web.Call, text string, m *search.Model) error {
	all, err := p.Roles.Applications(c.Ctx(), c.Tenant())
	if err != nil {
		return err
	}
	g := search.Group{ID: "applications", Title: "Applications"}
	for _, a := range all {
		if len(g.Hits) == few || !strings.Contains(strings.ToLower(a.Name+" "+a.Key), strings.ToLower(text)) {
			continue
		}
		g.Hits = append(g.Hits, search.Hit{
			Href: "/roles?" + url.Values{"application": {a.Key}}.Encode(), Name: a.Name, Below: a.Key, Said: ui.Counted(a.Roles, "role", "roles"),
		})
	}
	if len(g.Hits) > 0 {
		m.Groups = append(m.Groups, g)
	}
	return nil
}
