package ops

import (
	"strconv"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/offboard/operation"
	"github.com/rollcall/rollcall/internal/wire/csv"
	"github.com/rollcall/rollcall/models"
	view "github.com/rollcall/rollcall/views/ops"
	"github.com/rollcall/rollcall/views/ui"
)

type csvForm struct {
	Reason string `form:"reason" label:"Reason" validate:"reason,max=1000"`
}

// CSVForm answers GET /ops/:id/csv.
func (p *Pages) CSVForm(c *web.Call) error { return p.csvPage(c, csvForm{}, nil) }

// CSV answers POST /ops/:id/csv: the frozen list, streamed. Its last line says
// whether it is complete.
func (p *Pages) CSV(c *web.Call) error {
	op, err := p.Ops.Get(c.Ctx(), c.Tenant(), c.Param("id"))
	if err != nil {
		return err
	}
	var f csvForm
	if err = c.Bind(&f); err == nil {
		err = p.People.RecordExport(c.Ctx(), c.Actor(), "The list of "+op.Code()+", list "+models.ShortHash(op.ListHash), int(op.People), f.Reason)
	}
	if err != nil {
		return p.csvPage(c, f, err)
	}
	c.Header("Content-Type", "text/csv; charset=utf-8")
	c.Header("Content-Disposition", `attachment; filename="rollcall-`+op.Code()+`-`+c.Now().Format("2006-01-02-1504")+`.csv"`)
	c.Stream()
	w := csv.NewWriter(c.Writer)
	if err := w.Header("Position", "Name", "E-mail", "Username", "ID", "Department", "Loses sign-in", "Left out because", "Status when planned", "Status now", "Privileged", "People who stay", "New manager", "Roles", "Sessions", "Accounts", "State"); err != nil {
		return err
	}
	err = p.Ops.EachTarget(c.Ctx(), c.Actor(), op, func(t operation.Target) error { return w.Row(line(t)...) })
	if err != nil {
		_ = w.Abort("The list could not be read to its end.") // the error is what counts
		return err
	}
	_, err = w.Finish()
	return err
}

func line(t operation.Target) []string {
	n := func(i int64) string { return strconv.FormatInt(i, 10) }
	yes := func(on bool) string {
		if on {
			return "yes"
		}
		return "no"
	}
	return []string{
		n(t.Position), t.Name, t.Email, t.Username, t.PublicID, t.Department, yes(t.Included), t.LeftOut.Sentence(), t.StoodStatus.Word(), t.Status.Word(),
		yes(t.Flags&models.FlagPrivileged != 0), n(t.Reports), t.NewManager, n(t.Assignments), n(t.Sessions), n(t.Accounts), string(t.State),
	}
}

func (p *Pages) csvPage(c *web.Call, f csvForm, cause error) error {
	op, err := p.Ops.Get(c.Ctx(), c.Tenant(), c.Param("id"))
	if err != nil {
		return err
	}
	fields, problems, code, err := refused(cause)
	if err != nil {
		return err
	}
	reason := ui.ReasonField(f.Reason, fields["reason"], "Everybody who may read the audit log")
	m := view.Act{
		Action: href(op) + "/csv", Cancel: href(op), Title: "Nothing was downloaded", Reason: &reason, Submit: "Download " + ui.People(int(op.People)), Kind: ui.Primary, Problems: problems,
		Effects: []string{
			"The file holds the whole list of " + op.Code() + ", also who is left out and why, in the order of the list.",
			"The last line says whether the file is complete. The audit log keeps who downloaded it, and why.",
		},
	}
	return c.Render(web.Page{Title: "Download the list of " + op.Code(), Crumbs: crumbs(op, "Download"), FocusHeading: code == 0, Code: code}, view.ActPage(m))
}
