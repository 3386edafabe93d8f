package outside_test

import (
	"crypto/rand"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/connector/connectortest"
	"github.com/rollcall/rollcall/internal/demo/outside"
)

// The demo's systems are held to what every adapter is held to: the one that can
// be written to, and the one that can only be read.
func TestSuite(t *testing.T) {
	t.Parallel()
	for name, readOnly := range map[string]bool{"written to": false, "only read": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, err := outside.Open("", outside.Options{Name: "Northwind ID", ReadOnly: readOnly})
			must(t, err)
			connectortest.Run(t, fixture(s))
		})
	}
}

func fixture(s *outside.System) connectortest.Fixture {
	return connectortest.Fixture{
		Connect:      func(testing.TB) connector.System { return s },
		AddPerson:    func(t testing.TB, p connectortest.Person) string { return add(t, s, p) },
		RemovePerson: func(t testing.TB, id string) { ok(t, s.Remove(id, "")) },
		ChangePerson: func(t testing.TB, id string) {
			ok(t, s.Change(id, "", func(a *connector.Account) { a.GivenName += "x" }))
		},
		AddPeople: func(t testing.TB, people []connectortest.Person) []string {
			var ids []string
			for _, p := range people {
				ids = append(ids, add(t, s, p))
			}
			return ids
		},
		SignIn: func(t testing.TB, id string) []connectortest.Proof { return signIn(t, s, id) },
		Refuse: func(t testing.TB, id string) {
			ok(t, s.Tell(connector.Event{Kind: connector.EventSignInFailed, AccountID: id, Reason: "invalid_user_credentials"}))
		},
		Lock: func(t testing.TB, id string) {
			ok(t, s.Prove(id, connector.Lock{Locked: true, Failures: 5, Since: time.Now(), Until: time.Now().Add(time.Hour)}))
		},
		Access: func(t testing.TB, id string) (groups, roles []string) {
			groups, roles = []string{"staff", "admins"}, []string{"auditor"}
			ok(t, s.Change(id, "", func(a *connector.Account) { a.Groups, a.Roles = groups, roles }))
			return groups, roles
		},
		Apps: func(t testing.TB) []connector.App {
			app := connector.App{ClientID: rand.Text(), Name: "Ledger", SignOutURL: "https://ledger.example/out", TokenLifetime: time.Minute, SelfContained: true}
			ok(t, s.Offer(app))
			return []connector.App{app}
		},
		Factor: connector.FactorPassword, Unknown: "nobody", Offline: true, Attribute: "title", Other: "department",
	}
}

func add(t testing.TB, s *outside.System, p connectortest.Person) string {
	t.Helper()
	a := connector.Account{
		ID: rand.Text(), Username: p.Username, Email: p.Email, EmailVerified: true, GivenName: p.GivenName, FamilyName: p.FamilyName, Enabled: true,
		Attributes: map[string][]string{}, Groups: []string{}, Roles: []string{}, CreatedAt: time.Now(),
	}
	if p.Attribute != "" {
		a.Attributes["title"] = []string{p.Attribute}
	}
	ok(t, s.Put(a, ""))
	return a.ID
}

// signIn begins a session in a browser's way and one that outlives it.
func signIn(t testing.TB, s *outside.System, id string) []connectortest.Proof {
	t.Helper()
	browser, long := rand.Text(), rand.Text()
	ok(t, s.Admit(connector.Session{ID: browser, AccountID: id, Apps: []string{"ledger"}}))
	ok(t, s.Admit(connector.Session{ID: long, AccountID: id, Apps: []string{"ledger"}, Offline: true}))
	return []connectortest.Proof{{Name: "offline token", Works: func(testing.TB) bool { return s.Lives(id, long) }}}
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
