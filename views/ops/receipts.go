package ops

import (
	"time"

	"github.com/rollcall/rollcall/views/ui"
)

// Receipts is the page of everything that was done, person by person.
type Receipts struct {
	Lead  []Part
	Tabs  []ui.Tab
	Acts  []ui.Action
	Rows  []Receipted
	Pager ui.Paging
	Empty string
	Now   time.Time
}

// Receipted is one person with their steps.
type Receipted struct {
	Name, Href, Below string
	Steps             []Receipt
}

// Receipt is one step.
type Receipt struct {
	At       time.Time // zero: it has not ended
	Where    string
	What     string
	Outcome  string // a word of ui.Status
	Sentence string
	ByHand   string // how to check it, where it is not confirmed
	Proof    []Proof
	Number   string // "#18,204"
	Event    string // its address; "" for who may not open it
}

// Proof is one line of what was read.
type Proof struct{ Label, Text string }
