package sync

import (
	"time"

	"github.com/rollcall/rollcall/views/ui"
)

// Drifts is a page of differences.
type Drifts struct {
	Sentence []Part
	Tabs     []ui.Tab
	Filter   []ui.Field
	Hidden   []Hidden
	Chips    []ui.Chip
	Groups   []Group // sets of identical differences, on the first page of everything
	Bulk     *Bulk   // inside one of them
	Rows     []Drift
	Deciding bool // the reader may resolve
	Pager    ui.Paging
	Empty    *ui.Empty
	More     []Link // further ways on from an empty list
	Now      time.Time
}

// Hidden is a filter that has no field.
type Hidden struct{ Name, Value string }

// Link is a further way on.
type Link struct{ Label, Href string }

// Group is a set of identical differences.
type Group struct {
	Count      int
	Field      string
	Ours       Value
	Theirs     Value
	Source     string
	Privileged int
	Href       string
}

// Bulk is what can be done to all of one group.
type Bulk struct {
	Text string // "17 identical differences"
	Acts []ui.Action
}

// Value is what one side holds.
type Value struct {
	Text   string
	Hidden bool // masked from this reader
}

// Drift is one difference.
type Drift struct {
	ID         string // public id
	Name, Href string // the person; or the account, when nobody here belongs to it
	Below      string
	Privileged bool
	Field      string
	FieldHref  string // its own page
	Source     string
	Ours       Value
	Theirs     Value
	Since      time.Time
	Cause      string
	Suggestion string // "Take source: it owns this field"
	State      string // a word of ui.Status; "" while it is open
	StateText  string
	StateNote  string
	Take       *Take
	Acts       []ui.Action // links to the pages of the other ways
	Next       string      // public id of the row below
	Action     string      // where Take is posted
}

// Take is the one way that needs no page of its own.
type Take struct {
	Label  string
	Hidden string // spoken after it
	Key    string
}

// One is the page of one difference.
type One struct {
	Drift Drift
	Facts []Fact
	Note  string // why nothing can be done about it now
	Now   time.Time
}

// Resolve is the page of one way for one difference or for a whole group.
type Resolve struct {
	Effects  []string
	Changes  []ui.Change
	Action   string
	Cancel   string
	Submit   string
	Kind     ui.Kind
	Until    *ui.Field // a day
	Reason   *ui.Field
	Typed    *ui.Field // a number to be typed
	Fields   []Hidden
	Title    string // of the summary when it was refused
	Problems []ui.Problem
	Blocked  string // why it cannot be done
}

// Resolved is what stands in the place of a row that was resolved.
type Resolved struct {
	ID       string
	Sentence string
	Next     string // gets the focus; "" the caption of the table
	Columns  int
	Failed   bool   // it was not resolved
	Href     string // where it can be tried with more to say
}

// DriftColumns is how many columns the table of differences has.
const DriftColumns = 6

func driftColumns(m Drifts) []ui.Column {
	columns := []ui.Column{
		{Label: "Person"}, {Label: "Difference"}, {Label: "In Rollcall"}, {Label: "In the source"}, {Label: "Since, and who likely changed it"},
	}
	if m.Deciding {
		return append(columns, ui.Column{Label: "Resolve", Class: "col-resolve"})
	}
	return append(columns, ui.Column{Label: "Suggested"})
}

func (r Resolved) focus() string {
	if r.Failed {
		return "#drift-" + r.ID
	}
	if r.Next == "" {
		return "#drift-caption"
	}
	return "#name-" + r.Next
}

// groupAct names the way to a set of identical differences: who may not resolve
// them sees them.
func (m Drifts) groupAct() string {
	if m.Deciding {
		return "Resolve together"
	}
	return "See them"
}
