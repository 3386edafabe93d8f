package store_test

import (
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
)

// Up, down and up again ends where it began, and down leaves nothing behind.
func TestMigrateUpDownUp(t *testing.T) {
	t.Parallel()
	dbtest.EachEmpty(t, func(t *testing.T, db *dbtest.DB) {
		if missing := pending(t, db.Store); missing == 0 {
			t.Fatal("no step is missing in an empty database")
		}
		must(t, db.Store.Migrate(t.Context()))
		first := shape(t, db)
		must(t, db.Store.Migrate(t.Context())) // nothing left to do
		if missing := pending(t, db.Store); missing != 0 {
			t.Errorf("%d steps are missing after Migrate", missing)
		}
		must(t, db.Store.Rollback(t.Context()))
		if left := names(shape(t, db)); len(left) != 0 {
			t.Errorf("tables left after Rollback: %q", left)
		}
		must(t, db.Store.Migrate(t.Context()))
		if diff := cmp.Diff(first, shape(t, db)); diff != "" {
			t.Errorf("up again differs (-first +second):\n%s", diff)
		}
	})
}

func pending(t *testing.T, s *store.Store) int {
	t.Helper()
	steps, err := s.Steps(t.Context())
	must(t, err)
	n := 0
	for _, one := range steps {
		if !one.Applied {
			n++
		}
	}
	return n
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Replicas that start together on an empty database migrate it once.
func TestMigrateTogether(t *testing.T) {
	t.Parallel()
	dbtest.EachEmpty(t, func(t *testing.T, db *dbtest.DB) {
		stores := []*store.Store{db.Store, db.Replica(t), db.Replica(t)}
		var all sync.WaitGroup
		for _, s := range stores {
			all.Go(func() {
				if err := s.Migrate(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if missing := pending(t, db.Store); missing != 0 {
			t.Errorf("%d steps are missing", missing)
		}
	})
}

// A lock that a killed process left behind is taken away by hand.
func TestUnlock(t *testing.T) {
	t.Parallel()
	dbtest.EachEmpty(t, func(t *testing.T, db *dbtest.DB) {
		must(t, db.Store.Migrate(t.Context()))
		must(t, db.Store.Rollback(t.Context()))
		if _, err := own(t, db).ExecContext(t.Context(), "INSERT INTO bun_migration_locks (table_name) VALUES ('bun_migrations')"); err != nil {
			t.Fatal(err)
		}
		must(t, db.Store.Unlock(t.Context()))
		must(t, db.Store.Migrate(t.Context()))
	})
}

// The three databases have the same tables, columns, nullability, unique keys
// and indexes.
func TestMigrationParity(t *testing.T) {
	t.Parallel()
	want := shape(t, dbtest.One(t, store.SQLite))
	if len(want) < 15 {
		t.Fatalf("only %d tables: %q", len(want), names(want))
	}
	for _, dialect := range []store.Dialect{store.Postgres, store.MySQL} {
		t.Run(string(dialect), func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(want, shape(t, dbtest.One(t, dialect))); diff != "" {
				t.Errorf("%s differs from sqlite (-sqlite +%s):\n%s", dialect, dialect, diff)
			}
		})
	}
}

// Every index starts with the tenant, so that no query of one tenant walks
// through the rows of another.
func TestIndexesStartWithTheTenant(t *testing.T) {
	t.Parallel()
	for name, one := range shape(t, dbtest.One(t, store.SQLite)) {
		for _, columns := range slices.Concat(one.Keys, one.Indexes) {
			switch columns {
			case "id", "slug", "token_hash", "state_hash": // found before the tenant is known, or by a key that is unique in all
				continue
			}
			if columns != "tenant_id" && (len(columns) < 10 || columns[:10] != "tenant_id,") {
				t.Errorf("table %s has an index on %s: it does not start with tenant_id", name, columns)
			}
		}
	}
}

func TestTablesAreAllThere(t *testing.T) {
	t.Parallel()
	want := names(shape(t, dbtest.One(t, store.SQLite)))
	got := store.Tables()
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Tables (-database +migrations):\n%s", diff)
	}
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for name, address := range map[string]string{
		"ErrNoScheme":     "rollcall.db",
		"ErrOtherScheme":  "oracle://x",
		"ErrNoFile":       "sqlite://",
		"ErrMemory":       "sqlite::memory:",
		"ErrNoUser":       "mysql://127.0.0.1:3306/rollcall",
		"ErrNoDatabase":   "mysql://rollcall@127.0.0.1:3306",
		"ErrUnreadable":   "postgres://[",
		"ErrNobodyThere":  "postgres://rollcall@127.0.0.1:1/rollcall?sslmode=disable&connect_timeout=2",
		"ErrNobodyThere2": "mysql://rollcall@127.0.0.1:1/rollcall",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := store.Open(t.Context(), store.Options{URL: address})
			if !errs.Is(err, errs.Invalid) && !errs.Is(err, errs.Unavailable) {
				t.Errorf("Open(%q) = %v, want a sentence that names the setting", address, err)
			}
		})
	}
}
