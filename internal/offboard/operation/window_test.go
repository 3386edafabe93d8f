package operation_test

import (
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/offboard/operation"
	"github.com/rollcall/rollcall/models"
)

// Everybody is looked at again while it can be undone. Who is in again raises an
// alarm until a further look finds them out; whoever was let in again here does not.
func TestProbeAgain(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := opened(t, db, func(d *operation.Deps) { d.Chunk = 2 })
		staff := s.staff(5)
		op := s.work(s.cut(staff...), 20)
		s.want(op, models.OperationDone, models.PhaseWindow)
		look := func(after time.Duration) {
			t.Helper()
			db.Clock.Advance(after)
			s.work(op, 1)
		}
		look(time.Hour + time.Minute)
		if n := s.count("SELECT COUNT(*) FROM work_steps WHERE tenant_id = ?tenant AND kind = 'offboard.probe-again' AND outcome = 'confirmed'"); n != 5 {
			t.Errorf("%d looked at, want 5", n)
		}
		if a, err := s.ops.Resurrected(t.Context(), s.tenant, 10); err != nil || len(a) != 0 || s.events(models.OperationProbe) != 0 {
			t.Fatalf("%+v, %v", a, err)
		}
		s.kc.Set(staff[0].Name, func(a *connector.Account) { a.Enabled = true })
		s.kc.Open(staff[1].Name, connector.Session{ID: "new"})
		s.kc.Set(staff[2].Name, func(a *connector.Account) { a.Enabled = true })
		s.set(staff[2], "status = ?, status_since = status_since + 1, access_epoch = access_epoch + 1", models.Active) // rehired
		look(24 * time.Hour)
		alarms, err := s.ops.Resurrected(t.Context(), s.tenant, 10)
		if err != nil || len(alarms) != 1 || alarms[0].People != 2 {
			t.Fatalf("%+v, %v", alarms, err)
		}
		if got := alarms[0].Sentence(); got != "Resurrected at The keycloak: 2 people cut off in "+op.Code()+" are active there again" {
			t.Error(got)
		}
		if got := s.target(op, staff[0]); got.State != models.TargetPartly || got.Note != "Active again at Keycloak." && got.Note == "" {
			t.Errorf("%s %q", got.State, got.Note)
		}
		if got := s.target(op, staff[1]); got.State != models.TargetPartly || got.AliveConnectorID != s.at {
			t.Errorf("%s %q", got.State, got.Note)
		}
		if got := s.target(op, staff[2]); got.State != models.TargetOut || got.AliveAt != 0 {
			t.Errorf("rehired: %s %q", got.State, got.Note)
		}
		if n := s.events(models.OperationProbe); n != 2 {
			t.Errorf("%d events", n)
		}
		s.kc.Set(staff[0].Name, func(a *connector.Account) { a.Enabled = false })
		look(24 * time.Hour)
		if alarms, err = s.ops.Resurrected(t.Context(), s.tenant, 10); err != nil || len(alarms) != 1 || alarms[0].People != 1 || alarms[0].UserID != staff[1].UserID {
			t.Errorf("%+v, %v", alarms, err)
		}
	})
}

// After the window what is left goes: the roles that were held. A process that
// was away makes it up; whoever was let in again keeps theirs.
func TestRemove(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := opened(t, db, func(d *operation.Deps) { d.Chunk = 2 })
		staff := s.staff(5)
		for _, p := range staff {
			s.give(p, models.RoleEmployee, models.SourceDirect)
		}
		s.give(staff[1], models.RoleHelpdesk, models.SourceClaim)
		op := s.work(s.cut(staff...), 20)
		s.set(staff[4], "status = ?, status_by = ?, access_epoch = access_epoch + 1", models.Active, "Goran")
		roles := func(a models.Actor) int64 {
			return s.count("SELECT COUNT(*) FROM assignments WHERE tenant_id = ?tenant AND user_id = ?", a.UserID)
		}
		if roles(staff[0]) != 1 || roles(staff[1]) != 2 {
			t.Fatal("roles must stay while it can be undone")
		}
		db.Clock.Advance(30 * 24 * time.Hour)
		op = s.work(op, 20)
		for op.Phase != models.PhaseNone {
			op = s.work(op, 1)
		}
		s.want(op, models.OperationDone, models.PhaseNone)
		if op.RemovedAt == 0 || roles(staff[0]) != 0 || roles(staff[1]) != 1 || roles(staff[4]) != 1 {
			t.Errorf("removed at %d: %d, %d, %d roles", op.RemovedAt, roles(staff[0]), roles(staff[1]), roles(staff[4]))
		}
		if got := s.target(op, staff[4]); got.State != models.TargetKept || got.Note != "Is Active since then, by Goran." {
			t.Errorf("%s %q", got.State, got.Note)
		}
		if n := s.count("SELECT COUNT(*) FROM work_steps WHERE tenant_id = ?tenant AND kind = 'offboard.remove-access' AND outcome = 'skipped' AND sentence LIKE 'The account stays at%'"); n != 4 {
			t.Errorf("%d accounts are said to stay", n)
		}
		if n := s.events(models.OperationRemove); n != 6 { // four people, the one who stays, the operation
			t.Errorf("%d events", n)
		}
		if _, err := s.ops.Undo(t.Context(), s.amara, operation.UndoRequest{ID: op.PublicID, All: true, Reason: reason}); !errs.Is(err, errs.Conflict) {
			t.Error(err)
		}
	})
}
