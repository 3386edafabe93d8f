package directory_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

var start = models.At(dbtest.Start)

const day = 24 * time.Hour

func load(t *testing.T, db *dbtest.DB, e *directory.Engine, records ...directory.NewRecord) []directory.Loaded {
	t.Helper()
	loaded, err := e.Load(t.Context(), db.Actor(), records)
	if err != nil {
		t.Fatalf("Load: %v", err)
	}
	return loaded
}

// create makes one person and gives them.
func create(t *testing.T, db *dbtest.DB, e *directory.Engine, in directory.NewPerson) directory.Person {
	t.Helper()
	p, err := e.Create(t.Context(), db.Actor(), in)
	if err != nil {
		t.Fatalf("Create %s: %v", in.DisplayName, err)
	}
	return p
}

// change runs fn as a verb would and records an event for it.
func change(t *testing.T, db *dbtest.DB, fn func(context.Context, *store.Tx) error) error {
	t.Helper()
	return db.Store.Change(t.Context(), db.Actor(), func(ctx context.Context, tx *store.Tx) error {
		if err := fn(ctx, tx); err != nil {
			return err
		}
		return tx.Record(ctx, store.Event{Action: models.UserEdit, Target: store.Ref{Kind: models.KindUser, ID: 1, Name: "test"}})
	})
}

// lastEvent gives the newest event of an action.
func lastEvent(t *testing.T, db *dbtest.DB, action models.Action) models.AuditEvent {
	t.Helper()
	var e models.AuditEvent
	err := db.Store.Read(db.Tenant).Select(&e).Where("e.action = ?", action).OrderExpr("e.id DESC").Limit(1).Scan(t.Context())
	if err != nil {
		t.Fatalf("no event %s: %v", action, err)
	}
	return e
}

func countEvents(t *testing.T, db *dbtest.DB) int64 {
	t.Helper()
	n, err := db.Store.Read(db.Tenant).Select((*models.AuditEvent)(nil)).Count(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func object(t *testing.T, text string) map[string]any {
	t.Helper()
	m := map[string]any{}
	if text == "" {
		return m
	}
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		t.Fatalf("event fields %q: %v", text, err)
	}
	return m
}

func other(t *testing.T, db *dbtest.DB) int64 {
	t.Helper()
	tenant, err := db.Store.EnsureTenant(t.Context(), store.NewTenant{Slug: "other", Name: "Other", Environment: "test"})
	if err != nil {
		t.Fatal(err)
	}
	return tenant.ID
}

func ptr[T any](v T) *T { return &v }

func actor(tenant, user int64, can models.Permission) models.Actor {
	return models.Actor{Tenant: tenant, Kind: models.ActorUser, UserID: user, Name: fmt.Sprintf("User %d", user), Can: can, Via: models.ViaWeb}
}

func diff(want, got any) string { return cmp.Diff(want, got) }
