package me

import (
	"net/url"
	"slices"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/session"
	"github.com/rollcall/rollcall/views/layout"
	"github.com/rollcall/rollcall/views/me"
	"github.com/rollcall/rollcall/views/ui"
)

// done are the closed words of ?ok= on the page of sessions.
var done = map[string]string{
	"ended":  "The session ended. Its next request is refused.",
	"others": "All other sessions ended. Their next requests are refused.",
	"none":   "There was no other session to end.",
}

// ListSessions answers GET /me/sessions.
func (p *Pages) ListSessions(c *web.Call) error {
	list, err := p.Sessions.List(c.Ctx(), c.Tenant(), c.Actor().UserID)
	if err != nil {
		return err
	}
	slices.SortStableFunc(list, func(a, b session.Info) int { return rank(a, c) - rank(b, c) })
	m := me.SessionsModel{Now: c.Now()}
	for _, s := range list {
		row := me.Session{
			Device: s.Device, IP: s.IP, Provider: p.People.SourceName(s.Provider), Current: s.PublicID == c.Caller.SessionID,
			Started: s.CreatedAt.Time(), Seen: s.LastSeenAt.Time(), Ends: s.EndsAt.Time(),
		}
		if !row.Current {
			row.EndAction = "/me/sessions/" + url.PathEscape(s.PublicID) + "/end"
			m.Others++
		}
		m.Sessions = append(m.Sessions, row)
	}
	page := web.Page{Title: "My sessions", Crumbs: []layout.Crumb{{Label: "My access", Href: "/me"}, {Label: "My sessions"}}}
	if sentence := done[c.Query("ok")]; sentence != "" {
		page.Banners, page.Status = []ui.Notice{{Tone: ui.OK, Text: sentence}}, sentence
	}
	return c.Render(page, me.Sessions(m))
}

// rank puts this session first and leaves the rest in their order.
func rank(s session.Info, c *web.Call) int {
	if s.PublicID == c.Caller.SessionID {
		return 0
	}
	return 1
}

// EndSession answers POST /me/sessions/:session/end.
func (p *Pages) EndSession(c *web.Call) error {
	if err := p.Sessions.EndOwn(c.Ctx(), c.Actor(), c.Param("session")); err != nil {
		return err
	}
	return c.Redirect("/me/sessions?ok=ended")
}

// EndOthers answers POST /me/sessions/end-others.
func (p *Pages) EndOthers(c *web.Call) error {
	n, err := p.Sessions.EndOwnOthers(c.Ctx(), c.Actor())
	if err != nil {
		return err
	}
	if n == 0 {
		return c.Redirect("/me/sessions?ok=none")
	}
	return c.Redirect("/me/sessions?ok=others")
}
