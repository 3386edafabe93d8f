package outside

import (
	"bufio"
	"cmp"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
)

// Options say what the system calls itself.
type Options struct {
	Name     string           // "Northwind ID"
	Now      func() time.Time // nil: the machine's clock
	ReadOnly bool             // the console may read, and change nothing
}

// Fault is what does not work at the moment. The zero Fault is none.
type Fault struct {
	// SeesOnly is how many accounts the console is shown, by a filter nobody
	// meant: all others seem not to be there. 0: all are shown.
	SeesOnly int `json:"sees_only,omitempty"`
	// Lists is how many times everybody is listed until somebody notices and
	// mends that.
	Lists  int  `json:"lists,omitempty"`
	Silent bool `json:"silent,omitempty"` // happenings are not told
	// Guards is an account that the console may not switch, and Hides one whose
	// sessions it is not shown.
	Guards string `json:"guards,omitempty"`
	Hides  string `json:"hides,omitempty"`
}

// How much of the past is kept.
const (
	maxEvents  = 20_000
	maxChanges = 100_000
)

// change is one account that was changed, with its place in the order.
type change struct {
	seq  int64
	id   string
	gone bool
}

// happening is one event, with its place in the order.
type happening struct {
	seq   int64
	event connector.Event
}

// System is one outside system in memory. It is safe for use by many goroutines.
type System struct {
	Options

	mu       sync.Mutex
	file     *os.File
	out      *bufio.Writer
	seq      int64
	ids      []string // of all accounts, sorted
	accounts map[string]connector.Account
	sessions map[string][]connector.Session // by account
	proofs   map[string]proof               // by account
	apps     []connector.App
	changes  []change
	forgot   int64 // changes up to here are not kept any more
	events   []happening
	fault    Fault
	enders   []func(account, session string)
}

func fresh(o Options) *System {
	if o.Now == nil {
		o.Now = time.Now
	}
	return &System{Options: o, accounts: map[string]connector.Account{}, sessions: map[string][]connector.Session{}, proofs: map[string]proof{}}
}

// apply lets one line happen.
func (s *System) apply(l line) {
	s.seq++
	switch {
	case l.Account != nil:
		s.keep(*l.Account)
	case l.Gone != "":
		if at, found := slices.BinarySearch(s.ids, l.Gone); found {
			s.ids = slices.Delete(s.ids, at, at+1)
		}
		delete(s.accounts, l.Gone)
		delete(s.sessions, l.Gone)
		s.changed(l.Gone, true)
	case l.Session != nil:
		s.sessions[l.Session.AccountID] = append(s.sessions[l.Session.AccountID], *l.Session)
	case l.Ended != nil:
		s.endIn(l.Ended.Account, func(one connector.Session) bool {
			return l.Ended.Session == one.ID || l.Ended.Session == ""
		})
	case l.Revoked != "":
		s.endIn(l.Revoked, func(one connector.Session) bool { return one.Offline })
	case l.Event != nil:
		s.events = append(s.events, happening{s.seq, *l.Event})
		if len(s.events) > maxEvents {
			s.events = slices.Delete(s.events, 0, maxEvents/10)
		}
	case l.App != nil:
		s.apps = append(s.apps, *l.App)
	case l.Proof != nil:
		s.proofs[l.Proof.Account] = *l.Proof
	case l.Fault != nil:
		s.fault = *l.Fault
	}
}

func (s *System) keep(a connector.Account) {
	if at, found := slices.BinarySearch(s.ids, a.ID); !found {
		s.ids = slices.Insert(s.ids, at, a.ID)
	}
	s.accounts[a.ID] = a
	s.changed(a.ID, false)
}

func (s *System) changed(id string, gone bool) {
	s.changes = append(s.changes, change{s.seq, id, gone})
	if len(s.changes) > maxChanges {
		s.forgot = s.changes[maxChanges/10-1].seq
		s.changes = slices.Delete(s.changes, 0, maxChanges/10)
	}
}

func (s *System) endIn(account string, over func(connector.Session) bool) {
	rest := slices.DeleteFunc(s.sessions[account], over)
	if len(rest) == 0 {
		delete(s.sessions, account)
		return
	}
	s.sessions[account] = rest
}

// copied gives an account whose parts the caller may change.
func copied(a connector.Account) connector.Account {
	attributes := make(map[string][]string, len(a.Attributes))
	for name, values := range a.Attributes {
		attributes[name] = slices.Clone(values)
	}
	a.Attributes, a.Groups, a.Roles = attributes, slices.Clone(a.Groups), slices.Clone(a.Roles)
	return a
}

// sorted gives ids in the order the system keeps.
func sorted(all []connector.Account) []connector.Account {
	all = slices.Clone(all)
	slices.SortFunc(all, func(a, b connector.Account) int { return cmp.Compare(a.ID, b.ID) })
	return all
}
