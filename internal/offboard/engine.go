package offboard

import (
	"context"

	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/jobs"
	"github.com/rollcall/rollcall/internal/session"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// Systems opens connected systems.
type Systems interface {
	// Open gives the system of a connector that is in use. The caller does not
	// close it.
	Open(ctx context.Context, tenant, connectorID int64) (connector.System, error)
	// Report notes how a use of a system went.
	Report(ctx context.Context, tenant, connectorID int64, u connector.Use)
}

// HeldTokens revokes the refresh tokens that Rollcall itself holds for people,
// at the providers they came from (RFC 7009). Others' tokens it cannot reach.
type HeldTokens interface {
	// Holders says, inside a transaction, of which of the people there are any and
	// where they came from. They are left to Revoke for a while: who takes a token
	// back elsewhere would leave nothing to be proven.
	Holders(ctx context.Context, tx *store.Tx, users []int64) (map[int64][]Origin, error)
	// Revoke revokes them and forgets them. Doing it twice is no error.
	Revoke(ctx context.Context, tenant, user int64) (Revoked, error)
}

// Origin is where a held token came from.
type Origin struct{ Provider, Issuer string }

// Revoked is what became of held tokens.
type Revoked struct {
	Tokens int // that were held
	Proven int // that were refused afterwards, after they had been seen alive

	Looks []TokenLook `json:"looks,omitempty"` // what that is known by
}

// Deps are what the engine works with.
type Deps struct {
	Store    *store.Store
	People   *directory.Engine
	Access   *access.Engine
	Sessions *session.Manager
	Jobs     *jobs.Engine
	Systems  Systems    // nil: no system can be opened
	Held     HeldTokens // nil: Rollcall keeps no tokens

	// Console gives the client id under which people sign in to Rollcall with a
	// provider of the configuration, by its key or its issuer; "" when it is none.
	// nil: there are no such providers.
	Console func(provider, issuer string) string
}

// Engine changes whether people may be in.
type Engine struct {
	Deps

	catalogue catalogue
	watcher   Watcher
}

// New makes the engine and registers its steps.
func New(d Deps) *Engine {
	e := &Engine{Deps: d}
	e.register()
	return e
}

// Done says what a verb did.
type Done struct {
	User          models.User
	SessionsEnded int              // in the console
	Act           models.PersonAct // what the steps at connected systems belong to; the zero value when the verb has none
	Steps         int              // that were added
}
