package sync_test

import (
	"database/sql"
	"errors"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/internal/sync/synctest"
	"github.com/rollcall/rollcall/models"
)

// shared are columns that very many rows of a table have in common. An index that
// is entered with nothing else is read to its end, which takes longer the more is
// stored.
var shared = []string{"tenant_id", "connector_id", "issuer", "source", "run_id", "seen_run", "missing_since", "state", "kind", "status"}

// growing are the tables that hold more the larger a source is.
var growing = regexp.MustCompile(`"?\b(accounts|assignments|audit_events|drifts|identities|sync_events|sync_losses|user_attributes|user_tokens|users)\b"?`)

// walks says which steps of a plan of SQLite read more the more is stored.
func walks(statement string, plan []string) (long []string) {
	entered := regexp.MustCompile(`^SEARCH (\S+) .*\((.*)\)$`)
	for _, step := range plan {
		if table, scan := strings.CutPrefix(step, "SCAN "); scan && growing.MatchString(table) {
			long = append(long, step)
		}
		m := entered.FindStringSubmatch(step)
		if m == nil || !isGrowing(statement, m[1]) {
			continue
		}
		bound := regexp.MustCompile(`(\w+)[=<>]`).FindAllStringSubmatch(m[2], -1)
		if !slices.ContainsFunc(bound, func(column []string) bool { return !slices.Contains(shared, column[1]) }) {
			long = append(long, step)
		}
	}
	return long
}

// isGrowing tells whether a name in a plan, which is an alias where there is one,
// is a table that grows.
func isGrowing(statement, name string) bool {
	alias := regexp.MustCompile(growing.String() + ` (?i:AS )?"?` + regexp.QuoteMeta(name) + `\b`)
	return growing.MatchString(name) || alias.MatchString(statement)
}

// plansOf asks SQLite how it goes about statements.
func plansOf(t *testing.T, url string, statements map[string]bool) map[string][]string {
	t.Helper()
	db, err := sql.Open("sqlite", strings.TrimPrefix(url, "sqlite://"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	plans := map[string][]string{}
	for statement := range statements {
		if statement == "BEGIN" || statement == "PING" || statement == dbtest.Commit {
			continue
		}
		rows, err := db.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+statement)
		if err != nil {
			t.Fatalf("%v: %s", err, statement)
		}
		for rows.Next() {
			var id, parent, unused int
			var step string
			if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
				t.Fatal(err)
			}
			plans[statement] = append(plans[statement], step)
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			t.Fatal(err)
		}
	}
	return plans
}

// What is done for a page does not grow with what is stored: no statement between
// two pages walks a table. It is asked of SQLite, which says how it goes about a
// statement and, having no statistics, goes wrong most easily.
func TestPageWalksNoTable(t *testing.T) {
	t.Parallel()
	w := build(t, dbtest.One(t, store.SQLite))
	mapping := usual
	mapping.Roles = []connector.RoleRule{{Kind: "group", Name: "everybody", Role: "admin"}}
	system, c := w.source(200, mapping, makes)
	heard := map[string]bool{}
	w.systems[c.ID] = counting{system, func(from connector.Cursor) {
		switch from {
		case "50":
			w.Faults.Hear(func(statement string) { heard[statement] = true })
		case "150":
			w.Faults.Hear(nil)
		}
	}}
	for i := range 50 { // some who are switched off: no people are made of them
		system.Change(synctest.ID(4*i), "boss", func(a *connector.Account) { a.Enabled = i%2 == 0 })
	}
	w.run(c, models.RunFull)
	w.run(c, models.RunFull) // nothing is new
	for i := range 200 {     // everybody is changed, some leave the group or are switched off
		system.Change(synctest.ID(i), "boss", func(a *connector.Account) {
			a.DisplayName, a.Enabled, a.Attributes = "Somebody Else", i%3 != 0, map[string][]string{"department": {"Elsewhere"}}
			if i%5 == 0 {
				a.Groups = []string{}
			}
		})
	}
	w.run(c, models.RunFull)
	plans, about := plansOf(t, w.URL, heard), map[string]bool{}
	for statement, plan := range plans {
		for _, step := range walks(statement, plan) {
			t.Errorf("%s\n  of %.900s", step, statement)
		}
		for _, table := range growing.FindAllString(statement, -1) {
			about[strings.Trim(table, `"`)] = true
		}
	}
	if len(plans) < 50 || len(about) < 9 {
		t.Errorf("only %d statements about %v were looked at", len(plans), slices.Sorted(maps.Keys(about)))
	}
}
