package roles

import (
	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/views/layout"
	"github.com/rollcall/rollcall/views/roles"
)

// sectionRoles is how many roles a section of another page shows.
const sectionRoles = 10

// Access draws the Access section of a person's page, with the acts the reader
// may do. Package app hands it to the pages of people.
func (p *Pages) Access(c *web.Call, userID int64, publicID, name string) (web.Component, error) {
	held, err := p.Assignments.Held(c.Ctx(), c.Tenant(), userID)
	if err != nil {
		return nil, err
	}
	o, err := p.options(c, publicID, name)
	if err != nil {
		return nil, err
	}
	o.Limit = sectionRoles
	return roles.Access(AccessModel(held, o)), nil
}

// ReadAccess draws the same to be read only: for the person themselves (name "")
// and for their manager. All roles are listed, with what each lets a person do.
func (p *Pages) ReadAccess(c *web.Call, userID int64, publicID, name string) (web.Component, error) {
	held, err := p.Assignments.Held(c.Ctx(), c.Tenant(), userID)
	if err != nil {
		return nil, err
	}
	o, err := p.options(c, publicID, name)
	if err != nil {
		return nil, err
	}
	o.ReadOnly, o.Plain = true, true
	m := AccessModel(held, o)
	m.Title = "Roles"
	return roles.Access(m), nil
}

func (p *Pages) options(c *web.Call, publicID, name string) (AccessOptions, error) {
	names, err := p.applicationNames(c)
	return AccessOptions{
		UserID: publicID, Name: name, Can: c.Actor().Can, Now: c.Now(), SourceName: p.People.SourceName, Applications: names,
	}, err
}

// applicationNames gives the names of all applications by key.
func (p *Pages) applicationNames(c *web.Call) (map[string]string, error) {
	all, err := p.Roles.Applications(c.Ctx(), c.Tenant())
	if err != nil {
		return nil, err
	}
	names := make(map[string]string, len(all))
	for _, a := range all {
		names[a.Key] = a.Name
	}
	return names, nil
}

// Effective answers GET /users/:id/access.
func (p *Pages) Effective(c *web.Call) error {
	person, err := p.People.Get(c.Ctx(), c.Tenant(), c.Param("id"))
	if err != nil {
		return err
	}
	held, err := p.Assignments.Held(c.Ctx(), c.Tenant(), person.ID)
	if err != nil {
		return err
	}
	effective, err := p.Assignments.Effective(c.Ctx(), c.Tenant(), person.ID)
	if err != nil {
		return err
	}
	o, err := p.options(c, person.PublicID, person.DisplayName)
	if err != nil {
		return err
	}
	m := roles.EffectiveModel{Name: person.DisplayName, Access: AccessModel(held, o)}
	m.Access.Title, m.Access.EffectiveHref = "Roles", ""
	for _, e := range effective {
		m.Permissions = append(m.Permissions, effectiveModel(e, o))
	}
	return c.Render(web.Page{
		Title: "Access of " + person.DisplayName, Crumbs: personCrumbs(person.PublicID, person.DisplayName, "Access"),
	}, roles.EffectivePage(m))
}

func effectiveModel(e access.EffectivePermission, o AccessOptions) roles.Effective {
	v := roles.Effective{Sentence: e.Sentence, Application: o.application(e.Application), Key: e.Key, More: e.MorePaths}
	for _, path := range e.Paths {
		v.Paths = append(v.Paths, o.why(path))
	}
	return v
}

func personCrumbs(publicID, name, here string) []layout.Crumb {
	return []layout.Crumb{{Label: "Users", Href: "/users"}, {Label: name, Href: userHref(publicID)}, {Label: here}}
}
