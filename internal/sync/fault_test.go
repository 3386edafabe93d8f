package sync_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/sync/synctest"
	"github.com/rollcall/rollcall/models"
)

// Every way in which a source can go wrong has a sentence, takes nobody away and
// leaves the directory as the source last truly said it is.
func TestFaultsOfListing(t *testing.T) {
	for _, c := range []struct {
		fault   synctest.Fault
		state   models.RunState // after the first look
		says    string
		recover bool // goes on by itself once the source is well again
	}{
		{synctest.Fault{What: synctest.Refused}, models.RunFailed, "does not accept our credentials. Enter them again.", false},
		{synctest.Fault{What: synctest.Forbidden}, models.RunFailed, "Give the service account the role view-users.", false},
		{synctest.Fault{What: synctest.NotThere}, models.RunFailed, "The source does not know this.", false},
		{synctest.Fault{What: synctest.Conflict}, models.RunFailed, "something stands in the way", false},
		{synctest.Fault{What: synctest.Busy, Wait: time.Minute}, models.RunWaiting, "asks us to wait", true},
		{synctest.Fault{What: synctest.Broken}, models.RunWaiting, "broke down", true},
		{synctest.Fault{What: synctest.Garbage}, models.RunWaiting, "makes no sense", true},
		{synctest.Fault{What: synctest.Never}, models.RunWaiting, "did not answer within", true},
		{synctest.Fault{What: synctest.Panic}, models.RunWaiting, "does not understand", true},
		{synctest.Fault{What: synctest.Same}, models.RunWaiting, "the same page again and again", true},
	} {
		t.Run(string(c.fault.What), func(t *testing.T) {
			each(t, func(w *world) {
				w.call = 200 * time.Millisecond
				w.engine = w.replica(w.Store)
				system, row := w.source(120, usual, makes)
				w.run(row, models.RunFull)
				w.later(time.Hour)
				system.Change(synctest.ID(110), "boss", func(a *connector.Account) { a.DisplayName = "Amara Okafor" })
				c.fault.Method, c.fault.After = "ListPeople", 1
				system.Fail(c.fault)
				run := w.run(row, models.RunFull)
				if run.State != c.state || !strings.Contains(run.Sentence, c.says) {
					w.t.Errorf("%s: %q", run.State, run.Sentence)
				}
				w.true(system, 120)
				views, err := w.engine.Sources(w.t.Context(), w.Tenant)
				if err != nil || views[0].Failing.Since == 0 || !strings.Contains(views[0].Failing.Sentence, c.says) {
					w.t.Errorf("the source does not say that it fails: %+v, %v", views[0].Failing, err)
				}
				system.Heal()
				w.later(time.Hour)
				w.drain()
				if run = w.runOf(run.PublicID); c.recover != (run.State == models.RunDone) {
					w.t.Errorf("after it is well again: %s %q", run.State, run.Sentence)
				}
				if p := w.person(synctest.ID(110)); p.DisplayName != "Amara Okafor" {
					w.t.Errorf("the change is lost: %s", p.DisplayName)
				}
				if views, err = w.engine.Sources(w.t.Context(), w.Tenant); err != nil || views[0].Failing.Since != 0 {
					w.t.Errorf("it still counts as failing: %+v, %v", views[0].Failing, err)
				}
			})
		})
	}
}

// true fails unless nobody is taken for gone or out.
func (w *world) true(system *synctest.System, people int) {
	w.t.Helper()
	if n := w.missing(); n != 0 {
		w.t.Errorf("%d are taken for gone", n)
	}
	if n := w.count("SELECT COUNT(*) FROM users WHERE tenant_id = ?tenant AND status = ?", models.Active); n != people {
		w.t.Errorf("%d people are active, want %d of %d", n, people, system.Size())
	}
	if n := w.count("SELECT COUNT(*) FROM accounts WHERE tenant_id = ?tenant"); n != people {
		w.t.Errorf("%d accounts, want %d", n, people)
	}
}

// Pages that are whole but wrong: half of one, another number, the same people
// twice, accounts that cannot be kept.
func TestPagesThatAreWrong(t *testing.T) {
	for _, c := range []struct {
		fault  synctest.Fault
		errors int64
	}{
		{synctest.Fault{What: synctest.Half, Times: 1}, 0},
		{synctest.Fault{What: synctest.Half, Times: 1, After: 2}, 0},
		{synctest.Fault{What: synctest.Total, Times: 1}, 0},
		{synctest.Fault{What: synctest.Same, Times: 1, After: 1}, 0},
		{synctest.Fault{What: synctest.Rubbish, Times: 1}, 3},
	} {
		t.Run(string(c.fault.What), func(t *testing.T) {
			each(t, func(w *world) {
				system, row := w.source(120, usual, makes)
				w.run(row, models.RunFull)
				w.later(time.Hour)
				c.fault.Method = "ListPeople"
				system.Fail(c.fault)
				run := w.run(row, models.RunFull)
				if run.State != models.RunDone || run.ErrorCount != c.errors || run.AccountsRead != 120 {
					w.t.Errorf("%s %q: %d read, %d errors", run.State, run.Sentence, run.AccountsRead, run.ErrorCount)
				}
				w.true(system, 120)
			})
		})
	}
}

// When the question about one account fails, nobody is gone: the run waits.
func TestFaultsOfAsking(t *testing.T) {
	for _, what := range []synctest.What{synctest.Refused, synctest.Broken, synctest.Garbage, synctest.Another, synctest.Panic} {
		t.Run(string(what), func(t *testing.T) {
			each(t, func(w *world) {
				system, row := w.source(60, usual, makes)
				w.run(row, models.RunFull)
				w.later(time.Hour)
				system.Remove(synctest.ID(7), "boss")
				system.Fail(synctest.Fault{Method: "ReadPerson", What: what})
				run := w.run(row, models.RunFull)
				if run.State == models.RunDone || run.Sentence == "" {
					w.t.Errorf("%s %q", run.State, run.Sentence)
				}
				if w.missing() != 0 {
					w.t.Error("somebody is taken for gone although it could not be asked")
				}
				if n := w.count("SELECT COUNT(*) FROM sync_events WHERE tenant_id = ?tenant AND state = ?", models.EventWaiting); n != 1 {
					w.t.Errorf("%d events wait, want the one", n)
				}
				system.Heal()
				w.later(2 * time.Hour)
				w.drain()
				w.later(2 * time.Hour)
				w.drain()
				if w.missing() != 1 {
					w.t.Errorf("%d missing after it is well again", w.missing())
				}
			})
		})
	}
}

// A source that cannot be asked for one account: nobody is gone before two full
// lists in a row did not show them, and said no other number.
type listOnly struct{ connector.PeopleLister }

func (listOnly) Describe(ctx context.Context) (connector.Description, error) {
	return connector.Description{}, nil
}
func (listOnly) Check(context.Context, func(connector.Check)) {}
func (listOnly) Close()                                       {}

func TestSourceThatOnlyLists(t *testing.T) {
	each(t, func(w *world) {
		system, row := w.source(100, usual, connector.Schedule{CreateUsers: true})
		w.systems[row.ID] = listOnly{system}
		w.run(row, models.RunFull)
		w.later(time.Hour)
		system.Remove(synctest.ID(4), "boss")
		for want := range 2 {
			if run := w.run(row, models.RunFull); run.State != models.RunDone || w.missing() != want {
				w.t.Errorf("run %d: %s %q, %d missing", want, run.State, run.Sentence, w.missing())
			}
			w.later(time.Hour)
		}
		system.Fail(synctest.Fault{Method: "ListPeople", What: synctest.Half})
		for range 3 {
			if run := w.run(row, models.RunFull); w.missing() != 1 {
				w.t.Errorf("half a list: %s %q, %d missing", run.State, run.Sentence, w.missing())
			}
			w.later(time.Hour)
		}
	})
}
