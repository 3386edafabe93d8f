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
	Name       string
	Status     string
	StatusText string
	StatusLine string // "since 4 Mar 2024, by Goran Novak: left the team"
	Email      string
	Tags       []Tag
	Banners    []ui.Notice
	Overview   []Field
	Masked     bool   // some fields are hidden from this reader
	RevealHref string // where they can be seen, with a reason
	Access     templ.Component
	Identities []Identity
	Sessions   Sessions
	Activity   templ.Component
	Danger     []Danger
	EditHref   string
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
	Source string // "Managed in Keycloak", "" when it is kept here
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
}

// Sessions is the section of live sessions.
type Sessions struct {
	Now     time.Time
	Failed  string // the section could not be read
	Rows    []Session
	Path    string // /users/{id}
	EndAll  bool   // the reader may end them
	Nothing string
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
