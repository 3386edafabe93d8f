package operation_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/offboard/operation"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// give gives somebody a role by a path, without an end.
func (s *site) give(a models.Actor, role string, source models.Source) {
	s.t.Helper()
	row := access.LoadRow{UserID: a.UserID, RoleKey: role, Source: source, Until: models.Forever, GrantedBy: "Test"}
	if source == models.SourceClaim {
		row.SourceRef = system + "/groups=" + role
	}
	if _, err := s.access.Load(s.t.Context(), models.SystemActor(s.tenant, "Test"), []access.LoadRow{row}); err != nil {
		s.t.Fatal(err)
	}
}

// standing is everything about people that an undo has to bring back: their rows
// but for the counters of changes, roles, identities, attributes, accounts, and
// how they stand at the provider.
func (s *site) standing(people []models.Actor) map[string]string {
	s.t.Helper()
	all := map[string]string{}
	ids := make([]int64, len(people))
	for i, p := range people {
		ids[i] = p.UserID
		account, err := s.kc.ReadPerson(s.t.Context(), p.Name)
		all["provider "+p.Name] = fmt.Sprint(account.Enabled, err)
	}
	r := s.store.Read(s.tenant)
	var users []models.User
	var roles []models.Assignment
	var identities []models.Identity
	var attributes []models.UserAttribute
	var connectors []models.Connector
	for _, err := range []error{
		r.Select(&connectors).Column("id", "owner_id").Order("id").Limit(100).Scan(s.t.Context()),
		r.Select(&users).Order("id").Limit(100).Scan(s.t.Context()),
		r.Select(&roles).Order("user_id", "role_id", "source").Limit(1000).Scan(s.t.Context()),
		r.Select(&identities).Order("id").Limit(1000).Scan(s.t.Context()),
		r.Select(&attributes).Order("user_id", "attribute").Limit(1000).Scan(s.t.Context()),
	} {
		if err != nil {
			s.t.Fatal(err)
		}
	}
	keep := func(kind string, key any, row any) {
		text, err := json.Marshal(row)
		if err != nil {
			s.t.Fatal(err)
		}
		all[fmt.Sprint(kind, " ", key)] = string(text)
	}
	for _, u := range users {
		u.Version, u.AccessEpoch, u.UpdatedAt, u.UpdatedBy = 0, 0, 0, ""
		keep("person", u.ID, u)
	}
	for _, a := range roles {
		a.ID = 0
		keep("role", fmt.Sprint(a.UserID, a.RoleID, a.Source, a.SourceRef), a)
	}
	for _, c := range connectors {
		keep("owner of connector", c.ID, c.OwnerID)
	}
	for _, i := range identities {
		keep("identity", i.ID, i)
	}
	for _, a := range attributes {
		keep("attribute", fmt.Sprint(a.UserID, a.Attribute), a)
	}
	return all
}

// Deactivated and undone is as before, whatever people were: their status with
// its reason and date, roles by any path, reports, attributes, and the accounts
// at the provider; also when the roles had been removed already.
func TestUndoProperty(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := opened(t, db, func(d *operation.Deps) { d.Chunk = 3 })
		s.tx(func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.Insert(&models.AttributeDefinition{Key: "room", Label: "Room", Kind: models.AttributeText}).Exec(ctx)
			return err
		})
		staff := s.staff(9)
		rapid.Check(t, func(rt *rapid.T) {
			s.shuffle(rt, staff)
			var chosen []models.Actor
			for _, p := range staff {
				if rapid.Bool().Draw(rt, "chosen "+p.Name) {
					chosen = append(chosen, p)
				}
			}
			if len(chosen) == 0 {
				return
			}
			before := s.standing(staff)
			plan := s.plan(s.amara, chosen...)
			for _, p := range chosen { // whoever manages somebody needs a successor
				if s.target(plan, p).Reports > 0 {
					var err error
					if plan, err = s.ops.Settle(t.Context(), s.amara, plan.PublicID, s.id(p), s.id(s.ilse)); err != nil {
						rt.Fatal(err)
					}
				}
			}
			op := s.request(s.amara, plan)
			if op.State == models.OperationWaiting {
				var err error
				if op, err = s.ops.Approve(t.Context(), s.ilse, operation.Decision{ID: op.PublicID, ListHash: op.ListHash, Reason: reason}); err != nil {
					rt.Fatal(err)
				}
			}
			if op = s.work(op, 30); op.Phase != models.PhaseWindow {
				rt.Fatalf("%s %s: %s", op.State, op.Phase, op.Sentence)
			}
			if rapid.Bool().Draw(rt, "removed first") {
				if _, err := s.ops.RemoveNow(t.Context(), s.amara, s.control(op)); err != nil {
					rt.Fatal(err)
				}
				for op = s.get(op); op.RemovedAt == 0; op = s.get(op) {
					if err := s.ops.Drain(t.Context(), s.tenant); err != nil {
						rt.Fatal(err)
					}
				}
			}
			s.undoAll(rt, op, chosen, rapid.Bool().Draw(rt, "one by one"))
			if diff := cmp.Diff(before, s.standing(staff)); diff != "" {
				rt.Fatalf("after the undo (-before +after):\n%s", diff)
			}
			if n := s.count("SELECT COUNT(*) FROM sessions WHERE tenant_id = ?tenant"); n > int64(len(staff)) {
				rt.Errorf("%d sessions came back", n)
			}
		})
	})
}

// undoAll undoes an operation, at once or in two parts.
func (s *site) undoAll(rt *rapid.T, op models.Operation, chosen []models.Actor, parts bool) {
	requests := []operation.UndoRequest{{ID: op.PublicID, All: true, Reason: reason}}
	if parts && len(chosen) > 1 {
		requests = append([]operation.UndoRequest{{ID: op.PublicID, People: []string{s.id(chosen[0])}, Reason: reason}}, requests...)
	}
	for _, in := range requests {
		op, err := s.ops.Undo(s.t.Context(), s.ilse, in)
		if err != nil {
			rt.Fatal(err)
		}
		op = s.work(op, 30)
		if in.All && op.State != models.OperationUndone || !in.All && op.Phase != models.PhaseWindow {
			rt.Fatalf("%s %s: %s", op.State, op.Phase, op.Sentence)
		}
	}
	if n := s.count("SELECT COUNT(*) FROM operation_targets WHERE tenant_id = ?tenant AND operation_id = ? AND included = ? AND state <> ?", op.ID, true, models.TargetUndone); n != 0 {
		rt.Fatalf("%d are not let in", n)
	}
}

// shuffle puts people into random states, roles and reports.
func (s *site) shuffle(rt *rapid.T, staff []models.Actor) {
	now := s.db.Store.Now()
	s.tx(func(ctx context.Context, tx *store.Tx) error {
		for i, p := range staff {
			status := rapid.SampledFrom([]models.Status{models.Active, models.Active, models.Invited, models.Suspended, models.Leaving}).Draw(rt, "status")
			leaving, pending := models.Instant(0), models.Instant(0)
			if status == models.Leaving {
				leaving = now.Add(400 * 24 * time.Hour)
			}
			if status == models.Invited && rapid.Bool().Draw(rt, "pending") {
				pending = now
			}
			manager := int64(0)
			if rapid.Bool().Draw(rt, "managed") && i > 0 {
				manager = staff[rapid.IntRange(0, i-1).Draw(rt, "manager")].UserID
			}
			why := rapid.SampledFrom([]string{"", "as agreed", "Größe ’ \\ 100%"}).Draw(rt, "reason")
			_, err := tx.Update((*models.User)(nil)).Set("status = ?", status).Set("status_reason = ?", why).Set("status_by = ?", "Goran").
				Set("status_since = ?", now.Add(-time.Duration(i)*time.Hour)).Set("leaving_at = ?", leaving).Set("pending_since = ?", pending).
				Set("manager_id = ?", manager).Set("access_epoch = access_epoch + 1").Where("id = ?", p.UserID).Exec(ctx)
			if err != nil {
				return err
			}
			// Whoever may not be in is not let in at the provider either.
			in := status == models.Active || status == models.Leaving
			s.kc.Set(p.Name, func(a *connector.Account) { a.Enabled = in && rapid.IntRange(0, 3).Draw(rt, "enabled") > 0 })
			if _, err := tx.Delete((*models.Assignment)(nil)).Where("user_id = ?", p.UserID).Exec(ctx); err != nil {
				return err
			}
			if _, err := tx.Delete((*models.UserAttribute)(nil)).Where("user_id = ?", p.UserID).Exec(ctx); err != nil {
				return err
			}
			if _, err := tx.Insert(&models.UserAttribute{UserID: p.UserID, Attribute: "room", Value: why, UpdatedAt: now}).Exec(ctx); err != nil {
				return err
			}
		}
		owner := rapid.SampledFrom(staff).Draw(rt, "owner of the connectors")
		_, err := tx.Update((*models.Connector)(nil)).Set("owner_id = ?", owner.UserID).Where("id > 0").Exec(ctx)
		return err
	})
	for _, p := range staff {
		for _, role := range []string{models.RoleEmployee, models.RoleManager} {
			switch rapid.IntRange(0, 3).Draw(rt, "role") {
			case 0:
				s.give(p, role, models.SourceDirect)
			case 1:
				s.give(p, role, models.SourceClaim)
			case 2:
				s.give(p, role, models.SourceDirect)
				s.give(p, role, models.SourceClaim)
			}
		}
	}
}

// Who was changed since is left as they are, with the reason; roles that others
// took away, or whose time ran out, do not come back.
func TestUndoLeavesWhoChanged(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := opened(t, db)
		staff := s.staff(4)
		for _, p := range staff {
			s.give(p, models.RoleEmployee, models.SourceDirect)
		}
		op := s.work(s.cut(staff...), 20)
		s.set(staff[0], "status = ?, status_by = ?", models.Active, "Goran")       // rehired
		s.set(staff[1], "status = ?", models.Removed)                              // merged away
		s.set(staff[2], "status_since = status_since + 1, status_by = ?", "Goran") // in between, and out again
		s.tx(func(ctx context.Context, tx *store.Tx) error {                       // somebody took the role away
			_, err := tx.Delete((*models.Assignment)(nil)).Where("user_id = ?", staff[3].UserID).Exec(ctx)
			return err
		})
		b, err := s.ops.UndoPreview(t.Context(), s.tenant, op, nil)
		if err != nil || b.People != 1 || b.Changed != 3 || len(b.Who) != 3 || b.Taken != 1 || b.Given != 0 || b.Roles != 0 {
			t.Errorf("%+v, %v", b, err)
		}
		if op, err = s.ops.Undo(t.Context(), s.amara, operation.UndoRequest{ID: op.PublicID, All: true, Reason: reason}); err != nil {
			t.Fatal(err)
		}
		op = s.work(op, 10)
		s.want(op, models.OperationUndone, models.PhaseNone)
		for i, want := range []string{"Is Active since then, by Goran.", "Merged or removed since.", "Was let in again and deactivated anew, by Goran."} {
			if got := s.target(op, staff[i]); got.State != models.TargetKept || got.Note != want {
				t.Errorf("%d: %s %q, want %q", i, got.State, got.Note, want)
			}
		}
		if n := s.count("SELECT COUNT(*) FROM assignments WHERE tenant_id = ?tenant AND user_id = ?", staff[3].UserID); n != 0 {
			t.Error("a role that somebody took away came back")
		}
		if acc, _ := s.kc.ReadPerson(t.Context(), staff[3].Name); !acc.Enabled || s.kc.Living(staff[3].Name) != 0 {
			t.Error("the account must be active, without a session of before")
		}
	})
}

func TestUndoRefused(t *testing.T) {
	t.Parallel()
	db := dbtest.One(t, store.SQLite)
	s := opened(t, db)
	staff := s.staff(3)
	op := s.cut(staff...)
	in := operation.UndoRequest{ID: op.PublicID, All: true, Reason: reason}
	if _, err := s.ops.Undo(t.Context(), s.amara, in); !errs.Is(err, errs.Conflict) {
		t.Errorf("while it runs: %v", err)
	}
	op = s.work(op, 10)
	for name, c := range map[string]struct {
		in   operation.UndoRequest
		by   models.Actor
		kind errs.Kind
	}{
		"no reason":  {operation.UndoRequest{ID: op.PublicID, All: true, Reason: "oops"}, s.amara, errs.Invalid},
		"nobody":     {operation.UndoRequest{ID: op.PublicID, Reason: reason}, s.amara, errs.Invalid},
		"others":     {operation.UndoRequest{ID: op.PublicID, People: []string{s.id(s.ilse)}, Reason: reason}, s.amara, errs.Conflict},
		"not theirs": {in, models.Actor{Tenant: s.tenant, Kind: models.ActorUser, UserID: staff[0].UserID, Name: "p000"}, errs.Forbidden},
		"unknown":    {operation.UndoRequest{ID: "nothing", All: true, Reason: reason}, s.amara, errs.NotFound},
	} {
		if _, err := s.ops.Undo(t.Context(), c.by, c.in); !errs.Is(err, c.kind) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got := s.get(op); got.State != models.OperationDone {
		t.Error(got.State)
	}
}

// What somebody owns passes to whoever asked for it, with an event, and comes
// back with the undo unless somebody else was made the owner meanwhile.
func TestOwnedConnectors(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := opened(t, db)
		staff := s.staff(2)
		own := func(owner int64) {
			s.tx(func(ctx context.Context, tx *store.Tx) error {
				_, err := tx.Update((*models.Connector)(nil)).Set("owner_id = ?", owner).Where("id > 0").Exec(ctx)
				return err
			})
		}
		owned := func(by models.Actor) int64 {
			return s.count("SELECT COUNT(*) FROM connectors WHERE tenant_id = ?tenant AND owner_id = ?", by.UserID)
		}
		all := s.count("SELECT COUNT(*) FROM connectors WHERE tenant_id = ?tenant")
		own(staff[0].UserID)
		op := s.work(s.cut(staff...), 10)
		if all == 0 || owned(s.amara) != all || s.events(models.ConnectorEdit) != all {
			t.Fatalf("%d of %d connectors are the requester's, %d events", owned(s.amara), all, s.events(models.ConnectorEdit))
		}
		undo := func() {
			if _, err := s.ops.Undo(t.Context(), s.ilse, operation.UndoRequest{ID: op.PublicID, All: true, Reason: reason}); err != nil {
				t.Fatal(err)
			}
			op = s.work(op, 30)
		}
		undo()
		if owned(staff[0]) != all || s.events(models.ConnectorEdit) != 2*all {
			t.Errorf("%d of %d connectors came back", owned(staff[0]), all)
		}
		op = s.work(s.cut(staff...), 10)
		own(s.ilse.UserID)
		undo()
		if owned(s.ilse) != all {
			t.Error("a later owner was replaced")
		}
	})
}

// What somebody who goes had planned or asked for is cancelled with the cut.
func TestPendingOfLeavers(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := opened(t, db)
		staff := s.staff(3)
		theirs, mine := s.plan(s.ilse, staff[0]), s.plan(s.amara, staff[1])
		s.tx(func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.Update((*models.Operation)(nil)).Set("created_by_id = ?", staff[2].UserID).Where("id = ?", theirs.ID).Exec(ctx)
			return err
		})
		op := s.work(s.cut(staff[2]), 10)
		if got := s.get(theirs); got.State != models.OperationCancelled || !strings.Contains(got.Sentence, op.Code()) {
			t.Errorf("of who left: %s, %q", got.State, got.Sentence)
		}
		if got := s.get(mine); got.State != models.OperationDraft {
			t.Errorf("of who stays: %s", got.State)
		}
	})
}
