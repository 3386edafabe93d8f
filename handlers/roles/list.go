package roles

import (
	"net/url"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/models"
	"github.com/rollcall/rollcall/views/roles"
	"github.com/rollcall/rollcall/views/ui"
)

// saved are the closed words of ?ok= on the list.
var saved = map[string]string{
	"removed": "Role removed.", "application": "Application created.", "permission": "Permission added.",
}

// List answers GET /roles.
func (p *Pages) List(c *web.Call) error {
	filter := access.RoleFilter{
		Search: c.Query("q"), Application: c.Query("application"), Privileged: c.Query("privileged") == "yes",
		After: c.Query("after"), Limit: c.Rows(),
	}
	page, err := p.Roles.ListRoles(c.Ctx(), c.Tenant(), filter)
	if err != nil {
		return err
	}
	applications, err := p.Roles.Applications(c.Ctx(), c.Tenant())
	if err != nil {
		return err
	}
	m := listModel(page, filter, applications, c.Actor().Can)
	answer := web.Page{Title: "Roles", Fragment: roles.Rows(m), Status: listStatus(page), Banners: okBanner(saved[c.Query("ok")])}
	answer.Actions = roles.ListActions(c.Can(models.RolesEdit))
	return c.Render(answer, roles.List(m))
}

func listStatus(page access.RolePage) string {
	if page.Next != "" {
		return "The first " + ui.Counted(len(page.Rows), "role", "roles") + " that match"
	}
	return ui.Counted(len(page.Rows), "role matches", "roles match")
}

// okBanner says that a form was carried out, once, on the page it led to.
func okBanner(sentence string) []ui.Notice {
	if sentence == "" {
		return nil
	}
	return []ui.Notice{{Tone: ui.OK, Text: sentence}}
}

func listModel(page access.RolePage, f access.RoleFilter, applications []access.ApplicationRow, can models.Permission) roles.ListModel {
	m := roles.ListModel{
		Search: f.Search, Privileged: f.Privileged, Rows: make([]roles.Row, 0, len(page.Rows)),
		Applications: applicationOptions(applications, f.Application, "All applications"),
	}
	for _, a := range applications {
		if a.Key == f.Application {
			m.Application, m.MatrixHref = a.Name, matrixForm{Application: a.Key}.href(matrixPath)
		}
	}
	for _, r := range page.Rows {
		m.Rows = append(m.Rows, row(r, can))
	}
	if f.Search != "" || f.Application != "" || f.Privileged {
		m.Unfiltered = "/roles"
	}
	if page.Next != "" {
		m.Next = listHref(f, page.Next)
	}
	if f.After != "" {
		m.First = listHref(f, "")
	}
	if can.Has(models.RolesEdit) {
		m.NewHref = "/roles/new"
	}
	return m
}

func row(r access.RoleRow, can models.Permission) roles.Row {
	v := roles.Row{
		Name: r.Name, Href: roleHref(r.Key), Key: r.Key, Sentence: r.Sentence, Application: r.Application.Name,
		Privileged: r.Privileged, ReachesPrivileged: r.Reaches, BuiltIn: r.BuiltIn,
		People: capped(r.Holders), Direct: capped(r.Direct),
	}
	if can.Has(models.UsersRead) && r.Holders > 0 {
		v.PeopleHref = holdersHref(r.Key)
	}
	return v
}

func roleHref(key string) string { return "/roles/" + url.PathEscape(key) }

func holdersHref(key string) string { return "/users?" + url.Values{"role": {key}}.Encode() }

func userHref(publicID string) string { return "/users/" + url.PathEscape(publicID) }

// capped writes a count that stops at access.CountCap.
func capped(n int) string {
	if n >= access.CountCap {
		return ui.Count(access.CountCap-1) + "+"
	}
	return ui.Count(n)
}

// people writes a capped number of people.
func people(n int) string {
	if n >= access.CountCap {
		return "more than " + ui.People(access.CountCap-1)
	}
	return ui.People(n)
}

func listHref(f access.RoleFilter, after string) string {
	q := url.Values{}
	if f.Search != "" {
		q.Set("q", f.Search)
	}
	if f.Application != "" {
		q.Set("application", f.Application)
	}
	if f.Privileged {
		q.Set("privileged", "yes")
	}
	if after != "" {
		q.Set("after", after)
	}
	if len(q) == 0 {
		return "/roles"
	}
	return "/roles?" + q.Encode()
}

func applicationOptions(applications []access.ApplicationRow, chosen, nothing string) []ui.Option {
	options := []ui.Option{{Label: nothing}}
	for _, a := range applications {
		options = append(options, ui.Option{Value: a.Key, Label: a.Name, Selected: a.Key == chosen})
	}
	return options
}
