package roles

import (
	"strconv"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/models"
	"github.com/rollcall/rollcall/views/roles"
	"github.com/rollcall/rollcall/views/ui"
)

// errNoAssignment is also said when the assignment is somebody else's.
func errNoAssignment() error {
	return errs.New(errs.NotFound, "This role is not assigned to this person any more. Somebody removed it, or its time ran out.")
}

// assignment gives the assignment of the address, of the person of the address.
func (p *Pages) assignment(c *web.Call) (access.AssignmentView, error) {
	id, err := strconv.ParseInt(c.Param("assignment"), 10, 64)
	if err != nil {
		return access.AssignmentView{}, errNoAssignment()
	}
	view, err := p.Assignments.Assignment(c.Ctx(), c.Tenant(), id)
	if errs.Is(err, errs.NotFound) {
		return view, errNoAssignment()
	}
	if err == nil && view.User.PublicID != c.Param("id") {
		return view, errNoAssignment()
	}
	return view, err
}

// blocked says why an assignment cannot be changed by this actor here; "" when it can.
func (p *Pages) blocked(c *web.Call, view access.AssignmentView) (string, error) {
	if view.Source == models.SourceClaim {
		claim, _ := access.Path{Source: view.Source, SourceRef: view.SourceRef}.Claim()
		return p.People.SourceName(claim.Provider) + " gives " + view.User.Name + " this role because of " + claim.Claim + " " + claim.Value +
			". Change it there: removed only here, it would come back at the next sign-in.", nil
	}
	role, err := p.Roles.Role(c.Ctx(), c.Tenant(), view.Role.Key)
	if err != nil {
		return "", err
	}
	if !role.Grantable(c.Actor().Can) {
		return "You may not give or take " + view.Role.Name + ": it is privileged, or it lets a person do what you may not do yourself. Ask an admin.", nil
	}
	return "", nil
}

// AskUnassign answers GET /users/:id/roles/:assignment/remove.
func (p *Pages) AskUnassign(c *web.Call) error {
	return p.unassignPage(c, "", wrong{})
}

// Unassign answers POST /users/:id/roles/:assignment/remove.
func (p *Pages) Unassign(c *web.Call) error {
	view, err := p.assignment(c)
	if err != nil {
		return err
	}
	var f reasonForm
	err = c.Bind(&f)
	if err == nil {
		err = p.unassign(c, view, f.Reason)
	}
	if err == nil {
		return c.Redirect(userHref(view.User.PublicID) + "?ok=role-removed#access")
	}
	w, again := refusal(err)
	if !again {
		return err
	}
	return p.unassignPage(c, f.Reason, w)
}

func (p *Pages) unassign(c *web.Call, view access.AssignmentView, reason string) error {
	role, err := p.Roles.Role(c.Ctx(), c.Tenant(), view.Role.Key)
	if err != nil {
		return err
	}
	if err := elevate(c, role); err != nil {
		return err
	}
	_, err = p.Assignments.Unassign(c.Ctx(), c.Actor(), view.ID, reason)
	return err
}

func (p *Pages) unassignPage(c *web.Call, reason string, w wrong) error {
	view, err := p.assignment(c)
	if err != nil {
		return err
	}
	remains, err := p.Assignments.AfterRemoval(c.Ctx(), c.Tenant(), view.ID)
	if err != nil {
		return err
	}
	m := roles.UnassignModel{
		Person: view.User.Name, Role: view.Role.Name, Cancel: userHref(view.User.PublicID) + "#access",
		Action: userHref(view.User.PublicID) + "/roles/" + strconv.FormatInt(view.ID, 10) + "/remove",
		Given:  given(c, view), Reason: reason, Readers: readers(view.User.Name), Errors: w.fields, Problems: w.problems,
	}
	if m.Blocked, err = p.blocked(c, view); err != nil {
		return err
	}
	o, err := p.options(c, view.User.PublicID, view.User.Name)
	if err != nil {
		return err
	}
	fillRemains(&m, remains, o)
	title := "Remove " + view.Role.Name + " from " + view.User.Name
	return c.Render(web.Page{
		Title: title, FocusHeading: w.code == 0, Code: w.code,
		Crumbs: personCrumbs(view.User.PublicID, view.User.Name, "Remove "+view.Role.Name),
	}, roles.Unassign(m))
}

// shownLost is how many lost permissions a page lists by name.
const shownLost = 20

func fillRemains(m *roles.UnassignModel, remains access.Remains, o AccessOptions) {
	for _, path := range remains.Paths {
		m.Remains = append(m.Remains, o.why(path))
	}
	for _, lost := range remains.Lost[:min(len(remains.Lost), shownLost)] {
		m.Lost = append(m.Lost, lost.Sentence+" ("+o.application(lost.Application)+")")
	}
	m.LostMore = len(remains.Lost) - len(m.Lost) + remains.LostMore
	for _, role := range remains.LostRoles {
		if role.ID != remains.Role.ID {
			m.LostRoles = append(m.LostRoles, role.Name)
		}
	}
}

// given tells where the assignment came from.
func given(c *web.Call, view access.AssignmentView) string {
	s := "Given " + ui.Relative(view.CreatedAt.Time(), c.Now())
	if view.GrantedBy != "" {
		s += " by " + view.GrantedBy
	}
	if until := view.UntilAt.Time(); !until.IsZero() {
		s += ", until " + ui.ExactText(until) + " UTC"
	}
	s += "."
	if view.Reason != "" {
		s += " Reason: \u201c" + view.Reason + "\u201d"
	}
	return s
}

type untilForm struct {
	Until  string `form:"until" label:"New end" validate:"omitempty,datetime=2006-01-02"`
	Reason string `form:"reason" label:"Reason" validate:"reason,max=1000"`
}

// AskUntil answers GET /users/:id/roles/:assignment/until.
func (p *Pages) AskUntil(c *web.Call) error {
	view, err := p.assignment(c)
	if err != nil {
		return err
	}
	return p.untilPage(c, view, untilForm{Until: dayOf(view.UntilAt)}, wrong{})
}

// ChangeUntil answers POST /users/:id/roles/:assignment/until.
func (p *Pages) ChangeUntil(c *web.Call) error {
	view, err := p.assignment(c)
	if err != nil {
		return err
	}
	var f untilForm
	err = c.Bind(&f)
	if err == nil {
		err = p.changeUntil(c, view, f)
	}
	if err == nil {
		return c.Redirect(userHref(view.User.PublicID) + "?ok=role-until#access")
	}
	w, again := refusal(err)
	if !again {
		return err
	}
	return p.untilPage(c, view, f, w)
}

func (p *Pages) changeUntil(c *web.Call, view access.AssignmentView, f untilForm) error {
	role, err := p.Roles.Role(c.Ctx(), c.Tenant(), view.Role.Key)
	if err != nil {
		return err
	}
	if err := elevate(c, role); err != nil {
		return err
	}
	_, err = p.Assignments.ChangeUntil(c.Ctx(), c.Actor(), access.UntilInput{
		AssignmentID: view.ID, Reason: f.Reason, Until: dayEnd(f.Until, max(view.FromAt, models.At(c.Now())), role.MaxDays),
	})
	return err
}

func (p *Pages) untilPage(c *web.Call, view access.AssignmentView, f untilForm, w wrong) error {
	role, err := p.Roles.Role(c.Ctx(), c.Tenant(), view.Role.Key)
	if err != nil {
		return err
	}
	m := roles.UntilModel{
		Person: view.User.Name, Role: view.Role.Name, Cancel: userHref(view.User.PublicID) + "#access",
		Action: userHref(view.User.PublicID) + "/roles/" + strconv.FormatInt(view.ID, 10) + "/until",
		Now:    view.UntilAt.Time(), Until: f.Until, Today: c.Now().Format(dayLayout),
		Reason: f.Reason, Readers: readers(view.User.Name), Errors: w.fields, Problems: w.problems,
	}
	if role.MaxDays > 0 {
		m.Longest = "At most " + ui.Counted(int(role.MaxDays), "day", "days") + " from now."
	}
	if m.Blocked, err = p.blocked(c, view); err != nil {
		return err
	}
	return c.Render(web.Page{
		Title: "Change the end of " + view.Role.Name + " for " + view.User.Name, Code: w.code,
		Crumbs: personCrumbs(view.User.PublicID, view.User.Name, "Change end"),
	}, roles.Until(m))
}
