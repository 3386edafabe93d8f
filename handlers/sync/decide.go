package sync

import (
	"context"
	"strconv"
	"strings"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/sync"
	"github.com/rollcall/rollcall/models"
	"github.com/rollcall/rollcall/views/layout"
	view "github.com/rollcall/rollcall/views/sync"
	"github.com/rollcall/rollcall/views/ui"
)

// readers says who sees a reason.
const readers = "The admins and the auditors"

// decideForm is what the pages of a decision send.
type decideForm struct {
	Reason string `form:"reason" label:"Reason" validate:"reason,max=1000"`
	Typed  string `form:"typed" label:"The number of people"`
}

// verdict is a way to answer a stopped run.
type verdict struct {
	word, ok string
	counted  bool // the number of people has to be typed
	run      func(e Engine, ctx context.Context, actor models.Actor, run, reason string) (models.SourceRun, error)
}

var (
	resume = verdict{"resume", "resumed", true, func(e Engine, ctx context.Context, a models.Actor, run, reason string) (models.SourceRun, error) {
		return e.Resume(ctx, a, run, reason)
	}}
	cancel = verdict{"cancel", "cancelled", false, func(e Engine, ctx context.Context, a models.Actor, run, reason string) (models.SourceRun, error) {
		return e.Cancel(ctx, a, run, reason)
	}}
)

func (p *Pages) decideForm(v verdict) web.Handler {
	return func(c *web.Call) error { return p.decidePage(c, v, decideForm{}, nil) }
}

func (p *Pages) decide(v verdict) web.Handler {
	return func(c *web.Call) error {
		run, err := p.Sync.RunOf(c.Ctx(), c.Tenant(), c.Param("id"))
		if err != nil {
			return err
		}
		var f decideForm
		err = c.Bind(&f)
		if err == nil && v.counted && run.State == models.RunStopped && typed(f.Typed) != run.Losing {
			err = errs.Input(errs.Field{Name: "typed", Message: "Type " + ui.Count(int(run.Losing)) + ", the number of people who lose something. Nothing was changed."})
		}
		if err == nil {
			_, err = v.run(p.Sync, c.Ctx(), c.Actor(), run.PublicID, f.Reason)
		}
		if err != nil {
			return p.decidePage(c, v, f, err)
		}
		return c.Redirect("/sync/runs/" + run.PublicID + "?ok=" + v.ok)
	}
}

// typed reads a number as pages write it; -1 when it is none.
func typed(text string) int64 {
	n, err := strconv.ParseInt(strings.NewReplacer(",", "", " ", "", ".", "").Replace(text), 10, 64)
	if err != nil {
		return -1
	}
	return n
}

func (p *Pages) decidePage(c *web.Call, v verdict, f decideForm, cause error) error {
	run, err := p.Sync.RunOf(c.Ctx(), c.Tenant(), c.Param("id"))
	if err != nil {
		return err
	}
	fields, problems, code, err := refused(cause)
	if err != nil {
		return err
	}
	back := "/sync/runs/" + run.PublicID
	reason := ui.ReasonField(f.Reason, fields["reason"], readers)
	m := view.Resolve{Action: back + "/" + v.word, Cancel: back, Reason: &reason, Problems: problems, Title: "Nothing was decided"}
	title := "Cancel the " + lower(runName(run))
	if v.counted {
		title = "Let the " + lower(runName(run)) + " go on"
		m.Kind, m.Effects, m.Submit = ui.Danger, resumeEffects(run), resumeLabel(run)
		m.Typed = &ui.Field{Name: "typed", Label: "Type " + ui.Count(int(run.Losing)), Value: f.Typed, Error: fields["typed"], Required: true,
			Hint: "So that nobody takes something away from this many people by accident.", Autocomplete: "off"}
	} else {
		m.Kind, m.Submit = ui.Primary, "Cancel this run"
		m.Effects = []string{
			"Nothing is taken away from anybody. What the run read of people who are still there was taken over already.",
			"The next run reads " + run.Connector.Name + " anew, and stops again while it returns as few people as now.",
		}
	}
	if run.State != models.RunStopped {
		m.Blocked = "This run waits for no decision: it is " + lower(run.State.Word()) + "."
	}
	return c.Render(web.Page{
		Title: title, FocusHeading: code == 0, Code: code,
		Crumbs: append(runCrumbs(run)[:2], layout.Crumb{Label: runName(run), Href: back}, layout.Crumb{Label: title}),
	}, view.ResolvePage(m))
}

func lower(s string) string { return strings.ToLower(s[:1]) + s[1:] }

func resumeLabel(run sync.RunView) string { return "Apply to " + ui.People(int(run.Losing)) }

// resumeEffects says what going on does, in the order of weight.
func resumeEffects(run sync.RunView) []string {
	var out []string
	add := func(n int, one, many string) {
		if n > 0 {
			out = append(out, ui.Counted(n, one, many))
		}
	}
	name := run.Connector.Name
	add(run.Losses.Missing, "account counts as gone at "+name+".", "accounts count as gone at "+name+". People of them who may be in here show as differences until somebody acts.")
	add(run.Losses.Disabled, "account counts as switched off there.", "accounts count as switched off there.")
	add(run.Losses.Roles, "role that came by rule is taken away.", "roles that came by rule are taken away.")
	return append(out,
		"Each account is looked at once more before anything happens. What is no longer true is left out and listed.",
		"Nobody is deactivated by this. The last admin keeps the Admin role.")
}

// stopOf is the decision a stopped run waits for.
func stopOf(c *web.Call, run sync.RunView) *view.Stop {
	s := &view.Stop{
		Ask: "If nobody meant this, cancel the run, look at the filter and at the rights of the account that Rollcall reads with, and run it once more.", Effects: resumeEffects(run),
		Resume: "/sync/runs/" + run.PublicID + "/resume", Cancel: "/sync/runs/" + run.PublicID + "/cancel", Label: resumeLabel(run) + "...",
	}
	if !c.Can(models.SyncRun) {
		s.Missing = "You may read this and not decide it: that needs the permission " + models.SyncRun.Key() + "."
	}
	return s
}

// refused reads an error for a form: what stands below which field, and with
// which status the form is drawn again. Other errors come back as they are.
func refused(cause error) (fields map[string]string, problems []ui.Problem, code int, err error) {
	if cause == nil {
		return map[string]string{}, nil, 0, nil
	}
	if fields, problems, ok := web.Refused(cause); ok {
		return fields, problems, 422, nil
	}
	if e, known := errs.As(cause); known && (e.Kind == errs.Conflict || e.Kind == errs.TooMany) {
		return map[string]string{}, []ui.Problem{{Text: e.Safe}}, 409, nil
	}
	return nil, nil, 0, cause
}

// pausing is a way to start or stop reading a source.
type pausing struct {
	word, ok string
	run      func(e Engine, ctx context.Context, actor models.Actor, source, reason string) error
}

var (
	pause = pausing{"pause", "paused", func(e Engine, ctx context.Context, a models.Actor, source, reason string) error {
		return e.Pause(ctx, a, source, reason)
	}}
	unpause = pausing{"unpause", "unpaused", func(e Engine, ctx context.Context, a models.Actor, source, reason string) error {
		return e.Unpause(ctx, a, source, reason)
	}}
)

func (p *Pages) pauseForm(v pausing) web.Handler {
	return func(c *web.Call) error { return p.pausePage(c, v, reasonForm{}, nil) }
}

type reasonForm struct {
	Reason string `form:"reason" label:"Reason" validate:"reason,max=1000"`
}

func (p *Pages) doPause(v pausing) web.Handler {
	return func(c *web.Call) error {
		var f reasonForm
		err := c.Bind(&f)
		if err == nil {
			err = v.run(p.Sync, c.Ctx(), c.Actor(), c.Param("id"), f.Reason)
		}
		if err != nil {
			return p.pausePage(c, v, f, err)
		}
		return c.Redirect("/sync?ok=" + v.ok)
	}
}

func (p *Pages) pausePage(c *web.Call, v pausing, f reasonForm, cause error) error {
	sources, err := p.Sync.Sources(c.Ctx(), c.Tenant())
	if err != nil {
		return err
	}
	name := ""
	for _, s := range sources {
		if s.Connector.PublicID == c.Param("id") {
			name = s.Connector.Name
		}
	}
	if name == "" {
		return errs.New(errs.NotFound, "There is no such connector. Somebody may have deleted it.")
	}
	fields, problems, code, err := refused(cause)
	if err != nil {
		return err
	}
	reason := ui.ReasonField(f.Reason, fields["reason"], readers)
	m := view.Resolve{Action: "/sync/sources/" + c.Param("id") + "/" + v.word, Cancel: "/sync", Reason: &reason, Problems: problems, Kind: ui.Primary}
	title := "Pause reading " + name
	if v.word == pause.word {
		m.Title, m.Submit = "Reading was not paused", "Pause reading"
		m.Effects = []string{"No run begins, and no event is applied. Events that come meanwhile are kept.", "What differs meanwhile is not noticed. People sign in as before."}
	} else {
		title = "Read " + name + " again"
		m.Title, m.Submit = "Reading was not resumed", "Resume reading"
		m.Effects = []string{"Events that were kept are applied, and the next run begins when it is due."}
	}
	return c.Render(web.Page{
		Title: title, FocusHeading: code == 0, Code: code, Crumbs: []layout.Crumb{{Label: "Sync and drift", Href: "/sync"}, {Label: title}},
	}, view.ResolvePage(m))
}
