package sync_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/sync"
	"github.com/rollcall/rollcall/models"
)

func TestDrifts(t *testing.T) {
	t.Parallel()
	w := calm()
	masked := field("d2")
	masked.Label, masked.MaskedOne, masked.Ours, masked.Theirs = "Phone", true, "+44 1", "+44 2"
	role := field("d3")
	role.Kind, role.Privileged, role.Label, role.GroupHash, role.Can = models.DriftRole, true, "Role", "g3", []sync.Way{sync.TakeSource, sync.Ignore}
	w.drifts = []sync.DriftView{role, field("d1"), masked}
	w.summary.Differ = 3
	w.groups = []sync.Difference{{Group: "g1", Count: 17, First: field("d1")}, {Group: "g3", Count: 1, First: role}}
	rec := get(w, "/sync/drift")
	has(t, rec, 200, "17 Department Northwind ID Finance Legal Resolve together", "Elif Kaya elif.kaya Department Northwind ID Finance Legal", "Changed there by Goran Novak.",
		"Suggested: take the source Take source of Department for Elif Kaya t Push ours Department of Elif Kaya p Ignore Department of Elif Kaya i", "Privileged")
	body := rec.Body.String()
	if strings.Index(body, `id="drift-d3"`) > strings.Index(body, `id="drift-d1"`) || !strings.Contains(body, `name="next" value="d2"`) {
		t.Error("the order of the engine, or the way to the next row, is lost")
	}
	if !strings.Contains(body, `href="/sync/drift/d3/take"`) || strings.Contains(body, `hx-post="/sync/drift/d3/take"`) {
		t.Error("a privileged role can be taken without a page that asks why")
	}
	if helpdesk := text(do(w, models.SyncRead, http.MethodGet, "/sync/drift", nil)); strings.Contains(helpdesk, "+44") || !strings.Contains(helpdesk, "Masked") {
		t.Error("a masked value is shown to who may not see it")
	}
	get(w, "/sync/drift?source=c1&kind=role&state=ignored&after=x.y")
	if w.drift.Connector != "c1" || w.drift.Kind != models.DriftRole || w.drift.State != models.DriftIgnored || w.drift.Cursor != "x.y" {
		t.Errorf("asked for %+v", w.drift)
	}
	has(t, get(w, "/sync/drift?after=garbage"), 422, "does not name a page of the list")
	has(t, get(w, "/sync/drift?group=nothing"), 200, "No difference matches", "Show all open differences")
	has(t, get(w, "/sync/drift?group=g1"), 200, "2 identical differences", "Take source for all", "Push ours for all", "Ignore for all")
}

func TestResolveAtOnce(t *testing.T) {
	t.Parallel()
	w := calm()
	w.drifts, w.answer = []sync.DriftView{field("d1")}, sync.Resolved{Done: 1}
	rec := post(w, "/sync/drift/d1/take", url.Values{"next": {"d2"}}, "HX-Request", "true")
	has(t, rec, 200, "Taken from Northwind ID: Department of Elif Kaya.")
	if body := rec.Body.String(); !strings.HasPrefix(body, `<tr id="drift-d1"`) || !strings.Contains(body, `data-focus="#name-d2"`) {
		t.Errorf("the fragment is %.120q", body)
	}
	if len(w.resolved) != 1 || w.resolved[0].Way != sync.TakeSource || w.resolved[0].IDs[0] != "d1" {
		t.Errorf("resolved %+v", w.resolved)
	}
	if rec := post(w, "/sync/drift/d1/take", nil); rec.Header().Get("Location") != "/sync/drift?ok=taken" {
		t.Errorf("without a script: %d to %q", rec.Code, rec.Header().Get("Location"))
	}
	w.answer = sync.Resolved{Refused: []sync.Refusal{{Drift: "d1", Person: "Elif Kaya", Why: "It changed meanwhile."}}}
	rec = post(w, "/sync/drift/d1/take", nil, "HX-Request", "true")
	has(t, rec, 409, "Not resolved. It changed meanwhile. Open it")
	if !strings.HasPrefix(rec.Body.String(), `<tr id="drift-d1"`) {
		t.Error("a refusal breaks the table")
	}
	has(t, post(w, "/sync/drift/d1/take", nil), 409, "It changed meanwhile.", "Take department of Elif Kaya from Northwind ID")
}

func TestResolveWithAPage(t *testing.T) {
	t.Parallel()
	w := calm()
	w.drifts, w.answer = []sync.DriftView{field("d1")}, sync.Resolved{Done: 1}
	has(t, get(w, "/sync/drift/d1/push"), 200, "Push department of Elif Kaya to Northwind ID", "reads back", "Department in Northwind ID", "Legal", "Finance")
	has(t, get(w, "/sync/drift/d1/ignore"), 200, "Until", "Nothing changes on either side.")
	if body := get(w, "/sync/drift/d1/ignore").Body.String(); !strings.Contains(body, `value="2026-12-06"`) {
		t.Error("no day is offered")
	}
	has(t, post(w, "/sync/drift/d1/ignore", url.Values{"reason": {"asked the person first"}, "until": {"soon"}}), 422, "Until is not a date")
	has(t, post(w, "/sync/drift/d1/ignore", url.Values{"reason": {"asked the person first"}}), 422, "The day is missing.")
	rec := post(w, "/sync/drift/d1/ignore", url.Values{"reason": {"asked the person first"}, "until": {"2026-12-01"}})
	if rec.Header().Get("Location") != "/sync/drift?ok=ignored" || w.resolved[0].Until != models.At(time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("%d to %q, %+v", rec.Code, rec.Header().Get("Location"), w.resolved)
	}
	w.refuse = errs.Input(errs.Field{Name: "reason", Message: "Write a reason of at least 10 characters. The audit log keeps it."})
	has(t, post(w, "/sync/drift/d1/push", nil), 422, "Write a reason of at least 10 characters.", "Nothing was changed")
	w.refuse = errs.New(errs.NotFound, "This difference is no longer there.")
	has(t, post(w, "/sync/drift/d1/push", url.Values{"reason": {"ours is right"}}), 404, "This difference is no longer there.")
	has(t, get(w, "/sync/drift/d9/push"), 404)
	has(t, get(w, "/sync/drift/d1/destroy"), 404)
	has(t, post(w, "/sync/drift/d1/destroy", nil), 404)
	w.drifts[0].Can = []sync.Way{sync.TakeSource, sync.Ignore}
	has(t, get(w, "/sync/drift/d1/push"), 200, "writing back is switched off")
}

func TestResolveTogether(t *testing.T) {
	t.Parallel()
	w := calm()
	w.drifts, w.answer = []sync.DriftView{field("d1"), field("d2"), field("d3")}, sync.Resolved{Done: 3}
	const why = "The department was renamed"
	has(t, get(w, "/sync/same/g1/take"), 200, "Take department of 3 people from Northwind ID", "Take the source for 3 people")
	has(t, post(w, "/sync/same/g1/take", url.Values{"reason": {why}, "count": {"2"}}), 409, "There are now 3 identical differences instead of 2.")
	if len(w.resolved) != 0 {
		t.Fatal("resolved others than those that were looked at")
	}
	rec := post(w, "/sync/same/g1/take", url.Values{"reason": {why}, "count": {"3"}})
	if rec.Header().Get("Location") != "/sync/drift?ok=taken" || w.resolved[0].Group != "g1" || len(w.resolved[0].IDs) != 0 || w.resolved[0].Reason != why {
		t.Errorf("%d to %q, %+v", rec.Code, rec.Header().Get("Location"), w.resolved)
	}
	w.answer = sync.Resolved{Done: 2, Refused: []sync.Refusal{{Person: "Elif Kaya", Why: "It changed meanwhile."}}}
	has(t, post(w, "/sync/same/g1/take", url.Values{"reason": {why}, "count": {"3"}}), 409, "2 differences were resolved. 1 was not: Elif Kaya: It changed meanwhile.")
	has(t, get(w, "/sync/same/none/take"), 404, "no longer there")
}

func TestOrphans(t *testing.T) {
	t.Parallel()
	w := calm()
	orphan := sync.DriftView{Drift: models.Drift{PublicID: "d5", Kind: models.DriftOrphan, State: models.DriftOpen, Since: at(time.Hour)}, Connector: northwind, Account: sync.AccountRef{ID: 5, Key: "nw-5", Username: "svc-backup"}, Label: "Person", Can: []sync.Way{sync.TakeSource, sync.Ignore}}
	gone := field("d6")
	gone.Kind, gone.Cause, gone.Can = models.DriftMissing, "", []sync.Way{sync.TakeSource, sync.Ignore}
	w.drifts = []sync.DriftView{orphan, gone}
	rec := get(w, "/sync/orphans")
	has(t, rec, 200, "svc-backup Northwind ID Nobody here has this identity.", "Create a person of svc-backup t Link to a person svc-backup Ignore svc-backup i")
	if strings.Contains(text(rec), "Elif Kaya") || !strings.Contains(rec.Body.String(), `href="/links/new?account=d5"`) {
		t.Error("the two sides are mixed, or the way to link is missing")
	}
	has(t, get(w, "/sync/orphans?kind=missing"), 200, "Elif Kaya", "Northwind ID does not know the account any more.", "Accept as gone")
	if get(w, "/sync/orphans?kind=field"); w.drift.Kind != models.DriftOrphan {
		t.Errorf("a kind that is of no side = %q", w.drift.Kind)
	}
	has(t, get(w, "/sync/drift/d5/take"), 200, "Create a person of the account svc-backup", "A person is created")
	w.answer = sync.Resolved{Done: 1}
	if rec := post(w, "/sync/drift/d5/take", url.Values{"reason": {"a colleague from Brno"}}); rec.Header().Get("Location") != "/sync/orphans?kind=orphan&ok=created" {
		t.Errorf("%d to %q", rec.Code, rec.Header().Get("Location"))
	}
	has(t, get(w, "/sync/orphans?ok=created"), 200, "A person was created of the account.")
}

func TestBrokenEngine(t *testing.T) {
	t.Parallel()
	w := calm()
	w.runs, w.drifts, w.err = []sync.RunView{stopped()}, []sync.DriftView{field("d1")}, errs.New(errs.Unavailable, "The database does not answer.")
	for _, path := range []string{"/sync", "/sync/sources", "/sync/runs", "/sync/runs/r1", "/sync/drift", "/sync/drift/d1", "/sync/drift/d1/push", "/sync/same/g1/take", "/sync/orphans", "/sync/sources/c1/pause", "/sync/runs/r1/resume"} {
		has(t, get(w, path), 503, "The database does not answer.")
	}
}

// What keeps somebody out, or concerns somebody privileged, asks for a fresh
// sign-in first; the rest does not (WEB-19).
func TestSensitiveResolutions(t *testing.T) {
	t.Parallel()
	plain, privileged, status := field("d1"), field("d2"), field("d3")
	privileged.Privileged, status.Kind = true, models.DriftStatus
	for _, tt := range []struct {
		name  string
		drift sync.DriftView
		way   string
		asks  bool
	}{
		{"plain field taken", plain, "take", false}, {"plain field pushed", plain, "push", false},
		{"privileged taken", privileged, "take", true}, {"privileged pushed", privileged, "push", true}, {"privileged left", privileged, "ignore", false},
		{"status taken", status, "take", true}, {"status pushed", status, "push", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := calm()
			w.strict, w.drifts, w.answer = true, []sync.DriftView{tt.drift}, sync.Resolved{Done: 1}
			rec := post(w, "/sync/drift/"+tt.drift.PublicID+"/"+tt.way, url.Values{"reason": {"ours is right, says HR"}, "until": {"2026-12-01"}})
			asked := strings.HasPrefix(rec.Header().Get("Location"), web.StepUpPath)
			if asked != tt.asks || (len(w.resolved) == 0) != tt.asks {
				t.Errorf("asked %v, want %v: %d to %q, %d resolved", asked, tt.asks, rec.Code, rec.Header().Get("Location"), len(w.resolved))
			}
		})
	}
}
