package sync_test

import (
	"context"
	stdsync "sync"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/sync"
	"github.com/rollcall/rollcall/internal/sync/synctest"
	"github.com/rollcall/rollcall/models"
)

// counting passes everything on and says when a page was asked for.
type counting struct {
	*synctest.System

	before func(from connector.Cursor)
}

func (c counting) ListPeople(ctx context.Context, from connector.Cursor, limit int) (connector.Page, error) {
	c.before(from)
	return c.System.ListPeople(ctx, from, limit)
}

// A run that is cut off between pages goes on where it was, on another replica
// too, and reads no page twice but the one that was not stored.
func TestCrashBetweenPages(t *testing.T) {
	each(t, func(w *world) {
		system, c := w.source(230, usual, makes)
		ctx, cancel := context.WithCancel(w.t.Context())
		defer cancel()
		var asked []connector.Cursor
		w.systems[c.ID] = counting{system, func(from connector.Cursor) {
			if asked = append(asked, from); len(asked) == 3 {
				cancel() // the process ends while it reads the third page
			}
		}}
		run, err := w.engine.Start(w.t.Context(), w.Actor(), c.PublicID, models.RunFull)
		if err != nil {
			w.t.Fatal(err)
		}
		_ = w.engine.Drain(ctx, w.Tenant) // cut off: what it says does not matter
		half := w.runOf(run.PublicID)
		if half.State != models.RunRunning || half.AccountsRead != 100 || half.PageCursor != "100" {
			w.t.Fatalf("%+v", half.SourceRun)
		}
		other := w.replica(w.Replica(w.t))
		w.Clock.Advance(time.Second)
		if err := other.Drain(w.t.Context(), w.Tenant); err != nil {
			w.t.Fatal(err)
		}
		done := w.runOf(run.PublicID)
		if done.State != models.RunDone || done.AccountsRead != 230 || done.PeopleCreated != 230 {
			w.t.Errorf("%+v", done.SourceRun)
		}
		want := []connector.Cursor{"", "50", "100", "100", "150", "200"}
		if len(asked) != len(want) {
			w.t.Fatalf("asked %q", asked)
		}
		for i := range want {
			if asked[i] != want[i] {
				w.t.Errorf("asked %q, want %q", asked, want)
			}
		}
	})
}

// A database that fails anywhere in a run leaves a true directory: the page is
// stored whole or not at all, and the run goes on once it answers again.
func TestDatabaseFailsInARun(t *testing.T) {
	for _, part := range []string{"accounts", "identities", "users", "audit_events", "sync_runs", "sync_sources", dbtest.Commit} {
		t.Run(part, func(t *testing.T) {
			each(t, func(w *world) {
				_, c := w.source(70, usual, makes)
				run, err := w.engine.Start(w.t.Context(), w.Actor(), c.PublicID, models.RunFull)
				if err != nil {
					w.t.Fatal(err)
				}
				w.Faults.FailWith(part, dbtest.ErrInjected, 3)
				_ = w.engine.Drain(w.t.Context(), w.Tenant)
				w.Faults.Heal()
				people := w.count("SELECT COUNT(*) FROM users WHERE tenant_id = ?tenant")
				for _, table := range []string{"accounts", "identities"} {
					if n := w.count("SELECT COUNT(*) FROM " + table + " WHERE tenant_id = ?tenant"); n != people {
						w.t.Errorf("%d people and %d %s", people, n, table)
					}
				}
				for range 4 {
					w.Clock.Advance(time.Hour)
					w.drain()
				}
				if done := w.runOf(run.PublicID); done.State != models.RunDone || done.PeopleCreated != 70 {
					w.t.Errorf("%s: %+v", part, done.SourceRun)
				}
				if n := w.events(models.UserCreateSync); n != 70 {
					w.t.Errorf("%d events of people created", n)
				}
			})
		})
	}
}

// Two replicas never read one source at once: the lease is a row, and a page of
// the replica that lost it is not stored.
func TestTwoReplicas(t *testing.T) {
	each(t, func(w *world) {
		system, c := w.source(150, usual, makes)
		var mu stdsync.Mutex
		inside, most := 0, 0
		w.systems[c.ID] = counting{system, func(connector.Cursor) {
			mu.Lock()
			inside++
			most = max(most, inside)
			mu.Unlock()
			time.Sleep(20 * time.Millisecond)
			mu.Lock()
			inside--
			mu.Unlock()
		}}
		engines := []*sync.Engine{w.engine, w.replica(w.Replica(w.t)), w.replica(w.Replica(w.t))}
		run, err := w.engine.Start(w.t.Context(), w.Actor(), c.PublicID, models.RunFull)
		if err != nil {
			w.t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(w.t.Context(), 60*time.Second)
		defer cancel()
		var wg stdsync.WaitGroup
		for _, e := range engines {
			wg.Go(func() { e.Run(ctx, func() []int64 { return []int64{w.Tenant} }) })
		}
		for w.runOf(run.PublicID).State != models.RunDone && ctx.Err() == nil {
			time.Sleep(20 * time.Millisecond)
		}
		cancel()
		wg.Wait()
		mu.Lock() // a call that was left behind may still be inside
		defer mu.Unlock()
		// A page that could not be stored, for a conflict or a lost lease, is read once more.
		if n := system.Calls("ListPeople"); most != 1 || n < 3 || n > 5 {
			w.t.Errorf("%d replicas at once, %d pages read", most, system.Calls("ListPeople"))
		}
		if n := w.count("SELECT COUNT(*) FROM users WHERE tenant_id = ?tenant"); n != 150 {
			w.t.Errorf("%d people", n)
		}
	})
}

// Whoever lost the lease while a system let them wait writes nothing more: the
// run stands where the new holder left it.
func TestLostLease(t *testing.T) {
	each(t, func(w *world) {
		system, c := w.source(220, usual, makes)
		other := w.replica(w.Replica(w.t))
		asked := 0
		ctx, cancel := context.WithCancel(w.t.Context())
		defer cancel()
		w.systems[c.ID] = counting{system, func(connector.Cursor) {
			switch asked++; asked {
			case 2: // the lease runs out while the page is on its way
				w.Clock.Advance(5 * time.Minute)
				_ = other.Drain(ctx, w.Tenant) // cut off below
			case 4: // the new holder stored the pages 50 and now dies
				cancel()
			}
		}}
		run := w.run(c, models.RunFull)
		if run.State != models.RunRunning || run.PageCursor != "100" || asked != 4 {
			w.t.Fatalf("%d pages were asked for, the run stands at %q: %s", asked, run.PageCursor, run.State)
		}
		stored := w.count("SELECT COUNT(*) FROM accounts WHERE tenant_id = ?tenant AND last_read_at > ?", run.StartedAt)
		if stored != 50 {
			w.t.Errorf("%d accounts are of the time after the lease was lost, want those of the new holder", stored)
		}
		w.Clock.Advance(5 * time.Minute)
		w.drain()
		if run = w.runOf(run.PublicID); run.State != models.RunDone || run.AccountsRead != 220 || w.events(models.UserCreateSync) != 220 {
			w.t.Errorf("%+v", run.SourceRun)
		}
	})
}
