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
