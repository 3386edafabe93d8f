package access_test

import (
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/models"
)

func TestStanding(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.ledger(t)
		pay := w.roleOf(t, access.RoleInput{Name: "Payment approver", Privileged: true})
		lead := w.roleOf(t, access.RoleInput{Name: "Finance lead", Children: []string{pay.Key}})
		plain := w.roleOf(t, access.RoleInput{Name: "Reader"})
		first, second := w.user(t, "First"), w.user(t, "Second")
		w.give(t, first, lead.Key)
		w.Clock.Advance(time.Hour)
		w.give(t, second, pay.Key)
		w.give(t, second, plain.Key)                                                   // not privileged
		w.give(t, w.user(t, "Admin"), models.RoleAdmin)                                // somebody must be
		w.giveUntil(t, first, pay.Key, 0, w.Store.Now().Add(24*time.Hour))             // ends
		w.giveUntil(t, w.user(t, "Later"), pay.Key, w.Store.Now().Add(2*time.Hour), 0) // not yet
		gone := w.user(t, "Gone")
		w.give(t, gone, pay.Key)
		w.sql(t, "UPDATE users SET status = ? WHERE tenant_id = ?tenant AND id = ?", models.Deactivated, gone)
		page, err := w.e.Standing(t.Context(), w.Tenant)
		if err != nil {
			t.Fatal(err)
		}
		if len(page.Rows) != 2 || page.Rows[0].User.ID != first || page.Rows[0].Role.Key != lead.Key || page.Rows[1].User.ID != second || page.More {
			t.Errorf("%+v", page)
		}
		if other, err := w.e.Standing(t.Context(), w.Tenant+1); err != nil || len(other.Rows) > 0 {
			t.Errorf("another tenant sees %+v, %v", other, err)
		}
	})
}
