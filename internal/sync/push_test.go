package sync_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/sync"
	"github.com/rollcall/rollcall/internal/sync/synctest"
	"github.com/rollcall/rollcall/models"
)

// writes is a schedule that writes back.
var writes = connector.Schedule{Every: time.Minute, FullEvery: time.Hour, CreateUsers: true, Events: true, WriteBack: true, GuardPercent: 50}

// edit changes the department of somebody here.
func (w *world) edit(subject, department string) {
	w.t.Helper()
	p := w.person(subject)
	if _, err := w.people.Edit(w.t.Context(), w.Actor(), p.PublicID, p.Version, directory.EditInput{Department: &department}); err != nil {
		w.t.Fatal(err)
	}
}

// work does the steps that are due and gives the newest.
func (w *world) work() models.WorkStep {
	w.t.Helper()
	if _, err := w.jobs.Drain(w.t.Context(), w.Tenant); err != nil {
		w.t.Fatal(err)
	}
	var row models.WorkStep
	if err := w.Store.Read(w.Tenant).Select(&row).Where("ws.kind LIKE 'sync.%'").OrderExpr("ws.id DESC").Limit(1).Scan(w.t.Context()); err != nil {
		w.t.Fatalf("no step: %v", err)
	}
	return row
}

func department(s *synctest.System, id string) string {
	a, _ := s.Get(id)
	return strings.Join(a.Attributes["department"], ", ")
}

// What is ours is written back and read again; our own write that comes back as
// an event, and old reads after it, cause neither a write nor a difference.
func TestWriteBack(t *testing.T) {
	each(t, func(w *world) {
		system, c := w.source(20, usual, writes)
		w.run(c, models.RunFull)
		w.later(time.Minute)
		w.drain()
		w.edit(synctest.ID(1), "Treasury")
		s, err := w.engine.Summary(w.t.Context(), w.Tenant)
		if err != nil || s.Writing != 1 || s.Differ != 0 {
			w.t.Errorf("while it is on its way: %+v, %v", s, err)
		}
		w.later(time.Second)
		w.run(c, models.RunFull) // a read before it is written
		if d := w.drifts(); len(d) != 0 {
			w.t.Errorf("on its way, and a difference: %q", d)
		}
		step := w.work()
		if step.Outcome != models.OutcomeConfirmed || department(system, synctest.ID(1)) != "Treasury" {
			w.t.Fatalf("%s %q, there is %q", step.Outcome, step.Sentence, department(system, synctest.ID(1)))
		}
		if !strings.Contains(step.Evidence, `"before":{"department":"Department 1"}`) || !strings.Contains(step.Evidence, `"after":{"department":"Treasury"}`) {
			w.t.Errorf("evidence %s", step.Evidence)
		}
		if w.events(models.AccountWrite) != 1 {
			w.t.Error("the write is not in the log")
		}
		steps := w.count("SELECT COUNT(*) FROM work_steps WHERE tenant_id = ?tenant")
		w.later(time.Second)
		w.drain() // our own write comes back as an event
		stale := &staleReads{System: system, id: synctest.ID(1), shows: "Department 1"}
		w.systems[c.ID] = stale
		w.later(time.Second)
		if _, err := w.engine.ReadNow(w.t.Context(), w.Actor(), w.person(synctest.ID(1)).PublicID); err != nil {
			w.t.Fatal(err)
		}
		if d := w.drifts(); len(d) != 0 || stale.used == 0 {
			w.t.Errorf("an old read makes a difference: %q", d)
		}
		if n := w.count("SELECT COUNT(*) FROM work_steps WHERE tenant_id = ?tenant"); n != steps {
			w.t.Errorf("%d steps, before %d: our own write caused another", n, steps)
		}
		w.later(5 * time.Minute)
		if _, err := w.engine.ReadNow(w.t.Context(), w.Actor(), w.person(synctest.ID(1)).PublicID); err != nil {
			w.t.Fatal(err)
		}
		if d := w.drifts(); len(d) != 1 {
			w.t.Errorf("after a while the old value is a difference: %q", d)
		}
	})
}

// staleReads shows an old value of one account, as a replica that lags does.
type staleReads struct {
	*synctest.System

	id, shows string
	used      int
}

func (s *staleReads) ReadPerson(ctx context.Context, id string) (connector.Account, error) {
	a, err := s.System.ReadPerson(ctx, id)
	if id == s.id && err == nil {
		s.used++
		a.Attributes["department"] = []string{s.shows}
	}
	return a, err
}

// A system that says it did something and did not is not believed.
func TestLyingSource(t *testing.T) {
	each(t, func(w *world) {
		system, c := w.source(20, usual, writes)
		w.run(c, models.RunFull)
		w.later(time.Minute)
		system.Fail(synctest.Fault{Method: "WriteFields", What: synctest.Lie})
		system.Fail(synctest.Fault{Method: "SetEnabled", What: synctest.Lie})
		w.edit(synctest.ID(1), "Treasury")
		step := w.work()
		if step.Outcome != models.OutcomeFailed || !strings.Contains(step.Sentence, "said that it was done") {
			w.t.Errorf("%s %q", step.Outcome, step.Sentence)
		}
		page, err := w.engine.Drifts(w.t.Context(), w.Tenant, sync.DriftQuery{})
		if err != nil || len(page.Rows) != 1 || page.Rows[0].Sentence == "" || page.Rows[0].Suggestion != "push" {
			w.t.Fatalf("%+v, %v", page.Rows, err)
		}
		if n := w.count("SELECT COUNT(*) FROM audit_events WHERE tenant_id = ?tenant AND action = ? AND result = ?", models.AccountWrite, models.ResultFailed); n != 1 {
			w.t.Errorf("%d failures in the log", n)
		}

		if err := (gate{w}).Suspend(w.t.Context(), w.Actor(), w.person(synctest.ID(2)).PublicID, reason); err != nil {
			w.t.Fatal(err)
		}
		if d := w.drifts(); len(d) != 2 || d[0] != "status status: Suspended / Enabled" {
			w.t.Errorf("who is out here and in there is no difference: %q", d)
		}
		first := w.first(models.DriftStatus)
		out, err := w.engine.Resolve(w.t.Context(), w.Actor(), sync.Resolution{IDs: []string{first}, Way: sync.PushOurs, Reason: reason})
		if err != nil || out.Done != 1 {
			w.t.Fatalf("%+v, %v", out, err)
		}
		if step = w.work(); step.Outcome != models.OutcomeFailed {
			w.t.Errorf("%s %q", step.Outcome, step.Sentence)
		}
		system.Heal()
		if out, err = w.engine.Resolve(w.t.Context(), w.Actor(), sync.Resolution{IDs: []string{w.first(models.DriftStatus)}, Way: sync.PushOurs, Reason: reason}); err != nil || out.Done != 1 {
			w.t.Fatalf("%+v, %v", out, err)
		}
		w.later(time.Second)
		if step = w.work(); step.Outcome != models.OutcomeConfirmed {
			w.t.Errorf("%s %q", step.Outcome, step.Sentence)
		}
		if a, _ := system.Get(synctest.ID(2)); a.Enabled || len(w.drifts()) != 1 {
			w.t.Errorf("enabled %t, %q", a.Enabled, w.drifts())
		}
	})
}

// first gives the public id of the first open difference of a kind.
func (w *world) first(kind models.DriftKind) string {
	w.t.Helper()
	page, err := w.engine.Drifts(w.t.Context(), w.Tenant, sync.DriftQuery{Kind: kind})
	if err != nil || len(page.Rows) == 0 {
		w.t.Fatalf("no difference %s: %v", kind, err)
	}
	return page.Rows[0].PublicID
}

// A system that cannot be written to, is gone or refuses: nothing is confirmed,
// and the difference is open again with the reason.
func TestWriteBackFails(t *testing.T) {
	each(t, func(w *world) {
		system, c := w.source(20, usual, writes)
		w.run(c, models.RunFull)
		w.later(time.Minute)
		w.edit(synctest.ID(1), "Treasury")
		w.systems[c.ID] = changesOnly{system, system, system}
		if step := w.work(); step.Outcome != models.OutcomeNeverTold {
			w.t.Errorf("%s %q", step.Outcome, step.Sentence)
		}
		w.systems[c.ID] = system
		w.edit(synctest.ID(2), "Treasury")
		system.Fail(synctest.Fault{Method: "WriteFields", What: synctest.Forbidden})
		if step := w.work(); step.Outcome != models.OutcomeFailed || !strings.Contains(step.Sentence, "view-users") {
			w.t.Errorf("%s %q", step.Outcome, step.Sentence)
		}
		w.edit(synctest.ID(3), "Treasury")
		system.Remove(synctest.ID(3), "boss")
		if step := w.work(); step.Outcome != models.OutcomeSkipped {
			w.t.Errorf("%s %q", step.Outcome, step.Sentence)
		}
		if s, err := w.engine.Summary(w.t.Context(), w.Tenant); err != nil || s.Writing != 0 || s.Differ != 3 {
			w.t.Errorf("%+v, %v: %q", s, err, w.drifts())
		}
	})
}

// What is written is what is true when it is written: a second change before the
// first was done is not undone by it.
func TestWriteBackWritesTheNewest(t *testing.T) {
	each(t, func(w *world) {
		system, c := w.source(20, usual, writes)
		w.run(c, models.RunFull)
		for i := range 3 {
			w.later(time.Second)
			w.edit(synctest.ID(1), fmt.Sprintf("Team %d", i))
		}
		if step := w.work(); step.Outcome != models.OutcomeConfirmed || department(system, synctest.ID(1)) != "Team 2" {
			w.t.Errorf("%s: %s", step.Outcome, department(system, synctest.ID(1)))
		}
		if s, err := w.engine.Summary(w.t.Context(), w.Tenant); err != nil || s.Writing != 0 || s.Differ != 0 {
			w.t.Errorf("%+v, %v", s, err)
		}
	})
}
