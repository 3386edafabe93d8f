package connectors

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/sync"
	"github.com/rollcall/rollcall/models"
)

// People names people and the fields they have.
type People interface {
	GetByID(ctx context.Context, tenant, id int64) (directory.Person, error)
	Definitions(ctx context.Context, tenant int64) ([]directory.Definition, error)
}

// Roles lists the roles a rule may give.
type Roles interface {
	ListRoles(ctx context.Context, tenant int64, f access.RoleFilter) (access.RolePage, error)
}

// Syncs starts and shows dry runs.
type Syncs interface {
	Start(ctx context.Context, actor models.Actor, connector string, kind models.RunKind) (models.SourceRun, error)
	Runs(ctx context.Context, tenant int64, q sync.RunQuery) (sync.RunPage, error)
}

// Configured is a provider that the configuration sets.
type Configured struct {
	Key, Name, Issuer string
	From              string // what sets it
	OK                bool
	Since             time.Time
	Sentence          string
}

// Deps is what the pages need.
type Deps struct {
	Connectors *connector.Engine
	People     People
	Roles      Roles
	Syncs      Syncs // nil: there are no dry runs
	Configured func() []Configured
	// History draws what happened to a connector. It is asked only for readers of
	// the audit log; nil leaves the section out.
	History  func(c *web.Call, id int64) (web.Component, error)
	Public   *url.URL // where people and systems reach this installation
	Loopback bool     // systems on this machine may be asked by plain http
}

// Pages answers the routes of this package.
type Pages struct{ Deps }

// New makes the pages.
func New(d Deps) *Pages { return &Pages{Deps: d} }

// Routes gives the routes.
func (p *Pages) Routes() []web.Route {
	read, edit := models.ConnectorsRead, models.ConnectorsEdit
	routes := []web.Route{
		{Path: "/connectors", Allow: read, Summary: "List connected systems and their health", Handler: p.List, Nav: &web.Nav{Section: "Configure", Label: "Connectors"}},
		{Path: "/connectors/new", Allow: edit, Summary: "Choose what to connect", Handler: p.Choose},
		{Path: "/connectors/new/:product", Allow: edit, Summary: "Form of a new connector", Handler: p.New},
		{Path: "/connectors/:connector", Allow: read, Summary: "See a connector, its health and its settings", Handler: p.Show},
		{Path: "/connectors/:connector/capabilities", Allow: read, Summary: "Ask a connected system what it can do", Handler: p.Capabilities},
		{Path: "/connectors/:connector/edit", Allow: edit, Summary: "Form to edit a connection", Handler: p.Edit},
		{Path: "/connectors/:connector/secrets", Allow: edit, Summary: "Form to rotate the secrets of a connector", Handler: p.Secrets},
		{Path: "/connectors/:connector/test", Allow: read, Summary: "See the newest connection test", Handler: p.Test},
		{Path: "/connectors/:connector/test/:run", Allow: read, Summary: "See one run of the connection test", Handler: p.Run},
		{Path: "/connectors/:connector/mapping", Allow: read, Summary: "See which attribute fills which field", Handler: p.Mapping},
		{Path: "/connectors/:connector/reading", Allow: read, Summary: "See when a system is read, and what is too much at once", Handler: p.Reading},
		{Path: "/connectors/:connector/first", Allow: read, Summary: "See what a first sync would do", Handler: p.First},
		{Path: "/connectors/:connector/enable", Allow: edit, Summary: "What enabling a connector does", Handler: p.AskEnable},
		{Path: "/connectors/:connector/pause", Allow: edit, Summary: "What pausing a connector does", Handler: p.AskPause},
		{Path: "/connectors/:connector/delete", Allow: edit, Summary: "What deleting a connector does", Handler: p.AskDelete},
	}
	for i := range routes {
		routes[i].Method = http.MethodGet
	}
	for _, r := range []web.Route{
		{Path: "/connectors/new/:product", Allow: edit, Summary: "Connect a system", Handler: p.Create, StepUp: true},
		{Path: "/connectors/:connector/edit", Allow: edit, Summary: "Edit a connection", Handler: p.Save, StepUp: true},
		{Path: "/connectors/:connector/secrets", Allow: edit, Summary: "Rotate the secrets of a connector", Handler: p.SaveSecrets, StepUp: true},
		{Path: "/connectors/:connector/test", Allow: edit, Summary: "Test a connection", Handler: p.StartTest},
		{Path: "/connectors/:connector/mapping", Allow: edit, Summary: "Change which attribute fills which field", Handler: p.SaveMapping},
		{Path: "/connectors/:connector/reading", Allow: edit, Summary: "Change when a system is read, and what is too much at once", Handler: p.SaveReading},
		{Path: "/connectors/:connector/first", Allow: edit, Summary: "Start a dry run of the first sync", Handler: p.StartDryRun},
		{Path: "/connectors/:connector/enable", Allow: edit, Summary: "Enable or resume a connector", Handler: p.Enable, StepUp: true},
		{Path: "/connectors/:connector/pause", Allow: edit, Summary: "Pause a connector", Handler: p.Pause},
		{Path: "/connectors/:connector/delete", Allow: edit, Summary: "Delete a connector nothing depends on", Handler: p.Delete, StepUp: true},
	} {
		r.Method = http.MethodPost
		routes = append(routes, r)
	}
	return routes
}
