package operation_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/offboard/operation"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// begun reports whether an operation was let go: what happens then is tested
// where it is done.
func begun(op models.Operation) bool {
	switch op.State {
	case models.OperationRunning, models.OperationDone, models.OperationFailures:
		return true
	}
	return false
}

// What an operation needs before it runs: more people, more power, or many in
// one day need a second person.
func TestFriction(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db, db.Store)
		amara, boss := h.add("amara", models.RoleAdmin), h.add("boss", models.RoleAdmin)
		crowd := h.crowd(40)
		needs := func(op models.Operation) operation.Friction {
			t.Helper()
			f, err := h.ops.Needs(t.Context(), h.tenant, op)
			if err != nil {
				t.Fatal(err)
			}
			return f
		}
		small := h.plan(amara, crowd[:10]...)
		if f := needs(small); f.Level != operation.LevelSignIn || f.Count != 0 || len(f.Why) != 0 {
			t.Errorf("10 people: %+v", f)
		}
		if f := needs(h.plan(amara, crowd[:11]...)); f.Level != operation.LevelApproval || f.Count != 11 || f.Why[0] != "It concerns 11 people, more than 10." {
			t.Errorf("11 people: %+v", f)
		}
		if f := needs(h.plan(amara, boss)); f.Level != operation.LevelApproval || f.Count != 0 || f.Why[0] != "The person holds privileged access." {
			t.Errorf("one admin: %+v", f)
		}
		if f := needs(h.plan(amara, boss, crowd[0])); f.Count != 2 || f.Why[0] != "1 of them holds privileged access." {
			t.Errorf("one admin of two: %+v", f)
		}

		row := access.LoadRow{UserID: crowd[0].UserID, RoleKey: models.RoleAdmin, Source: models.SourceDirect, Until: models.Forever, GrantedBy: "Test"}
		if _, err := h.access.Load(t.Context(), models.SystemActor(h.tenant, "Test"), []access.LoadRow{row}); err != nil {
			t.Fatal(err)
		}
		if f := needs(small); f.Level != operation.LevelApproval {
			t.Errorf("one of them was given power since the plan: %+v", f)
		}

		h.write(func(ctx context.Context, tx *store.Tx) error { // by whatever path
			for range 4 {
				if err := tx.Record(ctx, store.Event{Action: models.UserDeactivate, Target: store.Ref{Kind: models.KindUser, ID: boss.UserID}}); err != nil {
					return err
				}
			}
			return nil
		})
		f := needs(h.plan(amara, crowd[20:27]...))
		want := "4 people were deactivated in the last 24 hours. With these it is more than 10, the limit for one person's word in a directory of 42 people."
		if f.Level != operation.LevelApproval || f.Count != 7 || f.Why[0] != want {
			t.Errorf("7 after 4: %+v", f)
		}
		if f := needs(h.plan(amara, crowd[20:26]...)); f.Level != operation.LevelSignIn {
			t.Errorf("6 after 4: %+v", f)
		}
		db.Clock.Advance(24*time.Hour + time.Second)
		if f := needs(h.plan(amara, crowd[20:27]...)); f.Level != operation.LevelSignIn {
			t.Errorf("7 a day later: %+v", f)
		}
	})
}

func TestAskRefused(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db, db.Store)
		amara, goran := h.add("amara", models.RoleAdmin), h.add("goran", models.RoleAdmin)
		crowd := h.crowd(12)
		op := h.plan(amara, crowd...)
		good := operation.Request{ID: op.PublicID, ListHash: op.ListHash, Reason: reason, Typed: 12}
		with := func(change func(*operation.Request)) operation.Request {
			r := good
			change(&r)
			return r
		}
		for name, tt := range map[string]struct {
			by   models.Actor
			in   operation.Request
			want errs.Kind
			said string
		}{
			"ErrShortReason":   {amara, with(func(r *operation.Request) { r.Reason = "left" }), errs.Invalid, "at least 10 characters"},
			"ErrTyped":         {amara, with(func(r *operation.Request) { r.Typed = 11 }), errs.Invalid, "Type 12"},
			"ErrPast":          {amara, with(func(r *operation.Request) { r.At = db.Store.Now() - 1 }), errs.Invalid, "lies ahead"},
			"ErrFar":           {amara, with(func(r *operation.Request) { r.At = db.Store.Now().Add(91 * 24 * time.Hour) }), errs.Invalid, "90 days"},
			"ErrWindow":        {amara, with(func(r *operation.Request) { r.UndoDays = 91 }), errs.Invalid, "90 days"},
			"ErrTicket":        {amara, with(func(r *operation.Request) { r.Ticket = strings.Repeat("x", 256) }), errs.Invalid, "255"},
			"ErrOtherList":     {amara, with(func(r *operation.Request) { r.ListHash = strings.Repeat("0", 64) }), errs.Conflict, "The list changed"},
			"ErrOtherPlanner":  {goran, good, errs.Conflict, "amara planned this"},
			"ErrUnknown":       {amara, with(func(r *operation.Request) { r.ID = uuid.NewString() }), errs.NotFound, "no such operation"},
			"ErrNoPermission":  {models.Actor{Tenant: h.tenant, Kind: models.ActorUser, UserID: amara.UserID, Name: "amara"}, good, errs.Forbidden, "users.deactivate"},
			"ErrOtherTenant":   {models.Actor{Tenant: h.tenant + 1, Kind: models.ActorUser, UserID: 1, Name: "x", Can: models.AllPermissions}, good, errs.NotFound, "no such operation"},
			"ErrNoCountTyped":  {amara, with(func(r *operation.Request) { r.Typed = 0 }), errs.Invalid, "Type 12"},
			"ErrReasonTooLong": {amara, with(func(r *operation.Request) { r.Reason = strings.Repeat("x", 1001) }), errs.Invalid, "1,000"},
		} {
			if _, err := h.ops.Ask(t.Context(), tt.by, tt.in); errs.KindOf(err) != tt.want || !strings.Contains(err.Error(), tt.said) {
				t.Errorf("%s: %v (%v)", name, err, errs.KindOf(err))
			}
		}
		if now := h.get(op); now.State != models.OperationDraft || len(h.actions(op)) != 1 {
			t.Errorf("a refused request left %s and %v", now.State, h.actions(op))
		}
		for _, p := range crowd {
			if _, err := h.ops.LeaveOut(t.Context(), amara, op.PublicID, h.id(p)); err != nil {
				t.Fatal(err)
			}
		}
		none := h.get(op)
		_, err := h.ops.Ask(t.Context(), amara, operation.Request{ID: op.PublicID, ListHash: none.ListHash, Reason: reason})
		if !errs.Is(err, errs.Conflict) || !strings.Contains(err.Error(), "everybody is left out") {
			t.Errorf("nobody left: %v", err)
		}
	})
}

// A small one begins by itself, once, also when the form is sent twice.
func TestAskForFew(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db, db.Store)
		amara, elif := h.add("amara", models.RoleAdmin), h.add("elif")
		op := h.plan(amara, elif)
		in := operation.Request{ID: op.PublicID, ListHash: op.ListHash, Reason: reason, Ticket: " INC-1 ", Fresh: db.Store.Now()}
		first, err := h.ops.Ask(t.Context(), amara, in)
		if err != nil || !begun(first) || first.Ticket != "INC-1" || first.UndoDays != 7 || first.RequestedBy != "amara" {
			t.Fatalf("%s %q, %v", first.State, first.Ticket, err)
		}
		if _, err := h.ops.Ask(t.Context(), amara, in); err != nil {
			t.Errorf("the same form again: %v", err)
		}
		said, err := h.ops.Decisions(t.Context(), h.tenant, op)
		if err != nil || len(said) != 1 || said[0].Decision != models.VerdictRequested || said[0].ListHash != op.ListHash || said[0].ElevatedAt == 0 {
			t.Errorf("%+v, %v", said, err)
		}

		later := h.plan(amara, h.add("goran"))
		at := db.Store.Now().Add(time.Hour)
		later, err = h.ops.Ask(t.Context(), amara, operation.Request{ID: later.PublicID, ListHash: later.ListHash, Reason: reason, At: at})
		if err != nil || later.State != models.OperationScheduled || later.Phase != models.PhaseCut || later.DueAt != at {
			t.Errorf("%s %s due %v, %v", later.State, later.Phase, later.DueAt, err)
		}
		if later, err = h.ops.Cancel(t.Context(), amara, later.PublicID, ""); err != nil || later.State != models.OperationCancelled || later.DueAt != 0 {
			t.Errorf("cancelled: %s, %v", later.State, err)
		}
	})
}

// A second person lets it run; the requester and those concerned cannot, and are
// told why.
func TestApprove(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db, db.Store)
		amara, goran := h.add("amara", models.RoleAdmin), h.add("goran", models.RoleAdmin)
		crowd := h.crowd(12)
		op := h.request(amara, h.plan(amara, crowd...))
		if op.State != models.OperationWaiting || op.Phase != models.PhaseNone || op.ExpiresAt != db.Store.Now().Add(24*time.Hour) {
			t.Fatalf("%s %s until %v", op.State, op.Phase, op.ExpiresAt)
		}
		weak := h.add("weak")
		weak.Can = models.UsersDeactivate
		d := operation.Decision{ID: op.PublicID, ListHash: op.ListHash}
		for name, tt := range map[string]struct {
			by   models.Actor
			want errs.Kind
			said string
		}{
			"ErrRequester": {amara, errs.Conflict, "You asked for this yourself."}, "ErrConcerned": {crowd[3], errs.Conflict, "one of the people this concerns"},
			"ErrNoPermission": {weak, errs.Forbidden, "operations.approve"},
		} {
			if _, err := h.ops.Approve(t.Context(), tt.by, d); errs.KindOf(err) != tt.want || !strings.Contains(err.Error(), tt.said) {
				t.Errorf("%s: %v", name, err)
			}
			if why, err := h.ops.MayDecide(t.Context(), tt.by, op); err != nil || !strings.Contains(why, tt.said) {
				t.Errorf("%s is told %q, %v", name, why, err)
			}
			if n, err := h.ops.CountWaiting(t.Context(), tt.by); err != nil || n != 0 {
				t.Errorf("%s is asked to decide %d, %v", name, n, err)
			}
		}
		if n, err := h.ops.CountWaiting(t.Context(), goran); err != nil || n != 1 {
			t.Errorf("%d wait for goran, %v", n, err)
		}
		if _, err := h.ops.Approve(t.Context(), goran, operation.Decision{ID: op.PublicID, ListHash: strings.Repeat("0", 64)}); !errs.Is(err, errs.Conflict) {
			t.Errorf("another list: %v", err)
		}
		op, err := h.ops.Approve(t.Context(), goran, d)
		if err != nil || !begun(op) || op.ApprovedBy != "goran" || op.ApprovedAt == 0 {
			t.Fatalf("%s approved by %q, %v", op.State, op.ApprovedBy, err)
		}
		if _, err := h.ops.Approve(t.Context(), goran, d); !errs.Is(err, errs.Conflict) || !strings.Contains(err.Error(), "goran approved it") {
			t.Errorf("approved again: %v", err)
		}
		if actions := h.actions(op); actions[0] != models.OperationPlan || actions[1] != models.OperationRequest || actions[2] != models.OperationApprove {
			t.Errorf("log %v", actions)
		}
	})
}

// A list that was touched behind the back of everybody is not approved.
func TestApproveRefusesAnotherList(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db, db.Store)
		amara, goran := h.add("amara", models.RoleAdmin), h.add("goran", models.RoleAdmin)
		crowd := h.crowd(12)
		op := h.request(amara, h.plan(amara, crowd...))
		h.write(func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.Update((*models.OperationTarget)(nil)).Set("included = ?", false).Where("user_id = ?", crowd[5].UserID).Exec(ctx)
			return err
		})
		_, err := h.ops.Approve(t.Context(), goran, operation.Decision{ID: op.PublicID, ListHash: op.ListHash})
		if !errs.Is(err, errs.Conflict) || !strings.Contains(err.Error(), "not the one you looked at") {
			t.Fatalf("approved a list with another hash: %v", err)
		}
		if now := h.get(op); now.State != models.OperationWaiting {
			t.Errorf("it is %s", now.State)
		}
	})
}

// Of two who decide at the same moment one does, whatever they say.
func TestTwoDecideAtOnce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db, db.Store)
		there := h.replica()
		amara, goran, ilse := h.add("amara", models.RoleAdmin), h.add("goran", models.RoleAdmin), h.add("ilse", models.RoleAdmin)
		op := h.request(amara, h.plan(amara, h.crowd(11)...))
		var wg sync.WaitGroup
		results := make([]error, 2)
		wg.Go(func() {
			_, results[0] = h.ops.Approve(t.Context(), goran, operation.Decision{ID: op.PublicID, ListHash: op.ListHash})
		})
		wg.Go(func() {
			_, results[1] = there.ops.Reject(t.Context(), ilse, operation.Decision{ID: op.PublicID, Reason: "they still work here"})
		})
		wg.Wait()
		if (results[0] == nil) == (results[1] == nil) {
			t.Fatalf("approve: %v, reject: %v; want exactly one to win", results[0], results[1])
		}
		now := h.get(op)
		if (now.State == models.OperationRejected) != (results[1] == nil) {
			t.Errorf("it is %s", now.State)
		}
		said, _ := h.ops.Decisions(t.Context(), h.tenant, op)
		if len(said) != 2 {
			t.Errorf("%d decisions stand, want the request and one verdict", len(said))
		}
	})
}

func TestRejectAskAnswer(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db, db.Store)
		amara, goran := h.add("amara", models.RoleAdmin), h.add("goran", models.RoleAdmin)
		op := h.request(amara, h.plan(amara, h.crowd(11)...))
		d := func(text string) operation.Decision { return operation.Decision{ID: op.PublicID, Reason: text} }
		for name, do := range map[string]func() error{
			"ErrAskNothing":     func() error { _, err := h.ops.Question(t.Context(), goran, d("  ")); return err },
			"ErrAnswerOthers":   func() error { _, err := h.ops.Answer(t.Context(), goran, d("this is no answer")); return err },
			"ErrRejectNoReason": func() error { _, err := h.ops.Reject(t.Context(), goran, d("no")); return err },
			"ErrRequesterAsks":  func() error { _, err := h.ops.Question(t.Context(), amara, d("may I have it?")); return err },
			"ErrSomebodyCancels": func() error {
				_, err := h.ops.Cancel(t.Context(), limitedTo(goran, models.OperationsApprove), op.PublicID, "")
				return err
			},
		} {
			if err := do(); !errs.Is(err, errs.Invalid) && !errs.Is(err, errs.Conflict) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := h.ops.Question(t.Context(), goran, d("Is the whole of Sales meant?")); err != nil {
			t.Fatal(err)
		}
		if asked, err := h.ops.Asked(t.Context(), amara); err != nil || len(asked) != 1 {
			t.Errorf("%d questions to amara, %v", len(asked), err)
		}
		if _, err := h.ops.Answer(t.Context(), amara, d("Yes, the office in Brno closes.")); err != nil {
			t.Fatal(err)
		}
		if asked, _ := h.ops.Asked(t.Context(), amara); len(asked) != 0 {
			t.Error("an answered question is still asked")
		}
		if now := h.get(op); now.State != models.OperationWaiting {
			t.Fatalf("a question ended the request: %s", now.State)
		}
		op, err := h.ops.Reject(t.Context(), goran, d("the office stays open until May"))
		if err != nil || op.State != models.OperationRejected || op.DueAt != 0 || !strings.Contains(op.Sentence, "goran rejected it") {
			t.Fatalf("%s %q, %v", op.State, op.Sentence, err)
		}
		want := []models.Action{models.OperationPlan, models.OperationRequest, models.OperationAsk, models.OperationAnswer, models.OperationReject}
		if diff := cmp.Diff(want, h.actions(op)); diff != "" {
			t.Errorf("log (-want +got):\n%s", diff)
		}
		if err := h.ops.Drain(t.Context(), h.tenant); err != nil || h.get(op).State != models.OperationRejected {
			t.Errorf("after the background: %s, %v", h.get(op).State, err)
		}
	})
}

func limitedTo(a models.Actor, can models.Permission) models.Actor {
	a.Can = can
	return a
}

// What nobody decides is over after a day, and can be planned again.
func TestExpire(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db, db.Store)
		amara, goran := h.add("amara", models.RoleAdmin), h.add("goran", models.RoleAdmin)
		op := h.request(amara, h.plan(amara, h.crowd(11)...))
		db.Clock.Advance(20*time.Hour - time.Second)
		if err := h.ops.Drain(t.Context(), h.tenant); err != nil || h.get(op).State != models.OperationWaiting || operation.Urgent(op, db.Store.Now()) {
			t.Fatalf("before its time: %s, %v", h.get(op).State, err)
		}
		db.Clock.Advance(4*time.Hour + time.Second)
		if _, err := h.ops.Approve(t.Context(), goran, operation.Decision{ID: op.PublicID, ListHash: op.ListHash}); !errs.Is(err, errs.Conflict) {
			t.Errorf("approved after its time, before the background noticed: %v", err)
		}
		if n, _ := h.ops.CountWaiting(t.Context(), goran); n != 0 {
			t.Error("what is over is still asked for")
		}
		if err := h.ops.Drain(t.Context(), h.tenant); err != nil {
			t.Fatal(err)
		}
		if now := h.get(op); now.State != models.OperationExpired || now.DueAt != 0 || h.actions(op)[2] != models.OperationExpire {
			t.Errorf("%s, log %v", now.State, h.actions(op))
		}
		if again, err := h.ops.Replan(t.Context(), amara, op.PublicID); err != nil || again.State != models.OperationDraft {
			t.Errorf("%s, %v", again.State, err)
		}
	})
}

// What the approver sees: who changed since, and who did not though something
// about them did.
func TestChangesSince(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db, db.Store)
		amara := h.add("amara", models.RoleAdmin)
		crowd := h.crowd(12)
		op := h.request(amara, h.plan(amara, crowd...))
		if c, err := h.ops.ChangesOf(t.Context(), h.tenant, op); err != nil || c.Total() != 0 {
			t.Fatalf("%+v, %v", c, err)
		}
		h.set(crowd[0], "status = ?", models.Removed)
		h.set(crowd[1], "status = ?", models.Deactivated)
		h.set(crowd[2], "leaving_at = ?", db.Store.Now().Add(time.Hour))
		h.set(crowd[3], "access_epoch = access_epoch + 1")
		h.set(crowd[4], "phone = '+44 1', version = version + 1") // harmless
		c, err := h.ops.ChangesOf(t.Context(), h.tenant, op)
		if err != nil || c.Gone != 1 || c.Already != 1 || c.Moved != 2 || len(c.People) != 4 || c.People[0].Status != models.Removed {
			t.Errorf("%+v, %v", c, err)
		}
	})
}

func TestListAndPages(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db, db.Store)
		amara, goran := h.add("amara", models.RoleAdmin), h.add("goran", models.RoleAdmin)
		crowd := h.crowd(12)
		first := h.plan(amara, crowd...)
		second := h.request(amara, h.plan(amara, crowd...))
		third := h.plan(goran, crowd[0])
		page, err := h.ops.List(t.Context(), h.tenant, operation.Query{Limit: 2})
		if err != nil || len(page.Rows) != 2 || page.Rows[0].ID != third.ID || page.Next != second.Number {
			t.Fatalf("%+v, %v", page, err)
		}
		page, err = h.ops.List(t.Context(), h.tenant, operation.Query{Limit: 2, Before: page.Next})
		if err != nil || len(page.Rows) != 1 || page.Rows[0].ID != first.ID || page.Next != 0 {
			t.Errorf("%+v, %v", page, err)
		}
		if page, _ = h.ops.List(t.Context(), h.tenant, operation.Query{Group: operation.GroupPending}); len(page.Rows) != 1 || page.Rows[0].ID != second.ID {
			t.Errorf("waiting: %+v", page)
		}
		if page, _ = h.ops.List(t.Context(), h.tenant, operation.Query{By: goran.UserID}); len(page.Rows) != 1 || page.Rows[0].ID != third.ID {
			t.Errorf("goran's: %+v", page)
		}
		if page, _ = h.ops.List(t.Context(), h.tenant+1, operation.Query{}); len(page.Rows) != 0 {
			t.Error("another tenant sees them")
		}

		var names []string
		q := operation.TargetQuery{Limit: 5}
		for {
			p, err := h.ops.Targets(t.Context(), h.tenant, first, q)
			if err != nil {
				t.Fatal(err)
			}
			for _, row := range p.Rows {
				names = append(names, row.Name)
			}
			if p.Next == 0 {
				back, err := h.ops.Targets(t.Context(), h.tenant, first, operation.TargetQuery{Limit: 5, Back: p.Prev})
				if err != nil || len(back.Rows) != 5 || back.Rows[0].Name != names[5] || back.Prev == 0 || back.Next == 0 {
					t.Errorf("backward: %+v, %v", back, err)
				}
				break
			}
			q.After = p.Next
		}
		if len(names) != 12 || names[0] != crowd[0].Name || names[11] != crowd[11].Name {
			t.Errorf("%d people: %v", len(names), names)
		}
	})
}
