package keycloak_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/kctest"
)

// run runs the connection test and gives its results by key.
func run(t testing.TB, s connector.System) map[string]connector.Check {
	t.Helper()
	checks := make(map[string]connector.Check)
	s.Check(t.Context(), func(c connector.Check) { checks[c.Key] = c })
	return checks
}

// expect holds one result of a connection test.
func expect(t testing.TB, c connector.Check, state connector.CheckState, sentence string) {
	t.Helper()
	if c.State != state || c.Sentence != sentence {
		t.Errorf("%s\ngot  %s %q\nwant %s %q", c.Key, c.State, c.Sentence, state, sentence)
	}
}

// TestCheck runs the connection test on a realm that is set up by the book.
func TestCheck(t *testing.T) {
	t.Parallel()
	r := kctest.Open(t, kctest.Object{"accessTokenLifespan": 300})
	r.AddPeople(t, kctest.Crowd("m", 120))
	r.AddClient(t, kctest.Client{ID: "told", Secret: "x", BackChannel: "https://told.example.org/out"})
	settings, secrets := r.Service(t, "rollcall", kctest.LeastRoles...)
	s := open(t, settings, secrets, nil)
	var order []string
	checks := make(map[string]connector.Check)
	s.Check(t.Context(), func(c connector.Check) {
		order = append(order, c.Key)
		checks[c.Key] = c
	})
	if got := strings.Join(order, " "); got != "dns tls discovery issuer keys token clock roles roles-extra events read-one read-page sign-out" {
		t.Errorf("the order is %s", got)
	}
	expect(t, checks["dns"], connector.CheckPassed, "The address 127.0.0.1 needs no name server.")
	expect(t, checks["tls"], connector.CheckWarning, "Plain http on this machine: nothing is encrypted, which is fit for development only.")
	expect(t, checks["discovery"], connector.CheckPassed, "The realm "+r.Name+" answers with its discovery document.")
	expect(t, checks["issuer"], connector.CheckPassed, "The issuer is "+r.Issuer+".")
	expect(t, checks["keys"], connector.CheckPassed, "Keys for signatures: RS256.")
	expect(t, checks["token"], connector.CheckPassed, "Keycloak gave the service account rollcall a token for 5 minutes.")
	if c := checks["clock"]; c.State != connector.CheckPassed || !strings.HasPrefix(c.Sentence, "The clocks agree to ") {
		t.Errorf("clock: %+v", c)
	}
	expect(t, checks["roles"], connector.CheckPassed, "Found: view-users, query-users, manage-users, view-events, view-clients.")
	expect(t, checks["roles-extra"], connector.CheckPassed, "The service account can do nothing that Rollcall does not need.")
	expect(t, checks["events"], connector.CheckPassed, "Events of people and of administrators are recorded.")
	expect(t, checks["read-one"], connector.CheckPassed, "One person was read by id.")
	expect(t, checks["read-page"], connector.CheckPassed, "Read 50 of 120 people.")
	expect(t, checks["sign-out"], connector.CheckPassed, "Keycloak has a sign-out address, and tells 1 application of ended sessions.")
	for _, c := range checks {
		if c.Took <= 0 || c.Label == "" {
			t.Errorf("%s took %s, label %q", c.Key, c.Took, c.Label)
		}
	}

	// The same realm, and everything that works with a warning.
	r.SetEvents(t, false, true)
	r.AddClient(t, kctest.Client{ID: "silent", Secret: "x"})
	r.Give(t, r.ServiceUser(t, r.ClientKey(t, "rollcall")), "realm-management", "manage-realm", "impersonation")
	r.AddRole(t, "", "director")
	r.Give(t, r.ServiceUser(t, r.ClientKey(t, "rollcall")), "", "director")
	checks = run(t, s)
	expect(t, checks["roles-extra"], connector.CheckWarning, "The service account can do more than Rollcall needs: director, impersonation, manage-realm.")
	expect(t, checks["events"], connector.CheckWarning, "Keycloak does not record what people do (sign-ins, changes of their own). Changes are then only seen by reading everybody.")
	if fix := checks["events"].Fix; fix != "In Keycloak open Realm settings > Events, and switch Save events on under User events settings." {
		t.Errorf("fix %q", fix)
	}
	expect(t, checks["sign-out"], connector.CheckWarning, "Keycloak has a sign-out address. It tells 1 application of ended sessions, and not these: silent.")
	r.SetEvents(t, false, false)
	expect(t, run(t, s)["events"], connector.CheckWarning,
		"Keycloak does not record what people do (sign-ins, changes of their own), and not what administrators change. Changes are then only seen by reading everybody.")
	r.Call(t, http.MethodPut, "/events/config", kctest.Object{"eventsEnabled": true, "adminEventsEnabled": true, "eventsExpiration": 3600}, nil)
	expect(t, run(t, s)["events"], connector.CheckWarning, "Events of both kinds are recorded, and kept for 60 minutes only. Whoever pauses reading for longer has to read everybody again.")
}

// TestCheckRealmAdmin names the role that is everything, and what it contains.
func TestCheckRealmAdmin(t *testing.T) {
	t.Parallel()
	r := kctest.Open(t)
	checks := run(t, connect(t, r, "realm-admin"))
	if c := checks["roles"]; c.State != connector.CheckPassed {
		t.Errorf("roles: %s %s", c.State, c.Sentence)
	}
	c := checks["roles-extra"]
	for _, role := range []string{"realm-admin", "manage-realm", "manage-clients", "impersonation", "view-realm"} {
		if c.State != connector.CheckWarning || !strings.Contains(c.Sentence, role) {
			t.Errorf("%s is not named: %s %s", role, c.State, c.Sentence)
		}
	}
	if !strings.HasPrefix(c.Fix, "In Keycloak open Clients > rollcall > Service account roles, and Unassign") {
		t.Errorf("fix %q", c.Fix)
	}
	expect(t, checks["read-one"], connector.CheckWarning, "There is nobody in the realm "+r.Name+" yet.")
}

// TestCheckIssuer holds that the issuer is compared to the letter.
func TestCheckIssuer(t *testing.T) {
	t.Parallel()
	r := kctest.Open(t)
	settings, secrets := r.Service(t, "rollcall", kctest.LeastRoles...)
	settings.Issuer += "/"
	expect(t, run(t, open(t, settings, secrets, nil))["issuer"], connector.CheckFailed,
		"Keycloak calls itself "+r.Issuer+", and the settings here say "+r.Issuer+"/.")
}

// TestCheckClock runs with a clock of ours that is off.
func TestCheckClock(t *testing.T) {
	t.Parallel()
	r := kctest.Open(t)
	settings, secrets := r.Service(t, "rollcall", kctest.LeastRoles...)
	for name, x := range map[string]struct {
		off   time.Duration
		state connector.CheckState
		begin string
	}{
		"ours is late":      {-5 * time.Minute, connector.CheckFailed, "The clock of Keycloak is 5 minutes ahead of that of Rollcall. Sign-ins are refused above a minute."},
		"ours is early":     {5 * time.Minute, connector.CheckFailed, "The clock of Keycloak is 5 minutes behind that of Rollcall. Sign-ins are refused above a minute."},
		"ours is a bit off": {30 * time.Second, connector.CheckWarning, "The clock of Keycloak is "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t, settings, secrets, func() time.Time { return time.Now().Add(x.off) })
			c := run(t, s)["clock"]
			if c.State != x.state || !strings.HasPrefix(c.Sentence, x.begin) || c.Fix != "Let both machines follow a time server (NTP)." {
				t.Errorf("%s %q, fix %q", c.State, c.Sentence, c.Fix)
			}
		})
	}
}

// TestCheckUnreachable runs every check against nothing.
func TestCheckUnreachable(t *testing.T) {
	t.Parallel()
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	settings := connector.Settings{BaseURL: gone.URL, Realm: "staff", ClientID: "rollcall", DevLoopback: true}
	checks := run(t, open(t, settings, connector.Secrets{Client: "x"}, nil))
	expect(t, checks["tls"], connector.CheckFailed, "Keycloak could not be asked to give its discovery document: nothing listens at its address.")
	expect(t, checks["discovery"], connector.CheckSkipped, "Not run: there is no connection.")
	expect(t, checks["token"], connector.CheckFailed, "Keycloak could not be asked to give the service account a token: nothing listens at its address.")
	settings.BaseURL = "https://keycloak.invalid"
	checks = run(t, open(t, settings, connector.Secrets{Client: "x"}, nil))
	expect(t, checks["dns"], connector.CheckFailed, "Keycloak cannot be found: its name cannot be resolved.")
	settings.BaseURL = "https://10.1.2.3"
	checks = run(t, open(t, settings, connector.Secrets{Client: "x"}, nil))
	expect(t, checks["dns"], connector.CheckFailed, "Keycloak cannot be found: it lies at an address that Rollcall may not reach.")
}
