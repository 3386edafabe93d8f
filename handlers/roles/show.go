package roles

import (
	"net/url"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/models"
	"github.com/rollcall/rollcall/views/layout"
	"github.com/rollcall/rollcall/views/roles"
	"github.com/rollcall/rollcall/views/ui"
)

// holdersShown is how many holders stand on a role's page: each has a line for
// every way the role arrives, so a page of them is longer than it looks.
const holdersShown = 25

// Show answers GET /roles/:key. Its fragment is the page of people.
func (p *Pages) Show(c *web.Call) error {
	role, err := p.Roles.Role(c.Ctx(), c.Tenant(), c.Param("key"))
	if err != nil {
		return err
	}
	holders, err := p.Roles.Holders(c.Ctx(), c.Tenant(), role.Key, access.HolderFilter{After: c.Query("after"), Limit: holdersShown})
	if err != nil {
		return err
	}
	names, err := p.applicationNames(c)
	if err != nil {
		return err
	}
	m := p.showModel(c, role, names)
	m.Holders = p.holdersModel(c, role, holders)
	if p.History != nil && c.Can(models.AuditRead) {
		m.History, err = p.History(c, role.ID, role.Key)
		if err != nil {
			return err
		}
		m.HistoryHref = "/audit?" + url.Values{"role": {role.Key}, "range": {"all"}}.Encode()
	}
	page := web.Page{
		Title: role.Name, Crumbs: []layout.Crumb{{Label: "Roles", Href: "/roles"}, {Label: role.Name}},
		Aside:   roles.Tags(role.Privileged, role.Reaches, role.BuiltIn),
		Banners: okBanner(map[string]string{"created": "Role created.", "saved": "Saved."}[c.Query("ok")]),
	}
	if c.Query("after") != "" || c.Query("people") == "first" {
		page.Fragment = roles.Holders(m.Holders)
	}
	edit := ""
	if c.Can(models.RolesEdit) && !role.BuiltIn {
		edit = roleHref(role.Key) + "/edit"
	}
	page.Actions = roles.ShowActions(comparePath+"?"+url.Values{"a": {role.Key}}.Encode(), edit)
	return c.Render(page, roles.Show(m))
}

func (p *Pages) showModel(c *web.Call, role access.RoleDetail, names map[string]string) roles.ShowModel {
	m := roles.ShowModel{
		Name: role.Name, Key: role.Key, Sentence: role.Sentence, Application: role.Application.Name,
		Longest: longest(role.MaxDays), People: heldBy(role), MorePermissions: role.MorePermissions, BuiltIn: role.BuiltIn,
		MatrixHref: matrixForm{Application: role.Application.Key}.href(matrixPath), Contains: refs(role.Children), ContainedIn: refs(role.Parents),
	}
	if c.Can(models.UsersRead) && role.Holders > 0 {
		m.PeopleHref = holdersHref(role.Key)
	}
	for _, perm := range role.Permissions {
		m.Permissions = append(m.Permissions, roles.Permission{
			Sentence: perm.Sentence, Application: names[perm.Application], Key: perm.Key, Via: refs(perm.Via),
		})
	}
	if c.Can(models.RolesEdit) && !role.BuiltIn {
		m.RemoveHref = roleHref(role.Key) + "/remove"
		m.RemoveHint = "Possible when nobody holds the role. It cannot be undone; the audit log keeps what it held."
	}
	return m
}

func longest(days int64) string {
	if days == 0 {
		return "No limit"
	}
	return ui.Counted(int(days), "day", "days")
}

func heldBy(role access.RoleDetail) string {
	if role.Direct == role.Holders || role.Holders == 0 {
		return people(role.Holders)
	}
	return people(role.Holders) + ", " + capped(role.Direct) + " of them directly"
}

func refs(list []access.RoleRef) []roles.Ref {
	var out []roles.Ref
	for _, r := range list {
		out = append(out, roles.Ref{Name: r.Name, Href: roleHref(r.Key), Privileged: r.Privileged})
	}
	return out
}

func (p *Pages) holdersModel(c *web.Call, role access.RoleDetail, page access.HolderPage) roles.HoldersModel {
	m := roles.HoldersModel{Role: role.Name, Privileged: role.Reaches, Now: c.Now()}
	for _, h := range page.Rows {
		row := roles.Holder{Name: h.User.Name, Email: h.Email, Status: string(h.Status)}
		if c.Can(models.UsersRead) {
			row.Href = userHref(h.User.PublicID)
		}
		o := AccessOptions{UserID: h.User.PublicID, Can: c.Actor().Can, SourceName: p.People.SourceName}
		for _, path := range h.Paths {
			row.Paths = append(row.Paths, pathModel(path, role.Reaches, o))
		}
		m.Rows = append(m.Rows, row)
	}
	if page.Next != "" {
		m.Next = roleHref(role.Key) + "?" + url.Values{"after": {page.Next}}.Encode()
	}
	if c.Query("after") != "" {
		m.First = roleHref(role.Key) + "?people=first"
	}
	return m
}
