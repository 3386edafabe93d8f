package app_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/rollcall/rollcall/internal/app/apptest"
	"github.com/rollcall/rollcall/internal/config"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/kctest"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// keycloak is a realm of a real Keycloak with two consoles beside it. Refresh
// tokens there are replaced at each use, and none may be used twice.
type keycloak struct {
	*real
	*kctest.Realm
	hana string // id
}

func startKeycloak(t *testing.T, tells bool) *keycloak {
	t.Helper()
	realm := kctest.Open(t, kctest.Object{"revokeRefreshToken": true, "refreshTokenMaxReuse": 0})
	k := &keycloak{real: &real{issuer: realm.Issuer, log: new(lines)}, Realm: realm}
	k.consoles(t, dbtest.One(t, store.SQLite), config.Provider{Create: config.Create{Rule: config.CreateDomains, Domains: []string{"example.org"}}})
	client := kctest.Client{ID: "rollcall", Secret: realSecret, Redirects: []string{k.Site.URL + "/*", k.there.URL + "/*"}}
	if tells {
		client.BackChannel = k.Site.URL + "/auth/oidc/backchannel-logout"
	}
	realm.AddClient(t, client)
	k.hana = realm.AddPerson(t, kctest.Somebody("hana"))
	return k
}

// signIn goes through Keycloak's own page.
func (k *keycloak) signIn(t *testing.T, v *visitor) {
	t.Helper()
	k.DB.Clock.Set(now())
	p := v.open(k.Site.URL+"/signin/oidc", url.Values{"return": {"/me"}})
	if p.at.Path != "/me" {
		p = v.submit(p, url.Values{"username": {"hana"}, "password": {kctest.Password}})
	}
	if p.code != http.StatusOK || p.at.Path != "/me" {
		t.Fatalf("signed in to %s: %d %.1000s", p.at, p.code, p.body)
	}
}

func (k *keycloak) looks(t *testing.T, times int) {
	t.Helper()
	for range times {
		before := k.checked(t)
		k.until(t, "Keycloak is asked again", func() bool {
			if _, err := k.there.App.SignIn.Revalidate(t.Context()); err != nil {
				t.Fatal(err)
			}
			return k.checked(t) > before
		})
	}
}

// checked says when Keycloak vouched last.
func (k *keycloak) checked(t *testing.T) models.Instant {
	t.Helper()
	var rows []models.SignInGrant
	if err := k.DB.Store.Read(k.DB.Tenant).Select(&rows).Limit(100).Scan(t.Context()); err != nil {
		t.Fatal(err)
	}
	var last models.Instant
	for _, row := range rows {
		last = max(last, row.CheckedAt)
	}
	return last
}

// Keycloak ends a person's sessions, and says so: out here on both replicas.
func TestKeycloakTellsOfEndedSessions(t *testing.T) {
	t.Parallel()
	k, v := startKeycloak(t, true), newVisitor(t)
	k.signIn(t, v)
	for _, at := range []*apptest.Site{k.Site, k.there} {
		if !v.in(at) {
			t.Fatal("not signed in on both replicas")
		}
	}
	k.DB.Clock.Set(now())
	k.Call(t, http.MethodPost, "/users/"+k.hana+"/logout", nil, nil)
	for _, at := range []*apptest.Site{k.Site, k.there} {
		if v.in(at) {
			t.Errorf("still in at %s", at.URL)
		}
	}
	if e := k.events(t, models.SessionEnd); len(e) != 1 || e[0].Via != models.ViaSignal {
		t.Errorf("events = %+v", e)
	}
}

// Disabling a person there tells nobody; the next look finds it.
func TestKeycloakDisablesAPerson(t *testing.T) {
	t.Parallel()
	k, v := startKeycloak(t, true), newVisitor(t)
	k.signIn(t, v)
	k.looks(t, 3)
	if !v.in(k.Site) {
		t.Fatal("looking again signed somebody out")
	}
	k.Change(t, k.hana, kctest.Object{"enabled": false})
	k.until(t, "the session ends at the next look", func() bool { return !v.in(k.Site) && !v.in(k.there) })
	if e := k.events(t, models.GrantRefused); len(e) != 1 || !strings.Contains(e[0].Detail, "invalid_grant") {
		t.Errorf("events = %+v", e)
	}
}

// Coming back in the same session of Keycloak, again and again, and proving
// oneself anew there, signs nobody out; leaving takes the token back.
func TestKeycloakSessionServesSeveralOfOurs(t *testing.T) {
	t.Parallel()
	k, v := startKeycloak(t, false), newVisitor(t)
	for range 3 {
		k.signIn(t, v) // a new session here each time, the same one there
		k.looks(t, 2)
		if !v.in(k.Site) {
			t.Fatal("a token of the session before was taken back, and this session ended with it")
		}
	}
	if e := k.events(t, models.GrantRefused); len(e) != 0 {
		t.Fatalf("events = %+v", e)
	}
	v.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	k.DB.Clock.Set(now())
	v.open(k.Site.URL+"/signout", url.Values{})
	k.until(t, "every token is taken back", func() bool { return len(k.events(t, models.GrantRevoked)) == 3 })
	for _, e := range k.events(t, models.GrantRevoked) {
		if e.Result != models.ResultDone {
			t.Errorf("event = %+v", e)
		}
	}
}
