package me

import (
	"context"
	"net/http"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/session"
	"github.com/rollcall/rollcall/models"
	"github.com/rollcall/rollcall/views/ui"
)

// People is what the pages ask of the directory.
type People interface {
	GetByID(ctx context.Context, tenant, id int64) (directory.Person, error)
	SourceName(key string) string
}

// Sessions is what the pages ask about sessions.
type Sessions interface {
	List(ctx context.Context, tenant, userID int64) ([]session.Info, error)
	EndOwn(ctx context.Context, actor models.Actor, publicID string) error
	EndOwnOthers(ctx context.Context, actor models.Actor) (int, error)
}

// Deps is what the pages need. Roles and Activity draw the sections that belong
// to other nouns.
type Deps struct {
	People   People
	Sessions Sessions
	Roles    func(c *web.Call, userID int64, publicID, name string) (web.Component, error)
	Activity func(c *web.Call) (web.Component, error)
	Asked    func(c *web.Call) ([]ui.Notice, error) // what somebody asks the reader for; nil: nothing
}

// Pages answers the routes of this package.
type Pages struct{ Deps }

// New makes the pages.
func New(d Deps) *Pages { return &Pages{Deps: d} }

// Routes gives the routes.
func (p *Pages) Routes() []web.Route {
	return []web.Route{
		{Method: http.MethodGet, Path: "/me", Door: web.SignedIn, Summary: "See your own record, access and activity", Handler: p.Show,
			Nav: &web.Nav{Section: "Me", Label: "My access", Key: "m"}},
		{Method: http.MethodGet, Path: "/me/sessions", Door: web.SignedIn, Summary: "See where you are signed in", Handler: p.ListSessions,
			Nav: &web.Nav{Section: "Me", Label: "My sessions"}},
		{Method: http.MethodPost, Path: "/me/sessions/:session/end", Door: web.SignedIn, Summary: "End one of your own sessions", Handler: p.EndSession},
		{Method: http.MethodPost, Path: "/me/sessions/end-others", Door: web.SignedIn, Summary: "End all your sessions but this one", Handler: p.EndOthers},
	}
}
