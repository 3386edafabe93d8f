package models

import "github.com/uptrace/bun"

// SelectionKind says how people came into a selection.
type SelectionKind string

// The kinds.
const (
	SelectionPicked   SelectionKind = "picked"   // ticked one by one
	SelectionMatching SelectionKind = "matching" // everybody a filter matches when it is frozen
	SelectionListed   SelectionKind = "listed"   // from a pasted or uploaded list
)

// LineState says what a line of a list was found to be.
type LineState string

// The states of a line.
const (
	LineFound     LineState = "found"
	LineNotFound  LineState = "not-found"
	LineAmbiguous LineState = "ambiguous" // several people; waits for a choice
	LineTwice     LineState = "twice"     // the same person as a line before
)

// LineStates lists every state in the order pages show them.
var LineStates = []LineState{LineFound, LineAmbiguous, LineNotFound, LineTwice}

// Word gives the state as pages print it.
func (s LineState) Word() string {
	switch s {
	case LineFound:
		return "Found"
	case LineNotFound:
		return "Not found"
	case LineAmbiguous:
		return "Ambiguous"
	case LineTwice:
		return "Listed twice"
	}
	return string(s)
}

// Selection is people somebody has chosen.
type Selection struct {
	bun.BaseModel `bun:"table:selections,alias:sel"`

	ID        int64         `bun:",pk,autoincrement" class:"public"`
	TenantID  int64         `class:"public"`
	PublicID  string        `class:"public"`
	OwnerID   int64         `class:"public"`
	Kind      SelectionKind `class:"public"`
	Query     string        `class:"personal"` // JSON of directory.Query for SelectionMatching; "" otherwise
	Title     string        `class:"personal"` // the filter or the origin, in words
	People    int64         `class:"public"`   // how many; of a filter, how many when it was made
	Capped    bool          `class:"public"`   // at least People
	CreatedAt Instant       `class:"public"`
	ExpiresAt Instant       `class:"public"`
	UsedAt    Instant       `class:"public"` // frozen since; 0: may still change
	FilledTo  int64         `class:"public"` // of a frozen filter: the last user written down; FilledAll when that is everybody
	Version   int64         `class:"public"`
}

// FilledAll says that everybody of a selection is written down.
const FilledAll int64 = -1

// SelectionPerson is one person of a selection.
type SelectionPerson struct {
	bun.BaseModel `bun:"table:selection_people,alias:sp"`

	ID          int64 `bun:",pk,autoincrement" class:"public"`
	TenantID    int64 `class:"public"`
	SelectionID int64 `class:"public"`
	UserID      int64 `class:"public"`
}

// SelectionLine is one line of a pasted or uploaded list.
type SelectionLine struct {
	bun.BaseModel `bun:"table:selection_lines,alias:sln"`

	ID          int64     `bun:",pk,autoincrement" class:"public"`
	TenantID    int64     `class:"public"`
	SelectionID int64     `class:"public"`
	Line        int64     `class:"public"` // 1 is the first
	Given       string    `class:"personal"`
	State       LineState `class:"public"`
	UserID      int64     `class:"public"` // 0: nobody, or not yet chosen
}
