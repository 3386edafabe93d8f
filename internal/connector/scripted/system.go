package scripted

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
)

// Name is what the system is called.
const Name = "Keycloak"

// System is one scripted system. It is safe for use by many goroutines.
type System struct {
	mu       sync.Mutex
	now      func() time.Time
	accounts map[string]*account
	apps     []connector.App
	troubles map[string]trouble
	asked    []string
}

type account struct {
	connector.Account

	sessions []connector.Session
	lock     connector.Lock
	factors  []connector.Factor
	history  []connector.Event
}

// trouble is what a method meets instead of doing its work.
type trouble struct {
	err   error
	lies  bool // answers "done" and does nothing
	hangs bool // answers nothing until the caller gives up
	times int  // 0: until it is mended
	spare int  // so many calls before it begins
}

// New makes an empty system that lives by a clock.
func New(now func() time.Time) *System {
	return &System{now: now, accounts: map[string]*account{}, troubles: map[string]trouble{}}
}

// Add puts an active account in.
func (s *System) Add(a connector.Account) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a.Enabled = true
	s.accounts[a.ID] = &account{Account: a}
}

// Remove takes an account out.
func (s *System) Remove(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.accounts, id)
}

// Open adds a session of an account; its start is now.
func (s *System) Open(id string, one connector.Session) {
	s.change(id, func(a *account) {
		one.AccountID, one.StartedAt, one.SeenAt = id, s.now(), s.now()
		a.sessions = append(a.sessions, one)
	})
}

// Set changes what the system says about the account itself.
func (s *System) Set(id string, to func(*connector.Account)) {
	s.change(id, func(a *account) { to(&a.Account) })
}

// Lock locks an account, or says otherwise what wrong passwords did.
func (s *System) Lock(id string, l connector.Lock) { s.change(id, func(a *account) { a.lock = l }) }

// Enroll gives an account its factors.
func (s *System) Enroll(id string, factors ...connector.Factor) {
	s.change(id, func(a *account) { a.factors = factors })
}

// Happened gives an account its newest events, the newest first.
func (s *System) Happened(id string, events ...connector.Event) {
	s.change(id, func(a *account) { a.history = events })
}

// Install says which applications there are.
func (s *System) Install(apps ...connector.App) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.apps = apps
}

func (s *System) change(id string, fn func(*account)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.accounts[id]
	if a == nil {
		panic("scripted: no account " + id)
	}
	fn(a)
}

// Fail makes a method ("SetEnabled") fail with a kind of failure, as often as
// times says; 0 is until Mend.
func (s *System) Fail(method string, kind connector.FailureKind, times int) {
	s.trouble(method, trouble{times: times, err: failure(method, kind)})
}

// FailAfter lets a method work so many times, fail once, and work again.
func (s *System) FailAfter(method string, kind connector.FailureKind, calls int) {
	s.trouble(method, trouble{times: 1, spare: calls, err: failure(method, kind)})
}

func failure(method string, kind connector.FailureKind) error {
	return connector.Fail(connector.Failure{
		Kind: kind, System: Name, Step: method, Sentence: sentences[kind],
	}, fmt.Errorf("scripted: %s", kind))
}

// Lie makes a method answer that it is done, and do nothing.
func (s *System) Lie(method string) { s.trouble(method, trouble{lies: true}) }

// Hang makes a method answer nothing until the caller gives up.
func (s *System) Hang(method string) { s.trouble(method, trouble{hangs: true}) }

// Mend ends all troubles.
func (s *System) Mend() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.troubles = map[string]trouble{}
}

func (s *System) trouble(method string, t trouble) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.troubles[method] = t
}

// Asked lists the methods that were called, in their order.
func (s *System) Asked() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.asked)
}

// Living counts the sessions of an account that could still be used: those of an
// account that is switched off wait until it is on again.
func (s *System) Living(id string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a := s.accounts[id]; a != nil && a.Enabled {
		return len(a.sessions)
	}
	return 0
}

var sentences = map[connector.FailureKind]string{
	connector.FailUnreachable: Name + " does not answer.",
	connector.FailForbidden:   Name + " answered 403: a role is missing.",
	connector.FailBroken:      Name + " answered 500.",
	connector.FailUnsupported: Name + " has no way to do this.",
	connector.FailNotFound:    Name + " does not know this account.",
	connector.FailBusy:        Name + " asks us to wait.",
}

// enter notes a call and meets the trouble there is. do is false when the method
// shall do nothing.
func (s *System) enter(ctx context.Context, method string) (do bool, err error) {
	s.mu.Lock()
	s.asked = append(s.asked, method)
	t, there := s.troubles[method]
	switch {
	case t.spare > 0:
		t.spare--
		s.troubles[method], t = t, trouble{}
	case there && t.times > 0:
		if t.times--; t.times == 0 {
			delete(s.troubles, method)
		} else {
			s.troubles[method] = t
		}
	}
	s.mu.Unlock()
	if t.hangs {
		<-ctx.Done()
		return false, connector.Fail(connector.Failure{
			Kind: connector.FailUnreachable, System: Name, Step: method, Sentence: Name + " did not answer in time.",
		}, ctx.Err())
	}
	return !t.lies, t.err
}
