package users

import (
	"time"

	"github.com/a-h/templ"

	"github.com/rollcall/rollcall/views/ui"
)

// Person is the page /users/{id}.
type Person struct {
	Now        time.Time
	Path       string // /users/{id}
	Status     string
	StatusText string
	StatusLine string // "since 4 Mar 2024, by Goran Novak: left the team"
	Email      string
	Subject    string // at the provider they sign in with
	Tags       []Tag
	Overview   []Field
	RevealHref string          // where the fields that are hidden from this reader can be seen, with a reason; "" when none is
	Ticket     string          // all this in plain text, for a helpdesk tool
	SignIn     templ.Component // whether they can sign in
	Outcomes   templ.Component // what came of the newest act
	Access     templ.Component
	Accounts   templ.Component // at connected systems
	Identities []Identity
	LinkHref   string // where an identity can be linked; "" for who may not
	Sessions   Sessions
	Activity   templ.Component
	Danger     []Danger
}

// part is one section of the page in the list on top of it.
type part struct{ id, label, key string }

// parts lists the sections that are there.
func (m Person) parts() []part {
	var parts []part
	if m.SignIn != nil {
		parts = append(parts, part{id: "signin", label: "Sign-in"})
	}

	parts = append(parts, part{id: "overview", label: "Overview"})
	if m.Access != nil {
		parts = append(parts, part{id: "access", label: "Access"})
	}

	identities := "Identities"
	if m.Accounts != nil {
		identities = "Accounts"
	}

	parts = append(parts, part{id: "identities", label: identities}, part{id: "sessions", label: "Sessions"})
	if m.Activity != nil {
		parts = append(parts, part{id: "activity", label: "Activity"})
	}

	for i := range parts {
		parts[i].key = ui.Count(i + 1)
	}

	return parts
}

// Tag is a mark beside the name.
type Tag struct {
	Tone ui.Tone
	Text string
}

// Field is one line of the overview.
type Field struct {
	Label  string
	Value  string
	Href   string
	Source string // "Managed in Keycloak", "" when there is nothing to say
	Hidden bool   // masked for this reader
	Copy   string // what the value is called, for the copy button; "" for none
	At     time.Time
	IsTime bool
}

// Identity is one way this person signs in.
type Identity struct {
	Provider string
	Issuer   string
	Subject  string
	Email    string
	Verified bool
	Primary  bool
	How      string
	By       string
	Linked   time.Time
	LastSeen time.Time

	UnlinkHref string // "" for who may not
}

// Sessions is the section of live sessions.
type Sessions struct {
	Now    time.Time
	Failed string // the section could not be read
	Rows   []Session
	Path   string // /users/{id}
	EndAll bool   // the reader may end them

	Systems   bool            // the person has accounts at connected systems
	Elsewhere templ.Component // the sessions there
}

// ends is how many sessions the reader may end: their own current one goes on.
func (m Sessions) ends() int {
	n := 0
	for _, s := range m.Rows {
		if !s.Own {
			n++
		}
	}

	return n
}

// Session is one browser that is signed in.
type Session struct {
	ID       string
	Device   string
	IP       string
	Provider string
	Methods  string
	Started  time.Time
	LastSeen time.Time
	Ends     time.Time
	EndHref  string
	Own      bool
}

// Danger is one act of the danger zone.
type Danger struct {
	Title  string
	Effect string
	Label  string
	Href   string
	Key    string
}
