package sync

import (
	"cmp"
	"net/url"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/sync"
	"github.com/rollcall/rollcall/models"
	view "github.com/rollcall/rollcall/views/sync"
	"github.com/rollcall/rollcall/views/ui"
)

var runStates = []models.RunState{models.RunRunning, models.RunWaiting, models.RunStopped, models.RunDone, models.RunFailed, models.RunCancelled}

// Runs answers GET /sync/runs.
func (p *Pages) Runs(c *web.Call) error {
	l, err := p.look(c, "/sync/runs")
	if err != nil {
		return err
	}
	q := sync.RunQuery{Connector: l.source.PublicID, Cursor: c.Query("after"), Limit: c.Rows()}
	options := []ui.Option{{Label: "Any"}}
	for _, s := range runStates {
		chosen := c.Query("state") == string(s)
		if chosen {
			q.State = s
			l.chip("state", "State is", s.Word())
		}
		options = append(options, ui.Option{Value: string(s), Label: s.Word(), Selected: chosen})
	}
	page, err := p.Sync.Runs(c.Ctx(), c.Tenant(), q)
	if err != nil {
		return err
	}
	m := view.Runs{
		Tabs: tabs("/sync/runs", l.summary), Filter: []ui.Field{l.sourceField(), {Name: "state", Label: "State", Options: options}}, Chips: l.chips,
		Pager: l.pager(c, "Pages of runs", page.Next), Now: c.Now(),
	}
	for _, run := range page.Rows {
		m.Rows = append(m.Rows, runRow(run))
	}
	if len(m.Rows) == 0 {
		m.Empty = &ui.Empty{Title: "No run", Text: "A run is one reading of a source: by its schedule, or when somebody asks for it."}
		if len(l.chips) > 0 {
			m.Empty = &ui.Empty{Title: "No run matches", Href: "/sync/runs", Link: "Show all runs"}
		}
	}
	return c.Render(web.Page{Title: "Runs"}, view.RunsPage(m))
}

func runRow(run sync.RunView) view.RunRow {
	row := view.RunRow{
		Href: "/sync/runs/" + run.PublicID, Name: runName(run), Below: "by the schedule", State: string(run.State), StateText: run.State.Word(),
		Started: cmp.Or(run.StartedAt, run.CreatedAt).Time(), Took: took(run.SourceRun), Read: int(run.AccountsRead),
		Changed: int(run.PeopleChanged + run.PeopleCreated + run.PeopleLinked), Errors: int(run.ErrorCount), Sentence: run.Sentence,
	}
	if run.StartedBy != "" {
		row.Below = "by " + run.StartedBy
	}
	return row
}

// look is what every list of sync begins with: who is chosen, and how things stand.
type look struct {
	base    string
	values  url.Values
	summary sync.Summary
	sources []sync.SourceView
	source  sync.ConnectorRef // the one that is chosen, if one is
	chips   []ui.Chip
}

func (p *Pages) look(c *web.Call, base string) (*look, error) {
	l := &look{base: base, values: url.Values{}}
	for name, values := range c.Request.URL.Query() {
		if values[0] != "" && name != "after" && name != "ok" {
			l.values.Set(name, values[0])
		}
	}
	var err error
	if l.summary, err = p.Sync.Summary(c.Ctx(), c.Tenant()); err != nil {
		return nil, err
	}
	if l.sources, err = p.Sync.Sources(c.Ctx(), c.Tenant()); err != nil {
		return nil, err
	}
	for _, s := range l.sources {
		if s.Connector.PublicID == c.Query("source") {
			l.source = s.Connector
			l.chip("source", "Source is", s.Connector.Name)
		}
	}
	return l, nil
}

// link gives the address of the list with one choice changed; "" takes it off.
func (l *look) link(name, value string) string {
	q := url.Values{}
	for n, v := range l.values {
		q[n] = v
	}
	q.Del("after")
	if q.Set(name, value); value == "" {
		q.Del(name)
	}
	if len(q) == 0 {
		return l.base
	}
	return l.base + "?" + q.Encode()
}

func (l *look) chip(name, label, value string) {
	l.chips = append(l.chips, ui.Chip{Label: label, Value: value, Remove: l.link(name, ""), Spoken: "Remove filter " + label[:len(label)-len(" is")]})
}

func (l *look) sourceField() ui.Field {
	options := []ui.Option{{Label: "Any"}}
	for _, s := range l.sources {
		options = append(options, ui.Option{Value: s.Connector.PublicID, Label: s.Connector.Name, Selected: s.Connector == l.source})
	}
	return ui.Field{Name: "source", Label: "Source", Options: options}
}

// pager leads on; the lists of sync are walked forward.
func (l *look) pager(c *web.Call, label, next string) ui.Paging {
	p := ui.Paging{Label: label}
	if c.Query("after") != "" {
		p.First = l.link("after", "")
	}
	if next != "" {
		p.Next = l.link("after", next)
	}
	return p
}
