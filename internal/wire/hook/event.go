package hook

import "time"

// Limits of one message.
const (
	MaxBody   = 256 << 10 // bytes
	MaxEvents = 500
	maxText   = 255 // characters of each text in an event
	maxDepth  = 16  // of objects and lists in each other
)

// The kinds of events, as they are written.
const (
	SignedIn     = "signed-in"
	SignInFailed = "sign-in-failed"
	SignedOut    = "signed-out"
	Changed      = "changed" // something about the account: it is read again
	Removed      = "removed"
	Other        = "other" // kept for reading, nothing follows from it
)

// Kinds lists all of them.
var Kinds = []string{SignedIn, SignInFailed, SignedOut, Changed, Removed, Other}

// Event is one thing that happened at the sender.
type Event struct {
	ID      string    // required: unique at the sender, so that a second copy is known
	Kind    string    // required: one of Kinds
	At      time.Time // required: RFC 3339, with its offset
	Account string    // the sender's id of the account; required but for "other"
	Session string    // the sender's id of the session
	App     string    // client id of the application
	IP      string    // an IPv4 or IPv6 address
	Actor   string    // the sender's id of the account that did it
	Reason  string    // the sender's own word, such as "invalid_user_credentials"
}

// Problem is why a message was refused; its sentence is for the sender.
type Problem struct {
	Where    string // "events[3].at"; "" when it is about the whole body
	Sentence string
}

// Error gives place and sentence.
func (p *Problem) Error() string {
	if p.Where == "" {
		return p.Sentence
	}
	return p.Where + ": " + p.Sentence
}
