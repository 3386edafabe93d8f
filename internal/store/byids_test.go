package store_test

import (
	"context"
	"strings"
	"testing"

	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// Rows named by their ids are those rows of the tenant and no others, in reading,
// updating and deleting.
func TestByIDs(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		second, err := db.Store.EnsureTenant(t.Context(), other)
		if err != nil {
			t.Fatal(err)
		}
		var rows []models.Department
		maintain := func(tenant int64, fn func(context.Context, *store.Tx) error) {
			t.Helper()
			if err := db.Store.Maintain(t.Context(), tenant, store.SyncPage, fn); err != nil {
				t.Fatal(err)
			}
		}
		maintain(db.Tenant, func(ctx context.Context, tx *store.Tx) error {
			rows = []models.Department{{Name: "Finance"}, {Name: "Legal"}, {Name: "Sales"}}
			_, err := tx.Insert(&rows).Exec(ctx)
			return err
		})
		ids := []int64{rows[0].ID, rows[2].ID, rows[2].ID + 9}
		names := func(tenant int64, ids []int64) (names []string) {
			t.Helper()
			r := db.Store.Read(tenant)
			if err := store.ByIDs(r, r.Select((*models.Department)(nil)).Column("name"), ids).Order("name").Scan(t.Context(), &names); err != nil {
				t.Fatal(err)
			}
			return names
		}
		change := func(ctx context.Context, tx *store.Tx) error {
			_, err := store.ByIDs(tx.Reader, tx.Update((*models.Department)(nil)).Set("name = CONCAT(name, ' B')"), ids).Exec(ctx)
			return err
		}
		remove := func(ctx context.Context, tx *store.Tx) error {
			_, err := store.ByIDs(tx.Reader, tx.Delete((*models.Department)(nil)), ids).Exec(ctx)
			return err
		}
		all := []int64{rows[0].ID, rows[1].ID, rows[2].ID}
		for _, c := range []struct {
			tenant int64
			write  func(context.Context, *store.Tx) error
			want   string
		}{
			{second.ID, change, "Finance, Legal, Sales"},
			{second.ID, remove, "Finance, Legal, Sales"},
			{db.Tenant, change, "Finance B, Legal, Sales B"},
			{db.Tenant, remove, "Legal"},
		} {
			maintain(c.tenant, c.write)
			if got := strings.Join(names(db.Tenant, all), ", "); got != c.want || len(names(second.ID, all)) != 0 || len(names(db.Tenant, nil)) != 0 {
				t.Errorf("there are %q, want %q", got, c.want)
			}
		}
	})
}

// SQLite goes by the ids, however many rows the tenant has.
func TestByIDsWalksNoTable(t *testing.T) {
	t.Parallel()
	db := dbtest.One(t, store.SQLite)
	pool, ids := own(t, db), []int64{1, 2, 3, 5, 8, 13, 21}
	var texts []string
	err := db.Store.Maintain(t.Context(), db.Tenant, store.SyncPage, func(_ context.Context, tx *store.Tx) error {
		texts = []string{
			store.ByIDs(tx.Reader, tx.Select((*models.Drift)(nil)), ids).Order("id").Limit(3).String(),
			store.ByIDs(tx.Reader, tx.Update((*models.Drift)(nil)).Set("state = ?", models.DriftOpen), ids).String(),
			store.ByIDs(tx.Reader, tx.Delete((*models.Drift)(nil)), ids).String(),
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range texts {
		plan := query(t, pool, "EXPLAIN QUERY PLAN "+text, 4)
		if len(plan) != 1 || plan[0][3] != "SEARCH dr USING INTEGER PRIMARY KEY (rowid=?)" {
			t.Errorf("%q\n  of %s", plan, text)
		}
	}
}
