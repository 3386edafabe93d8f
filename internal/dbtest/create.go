package dbtest

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"github.com/go-sql-driver/mysql"

	"github.com/rollcall/rollcall/internal/store"
)

// create makes the database called name and gives its URL. SQLite and
// PostgreSQL copy an original that is migrated once per process, unless the
// database shall be empty.
func (e *engine) create(t testing.TB, server, name string, empty bool) (string, error) {
	t.Helper()
	if !empty {
		e.once.Do(func() { e.base, e.err = e.prepare(server) })
		if e.err != nil {
			return "", e.err
		}
	}
	switch e.dialect {
	case store.SQLite:
		path := filepath.Join(t.TempDir(), name+".db")
		if empty {
			return "sqlite://" + path, nil
		}
		return "sqlite://" + path, os.WriteFile(path, e.original, 0o600)
	case store.Postgres:
		statement := "CREATE DATABASE " + name
		if !empty {
			statement += " TEMPLATE " + e.base
		}
		if err := run("pgx", server, statement); err != nil {
			return "", err
		}
		t.Cleanup(func() { _ = run("pgx", server, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)") }) // the whole cluster is thrown away anyway
		return withDatabase(server, name)
	default:
		if err := createMariaDB(server, name); err != nil {
			return "", err
		}
		t.Cleanup(func() { _ = dropMariaDB(server, name) }) // as above
		return withDatabase(server, name)
	}
}

func (e *engine) prepare(server string) (string, error) {
	switch e.dialect {
	case store.SQLite:
		dir, err := os.MkdirTemp("", "rollcall-dbtest-")
		if err != nil {
			return "", err
		}
		defer os.RemoveAll(dir)
		path := filepath.Join(dir, "base.db")
		if err := migrate("sqlite://" + path); err != nil {
			return "", err
		}
		e.original, err = os.ReadFile(path)
		return "", err
	case store.Postgres:
		name := fmt.Sprintf("base_%d", os.Getpid())
		if err := run("pgx", server, "CREATE DATABASE "+name); err != nil {
			return "", err
		}
		u, err := withDatabase(server, name)
		if err != nil {
			return "", err
		}
		return name, migrate(u)
	default:
		return "", nil
	}
}

func migrate(url string) error {
	ctx := context.Background()
	s, err := store.Open(ctx, store.Options{URL: url, MaxConns: 2})
	if err != nil {
		return err
	}
	if err := s.Migrate(ctx); err != nil {
		return err
	}
	return s.Close()
}

func withDatabase(server, name string) (string, error) {
	u, err := url.Parse(server)
	if err != nil {
		return "", err
	}
	u.Path = "/" + name
	return u.String(), nil
}

func run(driver, dsn, statement string) error {
	db, err := sql.Open(driver, dsn)
	if err != nil {
		return err
	}
	defer db.Close()
	if _, err := db.ExecContext(context.Background(), statement); err != nil {
		return fmt.Errorf("%s: %w", statement, err)
	}
	return nil
}

func mariaDSN(server string) (string, error) {
	u, err := url.Parse(server)
	if err != nil {
		return "", err
	}
	c := mysql.NewConfig()
	c.User, c.Net, c.Addr = u.User.Username(), "tcp", u.Host
	c.Passwd, _ = u.User.Password()
	return c.FormatDSN(), nil
}

func createMariaDB(server, name string) error {
	dsn, err := mariaDSN(server)
	if err != nil {
		return err
	}
	return run("mysql", dsn, "CREATE DATABASE "+name+" CHARACTER SET utf8mb4 COLLATE utf8mb4_bin")
}

func dropMariaDB(server, name string) error {
	dsn, err := mariaDSN(server)
	if err != nil {
		return err
	}
	return run("mysql", dsn, "DROP DATABASE IF EXISTS "+name)
}
