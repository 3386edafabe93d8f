package models

import "github.com/uptrace/bun"

// RunKind says what a sync run reads.
type RunKind string

// The kinds of run.
const (
	RunFull        RunKind = "full"        // everybody
	RunIncremental RunKind = "incremental" // what changed since the last read
	RunDry         RunKind = "dry"         // everybody, and writes nothing: what a first sync would do
	RunEvents      RunKind = "events"      // what events would take away, held because it is too much
)

// Word gives the kind as pages print it.
func (k RunKind) Word() string {
	switch k {
	case RunFull:
		return "Full"
	case RunIncremental:
		return "Changes only"
	case RunDry:
		return "Dry run"
	case RunEvents:
		return "Events"
	}
	return string(k)
}

// RunState says where a sync run stands.
type RunState string

// The states of a run.
const (
	RunWaiting   RunState = "waiting"   // for its turn, or for the source after a failure
	RunRunning   RunState = "running"   // under a lease
	RunStopped   RunState = "stopped"   // by the guard: nothing is taken away until a person decides
	RunDone      RunState = "done"      // to its end
	RunFailed    RunState = "failed"    // gave up; Sentence says why
	RunCancelled RunState = "cancelled" // by a person, or because a later run made it pointless
)

// Word gives the state as pages print it.
func (s RunState) Word() string {
	switch s {
	case RunWaiting:
		return "Waiting"
	case RunRunning:
		return "Running"
	case RunStopped:
		return "Stopped"
	case RunDone:
		return "Done"
	case RunFailed:
		return "Failed"
	case RunCancelled:
		return "Cancelled"
	}
	return string(s)
}

// Over reports whether nothing more will happen to the run.
func (s RunState) Over() bool { return s == RunDone || s == RunFailed || s == RunCancelled }

// RunPhase says what a run is doing.
type RunPhase string

// The phases, in their order.
const (
	PhaseList  RunPhase = "list"  // reads and stores pages
	PhaseCheck RunPhase = "check" // reads one by one whom no page showed
	PhaseGuard RunPhase = "guard" // counts what would be taken away
	PhaseApply RunPhase = "apply" // takes it away
	PhaseClose RunPhase = "close" // looks for people without an account
)

// SyncSource is what sync keeps of one connector.
type SyncSource struct {
	bun.BaseModel `bun:"table:sync_sources,alias:ss"`

	TenantID         int64   `bun:",pk" class:"public"`
	ConnectorID      int64   `bun:",pk" class:"public"`
	Accounts         int64   `class:"public"` // known there and not missing
	PausedAt         Instant `class:"public"` // 0: not paused
	PausedBy         string  `class:"personal"`
	RunToken         string  `class:"secret"`
	RunUntil         Instant `class:"public"` // the lease of whoever runs
	FeedToken        string  `class:"secret"`
	FeedUntil        Instant `class:"public"` // the lease of whoever follows events
	ChangePoint      string  `class:"public"` // of connector.ChangeLister, for incremental runs
	FeedPoint        string  `class:"public"` // of what the follower asks
	FeedStarted      bool    `class:"public"` // FeedPoint was given by the system
	LastFullAt       Instant `class:"public"`
	LastFullRun      int64   `class:"public"`
	LastReadAt       Instant `class:"public"` // a run of any kind ended well
	LastEventAt      Instant `class:"public"`
	LastFeedAt       Instant `class:"public"` // the system answered the follower
	NextReadAt       Instant `class:"public"` // 0: by hand only
	NextFullAt       Instant `class:"public"`
	FailingSince     Instant `class:"public"`
	Failure          string  `class:"personal"`
	FeedFailingSince Instant `class:"public"`
	FeedFailure      string  `class:"personal"`
	FeedFailures     int64   `class:"public"`
	FeedRetryAt      Instant `class:"public"`
}

// SourceRun is one reading of a source.
type SourceRun struct {
	bun.BaseModel `bun:"table:sync_runs,alias:sr"`

	ID               int64    `bun:",pk,autoincrement" class:"public"`
	TenantID         int64    `class:"public"`
	PublicID         string   `class:"public"`
	ConnectorID      int64    `class:"public"`
	Kind             RunKind  `class:"public"`
	State            RunState `class:"public"`
	Phase            RunPhase `class:"public"`
	PageCursor       string   `class:"public"`
	CheckedID        int64    `class:"public"` // accounts up to this id were checked one by one
	ChangePoint      string   `class:"public"` // becomes the source's when the run ends well
	Total            int64    `class:"public"` // how many the system says there are; -1: it does not say
	Known            int64    `class:"public"` // accounts known when the run began
	AccountsRead     int64    `class:"public"`
	PeopleCreated    int64    `class:"public"`
	PeopleLinked     int64    `class:"public"`
	PeopleChanged    int64    `class:"public"`
	AccountsMissing  int64    `class:"public"`
	AccountsUnclear  int64    `class:"public"` // same e-mail as somebody here, another identity
	AccountsOrphaned int64    `class:"public"` // nobody here belongs to it
	ErrorCount       int64    `class:"public"`
	Losing           int64    `class:"public"` // people it would take something away from
	InWindow         int64    `class:"public"` // who lost something in the window before
	Allowed          int64    `class:"public"` // how many may, in one window
	Sentence         string   `class:"public"` // how it ended, stopped or failed
	Repeated         int64    `class:"public"` // pages in a row without anybody new
	Tries            int64    `class:"public"` // failures in a row
	RetryAt          Instant  `class:"public"`
	StartedBy        string   `class:"personal"` // "": the schedule
	StartedByID      int64    `class:"public"`
	DecidedBy        string   `class:"personal"` // who resumed or cancelled it
	DecidedAt        Instant  `class:"public"`
	Reason           string   `class:"personal"`
	CreatedAt        Instant  `class:"public"`
	StartedAt        Instant  `class:"public"`
	FinishedAt       Instant  `class:"public"`
}

// LossKind says what is taken away.
type LossKind string

// The kinds of loss.
const (
	LossMissing  LossKind = "missing"  // the system does not know the account any more
	LossDisabled LossKind = "disabled" // the account was switched off there
	LossRole     LossKind = "role"     // a group or role there no longer gives a role here
)

// LossState says what became of a loss.
type LossState string

// The states of a loss.
const (
	LossHeld    LossState = "held" // not applied
	LossApplied LossState = "applied"
	LossKept    LossState = "kept"    // not applied: it was not true any more, or the last admin
	LossDropped LossState = "dropped" // a person cancelled the run
)

// SyncLoss is one thing a read takes away.
type SyncLoss struct {
	bun.BaseModel `bun:"table:sync_losses,alias:sl"`

	ID          int64     `bun:",pk,autoincrement" class:"public"`
	TenantID    int64     `class:"public"`
	ConnectorID int64     `class:"public"`
	RunID       int64     `class:"public"` // 0: found by an event or a single read
	AccountID   int64     `class:"public"`
	UserID      int64     `class:"public"`
	Kind        LossKind  `class:"public"`
	Ref         string    `class:"public"` // of a role: the id of its assignment
	State       LossState `class:"public"`
	Counts      bool      `class:"public"` // somebody who may be in here would lose it; the guard counts these
	Sentence    string    `class:"public"` // the evidence, or why it was kept
	CreatedAt   Instant   `class:"public"` // when the read began that found it
	AppliedAt   Instant   `class:"public"`
}

// ErrorKind says what kind of thing went wrong in a run: one of these about an
// account, or what the system did, in the words of connector.FailureKind.
type ErrorKind string

// The kinds of error about an account.
const (
	ErrorKey   ErrorKind = "key"   // it names itself in a way that cannot be kept
	ErrorValue ErrorKind = "value" // a value does not fit the field About
	ErrorRest  ErrorKind = "rest"  // causes beyond those that are told apart
)

// OfAccount reports whether it is about an account, not about the system.
func (k ErrorKind) OfAccount() bool { return k == ErrorKey || k == ErrorValue }

// SyncError is one cause of what went wrong in a run.
type SyncError struct {
	bun.BaseModel `bun:"table:sync_errors,alias:se"`

	ID       int64     `bun:",pk,autoincrement" class:"public"`
	TenantID int64     `class:"public"`
	RunID    int64     `class:"public"`
	Kind     ErrorKind `class:"public"`
	About    string    `class:"public"` // a field by its form name, or what was tried at the system
	Sentence string    `class:"public"` // what the system did; "" of an account
	Fix      string    `class:"public"`
	Times    int64     `class:"public"`
	Examples string    `class:"personal"` // JSON: the first few accounts, or how far the run had come
	LastAt   Instant   `class:"public"`
}

// EventState says what became of an event.
type EventState string

// The states of an event.
const (
	EventWaiting EventState = "waiting" // to be applied at RetryAt
	EventApplied EventState = "applied" // the account was read after it
	EventNoted   EventState = "noted"   // changes nothing here: a sign-in, a sign-out
	EventHeld    EventState = "held"    // would take something away while a stopped run waits for a decision
	EventFailed  EventState = "failed"  // given up; Sentence says why
)

// SyncEvent is one thing that happened at a connected system.
type SyncEvent struct {
	bun.BaseModel `bun:"table:sync_events,alias:se"`

	ID          int64      `bun:",pk,autoincrement" class:"public"`
	TenantID    int64      `class:"public"`
	ConnectorID int64      `class:"public"`
	EventID     string     `class:"public"`
	Kind        string     `class:"public"` // connector.EventKind
	AccountKey  string     `class:"personal"`
	SessionKey  string     `class:"personal"` // the system's id of the session
	App         string     `class:"public"`
	IP          string     `bun:"ip" class:"personal"`
	ActorKey    string     `class:"personal"`
	Reason      string     `class:"public"` // the system's word
	At          Instant    `class:"public"` // when it happened, as the system says
	ReceivedAt  Instant    `class:"public"`
	State       EventState `class:"public"`
	Attempts    int64      `class:"public"`
	RetryAt     Instant    `class:"public"`
	AppliedAt   Instant    `class:"public"`
	Sentence    string     `class:"public"`
}

// DriftKind says in what Rollcall and a source differ.
type DriftKind string

// The kinds of difference.
const (
	DriftField     DriftKind = "field"      // one field has two values
	DriftStatus    DriftKind = "status"     // in at one side, out at the other
	DriftRole      DriftKind = "role"       // a role here that the group or role there does not give
	DriftMissing   DriftKind = "missing"    // the account is gone there
	DriftOrphan    DriftKind = "orphan"     // an account nobody here belongs to
	DriftUnclear   DriftKind = "unclear"    // an account with the e-mail of somebody here, and another identity
	DriftNoAccount DriftKind = "no-account" // a person of this source without an account there
)

// DriftState says what is done about a difference.
type DriftState string

// The states of a difference.
const (
	DriftOpen    DriftState = "open"
	DriftIgnored DriftState = "ignored" // until IgnoreUntil
	DriftPushing DriftState = "pushing" // our value is being written there
	DriftWritten DriftState = "written" // was written and read back; kept a while so that old reads do not count
)

// Drift is one difference between Rollcall and a source.
type Drift struct {
	bun.BaseModel `bun:"table:drifts,alias:dr"`

	ID           int64      `bun:",pk,autoincrement" class:"public"`
	TenantID     int64      `class:"public"`
	PublicID     string     `class:"public"`
	ConnectorID  int64      `class:"public"`
	AccountID    int64      `class:"public"` // 0: there is none
	UserID       int64      `class:"public"` // 0: nobody
	Kind         DriftKind  `class:"public"`
	Field        string     `class:"public"` // a field's form name, role.<key>, or the kind
	Ours         string     `class:"masked"`
	Theirs       string     `class:"masked"`
	GroupHash    string     `class:"public"` // equal for identical differences
	Severity     int64      `class:"public"` // the smallest first
	Privileged   bool       `class:"public"`
	Suggestion   string     `class:"public"` // take, push or ""
	State        DriftState `class:"public"`
	Since        Instant    `class:"public"`
	Cause        string     `class:"personal"` // a sentence: who likely changed it
	CauseBy      string     `class:"personal"`
	CauseAt      Instant    `class:"public"`
	IgnoreUntil  Instant    `class:"public"`
	DecidedBy    string     `class:"personal"`
	DecidedAt    Instant    `class:"public"`
	Reason       string     `class:"personal"`
	WrittenHash  string     `class:"public"` // of the value we wrote
	ReplacedHash string     `class:"public"` // of the value that stood there before
	WrittenAt    Instant    `class:"public"`
	Sentence     string     `class:"personal"` // what came of the last attempt to resolve it
}
