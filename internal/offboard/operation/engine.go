package operation

import (
	"context"
	"log/slog"
	"time"

	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/jobs"
	"github.com/rollcall/rollcall/internal/offboard"
	"github.com/rollcall/rollcall/internal/session"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// Selections gives who is in a selection; directory does.
type Selections interface {
	// Freeze takes a selection of the transaction's actor for use: nobody comes in
	// or goes out any more. One of many people may not be written down whole yet.
	Freeze(ctx context.Context, tx *store.Tx, publicID string) (models.Selection, error)
	// Fill writes down more of them, and reports whether that is everybody.
	Fill(ctx context.Context, tx *store.Tx, selectionID int64, limit int) (done bool, err error)
	// Walk gives the next ones that are written down, by id.
	Walk(ctx context.Context, r store.Reader, selectionID, afterUser int64, limit int) ([]int64, error)
}

// Systems says which systems are connected and what each can do.
type Systems interface {
	List(ctx context.Context, tenant int64) ([]connector.Connector, error)
	Describe(ctx context.Context, c connector.Connector) (connector.Description, error)
}

// Deps are what the engine works with.
type Deps struct {
	Store      *store.Store
	People     *directory.Engine
	Access     *access.Engine
	Sessions   *session.Manager
	Jobs       *jobs.Engine
	Offboard   *offboard.Engine
	Selections Selections    // nil: operations of one person only
	Systems    Systems       // nil: nothing is known of connected systems
	Log        *slog.Logger  // nil: slog.Default
	Lease      time.Duration // of an operation being worked on; 0: a minute
	Every      time.Duration // between two looks at what is due; 0: a second
	Chunk      int           // people of one transaction; 0: ChunkSize
	FirstProbe time.Duration // from the end of a run until everybody is looked at again; 0: an hour
	ProbeEvery time.Duration // between further looks; 0: a day
	RiskWithin time.Duration // in which everybody has to be out once a risk is known; 0: an hour
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
	if d.Chunk <= 0 {
		d.Chunk = ChunkSize
	}
	if d.FirstProbe <= 0 {
		d.FirstProbe = firstProbe
	}
	if d.ProbeEvery <= 0 {
		d.ProbeEvery = probeEvery
	}
	if d.RiskWithin <= 0 {
		d.RiskWithin = riskWithin
	}
	e := &Engine{Deps: d}
	if d.Offboard != nil {
		d.Offboard.Watch(e)
	}
	return e
}

// Wake makes the background look at once instead of at its next turn. It is a
// hint; nothing depends on it.
func (e *Engine) Wake() { e.bell.wake() }

// phase gives what works on an operation of a phase; nil where nothing does. One
// that waits for a person is due when its time is over. Each call does one chunk, in transactions that begin with held, and
// leaves the operation with another DueAt (turn) or a later cursor.
func (e *Engine) phase(p models.OperationPhase) func(context.Context, *lease) error {
	switch p {
	case models.PhasePlan:
		return e.plan
	case models.PhaseCut:
		return e.cut
	case models.PhaseSystems:
		return e.systems
	case models.PhaseWindow:
		return e.window
	case models.PhaseRemove:
		return e.remove
	case models.PhaseUndo:
		return e.undo
	case models.PhaseUndoStep:
		return e.undoSteps
	case models.PhaseNone:
		return e.expire
	}
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
