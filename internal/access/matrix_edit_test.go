package access_test

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/models"
)

func TestEditMatrix(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := newBoard(t, w)
		version := w.ask(t, w.Store, w.user(t, "Elif Kaya")).Version
		in := b.changes(b.give(b.payer, "payments.release"), b.take(b.lead, "payments.prepare"), b.take(b.lead, "books.close"), b.give(b.reader, "books.read"))
		n, err := w.e.EditMatrix(t.Context(), w.Actor(), in)
		if err != nil || n != 2 {
			t.Fatalf("%d roles changed, %v", n, err)
		}
		want := "books.close . . .\nbooks.read Payer>Reader Reader X\npayments.prepare Payer X .\npayments.release Payer X ."
		if diff := cmp.Diff(want, draw(b.matrix(t, access.MatrixFilter{Application: "ledger"}))); diff != "" {
			t.Fatalf("matrix (-want +got):\n%s", diff)
		}
		wantLog := []event{
			{Action: models.RoleEdit, Result: models.ResultDone, Actor: "Test", Target: "role Lead", Reason: why, Before: map[string]any{"permissions": []any{"ledger/books.close", "ledger/payments.prepare"}}},
			{Action: models.RoleEdit, Result: models.ResultDone, Actor: "Test", Target: "role Payer", Reason: why, After: map[string]any{"permissions": []any{"ledger/payments.release"}}},
		}
		if diff := cmp.Diff(wantLog, w.log(t, models.RoleEdit)); diff != "" {
			t.Fatalf("events (-want +got):\n%s", diff)
		}
		if got := w.ask(t, w.Store, 1).Version; got != version+1 {
			t.Fatalf("the access version rose from %d to %d", version, got)
		}
		reader, err := w.e.Role(t.Context(), w.Tenant, b.reader.Key)
		if err != nil || reader.Version != 1 {
			t.Fatalf("a role that stays as it is has version %d, %v", reader.Version, err)
		}
		same := b.changes(b.give(b.reader, "books.read"))
		if n, err := w.e.EditMatrix(t.Context(), w.Actor(), same); n != 0 || err != nil {
			t.Fatalf("nothing to change: %d, %v", n, err)
		}
	})
}

func TestEditMatrixRefuses(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := newBoard(t, w)
		helpdesk, err := w.e.Role(t.Context(), w.Tenant, models.RoleHelpdesk)
		if err != nil {
			t.Fatal(err)
		}
		short := b.changes(b.give(b.payer, "payments.release"))
		short.Reason = "because"
		many := b.changes()
		for i := range access.MatrixChanges + 1 {
			many.Changes = append(many.Changes, access.CellChange{RoleID: b.payer.ID, PermissionID: int64(i)})
		}
		ghost := b.changes(access.CellChange{RoleID: 999_999, PermissionID: b.id["books.read"], Give: true})
		missing := b.changes(access.CellChange{RoleID: b.payer.ID, PermissionID: 999_999, Give: true})
		cases := []struct {
			name, words string
			kind        errs.Kind
			in          access.MatrixInput
		}{
			{"no reason", "reason:", errs.Invalid, short},
			{"nothing", "changes: Nothing is changed yet", errs.Invalid, b.changes()},
			{"too much", "These are 101 changes. At most 100", errs.Invalid, many},
			{"twice", "One cell is changed twice", errs.Invalid, b.changes(b.give(b.payer, "payments.release"), b.take(b.payer, "payments.release"))},
			{"no such role", "does not exist any more. Nothing was saved.", errs.Conflict, ghost},
			{"no such permission", "does not exist any more. Nothing was saved.", errs.Conflict, missing},
			{"built-in", "Helpdesk comes with Rollcall and stays as it is", errs.Conflict, b.changes(b.give(b.payer, "payments.release"), b.give(helpdesk, "users.export"))},
		}
		for _, c := range cases {
			err := b.edit(t, c.in)
			t.Run(c.name, func(t *testing.T) { refused(t, err, c.kind, c.words) })
			if c.name == "no reason" {
				continue
			}
			if _, err := w.e.PreviewMatrix(t.Context(), w.Actor(), c.in); err == nil {
				t.Errorf("%s: the preview does not refuse it", c.name)
			}
		}
		if n := len(w.log(t, models.RoleEdit)); n != 0 {
			t.Fatalf("%d edits were recorded", n)
		}
	})
}

// Nobody gives or takes by a matrix what they do not hold, and nobody widens their
// own access by it. What else was in the change is not made either.
func TestEditMatrixHoldsToTheRules(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := newBoard(t, w)
		w.role(t, "Composer", []string{"rollcall/roles.edit"}, nil)
		secret := w.roleOf(t, access.RoleInput{Name: "Secret", Privileged: true})
		elif := w.user(t, "Elif Kaya")
		w.holds(t, elif, "ledger.composer", "ledger.payer")
		w.give(t, w.user(t, "Goran Novak"), models.RoleAdmin)
		actor := w.as(t, elif, "Elif Kaya")
		try := func(list ...access.CellChange) error {
			_, err := w.e.EditMatrix(t.Context(), actor, b.changes(list...))
			return err
		}
		fine := b.give(b.lead, "payments.release")
		refused(t, try(fine, b.give(b.reader, "users.export")), errs.Forbidden, "You may not do this yourself")
		refused(t, try(fine, b.give(secret, "books.read")), errs.Forbidden, "This concerns a privileged role.")
		refused(t, try(fine, b.give(b.payer, "books.close")), errs.Forbidden, "You hold Payer yourself, and this would come to you by the change")
		refused(t, try(fine, b.give(b.reader, "payments.release")), errs.Forbidden, "You hold Reader yourself")
		p, err := w.e.PreviewMatrix(t.Context(), actor, b.changes(fine, b.give(b.reader, "payments.release")))
		if err != nil || !strings.Contains(p.Refused, "You hold Reader yourself") {
			t.Fatalf("the preview says %q, %v", p.Refused, err)
		}
		if p, err = w.e.PreviewMatrix(t.Context(), actor, b.changes(fine)); err != nil || p.Refused != "" {
			t.Fatalf("the preview says %q, %v", p.Refused, err)
		}
		if n := len(w.log(t, models.RoleEdit)); n != 0 {
			t.Fatalf("%d edits were made", n)
		}
		if e := w.last(t, models.RoleAssignDenied); e.Target != "role Reader" || e.Actor != "Elif Kaya" || e.Reason != why {
			t.Fatalf("event = %+v", e)
		}
		if err := try(fine, b.give(b.payer, "books.read")); err != nil {
			t.Fatalf("what she holds already may stand in her role: %v", err)
		}
		nobody := actor
		nobody.Can = models.UsersRead
		_, err = w.e.EditMatrix(t.Context(), nobody, b.changes(b.give(b.reader, "payments.release")))
		refused(t, err, errs.Forbidden, "You may not create or change roles.")
	})
}

func TestEditMatrixKeepsTheLastAdmin(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := newBoard(t, w)
		head := w.role(t, "Head", []string{"rollcall/tenant.administer"}, nil)
		deputy := w.role(t, "Deputy", nil, nil)
		elif := w.user(t, "Elif Kaya")
		w.holds(t, elif, head.Key, deputy.Key)
		refused(t, b.edit(t, b.changes(b.take(head, "tenant.administer"))), errs.Conflict, "Nobody could administer Northwind Group after this change. Nothing was saved.")
		// Moving it to another role of the same person is fine, whatever the order of their names.
		if err := b.edit(t, b.changes(b.take(head, "tenant.administer"), b.give(deputy, "tenant.administer"))); err != nil {
			t.Fatal(err)
		}
		back := b.changes(b.give(head, "tenant.administer"), b.take(deputy, "tenant.administer"))
		back.Versions[head.ID], back.Versions[deputy.ID] = 2, 2
		if err := b.edit(t, back); err != nil {
			t.Fatal(err)
		}
	})
}

func TestEditMatrixOfAnOldVersionSaysWhatChanged(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := newBoard(t, w)
		goran := w.user(t, "Goran Novak")
		w.give(t, goran, models.RoleAdmin)
		actor := w.as(t, goran, "Goran Novak")
		other := b.changes(b.give(b.payer, "payments.release"), b.take(b.payer, "payments.prepare"))
		if _, err := w.e.EditMatrix(t.Context(), actor, other); err != nil {
			t.Fatal(err)
		}
		again := b.changes(b.give(b.payer, "books.close"), b.give(b.payer, "payments.prepare"))
		again.Versions[b.payer.ID] = 2
		if _, err := w.e.EditMatrix(t.Context(), actor, again); err != nil {
			t.Fatal(err)
		}
		mine := b.changes(b.take(b.payer, "payments.prepare"), b.give(b.reader, "payments.release"))
		err := b.edit(t, mine)
		refused(t, err, errs.Conflict, "Payer was changed while you edited it. Nothing was saved.")
		stale, ok := errors.AsType[*access.StaleMatrix](err)
		if !ok || len(stale.Roles) != 1 {
			t.Fatalf("cause = %+v", stale)
		}
		want := access.StaleNote{
			Role: b.payer.Ref(), Version: 3, ChangedBy: "Goran Novak", ChangedAt: w.in(0),
			Given: []string{"ledger/books.close", "ledger/payments.release"},
		}
		got := stale.Roles[0]
		if len(got.Given) == 2 && got.Given[0] > got.Given[1] { // the newest edit is read first
			got.Given[0], got.Given[1] = got.Given[1], got.Given[0]
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("note (-want +got):\n%s", diff)
		}
		p, err := w.e.PreviewMatrix(t.Context(), w.Actor(), mine)
		if err != nil || len(p.Stale) != 1 || p.Stale[0].Version != 3 {
			t.Fatalf("the preview says %+v, %v", p.Stale, err)
		}
		mine.Versions[b.payer.ID] = 3
		if err := b.edit(t, mine); err != nil {
			t.Fatal(err)
		}
	})
}

// Two people who read the same version: one is told, on any replica.
func TestEditMatrixAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := newBoard(t, w)
		replica := access.New(w.Replica(t))
		for round := range int64(5) {
			in := func(permission string) access.MatrixInput {
				list := []access.CellChange{b.give(b.payer, permission), b.give(b.reader, permission)}
				if round%2 == 1 {
					list = []access.CellChange{b.take(b.reader, permission), b.take(b.payer, permission)}
				}
				out := b.changes(list...)
				out.Versions[b.payer.ID], out.Versions[b.reader.ID] = round+1, round+1
				return out
			}
			permission := "payments.release"
			var one, two error
			var done sync.WaitGroup
			done.Go(func() { _, one = w.e.EditMatrix(t.Context(), w.Actor(), in(permission)) })
			done.Go(func() { _, two = replica.EditMatrix(t.Context(), w.Actor(), in(permission)) })
			done.Wait()
			if (one == nil) == (two == nil) {
				t.Fatalf("round %d: %v, %v; exactly one may pass", round, one, two)
			}
			if one == nil {
				one = two
			}
			refused(t, one, errs.Conflict, "was changed while you edited it")
		}
	})
}

func TestEditMatrixUndoesAllWhenTheLogFails(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := newBoard(t, w)
		w.Faults.Fail("audit_events")
		err := b.edit(t, b.changes(b.give(b.payer, "payments.release"), b.give(b.reader, "books.close")))
		w.Faults.Heal()
		if err == nil {
			t.Fatal("the change was made without an event")
		}
		want := "books.close X . .\nbooks.read Payer>Reader Reader X\npayments.prepare +Payer X .\npayments.release . . ."
		if diff := cmp.Diff(want, draw(b.matrix(t, access.MatrixFilter{Application: "ledger"}))); diff != "" {
			t.Fatalf("matrix (-want +got):\n%s", diff)
		}
	})
}
