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

// Many rows are written in one statement; where a key is there already, the named
// columns are written over it and nothing else is.
func TestUpsertAndRecordAll(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		write := func(columns ...string) func(rows ...models.SyncSource) {
			return func(rows ...models.SyncSource) {
				t.Helper()
				err := db.Store.Change(t.Context(), db.Actor(), func(ctx context.Context, tx *store.Tx) error {
					if _, err := tx.Upsert(&rows, []string{"tenant_id", "connector_id"}, columns...).Exec(ctx); err != nil {
						return err
					}
					events := make([]store.Event, 1_200)
					for i := range events {
						events[i] = store.Event{Action: models.Seeded, Target: store.Ref{Kind: models.KindTenant, ID: int64(i + 1)}}
					}
					return tx.RecordAll(ctx, events)
				})
				if err != nil {
					t.Fatal(err)
				}
			}
		}
		var ids []int64
		err := db.Store.Change(t.Context(), db.Actor(), func(ctx context.Context, tx *store.Tx) error {
			ids = nil
			for _, key := range []string{"a", "b"} {
				row := models.Connector{Key: key, PublicID: key}
				if _, err := tx.Insert(&row).Exec(ctx); err != nil {
					return err
				}
				ids = append(ids, row.ID)
			}
			return tx.Record(ctx, store.Event{Action: models.Seeded})
		})
		if err != nil {
			t.Fatal(err)
		}
		write("accounts")(models.SyncSource{ConnectorID: ids[0], Accounts: 1, PausedBy: "first"})
		write("accounts")(models.SyncSource{ConnectorID: ids[0], Accounts: 5, PausedBy: "second"}, models.SyncSource{ConnectorID: ids[1], Accounts: 7, PausedBy: "new"})
		var got []models.SyncSource
		if err := db.Store.Read(db.Tenant).Select(&got).OrderExpr("ss.connector_id").Scan(t.Context()); err != nil {
			t.Fatal(err)
		}
		if len(got) != 2 || got[0].Accounts != 5 || got[0].PausedBy != "first" || got[1].PausedBy != "new" {
			t.Errorf("%+v", got)
		}
		var n int
		if err := db.Store.Read(db.Tenant).Raw("SELECT COUNT(*) FROM audit_events WHERE tenant_id = ?tenant AND action = ?", models.Seeded).Scan(t.Context(), &n); err != nil || n != 2_401 {
			t.Errorf("%d events, %v", n, err)
		}
	})
}
