package roles

import (
	"slices"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/models"
)

// elevate asks for a fresh sign-in before a privileged role is given, taken or
// changed. Whoever may not do it anyway is not asked: the engine says so.
func elevate(c *web.Call, role access.RoleDetail) error {
	if !role.Reaches || !role.Grantable(c.Actor().Can) {
		return nil
	}
	return c.Elevate(privileged(role))
}

func privileged(role access.RoleDetail) string {
	if role.Privileged {
		return role.Name + " is a privileged role."
	}
	return role.Name + " contains a privileged role."
}

// elevateNew does the same for a role that is privileged from its first moment.
// Nobody holds it yet, but from here on it stands ready to be given.
func (p *Pages) elevateNew(c *web.Call, f roleForm) error {
	if f.Privileged != "" {
		if !c.Can(models.RolesAssignPrivileged) {
			return nil // refused below
		}
		return c.Elevate("This makes " + f.Name + " a privileged role.")
	}
	return p.elevateContents(c, f, f.Name, nil)
}

// elevateEdit does the same for a role that is privileged, or that the edit makes
// so: by the tick or by what it contains from now on.
func (p *Pages) elevateEdit(c *web.Call, f roleForm, role access.RoleDetail) error {
	switch {
	case role.Reaches:
		return c.Elevate(privileged(role))
	case f.Privileged != "":
		return c.Elevate("This makes " + role.Name + " a privileged role.")
	}
	return p.elevateContents(c, f, role.Name, ownCodes(role))
}

// elevateContents asks when a role that is not privileged by name is so by what
// it gives: permissions that it did not give before, or roles it contains.
func (p *Pages) elevateContents(c *web.Call, f roleForm, name string, before []string) error {
	for _, one := range models.Permissions {
		code := models.ConsoleApplication + "/" + one.Key
		if models.PrivilegedPermissions.Has(one.Permission) && slices.Contains(f.Permissions, code) && !slices.Contains(before, code) {
			return c.Elevate("This puts a permission of admins into " + name + ": " + one.Key + ".")
		}
	}
	if len(f.Children) == 0 {
		return nil
	}
	page, err := p.Roles.ListRoles(c.Ctx(), c.Tenant(), access.RoleFilter{Privileged: true, Limit: readRoles, Uncounted: true})
	if err != nil {
		return err
	}
	reaches := slices.ContainsFunc(page.Rows, func(r access.RoleRow) bool { return slices.Contains(f.Children, r.Key) })
	if reaches || page.Next != "" { // beyond what is read here, be on the safe side
		return c.Elevate("This lets " + name + " contain a privileged role.")
	}
	return nil
}
