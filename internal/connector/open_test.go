package connector_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/models"
)

func open(t *testing.T, db *dbtest.DB, e *connector.Engine, id int64) *system {
	t.Helper()
	s, err := e.Open(t.Context(), db.Tenant, id)
	if err != nil {
		t.Fatal(err)
	}
	return s.(*system)
}

// One system for each version of the row, on every replica the newest at once.
func TestOpenFollowsTheRowOnTwoReplicas(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		ctx, a, b := t.Context(), engine(t, db.Store), engine(t, db.Replica(t))
		c := enable(t, db, a, create(t, db, a, keycloak()))
		first, there := open(t, db, a, c.ID), open(t, db, b, c.ID)
		if open(t, db, a, c.ID) != first || first.secrets.Client != clientSecret || there.secrets.Client != clientSecret {
			t.Fatalf("opened %+v, want one system with its secret", first)
		}
		c, err := a.SetSecret(ctx, db.Actor(), c.PublicID, c.Version, connector.NewSecrets{Client: "the-rotated-secret-77x1", Reason: "rotated after the audit"})
		if err != nil {
			t.Fatal(err)
		}
		next := open(t, db, b, c.ID)
		if next == there || next.secrets.Client != "the-rotated-secret-77x1" || there.closed.Load() != 1 || next.closed.Load() != 0 {
			t.Errorf("the other replica has secret %q, old closed %d", next.secrets.Client, there.closed.Load())
		}
		if _, err = a.Pause(ctx, db.Actor(), c.PublicID, c.Version, "the realm is being moved"); err != nil {
			t.Fatal(err)
		}
		if _, err := b.Open(ctx, db.Tenant, c.ID); !errs.Is(err, errs.Conflict) {
			t.Errorf("paused on one replica, the other opens it: %v", err)
		}
	})
}

// WEB-27: no secret is in the row, the log, an error or the view; what was moved
// to another row does not open.
func TestSecretsAreSealedToTheirRow(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		ctx, e := t.Context(), engine(t, db.Store)
		n := keycloak()
		n.Secrets.SignIn, n.Secrets.Hook = "sign-in-sentinel-4711", "hook-sentinel-0815"
		a, b := create(t, db, e, n), create(t, db, e, keycloak())
		var events []models.AuditEvent
		if err := db.Store.Read(db.Tenant).Select(&events).Limit(1000).Scan(ctx); err != nil {
			t.Fatal(err)
		}
		view, err := json.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		all := fmt.Sprintf("%+v %+v %s", stored(t, db, a.ID), events, view)
		for _, sentinel := range []string{clientSecret, n.Secrets.SignIn, n.Secrets.Hook} {
			if strings.Contains(all, sentinel) {
				t.Errorf("%q lies open", sentinel)
			}
		}
		if hint := stored(t, db, a.ID).SecretHint; hint != "9f2a" {
			t.Errorf("hint %q", hint)
		}
		move(t, db, a.ID, b.ID)
		if s, err := e.Try(ctx, db.Tenant, b.ID); !errs.Is(err, errs.Unavailable) {
			t.Errorf("another row's secret opens: %v, %v", s, err)
		}
		if _, err := e.Try(ctx, db.Tenant, a.ID); err != nil {
			t.Errorf("its own does not: %v", err)
		}
	})
}

// A new secret leaves the others, and one can be taken away.
func TestSecretsChangeOneByOne(t *testing.T) {
	t.Parallel()
	db := dbtest.One(t, "sqlite")
	ctx, e := t.Context(), engine(t, db.Store)
	n := keycloak()
	n.Secrets.Hook = "short"
	c := create(t, db, e, n)
	if c.Secrets[connector.SecretHook].Hint != "" {
		t.Errorf("a short secret shows %q of itself", c.Secrets[connector.SecretHook].Hint)
	}
	db.Clock.Advance(time.Hour)
	c, err := e.SetSecret(ctx, db.Actor(), c.PublicID, c.Version, connector.NewSecrets{SignIn: "another-secret-abcd", Drop: []string{connector.SecretHook}})
	if err != nil {
		t.Fatal(err)
	}
	if _, there := c.Secrets[connector.SecretHook]; there || c.Secrets[connector.SecretSignIn].Hint != "abcd" || c.OldestSecret() != models.At(dbtest.Start) {
		t.Errorf("secrets %+v", c.Secrets)
	}
	if got := last(t, db, models.ConnectorSecret).After; got != `{"secrets":["sign_in_secret","hook_secret"]}` {
		t.Errorf("event %s", got)
	}
	if _, err := e.SetSecret(ctx, db.Actor(), c.PublicID, c.Version, connector.NewSecrets{}); !errs.Is(err, errs.Invalid) {
		t.Errorf("no secret at all: %v", err)
	}
}

func TestHealthIsWrittenWhenItChanges(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		ctx, e := t.Context(), engine(t, db.Store)
		c := enable(t, db, e, create(t, db, e, keycloak()))
		report := func(u connector.Use) connector.Connector {
			e.Report(ctx, db.Tenant, c.ID, u)
			got, err := e.ByID(ctx, db.Tenant, c.ID)
			if err != nil {
				t.Fatal(err)
			}
			return got
		}
		start := db.Store.Now()
		if got := report(connector.Use{Read: true}); got.Health.Health != connector.HealthWorking || got.Health.Since != start || got.LastRead != start || got.Version != c.Version {
			t.Errorf("after a read: %+v", got)
		}
		db.Clock.Advance(30 * time.Second)
		if got := report(connector.Use{Read: true}); got.LastRead != start {
			t.Errorf("half a minute later the same was written again: %v", got.LastRead)
		}
		refused := connector.Fail(connector.Failure{Kind: connector.FailRefused, System: "Keycloak", Step: "token", Sentence: "Keycloak answered 401 invalid_client."}, errors.New("secret=hunter2"))
		got := report(connector.Use{Err: refused})
		if got.Health.Health != connector.HealthRefused || got.Health.Since != db.Store.Now() || got.Health.Sentence != "Keycloak answered 401 invalid_client." {
			t.Errorf("after a refusal: %+v", got.Health)
		}
		since := got.Health.Since
		db.Clock.Advance(2 * time.Minute)
		if got := report(connector.Use{Err: refused}); got.Health.Since != since || got.LastRead != start {
			t.Errorf("still refused: since %v, want %v", got.Health.Since, since)
		}
		for name, err := range map[string]error{
			"our own fault": errors.New("boom"), "somebody went away": context.Canceled,
			"not asked": connector.Fail(connector.Failure{Kind: connector.FailOpen}, nil),
		} {
			if got := report(connector.Use{Err: err}); got.Health.Health != connector.HealthRefused {
				t.Errorf("%s changes the health to %q", name, got.Health.Health)
			}
		}
		if got := report(connector.Use{Err: connector.Fail(connector.Failure{Kind: connector.FailNotFound}, nil)}); got.Health.Health != connector.HealthWorking {
			t.Errorf("an account it does not know: %q, want working, it answered", got.Health.Health)
		}
	})
}

func TestMarkDiffersAfterEveryChange(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		e := engine(t, db.Store)
		seen := map[string]string{}
		look := func(after string) {
			t.Helper()
			mark, err := e.Mark(t.Context(), db.Tenant)
			if err != nil {
				t.Fatal(err)
			}
			if before, there := seen[mark]; there {
				t.Errorf("after %s the mark is that of %s", after, before)
			}
			seen[mark] = after
		}
		look("the beginning")
		c := create(t, db, e, keycloak())
		look("creating")
		c = enable(t, db, e, c)
		look("enabling")
		c, err := e.Pause(t.Context(), db.Actor(), c.PublicID, c.Version, "a good reason")
		if err != nil {
			t.Fatal(err)
		}
		look("pausing")
		create(t, db, e, keycloak())
		look("creating another")
		if err := e.Delete(t.Context(), db.Actor(), c.PublicID, c.Version, connector.Deletion{Typed: c.Name, Reason: "a good reason"}); err != nil {
			t.Fatal(err)
		}
		look("deleting")
	})
}
