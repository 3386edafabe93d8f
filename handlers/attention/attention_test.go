package attention_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/rollcall/rollcall/handlers/attention"
	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/audit"
	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/link"
	"github.com/rollcall/rollcall/internal/offboard/operation"
	"github.com/rollcall/rollcall/internal/sync"
	"github.com/rollcall/rollcall/models"
	"github.com/rollcall/rollcall/views/layout"
)

var now = time.Date(2026, time.November, 22, 10, 42, 0, 0, time.UTC)

// world is what the sources say; broken names those that fail.
type world struct {
	people    int
	waiting   directory.Attention
	dormant   int
	ending    access.EndingPage
	standing  access.StandingPage
	admins    int
	apps      int
	refused   [2]int // of the last day, of the week before
	providers []attention.Provider
	sync      sync.Summary
	sources   []sync.SourceView
	drifts    map[models.DriftKind]sync.DriftPage
	links     link.Waiting

	connectors []connector.Connector
	ops        *operations // nil: nobody asks for them

	broken map[string]error
}

func (w *world) Attention(context.Context, int64) (directory.Attention, error) {
	return w.waiting, w.broken["attention"]
}

func (w *world) Count(_ context.Context, _ int64, q directory.Query) (int, bool, error) {
	if q.View == directory.ViewPrivileged {
		return w.dormant, false, w.broken["dormant"]
	}
	return w.people, false, w.broken["people"]
}

func (w *world) EndingSoon(context.Context, int64, time.Duration) (access.EndingPage, error) {
	return w.ending, w.broken["ending"]
}

func (w *world) Standing(context.Context, int64) (access.StandingPage, error) {
	return w.standing, w.broken["standing"]
}

func (w *world) PrivilegedRoleIDs(context.Context, int64) ([]int64, error) {
	return []int64{1}, w.broken["dormant"]
}

func (w *world) Role(context.Context, int64, string) (access.RoleDetail, error) {
	return access.RoleDetail{RoleRow: access.RoleRow{Holders: w.admins}}, w.broken["admins"]
}

func (w *world) Applications(context.Context, int64) ([]access.ApplicationRow, error) {
	return make([]access.ApplicationRow, w.apps), nil
}

func (w *world) Summary(context.Context, int64) (sync.Summary, error) {
	return w.sync, w.broken["drift"]
}

func (w *world) Sources(context.Context, int64) ([]sync.SourceView, error) {
	return w.sources, w.broken["sources"]
}

func (w *world) Drifts(_ context.Context, _ int64, q sync.DriftQuery) (sync.DriftPage, error) {
	return w.drifts[q.Kind], w.broken["drift"]
}

func (w *world) Enabled(context.Context, int64) ([]connector.Connector, error) {
	return w.connectors, w.broken["connectors"]
}

type linked struct{ w *world }

func (l linked) Waiting(context.Context, models.Actor) (link.Waiting, error) {
	return l.w.links, l.w.broken["links"]
}

// operations are what is said of deactivations.
type operations struct {
	broken        map[string]error
	waiting, late []models.Operation
}

func (o *operations) Waiting(context.Context, models.Actor) ([]models.Operation, error) {
	return o.waiting, o.broken["operations"]
}

func (o *operations) Late(context.Context, int64) ([]models.Operation, error) {
	return o.late, o.broken["operations"]
}
func (o *operations) Asked(context.Context, models.Actor) ([]models.Operation, error) {
	return nil, nil
}
func (o *operations) Held(context.Context, int64) ([]models.Operation, error) { return nil, nil }
func (o *operations) Resurrected(context.Context, int64, int) ([]operation.Alarm, error) {
	return nil, nil
}
func (o *operations) Unsolved(context.Context, int64) ([]operation.Unsolved, error) { return nil, nil }
func (o *operations) Closing(context.Context, int64, time.Duration) ([]models.Operation, error) {
	return nil, nil
}

type log struct{ w *world }

func (l log) Count(_ context.Context, _ models.Actor, q audit.Query) (audit.Count, error) {
	if q.To == 0 {
		return audit.Count{N: l.w.refused[0]}, l.w.broken["log"]
	}
	return audit.Count{N: l.w.refused[1]}, l.w.broken["log"]
}

type door struct{ can models.Permission }

func (d door) Caller(*http.Request, bool) (web.Caller, error) {
	return web.Caller{UserID: 1, Actor: models.Actor{Tenant: 1, Kind: models.ActorUser, UserID: 1, Name: "Amara Okafor", Can: d.can}}, nil
}
func (d door) Refused(context.Context, web.Caller, string, string, []string) {}
func (d door) Waiting(context.Context, web.Caller) map[string]int            { return nil }
func (d door) Notices(context.Context, web.Caller) []web.Notice              { return nil }

// calm is a world in which nothing needs anybody.
func calm() *world {
	return &world{people: 9_481, admins: 2, apps: 2, broken: map[string]error{}, providers: []attention.Provider{{Name: "Keycloak", OK: true}}}
}

func get(w *world, can models.Permission, path string, header ...string) *httptest.ResponseRecorder {
	gin.SetMode(gin.TestMode)
	kit := web.New(web.Options{Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Doorkeeper: door{can}, Tenant: layout.Tenant{Name: "Northwind Group"}, Now: func() time.Time { return now }})
	engine := gin.New()
	deps := attention.Deps{People: w, Access: w, Log: log{w}, Sync: w, Links: linked{w}, Connectors: w, Tenant: "Northwind Group", Providers: func() []attention.Provider { return w.providers }}
	if w.ops != nil {
		w.ops.broken = w.broken
		deps.Operations = w.ops
	}
	pages := attention.New(deps)
	kit.Mount(engine, pages.Routes())
	req := httptest.NewRequest(http.MethodGet, path, nil)
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	rec := httptest.NewRecorder()
	engine.ServeHTTP(rec, req)
	return rec
}

var tags = regexp.MustCompile(`(?s)<head>.*?</head>|<nav class="side".*?</nav>|<[^>]*>`)

func text(body string) string {
	body = tags.ReplaceAllString(body, " ")
	return strings.Join(strings.Fields(strings.NewReplacer("&#34;", `"`, "&#39;", "'", "&amp;", "&").Replace(body)), " ")
}

func row(name string, days int) directory.Row {
	at := models.At(now.AddDate(0, 0, days))
	return directory.Row{PublicID: "u1", DisplayName: name, LeavingAt: at, PendingSince: at}
}

func TestNothingNeedsAnybody(t *testing.T) {
	t.Parallel()
	got := text(get(calm(), models.AllPermissions, "/attention").Body.String())
	if !strings.Contains(got, "Nothing needs you Checked just now: 9,481 people, 1 provider.") || strings.Contains(got, "First steps") {
		t.Error(got)
	}
}

// What is most urgent stands first, whatever order the sources were asked in.
func TestOrder(t *testing.T) {
	t.Parallel()
	w := calm()
	w.waiting = directory.Attention{
		LeavingPassed: directory.Waiting{Total: 3, Rows: []directory.Row{row("Jonas Weber", -2)}},
		Pending:       directory.Waiting{Total: 1, Rows: []directory.Row{row("Sven Holm", -1)}},
		LeavingSoon:   directory.Waiting{Total: 9, Rows: []directory.Row{row("Hana Weber", 3)}},
	}
	w.dormant, w.admins, w.refused = 2, 1, [2]int{41, 14}
	w.ending.Rows = []access.Ending{{User: access.UserRef{Name: "Elif Kaya"}, Role: access.RoleRef{Name: "Clerk"}, Until: models.At(now.AddDate(0, 0, 3))}}
	w.standing.Rows = []access.Standing{{User: access.UserRef{ID: 1}}, {User: access.UserRef{ID: 1}}, {User: access.UserRef{ID: 2}}}
	w.providers = append(w.providers, attention.Provider{Name: "Okta", Sentence: "Okta does not answer.", Since: now.Add(-time.Hour)})
	w.broken["nobody"] = nil
	got := text(get(w, models.AllPermissions, "/attention").Body.String())
	at := 0
	for _, sentence := range []string{
		"1 provider cannot be used for signing in.", "9,481 people.", "9 people leave this week.",
		"3 people are past their leaving date", "Okta does not answer.", "Only one person can administer Northwind Group.",
		"41 sign-ins were refused in the last 24 hours. Usual is about 2 a day.", "Sven Holm signed in and waits to be let in.",
		"1 role ends within 7 days. The next: Clerk of Elif Kaya.", "2 people hold privileged access without an end.", "2 people with privileged access did not sign in for 90 days.",
	} {
		next := strings.Index(got[at:], sentence)
		if next < 0 {
			t.Fatalf("%q does not stand after what is more urgent:\n%s", sentence, got)
		}
		at += next
	}
}

// A source that fails must not look like nothing to do.
func TestBrokenSourceIsSaid(t *testing.T) {
	t.Parallel()
	for source, sentence := range map[string]string{
		"attention": "Could not check who waits and who leaves.", "ending": "Could not check access that ends soon.",
		"admins": "Could not check how many people can administer.", "log": "Could not check refused sign-ins.", "sources": "Could not check how reading the sources goes.", "drift": "Could not check differences from the sources.", "people": "Could not check people.",
		"connectors": "Could not check connected systems.",
	} {
		t.Run(source, func(t *testing.T) {
			t.Parallel()
			w := calm()
			w.broken[source] = errs.New(errs.Unavailable, "The database did not answer in time.")
			rec := get(w, models.AllPermissions, "/attention")
			if got := text(rec.Body.String()); rec.Code != 200 || !strings.Contains(got, sentence+" The database did not answer in time.") || !strings.Contains(got, "Retry") || strings.Contains(got, "Nothing needs you") {
				t.Errorf("%d %s", rec.Code, got)
			}
		})
	}
}

func TestUsualRefusalsAreNoFinding(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		day, week int
		found     bool
	}{
		"few": {9, 0, false}, "the first ever": {10, 0, true}, "as usual": {40, 280, false}, "three times": {120, 280, true}, "not quite": {119, 280, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := calm()
			w.refused = [2]int{c.day, c.week}
			if got := strings.Contains(get(w, models.AllPermissions, "/attention").Body.String(), "refused in the last 24 hours"); got != c.found {
				t.Errorf("shown: %v", got)
			}
		})
	}
}

func TestFirstSteps(t *testing.T) {
	t.Parallel()
	w := calm()
	w.people, w.admins, w.apps, w.providers = 1, 1, 1, nil
	got := text(get(w, models.AllPermissions, "/attention").Body.String())
	if !strings.Contains(got, "0 of 4 done") || !strings.Contains(got, "Invite a person") {
		t.Error(got)
	}
	if helpdesk := text(get(w, models.AttentionRead, "/attention").Body.String()); strings.Contains(helpdesk, "First steps") {
		t.Error("steps are shown to who cannot take them")
	}
}

func TestFragmentIsTheQueue(t *testing.T) {
	t.Parallel()
	body := get(calm(), models.AllPermissions, "/attention/queue", "HX-Request", "true").Body.String()
	if !strings.HasPrefix(body, `<div id="queue">`) || strings.Contains(body, "<html") {
		t.Errorf("the fragment begins with %.60q", body)
	}
	if whole := get(calm(), models.AllPermissions, "/attention/queue").Body.String(); !strings.Contains(whole, "<html") {
		t.Error("without htmx the address gives no page")
	}
}

func TestAssignments(t *testing.T) {
	t.Parallel()
	w := calm()
	w.ending = access.EndingPage{More: true, Rows: []access.Ending{{AssignmentID: 7, User: access.UserRef{PublicID: "u1", Name: "Elif Kaya"}, Role: access.RoleRef{Key: "ledger.clerk", Name: "Clerk", Privileged: true}, Until: models.At(now.AddDate(0, 0, 3))}}}
	body := get(w, models.AllPermissions, "/attention/ending").Body.String()
	if !strings.Contains(body, `href="/users/u1/roles/7/until"`) || !strings.Contains(text(body), "Wed 25 Nov 2026, 10:42") || !strings.Contains(text(body), "There are more.") {
		t.Error(text(body))
	}
	if other := get(w, models.AllPermissions&^models.RolesAssignPrivileged, "/attention/ending").Body.String(); strings.Contains(other, "/until") {
		t.Error("who may not assign privileged roles is offered to")
	}
	if none := text(get(w, models.AllPermissions, "/attention/standing").Body.String()); !strings.Contains(none, "No privileged access without end") {
		t.Error(none)
	}
}

func ago(d time.Duration) models.Instant { return models.At(now.Add(-d)) }

func page(n int, since time.Duration) sync.DriftPage {
	var p sync.DriftPage
	for range n {
		p.Rows = append(p.Rows, sync.DriftView{Drift: models.Drift{Since: ago(since)}})
	}
	return p
}

// What sync found stands where its weight puts it: a stopped run above
// everything but who should be out, plain differences at the end.
func TestSyncFindings(t *testing.T) {
	t.Parallel()
	w := calm()
	w.sync = sync.Summary{Sources: 2, Total: 12_102, Differ: 23, Privileged: 1, ComparedAt: ago(3 * time.Minute)}
	w.sources = []sync.SourceView{
		{Connector: sync.ConnectorRef{Name: "Northwind ID"}, Failing: sync.Failing{Since: ago(time.Hour), Sentence: "Northwind ID answered 403."}},
		{Connector: sync.ConnectorRef{Name: "Keycloak"}, Stopped: &sync.RunView{SourceRun: models.SourceRun{PublicID: "r1", Sentence: "Keycloak returned 312 of 1,690 people."}}, Gap: &sync.Gap{Since: ago(3 * time.Hour), Usual: 4 * time.Minute}},
	}
	w.drifts = map[models.DriftKind]sync.DriftPage{models.DriftField: page(17, time.Hour), models.DriftOrphan: page(4, 26*time.Hour), models.DriftMissing: page(1, time.Hour), "": page(1, 5*time.Hour)}
	w.ending.Rows = []access.Ending{{User: access.UserRef{Name: "Elif Kaya"}, Role: access.RoleRef{Name: "Clerk"}, Until: models.At(now.AddDate(0, 0, 3))}}
	rec := get(w, models.AllPermissions, "/attention")
	got, at := text(rec.Body.String()), 0
	for _, sentence := range []string{
		"1 sync waits for a decision.", "9,481 people.",
		"Reading Keycloak was stopped. Keycloak returned 312 of 1,690 people.", "Northwind ID cannot be read. Northwind ID answered 403. Changes there are not noticed.",
		"1 difference concerns people with privileged access. Since 5 hours ago", "Keycloak tells of nothing that happens there. It usually does so every 4 minutes.",
		"1 role ends within 7 days.", "17 fields differ between Rollcall and their source.", "1 person's account is gone at the source.", "4 accounts at a source belong to nobody here. Since yesterday",
	} {
		next := strings.Index(got[at:], sentence)
		if next < 0 {
			t.Fatalf("%q does not stand after what is more urgent:\n%s", sentence, got)
		}
		at += next
	}
	if !strings.Contains(rec.Body.String(), `href="/sync/runs/r1"`) {
		t.Error("the stopped run cannot be reached from here")
	}
	if helpdesk := text(get(w, models.AttentionRead, "/attention").Body.String()); strings.Contains(helpdesk, "Keycloak returned") || strings.Contains(helpdesk, "differ between") {
		t.Error("who may not see syncs is shown what they found")
	}
	w.sources, w.drifts, w.ending.Rows = w.sources[:0], nil, nil
	w.sync = sync.Summary{Sources: 2, Total: 12_102, ComparedAt: ago(3 * time.Minute)}
	if got := text(get(w, models.AllPermissions, "/attention").Body.String()); !strings.Contains(got, "Nothing needs you Checked just now: 9,481 people, 1 provider, 2 sources.") {
		t.Error(got)
	}
}

// Requests to link people are shown to who may decide them, and to nobody else.
func TestLinkedRecords(t *testing.T) {
	t.Parallel()
	w := calm()
	asked := link.Case{A: directory.PersonRef{ID: 7, Name: "Björn Sato"}, B: directory.PersonRef{ID: 8, Name: "Bjorn Sato"}}
	asked.PublicID, asked.RequestedBy, asked.SurvivorID, asked.AbsorbedID = "case-1", "Goran Novak", 7, 8
	w.links = link.Waiting{Approvals: []link.Case{asked}, Strong: 1}
	body := get(w, models.AllPermissions, "/attention").Body.String()
	for _, want := range []string{"Goran Novak asks for a second admin: merge Bjorn Sato into Björn Sato.", "1 pair of records is very likely one person each."} {
		if !strings.Contains(text(body), want) {
			t.Errorf("the queue does not say %q: %s", want, text(body))
		}
	}
	if !strings.Contains(body, `href="/links/case-1"`) {
		t.Error("the request is not one click away")
	}
	w.links.Approvals = append(w.links.Approvals, asked)
	if got := text(get(w, models.AllPermissions, "/attention").Body.String()); !strings.Contains(got, "2 requests to link or merge people wait for a second admin.") {
		t.Error(got)
	}
	if got := text(get(w, models.AllPermissions&^models.LinksEdit, "/attention").Body.String()); strings.Contains(got, "second admin:") || strings.Contains(got, "pair of records") {
		t.Error("who may decide nothing is shown what waits")
	}
}

// A connected system that does not work, an old secret and events nobody follows
// are said; what cannot be read has its line already.
// A deactivation that answers a risk and takes longer than it may stands on top,
// with what holds it up; one that waits for the reader says that it is a risk.
func TestLateDeactivations(t *testing.T) {
	t.Parallel()
	w := calm()
	w.ops = &operations{
		late: []models.Operation{
			{PublicID: "o1", Number: 7, People: 1, Title: "Elif Kaya", State: models.OperationWaiting, RiskKnownAt: models.At(now.Add(-2 * time.Hour)), RiskOutBy: models.At(now.Add(-time.Hour))},
			{PublicID: "o2", Number: 8, People: 3, Included: 3, State: models.OperationPaused, RiskKnownAt: models.At(now.Add(-2 * time.Hour)), RiskOutBy: models.At(now.Add(-time.Hour))},
		},
		waiting: []models.Operation{{
			PublicID: "o1", Number: 7, People: 1, Title: "Elif Kaya", RequestedBy: "Goran Novak", State: models.OperationWaiting, RiskKnownAt: models.At(now.Add(-2 * time.Hour)),
			ExpiresAt: models.At(now.Add(20 * time.Hour)),
		}},
	}
	body := text(get(w, models.AllPermissions, "/attention").Body.String())
	for _, want := range []string{
		"DEA-7, the deactivation of Elif Kaya because of a risk, takes longer than it may: it waits for approval.",
		"DEA-8, the deactivation of 3 people because of a risk, takes longer than it may: it is paused.",
		"Goran Novak asks to deactivate Elif Kaya, because of a risk.",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("missing %q in\n%s", want, body)
		}
	}
	if body := text(get(w, models.AllPermissions&^models.OperationsRead, "/attention").Body.String()); strings.Contains(body, "takes longer") {
		t.Error("shown to who may not see deactivations")
	}
	w.broken["operations"] = errors.New("gone")
	if body := text(get(w, models.AllPermissions, "/attention").Body.String()); !strings.Contains(body, "deactivations that are late") {
		t.Errorf("a source that fails is not named:\n%s", body)
	}
}

func TestConnectedSystems(t *testing.T) {
	t.Parallel()
	w := calm()
	schedule := connector.DefaultSchedule()
	silent := schedule
	silent.Events = false
	refused := connector.Condition{Health: connector.HealthRefused, Sentence: "Keycloak answered 401 invalid_client.", Since: models.At(now.Add(-time.Hour))}
	w.connectors = []connector.Connector{
		{ID: 1, PublicID: "c1", Name: "Keycloak", Kind: models.ConnectorKeycloak, Schedule: schedule, Health: refused, Secrets: map[string]connector.SecretNote{connector.SecretClient: {At: models.At(now.AddDate(-1, 0, 0))}}},
		{ID: 2, PublicID: "c2", Name: "Warehouse", Kind: models.ConnectorKeycloak, Schedule: silent, Secrets: map[string]connector.SecretNote{connector.SecretClient: {At: models.At(now)}}},
		{ID: 3, PublicID: "c3", Name: "Okta", Kind: models.ConnectorOIDC, Schedule: silent},
		{ID: 4, PublicID: "c4", Name: "Unread", Kind: models.ConnectorKeycloak, Schedule: schedule, Health: refused},
	}
	w.sources = []sync.SourceView{{Connector: sync.ConnectorRef{ID: 4, Name: "Unread"}, Failing: sync.Failing{Since: models.At(now), Sentence: "It answered 401."}}}
	body := get(w, models.AllPermissions, "/attention").Body.String()
	got := text(body)
	for _, want := range []string{
		"Keycloak does not do what it is asked. Keycloak answered 401 invalid_client.", "A secret of Keycloak was not changed for half a year.", "Events of Warehouse are not followed.", "Unread cannot be read.",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing: %s", want, got)
		}
	}
	for _, wrong := range []string{"A secret of Warehouse", "Events of Okta", "Unread does not do"} {
		if strings.Contains(got, wrong) {
			t.Errorf("%q is said", wrong)
		}
	}
	if !strings.Contains(body, `href="/connectors/c1/test"`) {
		t.Error("no way to test it")
	}
	if other := text(get(w, models.AllPermissions&^models.ConnectorsRead, "/attention").Body.String()); strings.Contains(other, "A secret of") {
		t.Error("said to who may not see connectors")
	}
}
