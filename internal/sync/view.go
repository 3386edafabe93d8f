package sync

import (
	"time"

	"github.com/rollcall/rollcall/models"
)

// CountCap is where counts of differences stop: capped means more than that many.
const CountCap = 10_000

// Summary is how the directory stands to all its sources together.
type Summary struct {
	Sources    int  // connectors that are read
	Total      int  // accounts known at the sources
	Differ     int  // accounts and people in which something differs
	Capped     bool // Differ is more than CountCap
	Privileged int  // of Differ: people with a privileged role
	Ignored    int  // differences somebody chose to ignore for now
	Writing    int  // our values on their way to a source
	Stopped    int  // runs that wait for a decision
	ComparedAt models.Instant
}

// InStep says in how many accounts nothing differs.
func (s Summary) InStep() int { return max(0, s.Total-s.Differ) }

// SourceView is one source as the table of sources shows it.
type SourceView struct {
	Connector  ConnectorRef
	State      models.ConnectorState
	Periodic   bool // read by schedule
	AtSignIn   bool // people sign in through it
	Events     bool // its events are followed
	WriteBack  bool
	Every      time.Duration
	FullEvery  time.Duration
	Accounts   int // known there and not missing
	PausedAt   models.Instant
	PausedBy   string
	LastFull   models.Instant
	LastRead   models.Instant // by a run of any kind
	LastEvent  models.Instant
	LastFeed   models.Instant // the source answered when it was asked for events
	Waiting    int            // events that are not applied yet
	Lag        time.Duration  // how long the oldest of them has waited
	NextRun    models.Instant // 0: by hand only
	NextFull   bool           // the next run is a full one
	Last       *RunView       // the newest that is over
	Current    *RunView       // waiting or running
	Stopped    *RunView       // waits for a decision
	Failing    Failing        // of runs
	FeedFails  Failing        // of the event feed
	Gap        *Gap           // no event for unusually long
	NotReading string         // why nothing is read, "" when it is
}

// ConnectorRef names a connector.
type ConnectorRef struct {
	ID       int64
	PublicID string
	Key      string
	Name     string
}

// Failing says since when something does not work, and how it failed last.
type Failing struct {
	Since    models.Instant // 0: it works
	Sentence string
}

// Gap says that a source tells of nothing for longer than it usually does.
type Gap struct {
	Since models.Instant // the last event
	Usual time.Duration  // the usual time between two
}

// RunView is one run.
type RunView struct {
	models.SourceRun
	Connector ConnectorRef
	Losses    Losses     // what it would take away, or took
	Errors    []RunError // of RunOf alone: what went wrong, the most frequent cause first
}

// RunError is one cause of what went wrong in a run.
type RunError struct {
	Kind     models.ErrorKind
	Sentence string
	Fix      string
	Times    int
	Examples []string // the first few accounts, or how far the run had come
	LastAt   models.Instant
}

// Losses counts what a run takes away, by kind.
type Losses struct {
	Missing  int
	Disabled int
	Roles    int
}

// RunQuery chooses runs, the newest first.
type RunQuery struct {
	Connector string // public id; "": all
	State     models.RunState
	Cursor    string
	Limit     int // 0: 50; at most 200
}

// RunPage is one page of runs.
type RunPage struct {
	Rows []RunView
	Next string // "": the last page
}

// LossQuery chooses what one run takes away.
type LossQuery struct {
	Run    string // public id
	Cursor string
	Limit  int
}

// LossView is one thing a run takes away.
type LossView struct {
	models.SyncLoss
	Account AccountRef
	Person  PersonRef // zero: an account nobody here belongs to
}

// LossPage is one page of them.
type LossPage struct {
	Rows []LossView
	Next string
}

// AccountRef names an account at a source.
type AccountRef struct {
	ID       int64
	Key      string
	Username string
	Name     string
}

// Label gives the best name there is.
func (a AccountRef) Label() string {
	for _, name := range []string{a.Name, a.Username, a.Key} {
		if name != "" {
			return name
		}
	}
	return ""
}

// PersonRef names a person.
type PersonRef struct {
	ID       int64
	PublicID string
	Name     string
	Status   models.Status
}

// DriftQuery chooses differences, the most severe first.
type DriftQuery struct {
	Connector string // public id; "": all
	Kind      models.DriftKind
	Field     string
	Group     string // identical differences only
	State     models.DriftState
	UserID    int64
	Cursor    string
	Limit     int // 0: 50; at most 200
}

// DriftView is one difference.
type DriftView struct {
	models.Drift
	Connector ConnectorRef
	Person    PersonRef
	Account   AccountRef
	Label     string // of the field: "Department"
	MaskedOne bool   // the field is masked from readers without users.unmask
	Can       []Way  // how it can be resolved, the suggested one first
}

// Value gives one side as a reader may see it.
func (d DriftView) Value(text string, can models.Permission) (value string, visible bool) {
	if d.MaskedOne && !can.Has(models.UsersUnmask) {
		return "", text == ""
	}
	return text, true
}

// DriftPage is one page of differences.
type DriftPage struct {
	Rows []DriftView
	Next string
}

// Difference is a set of identical differences: the same field, the same two values.
type Difference struct {
	Group      string
	Count      int
	Privileged int
	First      DriftView // the most severe of them
}

// Way is a way to resolve a difference.
type Way string

// The ways.
const (
	TakeSource Way = "take"   // the source's value becomes ours
	PushOurs   Way = "push"   // our value is written to the source and read back
	Ignore     Way = "ignore" // until a day
)
