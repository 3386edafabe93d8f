package accounts

import (
	"time"

	"github.com/rollcall/rollcall/views/ui"
)

// SignIn is the answer to whether somebody can sign in.
type SignIn struct {
	Name     string // in sentences: "Elif"
	Path     string // of the answer's own page
	Later    bool   // the connected systems were not asked yet; they are, as soon as the page is there
	Alone    bool   // on a page of its own
	Mark     string // yes, no, unknown
	Sentence string
	Groups   []Group
	Do       *ui.Action // the one step the reader may take
	Advice   string     // in place of it
	ReadAt   time.Time
	Now      time.Time
}

// Group is what one system said.
type Group struct {
	Name   string
	Checks []Check
}

// Check is one thing that was looked at.
type Check struct {
	Mark string // yes, no, unknown, note
	Text string
}

// word is what a mark says to whoever cannot see it.
func (c Check) word() string {
	switch c.Mark {
	case "yes":
		return "Yes"
	case "no":
		return "No"
	case "note":
		return "Note"
	default:
		return "Unknown"
	}
}

// Accounts are the accounts at connected systems.
type Accounts struct {
	Path    string // of the section's own page
	Store   string // where reading now is also kept; "" when this reader may only look
	Alone   bool   // on that page
	Rows    []Account
	Summary string // "Read just now"
	Now     time.Time
}

// Account is one of them.
type Account struct {
	System  string
	Name    string // username there
	ID      string // the system's own id
	State   string // active, deactivated, "" when it is not known
	Word    string
	ReadAt  time.Time
	Why     string // why it is not known, or not read now
	Match   string // yes, drift, unknown
	Matches string // "In step", "Drift: active there, deactivated here"
	Href    string // of what to do about a drift; "" when there is nothing to open
}

// Sessions are those at connected systems.
type Sessions struct {
	Path    string // of their own page
	Systems []System
	CanEnd  bool
	Later   bool // not asked yet
	Alone   bool // on a page of their own
	Names   string
	Now     time.Time
}

// System is one system with its sessions.
type System struct {
	Name   string
	Rows   []Session
	Failed string // why they are not known
	Retry  bool   // trying again may help
	ReadAt time.Time
}

// Session is one living session.
type Session struct {
	ID      string // of its row
	Apps    string
	IP      string
	Short   string // the beginning of the provider's session id
	Offline bool
	Started time.Time
	Seen    time.Time
	EndHref string
}

// Outcomes is what came of one act.
type Outcomes struct {
	ID       string // of the element, and of the act in addresses
	Title    string // "Deactivated"
	By       string
	At       time.Time
	Reason   string
	Part     string // "DEA-118", when it was part of an operation
	PartHref string
	Lines    []Line
	Open     bool   // something still goes on
	Live     bool   // then Refresh is asked for again by itself
	Refresh  string // where this is looked at again
	All      string // all acts of the person; "" on that page
	Proofs   bool   // with the evidence of each step
	Now      time.Time
}

// Line is the outcome of one step, or of one application that was told.
type Line struct {
	Where    string
	Within   bool // an application of the system above
	What     string
	Outcome  string // confirmed, sent, failed, skipped, waiting, never-told
	Sentence string
	Next     string // when it is tried again
	At       time.Time
	Proof    []Proof
}

// Proof is one line of a step's evidence.
type Proof struct{ Label, Text string }

// Act is a page that does something at a system, with its effects above the button.
type Act struct {
	Action   string
	Cancel   string
	Once     string // names the form: sent twice it is one act
	Effects  []string
	Reason   ui.Field
	Submit   string
	Kind     ui.Kind
	Problems []ui.Problem
}

// Page lists acts, the newest first.
type Page struct {
	Acts  []Outcomes
	Older string
}
