package attention

import (
	"context"
	"net/http"
	"time"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/audit"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/link"
	"github.com/rollcall/rollcall/models"
)

// People is what the page asks of the directory.
type People interface {
	Attention(ctx context.Context, tenant int64) (directory.Attention, error)
	Count(ctx context.Context, tenant int64, q directory.Query) (n int, capped bool, err error)
}

// Access is what the page asks about roles.
type Access interface {
	EndingSoon(ctx context.Context, tenant int64, within time.Duration) (access.EndingPage, error)
	Standing(ctx context.Context, tenant int64) (access.StandingPage, error)
	PrivilegedRoleIDs(ctx context.Context, tenant int64) ([]int64, error)
	Role(ctx context.Context, tenant int64, key string) (access.RoleDetail, error)
	Applications(ctx context.Context, tenant int64) ([]access.ApplicationRow, error)
}

// Log is what the page asks of the audit log.
type Log interface {
	Count(ctx context.Context, actor models.Actor, q audit.Query) (audit.Count, error)
}

// Links is what the page asks about linked records.
type Links interface {
	Waiting(ctx context.Context, actor models.Actor) (link.Waiting, error)
}

// Provider is how a provider does, as the last contacts left it.
type Provider struct {
	Name     string
	OK       bool
	Since    time.Time // of this state; zero when it was never contacted
	Sentence string    // why it cannot be used: "Keycloak does not answer."
}

// Deps is what the pages need.
type Deps struct {
	People People
	Access Access
	Log    Log
	Sync   Sync  // nil: nothing is connected
	Links  Links // nil leaves its lines out
	// Operations are requests that wait; nil leaves their lines out.
	Operations Operations
	// Connectors are the connected systems; nil leaves their lines out.
	Connectors Connectors
	Providers  func() []Provider
	Tenant     string // name of the organisation
}

// Pages answers the routes of this package.
type Pages struct{ Deps }

// New makes the pages.
func New(d Deps) *Pages { return &Pages{Deps: d} }

// Routes gives the routes.
func (p *Pages) Routes() []web.Route {
	return []web.Route{
		{Method: http.MethodGet, Path: "/attention", Allow: models.AttentionRead, Summary: "See what needs a person", Handler: p.Show,
			Nav: &web.Nav{Section: "Work", Label: "Attention", Key: "a", Waits: "attention"}},
		{Method: http.MethodGet, Path: "/attention/queue", Allow: models.AttentionRead, Summary: "The same, for refreshing the queue", Unattended: true, Handler: p.Show},
		{Method: http.MethodGet, Path: "/attention/ending", Allow: models.AttentionRead, Summary: "See access that ends within 7 days", Handler: p.Ending},
		{Method: http.MethodGet, Path: "/attention/standing", Allow: models.AttentionRead, Summary: "See privileged access without end", Handler: p.Standing},
	}
}
