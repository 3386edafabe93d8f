package models

import "github.com/uptrace/bun"

// LinkState says where a case of "is this one person?" stands.
type LinkState string

// The states. A rejected or unlinked pair is not suggested again until its
// evidence changes.
const (
	LinkSuggested  LinkState = "suggested"
	LinkProofAsked LinkState = "proof-asked" // asked for, and waits for the proof
	LinkLinked     LinkState = "linked"
	LinkRejected   LinkState = "rejected"
	LinkUnlinked   LinkState = "unlinked" // was linked, and was taken apart again
)

// LinkStates lists every state in the order pages show them.
var LinkStates = []LinkState{LinkSuggested, LinkProofAsked, LinkLinked, LinkRejected, LinkUnlinked}

// Word gives the state as pages print it.
func (s LinkState) Word() string {
	switch s {
	case LinkSuggested:
		return "Suggested"
	case LinkProofAsked:
		return "Proof asked"
	case LinkLinked:
		return "Linked"
	case LinkRejected:
		return "Rejected"
	case LinkUnlinked:
		return "Unlinked"
	}
	return string(s)
}

// LinkKind says what is to become one.
type LinkKind string

// The kinds.
const (
	LinkPeople   LinkKind = "people"   // two records of people
	LinkAccount  LinkKind = "account"  // an account nobody belongs to, and a person
	LinkIdentity LinkKind = "identity" // one (issuer, subject), and a person
)

// LinkStrength says in a word how strong the evidence is. There is no score.
type LinkStrength string

// The strengths, and none: somebody asked without a suggestion.
const (
	LinkStrong   LinkStrength = "strong"
	LinkLikely   LinkStrength = "likely"
	LinkPossible LinkStrength = "possible"
	LinkAsked    LinkStrength = ""
)

// Word gives the strength as pages print it.
func (s LinkStrength) Word() string {
	switch s {
	case LinkStrong:
		return "Strong"
	case LinkLikely:
		return "Likely"
	case LinkPossible:
		return "Possible"
	case LinkAsked:
		return "Asked for"
	}
	return string(s)
}

// Rank orders strengths, the strongest first.
func (s LinkStrength) Rank() int64 {
	switch s {
	case LinkStrong:
		return 1
	case LinkLikely:
		return 2
	case LinkPossible:
		return 3
	case LinkAsked:
		return 4
	}
	return 5
}

// LinkProof says how it is proved that both are one human.
type LinkProof string

// The ways of proof.
const (
	ProofSecondAdmin LinkProof = "second-admin"
	ProofSignIn      LinkProof = "sign-in" // the person signs in with both
)

// Link is one case of "is this one person?": suggested by what the directory
// holds or asked for by a person, decided, and perhaps taken apart again.
type Link struct {
	bun.BaseModel `bun:"table:links,alias:l"`

	ID            int64        `bun:",pk,autoincrement" class:"public"`
	TenantID      int64        `class:"public"`
	PublicID      string       `class:"public"`
	PairKey       string       `class:"public"` // what it is about: each pair has one case
	Kind          LinkKind     `class:"public"`
	UserA         int64        `bun:"user_a" class:"public"` // of two people the older record; else the person
	UserB         int64        `bun:"user_b" class:"public"` // 0: not two people
	AccountID     int64        `class:"public"`              // 0: not about an account
	State         LinkState    `class:"public"`
	Strength      LinkStrength `class:"public"`
	StrengthRank  int64        `class:"public"`
	Evidence      string       `class:"personal"` // JSON: link.Evidence
	Digest        string       `class:"public"`   // of the evidence for: a decision holds until it changes
	Proof         LinkProof    `class:"public"`
	Provider      string       `class:"public"`   // of the identity, for LinkIdentity
	Issuer        string       `class:"public"`   // "" until it is known
	Subject       string       `class:"personal"` // "" until it is known
	SurvivorID    int64        `class:"public"`   // who stays; 0: not decided
	AbsorbedID    int64        `class:"public"`   // who was taken in
	Plan          string       `class:"masked"`   // JSON: link.Plan, the comparison and the choices as they were frozen
	PlanHash      string       `class:"public"`
	RequestedByID int64        `class:"public"`
	RequestedBy   string       `class:"personal"`
	RequestedAt   Instant      `class:"public"`
	RequestReason string       `class:"personal"`
	DecidedByID   int64        `class:"public"`
	DecidedBy     string       `class:"personal"`
	DecidedAt     Instant      `class:"public"`
	Reason        string       `class:"personal"` // of the decision
	ExpiresAt     Instant      `class:"public"`   // proof asked: until then; linked: it can be taken apart until then
	FoundAt       Instant      `class:"public"`
	CheckedAt     Instant      `class:"public"`
	UpdatedAt     Instant      `class:"public"`
	Version       int64        `class:"public"`
}

// LinkDraft is a merge somebody is preparing: what was compared and chosen.
type LinkDraft struct {
	bun.BaseModel `bun:"table:link_drafts,alias:ld"`

	ID        int64   `bun:",pk,autoincrement" class:"public"`
	TenantID  int64   `class:"public"`
	PublicID  string  `class:"public"`
	OwnerID   int64   `class:"public"` // nobody else can open it
	StayID    int64   `class:"public"`
	GoID      int64   `class:"public"`
	Plan      string  `class:"masked"` // JSON: link.Plan
	CreatedAt Instant `class:"public"`
	ExpiresAt Instant `class:"public"`
	Version   int64   `class:"public"`
}

// LinkSnapshot is what a merge changed, from which it can be taken apart.
type LinkSnapshot struct {
	bun.BaseModel `bun:"table:link_snapshots,alias:ls"`

	ID        int64   `bun:",pk,autoincrement" class:"public"`
	TenantID  int64   `class:"public"`
	LinkID    int64   `class:"public"`
	Data      string  `class:"masked"` // JSON: link.snapshot
	CreatedAt Instant `class:"public"`
	ExpiresAt Instant `class:"public"`
}

// LinkCheck is how far the look for likely duplicates has come in a tenant.
type LinkCheck struct {
	bun.BaseModel `bun:"table:link_checks,alias:lc"`

	TenantID   int64   `bun:",pk" class:"public"`
	Phase      string  `class:"public"` // what is being walked; "" between two passes
	CursorKey  string  `class:"personal"`
	CursorID   int64   `class:"public"`
	LeaseToken string  `class:"secret"`
	LeaseUntil Instant `class:"public"`
	StartedAt  Instant `class:"public"` // of the pass that runs, or ran last
	FinishedAt Instant `class:"public"` // of the last whole pass; 0: there was none
	People     int64   `class:"public"` // looked at in the last whole pass
	Walked     int64   `class:"public"` // so far in this pass
	NewsAt     Instant `class:"public"` // changes of people are looked at up to here
}
