package keycloak_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/connector/connectortest"
	"github.com/rollcall/rollcall/internal/connector/keycloak"
	"github.com/rollcall/rollcall/internal/kctest"
)

// TestTrouble asserts the sentence and the fix for everything an administrator
// can get wrong on either side, in the connection test and in the first request.
func TestTrouble(t *testing.T) {
	t.Parallel()
	r := kctest.Open(t)
	r.AddPeople(t, kctest.Crowd("m", 3))
	settings, secrets := r.Service(t, "rollcall", kctest.LeastRoles...)
	r.AddClient(t, kctest.Client{ID: "people-only", Secret: "x"})
	disabled, disabledSecrets := r.Service(t, "disabled", kctest.LeastRoles...)
	r.SetClient(t, "disabled", kctest.Object{"enabled": false})
	locked, lockedSecrets := r.Service(t, "locked-out", kctest.LeastRoles...)
	r.Change(t, r.ServiceUser(t, r.ClientKey(t, "locked-out")), kctest.Object{"enabled": false})
	for name, x := range map[string]struct {
		change        func(s *connector.Settings, c *connector.Secrets)
		kind          connector.FailureKind
		sentence, fix string
	}{
		"wrong realm": {func(s *connector.Settings, _ *connector.Secrets) { s.Realm = "elsewhere" }, connector.FailSettings,
			"Keycloak answered 404: it has no realm called elsewhere.",
			"Enter the realm's name as it stands in its address, behind /realms/ (in Keycloak: Realm settings > General > Realm name)."},
		"wrong secret": {func(_ *connector.Settings, c *connector.Secrets) { c.Client = "wrong" }, connector.FailRefused,
			"Keycloak answered 401 unauthorized_client: the secret does not match the one of the client rollcall.",
			"In Keycloak open Clients > rollcall > Credentials, copy Client Secret (or Regenerate it), and paste it here."},
		"unknown client": {func(s *connector.Settings, _ *connector.Secrets) { s.ClientID = "nobody" }, connector.FailRefused,
			"Keycloak answered 401 invalid_client: it has no enabled client called nobody in the realm REALM, or the secret does not match.",
			"In Keycloak open Clients and compare Client ID and Enabled; copy the secret from Credentials > Client Secret."},
		"no service account": {func(s *connector.Settings, c *connector.Secrets) { s.ClientID, c.Client = "people-only", "x" }, connector.FailSettings,
			"Keycloak answered that the client people-only has no service account.",
			"In Keycloak open Clients > people-only > Settings > Capability config, and switch Service account roles on."},
		"disabled client": {func(s *connector.Settings, c *connector.Secrets) { *s, *c = disabled, disabledSecrets }, connector.FailRefused,
			"Keycloak answered 401 invalid_client: it has no enabled client called disabled in the realm REALM, or the secret does not match.",
			"In Keycloak open Clients and compare Client ID and Enabled; copy the secret from Credentials > Client Secret."},
		"disabled service account": {func(s *connector.Settings, c *connector.Secrets) { *s, *c = locked, lockedSecrets }, connector.FailRefused,
			"Keycloak answered that the service account of the client locked-out is disabled.",
			"In Keycloak open Users, search for service-account-locked-out, and switch Enabled on."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			own, ownSecrets := settings, secrets
			x.change(&own, &ownSecrets)
			s := open(t, own, ownSecrets, nil)
			want := strings.ReplaceAll(x.sentence, "REALM", r.Name)
			_, err := as[connector.PersonReader](t, s).ReadPerson(t.Context(), "somebody")
			said(t, err, x.kind, want)
			checks := run(t, s)
			if c := checks["token"]; c.State != connector.CheckFailed || c.Sentence != want || c.Fix != x.fix {
				t.Errorf("token: %s %q, fix %q", c.State, c.Sentence, c.Fix)
			}
			for _, later := range []string{"clock", "roles", "roles-extra", "events", "read-one", "read-page"} {
				if c := checks[later]; c.State != connector.CheckSkipped || !strings.HasPrefix(c.Sentence, "Not run: there is no token") {
					t.Errorf("%s: %s %q", later, c.State, c.Sentence)
				}
			}
		})
	}
}

// TestDisabledRealm asks a realm that was switched off.
func TestDisabledRealm(t *testing.T) {
	t.Parallel()
	r := kctest.Open(t)
	s := connect(t, r, kctest.LeastRoles...)
	r.Set(t, kctest.Object{"enabled": false})
	_, err := as[connector.PersonReader](t, s).ReadPerson(t.Context(), "somebody")
	said(t, err, connector.FailSettings, "Keycloak answered that the realm "+r.Name+" is not enabled.")
}

// TestMissingRoles asserts which role each step says it lacks.
func TestMissingRoles(t *testing.T) {
	t.Parallel()
	r := kctest.Open(t)
	amara := r.AddPerson(t, kctest.Somebody("amara"))
	s := connect(t, r)
	lacks := func(step, role string, err error) {
		t.Helper()
		said(t, err, connector.FailForbidden, "Keycloak answered 403 when asked to "+step+": the service account rollcall lacks the role "+role+".")
		if want := "In Keycloak open Clients > rollcall > Service account roles > Assign role > Client roles, and assign " + role + " of realm-management."; connectortest.Failed(t, err).Fix != want {
			t.Errorf("fix of %v", err)
		}
	}
	_, err := as[connector.PersonReader](t, s).ReadPerson(t.Context(), amara)
	lacks("read one person", "view-users", err)
	_, err = as[connector.PeopleLister](t, s).ListPeople(t.Context(), "", 10)
	lacks("count the people", "view-users", err)
	lacks("disable one person", "manage-users", as[connector.Switcher](t, s).SetEnabled(t.Context(), amara, false))
	lacks("end the sessions of one person", "manage-users", as[connector.SessionEnder](t, s).EndSessions(t.Context(), amara, ""))
	_, _, err = as[connector.EventLister](t, s).ListEvents(t.Context(), "")
	lacks("read which events are recorded", "view-events", err)
	_, err = as[connector.AppLister](t, s).ListApps(t.Context())
	lacks("list the applications", "view-clients", err)
	if !r.Person(t, amara).Enabled {
		t.Error("somebody was disabled all the same")
	}
	c := run(t, s)
	want := "Found: none. Missing: view-users (people cannot be read), query-users (people cannot be searched), manage-users (nobody can be disabled or signed out), " +
		"view-events (changes and sign-ins are only seen by reading everything), view-clients (applications, and roles held at them, are not known)."
	if c["roles"].State != connector.CheckFailed || c["roles"].Sentence != want {
		t.Errorf("roles: %s %q", c["roles"].State, c["roles"].Sentence)
	}
	if c["read-page"].State != connector.CheckFailed || c["token"].State != connector.CheckPassed {
		t.Errorf("read-page %s, token %s", c["read-page"].State, c["token"].State)
	}
}

// TestTokenRenewed reads on while tokens end behind each other, and after all of
// them were made invalid at once.
func TestTokenRenewed(t *testing.T) {
	t.Parallel()
	r := kctest.Open(t, kctest.Object{"accessTokenLifespan": 3})
	ids := r.AddPeople(t, kctest.Crowd("m", 50))
	s := connect(t, r, kctest.LeastRoles...)
	pages := 0
	seen, err := readAll(t, s, 10, func(int, []string) {
		pages++
		time.Sleep(1700 * time.Millisecond)
	})
	if err != nil || len(seen) != len(ids) || pages < 5 {
		t.Fatalf("%d of %d people in %d pages, %v", len(seen), len(ids), pages, err)
	}

	r.Set(t, kctest.Object{"accessTokenLifespan": 600})
	settings, secrets := r.Service(t, "rollcall-long", kctest.LeastRoles...)
	long := open(t, settings, secrets, nil)
	reader := as[connector.PersonReader](t, long)
	one := ids["m000001"]
	if _, err := reader.ReadPerson(t.Context(), one); err != nil {
		t.Fatal(err)
	}
	time.Sleep(1100 * time.Millisecond)
	r.Set(t, kctest.Object{"notBefore": time.Now().Unix()}) // every token from before is refused from now on
	time.Sleep(1100 * time.Millisecond)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			if _, err := reader.ReadPerson(t.Context(), one); err != nil {
				t.Errorf("with a token that was taken back: %v", err)
			}
		})
	}
	group.Wait()
}

// TestSecretInNoSentence holds that no failure carries the secret or a token.
func TestSecretInNoSentence(t *testing.T) {
	t.Parallel()
	r := kctest.Open(t)
	settings, secrets := r.Service(t, "rollcall", kctest.LeastRoles...)
	var mu sync.Mutex
	var tokens []string
	settings.BaseURL = between(t, r, func(q *http.Request, body []byte) []byte {
		mu.Lock()
		defer mu.Unlock()
		if bearer, ok := strings.CutPrefix(q.Header.Get("Authorization"), "Bearer "); ok {
			tokens = append(tokens, bearer)
			return []byte("<html>" + bearer + secrets.Client)
		}
		return body
	})
	s := open(t, settings, secrets, nil)
	_, err := as[connector.PersonReader](t, s).ReadPerson(t.Context(), "somebody")
	text := fmt.Sprint(err)
	for _, c := range run(t, s) {
		text += c.Sentence + c.Fix
	}
	if len(tokens) == 0 {
		t.Fatal("no token was used")
	}
	for _, secret := range append(tokens, secrets.Client) {
		if strings.Contains(text, secret) {
			t.Errorf("a secret is in: %s", text)
		}
	}
}

// TestIncomplete refuses settings without what every request needs.
func TestIncomplete(t *testing.T) {
	t.Parallel()
	whole := connector.Settings{BaseURL: "https://id.example.org", Realm: "staff", ClientID: "rollcall"}
	for name, x := range map[string]struct {
		change   func(*connector.Settings, *connector.Secrets)
		sentence string
	}{
		"realm":  {func(s *connector.Settings, _ *connector.Secrets) { s.Realm = " " }, "The realm of Keycloak is missing."},
		"client": {func(s *connector.Settings, _ *connector.Secrets) { s.ClientID = "" }, "The client id of Keycloak is missing."},
		"secret": {func(_ *connector.Settings, c *connector.Secrets) { c.Client = "" }, "The client secret of Keycloak is missing."},
		"base":   {func(s *connector.Settings, _ *connector.Secrets) { s.BaseURL = "" }, "The address of Keycloak is not an address that can be asked."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			settings, secrets := whole, connector.Secrets{Client: "x"}
			x.change(&settings, &secrets)
			s, err := keycloak.New(settings, secrets, "Keycloak", nil)
			if s != nil {
				t.Error("an adapter all the same")
			}
			said(t, err, connector.FailSettings, x.sentence)
		})
	}
}
