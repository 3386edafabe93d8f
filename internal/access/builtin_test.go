package access_test

import (
	"sync"
	"testing"

	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/models"
)

func TestBuiltInsComeOnceWithOneEvent(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for range 2 {
			if err := w.e.EnsureBuiltIns(t.Context(), w.Tenant); err != nil {
				t.Fatal(err)
			}
		}
		if got := w.log(t, models.RoleBuiltIn); len(got) != 1 || got[0].Target != "tenant Northwind Group" {
			t.Fatalf("events = %+v, want one about the tenant", got)
		}
		page, err := w.e.ListRoles(t.Context(), w.Tenant, access.RoleFilter{})
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]models.Permission{
			models.RoleAdmin:    models.AllPermissions,
			models.RoleHelpdesk: models.AttentionRead | models.UsersRead | models.UsersSuspend | models.SessionsEnd | models.AccountsUnlock | models.RolesRead | models.AuditRead | models.OperationsRead,
			models.RoleManager:  models.TeamRead | models.AuditReadOwn,
			models.RoleAuditor:  models.UsersRead | models.UsersExport | models.RolesRead | models.AuditRead | models.AuditExport | models.ConnectorsRead | models.LinksRead | models.SyncRead | models.OperationsRead,
			models.RoleEmployee: 0,
		}
		if len(page.Rows) != len(want) {
			t.Fatalf("roles = %d, want %d", len(page.Rows), len(want))
		}
		for _, row := range page.Rows {
			if row.Mask != want[row.Key] || !row.BuiltIn || row.Sentence == "" || row.Application.Key != models.ConsoleApplication {
				t.Errorf("%s = %+v, want mask %b", row.Key, row, want[row.Key])
			}
		}
	})
}

func TestBuiltInsOfReplicasThatStartTogether(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		var wg sync.WaitGroup
		fail := make(chan error, 6)
		for range 3 {
			e := access.New(db.Replica(t))
			wg.Go(func() { fail <- e.EnsureBuiltIns(t.Context(), db.Tenant) })
		}
		wg.Wait()
		close(fail)
		for err := range fail {
			if err != nil {
				t.Fatal(err)
			}
		}
		w := newWorld(t, db)
		if n := len(w.log(t, models.RoleBuiltIn)); n != 1 {
			t.Fatalf("events = %d, want 1", n)
		}
	})
}

func TestBuiltInsAreBroughtUpToDate(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		admin := w.user(t, "Goran Novak")
		w.give(t, admin, models.RoleAdmin)
		w.sql(t, `DELETE FROM role_permissions WHERE tenant_id = ?tenant AND permission_id IN
			(SELECT p.id FROM permissions p WHERE p.tenant_id = ?tenant AND p.permission_key = 'users.edit')`)
		w.sql(t, `UPDATE permissions SET sentence = 'old' WHERE tenant_id = ?tenant AND permission_key = 'users.read'`)
		w.sql(t, `UPDATE tenants SET access_version = access_version + 1 WHERE id = ?tenant`)
		if g := w.grant(t, w.e, admin); g.Mask.Has(models.UsersEdit) {
			t.Fatal("the preparation took nothing away")
		}
		if err := w.e.EnsureBuiltIns(t.Context(), w.Tenant); err != nil {
			t.Fatal(err)
		}
		if g := w.grant(t, w.e, admin); g.Mask != models.AllPermissions {
			t.Fatalf("admin holds %b after the update", g.Mask)
		}
		all, err := w.e.Permissions(t.Context(), w.Tenant, models.ConsoleApplication)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range all {
			if p.Sentence == "old" {
				t.Fatalf("%s kept its old sentence", p.Key)
			}
		}
	})
}

func TestBuiltInsCannotBeChanged(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		_, err := w.e.EditRole(t.Context(), w.Actor(), models.RoleHelpdesk, access.RoleInput{
			Name: "Helpdesk", Sentence: "More", Permissions: []string{"rollcall/tenant.administer"}, Reason: why, Version: 1,
		})
		refused(t, err, errs.Conflict, "comes with Rollcall")
		refused(t, w.e.RemoveRole(t.Context(), w.Actor(), models.RoleHelpdesk, why), errs.Conflict, "comes with Rollcall")
	})
}
