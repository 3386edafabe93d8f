package connector

import (
	"context"
	"time"
)

// System is one connected outside system. Errors of every method are a *Failure.
// Implementations are safe for use by many goroutines and send nothing before
// they are asked to.
type System interface {
	// Describe says what the system can do. It may ask the system, within ctx.
	Describe(ctx context.Context) (Description, error)
	// Check runs the ordered connection test and calls report for each result as
	// it comes. It stops nothing: later checks run where they can.
	Check(ctx context.Context, report func(Check))
	// Close drops connections.
	Close()
}

// Cursor says where a listing goes on; "" is the beginning, and the end.
type Cursor string

// Page is one page of people.
type Page struct {
	Accounts []Account
	Next     Cursor // "": this was the last page
	Total    int    // how many the system says there are; -1: it does not say
}

// PeopleLister lists everybody, at most limit a page (adapters may give fewer).
// A list that shifts while it is read must not lose anybody: a page overlaps the
// one before where the system pages by offset, so that callers see people twice
// rather than never.
type PeopleLister interface {
	ListPeople(ctx context.Context, from Cursor, limit int) (Page, error)
}

// Changes says what changed since a point.
type Changes struct {
	Changed []string // account ids to be read again
	Removed []string // account ids the system says it removed
	Next    string   // the point to continue from
	Whole   bool     // false: the system may have forgotten changes; a full read is needed
	Why     string   // not whole: the sentence that says why
}

// ChangeLister lists what changed since a point it gave before; "" gives the
// point of now and no changes.
type ChangeLister interface {
	ListChanges(ctx context.Context, since string) (Changes, error)
}

// PersonReader reads one account; a Failure of kind NotFound means that the
// system does not know it.
type PersonReader interface {
	ReadPerson(ctx context.Context, id string) (Account, error)
}

// PersonFinder finds accounts by exact e-mail or username, at most ten.
type PersonFinder interface {
	FindPerson(ctx context.Context, text string) ([]Account, error)
}

// Switcher lets an account in or keeps it out. Doing it twice is no error.
type Switcher interface {
	SetEnabled(ctx context.Context, id string, enabled bool) error
}

// SessionLister lists the living sessions of an account, offline ones included.
type SessionLister interface {
	ListSessions(ctx context.Context, id string) ([]Session, error)
}

// SessionEnder ends one session of an account, or all of them with session "".
// Ending what has ended is no error.
type SessionEnder interface {
	EndSessions(ctx context.Context, id, session string) error
}

// GrantRevoker takes back what applications were granted in the name of an
// account: refresh tokens and offline tokens.
type GrantRevoker interface {
	RevokeGrants(ctx context.Context, id string) error
}

// FieldWriter writes fields of an account, by their names in Said. It writes
// those and leaves all others as they are. The caller reads back.
type FieldWriter interface {
	WriteFields(ctx context.Context, id string, fields map[string]string) error
}

// AccessReader reads the groups and roles of an account, effective ones included.
type AccessReader interface {
	ReadAccess(ctx context.Context, id string) (groups, roles []string, err error)
}

// EventLister lists events since a point it gave before, the oldest first; ""
// gives those of the last hour. Around the point one may be given again: its ID
// tells.
type EventLister interface {
	ListEvents(ctx context.Context, since string) (events []Event, next string, err error)
}

// AppLister lists the applications that people reach through the system.
type AppLister interface {
	ListApps(ctx context.Context) ([]App, error)
}

// LockReader reads whether wrong passwords locked an account.
type LockReader interface {
	ReadLock(ctx context.Context, id string) (Lock, error)
}

// Unlocker lifts such a lock. Lifting none is no error.
type Unlocker interface {
	Unlock(ctx context.Context, id string) error
}

// FactorReader reads what an account can prove itself with.
type FactorReader interface {
	ReadFactors(ctx context.Context, id string) ([]Factor, error)
}

// HistoryReader reads the newest sign-ins and refused sign-ins of one account,
// the newest first. An answer without any is no proof that there were none.
type HistoryReader interface {
	ReadHistory(ctx context.Context, id string, limit int) ([]Event, error)
}

// Account is what a system says of one person.
type Account struct {
	ID            string // never changes; of an OpenID provider the subject
	Username      string
	Email         string
	EmailVerified bool
	DisplayName   string // "" when the system has none of its own
	GivenName     string
	FamilyName    string
	Enabled       bool
	Attributes    map[string][]string // all further attributes, by the system's own names
	Groups        []string            // nil: not read
	Roles         []string            // nil: not read
	CreatedAt     time.Time           // zero: not said
	Demands       []string            // what must be done at the next sign-in, by the system's own words: "UPDATE_PASSWORD"
}

// Session is one living session at a system.
type Session struct {
	ID        string
	AccountID string
	IP        string
	Offline   bool // lives on after the browser's session ended
	StartedAt time.Time
	SeenAt    time.Time
	Apps      []string // client ids of the applications that take part
}

// App is an application that people reach through a system.
type App struct {
	ClientID      string
	Name          string
	SignOutURL    string        // where the system tells it of ended sessions; "": nowhere
	TokenLifetime time.Duration // of its access tokens; 0: not said
	SelfContained bool          // its access tokens are accepted by signature alone
}

// Lock says whether guessing of passwords keeps an account out.
type Lock struct {
	Locked    bool
	Forever   bool      // until a person lifts it
	Failures  int       // wrong passwords counted now
	Since     time.Time // of the last wrong password; zero: there was none, or it is not said
	From      string    // address it came from
	Until     time.Time // when the lock opens by itself; zero: not said
	Protected bool      // the system counts wrong passwords at all
}

// FactorKind is a way to prove who one is.
type FactorKind string

// The kinds of factors.
const (
	FactorPassword FactorKind = "password"
	FactorCode     FactorKind = "code"     // one-time codes of an app or a token
	FactorKey      FactorKind = "key"      // security keys and passkeys
	FactorRecovery FactorKind = "recovery" // printed codes
	FactorOther    FactorKind = "other"
)

// Factor is one that is enrolled.
type Factor struct {
	Kind      FactorKind
	Word      string // the system's own: "webauthn-passwordless"
	CreatedAt time.Time
}

// EventKind says what an event means for us.
type EventKind string

// The kinds of events.
const (
	EventSignedIn     EventKind = "signed-in"
	EventSignInFailed EventKind = "sign-in-failed"
	EventSignedOut    EventKind = "signed-out"
	EventChanged      EventKind = "changed" // something about the account: read it again
	EventRemoved      EventKind = "removed"
	EventOther        EventKind = "other"
)

// Event is one thing that happened at a system.
type Event struct {
	ID        string // unique at the system, or made of the event's content
	Kind      EventKind
	At        time.Time
	AccountID string // "" when it is about nobody
	Session   string
	App       string // client id
	IP        string
	Actor     string // account id of who did it, "" when the system does not say
	Reason    string // the system's word: "invalid_user_credentials"
}
