package sync

import (
	"strings"
	"time"

	"github.com/rollcall/rollcall/views/ui"
)

// Run is one reading of a source.
type Run struct {
	ID       string
	Progress Progress
	Facts    []Fact
	Stop     *Stop // set while it waits for a decision
	Losses   Losses
	Errors   []Cause
	Now      time.Time
	Follow   string // "on" while the page loads itself anew, for browsers without scripts
}

// Progress is what changes while a run is running.
type Progress struct {
	ID        string
	State     string // a word of ui.Status
	StateText string
	Sentence  string // what it does now, or how it ended
	Bad       bool
	Running   bool
	Done, Max int    // Max 0: how far it is cannot be said
	Words     string // "Read 4,500 of 12,102 accounts"
	Counts    []Figure
	Title     string // of the tab: "4,500/12,102 Keycloak"
}

// Figure is one number with its name.
type Figure struct {
	Label string
	N     int
	Href  string // to what is counted
	Bad   bool
}

// Fact is one line about the run.
type Fact struct {
	Label string
	Text  string
	Href  string
	At    time.Time // instead of Text
}

// Stop is the decision a stopped run waits for.
type Stop struct {
	Ask     string // what to look at first
	Effects []string
	Resume  string // address; "" for who may not decide
	Cancel  string
	Label   string // "Apply to 1,378 people"
	Missing string // why there is no button
}

// Losses are what the run takes away, or would.
type Losses struct {
	Caption string
	Rows    []Loss
	Pager   ui.Paging
	Kept    bool // some were not applied, with the reason
}

// Loss is one of them.
type Loss struct {
	Person, PersonHref string
	Account            string
	What               string // "The account is gone there"
	Evidence           string
	State, StateText   string
}

// Cause is errors of one kind, with what to do.
type Cause struct {
	Count    int
	Sentence string
	Examples []string // the first few it happened to
	More     bool     // there are more than those
	Fix      string
	Href     string
	Link     string
}

// Runs is the list of readings, the newest first.
type Runs struct {
	Tabs   []ui.Tab
	Filter []ui.Field
	Chips  []ui.Chip
	Rows   []RunRow
	Pager  ui.Paging
	Empty  *ui.Empty
	Now    time.Time
}

// RunRow is one of them.
type RunRow struct {
	Href, Name       string // "Full read of Keycloak"
	Below            string // who asked for it
	State, StateText string
	Started          time.Time
	Took             string
	Read             int
	Changed          int
	Errors           int
	Sentence         string
}

func (p Progress) refresh() ui.Request {
	if !p.Running {
		return ui.Request{}
	}
	return ui.Request{Get: "/sync/runs/" + p.ID + "/progress", Target: "#progress", Swap: "outerMorph", Trigger: "every 2s"}
}

// examples names those it happened to first.
func (c Cause) examples() string {
	text := strings.Join(c.Examples, ", ")
	if c.More {
		text = "First: " + text
	}

	return text
}
