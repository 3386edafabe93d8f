package connectortest

import (
	"errors"
	"testing"

	"github.com/rollcall/rollcall/internal/connector"
)

// Person is somebody the fixture makes.
type Person struct {
	Username   string
	Email      string
	GivenName  string
	FamilyName string
	Attribute  string // value of the fixture's Attribute; "" leaves it out
}

// Proof is a credential that a sign-in gave.
type Proof struct {
	Name  string // "refresh token"
	Works func(t testing.TB) bool
}

// Fixture reaches a real system by its own means. What a system has no way to do
// is left out; a capability that would need it then fails.
type Fixture struct {
	Connect func(t testing.TB) connector.System // the adapter under test

	AddPerson    func(t testing.TB, p Person) (id string) // enabled, able to sign in
	AddPeople    func(t testing.TB, people []Person) (ids []string)
	RemovePerson func(t testing.TB, id string)
	ChangePerson func(t testing.TB, id string) // so that a change is seen

	// SignIn signs somebody in, in a browser's way and for longer, where the system
	// knows both, and gives every credential that came of it.
	SignIn    func(t testing.TB, id string) []Proof
	Token     func(t testing.TB, id string) connector.Token          // living, of the client people sign in to us with
	Refuse    func(t testing.TB, id string)                          // a sign-in with a wrong password
	Lock      func(t testing.TB, id string)                          // by wrong passwords
	Access    func(t testing.TB, id string) (groups, roles []string) // given now, some of them by way of others
	Apps      func(t testing.TB) []connector.App                     // made now: exactly these fields must be listed
	Factor    connector.FactorKind                                   // that everybody who is made has
	Unknown   string                                                 // an id nobody has
	Offline   bool                                                   // SignIn also begins a session that outlives the browser's
	Attribute string                                                 // a further attribute; "" when there are none
	Reading   bool                                                   // the account of the adapter may only read: its connection test does not pass
	Other     string                                                 // one more, which must survive that the first is written
}

// Failed gives the failure inside err, and fails the test when it is none or
// leaves people without a sentence and a fix.
func Failed(t testing.TB, err error) *connector.Failure {
	t.Helper()
	var f *connector.Failure
	if !errors.As(err, &f) {
		t.Fatalf("not a *connector.Failure: %v", err)
	}
	if f.System == "" || f.Step == "" || f.Sentence == "" || f.Fix == "" {
		t.Errorf("a failure without system, step, sentence or fix: %+v", f)
	}
	return f
}

// as gives the interface of a capability that was claimed.
func as[T any](t testing.TB, s connector.System) T {
	t.Helper()
	x, ok := s.(T)
	if !ok {
		t.Fatalf("claimed, and the interface is not implemented")
	}
	return x
}
