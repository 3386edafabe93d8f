package directory_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// account writes an account of somebody at a connector, as a sync does.
func account(t *testing.T, db *dbtest.DB, connector string, row models.Account) {
	t.Helper()
	err := db.Store.Change(t.Context(), db.Actor(), func(ctx context.Context, tx *store.Tx) error {
		var at []int64
		if err := tx.Select((*models.Connector)(nil)).Column("id").Where("connector_key = ?", connector).Limit(1).Scan(ctx, &at); err != nil {
			return err
		}
		if len(at) == 0 {
			one := models.Connector{PublicID: uuid.NewString(), Key: connector, Kind: models.ConnectorKeycloak, Name: "The " + connector, State: models.ConnectorEnabled, Settings: "{}", Mapping: "{}", Sync: "{}"}
			if _, err := tx.Insert(&one).Exec(ctx); err != nil {
				return err
			}
			at = []int64{one.ID}
		}
		row.ConnectorID, row.Key, row.Said = at[0], uuid.NewString(), "{}"
		if _, err := tx.Insert(&row).Exec(ctx); err != nil {
			return err
		}
		return tx.Record(ctx, store.Event{Action: models.Seeded, Target: store.Ref{Kind: models.KindTenant, ID: tx.Tenant()}})
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A list of leavers is held against every connected system: how many are active
// there, and who is although they are out here.
func TestReportBySystem(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		e := directory.New(db.Store)
		who := leavers(t, db, e)
		elif, jonas, gone := who[0].ID, who[1].ID, who[5].ID
		now := models.At(db.Clock.Now())
		early := now.Add(-time.Hour)
		account(t, db, "keycloak", models.Account{UserID: elif, Enabled: true, LastReadAt: now})
		account(t, db, "keycloak", models.Account{UserID: jonas, Enabled: true, LastReadAt: early})
		account(t, db, "keycloak", models.Account{UserID: gone, Enabled: false, LastReadAt: now})
		account(t, db, "ledger", models.Account{UserID: jonas, Enabled: true, MissingSince: now, LastReadAt: now})
		account(t, db, "ledger", models.Account{UserID: elif, Enabled: false, LastReadAt: now})
		account(t, db, "crm", models.Account{UserID: who[2].ID, Enabled: true, LastReadAt: now}) // of nobody in the list
		sel := paste(t, db, e, "elif@northwind.example\njonas@northwind.example\ngone@northwind.example\nnobody@northwind.example")

		report, err := e.Report(t.Context(), db.Tenant, sel)
		if err != nil {
			t.Fatal(err)
		}
		want := []directory.SystemReport{
			{System: "The keycloak", Active: 2, Inside: 1, Off: 1, ReadAt: early},
			{System: "The ledger", Off: 1, Gone: 1, ReadAt: now},
		}
		if diff := cmp.Diff(want, report.Systems); diff != "" || report.Inside != 1 {
			t.Errorf("%d inside; systems (-want +got):\n%s", report.Inside, diff)
		}

		out := true
		inside := lines(t, db, e, sel, directory.LineQuery{State: models.LineFound, Out: &out, Inside: true})
		if len(inside) != 1 || inside[0].Name != "Jonas Weber" || len(inside[0].Accounts) != 2 {
			t.Fatalf("out here and active there: %+v", inside)
		}
		if a := inside[0].Accounts; !a[0].Active || a[0].System != "The keycloak" || a[0].ReadAt != early || a[1].MissingSince != now {
			t.Errorf("how Jonas stands: %+v", a)
		}
		all := lines(t, db, e, sel, directory.LineQuery{})
		if i := slices.IndexFunc(all, func(l directory.Line) bool { return l.State == models.LineNotFound }); i < 0 || len(all[i].Accounts) != 0 {
			t.Errorf("a line that found nobody: %+v", all)
		}

		// Out there as well, nobody is left to look for.
		account(t, db, "crm", models.Account{UserID: jonas, Enabled: false, LastReadAt: now})
		sel = paste(t, db, e, "gone@northwind.example")
		if report, err = e.Report(t.Context(), db.Tenant, sel); err != nil || report.Inside != 0 || len(report.Systems) != 1 {
			t.Errorf("%+v, %v", report, err)
		}
	})
}
