package sync_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/sync"
	"github.com/rollcall/rollcall/internal/sync/synctest"
	"github.com/rollcall/rollcall/models"
)

// missing counts accounts that are known to be gone.
func (w *world) missing() int {
	return w.count("SELECT COUNT(*) FROM accounts WHERE tenant_id = ?tenant AND missing_since > 0")
}

// later moves the clock on: runs of one moment are not told apart.
func (w *world) later(d time.Duration) { w.Clock.Advance(d) }

func TestEmptySourceChangesNothing(t *testing.T) {
	each(t, func(w *world) {
		system, c := w.source(248, usual, makes)
		w.run(c, models.RunFull)
		w.later(time.Hour)
		system.Empty()
		run := w.run(c, models.RunFull)
		if run.State != models.RunStopped || run.Sentence != "Source returned 0 of 248 users. Not applied. Was the filter changed?" {
			w.t.Fatalf("%s: %q", run.State, run.Sentence)
		}
		if w.missing() != 0 || run.Losses.Missing != 248 || len(w.drifts()) != 0 {
			w.t.Errorf("%d are missing, %d frozen, differences %q", w.missing(), run.Losses.Missing, w.drifts())
		}
		if n := system.Calls("ReadPerson"); n != 0 {
			w.t.Errorf("an empty source was asked for %d accounts one by one", n)
		}
		if n := w.count("SELECT COUNT(*) FROM users WHERE tenant_id = ?tenant AND status <> ?", models.Active); n != 0 {
			w.t.Errorf("%d people are no longer active", n)
		}
		s, err := w.engine.Summary(w.t.Context(), w.Tenant)
		if err != nil || s.Stopped != 1 || s.Total != 248 {
			w.t.Errorf("%+v, %v", s, err)
		}
		w.drain()
		if page, err := w.engine.Runs(w.t.Context(), w.Tenant, sync.RunQuery{State: models.RunStopped}); err != nil || len(page.Rows) != 1 {
			w.t.Errorf("%d stopped runs, %v: it was read again at once", len(page.Rows), err)
		}

		w.later(time.Minute)
		system.Restore()
		if again := w.run(c, models.RunFull); again.State != models.RunDone {
			w.t.Errorf("%+v", again.SourceRun)
		}
		if run = w.runOf(run.PublicID); run.State != models.RunCancelled || w.missing() != 0 {
			w.t.Errorf("the stop is not over: %s", run.State)
		}
	})
}

// A source that lost a few people within the limits is applied, each looked for
// by itself; whoever a shifting page only hid is found and stays.
func TestShrunkenSource(t *testing.T) {
	each(t, func(w *world) {
		system, c := w.source(400, usual, makes)
		w.run(c, models.RunFull)
		w.later(time.Hour)
		for i := range 9 {
			system.Remove(synctest.ID(40*i), "boss")
		}
		system.Fail(synctest.Fault{Method: "ListPeople", After: 1, Times: 1, What: synctest.Half})
		run := w.run(c, models.RunFull)
		if run.State != models.RunDone || run.AccountsMissing != 9 || w.missing() != 9 {
			w.t.Fatalf("%s, %d missing, %d stored: %s", run.State, run.AccountsMissing, w.missing(), run.Sentence)
		}
		if n := w.events(models.AccountMissing); n != 9 {
			w.t.Errorf("%d events", n)
		}
		for _, d := range w.drifts() {
			if d != "missing missing: Active / Not there" {
				w.t.Errorf("difference %q", d)
			}
		}
		w.later(time.Hour)
		system.Restore()
		system.Heal()
		if run = w.run(c, models.RunFull); w.missing() != 0 || w.events(models.AccountBack) != 9 || len(w.drifts()) != 0 {
			w.t.Errorf("%d missing, %d back, %q", w.missing(), w.events(models.AccountBack), w.drifts())
		}
	})
}

// Half of the people are gone: the run stops as soon as that is certain, and
// Resume applies exactly those, each looked for once more.
func TestResumeAppliesWhatWasFrozen(t *testing.T) {
	each(t, func(w *world) {
		s := makes
		s.GuardCount, s.GuardPercent = 20, 50
		system, c := w.source(300, usual, s)
		w.run(c, models.RunFull)
		w.later(time.Hour)
		for i := range 150 {
			system.Remove(synctest.ID(i), "boss")
		}
		run := w.run(c, models.RunFull)
		if run.State != models.RunStopped || run.Sentence != "Source returned 150 of 300 users. Not applied. Was the filter changed?" || run.Losses.Missing != 150 {
			w.t.Fatalf("%s: %q, %+v", run.State, run.Sentence, run.Losses)
		}
		page, err := w.engine.Losses(w.t.Context(), w.Tenant, sync.LossQuery{Run: run.PublicID, Limit: 200})
		if err != nil || len(page.Rows) != 150 || page.Rows[0].Person.Name == "" || page.Rows[0].State != models.LossHeld {
			w.t.Fatalf("%d frozen, %v", len(page.Rows), err)
		}
		ctx := w.t.Context()
		if _, err := w.engine.Resume(ctx, w.Actor(), run.PublicID, "ok"); !errs.Is(err, errs.Invalid) {
			w.t.Errorf("without a reason: %v", err)
		}
		system.Change(synctest.ID(3), "boss", func(a *connector.Account) { *a = synctest.Person(3) }) // back meanwhile
		system.Remove(synctest.ID(299), "boss")                                                       // gone since, and not frozen
		if _, err := w.engine.Resume(ctx, w.Actor(), run.PublicID, reason); err != nil {
			w.t.Fatal(err)
		}
		w.drain()
		after := w.runOf(run.PublicID)
		if after.State != models.RunDone || after.AccountsMissing != 149 || w.account(synctest.ID(3)).MissingSince != 0 {
			w.t.Errorf("%s, %d missing", after.State, after.AccountsMissing)
		}
		kept := w.count("SELECT COUNT(*) FROM sync_losses WHERE tenant_id = ?tenant AND state = ?", models.LossKept)
		if kept != 1 || w.events(models.SyncResume) != 1 {
			w.t.Errorf("%d kept", kept)
		}
		if _, err := w.engine.Resume(ctx, w.Actor(), run.PublicID, reason); !errs.Is(err, errs.Conflict) {
			w.t.Errorf("twice: %v", err)
		}
	})
}

func TestCancelDropsWhatWasFrozen(t *testing.T) {
	each(t, func(w *world) {
		system, c := w.source(100, usual, makes)
		w.run(c, models.RunFull)
		w.later(time.Hour)
		system.Empty()
		run := w.run(c, models.RunFull)
		if _, err := w.engine.Cancel(w.t.Context(), w.Actor(), run.PublicID, reason); err != nil {
			w.t.Fatal(err)
		}
		w.drain()
		if n := w.count("SELECT COUNT(*) FROM sync_losses WHERE tenant_id = ?tenant AND state <> ?", models.LossDropped); n != 0 || w.missing() != 0 {
			w.t.Errorf("%d losses are left, %d missing", n, w.missing())
		}
	})
}

// The guard counts all runs of the window together: many small losses are one
// large one.
func TestGuardCountsTheWindow(t *testing.T) {
	each(t, func(w *world) {
		s := makes
		s.GuardCount, s.GuardPercent, s.GuardWindow = 5, 50, 6*time.Hour
		system, c := w.source(100, usual, s)
		w.run(c, models.RunFull)
		next := 0
		lose := func(n int, kind models.RunKind) sync.RunView {
			w.later(time.Hour)
			for range n {
				system.Remove(synctest.ID(next), "boss")
				next++
			}
			return w.run(c, kind)
		}
		if run := lose(3, models.RunFull); run.State != models.RunDone || run.AccountsMissing != 3 {
			w.t.Fatalf("%+v", run.SourceRun)
		}
		if run := lose(2, models.RunIncremental); run.State != models.RunDone || run.AccountsMissing != 2 {
			w.t.Fatalf("%+v", run.SourceRun)
		}
		run := lose(1, models.RunIncremental)
		want := "Source returned 94 of 95 users. Not applied. Was the filter changed? 5 lost something in the same window before; 5 may."
		if run.State != models.RunStopped || run.Sentence != want || w.missing() != 5 {
			w.t.Fatalf("%s: %q, %d missing", run.State, run.Sentence, w.missing())
		}
		if _, err := w.engine.Cancel(w.t.Context(), w.Actor(), run.PublicID, reason); err != nil {
			w.t.Fatal(err)
		}
		w.later(6 * time.Hour)
		if run := lose(0, models.RunFull); run.State != models.RunDone || w.missing() != 6 {
			w.t.Errorf("after the window: %s %q, %d missing", run.State, run.Sentence, w.missing())
		}
	})
}

// People who are out here already are no reason to stop.
func TestGuardLeavesOutWhoIsOut(t *testing.T) {
	each(t, func(w *world) {
		s := makes
		s.GuardCount = 3
		system, c := w.source(60, usual, s)
		w.run(c, models.RunFull)
		for i := range 30 {
			if err := (gate{w}).Deactivate(w.t.Context(), w.Actor(), w.person(synctest.ID(i)).PublicID, reason); err != nil {
				w.t.Fatal(err)
			}
			system.Remove(synctest.ID(i), "boss")
		}
		w.later(time.Hour)
		if run := w.run(c, models.RunFull); run.State != models.RunDone || w.missing() != 30 || len(w.drifts()) != 0 {
			w.t.Errorf("%s %q, %d missing, %q", run.State, run.Sentence, w.missing(), w.drifts())
		}
	})
}

// Events that take away more than may be become a stopped run; what comes after
// waits for the decision, and is applied then.
func TestGuardStopsEvents(t *testing.T) {
	each(t, func(w *world) {
		s := makes
		s.GuardCount = 3
		system, c := w.source(80, usual, s)
		w.run(c, models.RunFull)
		w.later(time.Minute)
		disable := func(from, to int) {
			for i := from; i < to; i++ {
				system.Change(synctest.ID(i), "boss", func(a *connector.Account) { a.Enabled = false })
			}
			w.later(time.Second)
			w.drain()
		}
		disable(0, 2)
		if d := w.drifts(); len(d) != 2 || d[0] != "status status: Active / Disabled" {
			w.t.Fatalf("%q", d)
		}
		disable(2, 9)
		page, err := w.engine.Runs(w.t.Context(), w.Tenant, sync.RunQuery{State: models.RunStopped})
		if err != nil || len(page.Rows) != 1 || page.Rows[0].Kind != models.RunEvents || page.Rows[0].Losses.Disabled != 7 {
			w.t.Fatalf("%+v, %v", page.Rows, err)
		}
		if want := "Source says that 7 of 80 users are disabled now. Not applied. Was that meant? 2 lost something in the same window before; 3 may."; page.Rows[0].Sentence != want {
			w.t.Errorf("%q", page.Rows[0].Sentence)
		}
		disable(9, 10)
		if len(w.drifts()) != 2 || !w.account(synctest.ID(9)).Enabled {
			w.t.Errorf("what came after the stop is applied: %q", w.drifts())
		}
		if n := w.count("SELECT COUNT(*) FROM sync_events WHERE tenant_id = ?tenant AND state = ?", models.EventHeld); n != 1 {
			w.t.Errorf("%d events are held", n)
		}
		if _, err := w.engine.Resume(w.t.Context(), w.Actor(), page.Rows[0].PublicID, reason); err != nil {
			w.t.Fatal(err)
		}
		w.later(time.Second)
		w.drain()
		if d := w.drifts(); len(d) != 9 {
			w.t.Errorf("%d differences: %q", len(d), d)
		}
		w.later(25 * time.Hour)
		w.run(c, models.RunFull)
		if d := w.drifts(); len(d) != 10 {
			w.t.Errorf("after the window %d differences", len(d))
		}
	})
}

func TestAllowed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		s     connector.Schedule
		known int64
		want  int64
	}{
		{connector.Schedule{}, 12_481, 500},
		{connector.Schedule{}, 1_000, 50},
		{connector.Schedule{}, 3, 1},
		{connector.Schedule{}, 0, 1},
		{connector.Schedule{GuardPercent: 10, GuardCount: 2_000}, 12_481, 1_248},
		{connector.Schedule{GuardPercent: 100, GuardCount: 7}, 12_481, 7},
	} {
		if got := sync.Allowed(c.s, c.known); got != c.want {
			t.Errorf("%+v of %d: %d, want %d", c.s, c.known, got, c.want)
		}
	}
	for n, want := range map[int64]string{0: "0", 999: "999", 1_000: "1,000", 12_481: "12,481", 1_000_000: "1,000,000"} {
		if got := sync.Number(n); got != want {
			t.Errorf("%s", fmt.Sprint(n, got, want))
		}
	}
}
