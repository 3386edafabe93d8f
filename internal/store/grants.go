package store

import (
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"github.com/rollcall/rollcall/migrations"
)

// appendOnly are the tables the application's database user may only add to
// (AUD-04), readOnly those it may only read: the migrator's own.
var (
	appendOnly = []string{"audit_events"}
	readOnly   = []string{"bun_migrations"}
)

var createTable = regexp.MustCompile(`(?m)^CREATE TABLE (\w+) \(`)

// Tables lists the tables the migrations create, in that order.
func Tables() []string {
	var tables []string
	err := fs.WalkDir(migrations.Files, ".", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".up.sql") {
			return err
		}
		text, err := migrations.Files.ReadFile(path)
		if err != nil {
			return err
		}
		for _, m := range createTable.FindAllSubmatch(text, -1) {
			tables = append(tables, string(m[1]))
		}
		return nil
	})
	if err != nil { // the files are part of the program
		panic(err)
	}
	return tables
}

// Grants gives the statements that let a database user run rollcall serve, and
// no more: it cannot change the tables' shape, nor change or remove an audit
// event. They are run by the owner of the tables after each migration. SQLite
// has no users; there the audit table itself refuses (see migrations).
func Grants(dialect Dialect, user, database string) []string {
	if dialect == SQLite {
		return nil
	}
	form := grantWords(dialect, user, database)
	statements := form.first
	for _, t := range slices.Concat(Tables(), readOnly) {
		rights := "SELECT, INSERT, UPDATE, DELETE"
		switch {
		case slices.Contains(appendOnly, t):
			rights = "SELECT, INSERT"
		case slices.Contains(readOnly, t):
			rights = "SELECT"
		}
		statements = append(statements, fmt.Sprintf("GRANT %s ON %s TO %s", rights, form.table(t), form.user))
	}
	return statements
}

type grantForm struct {
	first []string
	user  string
	table func(string) string
}

func grantWords(dialect Dialect, user, database string) grantForm {
	if dialect == Postgres {
		u, d := ident(`"`, user), ident(`"`, database)
		return grantForm{user: u, table: func(t string) string { return ident(`"`, t) }, first: []string{
			"GRANT CONNECT ON DATABASE " + d + " TO " + u,
			"GRANT USAGE ON SCHEMA public TO " + u,
			"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM " + u,
		}}
	}
	return grantForm{
		user:  ident("'", strings.ReplaceAll(user, `\`, `\\`)) + "@'%'",
		table: func(t string) string { return ident("`", database) + "." + ident("`", t) },
	}
}

// ident quotes a name: the quote sign inside is doubled.
func ident(quote, name string) string {
	return quote + strings.ReplaceAll(name, quote, quote+quote) + quote
}
