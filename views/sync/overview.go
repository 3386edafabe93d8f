package sync

import (
	"time"

	"github.com/rollcall/rollcall/views/ui"
)

// Overview is the page of sources.
type Overview struct {
	Sentence []Part
	Notices  []ui.Notice // what stopped and waits for a decision
	Tabs     []ui.Tab
	Sources  Sources
	Empty    *ui.Empty // nothing was ever connected
}

// Part is one part of the sentence above a page; problems stand out.
type Part struct {
	Text string
	Href string
	Bad  bool
	Ago  time.Time // said after the text: "3 minutes ago"
}

// Sources is the table, which comes anew by itself while a run is running.
type Sources struct {
	Rows    []Source
	Running bool
	Now     time.Time
}

// Source is one connected system.
type Source struct {
	ID         string // of the row: public id of the connector
	Name, Href string // Href "" for who may not open the connector
	Pattern    string // "Periodic, events"
	State      string // a word of ui.Status
	StateText  string
	Notes      []Note // why it is so
	LastFull   time.Time
	FullHref   string // of the run
	LastEvent  time.Time
	NoEvents   bool   // its events are not followed
	Gap        string // "No event for 3 hours. Usual gap: 4 minutes."
	Lag        string // how long events wait; "" when none does
	HasRun     bool
	Read       int // by the newest run
	Changed    int
	Errors     int
	NextRun    time.Time
	NextNote   string // instead of a time: "Paused"
	Acts       []ui.Action
	ActionHref string // Acts are posted below it
}

// Note is one sentence below a state.
type Note struct {
	Text       string
	Href, Link string
	Bad        bool
	Since      time.Time
}

func (s Sources) refresh() ui.Request {
	if !s.Running {
		return ui.Request{}
	}
	return ui.Request{Get: "/sync/sources", Target: "#sources", Swap: "outerMorph", Trigger: "every 5s"}
}

func sourceColumns() []ui.Column {
	return []ui.Column{
		{Label: "Source"}, {Label: "State"}, {Label: "Last full"}, {Label: "Last event"}, {Label: "Lag", Class: "still"},
		{Label: "Read", Numeric: true, Class: "col-num"}, {Label: "Changed", Numeric: true, Class: "col-num"}, {Label: "Errors", Numeric: true, Class: "col-num"},
		{Label: "Next run"}, {Label: "Acts", Hidden: true, Class: "col-action"},
	}
}
