package audit

import (
	"bytes"
	"encoding/json"
	"net/url"
	"strconv"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/audit"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/models"
	view "github.com/rollcall/rollcall/views/audit"
	"github.com/rollcall/rollcall/views/layout"
)

// Show answers GET /audit/:id. Its fragment is the detail below the event's line
// in the explorer, or the empty line again when it is closed.
func (p *Pages) Show(c *web.Call) error {
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil || id <= 0 {
		return errs.New(errs.NotFound, "There is no event with this number here.")
	}
	if c.Htmx() && c.Query("closed") == "yes" {
		closed := view.ClosedAgain(strconv.FormatInt(id, 10))
		return c.Render(web.Page{Fragment: closed}, closed)
	}
	detail, err := p.Log.Get(c.Ctx(), c.Actor(), id)
	if err != nil {
		return err
	}
	m := eventModel(c, detail)
	return c.Render(web.Page{
		Title: "Event " + m.Line.Number, Fragment: view.Opened(m),
		Crumbs: []layout.Crumb{{Label: title(c), Href: "/audit"}, {Label: m.Line.Number}},
	}, view.Event(m))
}

func eventModel(c *web.Call, d audit.Detail) view.EventModel {
	m := view.EventModel{
		Line: line(&d.Line, linesFor(c)), Action: audit.ActionLabel(d.Action), ActorKind: audit.ActorKindLabel(d.ActorKind),
		Exact: d.At.Time(), Changes: changes(d.Changes), Facts: d.Facts, RequestID: d.RequestID, Session: d.SessionKey,
		RelatedMore: d.RelatedMore, JSON: indented(d.JSON()), Link: origin(c) + "/audit/" + strconv.FormatInt(d.ID, 10), Now: c.Now(),
		RequestHref: "/audit?" + url.Values{"request": {d.RequestID}}.Encode(), Searches: searches(c, d.Line),
	}
	for i := range d.Related {
		m.Related = append(m.Related, line(&d.Related[i], linesFor(c)))
	}
	return m
}

// searches offers other events like this one.
func searches(c *web.Call, l audit.Line) []view.Search {
	var out []view.Search
	add := func(text, field, value string) {
		out = append(out, view.Search{Text: text, Href: "/audit?" + url.Values{field: {value}, "range": {"30d"}}.Encode()})
	}
	if !scoped(c) && l.Actor.Kind == models.KindUser && l.Actor.Ref != "" {
		add("All by "+l.Actor.Name, "who", l.Actor.Ref)
	}
	if l.Target.Kind == models.KindUser && l.Target.Ref != "" && l.Target.Ref != l.Actor.Ref {
		add("All about "+l.Target.Name, "whom", l.Target.Ref)
	}
	if l.Object.Kind == models.KindRole && l.Object.Ref != "" {
		add("All with "+l.Object.Name, "role", l.Object.Ref)
	}
	add("All of this kind", "what", string(l.Action))
	return out
}

// origin is the address of this installation as the browser knows it.
func origin(c *web.Call) string {
	scheme := "http://"
	if c.Request.TLS != nil || c.GetHeader("X-Forwarded-Proto") == "https" {
		scheme = "https://"
	}
	return scheme + c.Request.Host
}

func indented(raw []byte) string {
	var b bytes.Buffer
	if json.Indent(&b, raw, "", "  ") != nil {
		return string(raw)
	}
	return b.String()
}
