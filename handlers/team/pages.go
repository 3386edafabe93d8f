package team

import (
	"context"
	"net/http"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/models"
)

// People is what the pages ask of the directory.
type People interface {
	Reports(ctx context.Context, tenant, managerID int64, q directory.Query) (directory.Page, error)
	Get(ctx context.Context, tenant int64, publicID string) (directory.Person, error)
}

// Access is what the list asks about roles.
type Access interface {
	RolesOf(ctx context.Context, tenant int64, userIDs []int64) (map[int64][]access.RoleRef, error)
}

// Section draws a part of a person's page that belongs to another noun.
type Section func(c *web.Call, userID int64, publicID, name string) (web.Component, error)

// Deps is what the pages need.
type Deps struct {
	People People
	Access Access
	Roles  Section // the access of a person, to be read only
}

// Pages answers the routes of this package.
type Pages struct{ Deps }

// New makes the pages.
func New(d Deps) *Pages { return &Pages{Deps: d} }

// Routes gives the routes.
func (p *Pages) Routes() []web.Route {
	return []web.Route{
		{Method: http.MethodGet, Path: "/team", Allow: models.TeamRead, Summary: "See who reports to you", Handler: p.List,
			Nav: &web.Nav{Section: "My team", Label: "My team", Key: "t", Needs: "reports"}},
		{Method: http.MethodGet, Path: "/team/:id", Allow: models.TeamRead, Summary: "See one of your direct reports and their access", Handler: p.Show},
	}
}
