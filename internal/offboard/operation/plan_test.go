package operation_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/offboard/operation"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// A plan says who is acted upon and who is not, and why.
func TestPlanSplits(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db, db.Store)
		amara, elif, goran := h.add("amara", models.RoleAdmin), h.add("elif"), h.add("goran")
		out, gone, glass := h.add("out"), h.add("gone"), h.add("glass")
		h.set(out, "status = ?", models.Deactivated)
		h.set(gone, "status = ?", models.Removed)
		h.write(func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.Insert(&models.UserAttribute{UserID: glass.UserID, Attribute: operation.BreakGlass, Value: "true", UpdatedAt: tx.Now}).Exec(ctx)
			return err
		})
		sel := h.pick(amara, amara, elif, goran, out, glass)
		h.write(func(ctx context.Context, tx *store.Tx) error { // merged away after it was picked
			var row models.Selection
			if err := tx.Select(&row).Where("public_id = ?", sel).Scan(ctx); err != nil {
				return err
			}
			_, err := tx.Insert(&models.SelectionPerson{SelectionID: row.ID, UserID: gone.UserID}).Exec(ctx)
			return err
		})
		op, err := h.ops.Create(t.Context(), amara, sel, uuid.NewString())
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]models.LeftOut{}
		for name, target := range h.targets(op) {
			got[name] = target.LeftOut
			if target.Included != (target.LeftOut == models.LeftOutNot) {
				t.Errorf("%s: included %v, left out %q", name, target.Included, target.LeftOut)
			}
		}
		want := map[string]models.LeftOut{
			"amara": models.LeftOutSelf, "elif": "", "goran": "", "out": models.LeftOutAlready, "gone": models.LeftOutRemoved, "glass": models.LeftOutBreakGlass,
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("split (-want +got):\n%s", diff)
		}
		if op.State != models.OperationDraft || op.People != 6 || op.Included != 2 || len(op.ListHash) != 64 || op.Code() != "DEA-1" {
			t.Errorf("%+v", op)
		}
		e, err := operation.EffectsOf(op)
		if err != nil || e.LeftOut[models.LeftOutSelf] != 1 || e.LeftOut[models.LeftOutAlready] != 1 || len(e.LeftOut) != 4 {
			t.Errorf("effects %+v, %v", e, err)
		}
	})
}

// The last admin is spared whoever asks: a rule over the whole list.
func TestPlanSparesTheLastAdmin(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db, db.Store)
		amara, goran, helper := h.add("amara", models.RoleAdmin), h.add("goran", models.RoleAdmin), h.add("helper")
		op := h.plan(helper, amara, goran)
		got := h.targets(op)
		if got["amara"].LeftOut != models.LeftOutLastAdmin || !got["goran"].Included || op.Included != 1 {
			t.Errorf("amara %q, goran %q", got["amara"].LeftOut, got["goran"].LeftOut)
		}
		h.add("sven", models.RoleAdmin)
		if op := h.plan(helper, amara, goran); op.Included != 2 {
			t.Errorf("%d are acted upon though an admin stays", op.Included)
		}
		if _, err := h.ops.TakeIn(t.Context(), helper, op.PublicID, h.id(amara)); !errs.Is(err, errs.Conflict) {
			t.Errorf("the last admin was taken back in: %v", err)
		}
	})
}

// What an operation does is counted over the whole list, and again when somebody
// is left out.
func TestPlanEffects(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db, db.Store)
		amara, elif, goran, hana := h.add("amara", models.RoleAdmin), h.add("elif", models.RoleAdmin), h.add("goran", models.RoleHelpdesk), h.add("hana")
		stays, also, off := h.add("stays"), h.add("also"), h.add("off")
		h.reports(goran, stays, also, elif, off)
		h.set(off, "status = ?", models.Deactivated)
		h.set(hana, "last_sign_in_at = ?", models.At(db.Clock.Now().Add(-time.Hour)))
		h.signIn(elif)
		h.signIn(elif)
		kc := h.connect(system, connector.CanSetEnabled, connector.CanEndSessions)
		ledger := h.connect("ledger", connector.CanSetEnabled)
		h.connect("unused")
		h.account(kc, elif, "elif") // which is the identity as well
		h.account(ledger, elif, "e1")
		h.account(ledger, goran, "g1")
		h.write(func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.Update((*models.Connector)(nil)).Set("owner_id = ?", hana.UserID).Where("id = ?", ledger).Exec(ctx)
			return err
		})
		op := h.plan(amara, elif, goran, hana)
		e, err := operation.EffectsOf(op)
		if err != nil {
			t.Fatal(err)
		}
		got := []int64{e.Sessions, e.Assignments, e.Privileged, e.Managers, e.Reports, e.Unsettled, e.Owners, e.Recent}
		if want := []int64{2, 2, 1, 1, 2, 1, 1, 1}; !slices.Equal(got, want) {
			t.Errorf("sessions, roles, privileged, managers, reports, unsettled, owners, recent = %v, want %v", got, want)
		}
		accounts := map[string]int64{}
		for _, s := range e.Systems {
			accounts[s.Name] = s.Accounts
		}
		if diff := cmp.Diff(map[string]int64{"The keycloak": 3, "The ledger": 2}, accounts); diff != "" {
			t.Errorf("accounts (-want +got):\n%s", diff)
		}
		for _, s := range e.Systems {
			if s.Name == "The ledger" && (s.CanEnd || !s.CanDisable || len(s.Lacks) != 2) {
				t.Errorf("the ledger: %+v", s)
			}
		}
		if goranNow := h.targets(op)["goran"]; goranNow.Reports != 2 || goranNow.Flags&models.FlagUnended == 0 || goranNow.Accounts != 2 {
			t.Errorf("goran: %+v", goranNow.OperationTarget)
		}

		before := op.ListHash
		op, err = h.ops.LeaveOut(t.Context(), amara, op.PublicID, h.id(elif))
		if err != nil {
			t.Fatal(err)
		}
		e, _ = operation.EffectsOf(op)
		if e.Sessions != 0 || e.Privileged != 0 || e.Reports != 3 || e.LeftOut[models.LeftOutByHand] != 1 || op.Included != 2 || op.ListHash == before {
			t.Errorf("without elif: %+v, hash changed %v", e, op.ListHash != before)
		}
		for range 2 { // sent twice it is once
			if op, err = h.ops.TakeIn(t.Context(), amara, op.PublicID, h.id(elif)); err != nil {
				t.Fatal(err)
			}
		}
		if op = h.get(op); op.ListHash != before || op.Included != 3 {
			t.Error("the list with everybody in it again has another hash")
		}
		op, err = h.ops.LeaveOutRecent(t.Context(), amara, op.PublicID)
		if err != nil || op.Included != 2 || h.targets(op)["hana"].LeftOut != models.LeftOutByHand {
			t.Errorf("%d in, hana %q, %v", op.Included, h.targets(op)["hana"].LeftOut, err)
		}
		want := []models.Action{models.OperationPlan, models.OperationLeaveOut, models.OperationTakeIn, models.OperationLeaveOut}
		if diff := cmp.Diff(want, h.actions(op)); diff != "" {
			t.Errorf("log (-want +got):\n%s", diff)
		}
	})
}

// A system that does not answer is not promised to be able to do anything, and
// does not stop the plan.
func TestPlanWithASilentSystem(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db, db.Store)
		amara, elif := h.add("amara", models.RoleAdmin), h.add("elif")
		kc := h.connect(system)
		h.systems.err[kc] = errors.New("it is down")
		op := h.plan(amara, elif)
		e, err := operation.EffectsOf(op)
		if err != nil || len(e.Systems) != 1 || !strings.Contains(e.Systems[0].Warning, "does not say what it can do") {
			t.Errorf("%+v, %v", e.Systems, err)
		}
	})
}

// One form is one operation, also when it is sent from two places at once.
func TestCreateOnce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db, db.Store)
		there := h.replica()
		amara, goran, elif := h.add("amara", models.RoleAdmin), h.add("goran", models.RoleAdmin), h.add("elif")
		sel, once := h.pick(amara, elif), uuid.NewString()
		results := make(chan models.Operation, 2)
		for _, one := range []*house{h, there} {
			go func() {
				op, err := one.ops.Create(t.Context(), amara, sel, once)
				if err != nil {
					t.Error(err)
				}
				results <- op
			}()
		}
		a, b := <-results, <-results
		if a.ID != b.ID || a.ID == 0 {
			t.Errorf("made %s and %s", a.Code(), b.Code())
		}
		if _, err := h.ops.Create(t.Context(), goran, h.pick(goran, elif), once); !errs.Is(err, errs.Conflict) {
			t.Errorf("somebody else's form: %v", err)
		}
		if next := h.plan(amara, elif); next.Number != a.Number+1 {
			t.Errorf("numbers have a gap: %d after %d", next.Number, a.Number)
		}
	})
}

func TestCreateRefused(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db, db.Store)
		amara, goran, elif := h.add("amara", models.RoleAdmin), h.add("goran", models.RoleAdmin), h.add("elif")
		weak := elif
		weak.Can = models.UsersRead
		sel := h.pick(amara, elif)
		for name, tt := range map[string]struct {
			by        models.Actor
			selection string
			once      string
			want      errs.Kind
		}{
			"ErrNoPermission": {weak, sel, "k1", errs.Forbidden}, "ErrOthers": {goran, sel, "k2", errs.NotFound},
			"ErrUnknown": {amara, uuid.NewString(), "k3", errs.NotFound}, "ErrNoKey": {amara, sel, "", errs.Invalid},
		} {
			if _, err := h.ops.Create(t.Context(), tt.by, tt.selection, tt.once); errs.KindOf(err) != tt.want {
				t.Errorf("%s: %v (%v)", name, err, errs.KindOf(err))
			}
		}
		empty, err := h.people.Pick(t.Context(), amara, []string{h.id(elif)})
		if err != nil {
			t.Fatal(err)
		}
		h.write(func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.Delete((*models.SelectionPerson)(nil)).Where("selection_id = ?", empty.ID).Exec(ctx)
			if err == nil {
				_, err = tx.Update((*models.Selection)(nil)).Set("people = 0").Where("id = ?", empty.ID).Exec(ctx)
			}
			return err
		})
		if _, err := h.ops.Create(t.Context(), amara, empty.PublicID, "k5"); !errs.Is(err, errs.Invalid) {
			t.Errorf("nobody selected: %v", err)
		}
		db.Clock.Advance(directory.SelectionLife)
		if _, err := h.ops.Create(t.Context(), amara, sel, "k4"); !errs.Is(err, errs.Conflict) {
			t.Errorf("a selection of yesterday: %v", err)
		}
		if page, err := h.ops.List(t.Context(), h.tenant, operation.Query{}); err != nil || len(page.Rows) != 0 {
			t.Errorf("%d operations were made, %v", len(page.Rows), err)
		}
	})
}

// A large list is planned chunk by chunk by whoever holds the lease; another
// replica goes on where it was left, and the list is the same as if nothing had
// happened.
func TestPlanInChunks(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db, db.Store)
		there := h.replica()
		amara := h.add("amara", models.RoleAdmin)
		crowd := h.crowd(2_500)
		sel, err := h.people.Match(t.Context(), amara, directory.Query{Statuses: []models.Status{models.Active}}, "Everybody who is active")
		if err != nil {
			t.Fatal(err)
		}
		op, err := h.ops.Create(t.Context(), amara, sel.PublicID, uuid.NewString())
		if err != nil || op.State != models.OperationPlanning || op.People != 2_000 {
			t.Fatalf("%s, %d planned, %v", op.State, op.People, err)
		}
		if p, err := h.ops.PlanProgress(t.Context(), h.tenant, op); err != nil || p.Done != 2_000 || p.Of != 2_501 {
			t.Errorf("progress %+v, %v", p, err)
		}
		late := h.add("late") // matches, and came too late
		if err := there.ops.Drain(t.Context(), h.tenant); err != nil {
			t.Fatal(err)
		}
		op = h.get(op)
		if op.State != models.OperationDraft || op.People != 2_501 || op.Included != 2_500 || op.LeaseToken != "" {
			t.Fatalf("%s, %d people, %d in, lease %q", op.State, op.People, op.Included, op.LeaseToken)
		}
		seen, position := map[int64]bool{}, int64(0)
		err = h.ops.EachTarget(t.Context(), amara, op, func(target operation.Target) error {
			if position++; target.Position != position || seen[target.UserID] {
				t.Errorf("position %d of %s", target.Position, target.Name)
			}
			seen[target.UserID] = true
			return nil
		})
		if err != nil || len(seen) != 2_501 || seen[late.UserID] || !seen[crowd[0].UserID] {
			t.Errorf("%d in the list, %v", len(seen), err)
		}
		needs, err := h.ops.Needs(t.Context(), h.tenant, op)
		if err != nil || needs.Level != operation.LevelApproval || needs.Count != 2_500 {
			t.Errorf("needs %+v, %v", needs, err)
		}
	})
}

// A plan of yesterday is made again, of the same people as they stand now.
func TestReplan(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db, db.Store)
		amara, elif, goran, hana := h.add("amara", models.RoleAdmin), h.add("elif"), h.add("goran"), h.add("hana")
		op := h.plan(amara, elif, goran, hana)
		op, err := h.ops.LeaveOut(t.Context(), amara, op.PublicID, h.id(hana))
		if err != nil {
			t.Fatal(err)
		}
		db.Clock.Advance(24 * time.Hour)
		_, err = h.ops.Ask(t.Context(), amara, operation.Request{ID: op.PublicID, ListHash: op.ListHash, Reason: reason})
		if !errs.Is(err, errs.Conflict) || !strings.Contains(err.Error(), "older than 24 hours") {
			t.Fatalf("a plan of yesterday: %v", err)
		}
		h.set(goran, "status = ?", models.Deactivated)
		again, err := h.ops.Replan(t.Context(), amara, op.PublicID)
		if err != nil || again.State != models.OperationDraft || again.People != 3 || again.Included != 1 || again.ListHash == op.ListHash {
			t.Fatalf("%s, %d people, %d in, %v", again.State, again.People, again.Included, err)
		}
		got := h.targets(again)
		if got["goran"].LeftOut != models.LeftOutAlready || got["hana"].LeftOut != models.LeftOutByHand || got["elif"].Position != 1 || got["hana"].Position != 3 {
			t.Errorf("%+v", got)
		}
		if h.request(amara, again).State == models.OperationDraft {
			t.Error("the plan that was made again cannot be asked for")
		}
	})
}

// Who manages people who stay has to say who does from now on.
func TestSettle(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db, db.Store)
		amara, elif, goran, hana := h.add("amara", models.RoleAdmin), h.add("elif"), h.add("goran"), h.add("hana")
		a, b := h.add("a"), h.add("b")
		h.reports(elif, a)
		h.reports(goran, b)
		op := h.plan(amara, elif, goran)
		_, err := h.ops.Ask(t.Context(), amara, operation.Request{ID: op.PublicID, ListHash: op.ListHash, Reason: reason})
		if !errs.Is(err, errs.Conflict) || !strings.Contains(err.Error(), "2 managers have no new manager yet") {
			t.Fatalf("asked for while nobody manages them: %v", err)
		}
		for name, manager := range map[string]string{"ErrGoing": h.id(goran), "ErrUnknown": uuid.NewString(), "ErrEmpty": ""} {
			if _, err := h.ops.Settle(t.Context(), amara, op.PublicID, "", manager); !errs.Is(err, errs.Invalid) {
				t.Errorf("%s: %v", name, err)
			}
		}
		for range 2 {
			if op, err = h.ops.Settle(t.Context(), amara, op.PublicID, "", h.id(hana)); err != nil {
				t.Fatal(err)
			}
		}
		if op, err = h.ops.Settle(t.Context(), amara, op.PublicID, h.id(elif), h.id(amara)); err != nil {
			t.Fatal(err)
		}
		got := h.targets(op)
		if got["elif"].NewManager != "amara" || got["goran"].NewManager != "hana" {
			t.Errorf("elif's people to %q, goran's to %q", got["elif"].NewManager, got["goran"].NewManager)
		}
		e, _ := operation.EffectsOf(op)
		if e.Unsettled != 0 || h.request(amara, op).State == models.OperationDraft {
			t.Errorf("%d are left to settle", e.Unsettled)
		}
	})
}

// A new manager who is taken into the list themselves manages nobody.
func TestNewManagerTakenIn(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db, db.Store)
		amara, elif, goran, a := h.add("amara", models.RoleAdmin), h.add("elif"), h.add("goran"), h.add("a")
		h.reports(elif, a)
		op := h.plan(amara, elif, goran)
		steps := []func() (models.Operation, error){
			func() (models.Operation, error) {
				return h.ops.LeaveOut(t.Context(), amara, op.PublicID, h.id(goran))
			},
			func() (models.Operation, error) {
				return h.ops.Settle(t.Context(), amara, op.PublicID, "", h.id(goran))
			},
			func() (models.Operation, error) {
				return h.ops.TakeIn(t.Context(), amara, op.PublicID, h.id(goran))
			},
		}
		for _, step := range steps {
			if _, err := step(); err != nil {
				t.Fatal(err)
			}
		}
		if e, _ := operation.EffectsOf(h.get(op)); e.Unsettled != 1 {
			t.Errorf("%d are left to settle, want 1", e.Unsettled)
		}
	})
}
