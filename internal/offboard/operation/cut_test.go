package operation_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/offboard/operation"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

func asFailure(err error, f **connector.Failure) bool { return errors.As(err, f) }

// What is small is cut off here when the request returns: status, sessions, acts,
// events, what was held. The systems are asked afterwards, the first five first.
func TestCut(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := opened(t, db)
		staff := s.staff(12)
		op := s.cut(staff...)
		s.want(op, models.OperationRunning, models.PhaseSystems)
		if n := s.count("SELECT COUNT(*) FROM users WHERE tenant_id = ?tenant AND status = ? AND status_reason = ? AND status_by = ?", models.Deactivated, reason, "amara"); n != 12 {
			t.Errorf("%d are deactivated", n)
		}
		for query, want := range map[string]int64{
			"SELECT COUNT(*) FROM sessions WHERE tenant_id = ?tenant":                                      0,
			"SELECT COUNT(*) FROM person_acts WHERE tenant_id = ?tenant AND operation_id > 0":              12,
			"SELECT COUNT(*) FROM work_steps WHERE tenant_id = ?tenant AND state = 'waiting'":              15,
			"SELECT COUNT(*) FROM work_steps WHERE tenant_id = ?tenant AND state = 'paused'":               21,
			"SELECT COALESCE(SUM(ended_sessions), 0) FROM operation_targets WHERE tenant_id = ?tenant":     12,
			"SELECT COUNT(*) FROM operation_assignments WHERE tenant_id = ?tenant":                         0,
			"SELECT COUNT(*) FROM users WHERE tenant_id = ?tenant AND status <> 'active' AND version <> 2": 0,
		} {
			if n := s.count(query); n != want {
				t.Errorf("%d, want %d: %s", n, want, query)
			}
		}
		if n := s.events(models.UserDeactivate); n != 12 {
			t.Errorf("%d events", n)
		}
		if asked := s.kc.Asked(); len(asked) != 1 || !strings.HasPrefix(asked[0], "ListApps") {
			t.Errorf("before the steps a system is asked for its applications, when it is planned, and for nothing else: %v", asked)
		}
		if op.UndoUntil != op.CutAt.Add(7*24*3600*1e9) {
			t.Errorf("cut at %v, undo until %v", op.CutAt, op.UndoUntil)
		}
		op = s.work(op, 10)
		s.want(op, models.OperationDone, models.PhaseWindow)
		if op.Sentence != "12 people out." || op.CanaryAt == 0 {
			t.Error(op.Sentence, op.CanaryAt)
		}
		for _, p := range staff {
			got := s.target(op, p)
			if got.State != models.TargetOut || got.OutAt == 0 || s.kc.Living(p.Name) != 0 {
				t.Errorf("%s: %s, out at %d", p.Name, got.State, got.OutAt)
			}
		}
		run, err := s.ops.RunOf(t.Context(), s.tenant, op)
		if err != nil || run.People[models.TargetOut] != 12 || len(run.Failures) != 0 {
			t.Errorf("%+v, %v", run, err)
		}
		total := 0
		for _, tally := range run.Steps {
			total += tally.N
		}
		if total != 36 {
			t.Errorf("%d steps: %+v", total, run.Steps)
		}
	})
}

// Rows that moved since the plan are refused one by one, and the rest goes on. A
// phone number that was mended is not a reason.
func TestCutRefusesWhoMoved(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := opened(t, db)
		staff := s.staff(7)
		plan := s.plan(s.amara, staff...)
		s.set(staff[0], "phone = ?, version = version + 1", "123")
		s.set(staff[1], "status = ?, status_by = ?, access_epoch = access_epoch + 1", models.Suspended, "Goran")
		s.set(staff[2], "leaving_at = ?", db.Store.Now().Add(1e15))
		s.set(staff[3], "access_epoch = access_epoch + 1")
		s.set(staff[4], "status = ?", models.Removed)
		op := s.request(s.amara, plan)
		for i, want := range map[int]string{
			1: "Was Active when planned and is Suspended now, by Goran.", 2: "The leaving date changed since the plan.",
			3: "Access or status changed since the plan.", 4: "Merged or removed since the plan.",
		} {
			if got := s.target(op, staff[i]); got.State != models.TargetMoved || got.Note != want {
				t.Errorf("%d: %s, %q; want %q", i, got.State, got.Note, want)
			}
		}
		for _, i := range []int{0, 5, 6} {
			if got := s.target(op, staff[i]); got.State != models.TargetCut {
				t.Errorf("%d: %s, %q", i, got.State, got.Note)
			}
		}
		if n := s.events(models.OperationRefuseRow); n != 4 {
			t.Errorf("%d rows refused in the log", n)
		}
		op = s.work(op, 10)
		s.want(op, models.OperationDone, models.PhaseWindow)
		if op.Sentence != "3 people out. 4 left as they were because they had changed." {
			t.Error(op.Sentence)
		}
	})
}

// The last admin stays, whatever the plan says, also when the others lose the
// role while the operation runs.
func TestCutKeepsAnAdmin(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := opened(t, db)
		goran := s.add("goran", models.RoleAdmin)
		plan := s.plan(s.amara, s.ilse, goran)
		op := s.request(s.amara, plan)
		s.want(op, models.OperationWaiting, models.PhaseNone)
		elif := s.add("elif", models.RoleAdmin)
		// Those who ask and decide lose the role between the decision and the cut.
		s.tx(func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.Delete((*models.Assignment)(nil)).Where("user_id IN (?, ?)", s.amara.UserID, elif.UserID).Exec(ctx)
			return err
		})
		op, err := s.ops.Approve(t.Context(), elif, operation.Decision{ID: op.PublicID, ListHash: op.ListHash, Reason: reason})
		if err != nil {
			t.Fatal(err)
		}
		states := []models.TargetState{s.target(op, s.ilse).State, s.target(op, goran).State}
		if states[0] == states[1] || (states[0] != models.TargetMoved && states[1] != models.TargetMoved) {
			t.Errorf("%v: exactly one of the two must stay", states)
		}
		if n := s.count(`SELECT COUNT(*) FROM users u JOIN assignments a ON a.tenant_id = u.tenant_id AND a.user_id = u.id WHERE u.tenant_id = ?tenant AND u.status = 'active'`); n != 1 {
			t.Errorf("%d admins are left", n)
		}
	})
}

// Two who take the last admins away at the same moment cannot both do it.
func TestCutAgainstRemovalOfARole(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := opened(t, db)
		goran := s.add("goran", models.RoleAdmin)
		op := s.request(s.amara, s.plan(s.amara, s.ilse))
		s.want(op, models.OperationWaiting, models.PhaseNone)
		var mine, theirs int64
		for _, pair := range []struct {
			of *int64
			a  models.Actor
		}{{&mine, s.amara}, {&theirs, goran}} {
			*pair.of = s.count("SELECT id FROM assignments WHERE tenant_id = ?tenant AND user_id = ?", pair.a.UserID)
		}
		var wg sync.WaitGroup
		wg.Go(func() {
			_, _ = s.ops.Approve(context.WithoutCancel(t.Context()), goran, operation.Decision{ID: op.PublicID, ListHash: op.ListHash, Reason: reason})
		})
		for _, id := range []int64{mine, theirs} {
			wg.Go(func() {
				_, _ = s.access.Unassign(context.WithoutCancel(t.Context()), models.SystemActor(s.tenant, "Other"), id, reason)
			})
		}
		wg.Wait()
		if n := s.count(`SELECT COUNT(*) FROM users u JOIN assignments a ON a.tenant_id = u.tenant_id AND a.user_id = u.id WHERE u.tenant_id = ?tenant AND u.status = 'active'`); n < 1 {
			t.Error("nobody can administer any more")
		}
	})
}

// Sent twice, approved twice, worked on by two: it is one operation, cut once.
func TestDoubleStart(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := opened(t, db, func(d *operation.Deps) { d.Chunk = 3 })
		staff := s.staff(12)
		op := s.request(s.amara, s.plan(s.amara, staff...))
		other := s.replica()
		engines(other, db.Replica(t), s.open, func(d *operation.Deps) { d.Chunk = 3 })
		var wg sync.WaitGroup
		for _, ops := range []*operation.Engine{s.ops, other.ops} {
			wg.Go(func() {
				_, _ = ops.Approve(context.WithoutCancel(t.Context()), s.ilse, operation.Decision{ID: op.PublicID, ListHash: op.ListHash, Reason: reason})
			})
			wg.Go(func() {
				for range 20 {
					_, _ = ops.Work(context.WithoutCancel(t.Context()), s.tenant)
				}
			})
		}
		wg.Wait()
		op = s.work(op, 20)
		s.want(op, models.OperationDone, models.PhaseWindow)
		for action, want := range map[models.Action]int64{
			models.UserDeactivate: 12, models.OperationStart: 1, models.OperationApprove: 1, models.OperationEnd: 1, models.AccountDisable: 12,
		} {
			if n := s.events(action); n != want {
				t.Errorf("%d events %s, want %d", n, action, want)
			}
		}
	})
}

// The people of a manager who goes get the one that was chosen.
func TestCutHandsPeopleOver(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := opened(t, db)
		staff := s.staff(6)
		boss, next, goes := staff[0], staff[1], staff[2]
		s.reports(boss, goes, staff[3], staff[4])
		plan := s.plan(s.amara, boss, goes)
		plan, err := s.ops.Settle(t.Context(), s.amara, plan.PublicID, s.id(boss), s.id(next))
		if err != nil {
			t.Fatal(err)
		}
		op := s.request(s.amara, plan)
		manager := func(a models.Actor) int64 {
			return s.count("SELECT manager_id FROM users WHERE tenant_id = ?tenant AND id = ?", a.UserID)
		}
		if manager(staff[3]) != next.UserID || manager(staff[4]) != next.UserID || manager(goes) != boss.UserID || manager(staff[5]) != 0 {
			t.Errorf("managers %d %d %d %d", manager(staff[3]), manager(staff[4]), manager(goes), manager(staff[5]))
		}
		op = s.work(op, 10)
		s.set(staff[4], "manager_id = ?", s.amara.UserID) // somebody else decided meanwhile
		b, err := s.ops.UndoPreview(t.Context(), s.tenant, op, nil)
		if err != nil || b.People != 2 || b.Reports != 1 || b.Sessions != 2 || len(b.Systems) != 1 || b.Systems[0].Accounts != 2 || b.Closed != "" {
			t.Errorf("%+v, %v", b, err)
		}
		if _, err := s.ops.Undo(t.Context(), s.ilse, operation.UndoRequest{ID: op.PublicID, All: true, Reason: reason}); err != nil {
			t.Fatal(err)
		}
		if manager(staff[3]) != boss.UserID || manager(staff[4]) != s.amara.UserID {
			t.Errorf("managers after the undo %d %d", manager(staff[3]), manager(staff[4]))
		}
		var e models.AuditEvent
		err = s.store.Read(s.tenant).Select(&e).Where("action = ?", models.UserEdit).Where("target_id = ?", staff[3].UserID).Order("id").Limit(1).Scan(t.Context())
		if err != nil || !strings.Contains(e.Before, boss.Name) || !strings.Contains(e.After, next.Name) {
			t.Errorf("%+v, %v", e, err)
		}
	})
}
