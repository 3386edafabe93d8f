package ops

import "github.com/rollcall/rollcall/views/ui"

// Undo is the page that lets people in again.
type Undo struct {
	Action   string
	Cancel   string
	Until    string // "Sun 29 Nov 2026, 10:42 UTC"
	Left     string // "6 days left"
	Closed   string // why it cannot be undone; the form is left out
	Denied   string // why the reader may not; the form is left out
	Back     []string
	Not      []string
	Who      []ChangedPerson // who stay as they are
	More     string
	Choice   *ui.Field // all, or those who are ticked
	People   []Tick
	Pager    ui.Paging
	Range    string
	Reason   ui.Field
	Submit   string
	Problems []ui.Problem
	Few      string // the problem with the ticks, beside them
}

// Tick is one person who can be chosen.
type Tick struct {
	ID, Name, Below string
	Ticked          bool
}
