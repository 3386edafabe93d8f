package audit

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"testing"

	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// Every kind of query walks its own index in the log's order: nothing is sorted.
func TestQueriesWalkTheirIndex(t *testing.T) {
	t.Parallel()
	db := dbtest.One(t, store.SQLite)
	pool, err := sql.Open("sqlite", strings.TrimPrefix(db.URL, "sqlite://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { pool.Close() })
	day := Query{From: 1_000_000, To: 2_000_000}
	user := Ref{Kind: models.KindUser, ID: 7}
	for name, c := range map[string]struct {
		q       Query
		indexes []string
	}{
		"newest":       {Query{}, []string{"audit_by_time"}},
		"window":       {day, []string{"audit_by_time"}},
		"who":          {Query{Actor: 7}, []string{"audit_by_actor"}},
		"own":          {Query{own: 7}, []string{"audit_by_actor"}},
		"system":       {Query{ActorKind: models.ActorSystem}, []string{"audit_by_actor"}},
		"whom":         {Query{Target: user}, []string{"audit_by_target"}},
		"object":       {Query{Object: user}, []string{"audit_by_object"}},
		"action":       {Query{Actions: []models.Action{models.RoleAssign}}, []string{"audit_by_action"}},
		"group":        {Query{Group: GroupRoles}, []string{"audit_by_action"}},
		"result":       {Query{Result: models.ResultRefused}, []string{"audit_by_result"}},
		"via":          {Query{Via: models.ViaCLI}, []string{"audit_by_via"}},
		"timeline":     {Query{about: thing{models.KindUser, 7}}, []string{"audit_by_target", "audit_by_actor", "audit_by_object"}},
		"history":      {Query{about: thing{models.KindRole, 7}}, []string{"audit_by_target", "audit_by_object"}},
		"connector":    {Query{about: thing{models.KindConnector, 7}}, []string{"audit_by_target", "audit_by_object"}},
		"who in a day": {Query{Actor: 7, From: day.From, To: day.To}, []string{"audit_by_actor"}},
	} {
		for way, from := range map[string]*place{"first page": nil, "older": {at: 1_500_000, id: 9}, "newer": {at: 1_500_000, id: 9, newer: true}} {
			t.Run(name+", "+way, func(t *testing.T) {
				t.Parallel()
				for _, w := range c.q.walks() {
					g := reading{db.Store.Read(db.Tenant), c.q, from, 51}
					text := g.walk(g.r.Select((*models.AuditEvent)(nil)).Column("id"), w).String()
					checkPlan(t, explain(t, pool, text), c.indexes)
				}
				if n := len(c.q.walks()); len(c.indexes) > 1 && n != len(c.indexes) {
					t.Errorf("%d walks, want %d", n, len(c.indexes))
				}
			})
		}
	}
}

// A timeline, which merges several walks, reads its lines by their ids.
func TestTimelineReadsByID(t *testing.T) {
	t.Parallel()
	db := dbtest.One(t, store.SQLite)
	pool, err := sql.Open("sqlite", strings.TrimPrefix(db.URL, "sqlite://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { pool.Close() })
	user := store.Ref{Kind: models.KindUser, ID: 7, Name: "Ines"}
	err = db.Store.Change(t.Context(), db.Actor(), func(ctx context.Context, tx *store.Tx) error {
		return tx.RecordAll(ctx, slices.Repeat([]store.Event{{Action: models.Seeded, Target: user}}, 9)) // it goes by few ids anyway
	})
	if err != nil {
		t.Fatal(err)
	}
	var last string
	db.Faults.Hear(func(statement string) { last = statement })
	list, err := rows(t.Context(), db.Store.Read(db.Tenant), Query{about: thing{models.KindUser, 7}}, nil, 51)
	db.Faults.Hear(nil)
	if err != nil || len(list) != 9 {
		t.Fatalf("%d events, %v", len(list), err)
	}
	if plan := explain(t, pool, last); len(plan) != 1 || plan[0] != "SEARCH e USING INTEGER PRIMARY KEY (rowid=?)" {
		t.Errorf("%q\n  of %s", plan, last)
	}
}

func checkPlan(t *testing.T, plan, indexes []string) {
	t.Helper()
	for _, step := range plan {
		if strings.Contains(step, "TEMP B-TREE") || strings.HasPrefix(step, "SCAN ") {
			t.Errorf("rows are sorted or all read: %s", step)
		}
	}
	if !slices.ContainsFunc(indexes, func(index string) bool { return strings.Contains(plan[0], "INDEX "+index+" ") }) {
		t.Errorf("none of %q is walked: %s", indexes, plan[0])
	}
}

func explain(t *testing.T, pool *sql.DB, text string) []string {
	t.Helper()
	steps, err := pool.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	defer steps.Close()
	var plan []string
	for steps.Next() {
		var id, parent, unused int
		var step string
		if err := steps.Scan(&id, &parent, &unused, &step); err != nil {
			t.Fatal(err)
		}
		plan = append(plan, step)
	}
	if err := steps.Err(); err != nil {
		t.Fatal(err)
	}
	return plan
}
