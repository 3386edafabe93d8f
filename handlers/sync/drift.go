package sync

import (
	"slices"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/sync"
	"github.com/rollcall/rollcall/models"
	"github.com/rollcall/rollcall/views/layout"
	view "github.com/rollcall/rollcall/views/sync"
	"github.com/rollcall/rollcall/views/ui"
)

// kinds are the differences in the words of the filter.
var kinds = []struct {
	kind  models.DriftKind
	label string
}{
	{models.DriftField, "A field"}, {models.DriftStatus, "In here, out there"}, {models.DriftRole, "A role"}, {models.DriftMissing, "Gone at the source"},
	{models.DriftOrphan, "Account without a person"}, {models.DriftUnclear, "Same e-mail, another identity"}, {models.DriftNoAccount, "Person without an account"},
}

func kindLabel(kind models.DriftKind) string {
	for _, k := range kinds {
		if k.kind == kind {
			return k.label
		}
	}
	return string(kind)
}

var states = []struct {
	state models.DriftState
	label string
}{{models.DriftOpen, "Open"}, {models.DriftIgnored, "Ignored for now"}, {models.DriftPushing, "Being written"}}

// Drifts answers GET /sync/drift.
func (p *Pages) Drifts(c *web.Call) error {
	l, err := p.look(c, "/sync/drift")
	if err != nil {
		return err
	}
	q := sync.DriftQuery{Connector: l.source.PublicID, Group: c.Query("group"), Cursor: c.Query("after"), Limit: c.Rows(), State: models.DriftOpen}
	kindField, stateField := l.kindField(c, &q), l.stateField(c, &q)
	page, err := p.Sync.Drifts(c.Ctx(), c.Tenant(), q)
	if err != nil {
		return err
	}
	m := view.Drifts{
		Sentence: standing(l.summary), Tabs: tabs("/sync/drift", l.summary), Filter: []ui.Field{l.sourceField(), kindField, stateField},
		Deciding: c.Can(models.SyncRun), Pager: l.pager(c, "Pages of differences", page.Next), Now: c.Now(),
	}
	if q.Group != "" {
		l.chip("group", "Difference is", "one and the same")
		m.Hidden = append(m.Hidden, view.Hidden{Name: "group", Value: q.Group})
		m.Bulk = bulk(c, page.Rows, q, page.Next != "")
	} else if len(l.chips) == 0 && q.Cursor == "" {
		if m.Groups, err = p.groups(c, l); err != nil {
			return err
		}
	}
	m.Chips = l.chips
	for i, d := range page.Rows {
		row := driftRow(c, d)
		if i+1 < len(page.Rows) {
			row.Next = page.Rows[i+1].PublicID
		}
		m.Rows = append(m.Rows, row)
	}
	if len(m.Rows) == 0 {
		m.Empty, m.More = p.nothing(c, l)
	}
	return c.Render(web.Page{Title: "Differences", Banners: banner(c.Query("ok"))}, view.DriftsPage(m))
}

func (l *look) kindField(c *web.Call, q *sync.DriftQuery) ui.Field {
	options := []ui.Option{{Label: "Any"}}
	for _, k := range kinds {
		chosen := c.Query("kind") == string(k.kind)
		if chosen {
			q.Kind = k.kind
			l.chip("kind", "Kind is", k.label)
		}
		options = append(options, ui.Option{Value: string(k.kind), Label: k.label, Selected: chosen})
	}
	return ui.Field{Name: "kind", Label: "Kind", Options: options}
}

func (l *look) stateField(c *web.Call, q *sync.DriftQuery) ui.Field {
	var options []ui.Option
	for _, s := range states {
		chosen := c.Query("state") == string(s.state)
		if chosen && s.state != models.DriftOpen {
			q.State = s.state
			l.chip("state", "State is", s.label)
		}
		options = append(options, ui.Option{Value: string(s.state), Label: s.label, Selected: chosen})
	}
	return ui.Field{Name: "state", Label: "State", Options: options}
}

// nothing says why no difference is shown: both sides agree, or the filters
// leave none, or nothing was ever read.
func (p *Pages) nothing(c *web.Call, l *look) (*ui.Empty, []view.Link) {
	switch {
	case l.summary.Sources == 0:
		e := &ui.Empty{Title: "No source is connected", Text: "Rollcall compares people with the systems they come from, once one is connected."}
		p.offer(c, e)
		return e, nil
	case len(l.chips) > 0 || c.Query("after") != "":
		var more []view.Link
		for _, chip := range l.chips {
			more = append(more, view.Link{Label: chip.Spoken, Href: chip.Remove})
		}
		return &ui.Empty{Title: "No difference matches"}, append(more, view.Link{Label: "Show all open differences", Href: l.base})
	case l.summary.ComparedAt == 0:
		return &ui.Empty{Title: "Not compared yet", Text: "No source was read to its end yet.", Href: "/sync", Link: "Run one now"}, nil
	}
	return &ui.Empty{
		Title: "In step",
		Text:  "Compared " + ui.Users(l.summary.Total) + " " + ui.Relative(l.summary.ComparedAt.Time(), c.Now()) + ".",
	}, nil
}

// groups are sets of identical differences, where there is more than one of them.
func (p *Pages) groups(c *web.Call, l *look) ([]view.Group, error) {
	all, err := p.Sync.Differences(c.Ctx(), c.Tenant(), l.source.PublicID)
	if err != nil {
		return nil, err
	}
	var out []view.Group
	for _, g := range all {
		if g.Count < 2 || g.First.Kind != models.DriftField && g.First.Kind != models.DriftStatus && g.First.Kind != models.DriftRole {
			continue
		}
		ours, theirs := values(c, g.First)
		out = append(out, view.Group{
			Count: g.Count, Field: g.First.Label, Ours: ours, Theirs: theirs, Source: g.First.Connector.Name, Privileged: g.Privileged,
			Href: "/sync/drift?group=" + g.Group,
		})
	}
	return out, nil
}

// bulk is what can be done to all of one group.
func bulk(c *web.Call, rows []sync.DriftView, q sync.DriftQuery, more bool) *view.Bulk {
	if len(rows) == 0 || !c.Can(models.SyncRun) || q.State != models.DriftOpen {
		return nil
	}
	text := ui.Counted(len(rows), "identical difference", "identical differences")
	if more || q.Cursor != "" {
		text = "All identical differences, on every page"
	}
	b := &view.Bulk{Text: text}
	for _, way := range rows[0].Can {
		b.Acts = append(b.Acts, ui.Action{Label: wayLabel(way) + " for all", Href: "/sync/same/" + q.Group + "/" + string(way)})
	}
	return b
}

// values gives both sides as this reader may see them.
func values(c *web.Call, d sync.DriftView) (ours, theirs view.Value) {
	side := func(text string) view.Value {
		value, visible := d.Value(text, c.Caller.Actor.Can)
		return view.Value{Text: value, Hidden: !visible}
	}
	return side(d.Ours), side(d.Theirs)
}

func driftRow(c *web.Call, d sync.DriftView) view.Drift {
	row := view.Drift{
		ID: d.PublicID, Privileged: d.Privileged, Field: fieldLabel(d), FieldHref: "/sync/drift/" + d.PublicID, Source: d.Connector.Name,
		Since: d.Since.Time(), Cause: d.Cause, Suggestion: suggestion(d), Action: "/sync/drift/" + d.PublicID + "/take",
	}
	row.Name, row.Href, row.Below = who(c, d)
	row.Ours, row.Theirs = values(c, d)
	row.State, row.StateText, row.StateNote = driftState(c, d)
	if !c.Can(models.SyncRun) || d.State == models.DriftPushing {
		return row
	}
	for _, way := range d.Can {
		if way == sync.TakeSource && atOnce(d) {
			row.Take = &view.Take{Label: wayLabel(way), Hidden: "of " + row.Field + " for " + row.Name, Key: wayKey(way)}
			continue
		}
		row.Acts = append(row.Acts, ui.Action{
			Label: wayLabel(way), Hidden: row.Field + " of " + row.Name, Href: "/sync/drift/" + d.PublicID + "/" + string(way), Key: wayKey(way), Row: true, Small: true,
		})
	}
	return row
}

// fieldLabel names what differs.
func fieldLabel(d sync.DriftView) string {
	if alone(d.Kind) {
		return kindLabel(d.Kind)
	}
	return d.Label
}

// who names the person, or the account when nobody here belongs to it.
func who(c *web.Call, d sync.DriftView) (name, href, below string) {
	if d.Person.ID == 0 {
		return d.Account.Label(), "", d.Account.Username
	}
	if c.Can(models.UsersRead) {
		href = "/users/" + d.Person.PublicID
	}
	if d.Account.Username != "" {
		below = d.Account.Username
	}
	return d.Person.Name, href, below
}

// atOnce reports whether taking the source's value needs no page of its own: a
// field of one person, which can be taken back the same way.
func atOnce(d sync.DriftView) bool { return d.Kind == models.DriftField && !d.Privileged }

func driftState(c *web.Call, d sync.DriftView) (word, text, note string) {
	switch d.State {
	case models.DriftIgnored:
		return "ignored", "Ignored until " + ui.DayText(d.IgnoreUntil.Time(), c.Now()), "By " + d.DecidedBy + ": " + d.Reason
	case models.DriftPushing:
		return "writing", "Being written", d.Sentence
	case models.DriftWritten:
		return "confirmed", "Written and read back", d.Sentence
	case models.DriftOpen:
		return "", "", d.Sentence
	}
	return string(d.State), "", ""
}

// suggestion is the rule behind the first way.
func suggestion(d sync.DriftView) string {
	switch d.Suggestion {
	case string(sync.TakeSource):
		return "Suggested: take the source"
	case string(sync.PushOurs):
		return "Suggested: push ours"
	}
	return ""
}

func wayLabel(way sync.Way) string {
	switch way {
	case sync.TakeSource:
		return "Take source"
	case sync.PushOurs:
		return "Push ours"
	case sync.Ignore:
		return "Ignore"
	}
	return string(way)
}

func wayKey(way sync.Way) string { return string(way)[:1] }

// Drift answers GET /sync/drift/:id.
func (p *Pages) Drift(c *web.Call) error {
	d, err := p.Sync.DriftOf(c.Ctx(), c.Tenant(), c.Param("id"))
	if err != nil {
		return err
	}
	m := view.One{Drift: driftRow(c, d), Now: c.Now(), Note: d.Sentence}
	m.Facts = append(m.Facts, view.Fact{Label: "Kind", Text: kindLabel(d.Kind)})
	if d.DecidedBy != "" {
		m.Facts = append(m.Facts, view.Fact{Label: "Decided by", Text: d.DecidedBy}, view.Fact{Label: "Decided", At: d.DecidedAt.Time()}, view.Fact{Label: "Reason", Text: d.Reason})
	}
	for i := range m.Drift.Acts { // on a page of its own they are not of a row
		m.Drift.Acts[i].Row = false
	}
	title := m.Drift.Field + " of " + m.Drift.Name
	if alone(d.Kind) {
		title = m.Drift.Field + ": " + m.Drift.Name
	}
	return c.Render(web.Page{Title: title, Crumbs: driftCrumbs(d, layout.Crumb{Label: title})}, view.OnePage(m))
}

// driftCrumbs leads to a difference by the list it stands in.
func driftCrumbs(d sync.DriftView, last ...layout.Crumb) []layout.Crumb {
	crumbs := []layout.Crumb{{Label: "Sync and drift", Href: "/sync"}, {Label: "Differences", Href: "/sync/drift"}}
	if alone(d.Kind) {
		crumbs[1] = layout.Crumb{Label: "On one side alone", Href: orphansHref(d.Kind)}
	}
	return append(crumbs, last...)
}

// alone reports whether a difference is that one side has nobody.
func alone(kind models.DriftKind) bool {
	return slices.Contains(sideAccounts, kind) || slices.Contains(sidePeople, kind)
}
