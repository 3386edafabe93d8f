package users

import (
	"net/url"
	"slices"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/models"
)

// resolve looks up the things that an address names by key.
func (p *Pages) resolve(c *web.Call, in url.Values, r *request) error {
	if err := p.resolveRole(c, in.Get(paramRole), r); err != nil {
		return err
	}
	if err := p.resolveManager(c, in.Get(paramManager), r); err != nil {
		return err
	}
	if err := p.resolveAttributes(c, r); err != nil {
		return err
	}
	for _, id := range r.query.DepartmentIDs {
		name, err := p.departmentName(c.Ctx(), c.Tenant(), id, c.Now())
		if err != nil {
			return err
		}
		r.departments = append(r.departments, name)
	}
	if r.query.View != directory.ViewPrivileged {
		return nil
	}
	ids, err := p.Access.PrivilegedRoleIDs(c.Ctx(), c.Tenant())
	r.query.PrivilegedRoleIDs = ids
	return err
}

func (p *Pages) resolveRole(c *web.Call, key string, r *request) error {
	if key == "" {
		return nil
	}
	role, err := p.Access.Role(c.Ctx(), c.Tenant(), key)
	if errs.Is(err, errs.NotFound) {
		r.strange(paramRole)
		return nil
	}
	if err != nil {
		return err
	}
	r.role = role.Name
	r.query.RoleIDs, err = p.Access.ContainingRoles(c.Ctx(), c.Tenant(), role.ID)
	return err
}

func (p *Pages) resolveManager(c *web.Call, id string, r *request) error {
	switch id {
	case "":
		return nil
	case "none":
		r.query.NoManager, r.manager = true, "None"
		return nil
	}
	person, err := p.People.Get(c.Ctx(), c.Tenant(), id)
	if errs.Is(err, errs.NotFound) {
		r.strange(paramManager)
		return nil
	}
	r.query.ManagerID, r.manager = person.ID, person.DisplayName
	return err
}

// resolveAttributes keeps the filters by attributes that exist and that this
// reader may see: a filter by a masked value would tell it.
func (p *Pages) resolveAttributes(c *web.Call, r *request) error {
	if len(r.query.Attributes) == 0 {
		return nil
	}
	definitions, err := p.People.Definitions(c.Ctx(), c.Tenant())
	if err != nil {
		return err
	}
	wanted := r.query.Attributes
	r.query.Attributes = nil
	for _, a := range wanted {
		at := slices.IndexFunc(definitions, func(d directory.Definition) bool { return d.Key == a.Key && filterable(d, c.Caller.Actor.Can) })
		if at < 0 {
			r.strange(paramAttribute + a.Key)
			continue
		}
		r.query.Attributes = append(r.query.Attributes, a)
		r.attributes = append(r.attributes, attribute{param: paramAttribute + a.Key, label: definitions[at].Label, value: attributeControl(definitions[at]).words(a.Value)})
	}
	return nil
}

func filterable(d directory.Definition, can models.Permission) bool {
	return !d.Masked || can.Has(models.UsersUnmask)
}
