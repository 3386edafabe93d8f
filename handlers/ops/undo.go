package ops

import (
	"slices"
	"strconv"
	"time"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/offboard/operation"
	"github.com/rollcall/rollcall/models"
	view "github.com/rollcall/rollcall/views/ops"
	"github.com/rollcall/rollcall/views/ui"
)

// ticksShown is how many people can be ticked on one page.
const ticksShown = 200

type undoForm struct {
	Who    string   `form:"who" label:"Who" validate:"omitempty,oneof=all some"`
	People []string `form:"people" label:"People" validate:"max=1000,dive,max=64"`
	Reason string   `form:"reason" label:"Reason" validate:"reason,max=1000"`
}

// UndoForm answers GET /ops/:id/undo.
func (p *Runs) UndoForm(c *web.Call) error {
	op, err := p.Ops.Get(c.Ctx(), c.Tenant(), c.Param("id"))
	if err != nil {
		return err
	}
	return p.undoPage(c, op, undoForm{}, nil)
}

// Undo answers POST /ops/:id/undo.
func (p *Runs) Undo(c *web.Call) error {
	op, err := p.Ops.Get(c.Ctx(), c.Tenant(), c.Param("id"))
	if err != nil {
		return err
	}
	var f undoForm
	err = c.Bind(&f)
	if op.Included == 1 {
		f.Who = "all"
	}
	if err == nil && f.Who == "" {
		err = errs.Input(errs.Field{Name: "who", Message: "Choose whether everybody is let in again, or some of them. Nothing was undone."})
	}
	if err == nil {
		in := operation.UndoRequest{ID: op.PublicID, All: f.Who == "all", Reason: f.Reason, Fresh: fresh(c)}
		if !in.All {
			in.People = f.People
		}
		_, err = p.Ops.Undo(c.Ctx(), c.Actor(), in)
	}
	if err != nil {
		return p.undoPage(c, op, f, err)
	}
	return c.Redirect(href(op) + "?ok=undone")
}

func (p *Runs) undoPage(c *web.Call, op models.Operation, f undoForm, cause error) error {
	fields, problems, code, err := refused(cause)
	if err != nil {
		return err
	}
	back, err := p.Ops.UndoPreview(c.Ctx(), c.Tenant(), op, nil)
	if err != nil {
		return err
	}
	m := view.Undo{
		Action: href(op) + "/undo", Cancel: href(op), Closed: closed(op, back), Until: utc(op.UndoUntil), Left: daysLeft(op.UndoUntil.Time().Sub(c.Now())),
		Back: backLines(op, back), Not: notLines(back), Reason: ui.ReasonField(f.Reason, fields["reason"], "The people concerned and the auditors"), Problems: problems,
		Submit: "Undo " + op.Code(), Few: fields["people"],
	}
	if cause != nil && m.Closed != "" {
		m.Closed += " Nothing was undone."
	}
	if !c.Can(models.UsersDeactivate) {
		m.Denied = "Undoing needs the permission " + models.UsersDeactivate.Key() + ", and you do not hold it."
	}
	for _, w := range back.Who {
		one := view.ChangedPerson{Name: w.Name, State: string(w.Status), Text: w.Status.Word() + ", by " + w.StatusBy}
		if c.Can(models.UsersRead) {
			one.Href = "/users/" + w.PublicID
		}
		m.Who = append(m.Who, one)
	}
	if more := int(back.Changed) - len(back.Who); more > 0 {
		m.More = "and " + ui.Count(more) + " more."
	}
	if op.Included > 1 && m.Closed == "" && m.Denied == "" {
		if err := p.choose(c, op, f, back, fields["who"], &m); err != nil {
			return err
		}
	} else if op.Included == 1 {
		m.Submit = "Let " + op.Title + " in again"
	}
	return c.Render(web.Page{
		Title: "Undo " + op.Code(), Heading: "Undo " + op.Code() + " " + lower(name(op)), Crumbs: crumbs(op, "Undo"), FocusHeading: code == 0, Code: code,
		NoForm: m.Closed != "" || m.Denied != "",
	}, view.UndoPage(m))
}

// closed says why there is no form.
func closed(op models.Operation, b operation.Back) string {
	if b.Closed == "" && b.People == 0 {
		return "Nobody of " + op.Code() + " is still out by it, so there is nothing to undo."
	}
	if b.Closed != "" && op.UndoUntil > 0 && op.State != models.OperationUndone {
		return b.Closed + " It was possible until " + utc(op.UndoUntil) + "."
	}
	return b.Closed
}

// choose adds the choice between all and some.
func (p *Runs) choose(c *web.Call, op models.Operation, f undoForm, b operation.Back, problem string, m *view.Undo) error {
	q := lineQuery(c)
	q.Came, q.Limit = operation.CameUndoable, ticksShown
	page, err := p.Ops.Lines(c.Ctx(), c.Tenant(), op, q)
	if err != nil {
		return err
	}
	all := "All " + ui.People(int(b.People))
	m.Choice = &ui.Field{Name: "who", Label: "Who is let in again", Error: problem, Required: true, Options: []ui.Option{
		{Value: "all", Label: all, Selected: f.Who == "all"},
		{Value: "some", Label: "Only those who are ticked below", Selected: f.Who == "some", Hint: "The others stay out, and can be let in until the same moment."},
	}}
	for i := range page.Rows {
		l := &page.Rows[i]
		m.People = append(m.People, view.Tick{ID: l.PublicID, Name: l.Name, Below: l.Email, Ticked: slices.Contains(f.People, l.PublicID)})
	}
	address := func(name string, position int64) string {
		if position == 0 {
			return ""
		}
		return href(op) + "/undo?" + name + "=" + strconv.FormatInt(position, 10)
	}
	m.Pager = ui.Paging{Label: "Pages of people", Next: address("after", page.Next), Previous: address("before", page.Prev)}
	if page.Next > 0 || page.Prev > 0 {
		m.Range = "Those of this page; what is ticked on another page is not kept."
	}
	return nil
}

// backLines say what an undo brings back.
func backLines(op models.Operation, b operation.Back) []string {
	out := []string{ui.Counted(int(b.People), "person may sign in again, with the status and leaving date of before.", "people may sign in again, each with the status and leaving date of before.")}
	if b.Roles > 0 {
		out = append(out, ui.Counted(int(b.Roles), "role that is still recorded works again.", "roles that are still recorded work again."))
	}
	if b.Given > 0 {
		out = append(out, ui.Counted(int(b.Given), "role that was removed is given again, word for word.", "roles that were removed are given again, word for word."))
	}
	if b.Reports > 0 {
		out = append(out, ui.Counted(int(b.Reports), "person gets the manager of before back.", "people get the manager of before back."))
	}
	for _, s := range b.Systems {
		out = append(out, ui.Counted(int(s.Accounts), "account", "accounts")+" at "+s.System+" that "+op.Code()+" switched off "+verb(s.Accounts)+" switched on, once nothing from before is alive there.")
	}
	return out
}

func verb(n int64) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

// notLines say what it cannot.
func notLines(b operation.Back) []string {
	out := []string{"Sessions and tokens that ended stay ended: everybody signs in anew."}
	if b.Sessions > 0 {
		out[0] = ui.Counted(int(b.Sessions), "session that ended here stays ended.", "sessions that ended here stay ended.") + " Everybody signs in anew, at the provider too."
	}
	if b.Expired > 0 {
		out = append(out, ui.Counted(int(b.Expired), "role whose time has run out meanwhile.", "roles whose time has run out meanwhile."))
	}
	if b.Taken > 0 {
		out = append(out, ui.Counted(int(b.Taken), "role that somebody took away meanwhile.", "roles that somebody took away meanwhile."))
	}
	if b.Changed > 0 {
		out = append(out, ui.Counted(int(b.Changed), "person was changed since and stays as they are.", "people were changed since and stay as they are."))
	}
	return out
}

// daysLeft says how long something is still possible.
func daysLeft(d time.Duration) string {
	switch {
	case d <= 0:
		return ""
	case d < time.Hour:
		return ui.Counted(int(d/time.Minute), "minute", "minutes") + " left."
	case d < 48*time.Hour:
		return ui.Counted(int(d/time.Hour), "hour", "hours") + " left."
	}
	return days(int64(d/(24*time.Hour))) + " left."
}

// Notices say on a person's page by which operation they are out, and until when
// that can be undone.
func (p *Runs) Notices(c *web.Call, user int64) ([]ui.Notice, error) {
	if !c.Can(models.OperationsRead) {
		return nil, nil
	}
	m, found, err := p.Ops.OutBy(c.Ctx(), c.Tenant(), user)
	if err != nil || !found {
		return nil, err
	}
	at := "/ops/" + m.PublicID
	if m.Undoable(models.At(c.Now())) {
		return []ui.Notice{{Tone: ui.Info, Text: "Deactivated with " + m.Code() + ". Undo possible until " + utc(m.UndoUntil) + ".", Href: at + "/undo", Link: "Undo"}}, nil
	}
	return []ui.Notice{{Tone: ui.Info, Text: "Deactivated with " + m.Code() + ".", Href: at, Link: "Open " + m.Code()}}, nil
}
