package connector_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// checking gives an engine whose systems run these checks.
func checking(t *testing.T, st *store.Store, checks func(context.Context, func(connector.Check))) *connector.Engine {
	t.Helper()
	return engine(t, st, func(o *connector.Options) {
		k := o.Kinds[models.ConnectorKeycloak]
		k.New = func(connector.Settings, connector.Secrets, string, func() time.Time) (connector.System, error) {
			return &system{checks: checks}, nil
		}
		o.Kinds[models.ConnectorKeycloak] = k
	})
}

func check(key string, state connector.CheckState, sentence string) connector.Check {
	return connector.Check{Key: key, Label: key, State: state, Sentence: sentence, Took: time.Millisecond}
}

// ended waits for the end of a run, seen from a replica.
func ended(t *testing.T, e *connector.Engine, c connector.Connector, run string) connector.Trial {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		trial, err := e.Trial(t.Context(), c, run)
		if err != nil {
			t.Fatal(err)
		}
		if !trial.Running {
			return trial
		}
		if time.Now().After(end) {
			t.Fatalf("still running: %+v", trial)
		}
	}
}

// Results are seen as they come, on every replica, without secrets.
func TestTrialIsSeenAsItRuns(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		next := make(chan struct{})
		e := checking(t, db.Store, func(ctx context.Context, report func(connector.Check)) {
			report(check("dns", connector.CheckPassed, "id.northwind.example is 192.0.2.7."))
			<-next
			report(check("token", connector.CheckFailed, "Keycloak answered: wrong secret "+clientSecret+"."))
		})
		there := engine(t, db.Replica(t))
		c := create(t, db, e, keycloak())
		run, err := e.Test(t.Context(), db.Actor(), c.PublicID, "")
		if err != nil || !run.Running || len(run.Checks) != 0 {
			t.Fatalf("Test = %+v, %v", run, err)
		}
		again, err := e.Test(t.Context(), db.Actor(), c.PublicID, "")
		if err != nil || again.PublicID != run.PublicID {
			t.Errorf("a second click starts %s, %v; want the one that runs", again.PublicID, err)
		}
		for {
			seen, err := there.Trial(t.Context(), c, run.PublicID)
			if err != nil {
				t.Fatal(err)
			}
			if len(seen.Checks) == 1 && seen.Running {
				break
			}
		}
		close(next)
		done := ended(t, there, c, run.PublicID)
		if len(done.Checks) != 2 || done.Worst() != connector.CheckFailed || done.Stopped || done.StartedBy != "Test" {
			t.Fatalf("ended %+v", done)
		}
		if s := done.Checks[1].Sentence; strings.Contains(s, clientSecret) || !strings.Contains(s, "(secret)") {
			t.Errorf("the result says %q", s)
		}
		if last(t, db, models.ConnectorTest).TargetID != c.ID {
			t.Error("the test is not in the log")
		}
		if err := e.Delete(t.Context(), db.Actor(), c.PublicID, c.Version, connector.Deletion{Typed: c.Name, Reason: "a draft nobody needs"}); err != nil {
			t.Errorf("a tested draft cannot be deleted: %v", err)
		}
	})
}

// Looking at one check again keeps the others and stops after it.
func TestTrialOfOneCheck(t *testing.T) {
	t.Parallel()
	db := dbtest.One(t, store.SQLite)
	fixed, after := connector.CheckFailed, 0
	e := checking(t, db.Store, func(ctx context.Context, report func(connector.Check)) {
		report(check("dns", connector.CheckPassed, "first"))
		report(check("token", fixed, "second"))
		if ctx.Err() == nil {
			after++
		}
		report(check("roles", connector.CheckWarning, "third"))
	})
	c := create(t, db, e, keycloak())
	test := func(only string) connector.Trial {
		run, err := e.Test(t.Context(), db.Actor(), c.PublicID, only)
		if err != nil {
			t.Fatal(err)
		}
		return ended(t, e, c, run.PublicID)
	}
	test("")
	fixed = connector.CheckPassed
	got := test("token")
	if len(got.Checks) != 3 || got.Checks[1].State != connector.CheckPassed || got.Checks[2].State != connector.CheckWarning || after != 1 {
		t.Errorf("after looking at one again: %+v; ran on %d times, want once", got.Checks, after)
	}
	if newest, ok, err := e.LastTrial(t.Context(), c); err != nil || !ok || newest.PublicID != got.PublicID {
		t.Errorf("newest %+v, %v, %v", newest, ok, err)
	}
}

// A run whose process ended does not run for ever.
func TestTrialThatWasCutOffSaysSo(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		e := checking(t, db.Store, func(ctx context.Context, report func(connector.Check)) {
			report(check("dns", connector.CheckPassed, "first"))
			<-ctx.Done()
		})
		there := engine(t, db.Replica(t))
		c := create(t, db, e, keycloak())
		run, err := e.Test(t.Context(), db.Actor(), c.PublicID, "")
		if err != nil {
			t.Fatal(err)
		}
		e.Close()
		db.Clock.Advance(time.Minute)
		got, err := there.Trial(t.Context(), c, run.PublicID)
		if err != nil || got.Running || !got.Stopped {
			t.Errorf("after its process ended: %+v, %v", got, err)
		}
		if _, err := there.Trial(t.Context(), c, "no-such-run"); !errs.Is(err, errs.NotFound) {
			t.Errorf("a run that is not there: %v", err)
		}
	})
}

// The command line runs the same checks, hides the same secrets, and is in the log.
func TestProbe(t *testing.T) {
	t.Parallel()
	db := dbtest.One(t, store.SQLite)
	e := checking(t, db.Store, func(_ context.Context, report func(connector.Check)) {
		report(check("token", connector.CheckFailed, "It refused "+clientSecret+"."))
	})
	c := create(t, db, e, keycloak())
	var got []connector.Check
	if err := e.Probe(t.Context(), db.Actor(), c, func(c connector.Check) { got = append(got, c) }); err != nil {
		t.Fatal(err)
	}
	if len(got) != 1 || got[0].Sentence != "It refused (secret)." || last(t, db, models.ConnectorTest).TargetID != c.ID {
		t.Errorf("results %+v", got)
	}
	if err := e.Probe(t.Context(), models.Actor{Tenant: db.Tenant, Kind: models.ActorUser, Name: "Reader"}, c, nil); !errs.Is(err, errs.Forbidden) {
		t.Errorf("without the permission: %v", err)
	}
}
