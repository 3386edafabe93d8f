package sync_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/jobs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/internal/sync"
	"github.com/rollcall/rollcall/models"
)

const (
	issuer = "https://id.northwind.example"
	reason = "the filter was changed on purpose"
)

// world is one engine on one database, with the systems of its connectors.
type world struct {
	*dbtest.DB
	t       *testing.T
	people  *directory.Engine
	access  *access.Engine
	engine  *sync.Engine
	jobs    *jobs.Engine
	systems map[int64]connector.System
	call    time.Duration // how long an answer is waited for
	page    int           // accounts of a page
}

func build(t *testing.T, db *dbtest.DB) *world {
	t.Helper()
	w := &world{DB: db, t: t, people: directory.New(db.Store), access: access.New(db.Store), systems: map[int64]connector.System{}, call: time.Minute, page: 50}
	if err := w.access.EnsureBuiltIns(t.Context(), db.Tenant); err != nil {
		t.Fatal(err)
	}
	w.engine = w.replica(db.Store)
	return w
}

// replica gives one more engine on the same database.
func (w *world) replica(s *store.Store) *sync.Engine {
	w.t.Helper()
	people, work := directory.New(s), jobs.New(s, jobs.Options{})
	if s == w.Store {
		people, w.jobs = w.people, work
	}
	e, err := sync.New(sync.Deps{
		Store: s, Directory: people, Access: access.New(s), Jobs: work, Systems: w, Gate: gate{w},
		Patience: sync.Patience{Call: w.call, Tries: 2, Pause: time.Millisecond, Every: 10 * time.Millisecond, Page: w.page},
	})
	if err != nil {
		w.t.Fatal(err)
	}
	people.Follow(e)
	return e
}

// usualEngine gives an engine with the pauses of the product.
func (w *world) usualEngine() *sync.Engine {
	w.t.Helper()
	e, err := sync.New(sync.Deps{Store: w.Store, Directory: w.people, Access: w.access, Jobs: jobs.New(w.Store, jobs.Options{}), Systems: w})
	if err != nil {
		w.t.Fatal(err)
	}
	return e
}

func (w *world) Open(_ context.Context, _, id int64) (connector.System, error) {
	if s := w.systems[id]; s != nil {
		return s, nil
	}
	return nil, errs.New(errs.Unavailable, "There is no system behind this connector.")
}

func (w *world) Try(ctx context.Context, tenant, id int64) (connector.System, error) {
	return w.Open(ctx, tenant, id)
}

func (w *world) Report(context.Context, int64, int64, connector.Use) {}

// connect makes a connector with a system behind it.
func (w *world) connect(key string, system connector.System, m connector.Mapping, s connector.Schedule) models.Connector {
	return w.connectAs(key, issuer, system, m, s)
}

// connectAt is connect with an issuer of its own and the usual mapping.
func (w *world) connectAt(key, issuer string, system connector.System, s connector.Schedule) models.Connector {
	return w.connectAs(key, issuer, system, usual, s)
}

func (w *world) connectAs(key, issuer string, system connector.System, m connector.Mapping, s connector.Schedule) models.Connector {
	w.t.Helper()
	row := models.Connector{
		PublicID: uuid.NewString(), Key: key, Kind: models.ConnectorDemo, Name: "Keycloak", State: models.ConnectorEnabled,
		Settings: text(w.t, connector.Settings{BaseURL: issuer, Issuer: issuer, SignIn: &connector.SignIn{ClientID: "rollcall"}}),
		Mapping:  text(w.t, m), Sync: text(w.t, s), Version: 1,
	}
	err := w.Store.Change(w.t.Context(), w.Actor(), func(ctx context.Context, tx *store.Tx) error {
		if _, err := tx.Insert(&row).Exec(ctx); err != nil {
			return err
		}
		return tx.Record(ctx, store.Event{Action: models.Seeded, Target: store.Ref{Kind: models.KindConnector, ID: row.ID, Name: row.Name}})
	})
	if err != nil {
		w.t.Fatal(err)
	}
	w.systems[row.ID] = system
	return row
}

func text(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// each runs a test on every database.
func each(t *testing.T, fn func(*world)) {
	t.Helper()
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) { fn(build(t, db)) })
}

// count answers a query of one number. It names ?tenant.
func (w *world) count(query string, args ...any) int {
	w.t.Helper()
	var n int
	if err := w.Store.Read(w.Tenant).Raw(query, args...).Scan(w.t.Context(), &n); err != nil {
		w.t.Fatal(err)
	}
	return n
}

// events counts audit events of an action.
func (w *world) events(action models.Action) int {
	return w.count("SELECT COUNT(*) FROM audit_events WHERE tenant_id = ?tenant AND action = ?", action)
}

// gate changes the status of people as offboard does, and no more.
type gate struct{ w *world }

func (g gate) set(ctx context.Context, actor models.Actor, publicID, reason string, to models.Status) error {
	return g.w.Store.Change(ctx, actor, func(ctx context.Context, tx *store.Tx) error {
		u, err := g.w.people.Lock(ctx, tx, publicID)
		if err != nil {
			return err
		}
		if _, _, err := g.w.people.SetStatus(ctx, tx, u.ID, directory.StatusChange{To: to, Reason: reason}); err != nil {
			return err
		}
		return tx.Record(ctx, store.Event{Action: models.UserSuspend, Target: directory.Ref(u), Reason: reason})
	})
}

func (g gate) Suspend(ctx context.Context, actor models.Actor, publicID, reason string) error {
	return g.set(ctx, actor, publicID, reason, models.Suspended)
}

func (g gate) Deactivate(ctx context.Context, actor models.Actor, publicID, reason string) error {
	return g.set(ctx, actor, publicID, reason, models.Deactivated)
}

func (g gate) LetBack(ctx context.Context, actor models.Actor, publicID, reason string) error {
	return g.set(ctx, actor, publicID, reason, models.Active)
}
