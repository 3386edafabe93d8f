package operation_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/jobs"
	"github.com/rollcall/rollcall/internal/offboard"
	"github.com/rollcall/rollcall/internal/offboard/operation"
	"github.com/rollcall/rollcall/internal/secret"
	"github.com/rollcall/rollcall/internal/session"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

const (
	reason = "left the company on Friday"
	issuer = "https://id.example"
	system = "keycloak" // key of the connector, and of the provider people signed in with
)

// house is the engines on one database, as one replica holds them.
type house struct {
	t        *testing.T
	db       *dbtest.DB
	store    *store.Store
	tenant   int64
	people   *directory.Engine
	access   *access.Engine
	sessions *session.Manager
	jobs     *jobs.Engine
	ops      *operation.Engine
	systems  *systems
}

// systems are connected systems with what a test says of them.
type systems struct {
	mu   sync.Mutex
	list []connector.Connector
	can  map[int64][]connector.Capability
	err  map[int64]error
}

func (s *systems) List(context.Context, int64) ([]connector.Connector, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]connector.Connector(nil), s.list...), nil
}

func (s *systems) Describe(_ context.Context, c connector.Connector) (connector.Description, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return connector.Description{Product: "Keycloak", Has: s.can[c.ID]}, s.err[c.ID]
}

func build(t *testing.T, db *dbtest.DB, st *store.Store) *house {
	t.Helper()
	ring, err := secret.NewKeyring(secret.NewKey())
	if err != nil {
		t.Fatal(err)
	}
	sessions, err := session.New(session.Options{Store: st, Keyring: ring})
	if err != nil {
		t.Fatal(err)
	}
	h := &house{
		t: t, db: db, store: st, tenant: db.Tenant, people: directory.New(st), access: access.New(st), sessions: sessions,
		jobs: jobs.New(st, jobs.Options{Idle: 5 * time.Millisecond}), systems: &systems{can: map[int64][]connector.Capability{}, err: map[int64]error{}},
	}
	if err := h.access.EnsureBuiltIns(t.Context(), db.Tenant); err != nil {
		t.Fatal(err)
	}
	off := offboard.New(offboard.Deps{Store: st, People: h.people, Access: h.access, Sessions: sessions, Jobs: h.jobs})
	h.ops = operation.New(operation.Deps{
		Store: st, People: h.people, Access: h.access, Sessions: sessions, Jobs: h.jobs, Offboard: off, Selections: h.people, Systems: h.systems,
	})
	return h
}

// replica is the same house as another process holds it.
func (h *house) replica() *house {
	h.t.Helper()
	other := build(h.t, h.db, h.db.Replica(h.t))
	other.systems = h.systems
	return other
}

// add makes an Active person with one identity, whose subject is the name.
func (h *house) add(name string, roles ...string) models.Actor {
	h.t.Helper()
	actor := models.SystemActor(h.tenant, "Test")
	made, err := h.people.Load(h.t.Context(), actor, []directory.NewRecord{{
		DisplayName: name, Username: name, Email: name + "@northwind.example", Status: models.Active,
		Identities: []directory.NewIdentity{{Provider: system, Issuer: issuer, Subject: name, How: "test"}},
	}})
	if err != nil {
		h.t.Fatal(err)
	}
	for _, role := range roles {
		row := access.LoadRow{UserID: made[0].ID, RoleKey: role, Source: models.SourceDirect, Until: models.Forever, GrantedBy: "Test"}
		if _, err := h.access.Load(h.t.Context(), actor, []access.LoadRow{row}); err != nil {
			h.t.Fatal(err)
		}
	}
	return models.Actor{Tenant: h.tenant, Kind: models.ActorUser, UserID: made[0].ID, Name: name, Can: models.AllPermissions, Via: models.ViaWeb}
}

// crowd makes n active people.
func (h *house) crowd(n int) []models.Actor {
	h.t.Helper()
	records := make([]directory.NewRecord, n)
	for i := range records {
		name := "p" + uuid.NewString()[:8]
		records[i] = directory.NewRecord{DisplayName: name, Username: name, Email: name + "@northwind.example", Status: models.Active}
	}
	made, err := h.people.Load(h.t.Context(), models.SystemActor(h.tenant, "Test"), records)
	if err != nil {
		h.t.Fatal(err)
	}
	all := make([]models.Actor, n)
	for i, m := range made {
		all[i] = models.Actor{Tenant: h.tenant, Kind: models.ActorUser, UserID: m.ID, Name: records[i].DisplayName, Can: models.AllPermissions, Via: models.ViaWeb}
	}
	return all
}

func (h *house) id(a models.Actor) string {
	h.t.Helper()
	p, err := h.people.GetByID(h.t.Context(), h.tenant, a.UserID)
	if err != nil {
		h.t.Fatal(err)
	}
	return p.PublicID
}

// pick selects people by hand.
func (h *house) pick(by models.Actor, people ...models.Actor) string {
	h.t.Helper()
	ids := make([]string, len(people))
	for i, p := range people {
		ids[i] = h.id(p)
	}
	sel, err := h.people.Pick(h.t.Context(), by, ids)
	if err != nil {
		h.t.Fatal(err)
	}
	return sel.PublicID
}

// plan plans to deactivate people.
func (h *house) plan(by models.Actor, people ...models.Actor) models.Operation {
	h.t.Helper()
	op, err := h.ops.Create(h.t.Context(), by, h.pick(by, people...), uuid.NewString())
	if err != nil {
		h.t.Fatal(err)
	}
	if op.State != models.OperationDraft {
		h.t.Fatalf("%s is %s, want a draft", op.Code(), op.State)
	}
	return op
}

// request asks for a plan as its page does.
func (h *house) request(by models.Actor, op models.Operation) models.Operation {
	h.t.Helper()
	needs, err := h.ops.Needs(h.t.Context(), h.tenant, op)
	if err != nil {
		h.t.Fatal(err)
	}
	op, err = h.ops.Ask(h.t.Context(), by, operation.Request{ID: op.PublicID, ListHash: op.ListHash, Reason: reason, Typed: needs.Count})
	if err != nil {
		h.t.Fatal(err)
	}
	return op
}

// write runs fn in a transaction that records something.
func (h *house) write(fn func(context.Context, *store.Tx) error) {
	h.t.Helper()
	err := h.store.Change(h.t.Context(), models.SystemActor(h.tenant, "Test"), func(ctx context.Context, tx *store.Tx) error {
		if err := fn(ctx, tx); err != nil {
			return err
		}
		return tx.Record(ctx, store.Event{Action: models.Seeded, Target: store.Ref{Kind: models.KindTenant, ID: tx.Tenant()}})
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

// set writes columns of a person directly.
func (h *house) set(a models.Actor, query string, args ...any) {
	h.t.Helper()
	h.write(func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Update((*models.User)(nil)).Set(query, args...).Where("id = ?", a.UserID).Exec(ctx)
		return err
	})
}

// reports makes one person the manager of others.
func (h *house) reports(manager models.Actor, people ...models.Actor) {
	h.t.Helper()
	for _, p := range people {
		h.set(p, "manager_id = ?", manager.UserID)
	}
}

// connect puts a connector in, with what its system can do.
func (h *house) connect(key string, can ...connector.Capability) int64 {
	h.t.Helper()
	row := models.Connector{
		PublicID: uuid.NewString(), Key: key, Kind: models.ConnectorKeycloak, Name: "The " + key, State: models.ConnectorEnabled, Settings: "{}", Mapping: "{}", Sync: "{}",
	}
	h.write(func(ctx context.Context, tx *store.Tx) error {
		row.ID = 0
		_, err := tx.Insert(&row).Exec(ctx)
		return err
	})
	h.systems.mu.Lock()
	defer h.systems.mu.Unlock()
	h.systems.list = append(h.systems.list, connector.Connector{ID: row.ID, Tenant: h.tenant, Key: key, Name: row.Name, State: row.State, Kind: row.Kind})
	h.systems.can[row.ID] = can
	return row.ID
}

// account gives a person an account that was read.
func (h *house) account(at int64, of models.Actor, key string) {
	h.t.Helper()
	h.write(func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Insert(&models.Account{ConnectorID: at, Key: key, UserID: of.UserID, Username: key, Enabled: true, Said: "{}", LastReadAt: tx.Now}).Exec(ctx)
		return err
	})
}

// signIn begins a session of a person in the console.
func (h *house) signIn(a models.Actor) {
	h.t.Helper()
	h.write(func(ctx context.Context, tx *store.Tx) error {
		_, err := h.sessions.Begin(ctx, tx, session.Start{UserID: a.UserID, UserName: a.Name, Provider: system, Issuer: issuer, Subject: a.Name})
		return err
	})
}

// actions lists what the log says was done about an operation.
func (h *house) actions(op models.Operation) []models.Action {
	h.t.Helper()
	var actions []models.Action
	err := h.store.Read(h.tenant).Select((*models.AuditEvent)(nil)).Column("action").
		Where("(target_kind = ? AND target_id = ?) OR (object_kind = ? AND object_id = ?)", models.KindOperation, op.ID, models.KindOperation, op.ID).
		Order("id").Limit(100).Scan(h.t.Context(), &actions)
	if err != nil {
		h.t.Fatal(err)
	}
	return actions
}

// after gives what the newest event of an action about an operation says of it.
func (h *house) after(op models.Operation, action models.Action) string {
	h.t.Helper()
	var after []string
	err := h.store.Read(h.tenant).Select((*models.AuditEvent)(nil)).Column("new_values").Where("target_kind = ?", models.KindOperation).Where("target_id = ?", op.ID).
		Where("action = ?", action).Order("id DESC").Limit(1).Scan(h.t.Context(), &after)
	if err != nil || len(after) != 1 {
		h.t.Fatalf("%v, %v", after, err)
	}
	return after[0]
}

// targets gives the list of an operation by name.
func (h *house) targets(op models.Operation) map[string]operation.Target {
	h.t.Helper()
	page, err := h.ops.Targets(h.t.Context(), h.tenant, op, operation.TargetQuery{Limit: 200})
	if err != nil {
		h.t.Fatal(err)
	}
	all := make(map[string]operation.Target, len(page.Rows))
	for _, t := range page.Rows {
		all[t.Name] = t
	}
	return all
}

func (h *house) get(op models.Operation) models.Operation {
	h.t.Helper()
	now, err := h.ops.Get(h.t.Context(), h.tenant, op.PublicID)
	if err != nil {
		h.t.Fatal(err)
	}
	return now
}
