package operation_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/connector/scripted"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/jobs"
	"github.com/rollcall/rollcall/internal/offboard"
	"github.com/rollcall/rollcall/internal/offboard/operation"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// site is a house with a connected system in it, whose steps run.
type site struct {
	*house

	open  *opener
	kc    *scripted.System
	at    int64 // the connector
	amara models.Actor
	ilse  models.Actor
}

// opener opens what a test put there, and keeps health as the product does.
type opener struct {
	store *store.Store

	mu      sync.Mutex
	systems map[int64]connector.System
}

func (o *opener) Open(_ context.Context, _, id int64) (connector.System, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if s := o.systems[id]; s != nil {
		return s, nil
	}
	return nil, errs.New(errs.NotFound, "There is no such connector. Somebody may have deleted it.")
}

func (o *opener) Report(ctx context.Context, tenant, id int64, u connector.Use) {
	health := connector.HealthWorking
	var f *connector.Failure
	if asFailure(u.Err, &f) && f.Kind == connector.FailUnreachable {
		health = connector.HealthUnreachable
	}
	_ = o.store.Maintain(ctx, tenant, store.ConnectorHealth, func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Update((*models.Connector)(nil)).Set("health = ?", health).Where("id = ?", id).Exec(ctx)
		return err
	})
}

// engines are those of a site on a store, as a process holds them.
func engines(h *house, st *store.Store, o *opener, change ...func(*operation.Deps)) {
	h.store = st
	h.people = directory.New(st)
	h.jobs = jobs.New(st, jobs.Options{Idle: 5 * time.Millisecond})
	off := offboard.New(offboard.Deps{Store: st, People: h.people, Access: h.access, Sessions: h.sessions, Jobs: h.jobs, Systems: o})
	d := operation.Deps{
		Store: st, People: h.people, Access: h.access, Sessions: h.sessions, Jobs: h.jobs, Offboard: off, Selections: h.people, Systems: h.systems,
		Every: 5 * time.Millisecond,
	}
	for _, c := range change {
		c(&d)
	}
	h.ops = operation.New(d)
}

// opened builds a site with two admins.
func opened(t *testing.T, db *dbtest.DB, change ...func(*operation.Deps)) *site {
	t.Helper()
	s := &site{house: build(t, db, db.Store), kc: scripted.New(db.Clock.Now)}
	s.open = &opener{store: db.Store, systems: map[int64]connector.System{}}
	s.at = s.connect(system)
	s.open.systems[s.at] = s.kc
	engines(s.house, db.Store, s.open, change...)
	s.amara, s.ilse = s.add("amara", models.RoleAdmin), s.add("ilse", models.RoleAdmin)
	return s
}

// staff makes n people with an account, an open session and an offline one there,
// and a session in the console.
func (s *site) staff(n int) []models.Actor {
	s.t.Helper()
	records := make([]directory.NewRecord, n)
	for i := range records {
		name := fmt.Sprintf("p%03d", i)
		records[i] = directory.NewRecord{
			DisplayName: name, Username: name, Email: name + "@northwind.example", Status: models.Active,
			Identities: []directory.NewIdentity{{Provider: system, Issuer: issuer, Subject: name, How: "test"}},
		}
	}
	made, err := s.people.Load(s.t.Context(), models.SystemActor(s.tenant, "Test"), records)
	if err != nil {
		s.t.Fatal(err)
	}
	all := make([]models.Actor, n)
	for i, m := range made {
		name := records[i].DisplayName
		all[i] = models.Actor{Tenant: s.tenant, Kind: models.ActorUser, UserID: m.ID, Name: name, Can: models.AllPermissions, Via: models.ViaWeb}
		s.kc.Add(connector.Account{ID: name, Username: name})
		s.kc.Open(name, connector.Session{ID: "s-" + name, Apps: []string{"ledger"}})
		s.kc.Open(name, connector.Session{ID: "o-" + name, Offline: true})
		s.signIn(all[i])
	}
	return all
}

// cut plans, asks, and has it approved where that is needed; what fits into a
// request is cut off when it returns.
func (s *site) cut(people ...models.Actor) models.Operation {
	s.t.Helper()
	op := s.request(s.amara, s.plan(s.amara, people...))
	if op.State == models.OperationWaiting {
		var err error
		if op, err = s.ops.Approve(s.t.Context(), s.ilse, operation.Decision{ID: op.PublicID, ListHash: op.ListHash, Reason: reason}); err != nil {
			s.t.Fatal(err)
		}
	}
	return op
}

// work does everything that is due, operations and steps, and moves the clock on
// between, until the operation comes to rest or so many rounds are over.
func (s *site) work(op models.Operation, rounds int) models.Operation {
	s.t.Helper()
	for range rounds {
		if err := s.ops.Drain(s.t.Context(), s.tenant); err != nil {
			s.t.Fatal(err)
		}
		if _, err := s.jobs.Drain(s.t.Context(), s.tenant); err != nil {
			s.t.Fatal(err)
		}
		if op = s.get(op); op.Phase == models.PhaseWindow || op.Phase == models.PhaseNone {
			break
		}
		s.db.Clock.Advance(2 * time.Second)
	}
	return op
}

func (s *site) tx(fn func(context.Context, *store.Tx) error) {
	s.t.Helper()
	s.write(fn)
}

func (s *site) count(query string, args ...any) int64 {
	s.t.Helper()
	var n int64
	if err := s.store.Read(s.tenant).Raw(query, args...).Scan(s.t.Context(), &n); err != nil {
		s.t.Fatal(err)
	}
	return n
}

func (s *site) events(a models.Action) int64 {
	s.t.Helper()
	return s.count("SELECT COUNT(*) FROM audit_events WHERE tenant_id = ?tenant AND action = ?", a)
}

func (s *site) target(op models.Operation, a models.Actor) models.OperationTarget {
	s.t.Helper()
	var row models.OperationTarget
	err := s.store.Read(s.tenant).Select(&row).Where("operation_id = ?", op.ID).Where("user_id = ?", a.UserID).Limit(1).Scan(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	return row
}

func (s *site) want(op models.Operation, state models.OperationState, phase models.OperationPhase) {
	s.t.Helper()
	if op.State != state || op.Phase != phase {
		s.t.Fatalf("%s is %s in phase %q: %s; want %s in %q", op.Code(), op.State, op.Phase, op.Sentence, state, phase)
	}
}
