package audit

import (
	"context"
	"io"
	"net/http"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/audit"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/models"
)

// Log is what the pages ask of the audit log.
type Log interface {
	List(ctx context.Context, actor models.Actor, q audit.Query) (audit.Page, error)
	Count(ctx context.Context, actor models.Actor, q audit.Query) (audit.Count, error)
	Get(ctx context.Context, actor models.Actor, id int64) (audit.Detail, error)
	ForUser(ctx context.Context, actor models.Actor, userID int64, w audit.Window) (audit.Page, error)
	ForRole(ctx context.Context, actor models.Actor, roleID int64, w audit.Window) (audit.Page, error)
	ForConnector(ctx context.Context, actor models.Actor, id int64, w audit.Window) (audit.Page, error)
	Export(ctx context.Context, actor models.Actor, x audit.Export, w io.Writer) (audit.Manifest, error)
	UserID(ctx context.Context, tenant int64, publicID string) (int64, string, error)
	RoleID(ctx context.Context, tenant int64, key string) (int64, string, error)
}

// People finds whom a filter means.
type People interface {
	Get(ctx context.Context, tenant int64, publicID string) (directory.Person, error)
	Lookup(ctx context.Context, tenant int64, text string) ([]directory.Exact, error)
	List(ctx context.Context, tenant int64, q directory.Query) (directory.Page, error)
}

// Deps is what the pages need.
type Deps struct {
	Log    Log
	People People
	Tenant string // name of the organisation, for the scope line and file names
}

// Pages answers the routes of this package.
type Pages struct{ Deps }

// New makes the pages.
func New(d Deps) *Pages { return &Pages{Deps: d} }

// Routes gives the routes.
func (p *Pages) Routes() []web.Route {
	read := models.AuditRead | models.AuditReadOwn
	return []web.Route{
		{Method: http.MethodGet, Path: "/audit", Allow: read, Summary: "Search the audit log; with audit.read-own only own acts", Handler: p.List,
			Nav: &web.Nav{Section: "Evidence", Label: "Audit log", Key: "l"}},
		{Method: http.MethodGet, Path: "/audit/:id", Allow: read, Summary: "See one event with what changed", Handler: p.Show},
		{Method: http.MethodGet, Path: "/audit/export", Allow: models.AuditExport, Summary: "Form to export events", Handler: p.AskExport},
		{Method: http.MethodPost, Path: "/audit/export", Allow: models.AuditExport, Summary: "Export events as CSV or JSON Lines", Handler: p.Export},
		{Method: http.MethodGet, Path: "/users/:id/activity", Allow: models.UsersRead | models.AuditRead, Summary: "See what a person did and what happened to them", Handler: p.Activity},
	}
}
