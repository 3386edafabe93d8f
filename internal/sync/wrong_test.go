package sync_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/sync"
	"github.com/rollcall/rollcall/internal/sync/synctest"
	"github.com/rollcall/rollcall/models"
)

// What went wrong in a run stands there by cause: how often, and the first few.
func TestErrorsByCause(t *testing.T) {
	each(t, func(w *world) {
		system, c := w.source(120, usual, makes)
		for i := range 9 {
			system.Change(synctest.ID(i*10), "boss", func(a *connector.Account) { a.Email = "nobody can write here" })
		}
		system.Change(synctest.ID(7), "boss", func(a *connector.Account) { a.DisplayName, a.GivenName, a.FamilyName = "", "", "" })
		system.Fail(synctest.Fault{Method: "ListPeople", What: synctest.Broken, After: 1, Times: 2}) // both tries of the second page
		run := w.run(c, models.RunFull)
		if run.State != models.RunWaiting {
			t.Fatalf("%s %q", run.State, run.Sentence)
		}
		w.later(time.Minute)
		w.drain()
		done := w.runOf(run.PublicID)
		got := make([]string, len(done.Errors))
		total := 0
		for i, e := range done.Errors {
			got[i] = fmt.Sprintf("%d %s: %s Fix: %s %s", e.Times, e.Kind, e.Sentence, e.Fix, strings.Join(e.Examples, ", "))
			total += e.Times
		}
		for i, want := range []string{
			"9 value: E-mail: the source gives a value that cannot stand there. The field stays as it was; the rest of the account was read. Fix: Mend the value at the source, or fill E-mail from another attribute. person0, person10, person20, person30, person40",
			"1 value: Name: the source",
			"1 broken: Could not ListPeople. The source broke down.",
		} {
			if !slices.ContainsFunc(got, func(s string) bool { return strings.HasPrefix(s, want) }) || i == 0 && !strings.HasPrefix(got[0], want) {
				t.Errorf("got %q, want %q in it", got, want)
			}
		}
		if len(got) != 3 || total != 11 || done.ErrorCount != 11 || done.State != models.RunDone {
			t.Errorf("%d causes, %d together, %d counted, %s", len(got), total, done.ErrorCount, done.State)
		}
		if !strings.HasSuffix(got[len(got)-1], "After 50 accounts") && !strings.HasSuffix(got[len(got)-2], "After 50 accounts") {
			t.Errorf("nothing says how far it had come: %q", got)
		}
		w.later(time.Hour)
		if again := w.run(c, models.RunFull); again.ErrorCount != 10 || len(again.Errors) != 2 {
			t.Errorf("the next run counts %d of %d causes", again.ErrorCount, len(again.Errors))
		}
		if page, err := w.engine.Runs(w.t.Context(), w.Tenant, sync.RunQuery{Limit: 1}); err != nil || page.Rows[0].Errors != nil || page.Rows[0].ErrorCount != 10 {
			t.Errorf("the list: %+v, %v", page.Rows, err)
		}
	})
}

// A run that is cut off on any page counts each account once, however often it
// is taken up again; one of changes begins its counts anew.
func TestErrorsAreCountedOnceAfterACrash(t *testing.T) {
	each(t, func(w *world) {
		system, c := w.source(230, usual, makes)
		for i := range 23 {
			system.Change(synctest.ID(i*10), "boss", func(a *connector.Account) { a.Email = "nowhere" })
		}
		run, err := w.engine.Start(w.t.Context(), w.Actor(), c.PublicID, models.RunFull)
		if err != nil {
			t.Fatal(err)
		}
		for crash := 1; crash <= 4; crash++ {
			ctx, cancel := context.WithCancel(w.t.Context())
			calls := 0
			w.systems[c.ID] = counting{system, func(connector.Cursor) {
				if calls++; calls == 2 {
					cancel() // the process ends while it reads the page after next
				}
			}}
			_ = w.engine.Drain(ctx, w.Tenant)
			cancel()
			w.later(time.Minute)
			w.engine = w.replica(w.Replica(w.t))
		}
		w.systems[c.ID] = system
		w.drain()
		done := w.runOf(run.PublicID)
		if done.State != models.RunDone || done.ErrorCount != 23 || len(done.Errors) != 1 || done.Errors[0].Times != 23 || len(done.Errors[0].Examples) != 5 {
			t.Errorf("%s, %d errors: %+v", done.State, done.ErrorCount, done.Errors)
		}
	})
}

// Nobody can make a run tell more causes apart than a page can show.
func TestCausesAreBounded(t *testing.T) {
	each(t, func(w *world) {
		many := connector.Mapping{Fields: map[string]connector.FieldRule{"display_name": {From: "display_name", Owner: connector.OwnedBySource}}}
		for i := range 60 {
			many.Fields[fmt.Sprintf("attribute:gone%d", i)] = connector.FieldRule{From: "title", Owner: connector.OwnedBySource}
		}
		system := synctest.New(3, w.Clock.Now)
		run := w.run(w.connect("keycloak", system, many, makes), models.RunFull)
		if len(run.Errors) != 51 || run.Errors[0].Kind != models.ErrorRest || run.Errors[0].Times != 30 || run.ErrorCount != 180 {
			t.Fatalf("%d causes, %d errors, first %+v", len(run.Errors), run.ErrorCount, run.Errors[0])
		}
		if one := run.Errors[1]; !strings.HasPrefix(one.Sentence, "A field that is not defined any more (gone") || one.Fix != "Take it out of the mapping." {
			t.Errorf("%+v", one)
		}
	})
}
