package jobs_test

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/jobs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// What a handler notes before it acts is there at the next attempt and in the
// end, also when nothing is left to be said, and never from a lost lease.
func TestNotesOutliveAnAttempt(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		e := jobs.New(db.Store, quick)
		var stale jobs.Step
		e.Handle(kind, jobs.Handler{Attempts: 2, Do: func(ctx context.Context, s jobs.Step) (jobs.Result, error) {
			if s.Attempt == 1 {
				stale = s
				if string(s.Noted) != "{}" {
					t.Errorf("before the first attempt something was noted: %s", s.Noted)
				}
				return jobs.Result{}, errors.Join(e.Note(ctx, s, map[string]int{"before": 2}), errors.New("the process dies here"))
			}
			if string(s.Noted) != `{"before":2}` {
				t.Errorf("the second attempt knows %s", s.Noted)
			}
			if err := e.Note(ctx, stale, map[string]int{"before": 0}); err == nil {
				t.Error("who lost the step may still write about it")
			}
			return jobs.Result{}, errors.New("and here for good")
		}})
		add(t, db, e, steps(1)...)
		for range 2 {
			if n, err := e.Drain(t.Context(), db.Tenant); n != 1 || err != nil {
				t.Fatalf("ran %d steps, %v", n, err)
			}
			db.Clock.Advance(time.Hour)
		}
		s := of(t, db, e)[0]
		if s.State != models.StepFailed || s.Evidence != `{"before":2}` {
			t.Errorf("in the end %s with evidence %s, want failed with what was noted", s.State, s.Evidence)
		}
	})
}

// Steps that follow each other: the later one waits for its moment, unless the
// one before hastens it; one in the middle of its attempts is left alone.
func TestHasten(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		e := jobs.New(db.Store, quick)
		var ran []string
		h := func(name string, kinds ...string) jobs.Handler {
			return jobs.Handler{Do: func(context.Context, jobs.Step) (jobs.Result, error) {
				ran = append(ran, name)
				return jobs.Result{Outcome: models.OutcomeConfirmed, Apply: func(ctx context.Context, tx *store.Tx) error {
					return errors.Join(e.Hasten(ctx, tx, kinds, 1, 5), record(ctx, tx, name))
				}}, nil
			}}
		}
		kinds := []string{"test.first", "test.second", "test.third"}
		e.Handle("test.first", h("first", kinds...))
		e.Handle("test.second", h("second"))
		e.Handle("test.third", h("third"))
		later := models.At(dbtest.Start.Add(time.Hour))
		add(t, db, e,
			jobs.NewStep{Kind: "test.first", Group: group, UserID: 1, ConnectorID: 5},
			jobs.NewStep{Kind: "test.second", Group: group, UserID: 1, ConnectorID: 5, After: later},
			jobs.NewStep{Kind: "test.second", Group: group, UserID: 1, ConnectorID: 6, After: later},
			jobs.NewStep{Kind: "test.second", Group: group, UserID: 2, ConnectorID: 5, After: later},
			jobs.NewStep{Kind: "test.third", Group: group, UserID: 1, ConnectorID: 5, After: later})
		err := db.Store.Change(t.Context(), db.Actor(), func(ctx context.Context, tx *store.Tx) error {
			at, err := e.Unfinished(ctx, tx, kinds, 1, 2, 3)
			if want := map[int64]map[int64]bool{1: {5: true, 6: true}, 2: {5: true}}; !maps.EqualFunc(at, want, maps.Equal) {
				t.Errorf("unfinished at %v, want %v", at, want)
			}
			return errors.Join(err, record(ctx, tx, "looked"))
		})
		if err != nil {
			t.Fatal(err)
		}
		if n, err := e.Drain(t.Context(), db.Tenant); n != 2 || err != nil || ran[0] != "first" || ran[1] != "second" {
			t.Fatalf("ran %v (%v), want the first and then only the one it hastened", ran, err)
		}
		db.Clock.Advance(2 * time.Hour)
		if n, err := e.Drain(t.Context(), db.Tenant); n != 3 || err != nil {
			t.Errorf("%d more ran by their time, %v; want 3", n, err)
		}
	})
}

// After a pause of the whole program every step of a person is due. They run in
// their order all the same, however many workers there are; one that failed and
// waits for its next attempt holds nobody up.
func TestDueTogetherRunInOrder(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		const people = 30
		e := jobs.New(db.Store, quick)
		var mu sync.Mutex
		ran := map[int64][]string{}
		for _, kind := range []string{"test.first", "test.second", "test.third"} {
			e.Handle(kind, jobs.Handler{PerConnector: 8, Do: func(_ context.Context, s jobs.Step) (jobs.Result, error) {
				time.Sleep(time.Millisecond)
				mu.Lock()
				defer mu.Unlock()
				ran[s.UserID] = append(ran[s.UserID], s.Kind)
				if s.UserID == 1 && s.Kind == "test.first" {
					return jobs.Result{}, errors.New("not today")
				}
				return confirmed(t.Context(), s)
			}})
		}
		var all []jobs.NewStep
		for user := int64(1); user <= people; user++ {
			for _, kind := range []string{"test.first", "test.second", "test.third"} {
				all = append(all, jobs.NewStep{Kind: kind, Group: group, UserID: user, ConnectorID: 5})
			}
		}
		add(t, db, e, all...)
		ctx, cancel := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { e.Run(ctx, tenants(db)) })
		until(t, "all have run", func() bool {
			mu.Lock()
			defer mu.Unlock()
			n := 0
			for _, kinds := range ran {
				n += len(kinds)
			}
			return n == 3*people
		})
		cancel()
		running.Wait()
		for user, kinds := range ran {
			if !slices.IsSorted(kinds) || len(kinds) != 3 { // their names are in their order
				t.Errorf("%d: %v", user, kinds)
			}
		}
	})
}
