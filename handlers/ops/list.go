package ops

import (
	"strconv"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/offboard/operation"
	"github.com/rollcall/rollcall/models"
	view "github.com/rollcall/rollcall/views/ops"
	"github.com/rollcall/rollcall/views/ui"
)

// groups are the tabs of the list.
var groups = []struct {
	group operation.StateGroup
	label string
	none  string
}{
	{operation.GroupAll, "All", ""},
	{operation.GroupOpen, "Open", "Nothing is planned, waiting or running"},
	{operation.GroupPending, "Waiting for approval", "No request waits for approval"},
	{operation.GroupRunning, "Running or scheduled", "Nothing runs or is scheduled"},
	{operation.GroupEnded, "Ended", "No operation has ended yet"},
}

// List answers GET /ops.
func (p *Pages) List(c *web.Call) error {
	q := operation.Query{Limit: c.Rows()}
	q.Before, _ = strconv.ParseInt(c.Query("after"), 10, 64) // what is no number is the first page
	m, none := view.List{Now: c.Now()}, ""
	mine := c.Query("by") == "me"
	if mine {
		q.By = c.Caller.UserID
	}
	base := "/ops"
	for _, g := range groups {
		chosen := !mine && string(g.group) == c.Query("state")
		tab := ui.Tab{Label: g.label, Href: "/ops", Current: chosen}
		if g.group != operation.GroupAll {
			tab.Href = "/ops?state=" + string(g.group)
		}
		if chosen {
			q.Group, none, base = g.group, g.none, tab.Href
		}
		m.Tabs = append(m.Tabs, tab)
	}
	m.Tabs = append(m.Tabs, ui.Tab{Label: "Planned by me", Href: "/ops?by=me", Current: mine})
	if mine {
		base, none = "/ops?by=me", "You have planned none"
	}
	page, err := p.Ops.List(c.Ctx(), c.Tenant(), q)
	if err != nil {
		return err
	}
	for _, op := range page.Rows {
		m.Rows = append(m.Rows, row(op))
	}
	m.Pager = pager(base, "Pages of operations", c.Query("after") != "", page.Next)
	if len(m.Rows) == 0 {
		m.Empty = empty(c, none)
	}
	head := web.Page{Title: "Deactivations", Banners: banner(c.Query("ok"))}
	if c.Can(models.UsersDeactivate) {
		head.Actions = view.ListActions()
	}
	return c.Render(head, view.ListPage(m))
}

// pager leads on; the list is walked forward.
func pager(base, label string, later bool, next int64) ui.Paging {
	p := ui.Paging{Label: label}
	if later {
		p.First = base
	}
	if next > 0 {
		p.Next = with(base, "after="+strconv.FormatInt(next, 10))
	}
	return p
}

func with(base, query string) string {
	for i := range base {
		if base[i] == '?' {
			return base + "&" + query
		}
	}
	return base + "?" + query
}

func empty(c *web.Call, none string) *ui.Empty {
	if none != "" {
		return &ui.Empty{Title: none, Href: "/ops", Link: "Show all deactivations"}
	}
	e := &ui.Empty{Title: "Nobody was deactivated yet", Text: "A deactivation is planned first: you select people, and see everything it would do before anybody loses anything."}
	if c.Can(models.UsersDeactivate) && c.Can(models.UsersRead) {
		e.Href, e.Link = "/users", "Select people"
	}
	return e
}

func row(op models.Operation) view.Row {
	r := view.Row{
		Href: href(op), Code: op.Code(), Name: name(op), About: op.Title, State: stateWord(op.State), StateText: op.State.Word(),
		People: int(op.Included), By: op.CreatedBy, At: op.CreatedAt.Time(),
	}
	if op.Risk() {
		r.Tag = "Risk"
	}
	if op.People == 1 { // the name says it already
		r.About = ""
	}
	switch op.State {
	case models.OperationPlanning:
		r.People = int(op.People)
	case models.OperationWaiting:
		r.Note, r.NoteAt = "until", op.ExpiresAt.Time()
	case models.OperationScheduled:
		r.Note, r.NoteAt = "for", op.ScheduledAt.Time()
	case models.OperationDone, models.OperationFailures:
		if op.UndoUntil > 0 {
			r.Note, r.NoteAt = "can be undone until", op.UndoUntil.Time()
		}
	case models.OperationRejected, models.OperationCancelled, models.OperationExpired, models.OperationPaused:
		r.Note = op.Sentence
	}
	return r
}

type createForm struct {
	Selection string `form:"selection" label:"Selection" validate:"max=64"`
	Once      string `form:"once" label:"Form" validate:"max=64"`
}

// Create answers POST /ops: a plan is made of a selection, and its preview shown.
func (p *Pages) Create(c *web.Call) error {
	var f createForm
	if err := c.Bind(&f); err != nil {
		return err
	}
	if f.Selection == "" {
		return errs.New(errs.Invalid, "Nobody is selected. Nothing was planned. Select people in the list first.")
	}
	if _, err := uuid.Parse(f.Selection); err != nil {
		return errs.New(errs.NotFound, "There is no such selection among yours.")
	}
	op, err := p.Ops.Create(c.Ctx(), c.Actor(), f.Selection, f.Once)
	if err != nil {
		return err
	}
	return c.Redirect(href(op))
}

// Approvals answers GET /approvals.
func (p *Pages) Approvals(c *web.Call) error {
	waiting, err := p.Ops.Waiting(c.Ctx(), c.Actor())
	if err != nil {
		return err
	}
	m := view.Approvals{Now: c.Now()}
	for _, op := range waiting {
		effects, err := operation.EffectsOf(op)
		if err != nil {
			return err
		}
		m.Rows = append(m.Rows, view.Waiting{
			Href: href(op), Code: op.Code(), Text: asks(op), Privileged: int(effects.Privileged), Reason: op.Reason,
			Since: op.RequestedAt.Time(), Due: op.ExpiresAt.Time(), Urgent: operation.Urgent(op, models.At(c.Now())),
		})
	}
	if len(m.Rows) == 0 {
		m.Empty = &ui.Empty{Title: "No approvals waiting", Text: "What you asked for yourself, and what concerns you, is for somebody else to decide and is not shown here."}
	}
	return c.Render(web.Page{Title: "Approvals", Banners: banner(c.Query("ok"))}, view.ApprovalsPage(m))
}

// asks is the sentence of a request: "Goran Novak asks to deactivate 211 people".
func asks(op models.Operation) string {
	return op.RequestedBy + " asks to deactivate " + whom(op)
}

// whom names the people of an operation.
func whom(op models.Operation) string {
	if op.People == 1 {
		return op.Title
	}
	return ui.People(int(op.Included))
}
