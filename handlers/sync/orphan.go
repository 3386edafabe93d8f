package sync

import (
	"slices"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/sync"
	"github.com/rollcall/rollcall/models"
	view "github.com/rollcall/rollcall/views/sync"
	"github.com/rollcall/rollcall/views/ui"
)

// The two sides, each with the differences that mean "nobody on the other".
var (
	sideAccounts = []models.DriftKind{models.DriftOrphan, models.DriftUnclear}
	sidePeople   = []models.DriftKind{models.DriftMissing, models.DriftNoAccount}
)

func orphansHref(kind models.DriftKind) string { return "/sync/orphans?kind=" + string(kind) }

// Orphans answers GET /sync/orphans.
func (p *Pages) Orphans(c *web.Call) error {
	l, err := p.look(c, "/sync/orphans")
	if err != nil {
		return err
	}
	q := sync.DriftQuery{Connector: l.source.PublicID, Kind: models.DriftOrphan, Cursor: c.Query("after"), Limit: c.Rows(), State: models.DriftOpen}
	if kind := models.DriftKind(c.Query("kind")); alone(kind) {
		q.Kind = kind
	}
	stateField := l.stateField(c, &q)
	page, err := p.Sync.Drifts(c.Ctx(), c.Tenant(), q)
	if err != nil {
		return err
	}
	m := view.Orphans{
		Tabs: tabs("/sync/orphans", l.summary), People: slices.Contains(sidePeople, q.Kind), Explain: explain(q.Kind), Chips: l.chips,
		Filter: []ui.Field{l.sourceField(), stateField}, Hidden: []view.Hidden{{Name: "kind", Value: string(q.Kind)}},
		Deciding: c.Can(models.SyncRun), Pager: l.pager(c, "Pages of one side", page.Next), Now: c.Now(),
	}
	for _, kind := range slices.Concat(sideAccounts, sidePeople) {
		m.Sides = append(m.Sides, ui.Tab{Label: sideLabel(kind), Href: l.link("kind", string(kind)), Current: kind == q.Kind})
	}
	for _, d := range page.Rows {
		m.Rows = append(m.Rows, p.orphanRow(c, d))
	}
	if len(m.Rows) == 0 {
		m.Empty = p.nobody(c, l, q.Kind)
	}
	return c.Render(web.Page{Title: "On one side alone", Banners: banner(c.Query("ok"))}, view.OrphansPage(m))
}

func sideLabel(kind models.DriftKind) string {
	switch kind {
	case models.DriftOrphan:
		return "Accounts without a person"
	case models.DriftUnclear:
		return "Same e-mail as somebody"
	case models.DriftMissing:
		return "Gone at the source"
	case models.DriftNoAccount:
		return "People without an account"
	case models.DriftField, models.DriftStatus, models.DriftRole:
	}
	return kindLabel(kind)
}

func explain(kind models.DriftKind) string {
	switch kind {
	case models.DriftOrphan:
		return "Accounts at a source that belong to nobody here. Whoever uses one can act there without being seen in any review."
	case models.DriftUnclear:
		return "Accounts whose e-mail address is that of somebody here, with another identity. The same address alone never links: a person has to look."
	case models.DriftMissing:
		return "People whose account the source knew before and does not know any more. Often they have left."
	case models.DriftNoAccount:
		return "People of a source who have no account there, although one is expected."
	case models.DriftField, models.DriftStatus, models.DriftRole:
	}
	return ""
}

// nobody says why the list is empty.
func (p *Pages) nobody(c *web.Call, l *look, kind models.DriftKind) *ui.Empty {
	if l.summary.Sources == 0 {
		e, _ := p.nothing(c, l)
		return e
	}
	if len(l.chips) > 0 || c.Query("after") != "" {
		return &ui.Empty{Title: "Nobody matches", Href: orphansHref(kind), Link: "Remove the filters"}
	}
	text := "No source was read to its end yet."
	if l.summary.ComparedAt != 0 {
		text = "Compared " + ui.Counted(l.summary.Total, "account", "accounts") + " " + ui.Relative(l.summary.ComparedAt.Time(), c.Now()) + "."
	}
	return &ui.Empty{Title: "Nobody stands alone here", Text: text}
}

func (p *Pages) orphanRow(c *web.Call, d sync.DriftView) view.Orphan {
	row := view.Orphan{ID: d.PublicID, Privileged: d.Privileged, Source: d.Connector.Name, Since: d.Since.Time(), Text: d.Cause}
	row.Name, row.Href, row.Below = who(c, d)
	if row.Href == "" {
		row.Href = "/sync/drift/" + d.PublicID
	}
	if row.Below == row.Name {
		row.Below = ""
	}
	if row.Text == "" {
		row.Text = known(d)
	}
	row.State, row.StateText, row.StateNote = driftState(c, d)
	if row.State == "" && row.StateNote != "" {
		row.Text += " " + row.StateNote
	}
	if !c.Can(models.SyncRun) {
		return row
	}
	row.Acts = p.orphanActs(c, d, row.Name)
	return row
}

// known says what there is to say of one side alone.
func known(d sync.DriftView) string {
	switch d.Kind {
	case models.DriftOrphan:
		return "Nobody here has this identity."
	case models.DriftUnclear:
		return "The same e-mail address as somebody here."
	case models.DriftMissing:
		return d.Connector.Name + " does not know the account any more."
	case models.DriftNoAccount:
		return "No account at " + d.Connector.Name + "."
	case models.DriftField, models.DriftStatus, models.DriftRole:
	}
	return ""
}

func (p *Pages) orphanActs(c *web.Call, d sync.DriftView, name string) []ui.Action {
	var acts []ui.Action
	base := "/sync/drift/" + d.PublicID + "/"
	for _, way := range d.Can {
		a := ui.Action{Label: wayLabel(way), Hidden: name, Href: base + string(way), Key: wayKey(way), Row: true, Small: true}
		switch {
		case way == sync.TakeSource && d.Kind == models.DriftOrphan:
			a.Label, a.Hidden = "Create a person", "of "+name
		case way == sync.TakeSource && d.Kind == models.DriftMissing:
			a.Label, a.Hidden = "Accept as gone", "the account of "+name
		}
		acts = append(acts, a)
	}
	if p.Link != nil && slices.Contains(sideAccounts, d.Kind) && c.Can(models.LinksEdit) {
		link := ui.Action{Label: "Link to a person", Hidden: name, Href: p.Link(d), Small: true}
		acts = slices.Insert(acts, min(1, len(acts)), link)
	}
	return acts
}
