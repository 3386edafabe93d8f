package attention

import (
	"net/url"
	"strconv"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/models"
	"github.com/rollcall/rollcall/views/attention"
	"github.com/rollcall/rollcall/views/layout"
	"github.com/rollcall/rollcall/views/ui"
)

// Ending answers GET /attention/ending.
func (p *Pages) Ending(c *web.Call) error {
	page, err := p.Access.EndingSoon(c.Ctx(), c.Tenant(), soon)
	if err != nil {
		return err
	}
	m := attention.AssignmentsModel{
		ID: "ending", Caption: "Roles that end within 7 days, the next first", Now: c.Now(),
		Sentence: "These people lose the role by themselves at the time below. If somebody still needs it, change the end before.",
		Empty:    "No role ends within 7 days",
	}
	for _, r := range page.Rows {
		row := assignment(c, r.AssignmentID, r.User, r.Role)
		row.Until = r.Until.Time()
		m.Rows = append(m.Rows, row)
	}
	if page.More {
		m.More = "Shown are the " + ui.Count(len(m.Rows)) + " that end first. There are more."
	}
	return p.render(c, "Access that ends within 7 days", m)
}

// Standing answers GET /attention/standing.
func (p *Pages) Standing(c *web.Call) error {
	page, err := p.Access.Standing(c.Ctx(), c.Tenant())
	if err != nil {
		return err
	}
	m := attention.AssignmentsModel{
		ID: "standing", Caption: "Privileged roles without end, the longest held first", Now: c.Now(), Endless: true,
		Sentence: "Privileged means: the role is marked so, or contains one that is. The Admin role is left out, because somebody must always be able to administer.",
		Empty:    "No privileged access without end",
	}
	for _, r := range page.Rows {
		row := assignment(c, r.AssignmentID, r.User, r.Role)
		row.Since = r.Since.Time()
		m.Rows = append(m.Rows, row)
	}
	if page.More {
		m.More = "Shown are the " + ui.Count(len(m.Rows)) + " held longest. There are more."
	}
	return p.render(c, "Privileged access without end", m)
}

func (p *Pages) render(c *web.Call, title string, m attention.AssignmentsModel) error {
	return c.Render(web.Page{
		Title: title, Crumbs: []layout.Crumb{{Label: "Attention", Href: "/attention"}, {Label: title}},
	}, attention.Assignments(m))
}

func assignment(c *web.Call, id int64, user access.UserRef, role access.RoleRef) attention.Assignment {
	a := attention.Assignment{
		Person: user.Name, PersonHref: "/users/" + url.PathEscape(user.PublicID), Role: role.Name, Privileged: role.Privileged,
	}
	if c.Can(models.RolesRead) {
		a.RoleHref = "/roles/" + url.PathEscape(role.Key)
	}
	if c.Can(models.RolesAssign) && (!role.Privileged || c.Can(models.RolesAssignPrivileged)) {
		a.UntilHref = a.PersonHref + "/roles/" + strconv.FormatInt(id, 10) + "/until"
	}
	return a
}
