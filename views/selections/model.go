package selections

import (
	"time"

	"github.com/rollcall/rollcall/views/ui"
)

// New is the page /ops/new: how to choose.
type New struct {
	ListHref string // the list of people
	Problems []ui.Problem
	List     ui.Field
}

// Show is the page of one selection.
type Show struct {
	ID      string
	Title   string // where it comes from
	AsOf    string // "10:42 UTC"
	Now     time.Time
	Summary string // "198 selected."
	Frozen  string // since when it is in use; "" while it may change
	Report  *Report
	Rows    []Row
	Columns []ui.Column
	Caption string
	Pager   ui.Paging
	Empty   string // instead of rows

	Continue string // label of the button; "" when there is nobody to act upon
	Why      string // sentence in place of the button
	LeftOut  string // who is left out of it
	Once     string
	Back     string // the list, with this selection
}

// Report is what the lines of a list were found to be.
type Report struct {
	Sentence string // "198 found, 9 not found, 4 ambiguous."
	Tabs     []ui.Tab
	RestHref string // the lines that found nobody, as a file
	Rest     string // "Download the 13 lines that are left"
	People   bool   // the rows have people
	Results  bool   // the rows say what each line was found to be
	Standing bool   // the rows say how the people stand at connected systems
	Systems  []System
	Picks    []Pick // lines that wait for a choice; then Rows is empty
	Choose   string // where the choices go
	Problems []ui.Problem
}

// System is how the people of a list stand at one connected system.
type System struct {
	Name  string
	Text  string    // "12 accounts are active, 3 deactivated."
	Alarm string    // who is active there although out here
	Read  time.Time // when the account was read that was read longest ago
}

// Standing is how one account of a person stands.
type Standing struct {
	System       string
	Status, Text string
	Read         string // "2 minutes ago"
}

// Pick is an ambiguous line with the people it may mean.
type Pick struct {
	Line  string
	Given string
	Field ui.Field
}

// Row is one line of a list, or one selected person.
type Row struct {
	Line       string // number, "" outside of lists
	Given      string
	Href       string
	Name       string
	Below      string
	Status     string
	StatusText string
	Result     string // what the line was found to be
	Access     string // "Still has access", "Already out"
	Department string
	Standing   []Standing
}
