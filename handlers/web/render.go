package web

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"

	"github.com/a-h/templ"

	"github.com/rollcall/rollcall/models"
	"github.com/rollcall/rollcall/views/layout"
	"github.com/rollcall/rollcall/views/ui"
)

// Page is one answer: what stands around the content, and the part of it that
// htmx asks for. Without a Fragment htmx gets the whole page too.
type Page struct {
	Title        string
	Heading      string
	FocusHeading bool
	Crumbs       []layout.Crumb
	Actions      templ.Component
	Aside        templ.Component
	Banners      []ui.Notice
	Status       string // announced: "214 people match"
	Fragment     templ.Component
	Code         int   // 0: 200
	Bare         bool  // no sidebar, even for a person who is signed in
	NoForm       bool  // the page says why its form is not there
	Press        Press // its button without fields that may ask for a fresh sign-in
	Retitle      bool  // the fragment brings the title along, so that the tab says how far something is
}

// Render draws a page, or just its fragment when htmx asks. It is drawn into
// memory first: a fault in a view becomes the error page, never half a page.
func (c *Call) Render(p Page, content templ.Component) error {
	if p.Code == 0 || c.filled != nil {
		p.Code = http.StatusOK
	}
	p.Banners = append(c.ownBanners(p), p.Banners...)
	ctx := ui.WithNonce(c.Ctx(), c.nonce)
	if action := c.awaited(); action != "" && action == p.Press.Action {
		ctx, p.FocusHeading = ui.WithAwaited(ctx, action), false // the button has the focus
	}
	var b bytes.Buffer
	var err error
	switch {
	case c.Htmx() && p.Fragment != nil:
		err = p.Fragment.Render(ctx, &b)
		if err == nil && p.Status != "" {
			err = ui.StatusMessage(p.Status).Render(ctx, &b)
		}
		if err == nil && p.Retitle {
			err = layout.Title(layout.Model{Title: p.Title, Tenant: c.kit.Tenant}).Render(ctx, &b)
		}
	case p.Bare || !c.Caller.SignedIn():
		err = layout.Bare(c.model(p)).Render(templ.WithChildren(ctx, content), &b)
	default:
		err = layout.Page(c.model(p)).Render(templ.WithChildren(ctx, content), &b)
	}
	if err != nil {
		return fmt.Errorf("render %s: %w", c.route.Path, err)
	}
	c.note()
	return c.html(p.Code, b.Bytes())
}

// model fills what stands around the content.
func (c *Call) model(p Page) layout.Model {
	k := c.kit
	m := layout.Model{
		Title: p.Title, Heading: p.Heading, FocusHeading: p.FocusHeading, Crumbs: p.Crumbs, Actions: p.Actions, Aside: p.Aside,
		Tenant: k.Tenant, Banners: p.Banners, Demo: k.Demo, Status: p.Status, Version: k.Version, Contact: k.Contact,
		Preferences: c.preferences(),
	}
	if !c.Caller.SignedIn() || p.Bare {
		m.Preferences.Action = "-"
		return m
	}
	m.Person = c.Caller.Actor.Name
	m.SignOutSentence = "Signs you out of Rollcall."
	if c.Caller.ProviderName != "" {
		m.SignOutSentence = "Signs you out of Rollcall and of " + c.Caller.ProviderName + "."
	}
	if c.Caller.Actor.Can.Any(models.UsersRead | models.RolesRead | models.AuditRead) {
		m.SearchAction = SearchPath
		if c.Request.URL.Path == SearchPath {
			m.SearchValue = c.Query("q")
		}
	}
	if c.Elevated() {
		m.Elevated = &layout.Elevation{Until: c.Caller.ElevatedUntil.UTC().Format("15:04") + " UTC", EndAction: endStepUpPath, ReturnHref: m.Preferences.Return}
	}
	for _, n := range k.Doorkeeper.Notices(c.Ctx(), c.Caller) {
		tone := ui.Warn
		if n.Bad {
			tone = ui.Bad
		}
		m.Banners = append(m.Banners, ui.Notice{Tone: tone, Text: n.Text})
	}
	m.Nav = c.nav()
	return m
}

// SearchPath is where the field in the header of every page leads.
const SearchPath = "/search"

// sections is the order of the sidebar.
var sections = []string{"Work", "My team", "Directory", "Lifecycle", "Evidence", "Configure", "Me"}

// nav gives the sidebar: the routes that open for this caller, nothing else.
func (c *Call) nav() []layout.NavSection {
	waiting := c.kit.Doorkeeper.Waiting(c.Ctx(), c.Caller)
	items := map[string][]layout.NavItem{}
	for _, r := range c.kit.routes {
		if r.Nav == nil || !r.Opens(c.Caller.Actor.Can, true) || (r.Nav.Needs != "" && waiting[r.Nav.Needs] == 0) {
			continue
		}
		items[r.Nav.Section] = append(items[r.Nav.Section], layout.NavItem{
			Label: r.Nav.Label, Href: r.Path, Key: r.Nav.Key, Count: waiting[r.Nav.Waits], Current: current(r.Path, c.Request.URL.Path),
		})
	}
	var out []layout.NavSection
	for _, title := range sections {
		if len(items[title]) > 0 {
			out = append(out, layout.NavSection{Title: title, Items: onlyDeepest(items[title])})
		}
	}
	return out
}

// onlyDeepest keeps one current link where /me and /me/sessions both match.
func onlyDeepest(items []layout.NavItem) []layout.NavItem {
	deepest := -1
	for i, item := range items {
		if item.Current && (deepest < 0 || len(item.Href) > len(items[deepest].Href)) {
			deepest = i
		}
	}
	items = slices.Clone(items)
	for i := range items {
		items[i].Current = i == deepest
	}
	return items
}
