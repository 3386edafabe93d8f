package operation

import (
	"github.com/rollcall/rollcall/internal/offboard"
	"github.com/rollcall/rollcall/models"
)

// Effects is what an operation does, counted when the list was frozen. It is
// kept as JSON on the operation.
type Effects struct {
	LeftOut     map[models.LeftOut]int64 `json:"left_out,omitempty"`
	Sessions    int64                    `json:"sessions"`    // open in the console
	Held        int64                    `json:"held"`        // refresh tokens that Rollcall holds
	Assignments int64                    `json:"assignments"` // that go after the window
	Privileged  int64                    `json:"privileged"`
	Managers    int64                    `json:"managers"`  // of active people ...
	Reports     int64                    `json:"reports"`   // ... who lose them
	Unsettled   int64                    `json:"unsettled"` // managers whose people have no new manager yet
	Owners      int64                    `json:"owners"`
	Recent      int64                    `json:"recent"` // signed in during the last 24 hours
	Systems     []SystemEffect           `json:"systems,omitempty"`
}

// SystemEffect is the effect at one connected system.
type SystemEffect struct {
	ConnectorID  int64          `json:"connector_id"`
	Key          string         `json:"key"`
	Issuer       string         `json:"issuer,omitempty"`
	Name         string         `json:"name"`
	Product      string         `json:"product"`
	Accounts     int64          `json:"accounts"`
	CanDisable   bool           `json:"can_disable"`
	CanEnd       bool           `json:"can_end_sessions"`
	CanRevoke    bool           `json:"can_revoke_grants"`
	Lacks        []string       `json:"lacks,omitempty"` // a sentence for each thing it cannot do
	LastSuccess  models.Instant `json:"last_success,omitempty"`
	TokenSeconds int64          `json:"token_seconds,omitempty"` // longest life of a token at an application there; 0: not known, or there is none
	TokensUnsaid bool           `json:"tokens_unsaid,omitempty"` // it does not say of all its applications how long their tokens live
	Untold       Untold         `json:"untold,omitzero"`
	Warning      string         `json:"warning,omitempty"`
}

// Untold are the applications of a system that it tells nothing of ended
// sessions: who is in there stays in until a token expires.
type Untold struct {
	Names   []string `json:"names,omitempty"` // the first few, the longest first
	N       int64    `json:"n,omitempty"`
	Seconds int64    `json:"seconds,omitempty"` // longest life of their tokens; 0: not known
}

// untoldNamed is how many of them a plan names.
const untoldNamed = 3

// Level is a rung of the friction ladder (UX 1.2).
type Level int

// The rungs that a deactivation can meet.
const (
	LevelSignIn   Level = 2 // reason and a fresh sign-in
	LevelApproval Level = 3 // and a typed count, and a second approver
)

// Friction is what an operation needs before it runs, and why.
type Friction struct {
	Level Level    `json:"level"`
	Why   []string `json:"why,omitempty"` // sentences
	Count int64    `json:"count"`         // to be typed; 0: nothing is typed
}

// Group is the kind of the groups that an operation's steps at connected systems
// belong to; the id is the operation's.
const Group = offboard.OperationGroup

// Bounds.
const (
	ChunkSize  = 1_000     // people of one transaction
	CanarySize = 5         // people whose steps must end without a failure before the rest begin
	BigPlan    = 10_000    // people from which on planning is shown as work of its own
	MaxPeople  = 1_000_000 // in one operation
	approveFor = 24        // hours a request for approval stands
	staleAfter = 24        // hours after which a plan must be made again
	manyPeople = 10        // more than so many need a second approver
	windowDays = 7         // in which an operation can be undone, when nobody says otherwise
)
