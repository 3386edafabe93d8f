package sync

import (
	"strings"
	"time"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/sync"
	"github.com/rollcall/rollcall/models"
	view "github.com/rollcall/rollcall/views/sync"
	"github.com/rollcall/rollcall/views/ui"
)

// done are the closed words of ?ok=.
var done = map[string]string{
	"started": "The source is being read now.", "paused": "Reading is paused. Events that come meanwhile are kept.", "unpaused": "The source is read again.",
	"resumed": "The run goes on. Each account is looked at once more before anything is taken away.", "cancelled": "The run is cancelled. Nothing was taken away.",
	"taken": "The value of the source was taken.", "pushed": "Our value is on its way to the source. It counts when the source shows it.",
	"ignored": "Put aside. It comes back on the day you chose, if both sides still differ.", "created": "A person was created of the account.",
}

// banner says that a form was carried out, once, on the page it led to.
func banner(word string) []ui.Notice {
	if sentence := done[word]; sentence != "" {
		return []ui.Notice{{Tone: ui.OK, Text: sentence}}
	}
	return nil
}

// Overview answers GET /sync.
func (p *Pages) Overview(c *web.Call) error {
	s, err := p.Sync.Summary(c.Ctx(), c.Tenant())
	if err != nil {
		return err
	}
	sources, err := p.Sync.Sources(c.Ctx(), c.Tenant())
	if err != nil {
		return err
	}
	m := view.Overview{Tabs: tabs("/sync", s), Sources: p.sources(c, sources)}
	if len(sources) == 0 {
		m.Empty = &ui.Empty{Title: "No source is connected", Text: "A source is a system that people come from, such as Keycloak. Rollcall reads it, and says where both sides differ."}
		p.offer(c, m.Empty)
	} else {
		m.Sentence = standing(s)
		m.Notices = stopped(sources)
	}
	return c.Render(web.Page{Title: "Sync and drift", Banners: banner(c.Query("ok"))}, view.OverviewPage(m))
}

// offer leads to where a system is connected, or says who can do it.
func (p *Pages) offer(c *web.Call, e *ui.Empty) {
	if p.Connect != "" && c.Can(models.ConnectorsEdit) {
		e.Href, e.Link = p.Connect, "Connect a system"
		return
	}
	e.Text += " Somebody with the permission " + models.ConnectorsEdit.Key() + " can connect one."
}

// Sources answers GET /sync/sources: the table alone.
func (p *Pages) Sources(c *web.Call) error {
	sources, err := p.Sync.Sources(c.Ctx(), c.Tenant())
	if err != nil {
		return err
	}
	table := view.SourcesTable(p.sources(c, sources))
	return c.Render(web.Page{Title: "Sources", Fragment: table}, table)
}

// tabs are the pages of sync, with what waits on each.
func tabs(here string, s sync.Summary) []ui.Tab {
	drift := ""
	if s.Sources > 0 {
		drift = number(s.Differ, s.Capped)
	}
	all := []ui.Tab{
		{Label: "Sources", Href: "/sync"},
		{Label: "Differences", Href: "/sync/drift", Count: drift},
		{Label: "On one side alone", Href: "/sync/orphans"},
		{Label: "Runs", Href: "/sync/runs"},
	}
	for i := range all {
		all[i].Current = all[i].Href == here
	}
	return all
}

func number(n int, capped bool) string {
	if capped {
		return ui.Count(n) + "+"
	}
	return ui.Count(n)
}

// standing says how both sides stand to each other.
func standing(s sync.Summary) []view.Part {
	if s.ComparedAt == 0 {
		return []view.Part{{Text: "No source was read yet."}}
	}
	compared := view.Part{Text: "Compared", Ago: s.ComparedAt.Time()}
	if s.Differ == 0 && !s.Capped {
		compared.Text += " " + ui.Counted(s.Total, "account", "accounts")
		return append(append([]view.Part{{Text: "In step."}}, aside(s)...), compared)
	}
	parts := []view.Part{{Text: "In step: " + ui.Count(s.InStep()) + " of " + ui.Count(s.Total) + "."}}
	differ := view.Part{Text: number(s.Differ, s.Capped) + " differ.", Href: "/sync/drift"}
	if s.Differ == 1 {
		differ.Text = "1 differs."
	}
	parts = append(parts, differ)
	if s.Privileged > 0 {
		parts = append(parts, view.Part{Text: ui.Count(s.Privileged) + " of them with privileged access.", Href: "/sync/drift", Bad: true})
	}
	return append(append(parts, aside(s)...), compared)
}

// aside says what is under way or put aside.
func aside(s sync.Summary) []view.Part {
	var parts []view.Part
	if s.Writing > 0 {
		parts = append(parts, view.Part{Text: ui.Count(s.Writing) + " being written to a source.", Href: "/sync/drift?state=" + string(models.DriftPushing)})
	}
	if s.Ignored > 0 {
		parts = append(parts, view.Part{Text: ui.Count(s.Ignored) + " ignored for now.", Href: "/sync/drift?state=" + string(models.DriftIgnored)})
	}
	return parts
}

// stopped says which runs wait for a decision, and leads there.
func stopped(sources []sync.SourceView) []ui.Notice {
	var out []ui.Notice
	for _, s := range sources {
		if s.Stopped != nil {
			out = append(out, ui.Notice{
				Tone: ui.Bad, Text: s.Connector.Name + " waits for a decision. " + s.Stopped.Sentence,
				Href: "/sync/runs/" + s.Stopped.PublicID, Link: "Look at it and decide",
			})
		}
	}
	return out
}

func (p *Pages) sources(c *web.Call, all []sync.SourceView) view.Sources {
	m := view.Sources{Now: c.Now()}
	for _, s := range all {
		row := sourceRow(s, c.Now())
		if p.Connector != nil && c.Can(models.ConnectorsRead) {
			row.Href = p.Connector(s.Connector.PublicID)
		}
		if c.Can(models.SyncRun) {
			row.Acts = sourceActs(s)
		}
		m.Rows = append(m.Rows, row)
		m.Running = m.Running || s.Current != nil
	}
	return m
}

func sourceRow(s sync.SourceView, now time.Time) view.Source {
	row := view.Source{
		ID: s.Connector.PublicID, Name: s.Connector.Name, Pattern: pattern(s), LastFull: s.LastFull.Time(), LastEvent: s.LastEvent.Time(),
		NoEvents: !s.Events, NextRun: s.NextRun.Time(), ActionHref: "/sync/sources/" + s.Connector.PublicID,
	}
	if s.Gap != nil {
		row.Gap = "No event for " + span(now.Sub(s.Gap.Since.Time())) + ". Usual gap: " + span(s.Gap.Usual) + "."
	}
	if s.Waiting > 0 {
		row.Lag = span(s.Lag)
	}
	if s.Last != nil {
		row.HasRun, row.Read, row.Errors = true, int(s.Last.AccountsRead), int(s.Last.ErrorCount)
		row.Changed = int(s.Last.PeopleChanged + s.Last.PeopleCreated + s.Last.PeopleLinked)
		if s.Last.Kind == models.RunFull && s.LastFull != 0 {
			row.FullHref = "/sync/runs/" + s.Last.PublicID
		}
	}
	if s.NextRun == 0 {
		row.NextNote = "By hand only"
		if s.NotReading != "" {
			row.NextNote = "None"
		}
	}
	row.State, row.StateText, row.Notes = sourceState(s)
	return row
}

// sourceState is the one word for a source and the sentences that explain it.
func sourceState(s sync.SourceView) (word, text string, notes []view.Note) {
	switch {
	case s.Current != nil:
		word, text = "running", "Running"
		if s.Current.State == models.RunWaiting {
			word, text = "waiting", "Waiting to run"
		}
		notes = append(notes, view.Note{Text: progressWords(*s.Current), Href: "/sync/runs/" + s.Current.PublicID, Link: "Follow"})
	case s.Stopped != nil:
		word, text = "stopped", "Stopped"
	case s.NotReading != "":
		word, text = "paused", "Paused"
		if s.State == models.ConnectorDraft {
			word, text = "draft", "Draft"
		}
		notes = append(notes, view.Note{Text: s.NotReading, Since: s.PausedAt.Time()})
	case s.Failing.Since != 0:
		word, text = "failed", "Failing"
	case s.LastRead == 0:
		word, text = "waiting", "Not read yet"
	default:
		word, text = "yes", "Reading"
	}
	if s.Stopped != nil {
		notes = append(notes, view.Note{Text: "Waits for a decision.", Href: "/sync/runs/" + s.Stopped.PublicID, Link: "Decide", Bad: true})
	}
	if s.Failing.Since != 0 {
		notes = append(notes, view.Note{Text: s.Failing.Sentence, Since: s.Failing.Since.Time(), Bad: true})
	}
	if s.FeedFails.Since != 0 {
		notes = append(notes, view.Note{Text: "Events: " + s.FeedFails.Sentence, Since: s.FeedFails.Since.Time(), Bad: true})
	}
	return word, text, notes
}

// pattern says how a source is read.
func pattern(s sync.SourceView) string {
	var ways []string
	if s.Periodic {
		ways = append(ways, "periodic")
	}
	if s.AtSignIn {
		ways = append(ways, "at sign-in")
	}
	if s.Events {
		ways = append(ways, "events")
	}
	if s.WriteBack {
		ways = append(ways, "writes back")
	}
	if len(ways) == 0 {
		return "By hand"
	}
	text := strings.Join(ways, ", ")
	return strings.ToUpper(text[:1]) + text[1:]
}

func sourceActs(s sync.SourceView) []ui.Action {
	base := "/sync/sources/" + s.Connector.PublicID
	name := s.Connector.Name
	switch {
	case s.PausedAt != 0:
		return []ui.Action{{Label: "Resume", Hidden: "reading " + name, Href: base + "/unpause", Small: true}}
	case s.NotReading != "":
		return nil
	case s.Current != nil:
		return []ui.Action{{Label: "Pause", Hidden: "reading " + name, Href: base + "/pause", Small: true}}
	}
	return []ui.Action{
		{Label: "Run now", Hidden: "for " + name, Small: true},
		{Label: "Pause", Hidden: "reading " + name, Href: base + "/pause", Small: true},
	}
}

// span writes a length of time as people say it.
func span(d time.Duration) string {
	switch {
	case d < time.Minute:
		return ui.Counted(max(1, int(d/time.Second)), "second", "seconds")
	case d < time.Hour:
		return ui.Counted(int(d/time.Minute), "minute", "minutes")
	case d < 48*time.Hour:
		return ui.Counted(int(d/time.Hour), "hour", "hours")
	}
	return ui.Counted(int(d/(24*time.Hour)), "day", "days")
}
