package users_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/rollcall/rollcall/handlers/users"
	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/jobs"
	"github.com/rollcall/rollcall/internal/offboard"
	"github.com/rollcall/rollcall/internal/secret"
	"github.com/rollcall/rollcall/internal/session"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
	"github.com/rollcall/rollcall/views/layout"
)

// house is the pages of people over real engines and a database of the test's
// own; who is calling is what the test says.
type house struct {
	*dbtest.DB
	people   *directory.Engine
	access   *access.Engine
	sessions *session.Manager
	jobs     *jobs.Engine
	offboard *offboard.Engine
	pages    *users.Pages
	handler  http.Handler
	caller   web.Caller
	refused  []string
}

// admin may do everything; helpdesk is what the built-in role gives.
const (
	admin    = models.AllPermissions
	helpdesk = models.AttentionRead | models.UsersRead | models.UsersSuspend | models.SessionsEnd | models.AccountsUnlock | models.RolesRead | models.AuditRead
)

func newHouse(t testing.TB, db *dbtest.DB) *house {
	t.Helper()
	gin.SetMode(gin.TestMode)
	h := &house{DB: db}
	h.people = directory.New(db.Store, directory.WithSourceNames(map[string]string{"keycloak": "Keycloak"}))
	h.access = access.New(db.Store)
	if err := h.access.EnsureBuiltIns(context.Background(), db.Tenant); err != nil {
		t.Fatal(err)
	}
	ring, err := secret.NewKeyring(secret.NewKey())
	if err != nil {
		t.Fatal(err)
	}
	if h.sessions, err = session.New(session.Options{Store: db.Store, Keyring: ring, Secure: true}); err != nil {
		t.Fatal(err)
	}
	h.jobs = jobs.New(db.Store, jobs.Options{})
	h.offboard = offboard.New(offboard.Deps{Store: db.Store, People: h.people, Access: h.access, Sessions: h.sessions, Jobs: h.jobs})
	h.pages = users.New(users.Deps{
		People: h.people, Access: h.access, Sessions: h.sessions, Offboard: h.offboard,
		Providers: func() []users.Provider { return []users.Provider{{Key: "keycloak", Name: "Keycloak"}} },
	})
	h.as(t, "Goran Novak", admin)
	kit := web.New(web.Options{
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Doorkeeper: h, Now: db.Clock.Now,
		Tenant: layout.Tenant{Name: "Northwind Group", Environment: "test"}, Secure: true,
	})
	engine := gin.New()
	kit.Mount(engine, h.pages.Routes())
	h.handler = web.RequestIDs(engine)
	return h
}

// as makes somebody new the caller.
func (h *house) as(t testing.TB, name string, can models.Permission) web.Caller {
	t.Helper()
	id := h.add(t, directory.NewRecord{DisplayName: name})
	h.caller = web.Caller{
		UserID: id.ID, PublicID: id.PublicID, SessionID: "s-" + id.PublicID, ProviderName: "Keycloak",
		Actor: models.Actor{Tenant: h.Tenant, Kind: models.ActorUser, UserID: id.ID, Name: name, Can: can},
	}
	return h.caller
}

// add puts one person into the directory.
func (h *house) add(t testing.TB, record directory.NewRecord) directory.Loaded {
	t.Helper()
	loaded, err := h.people.Load(context.Background(), h.Actor(), []directory.NewRecord{record})
	if err != nil {
		t.Fatal(err)
	}
	return loaded[0]
}

// define makes a local attribute.
func (h *house) define(t testing.TB, d directory.Definition) {
	t.Helper()
	if err := h.people.DefineAttribute(context.Background(), h.Actor(), d); err != nil {
		t.Fatal(err)
	}
}

// signIn opens a session.
func (h *house) signIn(t testing.TB, userID int64, userAgent string) {
	t.Helper()
	err := h.Store.Change(context.Background(), h.Actor(), func(ctx context.Context, tx *store.Tx) error {
		_, err := h.sessions.Begin(ctx, tx, session.Start{
			UserID: userID, Provider: "keycloak", Issuer: "https://id.northwind.example", Subject: "s", Methods: []string{"pwd", "otp"},
			IP: "203.0.113.9", UserAgent: userAgent,
		})
		if err != nil {
			return err
		}
		return tx.Record(ctx, store.Event{Action: models.Seeded, Target: store.Ref{Kind: models.KindTenant, ID: tx.Tenant()}})
	})
	if err != nil {
		t.Fatal(err)
	}
}

// person reads somebody as they stand.
func (h *house) person(t testing.TB, publicID string) directory.Person {
	t.Helper()
	person, err := h.people.Get(context.Background(), h.Tenant, publicID)
	if err != nil {
		t.Fatal(err)
	}
	return person
}

// Caller, Refused, Waiting and Notices make the house the doorkeeper.
func (h *house) Caller(*http.Request, bool) (web.Caller, error) { return h.caller, nil }

func (h *house) Refused(_ context.Context, _ web.Caller, method, path string, _ []string) {
	h.refused = append(h.refused, method+" "+path)
}

func (h *house) Waiting(context.Context, web.Caller) map[string]int { return nil }

func (h *house) Notices(context.Context, web.Caller) []web.Notice { return nil }

// answer is what a request was answered with.
type answer struct {
	code   int
	body   string
	header http.Header
}

func (h *house) do(t testing.TB, r *http.Request) answer {
	t.Helper()
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, r)
	return answer{w.Code, w.Body.String(), w.Header()}
}

func (h *house) get(t testing.TB, path string) answer {
	t.Helper()
	return h.do(t, httptest.NewRequest(http.MethodGet, path, nil))
}

func (h *house) fragment(t testing.TB, path string) answer {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.Header.Set("HX-Request", "true")
	return h.do(t, r)
}

func (h *house) post(t testing.TB, path string, form url.Values) answer {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return h.do(t, r)
}

// expect wants a status and words in the body.
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

// lacks wants words that are not there.
func (a answer) lacks(t testing.TB, words ...string) {
	t.Helper()
	for _, word := range words {
		if strings.Contains(a.body, word) {
			t.Errorf("the page says %q", word)
		}
	}
}

// text is the content of the page, cut to what a failure needs.
func (a answer) text() string {
	if _, after, ok := strings.Cut(a.body, `id="main"`); ok {
		return after[:min(len(after), 6000)]
	}
	return a.body[:min(len(a.body), 6000)]
}

// leads wants a redirect to a path.
func (a answer) leads(t testing.TB, path string) {
	t.Helper()
	if a.code != http.StatusSeeOther || a.header.Get("Location") != path {
		t.Fatalf("status %d to %q, want 303 to %q:\n%s", a.code, a.header.Get("Location"), path, a.text())
	}
}

// form gives the values a browser would send from the form of a page.
func (a answer) form(t testing.TB) url.Values { return formOf(t, a.body) }

// at makes an instant so long before the test's now.
func at(before time.Duration) models.Instant { return models.At(dbtest.Start.Add(-before)) }

const day = 24 * time.Hour
