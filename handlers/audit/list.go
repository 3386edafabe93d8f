package audit

import (
	"net/http"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/audit"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/models"
	view "github.com/rollcall/rollcall/views/audit"
	"github.com/rollcall/rollcall/views/ui"
)

// List answers GET /audit.
func (p *Pages) List(c *web.Call) error {
	s := read(c.Query)
	q, wrong := s.query(c.Now())
	q.Limit = c.Rows()
	n, err := p.resolve(c, &s, &q)
	if err != nil {
		return err
	}
	n.wrong = append(wrong, n.wrong...)
	m := p.listModel(c, s, n)
	page := web.Page{Title: title(c)}
	if c.Can(models.AuditExport) {
		m.ExportHref = s.href("/audit/export")
		page.Actions = view.ListActions(m.ExportHref)
	}
	if len(n.wrong) == 0 && n.pick == nil {
		n.wrong, err = p.fill(c, s, q, &m)
		if err != nil {
			return err
		}
	}
	if len(n.wrong) > 0 {
		page.Code = http.StatusUnprocessableEntity
		for _, f := range n.wrong {
			m.Problems = append(m.Problems, ui.Problem{Name: f.Name, Text: f.Message})
		}
	}
	page.Fragment, page.Status = view.Explorer(m), m.Scope
	return c.Render(page, view.List(m))
}

func title(c *web.Call) string {
	if scoped(c) {
		return "Audit log of your own acts"
	}
	return "Audit log"
}

// fill reads the events and their number into the model. Filters that the log
// refuses come back as fields. It counts first: the look at the log is itself
// written into it, and would be counted without being shown.
func (p *Pages) fill(c *web.Call, s search, q audit.Query, m *view.ListModel) ([]errs.Field, error) {
	if err := p.count(c, s, q, m); err != nil {
		return refusedFilters(err)
	}
	page, err := p.Log.List(c.Ctx(), c.Actor(), q)
	if err != nil {
		return refusedFilters(err)
	}
	for i := range page.Lines {
		m.Lines = append(m.Lines, line(&page.Lines[i], linesFor(c)))
	}
	m.Older, m.Newer = s.page(page.Older), s.page(page.Newer)
	if len(m.Lines) == 0 {
		m.Empty = empty(c, s, page.Newest)
	}
	return nil, nil
}

// refusedFilters separates input the log refuses from all other errors.
func refusedFilters(err error) ([]errs.Field, error) {
	if e, known := errs.As(err); known && e.Kind == errs.Invalid && len(e.Fields) > 0 {
		return e.Fields, nil
	}
	return nil, err
}

// count adds the number of events to the scope line. Searching text is slow, so
// there it is only counted when asked for.
func (p *Pages) count(c *web.Call, s search, q audit.Query, m *view.ListModel) error {
	if s.text != "" && c.Query("count") != "yes" {
		v := s.values()
		v.Set("count", "yes")
		m.CountHref = "/audit?" + v.Encode()
		return nil
	}
	n, err := p.Log.Count(c.Ctx(), c.Actor(), q)
	if err != nil {
		return err
	}
	m.Scope += ", " + countWords(n) + "."
	return nil
}

func countWords(n audit.Count) string {
	switch {
	case n.Unknown:
		return "not counted: it took too long"
	case n.Capped:
		return "more than " + ui.Counted(n.N, "event", "events")
	}
	return ui.Counted(n.N, "event", "events")
}

// empty says why there are no events, and where the newest one is.
func empty(c *web.Call, s search, newest models.Instant) ui.Empty {
	if newest == 0 {
		e := ui.Empty{Title: "No events match", Text: "Nothing like this is in the log, at any time."}
		if s.text != "" {
			e.Text = "Nothing like this happened in this time range."
		}
		if len(s.without("time").values()) > 1 {
			e.Href, e.Link = "/audit", "Remove all filters"
		}
		return e
	}
	return ui.Empty{
		Title: "No events in this time range: " + s.words(), Href: around(c, s, newest), Link: "Show",
		Text: "The newest one that matches is from " + ui.Relative(newest.Time(), c.Now()) + ".",
	}
}

// around gives the same search over a range that holds the newest match.
func around(c *web.Call, s search, newest models.Instant) string {
	s = s.without("time")
	for _, sp := range spans {
		s.span = sp
		if sp.length == 0 || newest >= models.At(c.Now().Add(-sp.length)) {
			break
		}
	}
	return s.href("/audit")
}

func (p *Pages) listModel(c *web.Call, s search, n named) view.ListModel {
	m := view.ListModel{Filters: filters(c, s), Pick: n.pick, Chips: chips(s, n), Now: c.Now(), Scope: p.scope(c, s)}
	return m
}

// scope says whose events of which time are shown. The times are always UTC: the
// server does not know the reader's zone, and the log must read the same for all.
func (p *Pages) scope(c *web.Call, s search) string {
	line := p.Tenant + ", " + s.words() + ", times in UTC"
	if scoped(c) {
		return line + ", only what you did yourself"
	}
	return line
}

func chips(s search, n named) []ui.Chip {
	var out []ui.Chip
	add := func(on bool, name, label, value string) {
		if on {
			out = append(out, s.chip(name, label, value))
		}
	}
	add(n.who != "", "who", "Done by", n.who)
	add(n.whom != "", "whom", "Concerns", n.whom)
	add(n.role != "", "role", "Role is", n.role)
	add(s.via != "", "via", "Through", audit.ViaLabel(models.Via(s.via)))
	add(s.absolute(), "time", "Time is", s.words()+" UTC")
	add(s.seq != "", "seq", "Number is", s.seq)
	add(s.request != "", "request", "Request is", s.request)
	return out
}

func filters(c *web.Call, s search) view.Filters {
	f := view.Filters{
		Who: s.who, Whom: s.whom, PeopleFilter: c.Can(models.UsersRead), WhoFilter: !scoped(c),
		From: s.from, To: s.to, Text: s.text, Seq: s.seq, Request: s.request, Role: s.role,
		Results: options("Any result", s.result, []models.Result{models.ResultDone, models.ResultRefused, models.ResultFailed}, audit.ResultLabel),
		Vias:    options("Any door", s.via, []models.Via{models.ViaWeb, models.ViaCLI, models.ViaSystem}, audit.ViaLabel),
	}
	for _, g := range audit.Groups {
		group := view.Group{Label: g.Label, Options: []ui.Option{{Value: string(g.Group), Label: "All: " + g.Label, Selected: s.what == string(g.Group)}}}
		for _, a := range g.Actions {
			group.Options = append(group.Options, ui.Option{Value: string(a), Label: audit.ActionLabel(a), Selected: s.what == string(a)})
		}
		f.What = append(f.What, group)
	}
	if s.absolute() {
		return f
	}
	for _, sp := range spans {
		f.Ranges = append(f.Ranges, ui.Option{Value: sp.key, Label: sp.label, Selected: sp.key == s.span.key})
	}
	return f
}

func options[T ~string](nothing, chosen string, all []T, label func(T) string) []ui.Option {
	out := []ui.Option{{Label: nothing}}
	for _, v := range all {
		out = append(out, ui.Option{Value: string(v), Label: label(v), Selected: string(v) == chosen})
	}
	return out
}
