package store_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

var tenantRef = store.Ref{Kind: models.KindTenant, ID: 1, Name: "Northwind"}

// add inserts a department and, as every change must, records it.
func add(name string) func(context.Context, *store.Tx) error {
	return func(ctx context.Context, tx *store.Tx) error {
		if _, err := tx.Insert(&models.Department{Name: name}).Exec(ctx); err != nil {
			return err
		}
		return tx.Record(ctx, store.Event{Action: models.Seeded, Target: tenantRef})
	}
}

func departments(t *testing.T, db *dbtest.DB) int {
	t.Helper()
	n, err := db.Store.Read(db.Tenant).Select((*models.Department)(nil)).Count(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return int(n)
}

func TestChangeCommits(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		if err := db.Store.Change(t.Context(), db.Actor(), add("Finance")); err != nil {
			t.Fatal(err)
		}
		if n := departments(t, db); n != 1 {
			t.Errorf("%d departments after a change, want 1", n)
		}
	})
}

func TestChangeRefusesSilence(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		err := db.Store.Change(t.Context(), db.Actor(), func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.Insert(&models.Department{Name: "Finance"}).Exec(ctx)
			return err
		})
		if !errors.Is(err, store.ErrSilent) {
			t.Fatalf("Change without an event = %v, want ErrSilent", err)
		}
		if n := departments(t, db); n != 0 {
			t.Errorf("%d departments after a silent change, want 0", n)
		}
	})
}

func TestChangeRefusesInvalidActor(t *testing.T) {
	t.Parallel()
	db := dbtest.One(t, store.SQLite)
	valid := db.Actor()
	for name, change := range map[string]func(*models.Actor){
		"ErrNoActor":  func(a *models.Actor) { *a = models.Actor{} },
		"ErrNoTenant": func(a *models.Actor) { a.Tenant = 0 },
		"ErrNoKind":   func(a *models.Actor) { a.Kind = "" },
		"ErrNoName":   func(a *models.Actor) { a.Name = "" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			actor := valid
			change(&actor)
			err := db.Store.Change(t.Context(), actor, func(context.Context, *store.Tx) error {
				t.Error("the change ran")
				return nil
			})
			if err == nil {
				t.Error("Change with such an actor succeeded")
			}
		})
	}
}

func TestChangeRollsBack(t *testing.T) {
	t.Parallel()
	wrong := errors.New("wrong")
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		err := db.Store.Change(t.Context(), db.Actor(), func(ctx context.Context, tx *store.Tx) error {
			if err := add("Finance")(ctx, tx); err != nil {
				return err
			}
			return wrong
		})
		if !errors.Is(err, wrong) {
			t.Errorf("Change = %v, want the error of its function", err)
		}
		if n := departments(t, db); n != 0 {
			t.Errorf("%d departments after a failed change, want 0", n)
		}
	})
}

// Bun would silently make a savepoint of a transaction inside a transaction.
func TestChangeRefusesNesting(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		defer func() {
			if r := recover(); r == nil || !strings.Contains(r.(string), "nested") {
				t.Errorf("recovered %v, want a panic about nesting", r)
			}
			if n := departments(t, db); n != 0 {
				t.Errorf("%d departments after a panic, want 0", n)
			}
		}()
		_ = db.Store.Change(t.Context(), db.Actor(), func(ctx context.Context, tx *store.Tx) error {
			if err := add("Finance")(ctx, tx); err != nil {
				return err
			}
			return db.Store.Change(ctx, db.Actor(), add("Sales"))
		})
	})
}

// Two changes take the same two rows in opposite order. The database ends one;
// it is run again and both are done.
func TestDeadlockRunsAgain(t *testing.T) {
	t.Parallel()
	for _, dialect := range []store.Dialect{store.Postgres, store.MySQL} { // SQLite has one writer at a time
		t.Run(string(dialect), func(t *testing.T) {
			t.Parallel()
			db := dbtest.One(t, dialect)
			a, b := &models.Department{Name: "A"}, &models.Department{Name: "B"}
			err := db.Store.Change(t.Context(), db.Actor(), func(ctx context.Context, tx *store.Tx) error {
				for _, row := range []*models.Department{a, b} {
					if _, err := tx.Insert(row).Exec(ctx); err != nil {
						return err
					}
				}
				return tx.Record(ctx, store.Event{Action: models.Seeded, Target: tenantRef})
			})
			if err != nil {
				t.Fatal(err)
			}
			runs := crossed(t, db, a.ID, b.ID)
			if runs < 3 {
				t.Errorf("the two changes ran %d times in all, want at least 3: nothing stood in anybody's way", runs)
			}
		})
	}
}

// crossed renames both rows from two sides at once and gives how often the
// changes ran.
func crossed(t *testing.T, db *dbtest.DB, first, second int64) int32 {
	t.Helper()
	var runs atomic.Int32
	var both, done sync.WaitGroup
	both.Add(2)
	rename := func(name string, ids ...int64) {
		defer done.Done()
		var met sync.Once
		err := db.Store.Change(context.WithoutCancel(t.Context()), db.Actor(), func(ctx context.Context, tx *store.Tx) error {
			runs.Add(1)
			for _, id := range ids {
				_, err := tx.Update((*models.Department)(nil)).Set("name = ?", name+string(rune('0'+id))).Where("id = ?", id).Exec(ctx)
				if err != nil {
					return err
				}
				met.Do(func() { both.Done(); both.Wait() }) // each holds one row
			}
			return tx.Record(ctx, store.Event{Action: models.Seeded, Target: tenantRef})
		})
		if err != nil {
			t.Errorf("change %s = %v", name, err)
		}
	}
	done.Add(2)
	go rename("left", first, second)
	go rename("right", second, first)
	done.Wait()
	return runs.Load()
}

// conflict is what each database says when a transaction shall be run again.
func conflict(t *testing.T, db *dbtest.DB) error {
	t.Helper()
	switch db.Store.Dialect() {
	case store.Postgres:
		return &pgconn.PgError{Code: "40001", Message: "could not serialize access"}
	case store.MySQL:
		return &mysql.MySQLError{Number: 1213, Message: "Deadlock found"}
	default:
		return busy(t)
	}
}

// Clusters report a conflict only at COMMIT; the change runs again, and what
// it did the first time is not there twice.
func TestConflictAtCommit(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		db.Faults.FailWith(dbtest.Commit, conflict(t, db), 2)
		runs := 0
		err := db.Store.Change(t.Context(), db.Actor(), func(ctx context.Context, tx *store.Tx) error {
			runs++
			return add("Finance")(ctx, tx)
		})
		if err != nil || runs != 3 {
			t.Errorf("Change = %v after %d runs, want success after 3", err, runs)
		}
		if n := departments(t, db); n != 1 {
			t.Errorf("%d departments, want 1", n)
		}
	})
}

func TestConflictWithoutEnd(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		db.Faults.FailWith(dbtest.Commit, conflict(t, db), -1)
		err := db.Store.Change(t.Context(), db.Actor(), add("Finance"))
		if !errs.Is(err, errs.Conflict) {
			t.Errorf("Change = %v, want a conflict a person can read", err)
		}
		if n := departments(t, db); n != 0 {
			t.Errorf("%d departments, want 0", n)
		}
	})
}

func TestConflictStopsWithTheRequest(t *testing.T) {
	t.Parallel()
	db := dbtest.One(t, store.SQLite)
	db.Faults.FailWith(dbtest.Commit, busy(t), -1)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	err := db.Store.Change(ctx, db.Actor(), add("Finance"))
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Change = %v, want the end of the request", err)
	}
}

// The database goes away in the middle: a safe sentence, nothing half done.
func TestDatabaseGoesAway(t *testing.T) {
	t.Parallel()
	for name, statement := range map[string]string{"begin": "BEGIN", "write": "INSERT INTO", "audit": "audit_events", "commit": dbtest.Commit} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
				db.Faults.Fail(statement)
				err := db.Store.Change(t.Context(), db.Actor(), add("Finance"))
				if !errs.Is(err, errs.Unavailable) {
					t.Errorf("Change = %v, want Unavailable", err)
				}
				db.Faults.Heal()
				if n := departments(t, db); n != 0 {
					t.Errorf("%d departments, want 0", n)
				}
			})
		})
	}
}

func TestMaintainNeedsNoEvent(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		err := db.Store.Maintain(t.Context(), db.Tenant, store.SessionTouch, func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.Insert(&models.Department{Name: "Finance"}).Exec(ctx)
			return err
		})
		if n := departments(t, db); err != nil || n != 1 {
			t.Errorf("Maintain = %v, %d departments; want 1", err, n)
		}
	})
}
