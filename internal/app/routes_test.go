package app_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/app/apptest"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// fixture is a site with one person per role, a second tenant, and a value for
// every parameter a path may have: of this tenant, of the other, and of nobody.
type fixture struct {
	*apptest.Site
	admin    *apptest.Browser
	employee *apptest.Browser
	boss     apptest.Person
	target   apptest.Person
	foreign  map[string]string
	own      map[string]string // ids that exist here, for every parameter that has one
}

func newFixture(t *testing.T, db *dbtest.DB) *fixture {
	t.Helper()
	s := apptest.Start(t, db)
	f := &fixture{Site: s}
	f.boss = s.Add("Amara Okafor", models.RoleAdmin)
	f.admin = s.SignInElevated(f.boss)
	f.employee = s.SignIn(s.Add("Elif Kaya", models.RoleEmployee))
	f.target = s.Add("Jonas Weber", models.RoleHelpdesk)
	other := s.NewTenant("southwind")
	stranger := s.AddIn(other, "Sven Holm", models.RoleAdmin)
	f.foreign = map[string]string{"id": stranger.PublicID, "session": "0198c0de-0000-7000-8000-000000000000", "assignment": "999999", "key": "no-such-key", "provider": "nobody"}
	var held models.Assignment
	err := s.DB.Store.Read(other).Select(&held).Column("id").Where("user_id = ?", stranger.ID).Limit(1).Scan(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	f.foreign["assignment"] = itoa(held.ID)
	f.foreign["connector"] = s.ConnectIn(other, "Southwind directory").PublicID
	f.own = map[string]string{"id": f.target.PublicID, "key": models.RoleHelpdesk, "connector": s.Connect("Northwind directory").PublicID, "product": "demo"}
	return f
}

// path fills a pattern's parameters; what has no value becomes a made-up word.
func path(pattern string, values map[string]string) string {
	parts := strings.Split(pattern, "/")
	for i, part := range parts {
		name, is := strings.CutPrefix(part, ":")
		if !is {
			continue
		}
		parts[i] = "none"
		if v := values[name]; v != "" {
			parts[i] = v
		}
	}
	return strings.Join(parts, "/")
}

func TestEveryRouteRefusesAnonymous(t *testing.T) {
	t.Parallel()
	f := newFixture(t, dbtest.One(t, store.SQLite))
	nobody := f.Browser()
	for _, r := range f.Kit.Routes() {
		if r.Door == web.Public {
			continue
		}
		got := nobody.Do(r.Method, path(r.Path, f.own), nil)
		if got.Code != http.StatusSeeOther || !strings.HasPrefix(got.Header.Get("Location"), "/signin") {
			t.Errorf("%s %s without a session: %d to %q, want 303 to /signin", r.Method, r.Path, got.Code, got.Header.Get("Location"))
		}
		if strings.Contains(got.Body, f.target.Name) {
			t.Errorf("%s %s tells nobody the name of a person", r.Method, r.Path)
		}
	}
}

// WEB-13: a route opens for exactly who holds one of its permissions.
func TestEveryRouteRefusesWithoutPermission(t *testing.T) {
	t.Parallel()
	f := newFixture(t, dbtest.One(t, store.SQLite))
	for _, r := range f.Kit.Routes() {
		if r.Door != web.Permitted {
			continue
		}
		if r.Allow == 0 {
			t.Errorf("%s %s has no permission: nobody can ever open it", r.Method, r.Path)
		}
		got := f.employee.Do(r.Method, path(r.Path, f.own), nil)
		if got.Code != http.StatusForbidden {
			t.Errorf("%s %s as an employee: %d, want 403", r.Method, r.Path, got.Code)
		}
		if !strings.Contains(got.Body, r.Lacks()[0]) {
			t.Errorf("%s %s as an employee does not name the missing permission %s", r.Method, r.Path, r.Lacks()[0])
		}
	}
	refused, err := f.DB.Store.Read(f.DB.Tenant).Select((*models.AuditEvent)(nil)).Where("action = ?", models.AccessRefused).Count(t.Context())
	if err != nil || refused == 0 {
		t.Errorf("refusals in the audit log = %d, %v; want one for each route", refused, err)
	}
}

// WEB-12: what belongs to another tenant does not exist, with the same words as
// what does not exist at all.
func TestAnotherTenantsIDsAreNotFound(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		f := newFixture(t, db)
		for _, r := range f.Kit.Routes() {
			if !strings.Contains(r.Path, ":") || r.Door == web.Public {
				continue
			}
			form := url.Values{"reason": {"a reason that is long enough"}, "version": {"1"}}
			got := f.admin.Do(r.Method, path(r.Path, f.foreign), form)
			if got.Code != http.StatusNotFound {
				t.Errorf("%s %s with ids of another tenant: %d, want 404", r.Method, r.Path, got.Code)
			}
			if strings.Contains(got.Body, "Sven Holm") {
				t.Errorf("%s %s shows a person of another tenant", r.Method, r.Path)
			}
		}
	})
}

func TestBadPagingIsRefusedNotObeyed(t *testing.T) {
	t.Parallel()
	f := newFixture(t, dbtest.One(t, store.SQLite))
	for _, r := range f.Kit.Routes() {
		if !r.Reads() || r.Door == web.Public {
			continue
		}
		for _, bad := range []string{"?after=%00", "?after=garbage", "?before=bm90LWEtY3Vyc29y", "?after=" + strings.Repeat("A", 5000), "?rows=1000000"} {
			got := f.admin.Get(path(r.Path, f.own) + bad)
			if got.Code >= 500 {
				t.Errorf("%s%s: %d, want an answer that is not a fault", r.Path, bad, got.Code)
			}
		}
	}
}

// Every handler survives a failing database with the safe page: no half page, no
// word of the cause, and the reference to find it by (WEB-28).
func TestEveryRouteSurvivesAFailingDatabase(t *testing.T) {
	t.Parallel()
	f := newFixture(t, dbtest.One(t, store.SQLite))
	for _, table := range []string{"", "roles", "assignments", "audit_events", "departments", "user_tokens", "identities", "attribute_definitions", dbtest.Commit} {
		for _, r := range f.Kit.Routes() {
			form := url.Values{"reason": {"a reason that is long enough"}, "version": {"1"}, "display_name": {"Jonas Weber"}}
			admin := f.SignInElevated(f.boss) // some routes end the session
			f.DB.Faults.Fail(table)
			got := admin.Do(r.Method, path(r.Path, f.own), form)
			f.DB.Faults.Heal()
			if strings.Contains(got.Body, "injected") || strings.Contains(got.Body, "SELECT") {
				t.Errorf("%s %s shows the cause while %q fails", r.Method, r.Path, table)
			}
			if got.Code >= 500 && r.Path != "/readyz" && !strings.Contains(got.Body, got.Header.Get("X-Request-ID")) {
				t.Errorf("%s %s: %d without its reference while %q fails", r.Method, r.Path, got.Code, table)
			}
			if table == "" && !r.Anonymous && r.Door != web.Public && got.Code != http.StatusServiceUnavailable && got.Code != http.StatusInternalServerError {
				t.Errorf("%s %s: %d while the whole database fails, want the safe page", r.Method, r.Path, got.Code)
			}
		}
	}
	if got := f.SignIn(f.boss).Get("/users"); got.Code != http.StatusOK {
		t.Errorf("after the database came back: %d, want 200", got.Code)
	}
}

// WEB-05: no form from elsewhere changes anything.
func TestFormsFromElsewhereAreRefused(t *testing.T) {
	t.Parallel()
	f := newFixture(t, dbtest.One(t, store.SQLite))
	for name, header := range map[string]http.Header{
		"cross-site":  {"Sec-Fetch-Site": {"cross-site"}, "Origin": {"https://evil.example"}},
		"same-site":   {"Sec-Fetch-Site": {"same-site"}, "Origin": {"https://evil.northwind.example"}},
		"null origin": {"Sec-Fetch-Site": nil, "Origin": {"null"}},
		"old browser": {"Sec-Fetch-Site": nil, "Origin": {"https://evil.example"}},
	} {
		b := *f.admin
		b.Header = header
		for _, r := range f.Kit.Routes() {
			if r.Reads() {
				continue
			}
			got := b.Do(r.Method, path(r.Path, f.own), nil)
			if got.Code != http.StatusForbidden {
				t.Errorf("%s %s from %s: %d, want 403", r.Method, r.Path, name, got.Code)
			}
		}
	}
}

// WEB-07, WEB-08, WEB-10: what every answer carries.
func TestEveryAnswerCarriesItsHeaders(t *testing.T) {
	t.Parallel()
	f := newFixture(t, dbtest.One(t, store.SQLite))
	nonces := map[string]bool{}
	for _, r := range f.Kit.Routes() {
		got := f.admin.Do(r.Method, path(r.Path, f.own), nil)
		csp := got.Header.Get("Content-Security-Policy")
		for _, want := range []string{"default-src 'none'", "script-src 'nonce-", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"} {
			if !strings.Contains(csp, want) {
				t.Errorf("%s %s: policy %q lacks %s", r.Method, r.Path, csp, want)
			}
		}
		for _, never := range []string{"unsafe", "*", "http:", "data:"} {
			if strings.Contains(csp, never) {
				t.Errorf("%s %s: policy %q holds %s", r.Method, r.Path, csp, never)
			}
		}
		if nonces[csp] {
			t.Errorf("%s %s: the nonce was used before", r.Method, r.Path)
		}
		nonces[csp] = true
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Cross-Origin-Opener-Policy": "same-origin", "Cache-Control": kept(r.Path),
		} {
			if got.Header.Get(name) != want {
				t.Errorf("%s %s: %s is %q, want %q", r.Method, r.Path, name, got.Header.Get(name), want)
			}
		}
		if !slices.Contains(got.Header.Values("Vary"), "HX-Request") {
			t.Errorf("%s %s: Vary is %q", r.Method, r.Path, got.Header.Values("Vary"))
		}
	}
}

// kept says how long an answer may be kept: none, but for what is published.
func kept(path string) string {
	if path == "/.well-known/rollcall-signing-keys" {
		return "public, max-age=300"
	}
	return "no-store"
}

// No GET changes anything but the log and the note of when a session was seen.
func TestReadingChangesNothing(t *testing.T) {
	t.Parallel()
	f := newFixture(t, dbtest.One(t, store.SQLite))
	before := f.rowsOf(t)
	for _, r := range f.Kit.Routes() {
		if r.Reads() {
			f.admin.Get(path(r.Path, f.own))
		}
	}
	if after := f.rowsOf(t); after != before {
		t.Errorf("after every GET the tables are\n%s\nwere\n%s", after, before)
	}
}
