package access_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/models"
)

// told gives what a person holds as lines a person can read.
func (w *world) told(t *testing.T, user int64) []string {
	t.Helper()
	held, err := w.e.Held(t.Context(), w.Tenant, user)
	if err != nil {
		t.Fatalf("Held: %v", err)
	}
	var out []string
	for _, h := range held {
		for _, p := range h.Paths {
			out = append(out, fmt.Sprintf("%s (%s) <= %s (%s)", h.Role.Name, h.State, p.Why(), p.State))
		}
		if h.MorePaths > 0 {
			out = append(out, fmt.Sprintf("%s: %d more", h.Role.Name, h.MorePaths))
		}
	}
	return out
}

func TestHeldTellsEveryPath(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.ledger(t)
		w.role(t, "Clerk", nil, nil)
		w.roleOf(t, access.RoleInput{Name: "Approver", Privileged: true, Children: []string{"ledger.clerk"}})
		w.role(t, "Lead", nil, []string{"ledger.approver", "ledger.clerk"})
		elif := w.user(t, "Elif Kaya")
		w.giveUntil(t, elif, "ledger.clerk", 0, w.in(time.Hour))
		w.give(t, elif, "ledger.lead")
		w.giveUntil(t, elif, models.RoleManager, w.in(day), 0)
		w.giveUntil(t, elif, models.RoleEmployee, 0, w.in(time.Hour))
		w.signIn(t, access.ClaimInput{UserID: elif, Provider: "keycloak", Roles: []access.ClaimRole{group("ledger.clerk", "clerks")}})
		w.Clock.Advance(time.Hour)
		want := []string{
			"Approver (now) <= Lead ← Test (now)",
			"Clerk (now) <= groups clerks at keycloak (now)",
			"Clerk (now) <= Lead ← Test (now)",
			"Clerk (now) <= Approver ← Lead ← Test (now)",
			"Clerk (now) <= Test (expired)",
			"Lead (now) <= Test (now)",
			"Manager (future) <= Test (future)",
			"Employee (expired) <= Test (expired)",
		}
		if diff := cmp.Diff(want, w.told(t, elif)); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
		held, err := w.e.Held(t.Context(), w.Tenant, elif)
		if err != nil {
			t.Fatal(err)
		}
		p := held[1].Paths[0]
		claim, ok := p.Claim()
		if !ok || claim != (access.ClaimSource{Provider: "keycloak", Claim: "groups", Value: "clerks"}) {
			t.Fatalf("claim = %+v", claim)
		}
		if lead := held[2].Paths[0]; !lead.Removable || lead.Reason != why || held[2].Application != "ledger" || held[2].Sentence != "Do what Lead does" {
			t.Fatalf("Lead = %+v", held[2])
		}
		if held[0].Paths[0].Removable {
			t.Fatal("an inherited role is offered for removal")
		}
	})
}

func TestEffectiveTellsEveryPath(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.ledger(t, "post", "pay")
		w.role(t, "Clerk", []string{"ledger/post"}, nil)
		w.role(t, "Lead", []string{"ledger/pay", "ledger/post", "rollcall/users.read"}, []string{"ledger.clerk"})
		elif := w.user(t, "Elif Kaya")
		w.give(t, elif, "ledger.lead")
		w.giveUntil(t, elif, models.RoleHelpdesk, w.in(day), 0)
		got, err := w.e.Effective(t.Context(), w.Tenant, elif)
		if err != nil {
			t.Fatal(err)
		}
		var told []string
		for _, p := range got {
			for _, path := range p.Paths {
				told = append(told, p.Code()+" <= "+path.Why())
			}
		}
		want := []string{
			"ledger/pay <= Lead ← Test",
			"ledger/post <= Lead ← Test",
			"ledger/post <= Clerk ← Lead ← Test",
			"rollcall/users.read <= Lead ← Test",
		}
		if diff := cmp.Diff(want, told); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
		if none, err := w.e.Effective(t.Context(), w.Tenant, w.user(t, "Jonas Weber")); err != nil || len(none) != 0 {
			t.Fatalf("nothing held: %v, %v", none, err)
		}
	})
}

func TestRolesOfOnePage(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.ledger(t)
		w.roleOf(t, access.RoleInput{Name: "Zeta", Privileged: true})
		elif, ilse, jonas := w.user(t, "Elif Kaya"), w.user(t, "Ilse Maas"), w.user(t, "Jonas Weber")
		w.give(t, elif, models.RoleHelpdesk)
		w.give(t, elif, "ledger.zeta")
		w.signIn(t, access.ClaimInput{UserID: elif, Provider: "okta", Roles: []access.ClaimRole{group(models.RoleHelpdesk, "x")}})
		w.give(t, ilse, models.RoleManager)
		w.giveUntil(t, jonas, models.RoleManager, w.in(day), 0)
		got, err := w.e.RolesOf(t.Context(), w.Tenant, []int64{elif, ilse, jonas})
		if err != nil {
			t.Fatal(err)
		}
		if names(got[elif]) != "Zeta, Helpdesk" || names(got[ilse]) != "Manager" || len(got[jonas]) != 0 {
			t.Fatalf("roles = %v", got)
		}
		if none, err := w.e.RolesOf(t.Context(), w.Tenant, nil); err != nil || len(none) != 0 {
			t.Fatalf("nobody asked for: %v, %v", none, err)
		}
	})
}

func TestContainingAndPrivileged(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.ledger(t)
		low := w.roleOf(t, access.RoleInput{Name: "Low", Privileged: true})
		mid := w.role(t, "Mid", nil, []string{low.Key})
		top := w.role(t, "Top", nil, []string{mid.Key})
		w.role(t, "Other", nil, nil)
		admin, err := w.e.Role(t.Context(), w.Tenant, models.RoleAdmin)
		if err != nil {
			t.Fatal(err)
		}
		over, err := w.e.ContainingRoles(t.Context(), w.Tenant, mid.ID)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]int64{mid.ID, top.ID}, over); diff != "" {
			t.Fatalf("containing (-want +got):\n%s", diff)
		}
		privileged, err := w.e.PrivilegedRoleIDs(t.Context(), w.Tenant)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]int64{admin.ID, low.ID, mid.ID, top.ID}, privileged); diff != "" {
			t.Fatalf("privileged (-want +got):\n%s", diff)
		}
		d, err := w.e.Role(t.Context(), w.Tenant, mid.Key)
		if err != nil || names(d.Children) != "Low" || names(d.Parents) != "Top" || !d.Reaches || d.Privileged {
			t.Fatalf("Mid = %+v, %v", d, err)
		}
	})
}

// A ladder of diamonds has 2^20 paths; the answer stays small and says so.
func TestManyPathsAreCutAndCounted(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.ledger(t)
		bottom := w.role(t, "Bottom", nil, nil).Key
		for i := range 10 {
			left := w.role(t, fmt.Sprintf("L%d", i), nil, []string{bottom}).Key
			right := w.role(t, fmt.Sprintf("R%d", i), nil, []string{bottom}).Key
			bottom = w.role(t, fmt.Sprintf("T%d", i), nil, []string{left, right}).Key
		}
		elif := w.user(t, "Elif Kaya")
		w.give(t, elif, bottom)
		for _, line := range w.told(t, elif) {
			if strings.HasPrefix(line, "Bottom: ") {
				return
			}
		}
		t.Fatal("nothing says that there are more paths")
	})
}

func TestAssignmentForItsPage(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		v := w.give(t, w.user(t, "Elif Kaya"), models.RoleHelpdesk)
		got, err := w.e.Assignment(t.Context(), w.Tenant, v.ID)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(v, got); diff != "" {
			t.Fatalf("(-given +read):\n%s", diff)
		}
		_, err = w.e.Assignment(t.Context(), w.Tenant, v.ID+1)
		refused(t, err, errs.NotFound)
		_, err = w.e.AfterRemoval(t.Context(), w.Tenant, v.ID+1)
		refused(t, err, errs.NotFound)
	})
}
