package users

import (
	"time"

	"github.com/rollcall/rollcall/views/ui"
)

// List is the page /users.
type List struct {
	Text     string // what was searched for
	Actions  []ui.Action
	Tabs     []ui.Tab
	TabsHref string // where the tabs are with their counts
	View     string // the sentence of the view that is open
	Chips    []ui.Chip
	Filter   Filter
	Result   Result
}

// Filter is the form behind "Add filter".
type Filter struct {
	Hidden      []Hidden // what the form must carry along: view, manager
	Statuses    []ui.Option
	Departments []ui.Option
	Providers   []ui.Option
	Roles       []ui.Option
	SeenBefore  string // YYYY-MM-DD
	Seen        []ui.Option
	External    []ui.Option
	Attributes  []ui.Field // local attributes with few values
	Active      int        // how many filters are on
}

// Hidden is one value a form carries along.
type Hidden struct{ Name, Value string }

// Result is the part of the list that a search replaces.
type Result struct {
	Now       time.Time
	CountHref string // where the count of matches is
	Exact     []Exact
	Rows      []Row
	Columns   []ui.Column
	Pager     ui.Paging
	Empty     *ui.Empty
	EmptyMore []Link // ways out of an empty list
	Notice    string // parameters that were not understood
	Sort      string // carried along by the next search
	Sizes     []Size
	Bulk      *Bulk  // who is selected; nil where nothing can be done with many
	Shown     string // ids of the rows, separated by spaces
}

// Bulk is the bar over the list: who is selected, and what can be done.
type Bulk struct {
	Selection  string // its id, "" while nobody is selected
	List       string // the list's own parameters
	Text       string // "6 selected"
	Detail     string // where they come from, as of when
	Problem    string // why a former selection is not used
	MatchLabel string // "Select all 214 that match"
	OnlyLabel  string // "Select only the 50 on this page"
	Act        string // "Deactivate 5 of 6…"; "" when nobody of them can be
	LeftOut    string // who is left out of it, and why
	Once       string // makes a press twice one act
	Outside    string // "2 of 6 selected are not in this list."
	ShowHref   string // who is selected
	ClearHref  string
}

// Users is a number of rows in words.
func Users(n int) string {
	if n == 1 {
		return "1 user"
	}
	return ui.Count(n) + " users"
}

// Size is a number of rows a page may have.
type Size struct {
	Rows    int
	Href    string
	Current bool
}

// Link is a way out.
type Link struct{ Label, Href string }

// Exact is a person found by one exact value.
type Exact struct {
	Row Row
	By  string // "subject", "e-mail address" ...
}

// Row is one person in the list.
type Row struct {
	ID         string // to select it
	Selected   bool
	Href       string
	Name       string
	Below      string // e-mail, or the username when there is none
	Status     string // word of the mark
	StatusText string
	Department string
	External   bool
	Pending    bool
	Role       string
	MoreRoles  int
	Privileged bool
	Sessions   int
	LastSeen   time.Time
	Created    time.Time
}

// Count is the fragment that says how many match.
type Count struct {
	Text      string
	ExactHref string // where the exact number is, "" when Text is exact
}
