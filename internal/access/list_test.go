package access_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/models"
)

func (w *world) list(t *testing.T, f access.RoleFilter) access.RolePage {
	t.Helper()
	page, err := w.e.ListRoles(t.Context(), w.Tenant, f)
	if err != nil {
		t.Fatalf("ListRoles: %v", err)
	}
	return page
}

func TestListRolesPagesOverAll(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.ledger(t)
		for range 3 {
			for _, name := range []string{"Same", "other", "Ümlaut"} { // equal names must not lose a row at a page's end
				w.role(t, name, nil, nil)
			}
		}
		var got []string
		var pages int
		for f := (access.RoleFilter{Limit: 2}); ; pages++ {
			page := w.list(t, f)
			for _, row := range page.Rows {
				got = append(got, row.Name)
			}
			if f.After = page.Next; f.After == "" {
				break
			}
		}
		want := []string{"Admin", "Auditor", "Employee", "Helpdesk", "Manager", "Same", "Same", "Same", "other", "other", "other", "Ümlaut", "Ümlaut", "Ümlaut"}
		if diff := cmp.Diff(want, got); diff != "" || pages != 6 {
			t.Fatalf("%d pages (-want +got):\n%s", pages, diff)
		}
		_, err := w.e.ListRoles(t.Context(), w.Tenant, access.RoleFilter{After: "no cursor"})
		refused(t, err, errs.Invalid)
	})
}

func TestListRolesFilters(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.ledger(t)
		w.roleOf(t, access.RoleInput{Name: "Payer 100%", Privileged: true})
		w.role(t, "Wrap", nil, []string{"ledger.payer-100"})
		cases := []struct {
			name, want string
			f          access.RoleFilter
		}{
			{"by application", "Payer 100% Wrap", access.RoleFilter{Application: "ledger"}},
			{"by application unknown", "", access.RoleFilter{Application: "nowhere"}},
			{"privileged, also by containing", "Admin Payer 100% Wrap", access.RoleFilter{Privileged: true}},
			{"any part of the name, any case", "Payer 100%", access.RoleFilter{Search: " AYE "}},
			{"a key", "Wrap", access.RoleFilter{Search: "ledger.wrap"}},
			{"the sentence", "Auditor", access.RoleFilter{Search: "change nothing"}},
			{"a percent sign is itself", "Payer 100%", access.RoleFilter{Search: "0%"}},
			{"an underscore is itself", "", access.RoleFilter{Search: "_"}},
			{"a quote", "", access.RoleFilter{Search: "'"}},
		}
		for _, c := range cases {
			var got []string
			for _, row := range w.list(t, c.f).Rows {
				got = append(got, row.Name)
			}
			t.Run(c.name, func(t *testing.T) {
				if strings.Join(got, " ") != c.want {
					t.Fatalf("got %q, want %q", strings.Join(got, " "), c.want)
				}
			})
		}
	})
}

func TestListRolesCountsPeople(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.ledger(t)
		w.role(t, "Clerk", nil, nil)
		w.role(t, "Lead", nil, []string{"ledger.clerk"})
		elif := w.user(t, "Elif Kaya")
		w.give(t, elif, "ledger.clerk")
		w.signIn(t, access.ClaimInput{UserID: elif, Provider: "okta", Roles: []access.ClaimRole{group("ledger.clerk", "x")}})
		w.give(t, elif, "ledger.lead")
		w.give(t, w.user(t, "Ilse Maas"), "ledger.lead")
		w.giveUntil(t, w.user(t, "Jonas Weber"), "ledger.clerk", w.in(day), 0)
		for _, row := range w.list(t, access.RoleFilter{Application: "ledger"}).Rows {
			want := map[string][2]int{"Clerk": {1, 2}, "Lead": {2, 2}}[row.Name]
			if row.Direct != want[0] || row.Holders != want[1] {
				t.Errorf("%s: direct %d, holders %d; want %v", row.Name, row.Direct, row.Holders, want)
			}
		}
		for _, row := range w.list(t, access.RoleFilter{Application: "ledger", Uncounted: true}).Rows {
			if row.Direct != 0 || row.Holders != 0 || row.Application.Key != "ledger" {
				t.Errorf("%s uncounted: direct %d, holders %d, application %q", row.Name, row.Direct, row.Holders, row.Application.Key)
			}
		}
	})
}

func TestGrantable(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for _, row := range w.list(t, access.RoleFilter{}).Rows {
			can := models.RolesAssign | models.TeamRead | models.AuditReadOwn
			if got, want := row.Grantable(can), row.Key == models.RoleManager || row.Key == models.RoleEmployee; got != want {
				t.Errorf("%s: grantable %v, want %v", row.Name, got, want)
			}
			if !row.Grantable(models.AllPermissions) || row.Grantable(0) {
				t.Errorf("%s: by all or none", row.Name)
			}
		}
	})
}

func TestHoldersPagesByNameWithPaths(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.ledger(t)
		w.role(t, "Clerk", nil, nil)
		w.role(t, "Lead", nil, []string{"ledger.clerk"})
		var want []string
		for i := range 7 {
			name := fmt.Sprintf("Person %c", 'G'-i)
			user := w.user(t, name)
			role, path := "ledger.clerk", "Test"
			if i%2 == 0 {
				role, path = "ledger.lead", "Lead ← Test"
			}
			w.give(t, user, role)
			want = append(want, name+": "+path)
		}
		w.giveUntil(t, w.user(t, "Not yet"), "ledger.clerk", w.in(day), 0)
		slices.Sort(want)
		var got []string
		for f := (access.HolderFilter{Limit: 3}); ; {
			page, err := w.e.Holders(t.Context(), w.Tenant, "ledger.clerk", f)
			if err != nil {
				t.Fatal(err)
			}
			for _, h := range page.Rows {
				got = append(got, h.User.Name+": "+h.Paths[0].Why())
			}
			if f.After = page.Next; f.After == "" {
				break
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
		_, err := w.e.Holders(t.Context(), w.Tenant, "no.role", access.HolderFilter{})
		refused(t, err, errs.NotFound)
	})
}

func TestManyHoldersAreCappedAndPaged(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var rows []access.LoadRow
		for i := range 2_005 {
			rows = append(rows, access.LoadRow{UserID: w.bare(t, i), RoleKey: models.RoleEmployee})
		}
		if _, err := w.e.Load(t.Context(), w.Actor(), rows); err != nil {
			t.Fatal(err)
		}
		seen := 0
		for f := (access.HolderFilter{Limit: 200}); ; {
			page, err := w.e.Holders(t.Context(), w.Tenant, models.RoleEmployee, f)
			if err != nil {
				t.Fatal(err)
			}
			for _, h := range page.Rows {
				if want := fmt.Sprintf("p%05d", seen); h.User.Name != want || len(h.Paths) != 1 {
					t.Fatalf("row %d = %+v, want %s", seen, h, want)
				}
				seen++
			}
			if f.After = page.Next; f.After == "" {
				break
			}
		}
		if seen != len(rows) {
			t.Fatalf("saw %d of %d", seen, len(rows))
		}
	})
}
