package app_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/app/apptest"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// cutOff deactivates people through the forms and waits until that has ended.
func (d *desk) cutOff(people ...apptest.Person) string {
	d.t.Helper()
	at := d.plan(people...)
	leads(d.t, d.amara.Post(at+"/reason", url.Values{"reason": {whyOut}}), at+"/confirm")
	leads(d.t, d.amara.Post(at+"/confirm", url.Values{"hash": {hash(d.t, d.amara.Get(at+"/confirm"))}}), at+"?ok=begun")
	d.until(at, models.OperationDone)
	return at
}

// until waits for the background, whose clock only the test moves: for a few
// minutes at most, and then on, however busy the machine is.
func (d *desk) until(at string, want models.OperationState) models.Operation {
	d.t.Helper()
	var op models.Operation
	for began, ticks := time.Now(), 0; time.Since(began) < time.Minute; ticks++ {
		var err error
		if op, err = d.Operations.Get(d.t.Context(), d.DB.Tenant, strings.TrimPrefix(at, "/ops/")); err != nil {
			d.t.Fatal(err)
		}
		if op.State == want {
			return op
		}
		if ticks < 200 {
			d.DB.Clock.Advance(time.Second)
		}
		time.Sleep(10 * time.Millisecond)
	}
	d.t.Fatalf("it is %s, %s, want %s: %s", op.State, op.Phase, want, op.Sentence)
	return op
}

// put moves an operation as if it stood somewhere else.
func (d *desk) put(op models.Operation, set string, args ...any) {
	d.t.Helper()
	err := d.DB.Store.Change(d.t.Context(), models.SystemActor(d.DB.Tenant, "Test"), func(ctx context.Context, tx *store.Tx) error {
		if _, err := tx.Update((*models.Operation)(nil)).Set(set, args...).Where("id = ?", op.ID).Exec(ctx); err != nil {
			return err
		}
		return tx.Record(ctx, store.Event{Action: models.OperationEnd, Target: store.Ref{Kind: models.KindOperation, ID: op.ID, Name: op.Code()}})
	})
	if err != nil {
		d.t.Fatal(err)
	}
}

// What came of it, its receipts, and an undo of some and then of all, by forms alone.
func TestRunReceiptsAndUndoByForms(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		d := newDesk(t, db, 3)
		gone := d.SignIn(d.people[0])
		at := d.cutOff(d.people...)
		if got := gone.Get("/me"); got.Code != http.StatusSeeOther {
			t.Errorf("who was cut off still gets %d", got.Code)
		}
		page := d.amara.Get(at)
		shows(t, page, 200, "DEA-1 Deactivation of 3 people", "Done", "3 people are out.", "Asked for by Amara Okafor", "Undo possible until", "Undo all or some", "Receipts", "Certificates",
			"All 3", "Out 3", "Person A", "Confirmed", "About this operation", whyOut, "What was said", "asked for this")
		if !strings.Contains(page.Body, "<title>Done: DEA-1 Deactivation of 3 people - Northwind Group - Rollcall</title>") || strings.Contains(page.Body, "every 2s") {
			t.Error("it has ended: the title says so, and nothing is asked again")
		}
		shows(t, d.amara.Get(at+"?came=moved"), 200, "Nobody here.")
		shows(t, d.amara.Get("/users/"+d.people[1].PublicID), 200, "Deactivated with DEA-1. Undo possible until", "Undo")
		shows(t, d.amara.Get("/users/"+d.people[1].PublicID+"/outcomes"), 200, "Deactivated by Amara Okafor", "Part of DEA-1")
		shows(t, d.amara.Get("/attention"), 200, "Attention")
		if got := d.amara.Get("/search?q=%23DEA-1"); got.Header.Get("Location") != at {
			t.Errorf("#DEA-1 leads to %q", got.Header.Get("Location"))
		}

		shows(t, d.amara.Get(at+"/receipts"), 200, "Receipts of DEA-1", "Signed certificate", "Download CSV", "Person A", "Sign-in blocked, sessions ended", "Confirmed", "1 session ended with it", "Audit", "#")
		shows(t, d.amara.Post(at+"/receipts/csv", url.Values{"reason": {"short"}}), 422, "Nothing was downloaded")
		file := d.amara.Post(at+"/receipts/csv", url.Values{"reason": {"evidence for control AC-2"}})
		if file.Code != 200 || strings.Count(file.Body, "\n") < 5 || !strings.Contains(file.Body, "DEA-1,1,Person A,") || !strings.Contains(file.Body, "complete") {
			t.Errorf("the table: %d\n%s", file.Code, file.Body)
		}

		shows(t, d.amara.Get(at+"/undo"), 200, "Undo DEA-1", "Undo possible until", "What comes back", "3 people may sign in again", "What does not", "1 session that ended here stays ended.", "All 3 people", "Person A")
		shows(t, d.amara.Post(at+"/undo", url.Values{"reason": {whyOut}}), 422, "Choose whether everybody is let in again")
		shows(t, d.amara.Post(at+"/undo", url.Values{"reason": {whyOut}, "who": {"some"}}), 422, "Nobody is chosen. Nothing was undone.")
		shows(t, d.amara.Post(at+"/undo", url.Values{"reason": {"no"}, "who": {"all"}}), 422, "Nothing was undone")
		leads(t, d.amara.Post(at+"/undo", url.Values{"reason": {"the list named the wrong office"}, "who": {"some"}, "people": {d.people[2].PublicID}}), at+"?ok=undone")
		d.until(at, models.OperationDone)
		shows(t, d.amara.Get(at), 200, "2 people are out. 1 let in again.", "Let in again 1", "Person C", "Let in again at")
		shows(t, d.amara.Get("/users/"+d.people[2].PublicID), 200, "Active")
		leads(t, d.amara.Post(at+"/undo", url.Values{"reason": {"the list named the wrong office"}, "who": {"all"}}), at+"?ok=undone")
		d.until(at, models.OperationUndone)
		shows(t, d.amara.Get(at), 200, "Undone")
		shows(t, d.amara.Get(at+"/undo"), 200, "DEA-1 was undone already.")
		shows(t, d.amara.Post(at+"/undo", url.Values{"reason": {whyOut}, "who": {"all"}}), 409, "was undone already")
	})
}

// An undo asks for a fresh sign-in, is closed after its deadline, and is somebody
// else's to do for who only reads.
func TestUndoIsBounded(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		d := newDesk(t, db, 2)
		at := d.cutOff(d.people...)
		if got := d.SignIn(d.person).Post(at+"/undo", url.Values{"reason": {whyOut}, "who": {"all"}}); !strings.HasPrefix(got.Header.Get("Location"), "/step-up") {
			t.Errorf("without a fresh sign-in: %d to %q", got.Code, got.Header.Get("Location"))
		}
		auditor := d.SignIn(d.Add("Ilse Weber", models.RoleAuditor))
		shows(t, auditor.Get(at+"/undo"), 200, "What comes back", "Undoing needs the permission users.deactivate")
		shows(t, auditor.Get(at), 200, "See what an undo brings back")
		db.Clock.Advance(6*24*time.Hour + 12*time.Hour)
		admin := d.SignInElevated(d.person)
		shows(t, admin.Get("/attention"), 200, "The undo of DEA-1, the deactivation of 2 people, closes.", "See the undo")
		db.Clock.Advance(24 * time.Hour)
		admin = d.SignInElevated(d.person)
		shows(t, admin.Get(at+"/undo"), 200, "It was possible until")
		shows(t, admin.Post(at+"/undo", url.Values{"reason": {whyOut}, "who": {"all"}}), 409, "Nothing was undone")
	})
}

// While it runs the page asks again by itself, says in the tab how far it is, and
// offers what can be said to it; so does a paused one, which Attention shows.
func TestRunningAndPaused(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		d := newDesk(t, db, 2)
		at := d.cutOff(d.people...)
		op := d.until(at, models.OperationDone)
		d.put(op, "state = 'running', phase = 'steps', due_at = 0, finished_at = 0, sentence = ''")
		page := d.amara.Get(at)
		shows(t, page, 200, "Running", "2 of 2 done.", "Pause", "Stop remaining steps...")
		if !strings.Contains(page.Body, `hx-get="`+at+`/progress"`) || !strings.Contains(page.Body, `hx-trigger="every 2s"`) || !strings.Contains(page.Body, "<title>2/2 Deactivation - ") {
			t.Error("a page of what runs asks again, and its title says how far it is")
		}
		follow := d.amara.Get(at + "?follow=on")
		if follow.Header.Get("Refresh") != "5" {
			t.Errorf("without a script: Refresh %q", follow.Header.Get("Refresh"))
		}
		part := d.SignIn(d.person)
		part.Header = http.Header{"Hx-Request": {"true"}}
		got := part.Get(at + "/progress?came=out")
		if got.Code != 200 || !strings.HasPrefix(got.Body, `<div id="progress"`) || !strings.Contains(got.Body, "<title>2/2 Deactivation - ") || !strings.Contains(got.Body, `hx-get="`+at+`/progress?came=out"`) {
			t.Errorf("the part: %d %s", got.Code, got.Body)
		}

		leads(t, d.amara.Post(at+"/pause", nil), at+"?ok=paused")
		shows(t, d.amara.Get(at+"?ok=paused"), 200, "Paused. What runs at this moment goes on to its end", "Paused by Amara Okafor.", "Resume")
		shows(t, d.amara.Get("/attention"), 200, "DEA-1, the deactivation of 2 people, is paused. Paused by Amara Okafor.")
		shows(t, d.amara.Post(at+"/pause", nil), 409, "Nothing was changed")
		shows(t, d.amara.Get(at+"/stop"), 200, "Stop the rest of DEA-1", "This cannot be taken back.", "Stop the rest")
		shows(t, d.amara.Post(at+"/stop", url.Values{"reason": {"no"}}), 422, "Nothing was stopped")
		leads(t, d.amara.Post(at+"/resume", nil), at+"?ok=resumed")
		d.until(at, models.OperationDone)
		got = part.Get(at + "/progress")
		if strings.Contains(got.Body, "every 2s") || !strings.Contains(got.Body, `id="status"`) {
			t.Errorf("the part of what has ended: %s", got.Body)
		}
		shows(t, d.amara.Get(at+"/stop"), 200, "is not running")
		shows(t, d.amara.Post(at+"/retry", nil), 409, "No step of DEA-1 has failed")
		shows(t, d.amara.Post(at+"/retry", url.Values{"at": {"nowhere"}}), 404, "no such connected system")
	})
}
