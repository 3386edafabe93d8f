package sync

import (
	"context"
	"net/http"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/sync"
	"github.com/rollcall/rollcall/models"
)

// Engine is what the pages ask for; *sync.Engine is one.
type Engine interface {
	Summary(ctx context.Context, tenant int64) (sync.Summary, error)
	Sources(ctx context.Context, tenant int64) ([]sync.SourceView, error)
	Runs(ctx context.Context, tenant int64, q sync.RunQuery) (sync.RunPage, error)
	RunOf(ctx context.Context, tenant int64, publicID string) (sync.RunView, error)
	Losses(ctx context.Context, tenant int64, q sync.LossQuery) (sync.LossPage, error)
	Drifts(ctx context.Context, tenant int64, q sync.DriftQuery) (sync.DriftPage, error)
	DriftOf(ctx context.Context, tenant int64, publicID string) (sync.DriftView, error)
	Differences(ctx context.Context, tenant int64, connector string) ([]sync.Difference, error)
	Start(ctx context.Context, actor models.Actor, connector string, kind models.RunKind) (models.SourceRun, error)
	Resume(ctx context.Context, actor models.Actor, run, reason string) (models.SourceRun, error)
	Cancel(ctx context.Context, actor models.Actor, run, reason string) (models.SourceRun, error)
	Pause(ctx context.Context, actor models.Actor, connector, reason string) error
	Unpause(ctx context.Context, actor models.Actor, connector, reason string) error
	Resolve(ctx context.Context, actor models.Actor, in sync.Resolution) (sync.Resolved, error)
}

// Deps is what the pages need, and where pages of other nouns are. An address
// that is not given is not linked to.
type Deps struct {
	Sync      Engine
	Connector func(publicID string) string  // the page of a connector
	Connect   string                        // where systems are connected
	Link      func(d sync.DriftView) string // where an account is linked to a person
}

// Pages answers the routes of this package.
type Pages struct{ Deps }

// New makes the pages.
func New(d Deps) *Pages { return &Pages{d} }

// Routes gives the routes.
func (p *Pages) Routes() []web.Route {
	get, post := http.MethodGet, http.MethodPost
	return []web.Route{
		{Method: get, Path: "/sync", Allow: models.SyncRead, Summary: "See the sources of people and how they do", Handler: p.Overview,
			Nav: &web.Nav{Section: "Lifecycle", Label: "Sync and drift", Key: "d", Waits: "drift"}},
		{Method: get, Path: "/sync/sources", Allow: models.SyncRead, Summary: "The same, for refreshing while a run is running", Unattended: true, Handler: p.Sources},
		{Method: post, Path: "/sync/sources/:id/run", Allow: models.SyncRun, Summary: "Read a source now", Handler: p.Start},
		{Method: get, Path: "/sync/sources/:id/pause", Allow: models.SyncRun, Summary: "Form for pausing a source", Handler: p.pauseForm(pause)},
		{Method: post, Path: "/sync/sources/:id/pause", Allow: models.SyncRun, Summary: "Stop reading a source", Handler: p.doPause(pause)},
		{Method: get, Path: "/sync/sources/:id/unpause", Allow: models.SyncRun, Summary: "Form for reading a source again", Handler: p.pauseForm(unpause)},
		{Method: post, Path: "/sync/sources/:id/unpause", Allow: models.SyncRun, Summary: "Read a source again", Handler: p.doPause(unpause)},
		{Method: get, Path: "/sync/runs", Allow: models.SyncRead, Summary: "See what was read when", Handler: p.Runs},
		{Method: get, Path: "/sync/runs/:id", Allow: models.SyncRead, Summary: "Everything about one run", Handler: p.Run},
		{Method: get, Path: "/sync/runs/:id/progress", Allow: models.SyncRead, Summary: "How far a run is, for refreshing", Unattended: true, Handler: p.Progress},
		{Method: get, Path: "/sync/runs/:id/resume", Allow: models.SyncRun, Summary: "Form for letting a stopped run go on", Handler: p.decideForm(resume)},
		{Method: post, Path: "/sync/runs/:id/resume", Allow: models.SyncRun, Summary: "Let a stopped run go on", StepUp: true, Handler: p.decide(resume)},
		{Method: get, Path: "/sync/runs/:id/cancel", Allow: models.SyncRun, Summary: "Form for cancelling a stopped run", Handler: p.decideForm(cancel)},
		{Method: post, Path: "/sync/runs/:id/cancel", Allow: models.SyncRun, Summary: "Cancel a stopped run", Handler: p.decide(cancel)},
		{Method: get, Path: "/sync/drift", Allow: models.SyncRead, Summary: "See where both sides differ", Handler: p.Drifts},
		{Method: get, Path: "/sync/drift/:id", Allow: models.SyncRead, Summary: "One difference", Handler: p.Drift},
		{Method: get, Path: "/sync/drift/:id/:way", Allow: models.SyncRun, Summary: "Form for resolving a difference", Handler: p.resolveForm(one)},
		{Method: post, Path: "/sync/drift/:id/:way", Allow: models.SyncRun, Summary: "Resolve a difference", Handler: p.resolve(one)},
		{Method: get, Path: "/sync/same/:id/:way", Allow: models.SyncRun, Summary: "Form for resolving identical differences together", Handler: p.resolveForm(same)},
		{Method: post, Path: "/sync/same/:id/:way", Allow: models.SyncRun, Summary: "Resolve identical differences together", Handler: p.resolve(same)},
		{Method: get, Path: "/sync/orphans", Allow: models.SyncRead, Summary: "See who stands on one side alone", Handler: p.Orphans},
	}
}
