package ops

import (
	"context"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/offboard/operation"
	"github.com/rollcall/rollcall/models"
	view "github.com/rollcall/rollcall/views/ops"
	"github.com/rollcall/rollcall/views/ui"
)

// verdict is a way to answer a request, or to end one's own.
type verdict struct {
	word, ok string
	title    string // of the page: "Approve"
	failed   string // of the error summary
	label    string // of the text
	hint     string
	optional bool
	kind     ui.Kind
	own      bool // of whoever asked, not of an approver
	act      func(e Engine, ctx context.Context, actor models.Actor, d operation.Decision) (models.Operation, error)
}

var (
	approving = verdict{
		word: "approve", ok: "approved", title: "Approve", failed: "Nothing was approved", label: "Reason", hint: "The requester and the auditors can read this.", optional: true, kind: ui.Danger,
		act: func(e Engine, ctx context.Context, a models.Actor, d operation.Decision) (models.Operation, error) {
			return e.Approve(ctx, a, d)
		},
	}
	rejecting = verdict{
		word: "reject", ok: "rejected", title: "Reject", failed: "Nothing was rejected", label: "Reason", hint: "At least 10 characters. The requester and the auditors can read this.", kind: ui.Primary,
		act: func(e Engine, ctx context.Context, a models.Actor, d operation.Decision) (models.Operation, error) {
			return e.Reject(ctx, a, d)
		},
	}
	asking = verdict{
		word: "ask", ok: "question", title: "Ask about", failed: "Nothing was sent", label: "Question", hint: "At least 10 characters. The requester and the auditors can read this.", kind: ui.Primary,
		act: func(e Engine, ctx context.Context, a models.Actor, d operation.Decision) (models.Operation, error) {
			return e.Question(ctx, a, d)
		},
	}
	answering = verdict{
		word: "answer", ok: "answered", title: "Answer about", failed: "Nothing was sent", label: "Answer", hint: "At least 10 characters. The approvers and the auditors can read this.", kind: ui.Primary, own: true,
		act: func(e Engine, ctx context.Context, a models.Actor, d operation.Decision) (models.Operation, error) {
			return e.Answer(ctx, a, d)
		},
	}
	cancelling = verdict{
		word: "cancel", ok: "cancelled", title: "Cancel", failed: "Nothing was cancelled", label: "Reason", hint: "The approvers and the auditors can read this.", optional: true, kind: ui.Primary, own: true,
		act: func(e Engine, ctx context.Context, a models.Actor, d operation.Decision) (models.Operation, error) {
			return e.Cancel(ctx, a, d.ID, d.Reason)
		},
	}
)

type verdictForm struct {
	Reason string `form:"reason" label:"The text" validate:"max=1000"`
	Hash   string `form:"hash" label:"List" validate:"max=64"`
}

func (p *Pages) verdictForm(v verdict) web.Handler {
	return func(c *web.Call) error { return p.verdictPage(c, v, verdictForm{}, nil) }
}

func (p *Pages) decide(v verdict) web.Handler {
	return func(c *web.Call) error {
		var f verdictForm
		err := c.Bind(&f)
		if err == nil {
			_, err = v.act(p.Ops, c.Ctx(), c.Actor(), operation.Decision{ID: c.Param("id"), ListHash: f.Hash, Reason: f.Reason, Fresh: fresh(c)})
		}
		if err != nil {
			return p.verdictPage(c, v, f, err)
		}
		return c.Redirect("/ops/" + c.Param("id") + "?ok=" + v.ok)
	}
}

func (p *Pages) verdictPage(c *web.Call, v verdict, f verdictForm, cause error) error {
	op, err := p.Ops.Get(c.Ctx(), c.Tenant(), c.Param("id"))
	if err != nil {
		return err
	}
	fields, problems, code, err := refused(cause)
	if err != nil {
		return err
	}
	effects, err := operation.EffectsOf(op)
	if err != nil {
		return err
	}
	m := view.Act{
		Action: href(op) + "/" + v.word, Cancel: href(op), Back: "Back without deciding", Title: v.failed, Kind: v.kind, Problems: problems, Submit: submit(v, op),
		Reason: &ui.Field{
			Name: "reason", Label: v.label, Value: f.Reason, Error: fields["reason"], Hint: v.hint, Wide: true, MaxLength: 1000,
			Required: !v.optional || v.word == approving.word && effects.Privileged > 0,
		},
	}
	if m.Blocked, err = p.whyNot(c, v, op); err != nil {
		return err
	}
	if v.word == approving.word && m.Blocked == "" {
		if err := p.approvePage(c, op, effects, &m); err != nil {
			return err
		}
	}
	if v.word == cancelling.word {
		m.Effects = []string{"Nobody is deactivated. The plan and what was said about it stay readable."}
		m.Back = "Back"
	}
	return c.Render(web.Page{
		Title: v.title + " " + op.Code(), Heading: v.title + " " + lower(name(op)), Crumbs: crumbs(op, v.title), FocusHeading: code == 0, Code: code, NoForm: m.Blocked != "",
	}, view.ActPage(m))
}

// approvePage adds what the approver is about to let go, and what changed since.
func (p *Pages) approvePage(c *web.Call, op models.Operation, effects operation.Effects, m *view.Act) error {
	m.Hash, m.Facts = op.ListHash, append([]view.Fact{{Label: "Asked for by", Text: op.RequestedBy}}, requestFacts(op)...)
	m.Effects = []string{whom(op) + " " + plural(op.Included, "loses", "lose") + " sign-in" + whenWords(op) + ", here and at every connected system."}
	if effects.Privileged > 0 {
		m.Effects = append(m.Effects, ui.Counted(int(effects.Privileged), "of them holds privileged access.", "of them hold privileged access.")+" Your reason is required.")
		m.Reason.Hint = "At least 10 characters. " + m.Reason.Hint
	}
	m.Effects = append(m.Effects, "It can be undone for "+days(op.UndoDays)+". Ended sessions do not come back.")
	var err error
	m.Changed, err = p.changed(c, op)
	return err
}

// whyNot says why the caller cannot do it; the form is left out then.
func (p *Pages) whyNot(c *web.Call, v verdict, op models.Operation) (string, error) {
	switch {
	case v.word == cancelling.word:
		return operation.MayCancel(op, c.Actor()), nil
	case v.word == answering.word && op.State != models.OperationWaiting:
		return op.Code() + " waits for no answer: it is " + lower(op.State.Word()) + ".", nil
	case v.word == answering.word && op.RequestedByID != c.Caller.UserID:
		return op.RequestedBy + " asked for this. Only they can answer.", nil
	case v.own:
		return "", nil
	}
	return p.Ops.MayDecide(c.Ctx(), c.Actor(), op)
}

// submit is the label of the button: the act and its scope.
func submit(v verdict, op models.Operation) string {
	switch v.word {
	case approving.word:
		if op.ScheduledAt > 0 {
			return "Approve: deactivate " + whom(op) + whenWords(op)
		}
		return "Approve: deactivate " + whom(op) + " now"
	case rejecting.word:
		return "Reject " + op.Code()
	case asking.word:
		return "Send the question"
	case answering.word:
		return "Send the answer"
	}
	return "Cancel " + op.Code()
}
