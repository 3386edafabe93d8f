package outside

import (
	"crypto/rand"
	"fmt"
	"slices"

	"github.com/rollcall/rollcall/internal/connector"
)

// Fill puts accounts in, as a system has them before anybody reads it.
func (s *System) Fill(all []connector.Account) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	lines := make([]line, 0, len(all))
	for _, a := range sorted(all) {
		lines = append(lines, line{Account: &a})
	}
	return s.note(lines...)
}

// Put makes an account or changes it, and tells so. who is the account that did it.
func (s *System) Put(a connector.Account, who string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.note(line{Account: &a}, s.tell(connector.Event{Kind: connector.EventChanged, AccountID: a.ID, Actor: who}))
}

// Change changes an account that is there, and tells so.
func (s *System) Change(id, who string, edit func(*connector.Account)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, known := s.accounts[id]
	if !known {
		return s.unknown("change an account", id)
	}
	a = copied(a)
	edit(&a)
	return s.note(line{Account: &a}, s.tell(connector.Event{Kind: connector.EventChanged, AccountID: id, Actor: who}))
}

// Remove removes an account and its sessions.
func (s *System) Remove(id, who string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, known := s.accounts[id]; !known {
		return s.unknown("remove an account", id)
	}
	return s.note(line{Gone: id}, s.tell(connector.Event{Kind: connector.EventRemoved, AccountID: id, Actor: who}))
}

// Tell says that something happened; time and id are given when they are missing.
func (s *System) Tell(e connector.Event) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.note(s.tell(e))
}

func (s *System) tell(e connector.Event) line {
	if e.ID == "" {
		e.ID = rand.Text()
	}
	if e.At.IsZero() {
		e.At = s.Now().UTC()
	}
	return line{Event: &e}
}

// Break puts a fault in; the zero Fault mends everything.
func (s *System) Break(f Fault) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.note(line{Fault: &f})
}

// Offer adds an application that people reach through the system.
func (s *System) Offer(app connector.App) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.note(line{App: &app})
}

// Admit opens a session of an account, or says that it may not come in.
func (s *System) Admit(session connector.Session) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, known := s.accounts[session.AccountID]
	if !known {
		return s.unknown("sign in", session.AccountID)
	}
	event := connector.Event{Kind: connector.EventSignedIn, AccountID: a.ID, Session: session.ID, IP: session.IP}
	if len(session.Apps) > 0 {
		event.App = session.Apps[0]
	}
	if !a.Enabled {
		event.Kind, event.Reason, event.Session = connector.EventSignInFailed, "user_disabled", ""
		if err := s.note(s.tell(event)); err != nil {
			return err
		}
		return connector.Fail(connector.Failure{
			Kind: connector.FailConflict, System: s.Name, Step: "sign in", Sentence: "This account is switched off at " + s.Name + ".", Fix: "Switch it on first.",
		}, nil)
	}
	if session.StartedAt.IsZero() {
		session.StartedAt = s.Now().UTC()
	}
	if session.SeenAt.IsZero() {
		session.SeenAt = session.StartedAt
	}
	return s.note(line{Session: &session}, s.tell(event))
}

// Leave ends a session that its person ended.
func (s *System) Leave(account, session string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.living(account, session) {
		return nil
	}
	return s.note(line{Ended: &ended{account, session}}, s.tell(connector.Event{Kind: connector.EventSignedOut, AccountID: account, Session: session}))
}

// Lives reports whether a session is still there and its account may come in.
func (s *System) Lives(account, session string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.accounts[account].Enabled && s.living(account, session)
}

func (s *System) living(account, session string) bool {
	return slices.ContainsFunc(s.sessions[account], func(one connector.Session) bool { return one.ID == session })
}

// Find gives an account as it is now.
func (s *System) Find(id string) (connector.Account, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, known := s.accounts[id]
	return copied(a), known
}

// Any gives an account that may come in, chosen by intn; false when none was
// found soon.
func (s *System) Any(intn func(int) int) (connector.Account, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for range 20 {
		if len(s.ids) == 0 {
			break
		}
		if a := s.accounts[s.ids[intn(len(s.ids))]]; a.Enabled && a.Email != "" {
			return copied(a), true
		}
	}
	return connector.Account{}, false
}

// Size is how many accounts there are.
func (s *System) Size() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.ids)
}

// OnEnd calls fn for each session that was ended from outside: the applications
// that take part in it have to be told. session "" means all of the account.
func (s *System) OnEnd(fn func(account, session string)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.enders = append(s.enders, fn)
}

func (s *System) unknown(step, id string) *connector.Failure {
	return connector.Fail(connector.Failure{
		Kind: connector.FailNotFound, System: s.Name, Step: step, Status: 404, Sentence: s.Name + " does not know this account.",
		Fix: "Look whether it was removed there, or whether a filter hides it.",
	}, fmt.Errorf("account %q", id))
}
