package accounts_test

import (
	"context"
	"errors"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"github.com/rollcall/rollcall/handlers/accounts"
	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/connector/scripted"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/insight"
	"github.com/rollcall/rollcall/internal/jobs"
	"github.com/rollcall/rollcall/internal/offboard"
	"github.com/rollcall/rollcall/internal/secret"
	"github.com/rollcall/rollcall/internal/session"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
	"github.com/rollcall/rollcall/views/layout"
)

const helpdesk = models.AttentionRead | models.UsersRead | models.UsersSuspend | models.SessionsEnd | models.AccountsUnlock | models.RolesRead | models.AuditRead

// house is the pages over real engines, one scripted Keycloak, and a database of
// the test's own; who is calling is what the test says.
type house struct {
	*dbtest.DB
	people   *directory.Engine
	offboard *offboard.Engine
	jobs     *jobs.Engine
	kc       *scripted.System
	handler  http.Handler
	caller   web.Caller
	reads    []string // people whose accounts were read and kept
	elif     directory.Loaded
	at       connector.Held // Elif's account
}

func (h *house) Open(context.Context, int64, int64) (connector.System, error) { return h.kc, nil }

func (h *house) read(_ context.Context, _ models.Actor, publicID string) error {
	h.reads = append(h.reads, publicID)
	return nil
}

func (h *house) Report(context.Context, int64, int64, connector.Use) {}

func newHouse(t testing.TB) *house {
	t.Helper()
	gin.SetMode(gin.TestMode)
	db := dbtest.One(t, store.SQLite)
	h := &house{DB: db, kc: scripted.New(db.Clock.Now), jobs: jobs.New(db.Store, jobs.Options{}), people: directory.New(db.Store)}
	acc := access.New(db.Store)
	if err := acc.EnsureBuiltIns(context.Background(), db.Tenant); err != nil {
		t.Fatal(err)
	}
	ring, err := secret.NewKeyring(secret.NewKey())
	if err != nil {
		t.Fatal(err)
	}
	sessions, err := session.New(session.Options{Store: db.Store, Keyring: ring, Secure: true})
	if err != nil {
		t.Fatal(err)
	}
	h.offboard = offboard.New(offboard.Deps{Store: db.Store, People: h.people, Access: acc, Sessions: sessions, Jobs: h.jobs, Systems: h})
	looks := insight.New(insight.Deps{Store: db.Store, Access: acc, Systems: h, Patience: 50 * time.Millisecond})
	pages := accounts.New(accounts.Deps{People: h.people, Insight: looks, Offboard: h.offboard, Drift: "/sync/drift", Read: h.read})
	h.elif = h.add(t, "Elif Kaya")
	row := access.LoadRow{UserID: h.elif.ID, RoleKey: models.RoleEmployee, Source: models.SourceDirect, Until: models.Forever, GrantedBy: "Test"}
	if _, err := acc.Load(context.Background(), db.Actor(), []access.LoadRow{row}); err != nil {
		t.Fatal(err)
	}
	h.as(t, "Goran Novak", models.AllPermissions)
	kit := web.New(web.Options{
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Doorkeeper: h, Now: db.Clock.Now,
		Tenant: layout.Tenant{Name: "Northwind Group", Environment: "test"}, Secure: true,
	})
	engine := gin.New()
	kit.Mount(engine, pages.Routes())
	h.handler = web.RequestIDs(engine)
	return h
}

// connect puts the connector in, and Elif's account at it.
func (h *house) connect(t testing.TB) {
	t.Helper()
	row := models.Connector{
		PublicID: uuid.NewString(), Key: "keycloak", Kind: models.ConnectorKeycloak, Name: "Keycloak", State: models.ConnectorEnabled, Settings: "{}", Mapping: "{}", Sync: "{}",
	}
	err := h.Store.Change(context.Background(), h.Actor(), func(ctx context.Context, tx *store.Tx) error {
		row.ID = 0
		_, err := tx.Insert(&row).Exec(ctx)
		return errors.Join(err, tx.Record(ctx, store.Event{Action: models.Seeded, Target: store.Ref{Kind: models.KindTenant, ID: tx.Tenant()}}))
	})
	if err != nil {
		t.Fatal(err)
	}
	h.kc.Add(connector.Account{ID: "sub-elif", Username: "elif", EmailVerified: true})
	held, err := h.offboard.Accounts(context.Background(), h.Tenant, h.elif.ID)
	if err != nil || len(held) != 1 {
		t.Fatalf("%d accounts, %v", len(held), err)
	}
	h.at = held[0]
}

func (h *house) add(t testing.TB, name string) directory.Loaded {
	t.Helper()
	given, _, _ := strings.Cut(name, " ")
	loaded, err := h.people.Load(context.Background(), h.Actor(), []directory.NewRecord{{
		DisplayName: name, GivenName: given, Status: models.Active,
		Identities: []directory.NewIdentity{{Provider: "keycloak", Issuer: "https://id.example", Subject: "sub-" + strings.ToLower(given), How: "test"}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return loaded[0]
}

func (h *house) as(t testing.TB, name string, can models.Permission) {
	t.Helper()
	id := h.add(t, name)
	h.caller = web.Caller{
		UserID: id.ID, PublicID: id.PublicID, SessionID: "s-" + id.PublicID,
		Actor: models.Actor{Tenant: h.Tenant, Kind: models.ActorUser, UserID: id.ID, Name: name, Can: can},
	}
}

func (h *house) Caller(*http.Request, bool) (web.Caller, error) { return h.caller, nil }

func (h *house) Refused(context.Context, web.Caller, string, string, []string) {}

func (h *house) Waiting(context.Context, web.Caller) map[string]int { return nil }

func (h *house) Notices(context.Context, web.Caller) []web.Notice { return nil }

type answer struct {
	code int
	body string
	to   string
}

func (h *house) do(t testing.TB, r *http.Request) answer {
	t.Helper()
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, r)
	return answer{w.Code, html.UnescapeString(w.Body.String()), w.Header().Get("Location")}
}

func (h *house) get(t testing.TB, path string) answer {
	t.Helper()
	return h.do(t, httptest.NewRequest(http.MethodGet, "/users/"+h.elif.PublicID+path, nil))
}

func (h *house) fragment(t testing.TB, path string) answer {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, "/users/"+h.elif.PublicID+path, nil)
	r.Header.Set("HX-Request", "true")
	return h.do(t, r)
}

func (h *house) post(t testing.TB, path string, form url.Values) answer {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, "/users/"+h.elif.PublicID+path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return h.do(t, r)
}

func (h *house) drain(t testing.TB) {
	t.Helper()
	if _, err := h.jobs.Drain(context.Background(), h.Tenant); err != nil {
		t.Fatal(err)
	}
}

func (a answer) expect(t testing.TB, code int, words ...string) {
	t.Helper()
	if a.code != code {
		t.Fatalf("status %d, want %d:\n%s", a.code, code, a.text())
	}
	for _, word := range words {
		if !strings.Contains(a.body, word) {
			t.Errorf("the page does not say %q:\n%s", word, a.text())
		}
	}
}

func (a answer) lacks(t testing.TB, words ...string) {
	t.Helper()
	for _, word := range words {
		if strings.Contains(a.body, word) {
			t.Errorf("the page says %q", word)
		}
	}
}

func (a answer) text() string {
	if _, after, ok := strings.Cut(a.body, `id="main"`); ok {
		return after[:min(len(after), 5000)]
	}
	return a.body[:min(len(a.body), 5000)]
}
