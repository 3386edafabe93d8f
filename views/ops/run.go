package ops

import (
	"time"

	"github.com/rollcall/rollcall/views/ui"
)

// Run is an operation that has begun, wherever it stands.
type Run struct {
	Live  Live
	Facts []Fact
	Said  []Said
	Once  bool // a browser without scripts loads the page anew by itself
	Now   time.Time
}

// Live is the part of it that changes while it goes on.
type Live struct {
	ID               string
	Refresh          string // where this part is looked at again
	Running          bool   // then it asks again by itself
	State, StateText string
	Sentence         string
	Done, Of         int
	Words            string // beside the bar
	Meta             []Part // who asked, who approved, which list
	Undo             *ui.Notice
	Notices          []ui.Notice
	Acts             []Steer
	Links            []ui.Action
	Causes           []Cause
	Apps             []App
	AppsNote         string
	People           Came
	Now              time.Time
}

// Steer is a button that says a word to the operation, or leads to the page where that is said.
type Steer struct {
	Action string // address of the form; "": Button.Href is a page
	Button ui.Action
	Hidden []Hidden
}

// Hidden is what a button sends along.
type Hidden struct{ Name, Value string }

// Cause is why steps failed, with how many.
type Cause struct {
	System, What, Sentence string
	N                      int
	Retry                  *Steer
	Href                   string // of the connector
}

// App is what is known of one application.
type App struct {
	Name, System string
	Told         []Told
	Until        string // "until 14:00:03 UTC at the latest", or why that is not known
	Left         string // "3 minutes left"
}

// Told is how many people an application was told of, or never.
type Told struct {
	Word string // of ui.Status
	N    int
}

// Came are people with what came of them.
type Came struct {
	Tabs  []ui.Tab
	Later string // "Later (29 Nov)"
	Rows  []Line
	Pager ui.Paging
	Empty string
}

// Line is one person.
type Line struct {
	Name, Href             string
	Below                  string
	SignIn, Sessions       Cell
	Tokens, Later          Cell
	Back                   string // "Let in again 10:55:10."
	Receipt, ReceiptHidden string
}

// Cell is what came of one sort of step.
type Cell struct {
	Word string // of ui.Status; "": nothing of this sort was to be done
	Text string // the time, or what is to know
	Note string // the sentence, where it did not go well
}

// poll asks for the part again while the operation runs.
func (m Live) poll() ui.Request {
	if !m.Running {
		return ui.Request{}
	}
	return ui.Request{Get: m.Refresh, Trigger: "every 2s", Swap: "outerMorph"}
}
