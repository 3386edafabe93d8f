package dbtest_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

func tenants(t *testing.T, s *store.Store) error {
	t.Helper()
	_, err := s.TenantBySlug(t.Context(), dbtest.Tenant.Slug)
	return err
}

// Each test has a database of its own, with one tenant and its own clock.
func TestEach(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		if err := tenants(t, db.Store); err != nil {
			t.Error(err)
		}
		n, err := db.Store.Read(db.Tenant).Select((*models.AuditEvent)(nil)).Count(t.Context())
		if err != nil || n != 1 {
			t.Errorf("%d events in a fresh database, %v; want the tenant's own", n, err)
		}
		db.Clock.Advance(time.Hour)
		if want := models.At(dbtest.Start.Add(time.Hour)); db.Store.Now() != want || db.Replica(t).Now() != want {
			t.Errorf("now is %d and %d, want %d on both replicas", db.Store.Now(), db.Replica(t).Now(), want)
		}
	})
}

func TestEachEmpty(t *testing.T) {
	t.Parallel()
	dbtest.EachEmpty(t, func(t *testing.T, db *dbtest.DB) {
		if err := tenants(t, db.Store); err == nil {
			t.Error("an empty database has a table of tenants")
		}
	})
}

func TestFaults(t *testing.T) {
	t.Parallel()
	other := errors.New("other")
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		for name, c := range map[string]struct {
			part string
			err  error
		}{
			"everything": {"", dbtest.ErrInjected},
			"this table": {"tenants", dbtest.ErrInjected},
			"another":    {"no_such_table", nil},
		} {
			db.Faults.Fail(c.part)
			if err := tenants(t, db.Store); !errors.Is(err, c.err) {
				t.Errorf("%s: %v, want %v", name, err, c.err)
			}
			db.Faults.Heal()
			if err := tenants(t, db.Store); err != nil {
				t.Errorf("%s, healed: %v", name, err)
			}
		}
		db.Faults.FailWith("tenants", other, 1)
		if err := tenants(t, db.Store); !errors.Is(err, other) {
			t.Errorf("first = %v, want the given error", err)
		}
		if err := tenants(t, db.Store); err != nil {
			t.Errorf("second = %v, want success", err)
		}
	})
}

// A commit that fails leaves nothing behind.
func TestFailedCommit(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		db.Faults.Fail(dbtest.Commit)
		err := db.Store.Change(t.Context(), db.Actor(), func(ctx context.Context, tx *store.Tx) error {
			return tx.Record(ctx, store.Event{Action: models.Seeded, Target: store.Ref{Kind: models.KindTenant, ID: db.Tenant}})
		})
		if !errors.Is(err, dbtest.ErrInjected) {
			t.Errorf("Change = %v, want the injected failure", err)
		}
		n, err := db.Store.Read(db.Tenant).Select((*models.AuditEvent)(nil)).Where("e.action = ?", models.Seeded).Count(t.Context())
		if err != nil || n != 0 {
			t.Errorf("%d events, %v; want 0", n, err)
		}
	})
}

func TestBroken(t *testing.T) {
	t.Parallel()
	if err := tenants(t, dbtest.Broken(t)); !errors.Is(err, dbtest.ErrInjected) {
		t.Errorf("a broken store answered: %v", err)
	}
}
