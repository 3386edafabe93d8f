package models

import "github.com/uptrace/bun"

// Act is what somebody does about the way in of one person.
type Act string

// The acts that reach connected systems.
const (
	ActEndSessions Act = "end-sessions" // all of them, everywhere
	ActEndSession  Act = "end-session"  // one
	ActSuspend     Act = "suspend"
	ActResume      Act = "resume"
	ActDeactivate  Act = "deactivate"
	ActReactivate  Act = "reactivate"
	ActUnlock      Act = "unlock"
)

// PersonAct is one such act; the steps at connected systems belong to it.
type PersonAct struct {
	bun.BaseModel `bun:"table:person_acts,alias:pa"`

	ID          int64   `bun:",pk,autoincrement" class:"public"`
	TenantID    int64   `class:"public"`
	PublicID    string  `class:"public"`
	UserID      int64   `class:"public"`
	Act         Act     `class:"public"`
	OnceKey     string  `class:"public"` // of the form it came from: sent twice it is one act
	Sessions    int64   `class:"public"` // ended in the console, in the same transaction
	Reason      string  `class:"personal"`
	ActorName   string  `class:"personal"`
	At          Instant `class:"public"`
	OperationID int64   `class:"public"` // 0: it stands by itself; else its steps belong to the operation
}
