package sync_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/rollcall/rollcall/internal/sync"
	"github.com/rollcall/rollcall/models"
)

func TestStoppedRun(t *testing.T) {
	t.Parallel()
	w := calm()
	w.runs = []sync.RunView{stopped()}
	w.losses = []sync.LossView{
		{SyncLoss: models.SyncLoss{Kind: models.LossMissing, State: models.LossHeld, Sentence: "Not known when it was read by its id."}, Person: sync.PersonRef{ID: 7, PublicID: "u7", Name: "Elif Kaya"}, Account: sync.AccountRef{Username: "elif.kaya"}},
		{SyncLoss: models.SyncLoss{Kind: models.LossRole, Ref: "ledger.approver", State: models.LossKept}, Account: sync.AccountRef{Key: "k1"}},
	}
	w.next = "2.x"
	has(t, get(w, "/sync/runs/r1"), 200, "Keycloak returned 312 of 1,690 people. Nothing was applied.", "If nobody meant this, cancel the run", "1,378 accounts count as gone at Keycloak.",
		"Cancel this run", "Apply to 1,378 people", "What this run would take away", "Elif Kaya elif.kaya The account is gone there Not known when it was read by its id. Held back",
		"Nobody here k1 The role ledger.approver is no longer given there Kept", "Above 84 people")

	has(t, get(w, "/sync/runs/r1/resume"), 200, "Let the full read of Keycloak go on", "Type 1,378", "Each account is looked at once more")
	const why = "The works were sold, confirmed by Legal"
	for name, c := range map[string]struct {
		form url.Values
		want string
	}{
		"no reason":     {url.Values{"typed": {"1378"}}, "Write a reason of at least 10 characters."},
		"no number":     {url.Values{"reason": {why}}, "Type 1,378, the number of people who lose something."},
		"another":       {url.Values{"reason": {why}, "typed": {"1379"}}, "Type 1,378, the number"},
		"words":         {url.Values{"reason": {why}, "typed": {"all of them"}}, "Type 1,378, the number"},
		"negative":      {url.Values{"reason": {why}, "typed": {"-1378"}}, "Type 1,378, the number"},
		"reason blank":  {url.Values{"reason": {"            "}, "typed": {"1,378"}}, "Write a reason"},
		"very long one": {url.Values{"reason": {strings.Repeat("x", 1001)}, "typed": {"1,378"}}, "too long"},
	} {
		t.Run(name, func(t *testing.T) {
			has(t, post(w, "/sync/runs/r1/resume", c.form), 422, c.want, "Nothing was decided")
		})
	}
	if len(w.asked) != 0 {
		t.Fatalf("the engine was asked: %q", w.asked)
	}
	rec := post(w, "/sync/runs/r1/resume", url.Values{"reason": {why}, "typed": {"1,378"}})
	if rec.Header().Get("Location") != "/sync/runs/r1?ok=resumed" || w.asked[0] != "resume r1: "+why {
		t.Errorf("%d to %q, asked %q", rec.Code, rec.Header().Get("Location"), w.asked)
	}
	rec = post(w, "/sync/runs/r1/cancel", url.Values{"reason": {"The filter was a mistake"}})
	if rec.Header().Get("Location") != "/sync/runs/r1?ok=cancelled" || w.asked[1] != "cancel r1: The filter was a mistake" {
		t.Errorf("%d to %q, asked %q", rec.Code, rec.Header().Get("Location"), w.asked)
	}
	w.runs[0].State, w.runs[0].DecidedBy = models.RunCancelled, "Goran Novak"
	has(t, get(w, "/sync/runs/r1/resume"), 200, "This run waits for no decision: it is cancelled.")
	has(t, get(w, "/sync/runs/nobody"), 404)
}

func TestProgress(t *testing.T) {
	t.Parallel()
	w := calm()
	run := stopped()
	run.State, run.Phase, run.Sentence, run.Total, run.AccountsRead = models.RunRunning, models.PhaseList, "", 12_102, 4500
	w.runs = []sync.RunView{run}
	rec := get(w, "/sync/runs/r1")
	has(t, rec, 200, "Running Reads page after page, and compares.", "Read 4,500 of 12,102 accounts.", "load this page anew every 5 seconds")
	if body := rec.Body.String(); !strings.Contains(body, "<title>4,500/12,102 Full read of Keycloak") || !strings.Contains(body, `hx-trigger="every 2s"`) || rec.Header().Get("Refresh") != "" {
		t.Error("the page does not follow the run, or does so unasked")
	}
	if rec := get(w, "/sync/runs/r1?follow=on"); rec.Header().Get("Refresh") != "5" {
		t.Error("it was told to load itself anew and does not")
	}
	if fragment := get(w, "/sync/runs/r1/progress", "HX-Request", "true").Body.String(); !strings.HasPrefix(fragment, `<div id="progress"`) {
		t.Errorf("the fragment begins with %.60q", fragment)
	}
	w.runs[0].State = models.RunDone
	if rec := get(w, "/sync/runs/r1/progress", "HX-Request", "true"); rec.Header().Get("HX-Redirect") != "/sync/runs/r1" {
		t.Error("at the end the whole page is not asked for")
	}
	if rec := get(w, "/sync/runs/r1?follow=on"); rec.Header().Get("Refresh") != "" {
		t.Error("a run that is over still loads itself anew")
	}
	w.runs[0].State, w.runs[0].Sentence, w.runs[0].Tries = models.RunFailed, "Keycloak answered 403.", 3
	has(t, get(w, "/sync/runs/r1"), 200, "What went wrong, by cause", "3 Keycloak answered 403.", "Test the connection: it says which step fails", "Test the connection")
}

func TestErrorsByCause(t *testing.T) {
	t.Parallel()
	w := calm()
	run := stopped()
	run.State, run.ErrorCount = models.RunDone, 216
	run.Errors = []sync.RunError{
		{Kind: models.ErrorValue, Sentence: "E-mail: cannot stand there.", Fix: "Mend the value.", Times: 212, Examples: []string{"bjorn.sato", "svc-backup"}},
		{Kind: "unauthorized", Sentence: "It is new.", Times: 1},
		{Kind: "refused", Sentence: "Keycloak does not accept our credentials.", Times: 2, Examples: []string{"After 500 accounts"}},
		{Kind: "unreachable", Sentence: "No answer.", Times: 1},
	}
	w.runs = []sync.RunView{run}
	page := get(w, "/sync/runs/r1")
	has(t, page, 200, "216", "212 E-mail: cannot stand there. First: bjorn.sato, svc-backup Mend the value. Open the mapping", "2 Keycloak does not accept our credentials. After 500 accounts",
		"Rotate the secrets", "1 No answer. Rollcall tries again by itself.", "1 It is new. Test the connection: it says")
	for _, link := range []string{`href="/connectors/c2/mapping"`, `href="/connectors/c2/secrets"`, `href="/connectors/c2/test"`} {
		if !strings.Contains(page.Body.String(), link) {
			t.Errorf("the page does not lead to %s", link)
		}
	}
	w.runs[0].Errors, w.runs[0].ErrorCount = nil, 0
	if strings.Contains(get(w, "/sync/runs/r1").Body.String(), "What went wrong") {
		t.Error("a run without errors says that something went wrong")
	}
}

func TestRuns(t *testing.T) {
	t.Parallel()
	w := calm()
	w.runs, w.next = []sync.RunView{stopped()}, "0.1"
	rec := get(w, "/sync/runs?source=c1&state=stopped&after=0.9")
	has(t, rec, 200, "Full read of Keycloak by the schedule Stopped", "Source is Northwind ID", "State is Stopped", "Next", "First page")
	if w.run.Connector != "c1" || w.run.State != models.RunStopped || w.run.Cursor != "0.9" {
		t.Errorf("asked for %+v", w.run)
	}
	if body := rec.Body.String(); !strings.Contains(body, "/sync/runs?after=0.1&amp;source=c1&amp;state=stopped") {
		t.Error("the next page loses the filter")
	}
	if get(w, "/sync/runs?source=nobody&state=green"); w.run.Connector != "" || w.run.State != "" {
		t.Errorf("made-up filters reach the engine: %+v", w.run)
	}
}
