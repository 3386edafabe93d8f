package connectors

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/models"
	"github.com/rollcall/rollcall/views/connectors"
	"github.com/rollcall/rollcall/views/layout"
	"github.com/rollcall/rollcall/views/ui"
)

func href(c connector.Connector, parts ...string) string {
	path := "/connectors/" + url.PathEscape(c.PublicID)
	for _, part := range parts {
		path += "/" + url.PathEscape(part)
	}
	return path
}

// find gives the connector of the address.
func (p *Pages) find(c *web.Call) (connector.Connector, error) {
	return p.Connectors.Get(c.Ctx(), c.Tenant(), c.Param("connector"))
}

// saved are the closed words of ?ok= with their sentences.
var saved = map[string]string{
	"created": "Saved as a draft. Nothing is read from it or written to it yet. Test the connection next.",
	"saved":   "Saved.", "secrets": "The secrets are stored. Test the connection with them.",
	"enabled": "It is in use now.", "paused": "It is paused.", "deleted": "The connector is deleted.",
	"mapping": "The mapping is saved.", "reading": "Saved.",
}

func okBanner(c *web.Call) []ui.Notice {
	if sentence := saved[c.Query("ok")]; sentence != "" {
		return []ui.Notice{{Tone: ui.OK, Text: sentence}}
	}
	return nil
}

// verbs are the pages that do something.
var verbs = []string{"Enable", "Resume", "Pause", "Delete"}

// page is a page of one connector: last names it, and is the tab it belongs to.
func (p *Pages) page(c *web.Call, of connector.Connector, last string) web.Page {
	crumbs := []layout.Crumb{{Label: "Connectors", Href: "/connectors"}, {Label: of.Name}}
	title := of.Name
	if last != "" {
		crumbs[1].Href = href(of)
		crumbs = append(crumbs, layout.Crumb{Label: last})
		title = last + " of " + of.Name
		if slices.Contains(verbs, last) {
			title = last + " " + of.Name
		}
	}
	return web.Page{Title: title, Crumbs: crumbs, Banners: okBanner(c), Aside: connectors.State(string(of.State))}
}

// tabs are the pages of a connector. While it is set up they are its steps, in order.
func (p *Pages) tabs(c *web.Call, of connector.Connector, current string) []ui.Tab {
	draft := of.State == models.ConnectorDraft && c.Can(models.ConnectorsEdit)
	var out []ui.Tab
	number := 0
	add := func(label, part string) {
		t := ui.Tab{Label: label, Href: href(of, part), Current: part == current}
		if part == "" {
			t.Href = href(of)
		}
		if draft && part != "" {
			number++
			t.Label = strconv.Itoa(number) + " " + label
		}
		out = append(out, t)
	}
	add("Overview", "")
	if c.Can(models.ConnectorsEdit) {
		add("Connection", "edit")
	}
	add("Test", "test")
	add("Mapping", "mapping")
	add("Reading", "reading")
	if p.Syncs != nil {
		add("Dry run", "first")
	}
	if draft {
		add("Enable", "enable")
	}
	return out
}

// problem is what is said on a form that is drawn again.
type problem struct {
	fields   map[string]string
	problems []ui.Problem
	code     int
}

// refusal reads an error that belongs on the form, so that nothing typed is
// lost. again is false for all others, which get a page of their own.
func refusal(err error) (w problem, again bool) {
	if fields, problems, ok := web.Refused(err); ok {
		return problem{fields, problems, http.StatusUnprocessableEntity}, true
	}
	e, known := errs.As(err)
	if !known {
		return problem{}, false
	}
	w.problems = []ui.Problem{{Text: e.Safe}}
	switch e.Kind {
	case errs.Conflict:
		w.code = http.StatusConflict
	case errs.Forbidden:
		w.code = http.StatusForbidden
	case errs.Internal, errs.Invalid, errs.Unauthorized, errs.NotFound, errs.Unavailable, errs.TooMany:
		return problem{}, false
	}
	return w, true
}

// version reads the version a form was made from; a wrong one is a stale one.
func version(text string) int64 {
	n, _ := strconv.ParseInt(text, 10, 64)
	return n
}

func versionText(n int64) string { return strconv.FormatInt(n, 10) }

// duration writes a time span as people say it.
func duration(d time.Duration) string {
	switch {
	case d >= 24*time.Hour && d%(24*time.Hour) == 0:
		return ui.Counted(int(d/(24*time.Hour)), "day", "days")
	case d >= time.Hour && d%time.Hour == 0:
		return ui.Counted(int(d/time.Hour), "hour", "hours")
	case d >= time.Minute:
		return ui.Counted(int(d/time.Minute), "minute", "minutes")
	}
	return ui.Counted(int(d/time.Second), "second", "seconds")
}

// elevate asks for a fresh sign-in before a form with secrets is shown, not after
// it was sent: what is typed into such a field is kept by nobody.
func elevate(c *web.Call) error {
	return c.Elevate("It stores the credentials by which Rollcall acts at another system.")
}

// framed puts the pages of the connector above the content.
func (p *Pages) framed(c *web.Call, of connector.Connector, tab string, content web.Component) web.Component {
	return connectors.Framed(p.tabs(c, of, tab), content)
}

// each is duration where it follows "every": "every day", not "every 1 day".
func each(d time.Duration) string {
	return strings.TrimPrefix(duration(d), "1 ")
}
