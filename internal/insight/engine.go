package insight

import (
	"context"
	"time"

	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/store"
)

// Systems opens connected systems.
type Systems interface {
	// Open gives the system of a connector that is in use.
	Open(ctx context.Context, tenant, connectorID int64) (connector.System, error)
}

// Provider is how a provider that people sign in with does, as it was when it
// was contacted last.
type Provider struct {
	Key, Name string
	OK        bool
	Since     time.Time // of this state; zero: it was not contacted yet
	Sentence  string    // what is wrong: "Keycloak does not answer."
}

// Deps are what the engine asks.
type Deps struct {
	Store     *store.Store
	Access    *access.Engine
	Systems   Systems           // nil: no system can be opened
	Providers func() []Provider // nil: none
	Patience  time.Duration     // for one question to one system; 0: 2 s
}

// Engine answers questions about people.
type Engine struct{ Deps }

// patience is how long a page waits for a system.
const patience = 2 * time.Second

// New makes the engine.
func New(d Deps) *Engine {
	if d.Patience <= 0 {
		d.Patience = patience
	}
	return &Engine{d}
}

// Mark says what is known of something.
type Mark string

// The marks.
const (
	Yes     Mark = "yes"
	No      Mark = "no"
	Unknown Mark = "unknown"
	Note    Mark = "note" // worth knowing, and no reason to be kept out
)

func (e *Engine) now() time.Time { return e.Store.Now().Time() }

// provider finds a provider by its key.
func (e *Engine) provider(key string) (Provider, bool) {
	if e.Providers == nil {
		return Provider{}, false
	}
	for _, p := range e.Providers() {
		if p.Key == key {
			return p, true
		}
	}
	return Provider{}, false
}

// open opens a system for one question.
func (e *Engine) open(ctx context.Context, tenant int64, h connector.Held) (connector.System, error) {
	if e.Systems == nil || !h.InUse() {
		return nil, errPaused(h)
	}
	return e.Systems.Open(ctx, tenant, h.ConnectorID)
}
