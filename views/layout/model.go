package layout

import (
	"github.com/a-h/templ"

	"github.com/rollcall/rollcall/views/ui"
)

// Product is the name people know the application by; it ends every title.
const Product = "Rollcall"

// Model is what Page and Bare need to know. The zero value of a field leaves its part out.
type Model struct {
	Title   string // what the page is: "Users"; first part of the document's title
	Heading string // the h1, when it differs from Title

	FocusHeading bool // the page starts with the focus on its heading: pages that commit something destructive

	Tenant Tenant
	Nav    []NavSection
	Crumbs []Crumb // only on children: Users / Amara Okafor; the last one has no address

	Person          string // the name of who is signed in
	PersonHref      string // default /me
	SignOutSentence string // what signing out does: "Signs you out of Rollcall and of Keycloak."
	Elevated        *Elevation

	Preferences Preferences

	SearchAction string // "" leaves the search field out
	SearchValue  string

	Banners []ui.Notice
	Demo    string // sentence of the demo banner: "Demo data, resets on restart."
	Status  string // announced by assistive software when the page opens

	Aside   templ.Component // beside the h1: a status mark, tags
	Actions templ.Component // right of the h1: the buttons of the page

	Version  string
	HelpHref string // the help link stands in the same place on every page
	Contact  string // Bare: who runs this installation
}

// Tenant is whose directory is open.
type Tenant struct {
	Name        string
	Environment string // "Production" is a plain word, every other one a tag; "" for none
	SwitchHref  string // "" while there is only one tenant
}

// NavSection is a group of links in the sidebar.
type NavSection struct {
	Title string
	Items []NavItem
}

// NavItem is one link of the sidebar. Count is of things that wait for this person, 0 is not shown.
type NavItem struct {
	Label   string
	Href    string
	Count   int
	Overdue bool // some of them are late
	Current bool
	Key     string // pressed after g: "u" for users
}

// Crumb is one step of the way to the page.
type Crumb struct {
	Label string
	Href  string
}

// Elevation says until when a fresh sign-in allows sensitive acts.
type Elevation struct {
	Until      string // "14:35"
	EndAction  string // address a POST ends it at
	ReturnHref string
}

// Preferences are the person's own choices of appearance, changed by a POST of theme, density, keys and return.
type Preferences struct {
	Theme   string // "light" or "dark"; "" follows the system
	Density string // "compact"; "" is comfortable
	Keys    bool   // single-key shortcuts are on
	Action  string // default /me/preferences; "-" leaves the form out
	Return  string // address to come back to
}

func (m Model) heading() string {
	if m.Heading != "" {
		return m.Heading
	}

	return m.Title
}

// documentTitle names the page, the tenant and the product: "Users - Northwind Group - Rollcall".
func (m Model) documentTitle() string {
	title := m.Title
	if m.Tenant.Name != "" {
		title += " - " + m.Tenant.Name
	}

	if title == "" {
		return Product
	}

	return title + " - " + Product
}

func (m Model) personHref() string {
	if m.PersonHref == "" {
		return "/me"
	}

	return m.PersonHref
}

func (p Preferences) action() string {
	if p.Action == "" {
		return "/me/preferences"
	}

	return p.Action
}

func (p Preferences) keysWord() string {
	if p.Keys {
		return "on"
	}

	return "off"
}

func (p Preferences) density() string {
	if p.Density == "compact" {
		return p.Density
	}

	return "comfortable"
}

func (p Preferences) theme() string {
	switch p.Theme {
	case "light", "dark":
		return p.Theme
	default:
		return "system"
	}
}

// paletteRequest shows what a search finds while it is typed, below the field.
func paletteRequest(action string) ui.Request {
	return ui.Request{Get: string(templ.URL(action)), Trigger: "input changed delay:200ms", Target: "#palette", Sync: "this:replace"}
}
