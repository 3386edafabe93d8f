package access_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/models"
)

func TestCanActsOnTheVeryNextRequestOfAnotherReplica(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.ledger(t)
		s := w.Replica(t)
		other := access.New(s)
		elif := w.user(t, "Elif Kaya")
		there := func() models.Permission {
			g, err := other.Can(t.Context(), w.ask(t, s, elif))
			if err != nil {
				t.Fatal(err)
			}
			return g.Mask
		}
		reader := w.role(t, "Reader", []string{"rollcall/users.read"}, nil)
		if there() != 0 {
			t.Fatal("holds something already")
		}
		v := w.give(t, elif, reader.Key)
		if there() != models.UsersRead {
			t.Fatal("an assignment made here is not seen there")
		}
		in := inputOf(reader)
		in.Permissions = []string{"rollcall/users.read", "rollcall/users.edit"}
		if _, err := w.e.EditRole(t.Context(), w.Actor(), reader.Key, in); err != nil {
			t.Fatal(err)
		}
		if there() != models.UsersRead|models.UsersEdit {
			t.Fatal("a role edited here is not seen there")
		}
		if _, err := w.e.Unassign(t.Context(), w.Actor(), v.ID, why); err != nil {
			t.Fatal(err)
		}
		if there() != 0 {
			t.Fatal("an assignment taken here still counts there")
		}
	})
}

func TestTimeActsByItself(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		elif := w.user(t, "Elif Kaya")
		w.giveUntil(t, elif, models.RoleHelpdesk, w.in(time.Hour), w.in(2*time.Hour))
		w.giveUntil(t, elif, models.RoleManager, 0, w.in(3*time.Hour))
		steps := []struct {
			advance time.Duration
			roles   string
			until   models.Instant
		}{
			{0, "Manager", w.in(time.Hour)},
			{time.Hour - time.Microsecond, "Manager", w.in(time.Hour)},
			{time.Microsecond, "Helpdesk, Manager", w.in(2 * time.Hour)},
			{time.Hour - time.Microsecond, "Helpdesk, Manager", w.in(2 * time.Hour)},
			{time.Microsecond, "Manager", w.in(3 * time.Hour)},
			{time.Hour, "", models.Forever},
		}
		for i, s := range steps {
			w.Clock.Advance(s.advance)
			g := w.grant(t, w.e, elif)
			if names(g.Roles) != s.roles || g.Until != s.until {
				t.Fatalf("step %d: %q until %v, want %q until %v", i, names(g.Roles), g.Until.Time(), s.roles, s.until.Time())
			}
			if wants := s.roles == ""; (g.Mask == 0) != wants {
				t.Fatalf("step %d: mask %b", i, g.Mask)
			}
		}
	})
}

// A clock that is set back must not keep what began later.
func TestAClockSetBack(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		elif := w.user(t, "Elif Kaya")
		w.giveUntil(t, elif, models.RoleHelpdesk, w.in(time.Hour), 0)
		w.Clock.Advance(2 * time.Hour)
		if g := w.grant(t, w.e, elif); g.Mask == 0 {
			t.Fatal("did not begin")
		}
		w.Clock.Advance(-90 * time.Minute)
		if g := w.grant(t, w.e, elif); g.Mask != 0 {
			t.Fatal("counts before it begins")
		}
	})
}

func TestCanAnswersFromMemory(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		elif := w.user(t, "Elif Kaya")
		w.give(t, elif, models.RoleHelpdesk)
		ask := w.ask(t, w.Store, elif)
		first, err := w.e.Can(t.Context(), ask)
		if err != nil {
			t.Fatal(err)
		}
		gone, cancel := context.WithCancel(t.Context())
		cancel() // a query would fail now
		again, err := w.e.Can(gone, ask)
		if err != nil || again.Mask != first.Mask {
			t.Fatalf("Can = %+v, %v", again, err)
		}
		ask.Epoch++
		if _, err := w.e.Can(gone, ask); err == nil {
			t.Fatal("an answer for an epoch nobody read")
		}
	})
}

func TestCanFromManyGoroutinesWhileRolesChange(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.ledger(t)
		role := w.role(t, "Reader", []string{"rollcall/users.read"}, nil)
		elif := w.user(t, "Elif Kaya")
		w.give(t, elif, role.Key)
		stop := make(chan struct{})
		var readers sync.WaitGroup
		for range 4 {
			readers.Go(func() {
				for {
					select {
					case <-stop:
						return
					default:
					}
					if g := w.grant(t, w.e, elif); !g.Mask.Has(models.UsersRead) {
						t.Error("lost what no edit took")
						return
					}
				}
			})
		}
		for i := range 6 {
			in := inputOf(role)
			in.Permissions = []string{"rollcall/users.read"}
			if i%2 == 0 {
				in.Permissions = append(in.Permissions, "rollcall/users.edit")
			}
			d, err := w.e.EditRole(t.Context(), w.Actor(), role.Key, in)
			if err != nil {
				t.Fatal(err)
			}
			role = d
			if g := w.grant(t, w.e, elif); g.Mask.Has(models.UsersEdit) != (i%2 == 0) {
				t.Fatalf("edit %d: mask %b", i, g.Mask)
			}
		}
		close(stop)
		readers.Wait()
	})
}

func TestLoadWritesChunksWithOneEventEach(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var rows []access.LoadRow
		users := make([]int64, 3)
		for i := range users {
			users[i] = w.user(t, "Person "+string(rune('A'+i)))
		}
		for i := range 2_300 { // the same role by many claims
			rows = append(rows, access.LoadRow{
				UserID: users[i%3], RoleKey: models.RoleEmployee, Source: models.SourceClaim, SourceRef: "k/g=" + string(rune(0x4e00+i)),
			})
		}
		rows[0] = access.LoadRow{UserID: users[0], RoleKey: models.RoleHelpdesk, Reason: why, GrantedBy: "Ilse Maas"}
		n, err := w.e.Load(t.Context(), w.Actor(), rows)
		if err != nil || n != len(rows) {
			t.Fatalf("Load = %d, %v", n, err)
		}
		got := w.log(t, models.Seeded)
		if len(got) != 3 || got[0].Target != "tenant Northwind Group" || got[0].After[models.RoleHelpdesk] != 1.0 || got[0].After[models.RoleEmployee] != 999.0 {
			t.Fatalf("events = %+v", got)
		}
		if g := w.grant(t, w.e, users[0]); names(g.Roles) != "Employee, Helpdesk" {
			t.Fatalf("roles = %s", names(g.Roles))
		}
		if _, err := w.e.Load(t.Context(), w.as(t, users[0], "Person A"), rows[:1]); err == nil {
			t.Fatal("a person may load")
		}
		if _, err := w.e.Load(t.Context(), w.Actor(), []access.LoadRow{{UserID: users[0], RoleKey: "no.role"}}); err == nil {
			t.Fatal("an unknown role was taken")
		}
	})
}

func TestSweepOfTwoReplicasRecordsEachOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		elif, jonas := w.user(t, "Elif Kaya"), w.user(t, "Jonas Weber")
		w.giveUntil(t, elif, models.RoleHelpdesk, 0, w.in(time.Hour))
		w.giveUntil(t, jonas, models.RoleHelpdesk, 0, w.in(time.Hour))
		w.giveUntil(t, jonas, models.RoleManager, 0, w.in(2*time.Hour))
		if n, err := w.e.SweepExpired(t.Context(), w.Tenant); n != 0 || err != nil {
			t.Fatalf("too early: %d, %v", n, err)
		}
		w.Clock.Advance(time.Hour)
		engines := []*access.Engine{w.e, access.New(w.Replica(t)), access.New(w.Replica(t))}
		counts, fails := make([]int, len(engines)), make([]error, len(engines))
		var done sync.WaitGroup
		for i, e := range engines {
			done.Go(func() { counts[i], fails[i] = e.SweepExpired(t.Context(), w.Tenant) })
		}
		done.Wait()
		if counts[0]+counts[1]+counts[2] != 2 || fails[0] != nil || fails[1] != nil || fails[2] != nil {
			t.Fatalf("swept %v, %v", counts, fails)
		}
		got := w.log(t, models.RoleExpire)
		if len(got) != 2 || got[0].Actor != "Rollcall" || got[0].Object != "role Helpdesk" || got[0].Before["until"] != "2026-11-22T11:42:00Z" {
			t.Fatalf("log = %+v", got)
		}
		if held, err := w.e.Held(t.Context(), w.Tenant, jonas); err != nil || len(held) != 1 || held[0].Role.Name != "Manager" {
			t.Fatalf("held = %+v, %v", held, err)
		}
	})
}

func TestEndingSoon(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		elif, gone := w.user(t, "Elif Kaya"), w.user(t, "Jonas Weber")
		w.giveUntil(t, elif, models.RoleManager, 0, w.in(3*day))
		w.giveUntil(t, elif, models.RoleHelpdesk, 0, w.in(2*day))
		w.giveUntil(t, elif, models.RoleAuditor, 0, w.in(9*day))
		w.give(t, elif, models.RoleEmployee)
		w.giveUntil(t, gone, models.RoleHelpdesk, 0, w.in(day))
		w.sql(t, `UPDATE users SET status = 'deactivated' WHERE tenant_id = ?tenant AND id = ?`, gone)
		page, err := w.e.EndingSoon(t.Context(), w.Tenant, 7*day)
		if err != nil {
			t.Fatal(err)
		}
		if len(page.Rows) != 2 || page.More || page.Rows[0].Role.Name != "Helpdesk" || page.Rows[1].Until != w.in(3*day) || page.Rows[0].User.Name != "Elif Kaya" {
			t.Fatalf("page = %+v", page)
		}
	})
}
