package audit

import (
	"net/url"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/audit"
	"github.com/rollcall/rollcall/models"
	view "github.com/rollcall/rollcall/views/audit"
	"github.com/rollcall/rollcall/views/layout"
	"github.com/rollcall/rollcall/views/ui"
)

// sectionLines is how many events a section of another page shows.
const sectionLines = 10

// Timeline draws the newest events about a person as a section of their page.
func (p *Pages) Timeline(c *web.Call, userID int64, publicID, name string) (web.Component, error) {
	page, err := p.Log.ForUser(c.Ctx(), c.Actor(), userID, audit.Window{Limit: sectionLines})
	if err != nil {
		return nil, err
	}
	m := TimelineModel(page.Lines, linesFor(c))
	m.Caption, m.Empty = "Newest activity of "+name, "Nothing was written about "+name+" yet."
	if page.Older != "" && c.Actor().Can.Any(models.UsersRead|models.AuditRead) {
		m.AllHref = activityHref(publicID)
	}
	return view.TimelineSection("Activity", m), nil
}

// OwnTimeline draws the newest events about the reader.
func (p *Pages) OwnTimeline(c *web.Call) (web.Component, error) {
	page, err := p.Log.ForUser(c.Ctx(), c.Actor(), c.Actor().UserID, audit.Window{Limit: sectionLines})
	if err != nil {
		return nil, err
	}
	m := TimelineModel(page.Lines, linesFor(c))
	m.Caption, m.Empty = "What you did and what happened to your record, newest first", "Nothing was written about you yet."
	return view.TimelineSection("Recent activity", m), nil
}

// RoleHistory draws what happened to a role: its own changes, and who got or
// lost it.
func (p *Pages) RoleHistory(c *web.Call, roleID int64, _ string) (web.Component, error) {
	page, err := p.Log.ForRole(c.Ctx(), c.Actor(), roleID, audit.Window{Limit: sectionLines})
	if err != nil {
		return nil, err
	}
	m := TimelineModel(page.Lines, linesFor(c))
	m.Caption, m.Empty = "History of the role, newest first", "Nothing was written about this role yet."
	return view.Timeline(m), nil
}

// ConnectorHistory draws what happened to a connector.
func (p *Pages) ConnectorHistory(c *web.Call, id int64) (web.Component, error) {
	page, err := p.Log.ForConnector(c.Ctx(), c.Actor(), id, audit.Window{Limit: sectionLines})
	if err != nil {
		return nil, err
	}
	m := TimelineModel(page.Lines, linesFor(c))
	m.Caption, m.Empty = "History of the connector, newest first", "Nothing was written about this connector yet."
	return view.Timeline(m), nil
}

func activityHref(publicID string) string { return "/users/" + url.PathEscape(publicID) + "/activity" }

// Activity answers GET /users/:id/activity.
func (p *Pages) Activity(c *web.Call) error {
	person, err := p.People.Get(c.Ctx(), c.Tenant(), c.Param("id"))
	if err != nil {
		return err
	}
	group, _ := audit.ParseGroup(c.Query("kind"))
	page, err := p.Log.ForUser(c.Ctx(), c.Actor(), person.ID, audit.Window{Limit: c.Rows(), Cursor: c.Query("after"), Group: group})
	if err != nil {
		return err
	}
	m := view.ActivityModel{Timeline: TimelineModel(page.Lines, linesFor(c)), Tabs: kindTabs(person.PublicID, group)}
	m.Timeline.Caption, m.Timeline.Empty = "Activity of "+person.DisplayName+", newest first", "Nothing of this kind was written about "+person.DisplayName+" yet."
	m.Older, m.Newer = activityPage(person.PublicID, group, page.Older), activityPage(person.PublicID, group, page.Newer)
	return c.Render(web.Page{
		Title: "Activity of " + person.DisplayName, Fragment: view.ActivityList(m), Status: ui.Counted(len(page.Lines), "event", "events") + " shown",
		Crumbs: []layout.Crumb{{Label: "Users", Href: "/users"}, {Label: person.DisplayName, Href: "/users/" + url.PathEscape(person.PublicID)}, {Label: "Activity"}},
	}, view.Activity(m))
}

func kindTabs(publicID string, current audit.Group) []ui.Tab {
	request := ui.Request{Target: "#list", PushURL: true}
	tabs := []ui.Tab{{Label: "All", Href: activityHref(publicID), Current: current == "", ID: "kind-all", Request: request}}
	for _, g := range audit.Groups {
		tabs = append(tabs, ui.Tab{
			Label: g.Label, Href: activityHref(publicID) + "?kind=" + string(g.Group), Current: g.Group == current,
			ID: "kind-" + string(g.Group), Request: request,
		})
	}
	return tabs
}

func activityPage(publicID string, group audit.Group, cursor string) string {
	if cursor == "" {
		return ""
	}
	v := url.Values{"after": {cursor}}
	if group != "" {
		v.Set("kind", string(group))
	}
	return activityHref(publicID) + "?" + v.Encode()
}
