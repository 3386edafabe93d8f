package keycloak_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/connector/connectortest"
	"github.com/rollcall/rollcall/internal/connector/keycloak"
	"github.com/rollcall/rollcall/internal/kctest"
	"github.com/rollcall/rollcall/internal/wire/oauth"
)

// app is the application people of these tests sign in to.
var app = kctest.Client{ID: "app", Secret: "app-secret"}

// locking makes wrong passwords lock an account.
var locking = kctest.Object{
	"bruteForceProtected": true, "failureFactor": 3, "waitIncrementSeconds": 300, "maxFailureWaitSeconds": 900, "quickLoginCheckMilliSeconds": 1,
}

// connect gives the adapter with a service account of these roles.
func connect(t testing.TB, r *kctest.Realm, roles ...string) connector.System {
	t.Helper()
	settings, secrets := r.Service(t, "rollcall", roles...)
	return open(t, settings, secrets, nil)
}

func open(t testing.TB, settings connector.Settings, secrets connector.Secrets, now func() time.Time) connector.System {
	t.Helper()
	s, err := keycloak.New(settings, secrets, "Keycloak", now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// TestSuite is the suite of all adapters against a real Keycloak.
func TestSuite(t *testing.T) {
	t.Parallel()
	r := kctest.Open(t, locking)
	r.AddAttribute(t, "site", true)
	r.AddAttribute(t, "badge", true)
	r.AddClient(t, app)
	w := world{r}
	connectortest.Run(t, connectortest.Fixture{
		Connect: func(t testing.TB) connector.System {
			settings, secrets := r.Service(t, "rollcall", kctest.LeastRoles...)
			settings.SignIn, secrets.SignIn = &connector.SignIn{ClientID: app.ID}, app.Secret
			return open(t, settings, secrets, nil)
		},
		AddPerson: w.add, AddPeople: w.addMany, RemovePerson: r.Remove,
		ChangePerson: func(t testing.TB, id string) { r.Change(t, id, kctest.Object{"lastName": "Changed"}) },
		SignIn:       w.signIn, Token: w.token, Refuse: w.refuse, Lock: w.lock, Access: w.access, Apps: w.apps,
		Factor: connector.FactorPassword, Unknown: "00000000-0000-4000-8000-000000000000", Offline: true, Attribute: "site", Other: "badge",
	})
}

// TestSuiteWithLess runs the suite with a service account that may only read
// people: what it may not do is lacked with a sentence, and refused.
func TestSuiteWithLess(t *testing.T) {
	t.Parallel()
	r := kctest.Open(t, locking)
	r.AddClient(t, app)
	w := world{r}
	system := connect(t, r, "view-users")
	does, err := system.Describe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if does.Can(connector.CanSetEnabled) || does.Lacks[connector.CanSetEnabled] != "The service account rollcall has no role manage-users." || len(does.Writes) != 0 {
		t.Errorf("describes %+v", does)
	}
	connectortest.Run(t, connectortest.Fixture{
		Connect:   func(testing.TB) connector.System { return system },
		AddPerson: w.add, AddPeople: w.addMany, RemovePerson: r.Remove, SignIn: w.signIn, Access: w.access, Lock: w.lock,
		Factor: connector.FactorPassword, Unknown: "nobody", Offline: true, Reading: true,
	})
}

// world is the realm as the suite reaches it.
type world struct{ r *kctest.Realm }

func (w world) person(p connectortest.Person) kctest.Person {
	out := kctest.Somebody(p.Username)
	out.Email, out.FirstName, out.LastName = p.Email, p.GivenName, p.FamilyName
	if p.Attribute != "" {
		out.Attributes = map[string][]string{"site": {p.Attribute}}
	}
	return out
}

func (w world) add(t testing.TB, p connectortest.Person) string { return w.r.AddPerson(t, w.person(p)) }

func (w world) addMany(t testing.TB, people []connectortest.Person) []string {
	all := make([]kctest.Person, len(people))
	for i, p := range people {
		all[i] = w.person(p)
	}
	made := w.r.AddPeople(t, all)
	ids := make([]string, len(people))
	for i, p := range people {
		ids[i] = made[p.Username]
	}
	return ids
}

// signIn gives a browser's session and an offline one, and everything that can be
// tried of both.
func (w world) signIn(t testing.TB, id string) []connectortest.Proof {
	name := w.r.Person(t, id).Username
	online, offline := w.r.SignIn(t, app, name), w.r.SignIn(t, app, name, "offline_access")
	return []connectortest.Proof{
		{Name: "access token", Works: func(t testing.TB) bool { return w.r.Userinfo(t, online.Access) }},
		{Name: "refresh token", Works: w.refreshes(online)},
		{Name: "access token of the offline session", Works: func(t testing.TB) bool { return w.r.Userinfo(t, offline.Access) }},
		{Name: "offline token", Works: w.refreshes(offline)},
	}
}

func (w world) token(t testing.TB, id string) connector.Token {
	tokens := w.r.SignIn(t, app, w.r.Person(t, id).Username)
	return connector.Token{Value: tokens.Refresh, Kind: oauth.RefreshToken, Subject: id}
}

func (w world) refreshes(tokens kctest.Tokens) func(t testing.TB) bool {
	return func(t testing.TB) bool {
		_, err := w.r.Refresh(t, app, tokens.Refresh)
		return err == nil
	}
}

func (w world) refuse(t testing.TB, id string) {
	if _, err := w.r.TrySignIn(t, app, w.r.Person(t, id).Username, "wrong"); err == nil {
		t.Fatal("a wrong password signs in")
	}
}

// lock guesses until Keycloak has counted enough: it counts after it has answered,
// and quick guesses as one.
func (w world) lock(t testing.TB, id string) {
	var status struct {
		Locked bool `json:"disabled"`
	}
	for range 80 {
		w.refuse(t, id)
		time.Sleep(100 * time.Millisecond)
		w.r.Call(t, http.MethodGet, "/attack-detection/brute-force/users/"+id, nil, &status)
		if status.Locked {
			return
		}
	}
	t.Fatal("no number of wrong passwords locks this account")
}

// access puts somebody into a group inside a group that holds a role that holds a
// role.
func (w world) access(t testing.TB, id string) (groups, roles []string) {
	w.r.AddRole(t, "app", "payer")
	w.r.AddRole(t, "app", "boss", "payer")
	w.r.AddRole(t, "", "auditor")
	outer := w.r.AddGroup(t, "", "staff")
	inner := w.r.AddGroup(t, outer, "finance")
	w.r.GiveGroup(t, outer, "app", "boss")
	w.r.Join(t, id, inner)
	w.r.Give(t, id, "", "auditor")
	return []string{"/staff", "/staff/finance"}, []string{"auditor", "app/boss", "app/payer"}
}

func (w world) apps(t testing.TB) []connector.App {
	w.r.Set(t, kctest.Object{"accessTokenLifespan": 300})
	w.r.AddClient(t, kctest.Client{ID: "told", Name: "Warehouse", Secret: "x", BackChannel: "https://warehouse.example.org/out", Lifetime: 2 * time.Minute})
	w.r.AddClient(t, kctest.Client{ID: "silent", Secret: "x"})
	w.r.AddClient(t, kctest.Client{ID: "page", Secret: "x", Implicit: true, Lifetime: time.Minute})
	w.r.AddClient(t, kctest.Client{ID: "off", Secret: "x", Disabled: true})
	return []connector.App{
		{ClientID: "told", Name: "Warehouse", SignOutURL: "https://warehouse.example.org/out", TokenLifetime: 2 * time.Minute, SelfContained: true},
		{ClientID: "silent", Name: "silent", TokenLifetime: 5 * time.Minute, SelfContained: true},
		{ClientID: "page", Name: "page", SelfContained: true}, // of the implicit flow nothing shows the lifetime
	}
}
