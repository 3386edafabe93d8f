package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/jobs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

var (
	group = jobs.Group{Kind: "test", ID: 7}
	quick = jobs.Options{Idle: 5 * time.Millisecond}
)

const kind = "test.step"

// add adds n steps in one change.
func add(t *testing.T, db *dbtest.DB, e *jobs.Engine, steps ...jobs.NewStep) int {
	t.Helper()
	added := 0
	err := db.Store.Change(t.Context(), db.Actor(), func(ctx context.Context, tx *store.Tx) error {
		var err error
		if added, err = e.Add(ctx, tx, steps...); err != nil {
			return err
		}
		return record(ctx, tx, "asked for")
	})
	if err != nil {
		t.Fatal(err)
	}
	return added
}

func record(ctx context.Context, tx *store.Tx, detail string) error {
	return tx.Record(ctx, store.Event{Action: models.Seeded, Target: store.Ref{Kind: models.KindTenant, ID: tx.Tenant(), Name: "Northwind"}, Detail: detail})
}

func steps(n int) []jobs.NewStep {
	list := make([]jobs.NewStep, n)
	for i := range list {
		list[i] = jobs.NewStep{Kind: kind, Dedupe: fmt.Sprintf("step-%d", i), Group: group, UserID: int64(i + 1), Payload: map[string]int{"n": i}}
	}
	return list
}

func confirmed(context.Context, jobs.Step) (jobs.Result, error) {
	return jobs.Result{Outcome: models.OutcomeConfirmed, Sentence: "Read back."}, nil
}

func of(t *testing.T, db *dbtest.DB, e *jobs.Engine) []jobs.Info {
	t.Helper()
	list, err := e.Of(t.Context(), db.Tenant, group, 0)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func tenants(db *dbtest.DB) func() []int64 { return func() []int64 { return []int64{db.Tenant} } }

// until waits for a condition, at most ten seconds.
func until(t *testing.T, what string, met func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !met(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("did not happen: %s", what)
		}
	}
}

// Two replicas share the work: every step is done exactly once, its effect is
// there exactly once, and its actor is who asked for it.
func TestEachStepOnceOnTwoReplicas(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		const n = 60
		var ran atomic.Int32
		h := jobs.Handler{Do: func(_ context.Context, s jobs.Step) (jobs.Result, error) {
			ran.Add(1)
			return jobs.Result{Outcome: models.OutcomeConfirmed, Apply: func(ctx context.Context, tx *store.Tx) error {
				return record(ctx, tx, "done "+s.PublicID)
			}}, nil
		}}
		here, there := jobs.New(db.Store, quick), jobs.New(db.Replica(t), quick)
		here.Handle(kind, h)
		there.Handle(kind, h)
		ctx, stop := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { here.Run(ctx, tenants(db)) })
		running.Go(func() { there.Run(ctx, tenants(db)) })
		add(t, db, here, steps(n)...)
		until(t, "every step is done", func() bool {
			tallies, err := here.Count(t.Context(), db.Tenant, group)
			return err == nil && len(tallies) == 1 && tallies[0].N == n && tallies[0].State == models.StepDone
		})
		stop()
		running.Wait()
		if ran.Load() != n {
			t.Errorf("%d steps ran, want %d", ran.Load(), n)
		}
		var events []models.AuditEvent
		err := db.Store.Read(db.Tenant).Select(&events).Where("detail LIKE 'done %'").Limit(n + 1).Scan(t.Context())
		if err != nil || len(events) != n || events[0].ActorName != "Test" {
			t.Errorf("%d events (%v), want %d by Test", len(events), err, n)
		}
	})
}

func TestTheSameStepIsAddedOnce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		e := jobs.New(db.Store, quick)
		if n := add(t, db, e, append(steps(3), steps(2)...)...); n != 3 {
			t.Errorf("%d steps were new, want 3", n)
		}
		if n := add(t, db, e, steps(4)...); n != 1 {
			t.Errorf("%d more were new, want 1", n)
		}
		if list := of(t, db, e); len(list) != 4 {
			t.Errorf("%d steps, want 4", len(list))
		}
	})
}

// A step that belongs to a change that did not happen does not happen.
func TestNothingIsAddedByAChangeThatFails(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		e := jobs.New(db.Store, quick)
		e.Handle(kind, jobs.Handler{Do: confirmed})
		_ = db.Store.Change(t.Context(), db.Actor(), func(ctx context.Context, tx *store.Tx) error {
			if _, err := e.Add(ctx, tx, steps(2)...); err != nil {
				return err
			}
			return errors.New("no")
		})
		if n, err := e.Drain(t.Context(), db.Tenant); n != 0 || err != nil {
			t.Errorf("%d steps ran, %v", n, err)
		}
	})
}

type busy struct{ again bool }

func (busy) Error() string         { return "busy" }
func (b busy) Again() bool         { return b.again }
func (b busy) Wait() time.Duration { return 5 * time.Minute }
func (b busy) Unwrap() error       { return errs.New(errs.TooMany, "Keycloak asks to wait.") }

// What may pass is tried again after the pause the system asked for; what will
// not is given up, and says so in the log.
func TestFailures(t *testing.T) {
	t.Parallel()
	gaveUp := func(ctx context.Context, tx *store.Tx, _ jobs.Step, said string) error {
		return record(ctx, tx, "gave up: "+said)
	}
	tests := []struct {
		name     string
		err      error
		attempts int
		state    models.StepState
		sentence string
	}{
		{"ErrBusy", busy{true}, 3, models.StepWaiting, "Keycloak asks to wait."},
		{"ErrRefused", busy{false}, 3, models.StepFailed, "Keycloak asks to wait."},
		{"ErrPermanent", jobs.Permanent(errs.New(errs.Invalid, "No such field.")), 3, models.StepFailed, "No such field."},
		{"ErrLastAttempt", busy{true}, 1, models.StepFailed, "Keycloak asks to wait."},
		{"ErrUnknown", errors.New("secret detail"), 3, models.StepWaiting, "Rollcall met a fault of its own. The log of the program names it by the step."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
				e := jobs.New(db.Store, quick)
				e.Handle(kind, jobs.Handler{Attempts: tt.attempts, GaveUp: gaveUp, Do: func(context.Context, jobs.Step) (jobs.Result, error) {
					return jobs.Result{}, tt.err
				}})
				add(t, db, e, steps(1)...)
				if n, err := e.Drain(t.Context(), db.Tenant); n != 1 || err != nil {
					t.Fatalf("drained %d, %v", n, err)
				}
				s := of(t, db, e)[0]
				if s.State != tt.state || s.Sentence != tt.sentence || s.Attempts != 1 {
					t.Errorf("state %s after %d attempts: %s", s.State, s.Attempts, s.Sentence)
				}
				if tt.name == "ErrBusy" && s.RunAt < models.At(dbtest.Start.Add(5*time.Minute)) {
					t.Errorf("tried again at %v, before the system asked for it", s.RunAt.Time())
				}
				n, err := db.Store.Read(db.Tenant).Select((*models.AuditEvent)(nil)).Where("detail LIKE 'gave up: %'").Count(t.Context())
				if err != nil || (n == 1) != (tt.state == models.StepFailed) {
					t.Errorf("%d events of giving up, %v", n, err)
				}
			})
		})
	}
}

func TestAWaitingStepRunsWhenItsTimeHasCome(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		e := jobs.New(db.Store, quick)
		e.Handle(kind, jobs.Handler{Do: confirmed})
		step := steps(1)[0]
		step.After = models.At(dbtest.Start.Add(time.Hour))
		add(t, db, e, step)
		if n, _ := e.Drain(t.Context(), db.Tenant); n != 0 {
			t.Fatal("a step ran before its time")
		}
		db.Clock.Advance(time.Hour)
		if n, _ := e.Drain(t.Context(), db.Tenant); n != 1 {
			t.Fatal("a step did not run at its time")
		}
	})
}

// What goes ahead overtakes what has been due for longer, also when it is hastened;
// what failed and is tried again waits its turn.
func TestAheadOvertakesWhatIsDueForLonger(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		e := jobs.New(db.Store, jobs.Options{Idle: 5 * time.Millisecond, Workers: 1})
		var mu sync.Mutex
		var order []string
		tried := false
		e.Handle(kind, jobs.Handler{Do: func(_ context.Context, s jobs.Step) (jobs.Result, error) {
			mu.Lock()
			defer mu.Unlock()
			order = append(order, string(s.Payload))
			if string(s.Payload) == `"urgent, retried"` && !tried {
				tried = true
				return jobs.Result{}, errors.New("not now")
			}
			return jobs.Result{Outcome: models.OutcomeConfirmed}, nil
		}})
		named := func(name string, ahead bool, after models.Instant) jobs.NewStep {
			return jobs.NewStep{Kind: kind, Group: group, UserID: 1, ConnectorID: 9, Payload: name, Ahead: ahead, After: after}
		}
		add(t, db, e, named("leaver 1", false, 0), named("leaver 2", false, 0))
		db.Clock.Advance(time.Hour)
		late := models.At(db.Clock.Now().Add(time.Hour))
		urgent := named("urgent", true, 0)
		urgent.UserID = 2
		follows := named("urgent, hastened", true, late)
		follows.UserID = 3
		retried := named("urgent, retried", true, 0)
		retried.UserID = 4
		add(t, db, e, retried, urgent, follows)
		err := db.Store.Maintain(t.Context(), db.Tenant, store.WorkLease, func(ctx context.Context, tx *store.Tx) error {
			return e.Hasten(ctx, tx, []string{kind}, 3, 9)
		})
		if err != nil {
			t.Fatal(err)
		}
		if at, err := e.Behind(t.Context(), db.Tenant); err != nil || !at.Equal(db.Clock.Now()) {
			t.Errorf("what is next is due since %v, %v; want now", at, err)
		}
		ctx, stop := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { e.Run(ctx, tenants(db)) })
		ended := func() bool { return len(of(t, db, e)) == 5 && all(of(t, db, e), models.StepDone) }
		until(t, "the first tries", func() bool { mu.Lock(); defer mu.Unlock(); return len(order) == 5 })
		db.Clock.Advance(time.Hour)
		until(t, "the end", ended)
		stop()
		running.Wait()
		want := []string{`"urgent, retried"`, `"urgent"`, `"urgent, hastened"`, `"leaver 1"`, `"leaver 2"`, `"urgent, retried"`}
		if d := cmp.Diff(want, order); d != "" {
			t.Error(d)
		}
	})
}

func all(list []jobs.Info, state models.StepState) bool {
	for _, i := range list {
		if i.State != state {
			return false
		}
	}
	return true
}

// A process dies in the middle: its lease runs out, somebody else does the step,
// and what the first one still writes is not taken.
func TestLostLease(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		slow, fast := jobs.New(db.Store, quick), jobs.New(db.Replica(t), quick)
		began, goOn := make(chan struct{}), make(chan struct{})
		slow.Handle(kind, jobs.Handler{Timeout: time.Minute, Do: func(context.Context, jobs.Step) (jobs.Result, error) {
			close(began)
			<-goOn
			return jobs.Result{Outcome: models.OutcomeSent, Sentence: "too late", Apply: func(ctx context.Context, tx *store.Tx) error {
				return record(ctx, tx, "too late")
			}}, nil
		}})
		fast.Handle(kind, jobs.Handler{Timeout: time.Minute, Do: confirmed})
		add(t, db, slow, steps(1)...)
		var done sync.WaitGroup
		done.Go(func() { _, _ = slow.Drain(context.WithoutCancel(t.Context()), db.Tenant) })
		<-began
		if n, _ := fast.Drain(t.Context(), db.Tenant); n != 0 {
			t.Error("a leased step was claimed by somebody else")
		}
		db.Clock.Advance(2 * time.Minute)
		if n, _ := fast.Drain(t.Context(), db.Tenant); n != 1 {
			t.Error("a lost step was not done again")
		}
		close(goOn)
		done.Wait()
		if s := of(t, db, fast)[0]; s.Outcome != models.OutcomeConfirmed || s.Attempts != 2 {
			t.Errorf("outcome %s after %d attempts, want confirmed after 2", s.Outcome, s.Attempts)
		}
		n, err := db.Store.Read(db.Tenant).Select((*models.AuditEvent)(nil)).Where("detail = 'too late'").Count(t.Context())
		if n != 0 || err != nil {
			t.Errorf("the late result was applied: %d, %v", n, err)
		}
	})
}

func TestPauseResumeRetry(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		e := jobs.New(db.Store, quick)
		fail := true
		e.Handle(kind, jobs.Handler{Attempts: 1, Do: func(ctx context.Context, s jobs.Step) (jobs.Result, error) {
			if fail {
				return jobs.Result{}, errors.New("not today")
			}
			return confirmed(ctx, s)
		}})
		add(t, db, e, steps(3)...)
		move := func(act func(context.Context, *store.Tx) (int, error), want int) {
			t.Helper()
			err := db.Store.Change(t.Context(), db.Actor(), func(ctx context.Context, tx *store.Tx) error {
				n, err := act(ctx, tx)
				if n != want {
					t.Errorf("moved %d steps, want %d", n, want)
				}
				return errors.Join(err, record(ctx, tx, "moved"))
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		part := jobs.Part{Group: group, Limit: 2}
		pause := func(ctx context.Context, tx *store.Tx) (int, error) { return e.Pause(ctx, tx, part) }
		resume := func(ctx context.Context, tx *store.Tx) (int, error) { return e.Resume(ctx, tx, part, time.Hour) }
		retry := func(ctx context.Context, tx *store.Tx) (int, error) {
			n, users, err := e.Retry(ctx, tx, part, time.Hour)
			if len(users) != n {
				t.Errorf("%d steps of %v", n, users)
			}
			return n, err
		}
		move(pause, 2)
		move(pause, 1)
		if n, _ := e.Drain(t.Context(), db.Tenant); n != 0 {
			t.Error("paused steps ran")
		}
		move(resume, 2)
		move(resume, 1)
		if n, _ := e.Drain(t.Context(), db.Tenant); n != 3 {
			t.Error("resumed steps did not run")
		}
		fail = false
		move(retry, 2)
		move(retry, 1)
		if n, _ := e.Drain(t.Context(), db.Tenant); n != 3 {
			t.Error("steps did not run again")
		}
		list, err := e.OfUser(t.Context(), db.Tenant, 2, []string{kind}, 10)
		if err != nil || len(list) != 1 || list[0].Outcome != models.OutcomeConfirmed || list[0].Payload != `{"n":1}` {
			t.Errorf("steps of a person: %+v, %v", list, err)
		}
	})
}

// A panic and a result without an outcome are faults of ours: said, and final.
func TestFaultyHandlers(t *testing.T) {
	t.Parallel()
	for name, do := range map[string]func(context.Context, jobs.Step) (jobs.Result, error){
		"ErrPanic":     func(context.Context, jobs.Step) (jobs.Result, error) { panic("oh") },
		"ErrNoOutcome": func(context.Context, jobs.Step) (jobs.Result, error) { return jobs.Result{}, nil },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := dbtest.One(t, store.SQLite)
			e := jobs.New(db.Store, quick)
			e.Handle(kind, jobs.Handler{Do: do})
			add(t, db, e, steps(1)...)
			if _, err := e.Drain(t.Context(), db.Tenant); err != nil {
				t.Fatal(err)
			}
			if s := of(t, db, e)[0]; s.State != models.StepFailed || s.Outcome != models.OutcomeFailed {
				t.Errorf("state %s, outcome %s", s.State, s.Outcome)
			}
		})
	}
}

// One slow system does not take all workers.
func TestRoomPerConnector(t *testing.T) {
	t.Parallel()
	db := dbtest.One(t, store.SQLite)
	e := jobs.New(db.Store, quick)
	var now, most atomic.Int32
	e.Handle(kind, jobs.Handler{PerConnector: 2, Do: func(ctx context.Context, s jobs.Step) (jobs.Result, error) {
		if n := now.Add(1); n > most.Load() {
			most.Store(n)
		}
		time.Sleep(10 * time.Millisecond)
		now.Add(-1)
		return confirmed(ctx, s)
	}})
	list := steps(12)
	for i := range list {
		list[i].ConnectorID = 1
	}
	add(t, db, e, list...)
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { e.Run(ctx, tenants(db)) })
	until(t, "all are done", func() bool {
		tallies, err := e.Count(t.Context(), db.Tenant, group)
		return err == nil && len(tallies) == 1 && tallies[0].State == models.StepDone
	})
	stop()
	running.Wait()
	if most.Load() > 2 {
		t.Errorf("%d steps at once for one connector, want at most 2", most.Load())
	}
}

// The database goes away: nothing is lost, and the work goes on afterwards.
func TestDatabaseGoesAway(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		e := jobs.New(db.Store, quick)
		e.Handle(kind, jobs.Handler{Do: confirmed})
		add(t, db, e, steps(2)...)
		db.Faults.Fail("work_steps")
		if _, err := e.Drain(t.Context(), db.Tenant); err == nil {
			t.Error("work without a database")
		}
		db.Faults.Heal()
		if n, err := e.Drain(t.Context(), db.Tenant); n != 2 || err != nil {
			t.Errorf("afterwards %d steps ran, %v", n, err)
		}
	})
}
