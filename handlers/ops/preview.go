package ops

import (
	"strings"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/offboard/operation"
	"github.com/rollcall/rollcall/models"
	view "github.com/rollcall/rollcall/views/ops"
	"github.com/rollcall/rollcall/views/ui"
)

// Preview answers GET /ops/:id/preview.
func (p *Pages) Preview(c *web.Call) error {
	op, err := p.Ops.Get(c.Ctx(), c.Tenant(), c.Param("id"))
	if err != nil {
		return err
	}
	if op.State != models.OperationDraft {
		return c.Redirect(href(op))
	}
	return p.previewPage(c, op, settling{}, "")
}

// settling is the form for a new manager as it came back.
type settling struct {
	typed string
	cause error
}

func (p *Pages) previewPage(c *web.Call, op models.Operation, s settling, status string) error {
	fields, problems, code, err := refused(s.cause)
	if err != nil {
		return err
	}
	m, err := p.previewModel(c, op)
	if err != nil {
		return err
	}
	if m.Plan.Settle != nil {
		m.Plan.Settle.Field.Value, m.Plan.Settle.Field.Error, m.Plan.Settle.Problems = s.typed, fields["manager"], problems
	} else if len(problems) > 0 {
		return s.cause
	}
	return c.Render(web.Page{
		Title: op.Code() + ": preview", Heading: name(op), Crumbs: crumbs(op, "Preview"), Banners: banner(c.Query("ok")),
		Fragment: view.PreviewPart(m), Status: status, Code: code,
	}, view.PreviewPage(m))
}

func (p *Pages) previewModel(c *web.Call, op models.Operation) (view.Preview, error) {
	why := p.Ops.MayPrepare(op, c.Actor())
	plan, err := p.plan(c, op, why == "")
	if err != nil {
		return view.Preview{}, err
	}
	effects, err := operation.EffectsOf(op)
	if err != nil {
		return view.Preview{}, err
	}
	needs, err := p.Ops.Needs(c.Ctx(), c.Tenant(), op)
	if err != nil {
		return view.Preview{}, err
	}
	plan.Steps = steps(op, atPreview)
	plan.Friction = needs.Why
	m := view.Preview{Plan: plan, Cancel: href(op) + "/cancel", Continue: href(op) + "/reason"}
	if effects.Managers > 0 && why == "" {
		if m.Plan.Settle, err = p.settle(c, op, effects); err != nil {
			return m, err
		}
		if effects.Unsettled > 0 {
			m.Plan.Needed = ui.Count(int(effects.Unsettled)) + " to settle"
		}
	}
	m.Continue, m.Blocked = next(op, effects, why, m.Continue)
	if operation.Stale(op, models.At(c.Now())) && op.CreatedByID == c.Caller.UserID && c.Can(models.UsersDeactivate) {
		m.Replan = &view.Press{Action: href(op) + "/replan", Label: "Plan it again"}
	}
	if operation.MayCancel(op, c.Actor()) != "" {
		m.Cancel = ""
	}
	return m, nil
}

// next is where the next step is, or why there is none.
func next(op models.Operation, e operation.Effects, why, address string) (href, blocked string) {
	switch {
	case why != "":
		return "", why
	case op.Included == 0:
		return "", "Nobody would lose sign-in by this, so there is nothing to ask for."
	case e.Unsettled == 1:
		return "", "1 manager leaves people behind. Choose who manages them from now on, then go on."
	case e.Unsettled > 1:
		return "", ui.Count(int(e.Unsettled)) + " managers leave people behind. Choose who manages them from now on, then go on."
	}
	return address, ""
}

// managersShown is how many managers stand in the form itself.
const managersShown = 10

// settle is the form for who becomes the manager of people who stay.
func (p *Pages) settle(c *web.Call, op models.Operation, e operation.Effects) (*view.Settle, error) {
	page, err := p.Ops.Targets(c.Ctx(), c.Tenant(), op, operation.TargetQuery{Filter: operation.TargetsManagers, Limit: managersShown})
	if err != nil {
		return nil, err
	}
	s := &view.Settle{
		Action: href(op) + "/settle", Submit: "Set for all " + ui.Count(int(e.Reports)),
		Field: ui.Field{Name: "manager", Label: "New manager", Hint: "E-mail address, username or ID of somebody active who stays.", Autocomplete: "off"},
	}
	if e.Reports == 1 {
		s.Submit = "Set as their manager"
	}
	for _, t := range page.Rows {
		m := view.Manager{ID: t.PublicID, Name: t.Name, Reports: int(t.Reports), New: t.NewManager}
		if c.Can(models.UsersRead) {
			m.Href = "/users/" + t.PublicID
		}
		s.Managers = append(s.Managers, m)
	}
	if page.Next > 0 {
		s.More = href(op) + "/preview?who=" + string(operation.TargetsManagers) + "#people"
	}
	return s, nil
}

type settleForm struct {
	Manager string `form:"manager" label:"New manager" validate:"required,max=255"`
	Of      string `form:"of" label:"Manager who goes" validate:"max=64"`
}

// Settle answers POST /ops/:id/settle.
func (p *Pages) Settle(c *web.Call) error {
	var f settleForm
	err := c.Bind(&f)
	if err == nil {
		var manager string
		if manager, err = p.lookup(c, f.Manager); err == nil {
			_, err = p.Ops.Settle(c.Ctx(), c.Actor(), c.Param("id"), f.Of, manager)
		}
	}
	if err == nil {
		return c.Redirect("/ops/" + c.Param("id") + "/preview?ok=settled#breaks")
	}
	op, missing := p.Ops.Get(c.Ctx(), c.Tenant(), c.Param("id"))
	if missing != nil {
		return missing
	}
	if op.State != models.OperationDraft {
		return err
	}
	return p.previewPage(c, op, settling{f.Manager, err}, "")
}

// namedMost is how many of several people are named.
const namedMost = 5

// lookup finds the one person a text names.
func (p *Pages) lookup(c *web.Call, text string) (string, error) {
	found, err := p.People.Lookup(c.Ctx(), c.Tenant(), text)
	if err != nil {
		return "", err
	}
	if len(found) == 1 {
		return found[0].PublicID, nil
	}
	message := "Nobody here has exactly this e-mail address, username or ID."
	if len(found) > 1 {
		message = ui.People(len(found)) + " have this one: " + names(found) + ". Enter the ID of the person you mean."
	}
	for _, one := range found {
		if one.By == "ID" {
			return one.PublicID, nil
		}
	}
	return "", errs.Input(errs.Field{Name: "manager", Message: message})
}

func names(found []directory.Exact) string {
	var all []string
	for _, one := range found[:min(len(found), namedMost)] {
		all = append(all, one.DisplayName+" (ID "+one.PublicID+")")
	}
	if len(found) > namedMost {
		all = append(all, "and others")
	}
	return strings.Join(all, ", ")
}

type moveForm struct {
	Person string `form:"person" label:"Person" validate:"max=64"`
	Next   string `form:"next" label:"Page" validate:"max=500"`
}

// LeaveOut answers POST /ops/:id/leave-out.
func (p *Pages) LeaveOut(c *web.Call) error {
	return p.move(c, "out", func(person string) (models.Operation, error) {
		return p.Ops.LeaveOut(c.Ctx(), c.Actor(), c.Param("id"), person)
	})
}

// TakeIn answers POST /ops/:id/take-in.
func (p *Pages) TakeIn(c *web.Call) error {
	return p.move(c, "in", func(person string) (models.Operation, error) {
		return p.Ops.TakeIn(c.Ctx(), c.Actor(), c.Param("id"), person)
	})
}

// LeaveOutRecent answers POST /ops/:id/leave-out-recent.
func (p *Pages) LeaveOutRecent(c *web.Call) error {
	return p.move(c, "out", func(string) (models.Operation, error) {
		return p.Ops.LeaveOutRecent(c.Ctx(), c.Actor(), c.Param("id"))
	})
}

// move changes the list and shows the plan as it is then.
func (p *Pages) move(c *web.Call, word string, do func(person string) (models.Operation, error)) error {
	var f moveForm
	if err := c.Bind(&f); err != nil {
		return err
	}
	op, err := do(f.Person)
	if err != nil {
		return err
	}
	back := href(op) + "/preview"
	if c.Htmx() {
		if _, query, found := strings.Cut(f.Next, "?"); found && strings.HasPrefix(f.Next, back+"?") {
			c.Request.URL.RawQuery = query
		}
		if op, err = p.Ops.Get(c.Ctx(), c.Tenant(), c.Param("id")); err != nil {
			return err
		}
		return p.previewPage(c, op, settling{}, done[word]+" "+upper(whom(op))+" would lose sign-in.")
	}
	if f.Next == back || strings.HasPrefix(f.Next, back+"?") {
		return c.Redirect(with(f.Next, "ok="+word) + "#people")
	}
	return c.Redirect(back + "?ok=" + word)
}

// Replan answers POST /ops/:id/replan.
func (p *Pages) Replan(c *web.Call) error {
	var f struct{}
	if err := c.Bind(&f); err != nil {
		return err
	}
	op, err := p.Ops.Replan(c.Ctx(), c.Actor(), c.Param("id"))
	if err != nil {
		return err
	}
	return c.Redirect(href(op) + "?ok=replanned")
}
