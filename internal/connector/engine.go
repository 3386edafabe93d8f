package connector

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/secret"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// MaxConnectors is how many systems a tenant may connect.
const MaxConnectors = 200

// Kind is one sort of system that can be connected.
type Kind struct {
	Name     string // "Keycloak"
	Describe string // what connecting one gives, in a sentence
	// Needs names the settings and secrets that must be given, by their form names.
	Needs []string
	// New makes the system without touching the network.
	New func(s Settings, secrets Secrets, name string, now func() time.Time) (System, error)
}

// Reserved is a provider of the configuration: its key is taken for signing in.
type Reserved struct {
	Key    string
	Issuer string
	From   string // what sets it: "ROLLCALL_OIDC_ISSUER"
}

// Options say what an engine works with. Kinds is required.
type Options struct {
	Kinds    map[models.ConnectorKind]Kind
	Reserved []Reserved
	// Loopback lets connectors ask this machine by plain http: development,
	// the demo and tests.
	Loopback bool
	// Keep makes a change by which a way to sign in closes, and refuses it when
	// nobody who administers the tenant could come in any more. nil: no rule.
	Keep func(ctx context.Context, tx *store.Tx, change func() error) error
	// SignIn refuses settings people cannot sign in with; nil takes them.
	SignIn func(p Provider) error
	Log    *slog.Logger     // nil: slog.Default
	Now    func() time.Time // nil: time.Now
}

// Engine owns the table of connectors and opens the systems behind them. It is
// safe for use by many goroutines.
type Engine struct {
	db      *store.Store
	keyring *secret.Keyring
	options Options
	log     *slog.Logger
	now     func() time.Time

	life context.Context // of what goes on after a call: tests
	end  context.CancelFunc
	work sync.WaitGroup

	mu        sync.Mutex
	open      map[place]opened
	health    map[place]said
	described map[place]described
}

// place is a connector in memory: ids of two tenants never mix.
type place struct{ tenant, id int64 }

// New gives the engine over a database.
func New(db *store.Store, keyring *secret.Keyring, o Options) *Engine {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	e := &Engine{
		db: db, keyring: keyring, options: o, log: o.Log, now: o.Now,
		open: map[place]opened{}, health: map[place]said{}, described: map[place]described{},
	}
	e.life, e.end = context.WithCancel(context.Background())
	return e
}

// Kind gives what is known of a kind.
func (e *Engine) Kind(kind models.ConnectorKind) (Kind, bool) {
	k, ok := e.options.Kinds[kind]
	return k, ok
}

// Close ends tests under way and drops the connections of every system.
func (e *Engine) Close() {
	e.end()
	e.work.Wait()
	e.mu.Lock()
	defer e.mu.Unlock()
	for at, o := range e.open {
		o.system.Close()
		delete(e.open, at)
	}
}

// permit refuses an actor who may not change connectors.
func permit(actor models.Actor, act string) error {
	if actor.Can.Has(models.ConnectorsEdit) {
		return nil
	}
	key := models.ConnectorsEdit.Key()
	return errs.Denied(key, "You may not %s: it needs the permission %s. Nothing was changed.", act, key)
}
