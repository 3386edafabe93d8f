package models

import (
	"fmt"

	"github.com/uptrace/bun"
)

// OperationKind says what an operation does.
type OperationKind string

// The kinds.
const OperationDeactivate OperationKind = "deactivate"

// OperationState says where an operation stands, for people.
type OperationState string

// The states.
const (
	OperationPlanning  OperationState = "planning" // the frozen list is being written
	OperationDraft     OperationState = "draft"    // planned; nobody has asked for it
	OperationWaiting   OperationState = "waiting"  // for approval
	OperationScheduled OperationState = "scheduled"
	OperationRunning   OperationState = "running"
	OperationPaused    OperationState = "paused"
	OperationDone      OperationState = "done"
	OperationFailures  OperationState = "failures" // done, with failures
	OperationUndoing   OperationState = "undoing"
	OperationUndone    OperationState = "undone"
	OperationExpired   OperationState = "expired" // nobody approved it in time
	OperationRejected  OperationState = "rejected"
	OperationCancelled OperationState = "cancelled" // before it began
)

// OperationStates lists every state in the order of an operation's life.
var OperationStates = []OperationState{
	OperationPlanning, OperationDraft, OperationWaiting, OperationScheduled, OperationRunning, OperationPaused,
	OperationDone, OperationFailures, OperationUndoing, OperationUndone, OperationExpired, OperationRejected, OperationCancelled,
}

// Word gives the state as pages print it.
func (s OperationState) Word() string {
	switch s {
	case OperationPlanning:
		return "Planning"
	case OperationDraft:
		return "Draft"
	case OperationWaiting:
		return "Waiting for approval"
	case OperationScheduled:
		return "Scheduled"
	case OperationRunning:
		return "Running"
	case OperationPaused:
		return "Paused"
	case OperationDone:
		return "Done"
	case OperationFailures:
		return "Done with failures"
	case OperationUndoing:
		return "Undoing"
	case OperationUndone:
		return "Undone"
	case OperationExpired:
		return "Expired"
	case OperationRejected:
		return "Rejected"
	case OperationCancelled:
		return "Cancelled"
	}
	return string(s)
}

// OperationPhase says what the program does next about an operation.
type OperationPhase string

// The phases. An operation that waits for a person has none.
const (
	PhaseNone     OperationPhase = ""
	PhasePlan     OperationPhase = "plan"
	PhaseCut      OperationPhase = "cut"    // chunk by chunk, here
	PhaseSystems  OperationPhase = "steps"  // the steps at connected systems run
	PhaseWindow   OperationPhase = "window" // until the undo window closes: probed again
	PhaseRemove   OperationPhase = "remove" // what is to go after the window
	PhaseUndo     OperationPhase = "undo"
	PhaseUndoStep OperationPhase = "undo-steps"
)

// LeftOut says why a person of a selection is not acted upon.
type LeftOut string

// The reasons.
const (
	LeftOutNot        LeftOut = ""
	LeftOutSelf       LeftOut = "self"       // the actor
	LeftOutLastAdmin  LeftOut = "last-admin" // nobody could administer the console
	LeftOutBreakGlass LeftOut = "break-glass"
	LeftOutAlready    LeftOut = "already" // deactivated before
	LeftOutRemoved    LeftOut = "removed"
	LeftOutByHand     LeftOut = "by-hand" // somebody left them out on the plan
)

// Sentence gives the reason as pages print it, for one person.
func (l LeftOut) Sentence() string {
	switch l {
	case LeftOutNot:
		return ""
	case LeftOutSelf:
		return "This is you"
	case LeftOutLastAdmin:
		return "The last admin who can still sign in"
	case LeftOutBreakGlass:
		return "Break-glass account"
	case LeftOutAlready:
		return "Already deactivated"
	case LeftOutRemoved:
		return "Removed"
	case LeftOutByHand:
		return "Left out by hand"
	}
	return string(l)
}

// What may break when a person goes, as bits of OperationTarget.Flags.
const (
	FlagPrivileged int64 = 1 << iota
	FlagManages          // active people have them as manager
	FlagOwns             // owns roles, applications or connectors
	FlagRecent           // signed in during the last 24 hours
	FlagUnended          // has an account at a system that cannot end sessions
)

// TargetState says what became of one person of an operation.
type TargetState string

// The states.
const (
	TargetWaiting TargetState = "waiting"
	TargetMoved   TargetState = "moved"   // changed since the plan: refused, with the reason
	TargetStopped TargetState = "stopped" // the rest was stopped before their turn
	TargetCut     TargetState = "cut"     // out here; steps at connected systems run
	TargetOut     TargetState = "out"     // every step was confirmed, or there was nothing to do
	TargetPartly  TargetState = "partly"  // a step failed, or is not confirmed
	TargetKept    TargetState = "kept"    // let in again by other means before the removal
	TargetUndone  TargetState = "undone"
)

// Operation is a change to many people, or to one with many steps.
type Operation struct {
	bun.BaseModel `bun:"table:operations,alias:op"`

	ID            int64          `bun:",pk,autoincrement" class:"public"`
	TenantID      int64          `class:"public"`
	PublicID      string         `class:"public"`
	Number        int64          `class:"public"` // per tenant, from 1
	Kind          OperationKind  `class:"public"`
	State         OperationState `class:"public"`
	Phase         OperationPhase `class:"public"`
	CursorAt      int64          `class:"public"` // position up to which the phase is done
	DueAt         Instant        `class:"public"` // when the program next looks at it; 0: not until somebody acts
	SelectionID   int64          `class:"public"`
	Title         string         `class:"personal"`
	OnceKey       string         `class:"public"`   // of the form it came from: sent twice it is one operation
	People        int64          `class:"public"`   // in the frozen list
	Included      int64          `class:"public"`   // of them acted upon
	ListHash      string         `class:"public"`   // SHA-256 of the frozen list, hex; Short gives what people compare
	Effects       string         `class:"personal"` // JSON: operation.Effects
	Friction      string         `class:"public"`   // JSON: operation.Friction
	Reason        string         `class:"personal"`
	Ticket        string         `class:"public"`
	ScheduledAt   Instant        `class:"public"` // 0: at once
	RiskKnownAt   Instant        `class:"public"` // since when the risk is known that it answers; 0: it answers none
	RiskOutBy     Instant        `class:"public"` // when everybody has to be out by, because of the risk
	UndoDays      int64          `class:"public"`
	CreatedByID   int64          `class:"public"`
	CreatedBy     string         `class:"personal"`
	CreatedAt     Instant        `class:"public"`
	PlannedAt     Instant        `class:"public"`
	RequestedByID int64          `class:"public"`
	RequestedBy   string         `class:"personal"`
	RequestedAt   Instant        `class:"public"`
	ExpiresAt     Instant        `class:"public"` // of the request for approval
	ApprovedByID  int64          `class:"public"`
	ApprovedBy    string         `class:"personal"`
	ApprovedAt    Instant        `class:"public"`
	StartedAt     Instant        `class:"public"`
	CutAt         Instant        `class:"public"` // when the last person was out here
	FinishedAt    Instant        `class:"public"` // when the last step had ended
	UndoUntil     Instant        `class:"public"`
	RemovedAt     Instant        `class:"public"`
	UndoneAt      Instant        `class:"public"`
	Sentence      string         `class:"personal"` // why it stands where it stands
	CanaryTo      int64          `class:"public"`   // position of the last of the first people, whose steps must end well before the rest begin
	CanaryAt      Instant        `class:"public"`   // when they had; 0: not yet
	PausedAt      Instant        `class:"public"`   // 0: it is not paused
	PausedFor     int64          `class:"public"`   // the connector whose answer it waits for; 0: a person has to decide
	StoppedAt     Instant        `class:"public"`   // since when the rest is left out; 0: it is not
	StoppedBy     string         `class:"personal"`
	ProbeAt       Instant        `class:"public"` // when everybody is looked at again; 0: not yet
	Probes        int64          `class:"public"` // how often they were
	UndoAll       bool           `class:"public"` // the undo is of everybody, not of those it was asked for
	UndoByID      int64          `class:"public"`
	UndoBy        string         `class:"personal"`
	UndoReason    string         `class:"personal"`
	LeaseToken    string         `class:"secret"`
	LeaseUntil    Instant        `class:"public"`
	Version       int64          `class:"public"`
}

// Risk reports whether it answers a risk: people who could do harm with what they
// hold, not people who leave (NIST SP 800-53 AC-2 (13)).
func (o Operation) Risk() bool { return o.RiskKnownAt != 0 }

// Code is the name people use: DEA-118.
func (o Operation) Code() string { return OperationCode(o.Number) }

// OperationCode writes the number of an operation as people use it.
func OperationCode(number int64) string { return fmt.Sprintf("DEA-%d", number) }

// ShortHash is how much of a list hash people compare: 9c41 77ab.
func ShortHash(hash string) string {
	if len(hash) < 8 {
		return hash
	}
	return hash[:4] + " " + hash[4:8]
}

// OperationTarget is one person of an operation's frozen list.
type OperationTarget struct {
	bun.BaseModel `bun:"table:operation_targets,alias:ot"`

	ID                int64       `bun:",pk,autoincrement" class:"public"`
	TenantID          int64       `class:"public"`
	OperationID       int64       `class:"public"`
	Position          int64       `class:"public"` // from 1, without a gap
	UserID            int64       `class:"public"`
	Name              string      `class:"personal"` // as it was
	Included          bool        `class:"public"`
	LeftOut           LeftOut     `class:"public"`
	Flags             int64       `class:"public"`
	Sessions          int64       `class:"public"` // open in the console when planned
	Assignments       int64       `class:"public"`
	Accounts          int64       `class:"public"` // at connected systems
	Reports           int64       `class:"public"` // active people who have them as manager
	NewManagerID      int64       `class:"public"` // of those people; 0: not settled
	StoodStatus       Status      `class:"public"`
	StoodReason       string      `class:"personal"`
	StoodBy           string      `class:"personal"`
	StoodSince        Instant     `class:"public"`
	StoodLeavingAt    Instant     `class:"public"`
	StoodPendingSince Instant     `class:"public"`
	StoodVersion      int64       `class:"public"`
	StoodEpoch        int64       `class:"public"`
	State             TargetState `class:"public"`
	Note              string      `class:"personal"` // why it was refused or kept
	EndedSessions     int64       `class:"public"`   // in the console, with the cut
	CutAt             Instant     `class:"public"`
	OutAt             Instant     `class:"public"` // when the last step had ended
	ResidualUntil     Instant     `class:"public"` // last second at which a token of before may still be accepted; 0: none known
	RemovedAt         Instant     `class:"public"`
	UndoAskedAt       Instant     `class:"public"` // 0: nobody asked for it, for this person alone
	UndoneAt          Instant     `class:"public"`
	AliveAt           Instant     `class:"public"` // when a later look found them in again; 0: none did
	AliveConnectorID  int64       `class:"public"` // where
}

// OperationAssignment is a role a person of an operation held when cut off.
type OperationAssignment struct {
	bun.BaseModel `bun:"table:operation_assignments,alias:oa"`

	ID          int64   `bun:",pk,autoincrement" class:"public"`
	TenantID    int64   `class:"public"`
	OperationID int64   `class:"public"`
	UserID      int64   `class:"public"`
	RoleID      int64   `class:"public"`
	Source      Source  `class:"public"`
	SourceRef   string  `class:"public"`
	Reason      string  `class:"personal"`
	FromAt      Instant `class:"public"`
	UntilAt     Instant `class:"public"`
	GrantedByID int64   `class:"public"`
	GrantedBy   string  `class:"personal"`
	CreatedAt   Instant `class:"public"`
	RemovedAt   Instant `class:"public"` // when this operation took it away; 0: it did not
}

// OperationReport is somebody who got another manager by an operation.
type OperationReport struct {
	bun.BaseModel `bun:"table:operation_reports,alias:orp"`

	ID           int64   `bun:",pk,autoincrement" class:"public"`
	TenantID     int64   `class:"public"`
	OperationID  int64   `class:"public"`
	UserID       int64   `class:"public"`
	OldManagerID int64   `class:"public"`
	NewManagerID int64   `class:"public"`
	MovedAt      Instant `class:"public"`
}

// OperationOwner is a connector that got another owner by an operation.
type OperationOwner struct {
	bun.BaseModel `bun:"table:operation_owners,alias:oo"`

	ID          int64   `bun:",pk,autoincrement" class:"public"`
	TenantID    int64   `class:"public"`
	OperationID int64   `class:"public"`
	ConnectorID int64   `class:"public"`
	OldOwnerID  int64   `class:"public"`
	NewOwnerID  int64   `class:"public"`
	MovedAt     Instant `class:"public"`
}

// Verdict is what somebody decided about an operation.
type Verdict string

// The verdicts.
const (
	VerdictRequested Verdict = "requested"
	VerdictApproved  Verdict = "approved"
	VerdictRejected  Verdict = "rejected"
	VerdictAsked     Verdict = "asked" // a question to whoever requested it
	VerdictAnswered  Verdict = "answered"
	VerdictCancelled Verdict = "cancelled"
	VerdictPaused    Verdict = "paused"
	VerdictResumed   Verdict = "resumed"
	VerdictStopped   Verdict = "stopped" // the rest
	VerdictRetried   Verdict = "retried"
	VerdictRemoved   Verdict = "removed" // before the undo window closed
	VerdictUndone    Verdict = "undone"
)

// OperationDecision is one verdict about an operation.
type OperationDecision struct {
	bun.BaseModel `bun:"table:operation_decisions,alias:od"`

	ID          int64   `bun:",pk,autoincrement" class:"public"`
	TenantID    int64   `class:"public"`
	OperationID int64   `class:"public"`
	Decision    Verdict `class:"public"`
	ByID        int64   `class:"public"`
	ByName      string  `class:"personal"`
	Reason      string  `class:"personal"`
	ListHash    string  `class:"public"` // of the list that was in front of them
	ElevatedAt  Instant `class:"public"` // of the fresh sign-in behind it; 0: none was needed
	At          Instant `class:"public"`
}
