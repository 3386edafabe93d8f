package team

import (
	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/models"
	"github.com/rollcall/rollcall/views/layout"
	"github.com/rollcall/rollcall/views/team"
)

// Show answers GET /team/:id. Who does not report to the caller is not found,
// in the same words as somebody who does not exist.
func (p *Pages) Show(c *web.Call) error {
	person, err := p.People.Get(c.Ctx(), c.Tenant(), c.Param("id"))
	if errs.Is(err, errs.NotFound) || err == nil && (person.Manager.ID != c.Actor().UserID || person.Status == models.Removed) {
		return errs.New(errs.NotFound, "Nobody with this ID reports to you.")
	}
	if err != nil {
		return err
	}
	m := team.MemberModel{
		Email: person.Email, Title: person.Title, Department: person.Department, Status: string(person.Status),
		StatusText: statusText(person.Status, person.LeavingAt, c.Now()), Since: person.StatusSince.Time(), External: person.External,
		Leaving: person.LeavingAt.Time(), LastSeen: person.LastSignInAt.Time(), Now: c.Now(),
	}
	if m.Access, err = p.Roles(c, person.ID, person.PublicID, person.DisplayName); err != nil {
		return err
	}
	return c.Render(web.Page{
		Title: person.DisplayName, Aside: team.Tags(person.External),
		Crumbs: []layout.Crumb{{Label: "My team", Href: "/team"}, {Label: person.DisplayName}},
	}, team.Page(m))
}
