package oidc_test

import (
	"testing"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/connector/connectortest"
	"github.com/rollcall/rollcall/internal/signin/optest"
	"github.com/rollcall/rollcall/internal/wire/oauth"
)

// The adapter passes the suite of all adapters, with what it can.
func TestSuite(t *testing.T) {
	t.Parallel()
	for name, faults := range map[string]func(*optest.Faults){
		"whole": func(*optest.Faults) {}, "bare": without("revocation_endpoint", "introspection_endpoint"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			op := optest.Start(t)
			op.Mutate(faults)
			connectortest.Run(t, connectortest.Fixture{
				Connect:   func(testing.TB) connector.System { return connect(t, op) },
				AddPerson: func(_ testing.TB, p connectortest.Person) string { return "sub-" + p.Username },
				Token: func(tb testing.TB, id string) connector.Token {
					op.SignIn(map[string]any{"sub": id})
					return connector.Token{Value: op.Grant(tb), Kind: oauth.RefreshToken, Subject: id}
				},
				Unknown: "nobody",
			})
		})
	}
}
