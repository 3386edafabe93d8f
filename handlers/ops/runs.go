package ops

import (
	"context"
	"net/http"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/offboard/operation"
	"github.com/rollcall/rollcall/models"
)

// RunEngine is what the pages of operations that have begun ask for;
// *operation.Engine is one.
type RunEngine interface {
	Get(ctx context.Context, tenant int64, id string) (models.Operation, error)
	Decisions(ctx context.Context, tenant int64, op models.Operation) ([]models.OperationDecision, error)
	RunOf(ctx context.Context, tenant int64, op models.Operation) (operation.Run, error)
	Lines(ctx context.Context, tenant int64, op models.Operation, q operation.LineQuery) (operation.LinePage, error)
	EachLine(ctx context.Context, tenant int64, op models.Operation, fn func([]operation.Line) error) error
	NumbersOf(ctx context.Context, tenant int64, op models.Operation, lines []operation.Line) (operation.Numbers, error)
	Applications(ctx context.Context, tenant int64, op models.Operation) (list []operation.Application, capped bool, err error)
	UndoPreview(ctx context.Context, tenant int64, op models.Operation, people []string) (operation.Back, error)
	Undo(ctx context.Context, actor models.Actor, in operation.UndoRequest) (models.Operation, error)
	Pause(ctx context.Context, actor models.Actor, in operation.Control) (models.Operation, error)
	Resume(ctx context.Context, actor models.Actor, in operation.Control) (models.Operation, error)
	StopRest(ctx context.Context, actor models.Actor, in operation.Control) (models.Operation, error)
	RetryFailed(ctx context.Context, actor models.Actor, in operation.Control) (models.Operation, error)
	OutBy(ctx context.Context, tenant, user int64) (m operation.Membership, found bool, err error)
}

// Exports records that people are taken away in a file; *directory.Engine does.
type Exports interface {
	RecordExport(ctx context.Context, actor models.Actor, what string, n int, reason string) error
}

// Systems names the connected systems; *connector.Engine does.
type Systems interface {
	List(ctx context.Context, tenant int64) ([]connector.Connector, error)
}

// RunDeps is what the pages of operations that have begun need.
type RunDeps struct {
	Ops          RunEngine
	Exports      Exports
	Systems      Systems
	Certificates bool // there are pages for certificates
}

// Runs answers what is asked about operations that have begun: how far they are,
// receipts, undo.
type Runs struct{ RunDeps }

// NewRuns makes the pages.
func NewRuns(d RunDeps) *Runs { return &Runs{d} }

// Routes gives the routes.
func (p *Runs) Routes() []web.Route {
	get, post := http.MethodGet, http.MethodPost
	read, act := models.OperationsRead, models.UsersDeactivate
	return []web.Route{
		{Method: get, Path: "/ops/:id/progress", Allow: read, Summary: "How far a deactivation is, for refreshing", Unattended: true, Handler: p.Progress},
		{Method: post, Path: "/ops/:id/pause", Allow: act, Summary: "Let nothing more of a deactivation begin", Handler: p.steer(pausing)},
		{Method: post, Path: "/ops/:id/resume", Allow: act, Summary: "Let a paused deactivation go on", Handler: p.steer(resuming)},
		{Method: post, Path: "/ops/:id/retry", Allow: act, Summary: "Try the failed steps of a deactivation again", Handler: p.steer(retrying)},
		{Method: get, Path: "/ops/:id/stop", Allow: act, Summary: "Form for stopping the rest of a deactivation", Handler: p.StopForm},
		{Method: post, Path: "/ops/:id/stop", Allow: act, Summary: "Leave out everybody and every step that has not begun", Handler: p.Stop},
		{Method: get, Path: "/ops/:id/receipts", Allow: read, Summary: "Everything that was done about each person of a deactivation", Handler: p.Receipts},
		{Method: get, Path: "/ops/:id/receipts/csv", Allow: models.UsersExport, Summary: "Form for downloading the receipts", Handler: p.ReceiptsCSVForm},
		{Method: post, Path: "/ops/:id/receipts/csv", Allow: models.UsersExport, Summary: "Download the receipts as a table", Handler: p.ReceiptsCSV},
		{Method: get, Path: "/ops/:id/undo", Allow: read, Summary: "What an undo would bring back, and the form for it", Handler: p.UndoForm},
		{Method: post, Path: "/ops/:id/undo", Allow: act, Summary: "Let the people of a deactivation in again, all or some", StepUp: true, Handler: p.Undo},
	}
}
