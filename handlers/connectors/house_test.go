package connectors_test

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

	"github.com/rollcall/rollcall/handlers/connectors"
	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/secret"
	"github.com/rollcall/rollcall/internal/sync"
	"github.com/rollcall/rollcall/models"
	"github.com/rollcall/rollcall/views/layout"
)

// house is the pages of connectors over real engines and a database of the
// test's own; the systems behind them are in memory.
type house struct {
	*dbtest.DB
	engine  *connector.Engine
	people  *directory.Engine
	runs    *runs
	handler http.Handler
	caller  web.Caller
	refused []string
}

func newHouse(t *testing.T, db *dbtest.DB) *house {
	t.Helper()
	gin.SetMode(gin.TestMode)
	h := &house{DB: db, people: directory.New(db.Store), runs: &runs{}}
	roles := access.New(db.Store)
	if err := roles.EnsureBuiltIns(t.Context(), db.Tenant); err != nil {
		t.Fatal(err)
	}
	ring, err := secret.NewKeyring(secret.NewKey())
	if err != nil {
		t.Fatal(err)
	}
	h.engine = connector.New(db.Store, ring, connector.Options{Kinds: kinds(), Now: db.Clock.Now})
	t.Cleanup(h.engine.Close)
	pages := connectors.New(connectors.Deps{
		Connectors: h.engine, People: h.people, Roles: roles, Syncs: h.runs,
		Configured: func() []connectors.Configured {
			return []connectors.Configured{{Key: "entra", Name: "Entra ID", Issuer: "https://login.example/v2.0", From: "ROLLCALL_OIDC_ISSUER", OK: true, Since: dbtest.Start}}
		},
		Public: &url.URL{Scheme: "https", Host: "rollcall.example"},
	})
	kit := web.New(web.Options{
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Doorkeeper: h, Now: db.Clock.Now,
		Tenant: layout.Tenant{Name: "Northwind Group", Environment: "test"}, Secure: true,
	})
	engine := gin.New()
	kit.Mount(engine, pages.Routes())
	h.handler = web.RequestIDs(engine)
	h.as(t, "Goran Novak", models.AllPermissions)
	return h
}

// as makes somebody new the caller.
func (h *house) as(t *testing.T, name string, can models.Permission) {
	t.Helper()
	loaded, err := h.people.Load(t.Context(), h.Actor(), []directory.NewRecord{{DisplayName: name}})
	if err != nil {
		t.Fatal(err)
	}
	h.caller = web.Caller{
		UserID: loaded[0].ID, PublicID: loaded[0].PublicID, SessionID: "s", ProviderName: "Keycloak",
		Actor: models.Actor{Tenant: h.Tenant, Kind: models.ActorUser, UserID: loaded[0].ID, Name: name, Can: can},
	}
}

// Caller, Refused, Waiting and Notices make the house its own doorkeeper.
func (h *house) Caller(*http.Request, bool) (web.Caller, error) { return h.caller, nil }

func (h *house) Refused(_ context.Context, _ web.Caller, _, path string, _ []string) {
	h.refused = append(h.refused, path)
}

func (h *house) Waiting(context.Context, web.Caller) map[string]int { return nil }

func (h *house) Notices(context.Context, web.Caller) []web.Notice { return nil }

// answer is what came back.
type answer struct {
	code     int
	location string
	body     string
}

func (h *house) get(path string) answer {
	return h.do(httptest.NewRequest(http.MethodGet, path, http.NoBody))
}

func (h *house) post(path string, form url.Values) answer {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return h.do(r)
}

func (h *house) do(r *http.Request) answer {
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, r)
	return answer{w.Code, w.Header().Get("Location"), w.Body.String()}
}

// holds wants words in an answer.
func (a answer) holds(t *testing.T, code int, wanted ...string) {
	t.Helper()
	if a.code != code {
		t.Fatalf("answered %d to %q, want %d:\n%s", a.code, a.location, code, a.body)
	}
	for _, w := range wanted {
		if !strings.Contains(a.body, w) {
			t.Errorf("%q is missing", w)
		}
	}
}

func (a answer) lacks(t *testing.T, words ...string) {
	t.Helper()
	for _, w := range words {
		if strings.Contains(a.body, w) {
			t.Errorf("%q stands in the page", w)
		}
	}
}

// runs are dry runs in memory.
type runs struct {
	started int
	rows    []sync.RunView
	err     error
}

func (r *runs) Start(_ context.Context, _ models.Actor, _ string, kind models.RunKind) (models.SourceRun, error) {
	if r.err != nil {
		return models.SourceRun{}, r.err
	}
	r.started++
	row := models.SourceRun{PublicID: "run", Kind: kind, State: models.RunWaiting, Total: -1}
	r.rows = append([]sync.RunView{{SourceRun: row}}, r.rows...)
	return row, nil
}

func (r *runs) Runs(context.Context, int64, sync.RunQuery) (sync.RunPage, error) {
	return sync.RunPage{Rows: r.rows}, nil
}

// plain is a system that lists nobody.
type plain struct{}

func (plain) Describe(context.Context) (connector.Description, error) {
	return connector.Description{Product: "OpenID provider", Lacks: map[connector.Capability]string{connector.CanListPeople: "An OpenID provider has no list of people."}}, nil
}

func (plain) Check(_ context.Context, report func(connector.Check)) {
	report(connector.Check{Key: "discovery", Label: "Discovery document", State: connector.CheckPassed, Sentence: "It is there."})
}

func (plain) Close() {}

// listing is one that lists people; its token check fails.
type listing struct{ plain }

func (listing) Describe(context.Context) (connector.Description, error) {
	return connector.Description{Product: "Keycloak", Version: "26.7.3", Has: []connector.Capability{connector.CanListPeople}, Writes: []string{"email"}}, nil
}

func (listing) Check(_ context.Context, report func(connector.Check)) {
	report(connector.Check{Key: "dns", Label: "Name", State: connector.CheckPassed, Sentence: "It is 192.0.2.7.", Took: 1500 * time.Millisecond})
	report(connector.Check{Key: "token", Label: "Token by client credentials", State: connector.CheckFailed, Sentence: "Keycloak answered 401 invalid_client.", Fix: "Paste the new secret."})
}

func (listing) ListPeople(context.Context, connector.Cursor, int) (connector.Page, error) {
	return connector.Page{Total: 1, Accounts: []connector.Account{{
		ID: "8d1c", Username: "amara.okafor", DisplayName: "Amara <Okafor>", Email: "amara.okafor@northwind.example", Enabled: true,
		Attributes: map[string][]string{"phone": {"+44 20 7946 0001"}, "jobTitle": {"Payment approver"}},
	}}}, nil
}

func kinds() map[models.ConnectorKind]connector.Kind {
	kind := func(system connector.System, needs ...string) connector.Kind {
		return connector.Kind{Needs: needs, New: func(connector.Settings, connector.Secrets, string, func() time.Time) (connector.System, error) {
			return system, nil
		}}
	}
	return map[models.ConnectorKind]connector.Kind{
		models.ConnectorKeycloak: kind(listing{}, "base_url", "realm", "client_id"), models.ConnectorOIDC: kind(plain{}, "base_url"),
	}
}
