package operation_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/offboard/operation"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

func TestCreateForOne(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db, db.Store)
		amara, elif := h.add("amara", models.RoleAdmin), h.add("elif")
		op, err := h.ops.CreateForOne(t.Context(), amara, h.id(elif), uuid.NewString())
		if err != nil || op.State != models.OperationDraft || op.People != 1 || op.Included != 1 || op.Title != "elif" {
			t.Fatalf("%+v, %v", op, err)
		}
		if op = h.request(amara, op); !begun(op) {
			t.Errorf("it is %s", op.State)
		}
		out, glass := h.add("out"), h.add("glass")
		h.set(out, "status = ?", models.Deactivated)
		h.write(func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.Insert(&models.UserAttribute{UserID: glass.UserID, Attribute: operation.BreakGlass, Value: "true", UpdatedAt: tx.Now}).Exec(ctx)
			return err
		})
		helper := h.add("helper")
		for name, tt := range map[string]struct {
			by, whom models.Actor
			said     string
		}{
			"ErrSelf": {amara, amara, "to yourself"}, "ErrLastAdmin": {helper, amara, "the last person who can administer"},
			"ErrAlready": {amara, out, "already deactivated"}, "ErrBreakGlass": {amara, glass, "break-glass"},
		} {
			_, err := h.ops.CreateForOne(t.Context(), tt.by, h.id(tt.whom), uuid.NewString())
			if !errs.Is(err, errs.Conflict) || !strings.Contains(err.Error(), tt.said) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if page, err := h.ops.List(t.Context(), h.tenant, operation.Query{}); err != nil || len(page.Rows) != 1 {
			t.Errorf("%d operations, want the one that was possible; %v", len(page.Rows), err)
		}
	})
}

// From a person's own page: out at once, or held up by what has to be settled.
func TestDeactivateOne(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db, db.Store)
		amara, boss, elif, a := h.add("amara", models.RoleAdmin), h.add("boss", models.RoleAdmin), h.add("elif"), h.add("a")
		status := func(who models.Actor) models.Status {
			p, err := h.people.GetByID(t.Context(), h.tenant, who.UserID)
			if err != nil {
				t.Fatal(err)
			}
			return p.Status
		}
		one := func(who models.Actor, once string) models.Operation {
			t.Helper()
			op, err := h.ops.DeactivateOne(t.Context(), amara, operation.Alone{Person: h.id(who), Reason: reason, Once: once})
			if err != nil {
				t.Fatal(err)
			}
			return op
		}
		if op := one(a, "form-1"); !begun(op) || status(a) != models.Deactivated || op.CutAt == 0 {
			t.Errorf("%s, and the person is %s", op.State, status(a))
		}
		if again := one(a, "form-1"); again.Number != 1 {
			t.Errorf("the same form again made %s", again.Code())
		}
		if op := one(boss, "form-2"); op.State != models.OperationWaiting || status(boss) != models.Active {
			t.Errorf("somebody privileged: %s, and the person is %s", op.State, status(boss))
		}
		if f, err := h.ops.NeedsForOne(t.Context(), h.tenant, boss.UserID); err != nil || f.Level != operation.LevelApproval || f.Count != 0 {
			t.Errorf("needs %+v, %v", f, err)
		}
		h.reports(elif, h.add("report"))
		op := one(elif, "form-3")
		if op.State != models.OperationDraft || op.Reason != reason || status(elif) != models.Active {
			t.Fatalf("a manager: %s, reason %q, and the person is %s", op.State, op.Reason, status(elif))
		}
		op, err := h.ops.Settle(t.Context(), amara, op.PublicID, "", h.id(amara))
		if err != nil {
			t.Fatal(err)
		}
		if op, err = h.ops.Ask(t.Context(), amara, operation.Request{ID: op.PublicID, ListHash: op.ListHash, Reason: op.Reason}); err != nil || status(elif) != models.Deactivated {
			t.Errorf("once settled: %s, %v", op.State, err)
		}
		if _, err := h.ops.DeactivateOne(t.Context(), amara, operation.Alone{Person: h.id(elif), Reason: "short", Once: "form-4"}); !errs.Is(err, errs.Invalid) {
			t.Errorf("without a reason: %v", err)
		}
	})
}
