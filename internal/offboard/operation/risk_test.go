package operation_test

import (
	"strings"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/offboard/operation"
	"github.com/rollcall/rollcall/models"
)

// NIST SP 800-53 AC-2 (13): a deactivation that answers a risk has a clock of its
// own, which counts from when the risk was known, and cannot be put off.
func TestRisk(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db, db.Store)
		amara := h.add("amara", models.RoleAdmin)
		crowd := h.crowd(12)
		op := h.plan(amara, crowd...)
		now := db.Store.Now()
		known := now.Add(-10 * time.Minute)
		good := operation.Request{ID: op.PublicID, ListHash: op.ListHash, Reason: reason, Typed: 12, Risk: true, RiskKnownAt: known}
		for name, tt := range map[string]struct {
			change func(*operation.Request)
			said   string
		}{
			"ErrAhead":     {func(r *operation.Request) { r.RiskKnownAt = now + 1 }, "a moment that has been"},
			"ErrOld":       {func(r *operation.Request) { r.RiskKnownAt = now.Add(-31 * 24 * time.Hour) }, "within the last 30 days"},
			"ErrScheduled": {func(r *operation.Request) { r.At = now.Add(time.Hour) }, "A risk is met at once"},
		} {
			in := good
			tt.change(&in)
			for _, act := range []func() error{
				func() error { _, err := h.ops.Ask(t.Context(), amara, in); return err },
				func() error { _, err := h.ops.Prepare(t.Context(), amara, in); return err },
			} {
				if err := act(); !errs.Is(err, errs.Invalid) || !strings.Contains(err.Error(), tt.said) {
					t.Errorf("%s: %v", name, err)
				}
			}
		}
		op, err := h.ops.Prepare(t.Context(), amara, good)
		if err != nil || op.RiskKnownAt != known || op.RiskOutBy != known.Add(time.Hour) {
			t.Fatalf("prepared: known %v, out by %v, %v", op.RiskKnownAt.Time(), op.RiskOutBy.Time(), err)
		}
		if op, err = h.ops.Ask(t.Context(), amara, good); err != nil || op.State != models.OperationWaiting || !op.Risk() || h.get(op).RiskOutBy != known.Add(time.Hour) {
			t.Fatalf("asked: %s, %+v, %v", op.State, op, err)
		}
		if !operation.Urgent(op, now) {
			t.Error("a request that answers a risk is not urgent")
		}
		if after := h.after(op, models.OperationRequest); !strings.Contains(after, "risk_known_at") || !strings.Contains(after, "risk_out_at") {
			t.Errorf("the log says %s", after)
		}
		late := func() []models.Operation {
			list, err := h.ops.Late(t.Context(), h.tenant)
			if err != nil {
				t.Fatal(err)
			}
			return list
		}
		if list := late(); len(list) != 0 {
			t.Errorf("late before its time: %+v", list)
		}
		db.Clock.Advance(time.Hour)
		if list := late(); len(list) != 1 || list[0].PublicID != op.PublicID || list[0].State != models.OperationWaiting || list[0].RiskKnownAt != known {
			t.Errorf("after its time: %+v", list)
		}
		if _, err := h.ops.Cancel(t.Context(), amara, op.PublicID, ""); err != nil {
			t.Fatal(err)
		}
		if list := late(); len(list) != 0 {
			t.Errorf("once cancelled: %+v", list)
		}
	})
}

// One person, from their own page: the clock runs from now when nothing is said,
// and a moment without a risk means nothing.
func TestRiskOfOne(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db, db.Store)
		amara, elif, goran := h.add("amara", models.RoleAdmin), h.add("elif"), h.add("goran")
		now := db.Store.Now()
		if _, err := h.ops.DeactivateOne(t.Context(), amara, operation.Alone{Person: h.id(elif), Reason: reason, Once: "1", Risk: true, RiskKnownAt: now + 1}); !errs.Is(err, errs.Invalid) {
			t.Errorf("known in the future: %v", err)
		}
		if page, err := h.ops.List(t.Context(), h.tenant, operation.Query{}); err != nil || len(page.Rows) != 0 {
			t.Errorf("a refused form left %d operations, %v", len(page.Rows), err)
		}
		op, err := h.ops.DeactivateOne(t.Context(), amara, operation.Alone{Person: h.id(elif), Reason: reason, Once: "1", Risk: true})
		if err != nil || !begun(op) || op.RiskKnownAt != now || op.RiskOutBy != now.Add(time.Hour) {
			t.Errorf("%s, known %v, out by %v, %v", op.State, op.RiskKnownAt.Time(), op.RiskOutBy.Time(), err)
		}
		op, err = h.ops.DeactivateOne(t.Context(), amara, operation.Alone{Person: h.id(goran), Reason: reason, Once: "2", RiskKnownAt: now})
		if err != nil || !begun(op) || op.Risk() || op.RiskOutBy != 0 {
			t.Errorf("a leaver: %s, %+v, %v", op.State, op, err)
		}
	})
}

// The steps of a risk go ahead of those of many who leave, which were there first.
func TestRiskGoesAhead(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := opened(t, db)
		staff := s.staff(5)
		leavers, urgent := staff[:3], staff[3:]
		s.request(s.amara, s.plan(s.amara, leavers...))
		db.Clock.Advance(time.Minute)
		op := s.plan(s.amara, urgent...)
		if _, err := s.ops.Ask(t.Context(), s.amara, operation.Request{ID: op.PublicID, ListHash: op.ListHash, Reason: reason, Risk: true}); err != nil {
			t.Fatal(err)
		}
		var steps []models.WorkStep
		err := s.store.Read(s.tenant).Select(&steps).Column("user_id", "ahead").Where("state = ?", models.StepWaiting).Where("run_at <= ?", db.Store.Now()).
			Order("run_at", "id").Limit(100).Scan(t.Context())
		if err != nil || len(steps) != 5 {
			t.Fatalf("%d steps, %v", len(steps), err)
		}
		for i, step := range steps {
			of := leavers
			if i < 2 {
				of = urgent
			}
			found := false
			for _, p := range of {
				found = found || p.UserID == step.UserID
			}
			if !found || (step.Ahead > 0) != (i < 2) {
				t.Errorf("place %d: user %d, ahead by %d", i, step.UserID, step.Ahead)
			}
		}
	})
}
