package store_test

import (
	"database/sql"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/go-sql-driver/mysql"

	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/store"
)

// table is the shape of a table as the database's own catalog tells it, in words
// all three share.
type table struct {
	Columns []string // "name kind" or "name kind null", by name
	Keys    []string // the columns of each unique key, the primary one included
	Indexes []string // the columns of each other index
}

// own opens the test's database past the store, as another program would.
func own(t *testing.T, db *dbtest.DB) *sql.DB {
	t.Helper()
	return openURL(t, db.URL)
}

func openURL(t *testing.T, address string) *sql.DB {
	t.Helper()
	driver, dsn := "sqlite", strings.TrimPrefix(address, "sqlite://")
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	switch u.Scheme {
	case "postgres":
		driver, dsn = "pgx", address
	case "mysql":
		c := mysql.NewConfig()
		c.User, c.Net, c.Addr, c.DBName = u.User.Username(), "tcp", u.Host, strings.TrimPrefix(u.Path, "/")
		c.Passwd, _ = u.User.Password()
		driver, dsn = "mysql", c.FormatDSN()
	}
	pool, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { pool.Close() })
	return pool
}

// shape reads all tables but the migrator's own and the database's.
func shape(t *testing.T, db *dbtest.DB) map[string]table {
	t.Helper()
	columns, indexes := catalogQueries(db.Store.Dialect())
	pool, tables := own(t, db), map[string]table{}
	for _, row := range query(t, pool, columns, 4) {
		one := tables[row[0]]
		word := row[1] + " " + kind(row[2])
		if row[3] == "YES" {
			word += " null"
		}
		one.Columns = append(one.Columns, word)
		tables[row[0]] = one
	}
	for _, row := range query(t, pool, indexes, 3) {
		one := tables[row[0]]
		if row[1] == "1" {
			one.Keys = append(one.Keys, row[2])
		} else {
			one.Indexes = append(one.Indexes, row[2])
		}
		tables[row[0]] = one
	}
	for name, one := range tables {
		if strings.HasPrefix(name, "bun_") || strings.HasPrefix(name, "sqlite_") {
			delete(tables, name)
			continue
		}
		slices.Sort(one.Columns)
		slices.Sort(one.Keys)
		slices.Sort(one.Indexes)
		one.Indexes = needed(one)
		tables[name] = one
	}
	return tables
}

// needed leaves out the indexes MariaDB adds for foreign keys by itself.
func needed(one table) []string {
	return slices.DeleteFunc(one.Indexes, func(columns string) bool {
		return slices.ContainsFunc(slices.Concat(one.Keys, one.Indexes), func(other string) bool {
			return strings.HasPrefix(other, columns+",")
		}) || columns == "tenant_id,user_id" || columns == "tenant_id,role_id" || columns == "tenant_id,application_id"
	})
}

// kind folds the databases' names of types into one word each.
func kind(declared string) string {
	word, _, _ := strings.Cut(strings.ToLower(declared), "(")
	switch word {
	case "bigint", "integer":
		return "number"
	case "text", "varchar", "character varying", "mediumtext":
		return "text"
	case "boolean", "tinyint":
		return "bool"
	case "blob", "bytea", "mediumblob":
		return "bytes"
	}
	return "unknown type " + declared
}

func catalogQueries(d store.Dialect) (columns, indexes string) {
	switch d {
	default:
	case store.Postgres:
		return `SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns WHERE table_schema = 'public'`,
			`SELECT c.relname, CASE WHEN i.indisunique THEN '1' ELSE '0' END,
				(SELECT string_agg(a.attname, ',' ORDER BY k.n) FROM unnest(i.indkey) WITH ORDINALITY AS k(att, n)
					JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.att)
			FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public'`
	case store.MySQL:
		return `SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns WHERE table_schema = DATABASE()`,
			`SELECT table_name, IF(MAX(non_unique) = 0, '1', '0'), GROUP_CONCAT(column_name ORDER BY seq_in_index SEPARATOR ',')
			FROM information_schema.statistics WHERE table_schema = DATABASE() GROUP BY table_name, index_name`
	}
	return `SELECT m.name, c.name, c.type, CASE WHEN c."notnull" = 1 OR c.pk > 0 THEN 'NO' ELSE 'YES' END
			FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table'`,
		`SELECT m.name, l."unique", (SELECT group_concat(i.name, ',') FROM pragma_index_info(l.name) i)
			FROM sqlite_master m JOIN pragma_index_list(m.name) l WHERE m.type = 'table'
		UNION ALL SELECT m.name, 1, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c
			WHERE m.type = 'table' AND c.pk = 1 AND lower(c.type) = 'integer'`
}

func query(t *testing.T, pool *sql.DB, statement string, columns int) [][]string {
	t.Helper()
	rows, err := pool.QueryContext(t.Context(), statement)
	if err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
	defer rows.Close()
	var all [][]string
	for rows.Next() {
		row := make([]string, columns)
		into := make([]any, columns)
		for i := range row {
			into[i] = &row[i]
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		all = append(all, row)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

func names(tables map[string]table) []string {
	var all []string
	for name := range tables {
		all = append(all, fmt.Sprint(name))
	}
	slices.Sort(all)
	return all
}
