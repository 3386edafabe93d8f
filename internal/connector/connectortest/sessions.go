package connectortest

import (
	"slices"
	"testing"

	"github.com/rollcall/rollcall/internal/connector"
)

func (s *suite) listSessions(t *testing.T) {
	lister := as[connector.SessionLister](t, s.system)
	id := s.AddPerson(t, somebody("sessions"))
	if found, err := lister.ListSessions(t.Context(), id); err != nil || len(found) != 0 {
		t.Fatalf("before a sign-in: %v, %v", found, err)
	}
	s.SignIn(t, id)
	found := s.sessions(t, id)
	offline := slices.ContainsFunc(found, func(one connector.Session) bool { return one.Offline })
	online := slices.ContainsFunc(found, func(one connector.Session) bool { return !one.Offline })
	if !online || offline != s.Offline {
		t.Errorf("online %t, offline %t", online, offline)
	}
	for _, one := range found {
		if one.ID == "" || one.AccountID != id || one.StartedAt.IsZero() || len(one.Apps) == 0 {
			t.Errorf("a session that says too little: %+v", one)
		}
	}
	_, err := lister.ListSessions(t.Context(), s.Unknown)
	if f := Failed(t, err); f.Kind != connector.FailNotFound {
		t.Errorf("of nobody: %v", err)
	}
}

func (s *suite) sessions(t *testing.T, id string) []connector.Session {
	t.Helper()
	found, err := as[connector.SessionLister](t, s.system).ListSessions(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// endSessions holds that one ends alone, all end together, and nobody else's do.
func (s *suite) endSessions(t *testing.T) {
	ender := as[connector.SessionEnder](t, s.system)
	id, other := s.AddPerson(t, somebody("ender")), s.AddPerson(t, somebody("bystander"))
	s.SignIn(t, id)
	s.SignIn(t, id)
	s.SignIn(t, other)
	before, others := s.sessions(t, id), s.sessions(t, other)
	if len(before) < 2 || len(others) == 0 {
		t.Fatalf("%d and %d sessions to end", len(before), len(others))
	}
	for range 2 { // twice is no error
		if err := ender.EndSessions(t.Context(), id, before[0].ID); err != nil {
			t.Fatal(err)
		}
	}
	if left := s.sessions(t, id); len(left) != len(before)-1 || slices.ContainsFunc(left, func(one connector.Session) bool { return one.ID == before[0].ID }) {
		t.Errorf("%d of %d sessions are left after one ended", len(left), len(before))
	}
	if err := ender.EndSessions(t.Context(), id, others[0].ID); err == nil && len(s.sessions(t, other)) != len(others) {
		t.Fatal("somebody else's session was ended")
	}
	for range 2 {
		if err := ender.EndSessions(t.Context(), id, ""); err != nil {
			t.Fatal(err)
		}
		if left := s.sessions(t, id); len(left) != 0 {
			t.Fatalf("left: %v", left)
		}
	}
	if left := s.sessions(t, other); len(left) != len(others) {
		t.Errorf("somebody else has %d of %d sessions", len(left), len(others))
	}
	if f := Failed(t, ender.EndSessions(t.Context(), s.Unknown, "")); f.Kind != connector.FailNotFound {
		t.Errorf("nobody was signed out: %v", f)
	}
}

// revokeGrants tries the credentials themselves, before and after: what was dead
// before proves nothing. After a whole cut-off they stay dead when the account is
// let in again.
func (s *suite) revokeGrants(t *testing.T) {
	revoker := as[connector.GrantRevoker](t, s.system)
	id, other := s.AddPerson(t, somebody("granter")), s.AddPerson(t, somebody("keeper"))
	proofs, kept := s.SignIn(t, id), s.SignIn(t, other)
	alive(t, proofs, true)
	for range 2 { // twice is no error
		if err := revoker.RevokeGrants(t.Context(), id); err != nil {
			t.Fatal(err)
		}
	}
	alive(t, proofs, false)
	alive(t, kept, true)
	if switcher, ok := s.system.(connector.Switcher); ok && s.does.Can(connector.CanSetEnabled) {
		proofs = s.SignIn(t, id)
		alive(t, proofs, true)
		if err := switcher.SetEnabled(t.Context(), id, false); err != nil {
			t.Fatal(err)
		}
		if err := revoker.RevokeGrants(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		if err := switcher.SetEnabled(t.Context(), id, true); err != nil {
			t.Fatal(err)
		}
		alive(t, proofs, false)
	}
	if f := Failed(t, revoker.RevokeGrants(t.Context(), s.Unknown)); f.Kind != connector.FailNotFound {
		t.Errorf("of nobody: %v", f)
	}
}

func alive(t *testing.T, proofs []Proof, want bool) {
	t.Helper()
	if len(proofs) == 0 {
		t.Fatal("a sign-in gave nothing to try")
	}
	for _, p := range proofs {
		if got := p.Works(t); got != want {
			t.Errorf("%s works: %t", p.Name, got)
		}
	}
}
