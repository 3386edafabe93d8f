package users

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/models"
	"github.com/rollcall/rollcall/views/ui"
	"github.com/rollcall/rollcall/views/users"
)

// choices is how many departments and roles a filter offers; the rest is found by search.
const choices = 100

// attributeChoices is how many local attributes have a filter of their own; the
// others can be filtered by address.
const attributeChoices = 8

// frame fills what stands around the result: views, filters, chips.
func (p *Pages) frame(c *web.Call, r request, m *users.List) error {
	m.Tabs = tabs(r, nil)
	m.TabsHref = r.link("/users/views", nil)
	for _, v := range directory.Views {
		if v.View == r.query.View && v.View != directory.ViewAll {
			m.View = v.Sentence
		}
	}
	if r.query.Pending {
		m.View = "Signed in by rule and wait to be let in."
	}
	m.Filter.Active = len(m.Chips)
	return p.filter(c, r, &m.Filter)
}

func (p *Pages) filter(c *web.Call, r request, f *users.Filter) error {
	hidden := []string{paramView, paramManager}
	for _, s := range models.Statuses {
		f.Statuses = append(f.Statuses, ui.Option{Value: string(s), Label: s.Word(), Selected: has(r.query.Statuses, s)})
	}
	o, err := p.options(c.Ctx(), c.Tenant(), c.Now())
	if err != nil {
		return err
	}
	f.Departments = []ui.Option{{Label: "Any"}, {Value: "0", Label: "None", Selected: has(r.query.DepartmentIDs, 0)}}
	for _, d := range o.departments {
		f.Departments = append(f.Departments, ui.Option{Value: strconv.FormatInt(d.ID, 10), Label: d.Name, Selected: has(r.query.DepartmentIDs, d.ID)})
	}
	f.Roles = []ui.Option{{Label: "Any"}}
	for _, role := range o.roles {
		f.Roles = append(f.Roles, ui.Option{Value: role.Value, Label: role.Label, Selected: r.values.Get(paramRole) == role.Value})
	}
	f.Providers = []ui.Option{{Label: "Any"}}
	for _, one := range p.Providers() {
		f.Providers = append(f.Providers, ui.Option{Value: one.Key, Label: one.Name, Selected: has(r.query.Providers, one.Key)})
	}
	f.Providers = append(f.Providers, ui.Option{Value: noProvider, Label: "None", Selected: has(r.query.Providers, "")})
	f.Seen = selected(r.values.Get(paramSeen), "", "Any time", "30", "More than 30 days ago", "90", "More than 90 days ago", "never", "Never")
	f.SeenBefore = r.values.Get(paramBefore)
	f.External = selected(r.values.Get(paramExternal), "", "Everybody", "yes", "Only external people", "no", "No external people")
	for _, d := range o.definitions {
		name := paramAttribute + d.Key
		field := attributeControl(d).field
		if len(field.Options) == 0 || len(f.Attributes) == attributeChoices || !filterable(d, c.Caller.Actor.Can) {
			hidden = append(hidden, name)
			continue
		}
		f.Attributes = append(f.Attributes, ui.Field{Name: name, Label: d.Label, Value: r.values.Get(name), Options: append([]ui.Option{{Label: "Any"}}, field.Options[1:]...)})
	}
	for _, name := range hidden {
		if v := r.values.Get(name); v != "" {
			f.Hidden = append(f.Hidden, users.Hidden{Name: name, Value: v})
		}
	}
	return nil
}

// selected makes options from pairs of value and label.
func selected(current string, pairs ...string) []ui.Option {
	var out []ui.Option
	for i := 0; i+1 < len(pairs); i += 2 {
		out = append(out, ui.Option{Value: pairs[i], Label: pairs[i+1], Selected: pairs[i] == current})
	}
	return out
}

func has[T comparable](list []T, one T) bool {
	for _, v := range list {
		if v == one {
			return true
		}
	}
	return false
}

// chips are the filters that are on, in words.
func (p *Pages) chips(r request) []ui.Chip {
	var out []ui.Chip
	add := func(param, label, value string) {
		if value == "" {
			return
		}
		out = append(out, ui.Chip{
			Label: label, Value: value, Remove: r.link("/users", map[string]string{param: ""}),
			Spoken: "Remove filter " + strings.TrimSuffix(strings.TrimSuffix(label, " is"), " before"),
		})
	}
	var statuses []string
	for _, s := range r.query.Statuses {
		statuses = append(statuses, s.Word())
	}
	add(paramStatus, "Status is", strings.Join(statuses, " or "))
	add(paramDept, "Department is", strings.Join(r.departments, " or "))
	add(paramRole, "Role is", r.role)
	if len(r.query.Providers) > 0 {
		add(paramProvider, "Provider is", cmp.Or(p.providerName(r.query.Providers[0]), "None"))
	}
	add(paramManager, "Manager is", r.manager)
	seen, before := seenWords(r)
	add(paramSeen, "Last sign-in is", seen)
	add(paramBefore, "Last sign-in before", before)
	if r.query.External != nil {
		add(paramExternal, "External is", map[bool]string{true: "Yes", false: "No"}[*r.query.External])
	}
	for _, a := range r.attributes {
		add(a.param, a.label+" is", a.value)
	}
	return out
}

// seenWords says both filters by the last sign-in, "" for one that is off.
func seenWords(r request) (seen, before string) {
	switch v := r.values.Get(paramSeen); v {
	case "never":
		seen = "Never"
	case "30", "90":
		seen = "more than " + v + " days ago"
	}
	if r.values.Get(paramBefore) != "" {
		before = r.query.SignedInBefore.Time().Format("2 Jan 2006")
	}
	return seen, before
}

// tabs are the views; counts may be nil.
func tabs(r request, counts map[directory.View]string) []ui.Tab {
	var out []ui.Tab
	for _, v := range directory.Views {
		href := r.everybody()
		if v.View != directory.ViewAll {
			href = "/users?view=" + string(v.View) + r.sel("&")
		}
		out = append(out, ui.Tab{Label: v.Label, Href: href, Count: counts[v.View], Current: v.View == r.query.View && !r.query.Pending})
	}
	if r.query.Pending {
		out = append(out, ui.Tab{Label: "Wait to be let in", Href: "/users?view=" + viewPending, Current: true})
	}
	return out
}

// Views answers GET /users/views: the tabs with their counts.
func (p *Pages) Views(c *web.Call) error {
	r, err := p.parse(c, c.Request.URL.Query())
	if err != nil {
		return err
	}
	counts, err := p.viewCounts(c.Ctx(), c.Tenant(), c.Now())
	if err != nil {
		return err
	}
	m := users.List{Tabs: tabs(r, counts)}
	return c.Render(web.Page{Title: "Views", Fragment: users.ViewTabs(m)}, users.ViewTabs(m))
}

// listActions are the buttons beside the title.
func listActions(c *web.Call, r request) []ui.Action {
	var actions []ui.Action
	if c.Can(models.UsersExport) {
		actions = append(actions, ui.Action{Label: "Export CSV", Href: r.link("/users/export", nil), Key: "e"})
	}
	if c.Can(models.UsersCreate) {
		actions = append(actions, ui.Action{Label: "New person", Href: "/users/new"})
	}
	return actions
}
