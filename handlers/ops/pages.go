package ops

import (
	"context"
	"net/http"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/offboard/operation"
	"github.com/rollcall/rollcall/models"
)

// Engine is what the pages ask for; *operation.Engine is one.
type Engine interface {
	Create(ctx context.Context, actor models.Actor, selection, once string) (models.Operation, error)
	Get(ctx context.Context, tenant int64, id string) (models.Operation, error)
	List(ctx context.Context, tenant int64, q operation.Query) (operation.Page, error)
	Targets(ctx context.Context, tenant int64, op models.Operation, q operation.TargetQuery) (operation.TargetPage, error)
	EachTarget(ctx context.Context, actor models.Actor, op models.Operation, fn func(operation.Target) error) error
	PlanProgress(ctx context.Context, tenant int64, op models.Operation) (operation.Progress, error)
	Decisions(ctx context.Context, tenant int64, op models.Operation) ([]models.OperationDecision, error)
	ChangesOf(ctx context.Context, tenant int64, op models.Operation) (operation.Changes, error)
	CountStates(ctx context.Context, tenant int64, op models.Operation) (map[models.TargetState]int64, error)
	Waiting(ctx context.Context, actor models.Actor) ([]models.Operation, error)
	Needs(ctx context.Context, tenant int64, op models.Operation) (operation.Friction, error)
	MayPrepare(op models.Operation, actor models.Actor) string
	MayDecide(ctx context.Context, actor models.Actor, op models.Operation) (string, error)
	LeaveOut(ctx context.Context, actor models.Actor, id, person string) (models.Operation, error)
	TakeIn(ctx context.Context, actor models.Actor, id, person string) (models.Operation, error)
	LeaveOutRecent(ctx context.Context, actor models.Actor, id string) (models.Operation, error)
	Settle(ctx context.Context, actor models.Actor, id, person, manager string) (models.Operation, error)
	Replan(ctx context.Context, actor models.Actor, id string) (models.Operation, error)
	Prepare(ctx context.Context, actor models.Actor, in operation.Request) (models.Operation, error)
	Ask(ctx context.Context, actor models.Actor, in operation.Request) (models.Operation, error)
	Approve(ctx context.Context, actor models.Actor, d operation.Decision) (models.Operation, error)
	Reject(ctx context.Context, actor models.Actor, d operation.Decision) (models.Operation, error)
	Question(ctx context.Context, actor models.Actor, d operation.Decision) (models.Operation, error)
	Answer(ctx context.Context, actor models.Actor, d operation.Decision) (models.Operation, error)
	Cancel(ctx context.Context, actor models.Actor, id, reason string) (models.Operation, error)
}

// People is what the pages ask of the directory.
type People interface {
	Lookup(ctx context.Context, tenant int64, text string) ([]directory.Exact, error)
	RecordExport(ctx context.Context, actor models.Actor, what string, n int, reason string) error
}

// Deps is what the pages need.
type Deps struct {
	Ops    Engine
	People People

	// Run answers GET /ops/:id once an operation has begun; nil: a summary does.
	Run func(c *web.Call, op models.Operation) error
}

// Pages answers the routes of this package.
type Pages struct{ Deps }

// New makes the pages.
func New(d Deps) *Pages { return &Pages{d} }

// Routes gives the routes.
func (p *Pages) Routes() []web.Route {
	get, post := http.MethodGet, http.MethodPost
	read, act, approve := models.OperationsRead, models.UsersDeactivate, models.OperationsApprove
	return []web.Route{
		{Method: get, Path: "/approvals", Allow: approve, Summary: "See the requests that wait for you", Handler: p.Approvals,
			Nav: &web.Nav{Section: "Work", Label: "Approvals", Key: "p", Waits: "approvals"}},
		{Method: get, Path: "/ops", Allow: read, Summary: "See deactivations: planned, waiting, running, done", Handler: p.List,
			Nav: &web.Nav{Section: "Lifecycle", Label: "Deactivations", Key: "o"}},
		{Method: post, Path: "/ops", Allow: act, Summary: "Plan to deactivate the people who are selected", Handler: p.Create},
		{Method: get, Path: "/ops/:id", Allow: read, Summary: "One deactivation, wherever it stands", Handler: p.Show},
		{Method: get, Path: "/ops/:id/planning", Allow: read, Summary: "How far a plan is, for refreshing", Unattended: true, Handler: p.Planning},
		{Method: get, Path: "/ops/:id/preview", Allow: read, Summary: "Everything a deactivation would do", Handler: p.Preview},
		{Method: post, Path: "/ops/:id/leave-out", Allow: act, Summary: "Leave one person out of a plan", Handler: p.LeaveOut},
		{Method: post, Path: "/ops/:id/take-in", Allow: act, Summary: "Take back in whom somebody left out by hand", Handler: p.TakeIn},
		{Method: post, Path: "/ops/:id/leave-out-recent", Allow: act, Summary: "Leave out who signed in during the last 24 hours", Handler: p.LeaveOutRecent},
		{Method: post, Path: "/ops/:id/settle", Allow: act, Summary: "Say who becomes the manager of people who stay", Handler: p.Settle},
		{Method: post, Path: "/ops/:id/replan", Allow: act, Summary: "Plan again, as everybody stands now", Handler: p.Replan},
		{Method: get, Path: "/ops/:id/reason", Allow: act, Summary: "Form for reason, time and undo window", Handler: p.ReasonForm},
		{Method: post, Path: "/ops/:id/reason", Allow: act, Summary: "Keep reason, time and undo window of a plan", Handler: p.Reason},
		{Method: get, Path: "/ops/:id/confirm", Allow: act, Summary: "Everything at a glance, before it is asked for", Handler: p.ConfirmForm},
		{Method: post, Path: "/ops/:id/confirm", Allow: act, Summary: "Deactivate the people of a plan, or ask a second person to approve it", StepUp: true, Handler: p.Confirm},
		{Method: get, Path: "/ops/:id/approve", Allow: approve, Summary: "Form for approving a deactivation", Handler: p.verdictForm(approving)},
		{Method: post, Path: "/ops/:id/approve", Allow: approve, Summary: "Approve a deactivation that somebody else asks for", StepUp: true, Handler: p.decide(approving)},
		{Method: get, Path: "/ops/:id/reject", Allow: approve, Summary: "Form for rejecting a deactivation", Handler: p.verdictForm(rejecting)},
		{Method: post, Path: "/ops/:id/reject", Allow: approve, Summary: "Reject a deactivation", Handler: p.decide(rejecting)},
		{Method: get, Path: "/ops/:id/ask", Allow: approve, Summary: "Form for asking about a deactivation", Handler: p.verdictForm(asking)},
		{Method: post, Path: "/ops/:id/ask", Allow: approve, Summary: "Ask whoever requested a deactivation", Handler: p.decide(asking)},
		{Method: get, Path: "/ops/:id/answer", Allow: act, Summary: "Form for answering a question", Handler: p.verdictForm(answering)},
		{Method: post, Path: "/ops/:id/answer", Allow: act, Summary: "Answer a question about one's own request", Handler: p.decide(answering)},
		{Method: get, Path: "/ops/:id/cancel", Allow: act, Summary: "Form for cancelling a deactivation that has not begun", Handler: p.verdictForm(cancelling)},
		{Method: post, Path: "/ops/:id/cancel", Allow: act, Summary: "Cancel a deactivation that has not begun", Handler: p.decide(cancelling)},
		{Method: get, Path: "/ops/:id/csv", Allow: models.UsersExport, Summary: "Form for downloading the list of a deactivation", Handler: p.CSVForm},
		{Method: post, Path: "/ops/:id/csv", Allow: models.UsersExport, Summary: "Download the list of a deactivation", Handler: p.CSV},
	}
}
