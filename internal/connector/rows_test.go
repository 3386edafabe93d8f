package connector_test

import (
	"context"
	"testing"

	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// addAccount writes what a sync would have read.
func addAccount(t *testing.T, db *dbtest.DB, connector int64) {
	t.Helper()
	row := &models.Account{ConnectorID: connector, Key: "a-1", FirstReadAt: db.Store.Now(), LastReadAt: db.Store.Now(), ChangedAt: db.Store.Now()}
	err := db.Store.Maintain(t.Context(), db.Tenant, store.ConnectorHealth, func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Insert(row).Exec(ctx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func otherTenant(t *testing.T, db *dbtest.DB) int64 {
	t.Helper()
	row, err := db.Store.EnsureTenant(t.Context(), store.NewTenant{Slug: "other", Name: "Other", Environment: "test"})
	if err != nil {
		t.Fatal(err)
	}
	return row.ID
}

// stored reads a row as it lies in the database.
func stored(t *testing.T, db *dbtest.DB, id int64) models.Connector {
	t.Helper()
	var row models.Connector
	if err := db.Store.Read(db.Tenant).Select(&row).Where("id = ?", id).Limit(1).Scan(t.Context()); err != nil {
		t.Fatal(err)
	}
	return row
}

// move copies a sealed secret into another row.
func move(t *testing.T, db *dbtest.DB, from, to int64) {
	t.Helper()
	sealed := stored(t, db, from).Secret
	err := db.Store.Maintain(t.Context(), db.Tenant, store.ConnectorHealth, func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Update((*models.Connector)(nil)).Set("secret = ?", sealed).Set("version = version + 1").Where("id = ?", to).Exec(ctx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
