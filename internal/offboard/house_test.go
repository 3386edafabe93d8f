package offboard_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/connector/scripted"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/jobs"
	"github.com/rollcall/rollcall/internal/offboard"
	"github.com/rollcall/rollcall/internal/secret"
	"github.com/rollcall/rollcall/internal/session"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

const (
	reason = "left the company on Friday"
	issuer = "https://id.example"
	system = "keycloak" // key of the connector, and of the provider people signed in with
	client = "rollcall" // our client id there
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
	offboard *offboard.Engine
	open     *opener
}

// opener opens what a test put there.
type opener struct {
	mu      sync.Mutex
	systems map[int64]connector.System
	err     error // for everything
}

func (o *opener) Open(_ context.Context, _, id int64) (connector.System, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.err != nil {
		return nil, o.err
	}
	if s := o.systems[id]; s != nil {
		return s, nil
	}
	return nil, errs.New(errs.NotFound, "There is no such connector. Somebody may have deleted it.")
}

// Report does nothing: health is tested where it is kept.
func (o *opener) Report(context.Context, int64, int64, connector.Use) {}

func build(t *testing.T, db *dbtest.DB, st *store.Store, change ...func(*offboard.Deps)) *house {
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
		jobs: jobs.New(st, jobs.Options{Idle: 5 * time.Millisecond}), open: &opener{systems: map[int64]connector.System{}},
	}
	if err := h.access.EnsureBuiltIns(t.Context(), db.Tenant); err != nil {
		t.Fatal(err)
	}
	d := offboard.Deps{
		Store: st, People: h.people, Access: h.access, Sessions: sessions, Jobs: h.jobs, Systems: h.open,
		Console: func(provider, _ string) string { return map[string]string{system: client}[provider] },
	}
	for _, c := range change {
		c(&d)
	}
	h.offboard = offboard.New(d)
	return h
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

func (h *house) id(a models.Actor) string {
	h.t.Helper()
	p, err := h.people.GetByID(h.t.Context(), h.tenant, a.UserID)
	if err != nil {
		h.t.Fatal(err)
	}
	return p.PublicID
}

func (h *house) signIn(a models.Actor, sid ...string) string {
	h.t.Helper()
	var token string
	h.change(a, func(ctx context.Context, tx *store.Tx) error {
		s := session.Start{UserID: a.UserID, UserName: a.Name, Provider: system, Issuer: issuer, Subject: a.Name}
		if len(sid) > 0 {
			s.SID = sid[0]
		}
		begun, err := h.sessions.Begin(ctx, tx, s)
		token = begun.Token
		return err
	})
	return token
}

// change runs fn in a transaction that records something.
func (h *house) change(a models.Actor, fn func(context.Context, *store.Tx) error) {
	h.t.Helper()
	err := h.store.Change(h.t.Context(), a, func(ctx context.Context, tx *store.Tx) error {
		if err := fn(ctx, tx); err != nil {
			return err
		}
		return tx.Record(ctx, store.Event{Action: models.SignInDone, Target: store.Ref{Kind: models.KindUser, ID: a.UserID, Name: a.Name}})
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

// connect puts a connector of a name in, and what opens for it.
func (h *house) connect(key string, s connector.System) int64 {
	h.t.Helper()
	row := models.Connector{
		PublicID: uuid.NewString(), Key: key, Kind: models.ConnectorKeycloak, Name: "Keycloak", State: models.ConnectorEnabled, Settings: "{}", Mapping: "{}", Sync: "{}",
	}
	h.change(models.SystemActor(h.tenant, "Test"), func(ctx context.Context, tx *store.Tx) error {
		row.ID = 0
		_, err := tx.Insert(&row).Exec(ctx)
		return err
	})
	h.open.mu.Lock()
	defer h.open.mu.Unlock()
	h.open.systems[row.ID] = s
	return row.ID
}

// keycloak connects a scripted system in which the people have accounts.
func (h *house) keycloak(people ...models.Actor) *scripted.System {
	h.t.Helper()
	s := scripted.New(h.db.Clock.Now)
	for _, p := range people {
		s.Add(connector.Account{ID: p.Name, Username: p.Name})
	}
	h.connect(system, s)
	return s
}

// drain does what is due.
func (h *house) drain() int {
	h.t.Helper()
	n, err := h.jobs.Drain(h.t.Context(), h.tenant)
	if err != nil {
		h.t.Fatal(err)
	}
	return n
}

// latest gives what came of the newest act of a person.
func (h *house) latest(a models.Actor) offboard.Undertaking {
	h.t.Helper()
	u, found, err := h.offboard.Latest(h.t.Context(), h.tenant, a.UserID)
	if err != nil || !found {
		h.t.Fatalf("no act of %s: %v", a.Name, err)
	}
	return u
}

// outcomes gives kind and outcome of each step of the newest act.
func (h *house) outcomes(a models.Actor) map[string]models.Outcome {
	h.t.Helper()
	got := map[string]models.Outcome{}
	for _, s := range h.latest(a).Steps {
		got[s.Kind] = s.Outcome
	}
	return got
}

func (h *house) step(a models.Actor, kind string) offboard.Outcome {
	h.t.Helper()
	for _, s := range h.latest(a).Steps {
		if s.Kind == kind {
			return s
		}
	}
	h.t.Fatalf("no step %s", kind)
	return offboard.Outcome{}
}

func (h *house) lastEvent() models.AuditEvent {
	h.t.Helper()
	var e models.AuditEvent
	if err := h.store.Read(h.tenant).Select(&e).Order("id DESC").Limit(1).Scan(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
	return e
}

// actions lists what was written about a person, the oldest first.
func (h *house) actions(a models.Actor) []models.Action {
	h.t.Helper()
	var list []models.AuditEvent
	err := h.store.Read(h.tenant).Select(&list).Column("action").Where("target_kind = ?", models.KindUser).Where("target_id = ?", a.UserID).
		Where("action <> ?", models.SignInDone).Order("id").Limit(100).Scan(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	var got []models.Action
	for _, e := range list {
		got = append(got, e.Action)
	}
	return got
}

// accounts lists what a person holds at connected systems.
func (h *house) accounts(a models.Actor) []connector.Held {
	h.t.Helper()
	held, err := connector.AccountsOf(h.t.Context(), h.store.Read(h.tenant), a.UserID)
	if err != nil {
		h.t.Fatal(err)
	}
	return held
}

// giveRole gives a role to a person that was made before.
func (h *house) giveRole(a models.Actor, role string) {
	h.t.Helper()
	row := access.LoadRow{UserID: a.UserID, RoleKey: role, Source: models.SourceDirect, Until: models.Forever, GrantedBy: "Test"}
	if _, err := h.access.Load(h.t.Context(), models.SystemActor(h.tenant, "Test"), []access.LoadRow{row}); err != nil {
		h.t.Fatal(err)
	}
}
