package jobs

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// Group is what steps belong to: a run, an operation, one person's cut-off.
type Group struct {
	Kind string
	ID   int64
}

// Step is one piece of work as its handler sees it.
type Step struct {
	ID          int64
	PublicID    string
	Tenant      int64
	Kind        string
	Group       Group
	UserID      int64
	ConnectorID int64
	Payload     []byte // JSON
	Attempt     int    // 1 is the first
	Actor       models.Actor
	CreatedAt   models.Instant
	Noted       []byte // JSON: what Note kept in an earlier attempt; {} when nothing

	token string // lets its holder write about the step
}

// Result is what a handler found out.
type Result struct {
	Outcome  models.Outcome
	Sentence string // for people
	Evidence any    // kept as JSON: what was read before and after; never a secret; nil: what Note kept stays

	// Apply changes rows here, in the transaction that completes the step, and
	// records what it did. It may run more than once and must touch nothing but
	// the transaction. Nil: only the step is written.
	Apply func(context.Context, *store.Tx) error
}

// Handler does the steps of one kind.
type Handler struct {
	// Do does the work, perhaps for the second time. An error is tried again,
	// unless it is Permanent, says Again() == false, or Attempts are used up.
	Do func(context.Context, Step) (Result, error)
	// GaveUp records, in the transaction that ends the step as failed, that
	// nothing more will be tried. Nil: only the step is written.
	GaveUp func(ctx context.Context, tx *store.Tx, step Step, sentence string) error

	Timeout      time.Duration // of one attempt; 0: 30 s
	Attempts     int           // 0: 12, which with the growing pauses is about a day
	PerConnector int           // steps of this kind at once for one connector and process; 0: 4
}

// Options say how an engine works.
type Options struct {
	Log     *slog.Logger
	Workers int           // steps at once in this process; 0: 16
	Idle    time.Duration // between looks when nothing is due; 0: 1 s
}

// Engine adds, claims and completes steps. It is safe for use by many goroutines.
type Engine struct {
	store    *store.Store
	log      *slog.Logger
	workers  int
	idle     time.Duration
	mu       sync.Mutex
	handlers map[string]Handler
	busy     map[place]int
	lost     map[int64]models.Instant // by tenant: when lost leases are looked for again
	wake     chan struct{}
}

// place is where the limit of steps at once is counted.
type place struct {
	kind      string
	connector int64
}

// Defaults of a Handler and of Options.
const (
	usualTimeout      = 30 * time.Second
	usualAttempts     = 12
	usualPerConnector = 4
	usualWorkers      = 16
	usualIdle         = time.Second
)

// New makes an engine without handlers.
func New(s *store.Store, o Options) *Engine {
	e := &Engine{
		store: s, log: o.Log, workers: o.Workers, idle: o.Idle,
		handlers: map[string]Handler{}, busy: map[place]int{}, lost: map[int64]models.Instant{}, wake: make(chan struct{}, 1),
	}
	if e.log == nil {
		e.log = slog.Default()
	}
	if e.workers <= 0 {
		e.workers = usualWorkers
	}
	if e.idle <= 0 {
		e.idle = usualIdle
	}
	return e
}

// Handle registers the handler of a kind, before Run. A step of a kind without a
// handler waits: another version of the program may know it.
func (e *Engine) Handle(kind string, h Handler) {
	if h.Timeout <= 0 {
		h.Timeout = usualTimeout
	}
	if h.Attempts <= 0 {
		h.Attempts = usualAttempts
	}
	if h.PerConnector <= 0 {
		h.PerConnector = usualPerConnector
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if _, twice := e.handlers[kind]; twice {
		panic(fmt.Sprintf("jobs: two handlers for %s", kind))
	}
	e.handlers[kind] = h
}

// kinds lists what this process can do, in a fixed order.
func (e *Engine) kinds() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	list := make([]string, 0, len(e.handlers))
	for kind := range e.handlers {
		list = append(list, kind)
	}
	slices.Sort(list)
	return list
}

func (e *Engine) handler(kind string) Handler {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.handlers[kind]
}

// enter counts a step in, and reports whether there is room for it.
func (e *Engine) enter(s Step) bool {
	at := place{s.Kind, s.ConnectorID}
	e.mu.Lock()
	defer e.mu.Unlock()
	if s.ConnectorID != 0 && e.busy[at] >= e.handlers[s.Kind].PerConnector {
		return false
	}
	e.busy[at]++
	return true
}

func (e *Engine) leave(s Step) {
	at := place{s.Kind, s.ConnectorID}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.busy[at]--; e.busy[at] <= 0 {
		delete(e.busy, at)
	}
}

// Wake makes a waiting Run look at once. It is a hint; nothing depends on it.
func (e *Engine) Wake() {
	select {
	case e.wake <- struct{}{}:
	default:
	}
}
