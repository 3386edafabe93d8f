package roles

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/models"
	"github.com/rollcall/rollcall/views/roles"
	"github.com/rollcall/rollcall/views/ui"
)

// The roles a picker reads, and those it shows; the rest is found by searching.
const (
	readRoles  = 200
	shownRoles = 30
)

type assignForm struct {
	Search string `form:"q" label:"Search"`
	Role   string `form:"role" label:"Role" validate:"required,max=130"`
	From   string `form:"from" label:"From" validate:"omitempty,datetime=2006-01-02"`
	Until  string `form:"until" label:"Until" validate:"omitempty,datetime=2006-01-02"`
	Reason string `form:"reason" label:"Reason" validate:"reason,max=1000"`
	Act    string `form:"act"`
}

// ChooseRole answers GET /users/:id/roles/new. Its fragment is the choices.
func (p *Pages) ChooseRole(c *web.Call) error {
	return p.assignPage(c, assignForm{Search: c.Query("q"), Role: c.Query("role")}, wrong{})
}

// Assign answers POST /users/:id/roles/new. The button that searches posts the
// same form, so that without scripts nothing typed is lost.
func (p *Pages) Assign(c *web.Call) error {
	var f assignForm
	err := c.Bind(&f)
	if f.Act == "search" {
		return p.assignPage(c, f, wrong{})
	}
	if err == nil {
		err = p.give(c, f)
	}
	if err == nil {
		return c.Redirect(userHref(c.Param("id")) + "?ok=role-assigned#access")
	}
	w, again := refusal(err)
	if !again {
		return err
	}
	return p.assignPage(c, f, w)
}

func (p *Pages) give(c *web.Call, f assignForm) error {
	role, err := p.Roles.Role(c.Ctx(), c.Tenant(), f.Role)
	if errs.Is(err, errs.NotFound) {
		return errs.Input(errs.Field{Name: "role", Message: "This role does not exist any more. Choose another one."})
	}
	if err != nil {
		return err
	}
	if err := elevate(c, role); err != nil {
		return err
	}
	now := models.At(c.Now())
	in := access.AssignInput{UserPublicID: c.Param("id"), RoleKey: f.Role, Reason: f.Reason, From: dayStart(f.From)}
	if in.From <= now {
		in.From = pastDay(in.From, now)
	}
	in.Until = dayEnd(f.Until, max(in.From, now), role.MaxDays)
	_, err = p.Assignments.Assign(c.Ctx(), c.Actor(), in)
	return err
}

func (p *Pages) assignPage(c *web.Call, f assignForm, w wrong) error {
	person, err := p.People.Get(c.Ctx(), c.Tenant(), c.Param("id"))
	if err != nil {
		return err
	}
	title := "Give a role to " + person.DisplayName
	page := web.Page{Title: title, Code: w.code, Crumbs: personCrumbs(person.PublicID, person.DisplayName, "Give a role")}
	if why := p.cannotReceive(c, person); why != "" {
		page.Code = 0
		return c.Render(page, roles.Refused(why, userHref(person.PublicID), "Back to "+person.DisplayName))
	}
	choices, err := p.choices(c, person, f)
	if err != nil {
		return err
	}
	choices.Problem = w.fields["role"]
	m := roles.AssignModel{
		Name: person.DisplayName, Action: userHref(person.PublicID) + "/roles/new", Cancel: userHref(person.PublicID) + "#access",
		Search: f.Search, Choices: choices, From: f.From, Until: f.Until, Today: c.Now().Format(dayLayout), Reason: f.Reason,
		Readers: readers(person.DisplayName), Errors: w.fields, Problems: w.problems,
	}
	page.Fragment, page.Status = roles.Choices(choices), choicesStatus(choices)
	return c.Render(page, roles.Assign(m))
}

func (p *Pages) cannotReceive(c *web.Call, person directory.Person) string {
	switch {
	case person.ID == c.Actor().UserID:
		return "You cannot give yourself a role. Somebody else who may assign roles has to do it."
	case person.Status == models.Deactivated || person.Status == models.Removed:
		return person.DisplayName + " is " + ui.StatusLabel(string(person.Status)) + " and cannot be given a role. Reactivate the person first."
	}
	return ""
}

// choices lists the roles that the actor may give, by application. One that was
// chosen stays on top although it does not match the search.
func (p *Pages) choices(c *web.Call, person directory.Person, f assignForm) (roles.ChoicesModel, error) {
	m := roles.ChoicesModel{Search: f.Search}
	page, err := p.Roles.ListRoles(c.Ctx(), c.Tenant(), access.RoleFilter{Search: f.Search, Limit: readRoles, Uncounted: true})
	if err != nil {
		return m, err
	}
	held, err := p.Assignments.Held(c.Ctx(), c.Tenant(), person.ID)
	if err != nil {
		return m, err
	}
	rows, hidden := grantable(page.Rows, c.Actor().Can)
	if hidden > 0 {
		m.Hidden = hiddenSentence(hidden)
	}
	m.More = page.Next != "" || len(rows) > shownRoles
	if rows, err = p.chosenFirst(c, rows, f.Role); err != nil {
		return m, err
	}
	given := givenKeys(held)
	shown := byApplication(rows[:min(len(rows), shownRoles)], f.Role)
	for i, r := range shown {
		choice := roles.RoleChoice{Key: r.Key, Name: r.Name, Sentence: r.Sentence, Privileged: r.Reaches, Chosen: r.Key == f.Role}
		switch {
		case given[r.Key]:
			choice.Note, choice.Disabled, choice.Chosen = "Given already.", true, false
		case r.MaxDays > 0:
			choice.Note = "At most " + ui.Counted(int(r.MaxDays), "day", "days") + "."
		}
		name := r.Application.Name
		if i == 0 && choice.Chosen {
			name += ", chosen"
		}
		m.Groups = addChoice(m.Groups, name, choice)
	}
	return m, nil
}

// byApplication sorts by the application's name and leaves the chosen role first.
func byApplication(rows []access.RoleRow, chosen string) []access.RoleRow {
	slices.SortStableFunc(rows, func(a, b access.RoleRow) int {
		if first := (a.Key == chosen); first != (b.Key == chosen) {
			if first {
				return -1
			}
			return 1
		}
		return strings.Compare(a.Application.Name, b.Application.Name)
	})
	return rows
}

func grantable(rows []access.RoleRow, can models.Permission) (may []access.RoleRow, hidden int) {
	for _, r := range rows {
		if r.Grantable(can) {
			may = append(may, r)
		}
	}
	return may, len(rows) - len(may)
}

func hiddenSentence(n int) string {
	return ui.Counted(n, "role is", "roles are") + " not offered: they are privileged or let a person do what you may not do yourself, and nobody gives more than they hold."
}

// chosenFirst moves the chosen role to the front, also when the search left it out.
func (p *Pages) chosenFirst(c *web.Call, rows []access.RoleRow, key string) ([]access.RoleRow, error) {
	if key == "" {
		return rows, nil
	}
	role, err := p.Roles.Role(c.Ctx(), c.Tenant(), key)
	if errs.Is(err, errs.NotFound) {
		return rows, nil
	}
	if err != nil {
		return nil, err
	}
	if !role.Grantable(c.Actor().Can) {
		return rows, nil
	}
	first := []access.RoleRow{role.RoleRow}
	for _, r := range rows {
		if r.Key != key {
			first = append(first, r)
		}
	}
	return first, nil
}

func givenKeys(held []access.HeldRole) map[string]bool {
	given := map[string]bool{}
	for _, h := range held {
		for _, path := range h.Paths {
			if len(path.Via) == 0 && path.Source == models.SourceDirect && path.State != access.Expired {
				given[h.Role.Key] = true
			}
		}
	}
	return given
}

func addChoice(groups []roles.RoleGroup, application string, r roles.RoleChoice) []roles.RoleGroup {
	for i := range groups {
		if groups[i].Application == application {
			groups[i].Roles = append(groups[i].Roles, r)
			return groups
		}
	}
	return append(groups, roles.RoleGroup{Application: application, Roles: []roles.RoleChoice{r}})
}

func choicesStatus(m roles.ChoicesModel) string {
	n := 0
	for _, g := range m.Groups {
		n += len(g.Roles)
	}
	return fmt.Sprintf("%s to choose from", ui.Counted(n, "role", "roles"))
}

func readers(name string) string { return name + ", the admins and the auditors" }
