package store_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

func TestRecord(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		actor := models.Actor{
			Tenant: db.Tenant, Kind: models.ActorUser, UserID: 7, Name: "Goran\r\nNovak", Via: models.ViaWeb,
			IP: "2001:db8::1", RequestID: "7F3K-2Q", SessionKey: "0197a",
		}
		row := recordOne(t, db, actor, store.Event{
			Action: models.RoleAssign, Result: models.ResultRefused,
			Target: store.Ref{Kind: models.KindUser, ID: 8, Name: strings.Repeat("ü", 300)},
			Object: store.Ref{Kind: models.KindRole, ID: 9, Name: "Approver\x00"},
			Reason: "two\tcolumns", Before: map[string]any{"status": "active"}, After: map[string]any{"status": "<b>"},
			Detail: "why \x1b[31m",
		})
		want := models.AuditEvent{
			TenantID: db.Tenant, At: models.At(dbtest.Start), Action: models.RoleAssign, Result: models.ResultRefused,
			ActorKind: models.ActorUser, ActorID: 7, ActorName: "Goran  Novak", Via: models.ViaWeb,
			IP: "2001:db8::1", RequestID: "7F3K-2Q", SessionKey: "0197a",
			TargetKind: models.KindUser, TargetID: 8, TargetName: strings.Repeat("ü", 254) + "…",
			ObjectKind: models.KindRole, ObjectID: 9, ObjectName: "Approver ",
			Reason: "two columns", Before: `{"status":"active"}`, After: `{"status":"\u003cb\u003e"}`, Detail: "why  [31m",
		}
		if diff := cmp.Diff(want, row, cmpopts.IgnoreFields(models.AuditEvent{}, "ID", "BaseModel")); diff != "" {
			t.Errorf("event (-want +got):\n%s", diff)
		}
	})
}

// Whatever people and providers write fits into the log (AUD-10).
func TestRecordCutsEverything(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("𝒳", 5000)
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		actor := models.Actor{Tenant: db.Tenant, Kind: models.ActorAnonymous, Name: long, Via: models.ViaWeb, IP: long, RequestID: long, SessionKey: long}
		row := recordOne(t, db, actor, store.Event{
			Action: models.SignInRefused, Target: store.Ref{Kind: models.KindUser, Name: long}, Object: store.Ref{Kind: models.KindProvider, Name: long + "\xff"},
			Reason: long, Detail: long, After: map[string]any{"claim": long},
		})
		if row.Result != models.ResultDone || !strings.HasSuffix(row.Reason, "…") || !strings.Contains(row.After, long) {
			t.Errorf("event = %.200q", row.Reason)
		}
	})
}

func recordOne(t *testing.T, db *dbtest.DB, actor models.Actor, e store.Event) models.AuditEvent {
	t.Helper()
	err := db.Store.Change(t.Context(), actor, func(ctx context.Context, tx *store.Tx) error { return tx.Record(ctx, e) })
	if err != nil {
		t.Fatal(err)
	}
	var row models.AuditEvent
	if err := db.Store.Read(db.Tenant).Select(&row).Where("e.action = ?", e.Action).Scan(t.Context()); err != nil {
		t.Fatal(err)
	}
	return row
}

func TestRecordRefusesWhatIsNoJSON(t *testing.T) {
	t.Parallel()
	db := dbtest.One(t, store.SQLite)
	err := db.Store.Change(t.Context(), db.Actor(), func(ctx context.Context, tx *store.Tx) error {
		return tx.Record(ctx, store.Event{Action: models.Seeded, Target: tenantRef, After: map[string]any{"x": func() {}}})
	})
	if err == nil {
		t.Error("a function was written into the log")
	}
}
