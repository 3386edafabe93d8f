package ops

import (
	"net/url"
	"slices"
	"strconv"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/offboard/operation"
	"github.com/rollcall/rollcall/models"
	view "github.com/rollcall/rollcall/views/ops"
	"github.com/rollcall/rollcall/views/ui"
)

// whoLabels name the filters of the list.
var whoLabels = map[operation.TargetFilter]string{
	operation.TargetsAll: "All", operation.TargetsIn: "Lose sign-in", operation.TargetsLeftOut: "Left out", operation.TargetsPrivileged: "Privileged",
	operation.TargetsManagers: "Managers", operation.TargetsOwners: "Owners", operation.TargetsRecent: "Signed in lately", operation.TargetsUnended: "Sessions last on",
}

// people is a page of the frozen list.
func (p *Pages) people(c *web.Call, op models.Operation, e operation.Effects, moves bool) (view.People, error) {
	base := href(op)
	if moves {
		base += "/preview"
	}
	q, m := operation.TargetQuery{Limit: c.Rows()}, view.People{Moves: moves && op.People > 1, Page: base}
	if who := operation.TargetFilter(c.Query("who")); slices.Contains(operation.TargetFilters, who) {
		q.Filter = who
	}
	q.After, _ = strconv.ParseInt(c.Query("after"), 10, 64) // what is no number is the first page
	q.Back, _ = strconv.ParseInt(c.Query("before"), 10, 64)
	m.Tabs = whoTabs(op, e, base, q.Filter)
	page, err := p.Ops.Targets(c.Ctx(), c.Tenant(), op, q)
	if err != nil {
		return m, err
	}
	address := func(name string, position int64) string {
		if position == 0 {
			return ""
		}
		v := url.Values{name: {strconv.FormatInt(position, 10)}}
		if q.Filter != operation.TargetsAll {
			v.Set("who", string(q.Filter))
		}
		return base + "?" + v.Encode() + "#people"
	}
	m.Pager = ui.Paging{Label: "Pages of people", Next: address("after", page.Next), Previous: address("before", page.Prev)}
	if q.After > 0 || q.Back > 0 || q.Filter != operation.TargetsAll {
		m.Page = base + "?" + c.Request.URL.Query().Encode()
	}
	m.Caption = "People of the list"
	if q.Filter != operation.TargetsAll {
		m.Caption += ": " + lower(whoLabels[q.Filter])
	}
	for _, t := range page.Rows {
		m.Rows = append(m.Rows, p.personRow(c, op, t, listing{q.Filter, m.Moves}))
	}
	if len(m.Rows) == 0 {
		m.Empty = "Nobody of the list."
	} else if m.Pager.Next != "" || m.Pager.Previous != "" {
		m.Pager.Range = "Places " + ui.Count(int(page.Rows[0].Position)) + " to " + ui.Count(int(page.Rows[len(page.Rows)-1].Position)) + " of " + ui.Count(int(op.People))
	}
	if c.Can(models.UsersExport) {
		m.CSV = href(op) + "/csv"
	}
	return m, nil
}

// whoTabs are the filters that would show somebody.
func whoTabs(op models.Operation, e operation.Effects, base string, chosen operation.TargetFilter) []ui.Tab {
	var out int64
	for _, n := range e.LeftOut {
		out += n
	}
	counts := map[operation.TargetFilter]int64{
		operation.TargetsAll: op.People, operation.TargetsIn: op.Included, operation.TargetsLeftOut: out, operation.TargetsPrivileged: e.Privileged,
		operation.TargetsManagers: e.Managers, operation.TargetsOwners: e.Owners, operation.TargetsRecent: e.Recent,
	}
	var tabs []ui.Tab
	for _, f := range operation.TargetFilters {
		n, counted := counts[f]
		unended := f == operation.TargetsUnended && slices.ContainsFunc(e.Systems, func(s operation.SystemEffect) bool { return !s.CanEnd })
		if f != operation.TargetsAll && f != chosen && n == 0 && !unended || f == operation.TargetsIn && out == 0 && f != chosen {
			continue
		}
		tab := ui.Tab{Label: whoLabels[f], Href: base + "#people", Current: f == chosen}
		if counted {
			tab.Count = ui.Count(int(n))
		}
		if f != operation.TargetsAll {
			tab.Href = base + "?who=" + string(f) + "#people"
		}
		tabs = append(tabs, tab)
	}
	if len(tabs) == 1 {
		return nil
	}
	return tabs
}

// listing is how a page of the list is shown.
type listing struct {
	filter operation.TargetFilter
	moves  bool
}

func (p *Pages) personRow(c *web.Call, op models.Operation, t operation.Target, l listing) view.Person {
	r := view.Person{
		ID: t.PublicID, Name: t.Name, Below: t.Email, Department: t.Department, State: string(t.Status), StateText: t.Status.Word(),
		Sessions: int(t.Sessions), Roles: int(t.Assignments), Accounts: int(t.Accounts),
	}
	if c.Can(models.UsersRead) {
		r.Href = "/users/" + t.PublicID
	}
	if !t.Included {
		r.Out = t.LeftOut.Sentence()
		if t.LeftOut == models.LeftOutSelf && op.CreatedByID != c.Caller.UserID {
			r.Out = "Planned this"
		}
	}
	r.Tags = tags(c, t, l.filter)
	switch {
	case !l.moves:
	case t.Included:
		r.Move = &view.Press{Action: href(op) + "/leave-out", Label: "Leave out", Hidden: t.Name}
	case t.LeftOut == models.LeftOutByHand:
		r.Move = &view.Press{Action: href(op) + "/take-in", Label: "Take back in", Hidden: t.Name}
	}
	return r
}

// tags are what to know about a person before they go.
func tags(c *web.Call, t operation.Target, filter operation.TargetFilter) []view.Tag {
	var out []view.Tag
	add := func(flag int64, tone ui.Tone, text string) {
		if t.Flags&flag != 0 {
			out = append(out, view.Tag{Tone: tone, Text: text})
		}
	}
	add(models.FlagPrivileged, ui.Warn, "Privileged")
	manages := "Manages " + ui.Count(int(t.Reports)) + " who stay"
	if t.Reports == 1 {
		manages = "Manages 1 who stays"
	}
	if t.Included {
		add(models.FlagManages, ui.Neutral, manages)
	}
	add(models.FlagOwns, ui.Neutral, "Owns a connector")
	add(models.FlagRecent, ui.Info, "Signed in "+ui.Relative(t.LastSignInAt.Time(), c.Now()))
	if filter == operation.TargetsUnended { // elsewhere it would stand beside nearly everybody
		add(models.FlagUnended, ui.Neutral, "Sessions last on")
	}
	return out
}
