package certificate

import "time"

// Format names this grammar.
const Format = "rollcall-certificate/1"

// What a certificate is about.
const (
	ScopeOperation = "operation"
	ScopePerson    = "person" // one person of an operation, with the proof of their place in it
)

// What a step wants of an account.
const (
	WantOut = "out"
	WantIn  = "in" // an undo lets it in again
)

// When a probe was made.
const (
	Before = "before" // the control, before anything was asked for
	After  = "after"
	LetIn  = "let-in" // what was left of before when an account was let in again
	Later  = "later"  // probed again
)

// The outcomes that are counted on.
const (
	Confirmed = "confirmed"
	Sent      = "sent"
	Nothing   = "nothing"
	Skipped   = "skipped"
	NeverTold = "never-told"
)

// StateOut is the state of a person of whom every step was confirmed or had
// nothing to do.
const StateOut = "out"

// Moment writes a time as certificates do: UTC, to the microsecond. The zero time
// gives "".
func Moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.000000Z")
}

// ParseMoment reads what Moment wrote; anything else gives the zero time.
func ParseMoment(text string) time.Time {
	t, err := time.Parse("2006-01-02T15:04:05.000000Z", text)
	if err != nil {
		return time.Time{}
	}
	return t
}

// The fields of each object stand in the order of their names in the file: that is
// the order of RFC 8785, so that writing them needs no sorting.

// Head says what the certificate is about, up to the people.
type Head struct {
	DecisionCount int               `json:"decision_count"`
	Decisions     []Decision        `json:"decisions"`
	EventCount    int               `json:"event_count"`
	Events        []Event           `json:"events"` // of the operation as a whole, in the audit log
	Format        string            `json:"format"`
	Glossary      map[string]string `json:"glossary"` // what the outcome words mean
	Hash          string            `json:"hash,omitempty"`
	ID            string            `json:"id"`
	Issued        Issued            `json:"issued"`
	Operation     Operation         `json:"operation"`
	Plan          Plan              `json:"plan"`
	Product       Product           `json:"product"`
	Scope         string            `json:"scope"`
	Signer        string            `json:"signer"` // public key, as note writes it
	Tenant        Tenant            `json:"tenant"`
	TimeZone      string            `json:"time_zone"`
	Trigger       Trigger           `json:"trigger"`
}

// Product is the program that wrote it.
type Product struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// Tenant is the organisation it is about.
type Tenant struct {
	Environment string `json:"environment,omitempty"`
	Name        string `json:"name"`
	Slug        string `json:"slug"`
}

// Issued says when and for whom it was written.
type Issued struct {
	At string `json:"at"`
	By string `json:"by"`
}

// Who is somebody who acted.
type Who struct {
	ID   string `json:"id,omitempty"` // public id; "" when it was the program itself
	Name string `json:"name"`
}

// Operation is the operation itself.
type Operation struct {
	Code       string `json:"code"`
	CutAt      string `json:"cut_at,omitempty"`
	FinishedAt string `json:"finished_at,omitempty"`
	ID         string `json:"id"`
	Kind       string `json:"kind"`
	RemovedAt  string `json:"removed_at,omitempty"`
	StartedAt  string `json:"started_at,omitempty"`
	State      string `json:"state"`
	Title      string `json:"title,omitempty"`
	UndoUntil  string `json:"undo_until,omitempty"`
	UndoneAt   string `json:"undone_at,omitempty"`
}

// Trigger is who asked for it and why. They own it.
type Trigger struct {
	At        string `json:"at"`
	By        Who    `json:"by"`
	Reason    string `json:"reason"`
	RiskKnown string `json:"risk_known_at,omitempty"` // since when the risk was known that it answers; "": people who leave
	RiskOutBy string `json:"risk_out_by,omitempty"`   // when everybody had to be out by, because of it
	Scheduled string `json:"scheduled_at,omitempty"`
	Selection string `json:"selection,omitempty"` // how the people were chosen
	Ticket    string `json:"ticket,omitempty"`
}

// Plan is the frozen list.
type Plan struct {
	FrozenAt string         `json:"frozen_at"`
	Included int            `json:"included"`
	LeftOut  map[string]int `json:"left_out"` // by reason
	ListHash string         `json:"list_hash"`
	People   int            `json:"people"`
}

// Decision is one verdict about the operation.
type Decision struct {
	At             string `json:"at"`
	By             Who    `json:"by"`
	Decision       string `json:"decision"`
	FreshSignIn    bool   `json:"fresh_sign_in"`
	Hash           string `json:"hash,omitempty"`
	ListHash       string `json:"list_hash"` // of the list in front of them
	N              int    `json:"n"`
	Reason         string `json:"reason,omitempty"`
	SecondApprover bool   `json:"second_approver,omitempty"` // somebody else than who asked
	SecondsWaited  int64  `json:"seconds_after_trigger,omitempty"`
	SignInAge      int64  `json:"sign_in_seconds,omitempty"` // how old that was
	SignedInAt     string `json:"signed_in_at,omitempty"`    // the fresh sign-in behind it
}

// Event is a line of the audit log.
type Event struct {
	Action string `json:"action"`
	At     string `json:"at"`
	Number int64  `json:"number"`
}

// Person is one person of the list, in its order.
type Person struct {
	Chain         string  `json:"chain,omitempty"`
	Sessions      int64   `json:"console_sessions_ended"`
	CutAt         string  `json:"cut_at,omitempty"`
	Events        []Event `json:"events,omitempty"`
	Hash          string  `json:"hash,omitempty"`
	ID            string  `json:"id"`
	Included      bool    `json:"included"`
	LeavingAt     string  `json:"leaving_at,omitempty"`
	LeftOut       string  `json:"left_out,omitempty"`
	LeftOutReason string  `json:"left_out_reason,omitempty"`
	Name          string  `json:"name"`
	Note          string  `json:"note,omitempty"`
	OutAt         string  `json:"out_at,omitempty"`
	Position      int     `json:"position"`
	RemovedAt     string  `json:"removed_at,omitempty"`
	ResidualUntil string  `json:"residual_until,omitempty"` // last second at which a token of before may be accepted
	SecondsToOut  *int64  `json:"seconds_to_out,omitempty"` // from the trigger
	State         string  `json:"state,omitempty"`
	StatusBefore  string  `json:"status_before"`
	StatusNow     string  `json:"status_when_issued"`
	StepCount     int     `json:"step_count"`
	Steps         []Step  `json:"steps,omitempty"`
	UndoneAt      string  `json:"undone_at,omitempty"`
	Version       int64   `json:"version"` // of their record when the list was frozen
}

// Step is one piece of work at one system.
type Step struct {
	Account          string        `json:"account,omitempty"`
	AddedAt          string        `json:"added_at"`
	ApplicationCount int           `json:"application_count"`
	Applications     []Application `json:"applications,omitempty"`
	AskedAt          string        `json:"asked_at,omitempty"`
	Attempts         int64         `json:"attempts"`
	CannotReach      string        `json:"cannot_reach,omitempty"`
	EndedAt          string        `json:"ended_at,omitempty"`
	Events           []Event       `json:"events,omitempty"`
	Hash             string        `json:"hash,omitempty"`
	Held             *Held         `json:"held_tokens,omitempty"`
	ID               string        `json:"id"`
	Kind             string        `json:"kind"`
	N                int           `json:"n"`
	Outcome          string        `json:"outcome"`
	ProbeCount       int           `json:"probe_count"`
	Probes           []Probe       `json:"probes,omitempty"`
	Sentence         string        `json:"sentence"`
	System           string        `json:"system,omitempty"`
	Want             string        `json:"want"`
}

// Probe is what a system said at one moment. Nil means that it was not asked.
type Probe struct {
	Active   *bool  `json:"account_active,omitempty"`
	Known    *bool  `json:"account_known,omitempty"`
	Locked   *bool  `json:"account_locked,omitempty"`
	Alive    *bool  `json:"alive,omitempty"` // a way in that the step is about
	Digest   string `json:"answer_sha256"`
	At       string `json:"at"`
	N        int    `json:"n"`
	Offline  *int   `json:"offline_sessions,omitempty"`
	Sessions *int   `json:"sessions,omitempty"`
	Still    *int   `json:"sessions_of_before,omitempty"`
	What     string `json:"what"` // account, sessions, lock, or a token and how it was looked at: refresh_token by use
	When     string `json:"when"`
}

// Application is what is known of one application that took part in an ended
// session.
type Application struct {
	Until   string `json:"access_until,omitempty"`
	Client  string `json:"client"`
	N       int    `json:"n"`
	Name    string `json:"name,omitempty"`
	Outcome string `json:"outcome"`
	Seconds int    `json:"token_seconds,omitempty"`
}

// Held is what became of refresh tokens that Rollcall itself held.
type Held struct {
	Proven int `json:"proven"` // alive before, refused afterwards
	Tokens int `json:"tokens"`
}

// Totals follow from the people.
type Totals struct {
	Applications  map[string]int `json:"applications"`
	Sessions      int64          `json:"console_sessions_ended"`
	Included      int            `json:"included"`
	LeftOut       map[string]int `json:"left_out"`
	ListHash      string         `json:"list_hash,omitempty"` // over the people above; "" when only one is shown
	LongestToOut  int64          `json:"longest_seconds_to_out"`
	Outcomes      map[string]int `json:"outcomes"`
	People        int            `json:"people"`
	Probes        int            `json:"probes"`
	Proven        int            `json:"proven"` // steps with a way in alive before and dead after
	ResidualUntil string         `json:"residual_until,omitempty"`
	Root          string         `json:"root,omitempty"` // of the tree over the people (RFC 6962)
	States        map[string]int `json:"states"`
	Steps         int            `json:"steps"`
}

// Inclusion shows that a person's entry stands in the certificate of the whole
// operation.
type Inclusion struct {
	Certificate string   `json:"certificate"`  // id of the operation's
	Before      string   `json:"chain_before"` // of the person before
	Digest      string   `json:"digest"`       // of the operation's
	Path        []string `json:"path"`
	People      int      `json:"people"`
	Position    int      `json:"position"`
	Root        string   `json:"root"`
}

// Signature ends a certificate.
type Signature struct {
	Digest string `json:"digest"`
	Note   string `json:"note"`
}
