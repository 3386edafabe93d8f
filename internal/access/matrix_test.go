package access_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/errs"
)

// board is a world with three roles: Lead contains Payer contains Reader.
type board struct {
	*world
	reader, payer, lead access.RoleDetail
	id                  map[string]int64 // of permissions, by key
}

func newBoard(t *testing.T, w *world) *board {
	t.Helper()
	w.ledger(t, "books.read", "books.close", "payments.prepare", "payments.release")
	b := &board{world: w, id: map[string]int64{}}
	b.reader = w.role(t, "Reader", []string{"ledger/books.read"}, nil)
	b.payer = w.role(t, "Payer", []string{"ledger/payments.prepare"}, []string{"ledger.reader"})
	b.lead = w.role(t, "Lead", []string{"ledger/payments.prepare", "ledger/books.close"}, []string{"ledger.payer"})
	all, err := w.e.Permissions(t.Context(), w.Tenant, "")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range all {
		b.id[p.Key] = p.ID
	}
	return b
}

func (b *board) give(role access.RoleDetail, permission string) access.CellChange {
	return access.CellChange{RoleID: role.ID, PermissionID: b.id[permission], Give: true}
}

func (b *board) take(role access.RoleDetail, permission string) access.CellChange {
	return access.CellChange{RoleID: role.ID, PermissionID: b.id[permission]}
}

// changes is input as somebody sends it who read the first version of all roles.
func (b *board) changes(list ...access.CellChange) access.MatrixInput {
	in := access.MatrixInput{Changes: list, Versions: map[int64]int64{}, Reason: why}
	for _, c := range list {
		in.Versions[c.RoleID] = 1
	}
	return in
}

func (b *board) edit(t *testing.T, in access.MatrixInput) error {
	t.Helper()
	_, err := b.e.EditMatrix(t.Context(), b.Actor(), in)
	return err
}

// draw writes a matrix as text: own X, both +, through another its name, none a dot.
func draw(m access.Matrix) string {
	var lines []string
	for _, row := range m.Rows {
		line := row.Key
		for _, c := range row.Cells {
			switch {
			case c.Own && len(c.Via) > 0:
				line += " +" + names(c.Via)
			case c.Own:
				line += " X"
			case c.Given():
				line += " " + strings.ReplaceAll(names(c.Via), ", ", ">")
			default:
				line += " ."
			}
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

func (b *board) matrix(t *testing.T, f access.MatrixFilter) access.Matrix {
	t.Helper()
	m, err := b.e.Matrix(t.Context(), b.Tenant, f)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestMatrix(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := newBoard(t, w)
		m := b.matrix(t, access.MatrixFilter{Application: "ledger"})
		want := "books.close X . .\nbooks.read Payer>Reader Reader X\npayments.prepare +Payer X .\npayments.release . . ."
		if diff := cmp.Diff(want, draw(m)); diff != "" || m.Application.Name != "Ledger" || m.All != 4 {
			t.Fatalf("matrix of %s, %d (-want +got):\n%s", m.Application.Name, m.All, diff)
		}
		m = b.matrix(t, access.MatrixFilter{Application: "ledger", Roles: []string{"ledger.reader", "no.role", "ledger.lead", "ledger.reader"}, Search: "BOOKS"})
		if diff := cmp.Diff("books.close . X\nbooks.read X Payer>Reader", draw(m)); diff != "" || len(m.Missing) != 2 || m.Missing[0] != "no.role" {
			t.Fatalf("missing %v (-want +got):\n%s", m.Missing, diff)
		}
		m = b.matrix(t, access.MatrixFilter{Roles: []string{"ledger.payer", "ledger.reader"}, Differences: true})
		if diff := cmp.Diff("payments.prepare X .", draw(m)); diff != "" || m.All != 2 {
			t.Fatalf("differences of %d (-want +got):\n%s", m.All, diff)
		}
		if _, err := w.e.Matrix(t.Context(), w.Tenant, access.MatrixFilter{Application: "nowhere"}); !errs.Is(err, errs.NotFound) {
			t.Fatalf("an unknown application: %v", err)
		}
		if m := b.matrix(t, access.MatrixFilter{}); len(m.Roles)+len(m.Rows) != 0 {
			t.Fatalf("nothing asked, got %+v", m)
		}
		if m := b.matrix(t, access.MatrixFilter{Application: "ledger", Search: "100%"}); len(m.Rows) != 0 {
			t.Fatalf("a search is taken literally, got %s", draw(m))
		}
	})
}

func TestMatrixShowsTwelveRolesAndSaysHowManyMore(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := newBoard(t, w)
		var wanted []string
		for i := range 14 {
			wanted = append(wanted, w.role(t, fmt.Sprintf("Role %02d", i), nil, nil).Key)
		}
		if m := b.matrix(t, access.MatrixFilter{Application: "ledger"}); len(m.Roles) != access.MatrixRoles || m.Roles[0].Name != "Lead" {
			t.Fatalf("%d roles, the first is %s", len(m.Roles), m.Roles[0].Name)
		}
		m := b.matrix(t, access.MatrixFilter{Application: "ledger", Roles: wanted})
		if len(m.Roles) != access.MatrixRoles || m.Left != 2 || m.Roles[11].Name != "Role 11" {
			t.Fatalf("%d roles, %d left", len(m.Roles), m.Left)
		}
	})
}

func TestMatrixCountsWhoHoldsBoth(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := newBoard(t, w)
		other := w.role(t, "Other", nil, nil)
		elif, jonas := w.user(t, "Elif Kaya"), w.user(t, "Jonas Weber")
		w.holds(t, elif, "ledger.payer", other.Key) // Reader through Payer
		w.holds(t, jonas, "ledger.reader")
		w.holds(t, w.user(t, "Hana Sato"), other.Key)
		for _, pair := range [][]string{{"ledger.reader", other.Key}, {other.Key, "ledger.reader"}} {
			if m := b.matrix(t, access.MatrixFilter{Roles: pair}); m.Both != (access.PeopleCount{N: 1}) {
				t.Fatalf("%v: %+v", pair, m.Both)
			}
		}
		w.Clock.Advance(day)
		if m := b.matrix(t, access.MatrixFilter{Roles: []string{"ledger.reader", "ledger.payer"}}); m.Both.N != 1 {
			t.Fatalf("who holds Payer holds Reader: %+v", m.Both)
		}
	})
}

// holds gives somebody several roles.
func (w *world) holds(t *testing.T, user int64, roles ...string) {
	t.Helper()
	for _, role := range roles {
		w.give(t, user, role)
	}
}
