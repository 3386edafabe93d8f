package access_test

import (
	"context"
	"flag"
	"os"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// TestMain keeps the properties short: each of their steps is a transaction.
func TestMain(m *testing.M) {
	if err := flag.Set("rapid.checks", "20"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// stored is all there is to know about access, read row by row.
type stored struct {
	held        map[int64][]models.Permission // role -> what it holds itself
	children    map[int64][]int64
	assignments []models.Assignment
}

func (w *world) stored(t *testing.T) stored {
	t.Helper()
	r, ctx := w.Store.Read(w.Tenant), t.Context()
	s := stored{held: make(map[int64][]models.Permission), children: make(map[int64][]int64)}
	var own []models.RolePermission
	var names []models.AppPermission
	var edges []models.RoleChild
	for _, one := range []any{&own, &names, &edges, &s.assignments} {
		if err := r.Select(one).Limit(100_000).Scan(ctx); err != nil {
			t.Fatalf("read rows: %v", err)
		}
	}
	for _, p := range own {
		for _, n := range names {
			if bit, ok := models.PermissionByKey(n.Key); ok && n.ID == p.PermissionID {
				s.held[p.RoleID] = append(s.held[p.RoleID], bit)
			}
		}
	}
	for _, e := range edges {
		s.children[e.ParentID] = append(s.children[e.ParentID], e.ChildID)
	}
	return s
}

// mask is the definition: what the role holds, and what those it contains give.
func (s stored) mask(role int64) models.Permission {
	var m models.Permission
	for _, p := range s.held[role] {
		m |= p
	}
	for _, child := range s.children[role] {
		m |= s.mask(child)
	}
	return m
}

func (s stored) grant(user int64, now models.Instant) models.Permission {
	var m models.Permission
	for _, a := range s.assignments {
		if a.UserID == user && a.FromAt <= now && now < a.UntilAt {
			m |= s.mask(a.RoleID)
		}
	}
	return m
}

// Whatever happens on two replicas, a request on either decides as the rows of
// the database say; and no role ever contains itself.
func TestDecisionsNeverDisagreeWithTheDatabase(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.ledger(t)
		stores := []*store.Store{w.Store, w.Replica(t)}
		engines := []*access.Engine{w.e, access.New(stores[1])}
		users := []int64{w.user(t, "A"), w.user(t, "B"), w.user(t, "C")}
		roles := []string{models.RoleHelpdesk, models.RoleManager}
		for _, name := range []string{"R1", "R2", "R3", "R4"} {
			roles = append(roles, w.role(t, name, nil, nil).Key)
		}
		rapid.Check(t, func(rt *rapid.T) {
			for range rapid.IntRange(1, 6).Draw(rt, "steps") {
				w.step(t, rt, rapid.SampledFrom(engines).Draw(rt, "replica"), users, roles)
				truth, now := w.stored(t), w.Store.Now()
				for i, e := range engines {
					for _, user := range users {
						g, err := e.Can(t.Context(), w.ask(t, stores[i], user))
						if err != nil {
							rt.Fatal(err)
						}
						if want := truth.grant(user, now); g.Mask != want {
							rt.Fatalf("replica %d says %b for user %d, the rows say %b", i, g.Mask, user, want)
						}
					}
				}
			}
		})
	})
}

// step does one random thing; that a rule refuses it is fine.
func (w *world) step(t *testing.T, rt *rapid.T, e *access.Engine, users []int64, roles []string) {
	t.Helper()
	ctx, actor := t.Context(), w.Actor()
	var err error
	switch rapid.IntRange(0, 6).Draw(rt, "act") {
	case 0, 1:
		in := access.AssignInput{
			UserID: rapid.SampledFrom(users).Draw(rt, "user"), RoleKey: rapid.SampledFrom(roles).Draw(rt, "role"), Reason: why,
			From: w.in(time.Duration(rapid.IntRange(0, 2).Draw(rt, "from")) * time.Hour),
		}
		if hours := rapid.IntRange(0, 4).Draw(rt, "hours"); hours > 0 {
			in.Until = in.From.Add(time.Duration(hours) * time.Hour)
		}
		_, err = e.Assign(ctx, actor, in)
	case 2:
		if all := w.stored(t).assignments; len(all) > 0 {
			_, err = e.Unassign(ctx, actor, rapid.SampledFrom(all).Draw(rt, "assignment").ID, why)
		}
	case 3, 4:
		err = w.editAtRandom(t, rt, e, roles)
	case 5:
		w.Clock.Advance(time.Duration(rapid.IntRange(1, 120).Draw(rt, "minutes")) * time.Minute)
	case 6:
		_, err = e.SweepExpired(ctx, w.Tenant)
	}
	if err != nil && errs.KindOf(err) == errs.Internal {
		rt.Fatal(err)
	}
}

func (w *world) editAtRandom(t *testing.T, rt *rapid.T, e *access.Engine, roles []string) error {
	t.Helper()
	key := rapid.SampledFrom(roles[2:]).Draw(rt, "edited")
	d, err := e.Role(t.Context(), w.Tenant, key)
	if err != nil {
		rt.Fatal(err)
	}
	in := inputOf(d)
	in.Children = rapid.SliceOfDistinct(rapid.SampledFrom(roles), rapid.ID).Draw(rt, "children")
	in.Permissions = nil
	for _, p := range rapid.SliceOfN(rapid.SampledFrom(models.Permissions), 0, 3).Draw(rt, "permissions") {
		in.Permissions = append(in.Permissions, "rollcall/"+p.Key)
	}
	_, err = e.EditRole(t.Context(), w.Actor(), key, in)
	return err
}

// What removal announces is what is lost, and Effective is the sum of its parts.
func TestAfterRemovalKeepsItsWord(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.ledger(t, "a", "b", "c")
		permissions := []string{"ledger/a", "ledger/b", "ledger/c", "rollcall/users.read"}
		rapid.Check(t, func(rt *rapid.T) {
			var keys []string
			for range rapid.IntRange(2, 5).Draw(rt, "roles") { // children come first, so no circle
				held := rapid.SliceOfDistinct(rapid.SampledFrom(permissions), rapid.ID).Draw(rt, "held")
				var children []string
				if len(keys) > 0 {
					children = rapid.SliceOfNDistinct(rapid.SampledFrom(keys), 0, 2, rapid.ID).Draw(rt, "children")
				}
				keys = append(keys, w.role(t, "R", held, children).Key)
			}
			user := w.user(t, "Somebody")
			var given []int64
			for _, key := range rapid.SliceOfNDistinct(rapid.SampledFrom(keys), 1, 3, rapid.ID).Draw(rt, "given") {
				given = append(given, w.give(t, user, key).ID)
			}
			before := w.effective(t, user)
			out, err := w.e.Unassign(context.WithoutCancel(t.Context()), w.Actor(), rapid.SampledFrom(given).Draw(rt, "removed"), why)
			if err != nil {
				rt.Fatal(err)
			}
			after := w.effective(t, user)
			for _, lost := range out.Lost {
				i := slices.Index(before, lost.Code())
				if i < 0 {
					rt.Fatalf("lost %s, which was not held", lost.Code())
				}
				before = slices.Delete(before, i, i+1)
			}
			if !slices.Equal(before, after) {
				rt.Fatalf("kept %v, but should have %v", after, before)
			}
		})
	})
}

func (w *world) effective(t *testing.T, user int64) []string {
	t.Helper()
	all, err := w.e.Effective(t.Context(), w.Tenant, user)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, p := range all {
		out = append(out, p.Code())
	}
	return out
}
