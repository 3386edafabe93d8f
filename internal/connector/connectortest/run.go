package connectortest

import (
	"testing"

	"github.com/rollcall/rollcall/internal/connector"
)

// suite is one run.
type suite struct {
	Fixture
	system connector.System
	does   connector.Description
}

// Run runs the suite. Its parts share the system and run one after another.
func Run(t *testing.T, f Fixture) {
	t.Helper()
	s := &suite{Fixture: f, system: f.Connect(t)}
	t.Cleanup(s.system.Close)
	var err error
	s.does, err = s.system.Describe(t.Context())
	if err != nil {
		t.Fatalf("describe: %v", err)
	}
	t.Run("describe", s.describe)
	for _, part := range []struct {
		needs connector.Capability
		run   func(t *testing.T)
	}{
		{connector.CanReadPerson, s.readPerson},
		{connector.CanFindPerson, s.findPerson},
		{connector.CanListPeople, s.listPeople},
		{connector.CanReadRoles, s.readAccess},
		{connector.CanSetEnabled, s.setEnabled},
		{connector.CanWriteField, s.writeFields},
		{connector.CanListSessions, s.listSessions},
		{connector.CanEndSessions, s.endSessions},
		{connector.CanRevokeGrants, s.revokeGrants},
		{connector.CanListChanges, s.listChanges},
		{connector.CanListEvents, s.listEvents},
		{connector.CanReadHistory, s.readHistory},
		{connector.CanListApps, s.listApps},
		{connector.CanReadLock, s.readLock},
		{connector.CanUnlock, s.unlock},
		{connector.CanReadFactors, s.readFactors},
		{connector.CanIntrospectToken, s.introspectToken},
		{connector.CanRevokeToken, s.revokeToken},
	} {
		t.Run(string(part.needs), func(t *testing.T) {
			if !s.does.Can(part.needs) {
				s.lacks(t, part.needs)
				return
			}
			part.run(t)
		})
	}
	t.Run("check", s.check)
	t.Run("caller gone", s.callerGone)
}

// describe wants a word about every capability, and one only.
func (s *suite) describe(t *testing.T) {
	if s.does.Product == "" {
		t.Error("no product")
	}
	for _, c := range connector.Capabilities {
		sentence, lacked := s.does.Lacks[c]
		switch can := s.does.Can(c); {
		case can == lacked:
			t.Errorf("%s: must be had or lacked, and not both", c)
		case lacked && sentence == "":
			t.Errorf("%s is lacked without a sentence", c)
		}
	}
	for c := range s.does.Lacks {
		if s.does.Can(c) {
			t.Errorf("%s is had and lacked", c)
		}
	}
}

// lacks wants a capability that is not claimed to be absent: no interface, or an
// answer that says so.
func (s *suite) lacks(t *testing.T, c connector.Capability) {
	id := s.Unknown
	if s.AddPerson != nil {
		id = s.AddPerson(t, somebody("lacking"+string(c)))
	}
	there, err := attempts[c](t.Context(), s.system, id)
	if !there {
		return
	}
	if err == nil {
		t.Fatal("lacked, and it works")
	}
	if f := Failed(t, err); f.Kind != connector.FailUnsupported && f.Kind != connector.FailForbidden {
		t.Errorf("lacked, and its failure does not say so: %v", err)
	}
}
