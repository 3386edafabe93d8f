package sync

import (
	"strconv"
	"time"

	"github.com/rollcall/rollcall/views/ui"
)

// Orphans is who stands on one side alone.
type Orphans struct {
	Tabs     []ui.Tab // of sync and drift
	Sides    []ui.Tab // accounts without a person, people without an account
	People   bool     // which side this is
	Explain  string
	Filter   []ui.Field
	Hidden   []Hidden
	Chips    []ui.Chip
	Rows     []Orphan
	Deciding bool
	Pager    ui.Paging
	Empty    *ui.Empty
	Now      time.Time
}

// Orphan is one account, or one person.
type Orphan struct {
	ID         string
	Name, Href string
	Below      string
	Privileged bool
	Source     string
	Text       string // what is known: "Same e-mail as Elif Kaya, another identity"
	TextHref   string
	TextLink   string
	Since      time.Time
	State      string
	StateText  string
	StateNote  string
	Acts       []ui.Action
}

func orphanColumns(m Orphans) []ui.Column {
	first := "Account"
	if m.People {
		first = "Person"
	}
	columns := []ui.Column{{Label: first}, {Label: "Source"}, {Label: "What is known"}, {Label: "Since", Class: "col-time"}}
	if m.Deciding {
		return append(columns, ui.Column{Label: "Resolve", Class: "col-resolve"})
	}
	return append(columns, ui.Column{Label: "State"})
}

func plain(n int) string { return strconv.Itoa(n) }
