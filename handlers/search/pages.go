package search

import (
	"context"
	"net/http"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/models"
)

// People is what is asked of the directory.
type People interface {
	Lookup(ctx context.Context, tenant int64, text string) ([]directory.Exact, error)
	List(ctx context.Context, tenant int64, q directory.Query) (directory.Page, error)
}

// Roles is what is asked about roles and applications.
type Roles interface {
	ListRoles(ctx context.Context, tenant int64, f access.RoleFilter) (access.RolePage, error)
	Applications(ctx context.Context, tenant int64) ([]access.ApplicationRow, error)
}

// Found is the thing that a text names exactly.
type Found struct{ Href, Name, Said string }

// Jump finds the thing that a text names exactly, such as an event by its
// number; nil when it names none, or none this caller may see.
type Jump func(c *web.Call, text string) (*Found, error)

// Deps is what the pages need.
type Deps struct {
	People People
	Roles  Roles
	Jumps  []Jump
}

// Pages answers the routes of this package.
type Pages struct{ Deps }

// New makes the pages.
func New(d Deps) *Pages { return &Pages{Deps: d} }

// Routes gives the routes.
func (p *Pages) Routes() []web.Route {
	return []web.Route{{
		Method: http.MethodGet, Path: web.SearchPath, Allow: models.UsersRead | models.RolesRead | models.AuditRead,
		Summary: "Search people, roles and events, or open what an ID names", Handler: p.Show,
	}}
}
