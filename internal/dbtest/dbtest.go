package dbtest

import (
	"context"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// Start is the moment every test's clock begins with.
var Start = time.Date(2026, time.November, 22, 10, 42, 0, 0, time.UTC)

// DB is one test's own database.
type DB struct {
	Store  *store.Store
	Tenant int64
	Clock  *Clock
	Faults *Faults // makes chosen statements fail
	URL    string  // to open it once more, as a second replica would
}

// Actor gives an actor that may do everything, for preparing data.
func (db *DB) Actor() models.Actor { return models.SystemActor(db.Tenant, "Test") }

// Replica opens the same database once more, as a second process would.
func (db *DB) Replica(t testing.TB) *store.Store {
	t.Helper()
	return open(t, db.URL, db.Clock, new(Faults))
}

// Clock is a clock that stands still until it is moved.
type Clock struct{ micros atomic.Int64 }

// Now gives the clock's time.
func (c *Clock) Now() time.Time { return time.UnixMicro(c.micros.Load()).UTC() }

// Set moves the clock to t.
func (c *Clock) Set(t time.Time) { c.micros.Store(t.UnixMicro()) }

// Advance moves the clock on by d.
func (c *Clock) Advance(d time.Duration) { c.micros.Add(d.Microseconds()) }

// Each runs fn once per database, in parallel, each with a database of its own.
func Each(t *testing.T, fn func(t *testing.T, db *DB)) {
	t.Helper()
	for _, e := range engines {
		t.Run(string(e.dialect), func(t *testing.T) {
			t.Parallel()
			fn(t, e.fresh(t))
		})
	}
}

// One gives a fresh database of one dialect, for tests that need just one or
// bring their own loop. It skips or fails like Each when the server is missing.
func One(t testing.TB, dialect store.Dialect) *DB {
	t.Helper()
	for _, e := range engines {
		if e.dialect == dialect {
			return e.fresh(t)
		}
	}
	t.Fatalf("dbtest: no such dialect: %s", dialect)
	return nil
}

type engine struct {
	dialect  store.Dialect
	env      string // names the server; "" for SQLite
	once     sync.Once
	base     string // PostgreSQL: the name of the migrated original
	original []byte // SQLite: the file of the migrated original
	err      error
}

var engines = []*engine{
	{dialect: store.SQLite},
	{dialect: store.Postgres, env: "ROLLCALL_TEST_POSTGRES"},
	{dialect: store.MySQL, env: "ROLLCALL_TEST_MARIADB"},
}

var counter atomic.Int64

// EachEmpty is Each with databases that have no tables and no tenant.
func EachEmpty(t *testing.T, fn func(t *testing.T, db *DB)) {
	t.Helper()
	for _, e := range engines {
		t.Run(string(e.dialect), func(t *testing.T) {
			t.Parallel()
			fn(t, e.database(t, true))
		})
	}
}

// fresh gives a database with all tables and one tenant.
func (e *engine) fresh(t testing.TB) *DB {
	t.Helper()
	db := e.database(t, false)
	if e.dialect == store.MySQL { // it has no way to copy a whole database
		if err := db.Store.Migrate(t.Context()); err != nil {
			t.Fatalf("dbtest: %v", err)
		}
	}
	tenant, err := db.Store.EnsureTenant(t.Context(), Tenant)
	if err != nil {
		t.Fatalf("dbtest: %v", err)
	}
	db.Tenant = tenant.ID
	return db
}

// database gives a database of the test's own: without tables, or with those of
// the original where the engine can copy one.
func (e *engine) database(t testing.TB, empty bool) *DB {
	t.Helper()
	server := os.Getenv(e.env)
	if e.env != "" && server == "" {
		if os.Getenv("ROLLCALL_TESTDB") == "all" {
			t.Fatalf("dbtest: %s is not set and ROLLCALL_TESTDB=all: run it with scripts/with-databases", e.env)
		}
		t.Skipf("dbtest: %s is not set; run it with scripts/with-databases", e.env)
	}
	name := fmt.Sprintf("t%d_%d", os.Getpid(), counter.Add(1))
	url, err := e.create(t, server, name, empty)
	if err != nil {
		t.Fatalf("dbtest: %s: %v", e.dialect, err)
	}
	db := &DB{Clock: new(Clock), Faults: new(Faults), URL: url}
	db.Clock.Set(Start)
	db.Store = open(t, url, db.Clock, db.Faults)
	return db
}

// Tenant is the tenant every test database starts with.
var Tenant = store.NewTenant{Slug: "northwind", Name: "Northwind Group", Environment: "test"}

func open(t testing.TB, url string, clock *Clock, faults *Faults) *store.Store {
	t.Helper()
	s, err := store.Open(context.Background(), store.Options{URL: url, Clock: clock.Now, MaxConns: 6, Relaxed: true, Wrap: faults.wrap})
	if err != nil {
		t.Fatalf("dbtest: open: %v", err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("dbtest: close: %v", err)
		}
	})
	return s
}
