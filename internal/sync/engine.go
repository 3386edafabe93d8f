package sync

import (
	"context"
	"errors"
	"log/slog"

	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/errs"
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

// Deps is what an Engine works with. All but Log and Patience are required.
type Deps struct {
	Store     *store.Store
	Directory *directory.Engine
	Access    *access.Engine
	Systems   Systems
	Log       *slog.Logger // nil: slog.Default
	Patience  Patience
}

// Engine reads sources and keeps the directory true to them. It is safe for use
// by many goroutines, and by many replicas on one database.
type Engine struct {
	db       *store.Store
	people   *directory.Engine
	access   *access.Engine
	systems  Systems
	log      *slog.Logger
	patience Patience
	bell     bell
}

// New makes an engine.
func New(d Deps) (*Engine, error) {
	if d.Store == nil || d.Directory == nil || d.Access == nil || d.Systems == nil {
		return nil, errors.New("sync: store, directory, access and systems are required")
	}
	if d.Log == nil {
		d.Log = slog.Default()
	}
	return &Engine{
		db: d.Store, people: d.Directory, access: d.Access, systems: d.Systems, log: d.Log,
		patience: d.Patience.usual(),
	}, nil
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
