package store_test

import (
	"context"
	"testing"

	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

func TestChangeRefusesSilence(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		err := db.Store.Change(t.Context(), db.Actor(), func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.Insert(&models.Department{Name: "Finance"}).Exec(ctx)
			return err
		})
		if err != store.ErrSilent {
			t.Fatalf("Change without an event = %v, want ErrSilent", err)
		}
		n, err := db.Store.Read(db.Tenant).Select((*models.Department)(nil)).Count(t.Context())
		if err != nil || n != 0 {
			t.Fatalf("departments after a silent change = %d, %v; want 0", n, err)
		}
	})
}
