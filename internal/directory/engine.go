package directory

import (
	"strings"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// Engine owns the tables of people.
type Engine struct {
	db        *store.Store
	sources   func(key string) string
	bounds    bounds
	followers []Follower
}

// Option changes how New builds an Engine.
type Option func(*Engine)

// WithSourceNames says what providers are called on pages: key to name. A key
// that is missing is printed with a capital letter.
func WithSourceNames(names map[string]string) Option {
	return WithSourceNaming(func(key string) string { return names[key] })
}

// WithSourceNaming is the same where names change: it is asked each time.
func WithSourceNaming(name func(key string) string) Option {
	return func(e *Engine) { e.sources = name }
}

// New gives the engine over a database.
func New(db *store.Store, options ...Option) *Engine {
	e := &Engine{db: db, bounds: usualBounds, sources: func(string) string { return "" }}
	for _, option := range options {
		option(e)
	}
	return e
}

// SourceName gives the name of a provider as pages print it: "Managed in
// Keycloak". The empty key is the directory itself.
func (e *Engine) SourceName(key string) string {
	if key == "" {
		return "Rollcall"
	}
	if name := e.sources(key); name != "" {
		return name
	}
	return strings.ToUpper(key[:1]) + key[1:]
}

// minReason is the shortest reason that is accepted where one is demanded.
const minReason = 10

// permit refuses an actor who lacks the permission of an act.
func permit(actor models.Actor, want models.Permission, act string) error {
	if actor.Can.Has(want) {
		return nil
	}
	return errs.Denied(want.Key(), "You may not %s: it needs the permission %s. Nothing was changed.", act, want.Key())
}
