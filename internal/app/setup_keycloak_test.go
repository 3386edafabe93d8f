package app_test

import (
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/app/apptest"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/kctest"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// The whole set-up by its pages, against a real Keycloak: create, test, map, run
// dry, enable, and sign in through it on another replica, until it is paused.
func TestKeycloakIsSetUpByItsPages(t *testing.T) {
	t.Parallel()
	realm := kctest.Open(t)
	settings, secrets := realm.Service(t, "rollcall", "view-users", "query-users", "view-events", "view-clients", "manage-users")
	people := realm.AddPeople(t, []kctest.Person{kctest.Somebody("amara"), kctest.Somebody("bjorn"), kctest.Somebody("chiara")})
	db := dbtest.One(t, store.SQLite)
	db.Clock.Set(time.Now())
	here := apptest.Start(t, db)
	there := here.Replica()
	realm.AddClient(t, kctest.Client{ID: "console", Secret: "console-secret-of-the-test", Redirects: []string{here.URL + "/*", there.URL + "/*"}})
	b := here.SignInElevated(here.Add("Goran Novak", models.RoleAdmin))
	post := func(path string, form url.Values, to string) string {
		t.Helper()
		got := b.Post(path, form)
		at := got.Header.Get("Location")
		if got.Code != http.StatusSeeOther || !strings.Contains(at, to) {
			t.Fatalf("%s: %d to %q, want %q\n%s", path, got.Code, at, to, got.Body)
		}
		return at
	}
	shows := func(path string, wanted ...string) string {
		t.Helper()
		var body string
		for end := time.Now().Add(30 * time.Second); ; time.Sleep(200 * time.Millisecond) {
			body = b.Get(path).Body
			missing := ""
			for _, w := range wanted {
				if !strings.Contains(body, w) {
					missing = w
				}
			}
			if missing == "" {
				return body
			}
			if time.Now().After(end) {
				t.Fatalf("%s does not show %q:\n%s", path, missing, body)
			}
		}
	}
	at := post("/connectors/new/keycloak", url.Values{
		"name": {"Keycloak"}, "key": {"keycloak"}, "base_url": {settings.BaseURL}, "realm": {settings.Realm}, "client_id": {settings.ClientID}, "client_secret": {secrets.Client},
		"dev_loopback": {"yes"}, "sign_in": {"yes"}, "sign_in_client_id": {"console"}, "sign_in_secret": {"console-secret-of-the-test"}, "create": {"domains"}, "domains": {"example.org"},
	}, "/test?ok=created")
	c := strings.TrimSuffix(at, "/test?ok=created")
	run := post(c+"/test", nil, c+"/test/")
	body := shows(run, "Report as text", "Read 3 of 3 people.", "13 checks")
	if strings.Contains(body, secrets.Client) {
		t.Error("the results hold the secret")
	}
	shows(c+"/mapping", "amara@example.org", "Given amara")
	post(c+"/mapping", url.Values{"version": {"1"}, "from_display_name": {"display_name"}, "from_given_name": {"given_name"}, "from_family_name": {"family_name"}, "from_username": {"username"}, "from_email": {"email"}, "from_title": {"jobTitle"}}, "ok=mapping")
	post(c+"/reading", url.Values{"version": {"2"}, "every": {"15"}, "full_every": {"1440"}, "events": {"yes"}, "create_users": {"yes"}, "guard_percent": {"5"}, "guard_count": {"500"}, "guard_window": {"1440"}}, "ok=reading")
	post(c+"/first", nil, "/first")
	shows(c+"/first", "accounts read", "Created")
	shows(c+"/enable", "People can sign in through Keycloak within a second", "3 would be created")
	post(c+"/enable", url.Values{"version": {"3"}}, "ok=enabled")

	visitor := there.Browser()
	for end := time.Now().Add(20 * time.Second); !strings.Contains(visitor.Get("/signin").Body, "Keycloak"); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the other replica does not offer it")
		}
	}
	started := visitor.Post("/signin/keycloak", nil)
	back := logIn(t, started.Header.Get("Location"), "amara")
	if !strings.HasPrefix(back, here.URL) && !strings.HasPrefix(back, there.URL) {
		t.Fatalf("Keycloak leads to %q", back)
	}
	u, err := url.Parse(back)
	if err != nil {
		t.Fatal(err)
	}
	done := visitor.Get(u.RequestURI())
	person, _, err := here.People.FindIdentity(t.Context(), db.Tenant, settings.Issuer, people["amara"])
	if !strings.Contains(done.Body, "have no role in Rollcall") { // who it is was found out; what they may do is decided here
		t.Errorf("the sign-in ended with %d:\n%s", done.Code, done.Body)
	}
	if err != nil || person.DisplayName == "" || person.Email != "amara@example.org" {
		t.Errorf("after the sign-in: %+v, %v\n%s", person, err, done.Body)
	}
	post(c+"/pause", url.Values{"version": {"4"}, "reason": {"moved to another realm"}}, "ok=paused")
	if got := there.Browser().Post("/signin/keycloak", nil); got.Code != http.StatusNotFound {
		t.Errorf("paused on one replica, the other starts a sign-in: %d", got.Code)
	}
}

// logIn fills in Keycloak's own form and gives where it leads.
func logIn(t *testing.T, address, username string) string {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	page, err := browser.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer page.Body.Close()
	body, err := io.ReadAll(page.Body)
	if err != nil {
		t.Fatal(err)
	}
	action := regexp.MustCompile(`action="([^"]+)"`).FindSubmatch(body)
	if action == nil {
		t.Fatalf("no form at %s: %d\n%s", address, page.StatusCode, body)
	}
	sent, err := browser.PostForm(html.UnescapeString(string(action[1])), url.Values{"username": {username}, "password": {kctest.Password}})
	if err != nil {
		t.Fatal(err)
	}
	defer sent.Body.Close()
	return sent.Header.Get("Location")
}
