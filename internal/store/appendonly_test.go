package store_test

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// SQLite has no users, so the table itself refuses.
func TestAuditIsAppendOnlySQLite(t *testing.T) {
	t.Parallel()
	db := dbtest.One(t, store.SQLite)
	pool := own(t, db)
	for _, statement := range []string{"UPDATE audit_events SET reason = 'x'", "DELETE FROM audit_events", "INSERT OR REPLACE INTO audit_events SELECT * FROM audit_events"} {
		_, err := pool.ExecContext(t.Context(), statement)
		if err == nil {
			t.Errorf("%s was allowed", statement)
		}
	}
}

// A database user with exactly our grants runs everything and cannot change or
// remove an audit event, nor a table (AUD-04).
func TestGrants(t *testing.T) {
	t.Parallel()
	for _, dialect := range []store.Dialect{store.Postgres, store.MySQL} {
		t.Run(string(dialect), func(t *testing.T) {
			t.Parallel()
			db := dbtest.One(t, dialect)
			address := grantee(t, db)
			app, err := store.Open(t.Context(), store.Options{URL: address, Clock: db.Clock.Now, MaxConns: 2})
			must(t, err)
			t.Cleanup(func() { app.Close() })

			t.Run("works", func(t *testing.T) {
				must(t, app.Migrate(t.Context())) // nothing to do, so nothing to be refused
				must(t, app.Change(t.Context(), db.Actor(), everyTable(t, db)))
			})
			pool := openURL(t, address)
			for name, statement := range map[string]string{
				"update audit":    "UPDATE audit_events SET reason = 'x'",
				"delete audit":    "DELETE FROM audit_events",
				"empty audit":     "TRUNCATE TABLE audit_events",
				"drop audit":      "DROP TABLE audit_events",
				"alter audit":     "ALTER TABLE audit_events ADD COLUMN x BIGINT",
				"create a table":  "CREATE TABLE mine (id BIGINT)",
				"fake migrations": "DELETE FROM bun_migrations",
			} {
				t.Run(name, func(t *testing.T) {
					_, err := pool.ExecContext(t.Context(), statement)
					if err == nil || !refusal(err) {
						t.Errorf("%s = %v, want it refused for want of a right", statement, err)
					}
				})
			}
		})
	}
}

func refusal(err error) bool {
	text := err.Error()
	return strings.Contains(text, "permission denied") || strings.Contains(text, "must be owner") || strings.Contains(text, "command denied")
}

// grantee makes a user with our grants and gives the address it connects by.
func grantee(t *testing.T, db *dbtest.DB) string {
	t.Helper()
	u, err := url.Parse(db.URL)
	must(t, err)
	name, database := "app_"+strings.Trim(u.Path, "/"), strings.Trim(u.Path, "/")
	create := fmt.Sprintf("CREATE USER %s PASSWORD 'secret'", name)
	drop := []string{"DROP OWNED BY " + name, "DROP USER " + name}
	if db.Store.Dialect() == store.MySQL {
		create = fmt.Sprintf("CREATE USER '%s'@'%%' IDENTIFIED BY 'secret'", name)
		drop = []string{fmt.Sprintf("DROP USER '%s'@'%%'", name)}
	}
	pool := own(t, db)
	for _, statement := range append([]string{create}, store.Grants(db.Store.Dialect(), name, database)...) {
		if _, err := pool.ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	t.Cleanup(func() {
		for _, statement := range drop {
			if _, err := pool.ExecContext(context.WithoutCancel(t.Context()), statement); err != nil {
				t.Errorf("%s: %v", statement, err)
			}
		}
	})
	u.User = url.UserPassword(name, "secret")
	return u.String()
}

// everyTable reads every table, and updates and deletes in each but the log,
// with a condition nothing meets: rights are checked before rows.
func everyTable(t *testing.T, db *dbtest.DB) func(context.Context, *store.Tx) error {
	return func(ctx context.Context, tx *store.Tx) error {
		if err := tx.LockTenant(ctx); err != nil {
			return err
		}
		for name, one := range shape(t, db) {
			column, _, _ := strings.Cut(one.Columns[0], " ")
			statements := []string{fmt.Sprintf("SELECT %s FROM %s WHERE ?tenant = 0", column, name)}
			if name != "audit_events" {
				statements = append(statements, fmt.Sprintf("UPDATE %s SET %s = %s WHERE ?tenant = 0", name, column, column),
					fmt.Sprintf("DELETE FROM %s WHERE ?tenant = 0", name))
			}
			for _, statement := range statements {
				if _, err := tx.Raw(statement).Exec(ctx); err != nil {
					return fmt.Errorf("%s: %w", statement, err)
				}
			}
		}
		if err := add("Finance")(ctx, tx); err != nil {
			return err
		}
		return tx.Record(ctx, store.Event{Action: models.Seeded, Target: tenantRef})
	}
}

func TestGrantsQuoteNames(t *testing.T) {
	t.Parallel()
	for dialect, want := range map[store.Dialect]string{
		store.Postgres: `GRANT SELECT, INSERT ON "audit_events" TO "o""brien"`,
		store.MySQL:    "GRANT SELECT, INSERT ON `roll``call`.`audit_events` TO 'o\"brien'@'%'",
	} {
		all := store.Grants(dialect, `o"brien`, "roll`call")
		if !strings.Contains(strings.Join(all, ";\n"), want) {
			t.Errorf("grants of %s lack %s:\n%s", dialect, want, strings.Join(all, ";\n"))
		}
	}
	if all := store.Grants(store.SQLite, "rollcall", "rollcall"); all != nil {
		t.Errorf("SQLite has no users, yet there are grants: %q", all)
	}
}
