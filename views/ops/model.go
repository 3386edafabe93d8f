package ops

import (
	"time"

	"github.com/rollcall/rollcall/views/ui"
)

// List is the operations, the newest first.
type List struct {
	Tabs   []ui.Tab
	Rows   []Row
	Pager  ui.Paging
	Empty  *ui.Empty
	Choose string // where people are selected; "" for who may not
	Now    time.Time
}

// Row is one operation.
type Row struct {
	Href, Code, Name string // "Deactivation of 211 people"
	About            string // the selection in words
	Tag              string // beside the name: "Risk"
	State, StateText string // a word of ui.Status, and what is said
	Note             string // why it stands there, or until when
	NoteAt           time.Time
	People           int
	By               string
	At               time.Time
}

// Approvals is what waits for one person, the next to expire first.
type Approvals struct {
	Rows  []Waiting
	Empty *ui.Empty
	Now   time.Time
}

// Waiting is one request.
type Waiting struct {
	Href, Code string
	Text       string // "Goran asks to deactivate 211 people"
	Privileged int
	Reason     string
	Since      time.Time
	Due        time.Time
	Urgent     bool
}

// Part is a piece of a sentence; a strong one is what it is about.
type Part struct {
	Text   string
	Strong bool
}

// Effect is one line of what happens: how often, where.
type Effect struct {
	Text string
	N    int
	Note string
}

// Break is one thing that will break, or may.
type Break struct {
	Text   string
	Href   string
	Link   string
	Needed bool // it has to be settled first
	Press  *Press
}

// Press is a button that sends no more than that it was pressed.
type Press struct {
	Action string
	Label  string
	Hidden string
}

// Settle is the form for new managers.
type Settle struct {
	Action   string
	Field    ui.Field
	Submit   string // "Set for all 41"
	Managers []Manager
	More     string // where the rest of them is
	Problems []ui.Problem
}

// Manager is one who leaves people behind.
type Manager struct {
	ID, Name, Href string
	Reports        int
	New            string // "": not settled
}

// System is the effect at one connected system.
type System struct {
	Name, Product string
	Accounts      int
	Can           string   // "Switches accounts off, ends sessions, revokes tokens"
	Lacks         []string // sentences
	Tokens        string   // until when a token of before works; "": not known
	Last          time.Time
	Warning       string
}

// Person is one line of the frozen list.
type Person struct {
	ID, Name, Href   string
	Below            string // e-mail
	Department       string
	State, StateText string
	Tags             []Tag
	Sessions         int
	Roles            int
	Accounts         int
	Out              string // why they are left out; "": they are not
	Move             *Press // leave out, or take back in; ID is what is sent
}

// Tag is one thing to know about a person.
type Tag struct {
	Tone ui.Tone
	Text string
}

// People is a page of the frozen list.
type People struct {
	Caption string
	Tabs    []ui.Tab
	Rows    []Person
	Pager   ui.Paging
	Page    string // address of this page, to come back to
	CSV     string // where the list is downloaded; "" for who may not
	Empty   string
	Moves   bool // the last column holds buttons
	Run     bool // it shows what became of them
	Scroll  string
}

// Plan is everything an operation does, as its preview and as its approver sees it.
type Plan struct {
	ID        string
	Steps     []Step
	Lead      []Part
	Hash      string
	AsOf      time.Time
	Friction  []string // why a second person has to agree; empty: nobody has to
	Now       []Effect
	Later     []Effect
	LaterHead string // "After 7 days"
	LaterNote string
	One       bool // one person: one column
	Breaks    []Break
	Needed    string // "2 to settle"
	Settle    *Settle
	Systems   []System
	People    People
	Notices   []ui.Notice
	At        time.Time // now
}

// Preview is the draft's page.
type Preview struct {
	Plan     Plan
	Continue string // where the next step is; "" when it cannot be taken
	Blocked  string // why
	Replan   *Press
	Cancel   string
}

// Step is one of the four.
type Step struct {
	Label, Href string
	Current     bool
}

// Planning is how far a plan is.
type Planning struct {
	ID       string
	Sentence string
	Done, Of int
	Words    string
	Running  bool
	Follow   bool
	Cancel   string
}

// Show is an operation that is not a draft.
type Show struct {
	Head      []Part
	State     string
	StateText string
	Sentence  string
	Bad       bool
	Notice    *ui.Notice
	Counts    []ui.Tab // by what became of people: label, count, address
	Facts     []Fact
	Said      []Said
	Decide    *Decide
	Why       string // why there is no form
	Changed   *Changed
	Plan      *Plan   // frozen, while it waits or is scheduled
	People    *People // otherwise
	Acts      []ui.Action
	Replan    *Press
	Now       time.Time
}

// Fact is one line about an operation.
type Fact struct {
	Label string
	Text  string
	Mono  bool
	At    time.Time // exact, instead of Text
}

// Said is one thing that was decided or said.
type Said struct {
	What string // "asked for this"
	By   string
	Text string
	At   time.Time
	List string
}

// Changed is what became of a frozen list since.
type Changed struct {
	Sentences []string
	People    []ChangedPerson
	More      string
}

// ChangedPerson is one of them.
type ChangedPerson struct {
	Name, Href       string
	Was, State, Text string
}

// Decide is the three ways to answer a request.
type Decide struct {
	Sentence string
	Acts     []ui.Action
}

// Act is a page that says what will happen, asks why, and does it.
type Act struct {
	Steps    []Step
	Action   string
	Cancel   string
	Back     string // label of the way back, "Cancel" when empty
	Title    string // of the error summary
	Effects  []string
	Facts    []Fact
	Friction []string
	Changed  *Changed
	Blocked  string // why it cannot be done; the form is left out
	Hash     string // of the list this is about; sent along
	Sends    string // Action, when the button stands alone and may ask for a fresh sign-in
	Reason   *ui.Field
	Fields   []ui.Field
	When     *When
	Typed    *ui.Field
	Submit   string
	Kind     ui.Kind
	Problems []ui.Problem
}

// When is the choice between at once and later.
type When struct {
	Choice ui.Field
	At     ui.Field
}
