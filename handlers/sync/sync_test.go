package sync_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	pages "github.com/rollcall/rollcall/handlers/sync"
	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/sync"
	"github.com/rollcall/rollcall/models"
	"github.com/rollcall/rollcall/views/layout"
)

var now = time.Date(2026, time.November, 22, 10, 42, 0, 0, time.UTC)

func at(ago time.Duration) models.Instant { return models.At(now.Add(-ago)) }

// world is an engine that says what it is told and notes what it is asked to do.
type world struct {
	strict  bool // sensitive acts ask for a fresh sign-in
	summary sync.Summary
	sources []sync.SourceView
	runs    []sync.RunView
	losses  []sync.LossView
	drifts  []sync.DriftView
	groups  []sync.Difference
	next    string

	asked    []string
	drift    sync.DriftQuery
	run      sync.RunQuery
	resolved []sync.Resolution
	answer   sync.Resolved
	refuse   error // of every act
	err      error // of every question
}

func (w *world) Summary(context.Context, int64) (sync.Summary, error) { return w.summary, w.err }
func (w *world) Sources(context.Context, int64) ([]sync.SourceView, error) {
	return w.sources, w.err
}

func (w *world) Runs(_ context.Context, _ int64, q sync.RunQuery) (sync.RunPage, error) {
	w.run = q
	return sync.RunPage{Rows: w.runs, Next: w.next}, w.err
}

func (w *world) RunOf(_ context.Context, _ int64, id string) (sync.RunView, error) {
	for _, r := range w.runs {
		if r.PublicID == id {
			return r, w.err
		}
	}
	return sync.RunView{}, errs.New(errs.NotFound, "There is no such run.")
}

func (w *world) Losses(context.Context, int64, sync.LossQuery) (sync.LossPage, error) {
	return sync.LossPage{Rows: w.losses, Next: w.next}, w.err
}

func (w *world) Drifts(_ context.Context, _ int64, q sync.DriftQuery) (sync.DriftPage, error) {
	w.drift = q
	if q.Cursor == "garbage" {
		return sync.DriftPage{}, errs.New(errs.Invalid, "This address does not name a page of the list.")
	}
	var page sync.DriftPage
	for _, d := range w.drifts {
		if (q.Group == "" || d.GroupHash == q.Group) && (q.Kind == "" || d.Kind == q.Kind) {
			page.Rows = append(page.Rows, d)
		}
	}
	return page, w.err
}

func (w *world) DriftOf(_ context.Context, _ int64, id string) (sync.DriftView, error) {
	for _, d := range w.drifts {
		if d.PublicID == id {
			return d, w.err
		}
	}
	return sync.DriftView{}, errs.New(errs.NotFound, "There is no such difference.")
}

func (w *world) Differences(context.Context, int64, string) ([]sync.Difference, error) {
	return w.groups, w.err
}

func (w *world) note(what string) (models.SourceRun, error) {
	w.asked = append(w.asked, what)
	return models.SourceRun{PublicID: "r9"}, w.refuse
}

func (w *world) Start(_ context.Context, a models.Actor, id string, k models.RunKind) (models.SourceRun, error) {
	return w.note("start " + id + " " + string(k) + " by " + a.Name)
}
func (w *world) Resume(_ context.Context, a models.Actor, id, reason string) (models.SourceRun, error) {
	return w.note("resume " + id + ": " + reason)
}
func (w *world) Cancel(_ context.Context, a models.Actor, id, reason string) (models.SourceRun, error) {
	return w.note("cancel " + id + ": " + reason)
}
func (w *world) Pause(_ context.Context, _ models.Actor, id, reason string) error {
	_, err := w.note("pause " + id + ": " + reason)
	return err
}
func (w *world) Unpause(_ context.Context, _ models.Actor, id, reason string) error {
	_, err := w.note("unpause " + id + ": " + reason)
	return err
}
func (w *world) Resolve(_ context.Context, _ models.Actor, in sync.Resolution) (sync.Resolved, error) {
	w.resolved = append(w.resolved, in)
	return w.answer, w.refuse
}

type door struct{ can models.Permission }

func (d door) Caller(*http.Request, bool) (web.Caller, error) {
	return web.Caller{UserID: 1, Actor: models.Actor{Tenant: 1, Kind: models.ActorUser, UserID: 1, Name: "Amara Okafor", Can: d.can}}, nil
}
func (d door) Refused(context.Context, web.Caller, string, string, []string) {}
func (d door) Waiting(context.Context, web.Caller) map[string]int            { return nil }
func (d door) Notices(context.Context, web.Caller) []web.Notice              { return nil }

func do(w *world, can models.Permission, method, path string, form url.Values, header ...string) *httptest.ResponseRecorder {
	gin.SetMode(gin.TestMode)
	kit := web.New(web.Options{Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Doorkeeper: door{can}, Tenant: layout.Tenant{Name: "Northwind Group"}, StepUp: w.strict, Now: func() time.Time { return now }})
	engine := gin.New()
	kit.Mount(engine, pages.New(pages.Deps{
		Sync: w, Connect: "/connectors/new", Connector: func(id string) string { return "/connectors/" + id },
		Link: func(d sync.DriftView) string { return "/links/new?account=" + d.PublicID },
	}).Routes())
	req := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	rec := httptest.NewRecorder()
	engine.ServeHTTP(rec, req)
	return rec
}

func get(w *world, path string, header ...string) *httptest.ResponseRecorder {
	return do(w, models.AllPermissions, http.MethodGet, path, nil, header...)
}

func post(w *world, path string, form url.Values, header ...string) *httptest.ResponseRecorder {
	return do(w, models.AllPermissions, http.MethodPost, path, form, header...)
}

var tags = regexp.MustCompile(`(?s)<head>.*?</head>|<nav class="side".*?</nav>|<span class="cell-label".*?</span>|<[^>]*>`)

func text(rec *httptest.ResponseRecorder) string {
	body := tags.ReplaceAllString(rec.Body.String(), " ")
	return strings.Join(strings.Fields(strings.NewReplacer("&#34;", `"`, "&#39;", "'", "&amp;", "&").Replace(body)), " ")
}

func has(t *testing.T, rec *httptest.ResponseRecorder, code int, sentences ...string) {
	t.Helper()
	got := text(rec)
	if rec.Code != code {
		t.Errorf("status %d, want %d: %s", rec.Code, code, got)
	}
	for _, s := range sentences {
		if !strings.Contains(got, s) {
			t.Errorf("%q is not said in:\n%s", s, got)
		}
	}
}

var (
	northwind = sync.ConnectorRef{ID: 1, PublicID: "c1", Key: "northwind", Name: "Northwind ID"}
	keycloak  = sync.ConnectorRef{ID: 2, PublicID: "c2", Key: "keycloak", Name: "Keycloak"}
)

func calm() *world {
	return &world{
		summary: sync.Summary{Sources: 1, Total: 12_481, ComparedAt: at(3 * time.Minute)},
		sources: []sync.SourceView{{Connector: northwind, State: models.ConnectorEnabled, Periodic: true, Events: true, LastRead: at(3 * time.Minute), LastFull: at(3 * time.Minute), NextRun: models.At(now.Add(12 * time.Minute))}},
	}
}

func stopped() sync.RunView {
	return sync.RunView{
		SourceRun: models.SourceRun{
			PublicID: "r1", Kind: models.RunFull, State: models.RunStopped, Sentence: "Keycloak returned 312 of 1,690 people. Nothing was applied.",
			Total: 312, Known: 1690, AccountsRead: 312, Losing: 1378, Allowed: 84, CreatedAt: at(time.Hour), StartedAt: at(time.Hour),
		},
		Connector: keycloak, Losses: sync.Losses{Missing: 1378},
	}
}

func field(id string) sync.DriftView {
	return sync.DriftView{
		Drift:     models.Drift{PublicID: id, Kind: models.DriftField, Field: "department", Ours: "Finance", Theirs: "Legal", GroupHash: "g1", State: models.DriftOpen, Since: at(time.Hour), Suggestion: "take", Cause: "Changed there by Goran Novak."},
		Connector: northwind, Person: sync.PersonRef{ID: 7, PublicID: "u7", Name: "Elif Kaya"}, Account: sync.AccountRef{ID: 3, Key: "nw-3", Username: "elif.kaya"},
		Label: "Department", Can: []sync.Way{sync.TakeSource, sync.PushOurs, sync.Ignore},
	}
}

func TestInStep(t *testing.T) {
	t.Parallel()
	has(t, get(calm(), "/sync"), 200, "In step. Compared 12,481 accounts 3 minutes ago", "Northwind ID Periodic, events", "Reading", "Sun 22 Nov 2026, 10:54", "Run now", "Pause")
	has(t, get(calm(), "/sync/drift"), 200, "In step Compared 12,481 users 3 minutes ago.")
	has(t, get(calm(), "/sync/orphans"), 200, "Nobody stands alone here Compared 12,481 accounts 3 minutes ago.")
}

func TestNeverConnected(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/sync", "/sync/drift", "/sync/orphans"} {
		rec := get(&world{}, path)
		has(t, rec, 200, "No source is connected", "Connect a system")
		if !strings.Contains(rec.Body.String(), `href="/connectors/new"`) {
			t.Errorf("%s does not lead to the set-up", path)
		}
		other := do(&world{}, models.SyncRead, http.MethodGet, path, nil)
		if strings.Contains(other.Body.String(), "/connectors/new") {
			t.Errorf("%s offers the set-up to who may not do it", path)
		}
	}
}

func TestStanding(t *testing.T) {
	t.Parallel()
	w := calm()
	w.summary.Differ, w.summary.Privileged, w.summary.Ignored, w.summary.Writing = 12, 2, 3, 1
	w.sources = append(w.sources, sync.SourceView{
		Connector: keycloak, State: models.ConnectorEnabled, Events: true, LastEvent: at(3 * time.Hour), LastRead: at(time.Hour), Waiting: 4, Lag: 90 * time.Second,
		Gap: &sync.Gap{Since: at(3 * time.Hour), Usual: 4 * time.Minute}, Failing: sync.Failing{Since: at(time.Hour), Sentence: "Keycloak answered 403."},
		Stopped: ptr(stopped()), Last: ptr(sync.RunView{SourceRun: models.SourceRun{PublicID: "r0", Kind: models.RunFull, AccountsRead: 1690, PeopleChanged: 2, PeopleCreated: 1, ErrorCount: 5}}),
	}, sync.SourceView{Connector: sync.ConnectorRef{PublicID: "c3", Name: "Kestrel"}, State: models.ConnectorEnabled, PausedAt: at(time.Hour), PausedBy: "Goran Novak", NotReading: "Paused by Goran Novak."})
	rec := get(w, "/sync")
	has(t, rec, 200, "In step: 12,469 of 12,481.", "12 differ.", "2 of them with privileged access.", "1 being written to a source.", "3 ignored for now.",
		"Keycloak waits for a decision. Keycloak returned 312 of 1,690 people.", "No event for 3 hours. Usual gap: 4 minutes.", "1 minute 1,690 3 5",
		"Keycloak answered 403. Since 1 hour ago", "By hand only", "Paused Paused by Goran Novak. Since 1 hour ago", "Resume reading Kestrel")
	if strings.Contains(rec.Body.String(), "hx-trigger=\"every 5s\"") {
		t.Error("the table refreshes itself although nothing is running")
	}
	w.sources[0].Current = ptr(sync.RunView{SourceRun: models.SourceRun{PublicID: "r3", State: models.RunRunning, Phase: models.PhaseList, AccountsRead: 4500, Total: 12_481}})
	rec = get(w, "/sync")
	has(t, rec, 200, "Running Read 4,500 of 12,481 accounts. Follow")
	if !strings.Contains(rec.Body.String(), "hx-trigger=\"every 5s\"") {
		t.Error("the table does not refresh itself while a run is running")
	}
	if fragment := get(w, "/sync/sources", "HX-Request", "true").Body.String(); !strings.HasPrefix(fragment, `<div id="sources"`) {
		t.Errorf("the fragment begins with %.60q", fragment)
	}
}

func ptr[T any](v T) *T { return &v }

func TestReadersAreOfferedNothing(t *testing.T) {
	t.Parallel()
	w := calm()
	w.drifts, w.runs = []sync.DriftView{field("d1")}, []sync.RunView{stopped()}
	w.summary.Differ = 1
	for _, path := range []string{"/sync", "/sync/drift", "/sync/drift/d1", "/sync/runs/r1", "/sync/orphans"} {
		rec := do(w, models.SyncRead, http.MethodGet, path, nil)
		if body := rec.Body.String(); rec.Code != 200 || strings.Contains(body, `method="post" action="/sync`) || strings.Contains(body, "/take") || strings.Contains(body, "/resume") || strings.Contains(body, `href="/users/`) {
			t.Errorf("%s: %d offers acts to who only reads", path, rec.Code)
		}
	}
	has(t, do(w, models.SyncRead, http.MethodGet, "/sync/runs/r1", nil), 200, "needs the permission sync.run")
}

func TestRunNow(t *testing.T) {
	t.Parallel()
	w := calm()
	rec := post(w, "/sync/sources/c1/run", nil)
	if rec.Code != 303 || rec.Header().Get("Location") != "/sync/runs/r9?ok=started" || len(w.asked) != 1 || w.asked[0] != "start c1 full by Amara Okafor" {
		t.Errorf("%d to %q, asked %q", rec.Code, rec.Header().Get("Location"), w.asked)
	}
	w.refuse = errs.New(errs.Conflict, "A run of this kind is already waiting.")
	has(t, post(w, "/sync/sources/c1/run", nil), 409, "A run of this kind is already waiting.")
}

func TestPause(t *testing.T) {
	t.Parallel()
	w := calm()
	has(t, get(w, "/sync/sources/c1/pause"), 200, "Pause reading Northwind ID", "Events that come meanwhile are kept.")
	has(t, post(w, "/sync/sources/c1/pause", url.Values{"reason": {"short"}}), 422, "Write a reason of at least 10 characters.", "Reading was not paused")
	has(t, get(w, "/sync/sources/c9/pause"), 404, "There is no such connector.")
	if rec := post(w, "/sync/sources/c1/pause", url.Values{"reason": {"maintenance tonight"}}); rec.Header().Get("Location") != "/sync?ok=paused" || len(w.asked) != 1 {
		t.Errorf("%d to %q, asked %q", rec.Code, rec.Header().Get("Location"), w.asked)
	}
	has(t, get(w, "/sync?ok=paused"), 200, "Reading is paused.")
	if rec := post(w, "/sync/sources/c1/unpause", url.Values{"reason": {"maintenance is over"}}); rec.Header().Get("Location") != "/sync?ok=unpaused" {
		t.Errorf("%d to %q", rec.Code, rec.Header().Get("Location"))
	}
	if text := text(get(w, "/sync?ok=<script>")); strings.Contains(text, "script") {
		t.Error("an unknown word is shown")
	}
}
