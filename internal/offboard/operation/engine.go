package operation

import (
	"context"
	"log/slog"
	"time"

	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/jobs"
	"github.com/rollcall/rollcall/internal/offboard"
	"github.com/rollcall/rollcall/internal/session"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// Deps are what the engine works with.
type Deps struct {
	Store    *store.Store
	People   *directory.Engine
	Access   *access.Engine
	Sessions *session.Manager
	Jobs     *jobs.Engine
	Offboard *offboard.Engine
	Log      *slog.Logger  // nil: slog.Default
	Lease    time.Duration // of an operation being worked on; 0: a minute
	Every    time.Duration // between two looks at what is due; 0: a second
}

// Engine plans operations, has them approved, and carries them out. It is safe
// for use by many goroutines, and by many replicas on one database.
type Engine struct {
	Deps

	bell bell
}

// New makes the engine.
func New(d Deps) *Engine {
	if d.Log == nil {
		d.Log = slog.Default()
	}
	if d.Lease <= 0 {
		d.Lease = time.Minute
	}
	if d.Every <= 0 {
		d.Every = time.Second
	}
	return &Engine{Deps: d}
}

// Wake makes the background look at once instead of at its next turn. It is a
// hint; nothing depends on it.
func (e *Engine) Wake() { e.bell.wake() }

// phase gives what works on an operation of a phase; nil for one that waits for
// a person. Each call does one chunk, in transactions that begin with held, and
// leaves the operation with another DueAt (turn) or a later cursor.
func (e *Engine) phase(p models.OperationPhase) func(context.Context, *lease) error {
	_ = p // each phase is added with the code that does it
	return nil
}

// turn puts an operation into a state and phase and says when the program next
// looks at it: 0 is not until somebody acts. The cursor starts anew with a phase.
func turn(op *models.Operation, state models.OperationState, phase models.OperationPhase, due models.Instant) {
	if op.Phase != phase {
		op.CursorAt = 0
	}
	op.State, op.Phase, op.DueAt = state, phase, due
}

// turned are the columns that turn writes.
var turned = []string{"state", "phase", "due_at", "cursor_at"}

// ref names an operation in the audit log.
func ref(op *models.Operation) store.Ref {
	return store.Ref{Kind: models.KindOperation, ID: op.ID, Name: op.Code()}
}
