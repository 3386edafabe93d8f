package access_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// many gives roles by claims and says what came of it.
func (w *world) giveMany(t *testing.T, in access.ManyClaims) (out access.ManyGiven) {
	t.Helper()
	w.write(t, func(ctx context.Context, tx *store.Tx) (err error) {
		out, err = w.e.GiveFromClaims(ctx, tx, in)
		return err
	})
	return out
}

func (w *world) takeMany(t *testing.T, lost []access.Losing) (out []access.TakenRole) {
	t.Helper()
	ids := make([]int64, len(lost))
	for i, l := range lost {
		ids[i] = l.AssignmentID
	}
	w.write(t, func(ctx context.Context, tx *store.Tx) (err error) {
		out, err = w.e.TakeFromClaims(ctx, tx, ids)
		return err
	})
	return out
}

func claim(role, group string) access.ClaimRole {
	return access.ClaimRole{RoleKey: role, Claim: access.DirectoryGroup, Value: group}
}

func TestGiveFromClaims(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.ledger(t)
		clerk := w.roleOf(t, access.RoleInput{Name: "Clerk"})
		short := w.roleOf(t, access.RoleInput{Name: "Short", MaxDays: 7})
		roles := map[int64][]access.ClaimRole{}
		var people []int64
		for i := range 30 {
			id := w.user(t, fmt.Sprintf("Person %d", i))
			people = append(people, id)
			roles[id] = []access.ClaimRole{claim(clerk.Key, "clerks"), claim(clerk.Key, "clerks"), claim("nobody.made", "x")}
		}
		gone := w.userOf(t, "Gone", models.Deactivated)
		roles[gone] = []access.ClaimRole{claim(clerk.Key, "clerks")}
		roles[people[0]] = append(roles[people[0]], claim(short.Key, "temps"))
		rules := []access.ClaimRole{claim(clerk.Key, "clerks"), claim(short.Key, "temps"), claim("nobody.made", "x")}
		groups := []string{access.DirectoryGroup}
		out := w.giveMany(t, access.ManyClaims{Provider: "keycloak", Claims: groups, Rules: rules, Roles: roles})
		if out.Added != 31 || len(out.Losing) != 0 || !slices.Equal(out.UnknownRoles, []string{"nobody.made"}) {
			t.Fatalf("%+v", out)
		}
		if out = w.giveMany(t, access.ManyClaims{Provider: "keycloak", Claims: groups, Rules: rules, Roles: roles}); out.Added != 0 || len(out.Losing) != 0 {
			t.Errorf("again: %+v", out)
		}
		w.Clock.Advance(3 * 24 * time.Hour)
		roles[people[1]] = nil
		delete(roles, people[2]) // not said
		out = w.giveMany(t, access.ManyClaims{Provider: "keycloak", Claims: groups, Rules: rules, Roles: roles})
		if len(out.Losing) != 1 || out.Losing[0].UserID != people[1] || out.Losing[0].Role.Key != clerk.Key {
			t.Fatalf("%+v", out)
		}
		held, err := w.e.Held(t.Context(), w.Tenant, people[0])
		if err != nil || len(held) != 2 || !slices.ContainsFunc(held, func(h access.HeldRole) bool {
			return h.Role.Key == short.Key && h.Paths[0].Until == w.Store.Now().Add(7*24*time.Hour)
		}) {
			t.Errorf("the end of a short role is not confirmed: %+v, %v", held, err)
		}
		if other := w.giveMany(t, access.ManyClaims{Provider: "keycloak", Claims: []string{access.DirectoryRole}, Rules: rules, Roles: map[int64][]access.ClaimRole{people[3]: nil}}); len(other.Losing) != 0 {
			t.Errorf("a claim that is not decided takes %+v", other.Losing)
		}
		if other := w.giveMany(t, access.ManyClaims{Provider: "entra", Claims: groups, Rules: rules, Roles: map[int64][]access.ClaimRole{people[3]: nil}}); len(other.Losing) != 0 {
			t.Errorf("another provider takes %+v", other.Losing)
		}
		if taken := w.takeMany(t, out.Losing); len(taken) != 1 || taken[0].Kept != "" || taken[0].UserID != people[1] {
			t.Errorf("%+v", taken)
		}
		if taken := w.takeMany(t, out.Losing); len(taken) != 0 {
			t.Errorf("what is gone is taken again: %+v", taken)
		}
		if held, err := w.e.Held(t.Context(), w.Tenant, people[1]); err != nil || len(held) != 0 {
			t.Errorf("%+v, %v", held, err)
		}
	})
}

// The last admin keeps the role whatever the source says; everybody else in the
// same set loses theirs.
func TestTakeFromClaimsKeepsLastAdmin(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.ledger(t)
		clerk := w.roleOf(t, access.RoleInput{Name: "Clerk"})
		admin, other := w.user(t, "Admin"), w.user(t, "Other")
		all := map[int64][]access.ClaimRole{admin: {claim(models.RoleAdmin, "admins")}, other: {claim(clerk.Key, "clerks")}}
		rules, groups := []access.ClaimRole{claim(models.RoleAdmin, "admins"), claim(clerk.Key, "clerks")}, []string{access.DirectoryGroup}
		w.giveMany(t, access.ManyClaims{Provider: "keycloak", Claims: groups, Rules: rules, Roles: all})
		out := w.giveMany(t, access.ManyClaims{Provider: "keycloak", Claims: groups, Rules: rules, Roles: map[int64][]access.ClaimRole{admin: nil, other: nil}})
		taken := w.takeMany(t, out.Losing)
		if len(taken) != 2 {
			t.Fatalf("%+v", taken)
		}
		for _, one := range taken {
			if kept := one.UserID == admin; kept != (one.Kept != "") {
				t.Errorf("%+v", one)
			}
		}
	})
}

func TestPrivilegedAndHeldOtherwise(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.ledger(t)
		pay := w.roleOf(t, access.RoleInput{Name: "Payment approver", Privileged: true})
		lead := w.roleOf(t, access.RoleInput{Name: "Finance lead", Children: []string{pay.Key}})
		first, second, third := w.user(t, "First"), w.user(t, "Second"), w.user(t, "Third")
		w.give(t, first, lead.Key)
		w.giveMany(t, access.ManyClaims{
			Provider: "keycloak", Claims: []string{access.DirectoryGroup}, Rules: []access.ClaimRole{claim(pay.Key, "payers")},
			Roles: map[int64][]access.ClaimRole{second: {claim(pay.Key, "payers")}},
		})
		people := []int64{first, second, third}
		privileged, err := w.e.PrivilegedAmong(t.Context(), w.Store.Read(w.Tenant), people)
		if err != nil || !privileged[first] || !privileged[second] || privileged[third] {
			t.Errorf("%v, %v", privileged, err)
		}
		held, err := w.e.HeldOtherwise(t.Context(), w.Store.Read(w.Tenant), "keycloak", people, []string{lead.Key, pay.Key, "none"})
		if err != nil || len(held) != 1 || held[0].UserID != first || held[0].Role.Key != lead.Key {
			t.Errorf("%+v, %v", held, err)
		}
	})
}

// What signing in gave by a rule goes with the group as soon as the directory is
// read, and a sign-in takes nothing of what the directory gave.
func TestDirectoryAndSignIn(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.ledger(t)
		clerk, other := w.roleOf(t, access.RoleInput{Name: "Clerk"}), w.roleOf(t, access.RoleInput{Name: "Other"})
		id := w.user(t, "Amara")
		signIn := func(roles ...access.ClaimRole) (out access.ClaimResult) {
			w.write(t, func(ctx context.Context, tx *store.Tx) (err error) {
				out, err = w.e.AssignFromClaims(ctx, tx, access.ClaimInput{UserID: id, Provider: "keycloak", Roles: roles})
				return err
			})
			return out
		}
		read := func(roles ...access.ClaimRole) access.ManyGiven {
			return w.giveMany(t, access.ManyClaims{
				Provider: "keycloak", Claims: []string{access.DirectoryGroup}, Rules: []access.ClaimRole{claim(clerk.Key, "clerks")},
				Roles: map[int64][]access.ClaimRole{id: roles},
			})
		}
		signIn(access.ClaimRole{RoleKey: clerk.Key, Claim: "groups", Value: "clerks"}, access.ClaimRole{RoleKey: other.Key, Claim: "groups", Value: "others"})
		if out := read(claim(clerk.Key, "clerks")); out.Added != 1 || len(out.Losing) != 0 {
			t.Fatalf("%+v", out)
		}
		if out := signIn(access.ClaimRole{RoleKey: other.Key, Claim: "groups", Value: "others"}); len(out.Removed) != 1 {
			t.Errorf("a sign-in without the group takes %+v", out.Removed)
		}
		signIn(access.ClaimRole{RoleKey: clerk.Key, Claim: "groups", Value: "clerks"}, access.ClaimRole{RoleKey: other.Key, Claim: "groups", Value: "others"})
		out := read()
		if len(out.Losing) != 2 || out.Losing[0].Role.Key != clerk.Key || out.Losing[1].Role.Key != clerk.Key {
			t.Errorf("%+v", out)
		}
	})
}
