package access_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/models"
)

func tell(p access.MatrixPreview) string {
	var lines []string
	for _, r := range p.Roles {
		line := fmt.Sprintf("%s, held by %d:", r.Name, r.Holders)
		for _, q := range r.Given {
			line += " +" + q.Key
			if len(q.Via) > 0 {
				line += " (" + names(q.Via) + ")"
			}
		}
		for _, q := range r.Taken {
			line += " -" + q.Key
			if len(q.Via) > 0 {
				line += " (" + names(q.Via) + ")"
			}
		}
		lines = append(lines, line)
	}
	for _, e := range p.Effects {
		lines = append(lines, fmt.Sprintf("%s: %d gain, %d lose", e.Key, e.Gain.N, e.Lose.N))
	}
	return strings.Join(lines, "\n")
}

// Who holds a permission by another way as well neither gains nor loses it.
func TestPreviewMatrix(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := newBoard(t, w)
		w.holds(t, w.user(t, "Elif Kaya"), "ledger.lead")
		w.holds(t, w.user(t, "Jonas Weber"), "ledger.payer")
		w.holds(t, w.user(t, "Hana Sato"), "ledger.reader")
		w.holds(t, w.user(t, "Sven Holm"), "ledger.reader", "ledger.lead")
		w.giveUntil(t, w.user(t, "Farah Nair"), "ledger.reader", w.in(day), w.in(2*day)) // not yet
		look := func(list ...access.CellChange) string {
			p, err := w.e.PreviewMatrix(t.Context(), w.Actor(), b.changes(list...))
			if err != nil {
				t.Fatal(err)
			}
			return tell(p)
		}
		cases := []struct{ name, got, want string }{
			{
				"to the lowest", look(b.give(b.reader, "payments.prepare")),
				"Reader, held by 4: +payments.prepare\npayments.prepare: 1 gain, 0 lose", // Hana; the others have it by Payer
			},
			{
				"held through another", look(b.take(b.lead, "payments.prepare")),
				"Lead, held by 2: -payments.prepare (Payer)\npayments.prepare: 0 gain, 0 lose",
			},
			{
				"both ways are taken", look(b.take(b.lead, "payments.prepare"), b.take(b.payer, "payments.prepare")),
				"Lead, held by 2: -payments.prepare\nPayer, held by 3: -payments.prepare\npayments.prepare: 0 gain, 3 lose",
			},
			{
				"moved down", look(b.take(b.payer, "payments.prepare"), b.take(b.lead, "payments.prepare"), b.give(b.reader, "payments.prepare"), b.give(b.lead, "payments.release")),
				"Lead, held by 2: +payments.release -payments.prepare (Payer, Reader)\nPayer, held by 3: -payments.prepare (Reader)\nReader, held by 4: +payments.prepare\n" +
					"payments.prepare: 1 gain, 0 lose\npayments.release: 2 gain, 0 lose",
			},
			{"so already", look(b.give(b.reader, "books.read"), b.take(b.lead, "books.read")), ""},
		}
		for _, c := range cases {
			if diff := cmp.Diff(c.want, c.got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.name, diff)
			}
		}
		if n := len(w.log(t, models.RoleEdit)); n != 0 {
			t.Fatalf("a preview changed %d roles", n)
		}
	})
}

// What would take too long to count is said to be at least what was seen.
func TestPreviewMatrixStopsCounting(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := newBoard(t, w)
		rows := make([]access.LoadRow, 12_500)
		for i := range rows {
			rows[i] = access.LoadRow{UserID: w.bare(t, i), RoleKey: "ledger.reader", Reason: why}
		}
		if _, err := w.e.Load(t.Context(), w.Actor(), rows[:9_000]); err != nil {
			t.Fatal(err)
		}
		look := func() access.PermissionEffect {
			p, err := w.e.PreviewMatrix(t.Context(), w.Actor(), b.changes(b.give(b.reader, "payments.release")))
			if err != nil {
				t.Fatal(err)
			}
			return p.Effects[0]
		}
		if got := look(); got.Gain != (access.PeopleCount{N: 9_000}) || got.Lose != (access.PeopleCount{}) {
			t.Fatalf("counted %+v", got)
		}
		if _, err := w.e.Load(t.Context(), w.Actor(), rows[9_000:]); err != nil {
			t.Fatal(err)
		}
		if got := look(); got.Gain != (access.PeopleCount{N: access.CountCap - 1, AtLeast: true}) {
			t.Fatalf("counted %+v", got)
		}
	})
}
