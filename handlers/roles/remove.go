package roles

import (
	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/models"
	"github.com/rollcall/rollcall/views/layout"
	"github.com/rollcall/rollcall/views/roles"
	"github.com/rollcall/rollcall/views/ui"
)

type reasonForm struct {
	Reason string `form:"reason" label:"Reason" validate:"reason,max=1000"`
}

// Remove answers GET /roles/:key/remove.
func (p *Pages) Remove(c *web.Call) error {
	role, err := p.Roles.Role(c.Ctx(), c.Tenant(), c.Param("key"))
	if err != nil {
		return err
	}
	return c.Render(removePage(role, 0), roles.Remove(removeModel(role, c.Actor().Can)))
}

// DoRemove answers POST /roles/:key/remove.
func (p *Pages) DoRemove(c *web.Call) error {
	role, err := p.Roles.Role(c.Ctx(), c.Tenant(), c.Param("key"))
	if err != nil {
		return err
	}
	var f reasonForm
	err = c.Bind(&f)
	if err == nil {
		err = elevate(c, role)
	}
	if err == nil {
		err = p.Roles.RemoveRole(c.Ctx(), c.Actor(), role.Key, f.Reason)
	}
	if err == nil {
		return c.Redirect("/roles?ok=removed")
	}
	w, again := refusal(err)
	if !again {
		return err
	}
	m := removeModel(role, c.Actor().Can)
	m.Reason, m.Errors, m.Problems = f.Reason, w.fields, w.problems
	return c.Render(removePage(role, w.code), roles.Remove(m))
}

func removePage(role access.RoleDetail, code int) web.Page {
	return web.Page{
		Title: "Remove role " + role.Name, FocusHeading: code == 0, Code: code,
		Crumbs: []layout.Crumb{{Label: "Roles", Href: "/roles"}, {Label: role.Name, Href: roleHref(role.Key)}, {Label: "Remove"}},
	}
}

func removeModel(role access.RoleDetail, can models.Permission) roles.RemoveModel {
	m := roles.RemoveModel{Name: role.Name, Action: roleHref(role.Key) + "/remove", Cancel: roleHref(role.Key)}
	if role.BuiltIn {
		m.Blocked = role.Name + " comes with Rollcall and cannot be removed."
		return m
	}
	if role.Direct > 0 {
		m.Held, m.HeldHref = people(role.Direct), roleHref(role.Key)+"#people"
		if can.Has(models.UsersRead) {
			m.HeldHref = holdersHref(role.Key)
		}
		return m
	}
	m.Effects = []string{"The role disappears from the list and cannot be given any more.", "Nobody loses access: nobody holds it."}
	if role.Holders > 0 {
		m.Effects[1] = people(role.Holders) + " hold it through another role, and lose what it gives."
	}
	if len(role.Permissions) > 0 {
		m.Effects = append(m.Effects, "Its "+ui.Counted(len(role.Permissions), "permission stays", "permissions stay")+" and can be put into other roles.")
	}
	for _, parent := range role.Parents {
		m.Effects = append(m.Effects, parent.Name+" contains it and will not any more.")
	}
	m.Effects = append(m.Effects, "It cannot be undone. The audit log keeps what the role was.")
	return m
}
