package sync_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/sync/synctest"
	"github.com/rollcall/rollcall/models"
)

// An event carries nothing into the directory: what is read is what counts, and
// many events of one account cause one read.
func TestEventsOnlyCauseARead(t *testing.T) {
	each(t, func(w *world) {
		s := makes
		s.Events = false // they are posted
		system, c := w.source(30, usual, s)
		w.run(c, models.RunFull)
		w.later(time.Minute)
		system.Change(synctest.ID(3), "boss", func(a *connector.Account) { a.DisplayName = "Amara Okafor" })
		var events []connector.Event
		for i := range 20 {
			events = append(events, connector.Event{ID: fmt.Sprint(i), Kind: connector.EventRemoved, AccountID: synctest.ID(3), At: w.Clock.Now().Add(-time.Hour)})
		}
		events = append(events, connector.Event{ID: "unknown", Kind: connector.EventChanged, AccountID: "nobody"})
		reads := system.Calls("ReadPerson")
		if _, err := w.engine.Receive(w.t.Context(), w.Tenant, c.ID, events); err != nil {
			w.t.Fatal(err)
		}
		w.later(time.Second)
		w.drain()
		if p := w.person(synctest.ID(3)); p.DisplayName != "Amara Okafor" || w.missing() != 0 {
			w.t.Errorf("%s, %d missing", p.DisplayName, w.missing())
		}
		if n := system.Calls("ReadPerson") - reads; n != 2 {
			w.t.Errorf("%d reads", n)
		}
		if n := w.count("SELECT COUNT(*) FROM sync_events WHERE tenant_id = ?tenant AND state = ?", models.EventApplied); n != 21 {
			w.t.Errorf("%d applied", n)
		}
		w.later(time.Second)
		w.drain()
		if n := system.Calls("ReadPerson") - reads; n != 2 {
			w.t.Errorf("applied twice: %d reads", n)
		}
	})
}

// An older read never overwrites a newer one, however late it comes.
func TestOlderReadLoses(t *testing.T) {
	each(t, func(w *world) {
		s := makes
		s.Events = false // nothing mends it afterwards
		system, c := w.source(120, usual, s)
		w.run(c, models.RunFull)
		w.later(time.Hour)
		w.systems[c.ID] = &slowPages{System: system, after: func() { // the page was made; before it is stored, another read is
			system.Change(synctest.ID(5), "boss", func(a *connector.Account) { a.DisplayName = "Newer" })
			system.Remove(synctest.ID(6), "boss")
			w.Clock.Advance(time.Second)
			for i := 5; i < 7; i++ {
				if _, err := w.engine.ReadNow(w.t.Context(), w.Actor(), w.person(synctest.ID(i)).PublicID); err != nil {
					w.t.Error(err)
				}
			}
		}}
		run := w.run(c, models.RunFull)
		if p := w.person(synctest.ID(5)); p.DisplayName != "Newer" || run.State != models.RunDone {
			w.t.Errorf("%s after a page that is older; %s", p.DisplayName, run.State)
		}
		if w.missing() != 1 {
			w.t.Errorf("%d missing: an older page brought somebody back", w.missing())
		}
	})
}

// What a run would take away is not taken when a newer read shows otherwise.
func TestNewerReadKeeps(t *testing.T) {
	each(t, func(w *world) {
		s := makes
		s.Events = false
		system, c := w.source(120, usual, s)
		w.run(c, models.RunFull)
		w.later(time.Hour)
		system.Change(synctest.ID(5), "boss", func(a *connector.Account) { a.Enabled = false })
		w.systems[c.ID] = counting{system, func(from connector.Cursor) {
			if from != "50" { // the page with the account is stored; the run is not over
				return
			}
			system.Change(synctest.ID(5), "boss", func(a *connector.Account) { a.Enabled = true })
			w.Clock.Advance(time.Second)
			if _, err := w.engine.ReadNow(w.t.Context(), w.Actor(), w.person(synctest.ID(5)).PublicID); err != nil {
				w.t.Error(err)
			}
		}}
		run := w.run(c, models.RunFull)
		if !w.account(synctest.ID(5)).Enabled || len(w.drifts()) != 0 || run.Losses.Disabled != 1 {
			w.t.Errorf("%+v: %q", run.Losses, w.drifts())
		}
	})
}

// slowPages lets something happen between the making and the storing of the
// first page.
type slowPages struct {
	*synctest.System

	after func()
}

func (s *slowPages) ListPeople(ctx context.Context, from connector.Cursor, limit int) (connector.Page, error) {
	page, err := s.System.ListPeople(ctx, from, limit)
	if after := s.after; after != nil {
		s.after = nil
		after()
	}
	return page, err
}

// The follower goes on from its point, also after the process is gone, and a feed
// that fails is asked less and less often.
func TestFeedPointAndFailures(t *testing.T) {
	each(t, func(w *world) {
		system, c := w.source(30, usual, makes)
		w.run(c, models.RunFull)
		w.later(time.Second)
		system.Change(synctest.ID(1), "boss", func(a *connector.Account) { a.DisplayName = "One" })
		w.drain()
		w.engine = w.replica(w.Store)
		system.Fail(synctest.Fault{Method: "ListEvents", What: synctest.Broken})
		w.later(time.Second)
		system.Change(synctest.ID(2), "boss", func(a *connector.Account) { a.DisplayName = "Two" })
		w.drain()
		views, err := w.engine.Sources(w.t.Context(), w.Tenant)
		if err != nil || views[0].FeedFails.Since == 0 || views[0].FeedFails.Sentence == "" {
			w.t.Fatalf("%+v, %v", views[0].FeedFails, err)
		}
		calls := system.Calls("ListEvents")
		w.later(time.Second)
		w.drain()
		if system.Calls("ListEvents") != calls {
			w.t.Error("a feed that fails is asked again at once")
		}
		system.Heal()
		w.later(time.Minute)
		w.drain()
		if p := w.person(synctest.ID(2)); p.DisplayName != "Two" {
			w.t.Errorf("%s: the event is lost", p.DisplayName)
		}
		if views, err = w.engine.Sources(w.t.Context(), w.Tenant); err != nil || views[0].FeedFails.Since != 0 {
			w.t.Errorf("%+v, %v", views[0].FeedFails, err)
		}
	})
}

// A source that can only list changes is followed by them; when it has forgotten
// some, everybody is read.
type changesOnly struct {
	connector.PeopleLister
	connector.ChangeLister
	connector.PersonReader
}

func (changesOnly) Describe(context.Context) (connector.Description, error) {
	return connector.Description{}, nil
}
func (changesOnly) Check(context.Context, func(connector.Check)) {}
func (changesOnly) Close()                                       {}

func TestFollowChanges(t *testing.T) {
	each(t, func(w *world) {
		system, c := w.source(60, usual, makes)
		w.systems[c.ID] = changesOnly{system, system, system}
		w.run(c, models.RunFull)
		w.later(time.Second)
		w.drain()
		system.Change(synctest.ID(1), "boss", func(a *connector.Account) { a.DisplayName = "One" })
		system.Remove(synctest.ID(2), "boss")
		w.later(time.Second)
		w.drain()
		if p := w.person(synctest.ID(1)); p.DisplayName != "One" || w.missing() != 1 {
			w.t.Errorf("%s, %d missing", p.DisplayName, w.missing())
		}
		system.Change(synctest.ID(3), "boss", func(a *connector.Account) { a.DisplayName = "Three" })
		system.Forget()
		before := system.Calls("ListPeople")
		w.later(time.Second)
		w.drain()
		w.drain()
		if system.Calls("ListPeople") == before {
			w.t.Error("nothing was read although changes were forgotten")
		}
		if p := w.person(synctest.ID(3)); p.DisplayName != "Three" {
			w.t.Errorf("%s", p.DisplayName)
		}
	})
}

// An incremental run that is told that changes were forgotten reads everybody.
func TestForgottenChangesAreAFullRun(t *testing.T) {
	each(t, func(w *world) {
		s := makes
		s.Events = false
		system, c := w.source(60, usual, s)
		w.run(c, models.RunFull)
		w.later(time.Minute)
		system.Change(synctest.ID(3), "boss", func(a *connector.Account) { a.DisplayName = "Three" })
		system.Forget()
		run := w.run(c, models.RunIncremental)
		if run.Kind != models.RunFull || run.State != models.RunDone || run.AccountsRead != 60 || w.person(synctest.ID(3)).DisplayName != "Three" {
			w.t.Errorf("%+v", run.SourceRun)
		}
	})
}

func TestReadNow(t *testing.T) {
	each(t, func(w *world) {
		s := makes
		s.Events = false
		system, c := w.source(30, usual, s)
		w.run(c, models.RunFull)
		w.later(time.Minute)
		system.Change(synctest.ID(3), "boss", func(a *connector.Account) { a.DisplayName = "Three" })
		id := w.person(synctest.ID(3)).PublicID
		got, err := w.engine.ReadNow(w.t.Context(), w.Actor(), id)
		if err != nil || len(got) != 1 || got[0].Found != "there" || w.person(synctest.ID(3)).DisplayName != "Three" {
			w.t.Errorf("%+v, %v", got, err)
		}
		w.later(time.Minute)
		system.Remove(synctest.ID(3), "boss")
		if got, err = w.engine.ReadNow(w.t.Context(), w.Actor(), id); err != nil || got[0].Found != "gone" || w.missing() != 1 {
			w.t.Errorf("%+v, %v", got, err)
		}
		system.Fail(synctest.Fault{Method: "ReadPerson", What: synctest.Refused})
		if got, err = w.engine.ReadNow(w.t.Context(), w.Actor(), id); err != nil || got[0].Found != "failed" || got[0].Sentence == "" {
			w.t.Errorf("%+v, %v", got, err)
		}
		w.systems[c.ID] = nil
		if got, err = w.engine.ReadNow(w.t.Context(), w.Actor(), id); err != nil || got[0].Found != "failed" {
			w.t.Errorf("%+v, %v", got, err)
		}
	})
}
