package store_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

var other = store.NewTenant{Slug: "fabrikam", Name: "Fabrikam", Environment: "test"}

func TestEnsureTenant(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		replica := db.Replica(t)
		var got [2]models.Tenant
		var all sync.WaitGroup
		for i, s := range []*store.Store{db.Store, replica} {
			all.Go(func() {
				row, err := s.EnsureTenant(t.Context(), other)
				if err != nil {
					t.Error(err)
				}
				got[i] = row
			})
		}
		all.Wait()
		if got[0].ID == 0 || got[0].ID != got[1].ID || got[0].ID == db.Tenant {
			t.Errorf("two replicas made tenants %d and %d beside %d, want one", got[0].ID, got[1].ID, db.Tenant)
		}
		n, err := db.Store.Read(got[0].ID).Select((*models.AuditEvent)(nil)).Where("e.action = ?", models.TenantCreate).Count(t.Context())
		if err != nil || n != 1 {
			t.Errorf("%d events about it, %v; want 1", n, err)
		}
	})
}

// Every way to read and write stays inside its tenant.
func TestIsolation(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		second, err := db.Store.EnsureTenant(t.Context(), other)
		if err != nil {
			t.Fatal(err)
		}
		if err := db.Store.Change(t.Context(), db.Actor(), add("Finance")); err != nil {
			t.Fatal(err)
		}
		foreign := models.SystemActor(second.ID, "Test")
		record := func(ctx context.Context, tx *store.Tx) error {
			return tx.Record(ctx, store.Event{Action: models.Seeded, Target: tenantRef})
		}
		for name, write := range map[string]func(context.Context, *store.Tx) error{
			"update": func(ctx context.Context, tx *store.Tx) error {
				_, err := tx.Update((*models.Department)(nil)).Set("name = ?", "Taken").Where("name = ?", "Finance").Exec(ctx)
				return err
			},
			"delete": func(ctx context.Context, tx *store.Tx) error {
				_, err := tx.Delete((*models.Department)(nil)).Where("name = ?", "Finance").Exec(ctx)
				return err
			},
			"raw": func(ctx context.Context, tx *store.Tx) error {
				_, err := tx.Raw("UPDATE departments SET name = ? WHERE tenant_id = ?tenant AND name = ?", "Taken", "Finance").Exec(ctx)
				return err
			},
		} {
			err := db.Store.Change(t.Context(), foreign, func(ctx context.Context, tx *store.Tx) error {
				if err := write(ctx, tx); err != nil {
					return err
				}
				return record(ctx, tx)
			})
			if n := departments(t, db); err != nil || n != 1 {
				t.Errorf("%s from another tenant: %v, %d departments left of 1", name, err, n)
			}
		}
		n, err := db.Store.Read(second.ID).Select((*models.Department)(nil)).Count(t.Context())
		if err != nil || n != 0 {
			t.Errorf("another tenant reads %d departments, %v; want 0", n, err)
		}
		var names []string
		err = db.Store.Read(second.ID).Raw("SELECT name FROM departments WHERE tenant_id = ?tenant").Scan(t.Context(), &names)
		if err != nil || len(names) != 0 {
			t.Errorf("raw from another tenant reads %q, %v; want nothing", names, err)
		}
	})
}

func TestInsertKeepsTheTenant(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		rows := []models.Department{{Name: "A"}, {Name: "B", TenantID: db.Tenant}}
		one := &models.Department{Name: "C"}
		err := db.Store.Change(t.Context(), db.Actor(), func(ctx context.Context, tx *store.Tx) error {
			if _, err := tx.Insert(&rows).Exec(ctx); err != nil {
				return err
			}
			return errors.Join(func() error { _, err := tx.Insert(one).Exec(ctx); return err }(),
				tx.Record(ctx, store.Event{Action: models.Seeded, Target: tenantRef}))
		})
		if err != nil || rows[0].TenantID != db.Tenant || one.TenantID != db.Tenant || one.ID == 0 {
			t.Errorf("rows = %+v and %+v, %v; want the tenant %d and ids", rows, one, err, db.Tenant)
		}
		panics(t, "another tenant", func() {
			_ = db.Store.Change(t.Context(), db.Actor(), func(_ context.Context, tx *store.Tx) error {
				tx.Insert(&[]*models.Department{{Name: "D", TenantID: db.Tenant + 1}})
				return nil
			})
		})
	})
}

func TestRawWithoutTenantPanics(t *testing.T) {
	t.Parallel()
	db := dbtest.One(t, store.SQLite)
	panics(t, "without ?tenant", func() { db.Store.Read(db.Tenant).Raw("SELECT name FROM departments") })
}

func panics(t *testing.T, about string, fn func()) {
	t.Helper()
	defer func() {
		t.Helper()
		if text, _ := recover().(string); !strings.Contains(text, about) {
			t.Errorf("recovered %q, want a panic about %q", text, about)
		}
	}()
	fn()
}

// Keys carry the tenant, so that even a wrong id cannot point into another one.
func TestForeignKeysCarryTheTenant(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		second, err := db.Store.EnsureTenant(t.Context(), other)
		if err != nil {
			t.Fatal(err)
		}
		app := &models.Application{Key: "erp", Name: "ERP"}
		write := func(actor models.Actor, row any) error {
			return db.Store.Change(t.Context(), actor, func(ctx context.Context, tx *store.Tx) error {
				if _, err := tx.Insert(row).Exec(ctx); err != nil {
					return err
				}
				return tx.Record(ctx, store.Event{Action: models.Seeded, Target: tenantRef})
			})
		}
		if err := write(db.Actor(), app); err != nil {
			t.Fatal(err)
		}
		if err := write(models.SystemActor(second.ID, "Test"), &models.AppPermission{ApplicationID: app.ID, Key: "x", Sentence: "x"}); err == nil {
			t.Error("a permission of one tenant belongs to an application of another")
		}
		if err := write(db.Actor(), &models.AppPermission{ApplicationID: app.ID, Key: "x", Sentence: "x"}); err != nil {
			t.Errorf("the same inside the tenant = %v", err)
		}
		if err := write(db.Actor(), &models.AppPermission{ApplicationID: app.ID, Key: "x", Sentence: "x"}); !store.IsUniqueViolation(err) {
			t.Errorf("a duplicate = %v, want a unique violation", err)
		}
	})
}
