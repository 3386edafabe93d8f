package roles

import (
	"slices"
	"strconv"
	"strings"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/models"
	"github.com/rollcall/rollcall/views/roles"
	"github.com/rollcall/rollcall/views/ui"
)

// choosable is how many roles are offered to be contained.
const choosable = 200

// roleForm is what the form of a role sends. Fixed fields are read only when the
// role is new.
type roleForm struct {
	Name        string   `form:"name" label:"Name" validate:"required,max=120"`
	Key         string   `form:"key" label:"Key" validate:"max=120"`
	Sentence    string   `form:"sentence" label:"What it lets a person do" validate:"required,max=500"`
	Application string   `form:"application" label:"Application" validate:"max=120"`
	Privileged  string   `form:"privileged"`
	MaxDays     string   `form:"max_days" label:"Longest assignment" validate:"omitempty,number,max=5"`
	Permissions []string `form:"permissions"`
	Children    []string `form:"children"`
	Reason      string   `form:"reason" validate:"max=1000"`
	Version     string   `form:"version" validate:"omitempty,number,max=18"`
}

func (f roleForm) input() access.RoleInput {
	days, _ := strconv.ParseInt(f.MaxDays, 10, 64)    // checked by the tag; empty is no limit
	version, _ := strconv.ParseInt(f.Version, 10, 64) // a wrong one is a stale one
	return access.RoleInput{
		Key: f.Key, Application: f.Application, Name: f.Name, Sentence: f.Sentence, Privileged: f.Privileged != "",
		MaxDays: days, Permissions: f.Permissions, Children: f.Children, Reason: f.Reason, Version: version,
	}
}

func formOf(role access.RoleDetail) roleForm {
	f := roleForm{
		Name: role.Name, Key: role.Key, Sentence: role.Sentence, Application: role.Application.Key,
		Version: strconv.FormatInt(role.Version, 10), Permissions: ownCodes(role),
	}
	if role.Privileged {
		f.Privileged = "yes"
	}
	if role.MaxDays > 0 {
		f.MaxDays = strconv.FormatInt(role.MaxDays, 10)
	}
	for _, child := range role.Children {
		f.Children = append(f.Children, child.Key)
	}
	return f
}

func ownCodes(role access.RoleDetail) []string {
	var codes []string
	for _, p := range role.Permissions {
		if len(p.Via) == 0 {
			codes = append(codes, p.Code())
		}
	}
	return codes
}

// formModel draws what was typed over the choices that exist. role is nil for a
// new one.
func (p *Pages) formModel(c *web.Call, f roleForm, role *access.RoleDetail) (roles.FormModel, error) {
	m := roles.FormModel{
		Action: "/roles/new", Cancel: "/roles", New: role == nil, Version: f.Version, Name: f.Name, Key: f.Key,
		Sentence: f.Sentence, Privileged: f.Privileged != "", MaxDays: f.MaxDays, Reason: f.Reason,
	}
	if role != nil {
		m.Action, m.Cancel, m.Application = roleHref(role.Key)+"/edit", roleHref(role.Key), role.Application.Name
	}
	applications, err := p.Roles.Applications(c.Ctx(), c.Tenant())
	if err != nil {
		return m, err
	}
	m.Applications = applicationOptions(applications, f.Application, "Choose an application")
	names := map[string]string{}
	for _, a := range applications {
		names[a.Key] = a.Name
	}
	permissions, err := p.Roles.Permissions(c.Ctx(), c.Tenant(), "")
	if err != nil {
		return m, err
	}
	m.Permissions = permissionGroups(permissions, names, f.Permissions, c.Actor().Can)
	m.Contained, err = p.containable(c, f, role)
	return m, err
}

// permissionGroups offers all permissions by application. Those of the console
// that the reader does not hold are shown and cannot be ticked.
func permissionGroups(all []access.PermissionRef, names map[string]string, chosen []string, can models.Permission) []roles.ChoiceGroup {
	var groups []roles.ChoiceGroup
	for _, perm := range all {
		label := names[perm.Application]
		if label == "" {
			label = perm.Application
		}
		if len(groups) == 0 || groups[len(groups)-1].Label != label {
			groups = append(groups, roles.ChoiceGroup{Label: label})
		}
		o := ui.Option{Value: perm.Code(), Label: perm.Sentence, Hint: perm.Key, Selected: slices.Contains(chosen, perm.Code())}
		if own, known := models.PermissionByKey(perm.Key); known && perm.Application == models.ConsoleApplication && !can.Has(own) && !o.Selected {
			o.Disabled = true
			o.Hint += ". You do not hold it, so you cannot give it."
		}
		groups[len(groups)-1].Options = append(groups[len(groups)-1].Options, o)
	}
	return groups
}

// containable offers the roles this one may contain: all but itself. What it
// contains already always stands there, so that saving cannot drop it unseen.
func (p *Pages) containable(c *web.Call, f roleForm, role *access.RoleDetail) ([]roles.ChoiceGroup, error) {
	page, err := p.Roles.ListRoles(c.Ctx(), c.Tenant(), access.RoleFilter{Limit: choosable, Uncounted: true})
	if err != nil {
		return nil, err
	}
	rows := slices.DeleteFunc(page.Rows, func(r access.RoleRow) bool { return role != nil && r.ID == role.ID })
	slices.SortStableFunc(rows, func(a, b access.RoleRow) int { return strings.Compare(a.Application.Name, b.Application.Name) })
	var groups []roles.ChoiceGroup
	if extra := further(f, role, rows); len(extra.Options) > 0 {
		groups = append(groups, extra)
	}
	for _, r := range rows {
		if len(groups) == 0 || groups[len(groups)-1].Label != r.Application.Name {
			groups = append(groups, roles.ChoiceGroup{Label: r.Application.Name})
		}
		g := &groups[len(groups)-1]
		g.Options = append(g.Options, ui.Option{Value: r.Key, Label: r.Name, Hint: r.Sentence, Selected: slices.Contains(f.Children, r.Key)})
	}
	return groups, nil
}

// further is what is contained and was not among the first roles of the list.
func further(f roleForm, role *access.RoleDetail, listed []access.RoleRow) roles.ChoiceGroup {
	g := roles.ChoiceGroup{Label: "Contained already"}
	if role == nil {
		return g
	}
	for _, child := range role.Children {
		if !slices.ContainsFunc(listed, func(r access.RoleRow) bool { return r.Key == child.Key }) {
			g.Options = append(g.Options, ui.Option{Value: child.Key, Label: child.Name, Selected: slices.Contains(f.Children, child.Key)})
		}
	}
	return g
}

// refused draws the same form again with what was wrong. An error that is not
// about the input goes through.
func (p *Pages) refused(c *web.Call, err error, f roleForm, role *access.RoleDetail, page web.Page) error {
	w, again := refusal(err)
	if !again {
		return err
	}
	m, err := p.formModel(c, f, role)
	if err != nil {
		return err
	}
	m.Errors, m.Problems, page.Code = w.fields, w.problems, w.code
	return c.Render(page, roles.Form(m))
}
