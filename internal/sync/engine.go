package sync

import (
	"context"
	"errors"
	"log/slog"

	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/jobs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// Systems gives the systems behind connectors; *connector.Engine does.
type Systems interface {
	// Open gives the system of an enabled connector.
	Open(ctx context.Context, tenant, id int64) (connector.System, error)
	// Try gives the system of a connector in any state, to read only.
	Try(ctx context.Context, tenant, id int64) (connector.System, error)
	// Report notes how a use of a system went.
	Report(ctx context.Context, tenant, id int64, u connector.Use)
}

// Deps is what an Engine works with. Gate, Log and Patience may be
// left out.
type Deps struct {
	Store     *store.Store
	Directory *directory.Engine
	Access    *access.Engine
	Jobs      *jobs.Engine
	Systems   Systems
	Gate      Gate         // nil: nobody is kept out or let in from here
	Log       *slog.Logger // nil: slog.Default
	Patience  Patience
}

// Engine reads sources and keeps the directory true to them. It is safe for use
// by many goroutines, and by many replicas on one database.
type Engine struct {
	db       *store.Store
	people   *directory.Engine
	access   *access.Engine
	jobs     *jobs.Engine
	systems  Systems
	gate     Gate
	log      *slog.Logger
	patience Patience
	bell     bell
}

// Gate keeps people out and lets them in; offboard does.
type Gate interface {
	Suspend(ctx context.Context, actor models.Actor, publicID, reason string) error
	Deactivate(ctx context.Context, actor models.Actor, publicID, reason string) error
	// LetBack lifts what keeps a person out.
	LetBack(ctx context.Context, actor models.Actor, publicID, reason string) error
}

// New makes an engine and registers its steps. Follow it in directory, so that it
// hears of changes here.
func New(d Deps) (*Engine, error) {
	if d.Store == nil || d.Directory == nil || d.Access == nil || d.Jobs == nil || d.Systems == nil {
		return nil, errors.New("sync: store, directory, access, jobs and systems are required")
	}
	if d.Log == nil {
		d.Log = slog.Default()
	}
	e := &Engine{
		db: d.Store, people: d.Directory, access: d.Access, jobs: d.Jobs, systems: d.Systems, gate: d.Gate, log: d.Log,
		patience: d.Patience.usual(),
	}
	e.register()
	return e, nil
}

// Wake makes the background look at once instead of at its next turn. It is a
// hint; nothing depends on it.
func (e *Engine) Wake() { e.bell.wake() }

// permit refuses an actor who may not run syncs.
func permit(actor models.Actor, act string) error {
	if actor.Can.Has(models.SyncRun) {
		return nil
	}
	key := models.SyncRun.Key()
	return errs.Denied(key, "You may not %s: it needs the permission %s. Nothing was changed.", act, key)
}
