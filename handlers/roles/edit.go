package roles

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/views/layout"
	"github.com/rollcall/rollcall/views/roles"
	"github.com/rollcall/rollcall/views/ui"
)

func editPage(role access.RoleDetail) web.Page {
	return web.Page{
		Title:  "Edit " + role.Name,
		Crumbs: []layout.Crumb{{Label: "Roles", Href: "/roles"}, {Label: role.Name, Href: roleHref(role.Key)}, {Label: "Edit"}},
	}
}

// Edit answers GET /roles/:key/edit.
func (p *Pages) Edit(c *web.Call) error {
	role, err := p.Roles.Role(c.Ctx(), c.Tenant(), c.Param("key"))
	if err != nil {
		return err
	}
	if role.BuiltIn {
		return errs.New(errs.Conflict, "%s comes with Rollcall and cannot be edited. Create a role that contains it instead.", role.Name)
	}
	m, err := p.formModel(c, formOf(role), &role)
	if err != nil {
		return err
	}
	return c.Render(editPage(role), roles.Form(m))
}

// Save answers POST /roles/:key/edit.
func (p *Pages) Save(c *web.Call) error {
	role, err := p.Roles.Role(c.Ctx(), c.Tenant(), c.Param("key"))
	if err != nil {
		return err
	}
	var f roleForm
	if err := c.Bind(&f); err != nil {
		return p.refused(c, err, f, &role, editPage(role))
	}
	if err := p.elevateEdit(c, f, role); err != nil {
		return err
	}
	saved, err := p.Roles.EditRole(c.Ctx(), c.Actor(), role.Key, f.input())
	if err == nil {
		return c.Redirect(roleHref(saved.Key) + "?ok=saved")
	}
	if stale, is := errors.AsType[*access.StaleRole](err); is {
		return p.stale(c, f, stale)
	}
	return p.refused(c, err, f, &role, editPage(role))
}

// stale shows both versions and the form with what was typed, ready to be saved
// over the other one on purpose.
func (p *Pages) stale(c *web.Call, f roleForm, s *access.StaleRole) error {
	f.Version = strconv.FormatInt(s.Theirs.Version, 10)
	m, err := p.formModel(c, f, &s.Theirs)
	if err != nil {
		return err
	}
	who := s.ChangedBy
	if who == "" {
		who = "somebody else"
	}
	m.Stale = &roles.StaleModel{
		Sentence:    "Changed by " + who + " " + ui.Relative(s.ChangedAt.Time(), c.Now()) + ".",
		Differences: differences(formOf(s.Theirs), f),
	}
	page := editPage(s.Theirs)
	page.Code = http.StatusConflict
	return c.Render(page, roles.Form(m))
}

func differences(theirs, yours roleForm) []roles.Difference {
	var out []roles.Difference
	add := func(label, a, b string) {
		if a != b {
			out = append(out, roles.Difference{Label: label, Theirs: a, Yours: b})
		}
	}
	add("Name", theirs.Name, yours.Name)
	add("What it lets a person do", theirs.Sentence, yours.Sentence)
	add("Privileged", yesNo(theirs.Privileged), yesNo(yours.Privileged))
	add("Longest assignment in days", theirs.MaxDays, yours.MaxDays)
	add("Permissions", list(theirs.Permissions), list(yours.Permissions))
	add("Contained roles", list(theirs.Children), list(yours.Children))
	return out
}

func yesNo(ticked string) string {
	if ticked == "" {
		return "No"
	}
	return "Yes"
}

func list(items []string) string {
	items = slices.Clone(items)
	slices.Sort(items)
	return strings.Join(items, ", ")
}
