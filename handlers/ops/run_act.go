package ops

import (
	"context"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/offboard/operation"
	"github.com/rollcall/rollcall/models"
	view "github.com/rollcall/rollcall/views/ops"
	"github.com/rollcall/rollcall/views/ui"
)

// steering is a word to an operation that needs no reason.
type steering struct {
	ok  string
	say func(e RunEngine, ctx context.Context, actor models.Actor, in operation.Control) (models.Operation, error)
}

var (
	pausing = steering{"paused", func(e RunEngine, ctx context.Context, a models.Actor, in operation.Control) (models.Operation, error) {
		return e.Pause(ctx, a, in)
	}}
	resuming = steering{"resumed", func(e RunEngine, ctx context.Context, a models.Actor, in operation.Control) (models.Operation, error) {
		return e.Resume(ctx, a, in)
	}}
	retrying = steering{"retried", func(e RunEngine, ctx context.Context, a models.Actor, in operation.Control) (models.Operation, error) {
		return e.RetryFailed(ctx, a, in)
	}}
)

type steerForm struct {
	At string `form:"at" label:"System" validate:"max=64"`
}

// steer answers a button that says one word to an operation.
func (p *Runs) steer(s steering) web.Handler {
	return func(c *web.Call) error {
		var f steerForm
		if err := c.Bind(&f); err != nil {
			return err
		}
		in := operation.Control{ID: c.Param("id"), Fresh: fresh(c)}
		if f.At != "" {
			at, err := p.system(c, f.At)
			if err != nil {
				return err
			}
			in.At = at
		}
		op, err := s.say(p.Ops, c.Ctx(), c.Actor(), in)
		if err != nil {
			return err
		}
		return c.Redirect(href(op) + "?ok=" + s.ok)
	}
}

// system finds a connected system by its public id.
func (p *Runs) system(c *web.Call, id string) (int64, error) {
	list, err := p.Systems.List(c.Ctx(), c.Tenant())
	if err != nil {
		return 0, err
	}
	for i := range list {
		if list[i].PublicID == id {
			return list[i].ID, nil
		}
	}
	return 0, errs.New(errs.NotFound, "There is no such connected system. Nothing was tried again.")
}

type stopForm struct {
	Reason string `form:"reason" label:"Reason" validate:"reason,max=1000"`
}

// StopForm answers GET /ops/:id/stop.
func (p *Runs) StopForm(c *web.Call) error {
	op, err := p.Ops.Get(c.Ctx(), c.Tenant(), c.Param("id"))
	if err != nil {
		return err
	}
	return p.stopPage(c, op, stopForm{}, nil)
}

// Stop answers POST /ops/:id/stop.
func (p *Runs) Stop(c *web.Call) error {
	op, err := p.Ops.Get(c.Ctx(), c.Tenant(), c.Param("id"))
	if err != nil {
		return err
	}
	var f stopForm
	if err = c.Bind(&f); err == nil {
		_, err = p.Ops.StopRest(c.Ctx(), c.Actor(), operation.Control{ID: op.PublicID, Reason: f.Reason, Fresh: fresh(c)})
	}
	if err != nil {
		return p.stopPage(c, op, f, err)
	}
	return c.Redirect(href(op) + "?ok=stopped")
}

func (p *Runs) stopPage(c *web.Call, op models.Operation, f stopForm, cause error) error {
	fields, problems, code, err := refused(cause)
	if err != nil {
		return err
	}
	run, err := p.Ops.RunOf(c.Ctx(), c.Tenant(), op)
	if err != nil {
		return err
	}
	figures := figuresOf(op, run)
	m := view.Act{
		Action: href(op) + "/stop", Cancel: href(op), Back: "Let it go on", Title: "Nothing was stopped", Problems: problems,
		Blocked: operation.MayStop(&op), Submit: "Stop the rest", Kind: ui.Danger, Effects: stopEffects(figures),
	}
	reason := ui.ReasonField(f.Reason, fields["reason"], readers)
	m.Reason = &reason
	return c.Render(web.Page{
		Title: op.Code() + ": stop the rest", Heading: "Stop the rest of " + op.Code(), Crumbs: crumbs(op, "Stop"), FocusHeading: code == 0, Code: code, NoForm: m.Blocked != "",
	}, view.ActPage(m))
}

// stopEffects say what stopping does.
func stopEffects(f figures) []string {
	var out []string
	if n := f.waiting(); n > 0 {
		out = append(out, ui.Counted(int(n), "person who is not cut off yet stays in.", "people who are not cut off yet stay in."))
	}
	if f.steps.open > 0 {
		out = append(out, ui.Counted(int(f.steps.open), "step at a connected system is not begun any more: an account may stay active there, and sessions may live on.",
			"steps at connected systems are not begun any more: accounts may stay active there, and sessions may live on."))
	}
	return append(out, "Whoever is cut off stays so. What runs at this moment goes on to its end.", "This cannot be taken back. The others would need a deactivation of their own.")
}
