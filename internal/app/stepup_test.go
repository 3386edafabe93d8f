package app_test

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/app/apptest"
	"github.com/rollcall/rollcall/internal/config"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/draft"
	"github.com/rollcall/rollcall/internal/signin/optest"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// events counts what was written into the log, but for refusals and readers.
func (f *fixture) events(t *testing.T) int64 {
	t.Helper()
	n, err := f.DB.Store.Read(f.DB.Tenant).Select((*models.AuditEvent)(nil)).
		Where("action NOT IN (?, ?, ?)", models.AccessRefused, models.AuditSearch, models.SignInDone).Count(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// WEB-19: without a fresh sign-in no route that is marked does anything; it keeps
// what was typed and leads to where one is asked for.
func TestEveryStepUpRouteAsksFirst(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		f := newFixture(t, db)
		plain := f.SignIn(f.boss)
		var marked []string
		for _, r := range f.Kit.Routes() {
			if !r.StepUp {
				continue
			}
			if r.Reads() {
				t.Errorf("%s %s is marked and only reads", r.Method, r.Path)
			}
			marked = append(marked, r.Path)
			before, events := f.rowsOf(t), f.events(t)
			at := path(r.Path, f.own)
			got := plain.Do(r.Method, at, bait())
			if to := got.Header.Get("Location"); got.Code != http.StatusSeeOther || !strings.HasPrefix(to, "/step-up?for=") {
				t.Errorf("%s %s without a fresh sign-in: %d to %q, want 303 to /step-up", r.Method, r.Path, got.Code, to)
			}
			b := *plain
			b.Header = http.Header{"Hx-Request": {"true"}}
			if got := b.Do(r.Method, at, bait()); !strings.HasPrefix(got.Header.Get("Hx-Redirect"), "/step-up?for=") {
				t.Errorf("%s %s by htmx: %d, want HX-Redirect to /step-up", r.Method, r.Path, got.Code)
			}
			if f.rowsOf(t) != before || f.events(t) != events {
				t.Errorf("%s %s changed something before the person had proved themselves", r.Method, r.Path)
			}
		}
		for _, want := range []string{"/users/:id/deactivate", "/users/:id/reactivate"} {
			if !slices.Contains(marked, want) {
				t.Errorf("%s is not marked", want)
			}
		}
	})
}

// bait is a form that every act could take something from.
func bait() url.Values {
	f := url.Values{}
	for _, name := range []string{"name", "display_name", "label", "sentence", "title", "note", "application"} {
		f.Set(name, "Filled in "+name)
	}
	for name, value := range map[string]string{
		"reason": "left the company in November", "version": "1", "key": "filled-in", "role": models.RoleEmployee, "kind": "text", "format": "csv",
		"leaving_at": "2027-01-31", "until": "2027-01-31", "how": "active", "email": "filled.in@northwind.example", "for": "plain", "return": "/users",
		"client_secret": "sentinel-secret", "password": "sentinel-password", "api_token": "sentinel-token",
	} {
		f.Set(name, value)
	}
	return f
}

// A form that comes back is drawn by the handler that would carry the act out.
// It never does: not one row changes, whatever was filled in.
func TestNoFormThatComesBackDoesAnything(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		f := newFixture(t, db)
		before, events, drawn := f.rowsOf(t), f.events(t), 0
		for _, r := range f.Kit.Routes() {
			if r.Method != http.MethodGet || r.Door == web.Public {
				continue
			}
			at := path(r.Path, f.own)
			id, err := f.Drafts.Keep(t.Context(), f.DB.Tenant, draft.Draft{UserID: f.boss.ID, Page: at, Path: at, Values: bait(), What: r.Summary})
			if err != nil {
				t.Fatal(err)
			}
			got := f.admin.Get(at + "?draft=" + id)
			if got.Code >= 500 || got.Code == http.StatusUnprocessableEntity {
				t.Errorf("GET %s with a draft: %d", r.Path, got.Code)
			}
			if strings.Contains(got.Body, "is filled in below") {
				drawn++
			}
			if after := f.rowsOf(t); after != before || f.events(t) != events {
				t.Fatalf("GET %s with a draft changed something:\n%s\nwas\n%s", r.Path, after, before)
			}
		}
		if drawn < 10 {
			t.Errorf("only %d forms were filled in again", drawn)
		}
	})
}

// What a page hides while it is typed is never kept; nor is what is named so.
func TestSecretFieldsAreNeverKept(t *testing.T) {
	t.Parallel()
	f := newFixture(t, dbtest.One(t, store.SQLite))
	hidden := regexp.MustCompile(`<input[^>]*type="password"[^>]*>`)
	name := regexp.MustCompile(`name="([^"]+)"`)
	for _, r := range f.Kit.Routes() {
		if !r.Reads() {
			continue
		}
		body := f.admin.Get(path(r.Path, f.own)).Body
		for _, input := range hidden.FindAllString(body, -1) {
			if m := name.FindStringSubmatch(input); m == nil || !web.SecretField(m[1]) {
				t.Errorf("GET %s: %s would be kept in a draft: give it a name that web.SecretField knows", r.Path, input)
			}
		}
	}
	plain := f.SignIn(f.boss)
	got := plain.Post("/users/"+f.target.PublicID+"/deactivate", bait())
	u, err := url.Parse(got.Header.Get("Location"))
	if err != nil {
		t.Fatal(err)
	}
	d, err := f.Drafts.Find(t.Context(), f.DB.Tenant, f.boss.ID, u.Query().Get("for"))
	if err != nil || !d.Left || strings.Contains(d.Values.Encode(), "sentinel") || d.Values.Get("reason") == "" {
		t.Errorf("kept %v, %v", d, err)
	}
}

// A form without a field for people comes back as a button to press: so a page's
// own fields have to be known, and no name of one may be asked of people.
func TestFieldsThatAPageCarriesAreKnown(t *testing.T) {
	t.Parallel()
	f := newFixture(t, dbtest.One(t, store.SQLite))
	form := regexp.MustCompile(`(?s)<form[^>]*method="post"[^>]*>.*?</form>`)
	field := regexp.MustCompile(`<(?:input|textarea|select)[^>]*>`)
	name := regexp.MustCompile(`name="([^"]+)"`)
	seen, asks := 0, map[string]bool{}
	for _, r := range f.Kit.Routes() {
		asks[r.Path] = asks[r.Path] || r.StepUp || r.StepUpWhen != ""
	}
	for _, r := range f.Kit.Routes() {
		if !r.Reads() || !asks[r.Path] {
			continue
		}
		_, body, _ := strings.Cut(f.admin.Get(path(r.Path, f.own)).Body, "<main")
		for _, one := range form.FindAllString(body, -1) {
			for _, input := range field.FindAllString(one, -1) {
				m := name.FindStringSubmatch(input)
				if m == nil {
					continue
				}
				seen++
				if hidden := strings.Contains(input, `type="hidden"`); hidden != web.CarriedField(m[1]) {
					t.Errorf("GET %s: %s: web.CarriedField says %v", r.Path, input, !hidden)
				}
			}
		}
	}
	if seen < 15 {
		t.Errorf("only %d fields were seen", seen)
	}
}

func TestStepUpCanBeSwitchedOff(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t, dbtest.One(t, store.SQLite), func(c *config.Config) { c.Session.SkipStepUp = true })
	admin, target := s.SignIn(s.Add("Amara Okafor", models.RoleAdmin)), s.Add("Jonas Weber", models.RoleEmployee)
	if page := admin.Get("/users/" + target.PublicID + "/deactivate"); strings.Contains(page.Body, "sensitive act") {
		t.Error("the form says that it will ask")
	}
	if got := admin.Post("/users/"+target.PublicID+"/deactivate", because); !strings.Contains(got.Header.Get("Location"), "ok=deactivate") {
		t.Errorf("%d to %q, want it done", got.Code, got.Header.Get("Location"))
	}
}

// A form that asks when it is opened leads back to the page before it, not to itself.
func TestCancelLeadsAwayFromAFormThatAsksWhenOpened(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t, dbtest.One(t, store.SQLite))
	admin := s.SignIn(s.Add("Amara Okafor", models.RoleAdmin))
	for came, back := range map[string]string{"/connectors/new?q=key": "/connectors/new?q=key", "/connectors/new/keycloak": "/", "/step-up?for=x": "/"} {
		admin.Header = http.Header{"Referer": {s.URL + came}}
		page := admin.Get(admin.Get("/connectors/new/keycloak").Header.Get("Location"))
		for _, want := range []string{`<a href="` + back + `">Cancel</a>`, "<strong>Connect a system</strong>", "After that the form opens."} {
			if page.Code != http.StatusOK || !strings.Contains(page.Body, want) {
				t.Errorf("from %s: %d, the page that asks does not say %q", came, page.Code, want)
			}
		}
	}
}

// The whole way, on two replicas: asked, proved at the provider, back at the
// filled form, done; and closed again by hand.
func TestStepUpAllTheWay(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		op := optest.Start(t)
		op.SetNow(db.Clock.Now)
		here := apptest.Start(t, db, beside(op))
		there := here.Replica()
		boss, target := here.Add("Amara Okafor", models.RoleAdmin), here.Add("Jonas Weber", models.RoleEmployee)
		op.SignIn(map[string]any{"sub": "sub-amara.okafor", "name": "Amara Okafor", "preferred_username": "amara.okafor", "email": "amara.okafor@northwind.example", "amr": []string{"hwk"}})
		here.Link(boss, "keycloak", op.Issuer, "sub-amara.okafor")
		b := here.Browser()
		comesBack(t, b, op, b.Post("/signin/keycloak", url.Values{"return": {"/users"}}), "/users")
		db.Clock.Advance(5 * time.Minute)

		form := "/users/" + target.PublicID + "/deactivate"
		if page := b.Get(form); !strings.Contains(page.Body, "Keycloak asks you to sign in anew") {
			t.Error("the form does not say that it will ask")
		}
		asked := b.Post(form, because).Header.Get("Location")
		page := b.Get(asked)
		for _, want := range []string{"Deactivate a person", "Continue to Keycloak", "as Amara Okafor", "15 minutes", "filled in as you left it"} {
			if !strings.Contains(page.Body, want) {
				t.Errorf("the page that asks does not say %q", want)
			}
		}
		u, _ := url.Parse(asked)
		handle := u.Query().Get("for")
		stale := b.At(there)
		comesBack(t, b, op, b.Post("/step-up", url.Values{"for": {handle}}), form+"?draft="+handle)
		if got := stale.Get("/users"); got.Code != http.StatusSeeOther {
			t.Errorf("the token before the fresh sign-in still opens a page: %d", got.Code)
		}

		other := b.At(there)
		filled := other.Get(form + "?draft=" + handle)
		for _, want := range []string{because.Get("reason"), "Elevated until 11:02 UTC", "You signed in anew at Keycloak just now (method: hwk)", "Nothing was done yet"} {
			if filled.Code != http.StatusOK || !strings.Contains(filled.Body, want) {
				t.Errorf("the form that came back (%d) does not say %q", filled.Code, want)
			}
		}
		if now := status(t, here, target); now != models.Active {
			t.Fatalf("coming back made them %s", now)
		}
		other.Header = http.Header{"Referer": {there.URL + form + "?draft=" + handle}}
		if got := other.Post(form, because); got.Header.Get("Location") != "/users/"+target.PublicID+"?ok=deactivate" {
			t.Fatalf("%d to %q, want it done", got.Code, got.Header.Get("Location"))
		}
		if now := status(t, here, target); now != models.Deactivated {
			t.Fatalf("they are %s", now)
		}
		if again := b.Get(form + "?draft=" + handle); !strings.Contains(again.Body, "no longer kept") {
			t.Error("the draft outlived the act")
		}

		if got := b.Post("/step-up/end", url.Values{"return": {"/users"}}); got.Header.Get("Location") != "/users" {
			t.Errorf("ending: %d to %q", got.Code, got.Header.Get("Location"))
		}
		if got := b.At(there).Post("/users/"+target.PublicID+"/reactivate", because); !strings.HasPrefix(got.Header.Get("Location"), "/step-up?for=") {
			t.Errorf("after the end: %d to %q, want to be asked again", got.Code, got.Header.Get("Location"))
		}
	})
}

// Somebody else at the provider's page does not become the person of the session,
// who is told and stays signed in.
func TestStepUpAsSomebodyElse(t *testing.T) {
	t.Parallel()
	db := dbtest.One(t, store.SQLite)
	op := optest.Start(t)
	op.SetNow(db.Clock.Now)
	s := apptest.Start(t, db, beside(op))
	boss, target := s.Add("Amara Okafor", models.RoleAdmin), s.Add("Jonas Weber", models.RoleEmployee)
	s.Link(boss, "keycloak", op.Issuer, "amara")
	op.SignIn(map[string]any{"sub": "amara"})
	b := s.Browser()
	comesBack(t, b, op, b.Post("/signin/keycloak", nil), "/")
	db.Clock.Advance(5 * time.Minute)
	u, _ := url.Parse(b.Post("/users/"+target.PublicID+"/deactivate", because).Header.Get("Location"))
	begun := b.Post("/step-up", url.Values{"for": {u.Query().Get("for")}})
	op.SignIn(map[string]any{"sub": "goran"})
	got := b.Get("/auth/keycloak/callback?" + op.Authorize(t, begun.Header.Get("Location")).Encode())
	if got.Code != http.StatusForbidden || !strings.Contains(got.Body, "Somebody else signed in at Keycloak") || !strings.Contains(got.Body, "stays as it was") {
		t.Errorf("%d: %s", got.Code, got.Body)
	}
	if page := b.Get("/users"); page.Code != http.StatusOK || strings.Contains(page.Body, "Elevated until") {
		t.Errorf("afterwards: %d", page.Code)
	}
}

func beside(op *optest.Provider) func(*config.Config) {
	var public *url.URL // replicas share one
	return func(c *config.Config) {
		if public == nil {
			public = c.PublicURL
		}
		c.PublicURL = public
		c.Providers = []config.Provider{{
			Key: "keycloak", Name: "Keycloak", Issuer: op.Issuer, ClientID: op.ClientID, ClientSecret: config.Secret(op.ClientSecret), DevLoopback: true,
		}}
	}
}

// comesBack walks through the provider and wants to end at an address.
func comesBack(t *testing.T, b *apptest.Browser, op *optest.Provider, begun apptest.Answer, want string) {
	t.Helper()
	back := op.Authorize(t, begun.Header.Get("Location"))
	got := b.Get("/auth/keycloak/callback?" + back.Encode())
	if got.Code != http.StatusSeeOther || got.Header.Get("Location") != want {
		t.Fatalf("back from the provider: %d to %q, want 303 to %q\n%s", got.Code, got.Header.Get("Location"), want, got.Body)
	}
}

func status(t *testing.T, s *apptest.Site, p apptest.Person) models.Status {
	t.Helper()
	found, err := s.People.Get(t.Context(), s.DB.Tenant, p.PublicID)
	if err != nil {
		t.Fatal(err)
	}
	return found.Status
}
