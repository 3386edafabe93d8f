package access

import (
	"fmt"

	"github.com/rollcall/rollcall/models"
)

// Limits of a matrix.
const (
	MatrixRoles   = 12    // roles beside each other
	MatrixChanges = 100   // cells that are changed at once
	matrixRows    = 5_000 // permissions one matrix looks through
	staleEvents   = 20    // events of one role that are read to say what changed
)

// MatrixFilter says what a matrix shows.
type MatrixFilter struct {
	Application string   // key; "": whatever the roles give, of every application
	Roles       []string // keys, in this order; none: the first of the application, by name
	Search      string   // any part of a permission's key or sentence
	Differences bool     // only permissions that some of the roles give and others do not
}

// Matrix says which roles give which permissions.
type Matrix struct {
	Application ApplicationRef // zero when permissions of every application are shown
	Roles       []RoleRow      // without numbers of holders
	Missing     []string       // keys that no role has
	Left        int            // chosen roles beyond MatrixRoles, which are not shown
	Rows        []MatrixRow
	All         int         // permissions before Differences left some out
	More        bool        // there are further permissions that were not looked through
	Both        PeopleCount // who holds all of it now, when there are exactly two roles
}

// MatrixRow is a permission with one cell for each role, in the roles' order.
type MatrixRow struct {
	PermissionRef
	Cells []MatrixCell
}

// Differs reports whether some of the roles give it and others do not.
func (r MatrixRow) Differs() bool {
	for _, c := range r.Cells {
		if c.Given() != r.Cells[0].Given() {
			return true
		}
	}
	return false
}

// MatrixCell says whether and how a role gives a permission.
type MatrixCell struct {
	Own bool      // the role itself
	Via []RoleRef // the shortest way down through roles it contains
}

// Given reports whether who holds the role has the permission.
func (c MatrixCell) Given() bool { return c.Own || len(c.Via) > 0 }

// PeopleCount is a number of people that stops where looking further costs too much.
type PeopleCount struct {
	N       int
	AtLeast bool // there may be more
}

// CellChange gives a permission to a role, or takes it from it.
type CellChange struct {
	RoleID       int64
	PermissionID int64
	Give         bool
}

// MatrixInput is what was changed in a matrix.
type MatrixInput struct {
	Changes  []CellChange
	Versions map[int64]int64 // of each changed role, as it was read
	Reason   string          // required to carry it out
}

// RoleChange is what changes about one role.
type RoleChange struct {
	RoleRow
	Given []RolePermission // Via: the role gives it already, through these
	Taken []RolePermission // Via: the role gives it still, through these
}

// PermissionEffect is how many people come to have a permission and how many do
// not have it any more, by all changes together.
type PermissionEffect struct {
	PermissionRef
	Gain, Lose PeopleCount
}

// MatrixPreview says what changes would do.
type MatrixPreview struct {
	Roles   []RoleChange
	Effects []PermissionEffect
	Same    int // changes that are so already
	Stale   []StaleNote
	Refused string // why the actor may not make these changes; "" when they may
}

// StaleNote says what happened to a role since it was read.
type StaleNote struct {
	Role         RoleRef
	Version      int64 // as it is stored
	ChangedBy    string
	ChangedAt    models.Instant
	Given, Taken []string // permissions, as codes, by edits since; empty when something else changed
}

// StaleMatrix is the cause of the Conflict when roles changed since they were read.
type StaleMatrix struct{ Roles []StaleNote }

// Error describes the conflict for the log.
func (s *StaleMatrix) Error() string {
	return fmt.Sprintf("%d roles changed since they were read, the first is role %d", len(s.Roles), s.Roles[0].Role.ID)
}
