package directory

import (
	"fmt"

	"github.com/rollcall/rollcall/models"
)

// NewPerson is what Create and Invite need. DisplayName is required, and the
// e-mail too for Invite. Department is a name and is made when it is new;
// Manager is a public id.
type NewPerson struct {
	DisplayName string
	GivenName   string
	FamilyName  string
	Username    string
	Email       string
	Phone       string
	ExternalID  string
	Title       string
	Department  string
	Manager     string
	External    bool
	Attributes  map[string]string
	Reason      string // optional
}

// EditInput holds the fields a form sent; nil leaves a field as it is, so that
// a masked field nobody looked at stays untouched.
type EditInput struct {
	DisplayName *string
	GivenName   *string
	FamilyName  *string
	Username    *string
	Email       *string
	Phone       *string
	ExternalID  *string
	Title       *string
	Department  *string // name; "" for none
	Manager     *string // public id; "" for none
	External    *bool
	Attributes  map[string]string // by key; "" removes the value; a key that is missing stays
	Reason      string            // optional
}

// Stale is the cause of the errs.Conflict that Edit answers when the person was
// changed since the form was opened. Reach it with errors.As.
type Stale struct {
	Theirs Person // as it stands now
	By     string // who changed it
	At     models.Instant
}

// Error says so for the log.
func (s *Stale) Error() string {
	return fmt.Sprintf("user %d is at version %d", s.Theirs.ID, s.Theirs.Version)
}

// Definition says that people may carry one more field, kept here.
type Definition struct {
	Key      string // a-z, 0-9, - and _; never changes
	Label    string
	Kind     models.AttributeKind // never changes while somebody has a value
	Choices  []string             // for AttributeChoice
	Masked   bool
	Position int64
}

// StatusChange is one step of a person's status. The table of steps that are
// allowed is Transitions.
type StatusChange struct {
	To        models.Status
	Reason    string         // as written by the person who did it
	By        string         // name shown beside the status; "": the actor's
	LeavingAt models.Instant // with Leaving: the date, in the future
}

// Claims are the fields a provider says about a person, already mapped. A nil
// field is not said; an empty one is said to be empty.
type Claims struct {
	DisplayName *string
	GivenName   *string
	FamilyName  *string
	Username    *string
	Email       *string
	Phone       *string
	ExternalID  *string
	Title       *string
	Department  *string
	Attributes  map[string]string // by key of a definition; unknown keys and values of the wrong kind are left out
}

// NewFromClaims creates a person and their first identity.
type NewFromClaims struct {
	Identity NewIdentity // UserID is ignored
	Claims   Claims
	Shared   []string      // form names of fields that are filled and not owned by the provider
	Status   models.Status // Active, or Invited together with Pending
	Pending  bool          // waits to be let in
	Reason   string        // StatusReason, such as "Created by rule: domain northwind.example"
}

// NewIdentity binds one (issuer, subject) to a person.
type NewIdentity struct {
	UserID        int64
	Provider      string
	Issuer        string
	Subject       string
	Email         string
	EmailVerified bool
	Username      string
	How           string // "sign-in rule", "invitation", "first admin" ...
	By            string // "": the actor's name
}

// Revealed holds the masked fields of a person, after the look was recorded.
type Revealed struct {
	Phone      string
	ExternalID string
	Attributes map[string]string // masked attributes by key
}

// Waiting is a list of people who need somebody: the first of them, and how
// many there are. Capped means at least Total.
type Waiting struct {
	Rows   []Row
	Total  int
	Capped bool
}

// Attention is what the first page of admin and helpdesk needs.
type Attention struct {
	LeavingPassed Waiting // ViewOverdue, longest first
	Pending       Waiting // wait to be let in, longest first
	LeavingSoon   Waiting // ViewLeaving, next first
}

// NewRecord is one person for Load. Times that are zero are now.
type NewRecord struct {
	PublicID     string // "": a new one
	DisplayName  string
	GivenName    string
	FamilyName   string
	Username     string
	Email        string
	Phone        string
	ExternalID   string
	Title        string
	Department   string
	Manager      string // public id of somebody loaded earlier: managers come first, level by level
	External     bool
	Status       models.Status // "": Active
	StatusReason string
	StatusBy     string
	StatusSince  models.Instant
	LeavingAt    models.Instant
	PendingSince models.Instant
	LastSignInAt models.Instant
	CreatedAt    models.Instant
	Owned        bool // the provider of the first identity owns name, e-mail, username, title and department
	Identities   []NewIdentity
	Attributes   map[string]string
}

// Loaded names a person that Load made.
type Loaded struct {
	ID       int64
	PublicID string
}
