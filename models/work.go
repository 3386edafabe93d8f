package models

import "github.com/uptrace/bun"

// Outcome says what is known about a step's effect. Only what was read back is
// confirmed.
type Outcome string

// The outcomes.
const (
	OutcomeWaiting   Outcome = "waiting"
	OutcomeConfirmed Outcome = "confirmed" // done and read back
	OutcomeSent      Outcome = "sent"      // asked for, and nobody can say whether it happened
	OutcomeFailed    Outcome = "failed"
	OutcomeSkipped   Outcome = "skipped"    // with a reason
	OutcomeNothing   Outcome = "nothing"    // there was nothing to do: shown as Skipped, with the reason
	OutcomeNeverTold Outcome = "never-told" // the system has no way to be told
)

// Word gives the outcome as pages print it.
func (o Outcome) Word() string {
	switch o {
	case OutcomeWaiting:
		return "Waiting"
	case OutcomeConfirmed:
		return "Confirmed"
	case OutcomeSent:
		return "Sent, not confirmed"
	case OutcomeFailed:
		return "Failed"
	case OutcomeSkipped, OutcomeNothing:
		return "Skipped"
	case OutcomeNeverTold:
		return "Never told"
	}
	return string(o)
}

// StepState says where a step stands in the queue.
type StepState string

// The states of a step.
const (
	StepWaiting StepState = "waiting" // until RunAt
	StepRunning StepState = "running" // leased until LeaseUntil
	StepDone    StepState = "done"    // Outcome says how
	StepFailed  StepState = "failed"  // will not be tried again by itself
	StepPaused  StepState = "paused"  // a person stopped it
)

// WorkStep is one piece of work that reaches outside.
type WorkStep struct {
	bun.BaseModel `bun:"table:work_steps,alias:ws"`

	ID          int64     `bun:",pk,autoincrement" class:"public"`
	TenantID    int64     `class:"public"`
	PublicID    string    `class:"public"`
	Kind        string    `class:"public"`
	DedupeKey   string    `class:"public"` // a second step with the same key is not added
	GroupKind   string    `class:"public"` // what it belongs to: a run, an operation
	GroupID     int64     `class:"public"`
	UserID      int64     `class:"public"`
	ConnectorID int64     `class:"public"`
	Payload     string    `class:"personal"` // JSON, never a secret
	State       StepState `class:"public"`
	Outcome     Outcome   `class:"public"`
	Sentence    string    `class:"personal"` // what happened, for people
	Evidence    string    `class:"personal"` // JSON: what was read before and after
	Attempts    int64     `class:"public"`
	RunAt       Instant   `class:"public"` // not before; lies Ahead before that when it goes ahead of others
	Ahead       int64     `class:"public"` // microseconds; 0: in turn
	LeaseToken  string    `class:"secret"`
	LeaseUntil  Instant   `class:"public"`
	Actor       string    `class:"personal"` // JSON: who asked for it
	CreatedAt   Instant   `class:"public"`
	FinishedAt  Instant   `class:"public"` // 0: not yet
}
