package connectortest

import (
	"testing"

	"github.com/rollcall/rollcall/internal/connector"
)

// introspectToken wants life seen in a living token, and none in what is no token:
// a look that never sees life proves no death.
func (s *suite) introspectToken(t *testing.T) {
	id := s.AddPerson(t, somebody("introspected"))
	if got := s.look(t, s.Token(t, id)); !got.Active || got.Subject != id || got.At.IsZero() {
		t.Errorf("a living token: %+v", got)
	}
	if got := s.look(t, noToken); got.Active {
		t.Errorf("no token: %+v", got)
	}
	other := s.AddPerson(t, somebody("introspectedother"))
	if got := s.look(t, connector.Token{Value: s.Token(t, id).Value, Kind: noToken.Kind, Subject: other}); got.Active {
		t.Errorf("a token taken for somebody else's: %+v", got)
	}
}

func (s *suite) look(t *testing.T, token connector.Token) connector.TokenReading {
	t.Helper()
	got, err := as[connector.TokenIntrospector](t, s.system).IntrospectToken(t.Context(), token)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// revokeToken proves that a token is dead by two looks where the system can be
// asked.
func (s *suite) revokeToken(t *testing.T) {
	revoker := as[connector.TokenRevoker](t, s.system)
	token := s.Token(t, s.AddPerson(t, somebody("revoked")))
	looks := s.does.Can(connector.CanIntrospectToken)
	var before, after *connector.TokenReading
	if looks {
		got := s.look(t, token)
		before = &got
	}
	for range 2 { // what is dead may be taken back again
		got, err := revoker.RevokeToken(t.Context(), token)
		if err != nil || got.Scope == "" {
			t.Fatalf("%+v, %v", got, err)
		}
	}
	if looks {
		got := s.look(t, token)
		after = &got
		if proof := connector.ProofOf(before, after); proof != connector.TokenDead {
			t.Errorf("after: %s", proof)
		}
	}
}
