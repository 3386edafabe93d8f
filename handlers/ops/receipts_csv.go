package ops

import (
	"strconv"
	"strings"
	"time"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/offboard"
	"github.com/rollcall/rollcall/internal/offboard/operation"
	"github.com/rollcall/rollcall/internal/wire/csv"
	"github.com/rollcall/rollcall/models"
	view "github.com/rollcall/rollcall/views/ops"
	"github.com/rollcall/rollcall/views/ui"
)

// ReceiptsCSVForm answers GET /ops/:id/receipts/csv.
func (p *Runs) ReceiptsCSVForm(c *web.Call) error {
	op, err := p.Ops.Get(c.Ctx(), c.Tenant(), c.Param("id"))
	if err != nil {
		return err
	}
	return p.receiptsCSVPage(c, op, csvForm{}, nil)
}

// ReceiptsCSV answers POST /ops/:id/receipts/csv: every step, streamed. Its last
// line says whether it is complete.
func (p *Runs) ReceiptsCSV(c *web.Call) error {
	op, err := p.Ops.Get(c.Ctx(), c.Tenant(), c.Param("id"))
	if err != nil {
		return err
	}
	var f csvForm
	if err = c.Bind(&f); err == nil {
		err = p.Exports.RecordExport(c.Ctx(), c.Actor(), "The receipts of "+op.Code()+", list "+models.ShortHash(op.ListHash), int(op.Included), f.Reason)
	}
	if err != nil {
		return p.receiptsCSVPage(c, op, f, err)
	}
	c.Header("Content-Type", "text/csv; charset=utf-8")
	c.Header("Content-Disposition", `attachment; filename="rollcall-`+op.Code()+`-receipts-`+c.Now().Format("2006-01-02-1504")+`.csv"`)
	c.Stream()
	w := csv.NewWriter(c.Writer)
	if err := w.Header("Operation", "Position", "Name", "E-mail", "ID", "State", "Time", "System", "Step", "Outcome", "What is known", "Account", "Read before", "Read after", "Tries", "Step ID", "Audit number"); err != nil {
		return err
	}
	err = p.Ops.EachLine(c.Ctx(), c.Tenant(), op, func(lines []operation.Line) error {
		n, err := p.Ops.NumbersOf(c.Ctx(), c.Tenant(), op, lines)
		if err != nil {
			return err
		}
		for i := range lines {
			if err := receiptLines(w, op, &lines[i], n); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		_ = w.Abort("The receipts could not be read to their end.") // the error is what counts
		return err
	}
	_, err = w.Finish()
	return err
}

func receiptLines(w *csv.Writer, op models.Operation, l *operation.Line, n operation.Numbers) error {
	person := []string{op.Code(), strconv.FormatInt(l.Position, 10), l.Name, l.Email, l.PublicID, string(l.State)}
	row := func(cells ...string) error { return w.Row(append(person[:len(person):len(person)], cells...)...) }
	outcome, known := models.OutcomeConfirmed.Word(), ui.Counted(int(l.EndedSessions), "session", "sessions")+" ended"
	if l.CutAt == 0 {
		outcome, known = models.OutcomeSkipped.Word(), l.Note
	}
	if err := row(iso(l.CutAt), "Rollcall", "Sign-in blocked, sessions ended", outcome, known, "", l.StoodStatus.Word(), "", "", "", numberText(n.Cut[l.UserID])); err != nil {
		return err
	}
	for _, s := range append(l.Steps[:len(l.Steps):len(l.Steps)], l.Undo...) {
		err := row(iso(s.At), s.System, stepWords[s.Kind], outcomeWord(s), s.Sentence, s.Evidence.Account, reading(s.Evidence.Before), reading(s.Evidence.After),
			strconv.Itoa(s.Attempts), s.PublicID, numberText(n.Step[s.PublicID]))
		if err != nil {
			return err
		}
	}
	return nil
}

func outcomeWord(s offboard.Outcome) string {
	if s.State == models.StepFailed {
		return models.OutcomeFailed.Word()
	}
	return s.Outcome.Word()
}

func numberText(id int64) string {
	if id == 0 {
		return ""
	}
	return "#" + strconv.FormatInt(id, 10)
}

func iso(i models.Instant) string {
	if i == 0 {
		return ""
	}
	return strings.TrimSuffix(i.Time().UTC().Format(time.RFC3339), "Z") + "Z"
}

func (p *Runs) receiptsCSVPage(c *web.Call, op models.Operation, f csvForm, cause error) error {
	fields, problems, code, err := refused(cause)
	if err != nil {
		return err
	}
	reason := ui.ReasonField(f.Reason, fields["reason"], "The auditors")
	m := view.Act{
		Action: href(op) + "/receipts/csv", Cancel: href(op) + "/receipts", Back: "Back to the receipts", Title: "Nothing was downloaded", Problems: problems, Reason: &reason,
		Submit: "Download the receipts of " + op.Code(), Kind: ui.Primary,
		Effects: []string{"A table with every step of " + ui.People(int(op.Included)) + ": names, e-mail addresses, what was read before and after.", "It is not signed. The signed certificate is on its own page.", "That you took it away, and why, is written to the audit log."},
	}
	return c.Render(web.Page{Title: op.Code() + ": receipts as a table", Heading: "Download the receipts of " + op.Code(), Crumbs: crumbs(op, "Receipts"), FocusHeading: code == 0, Code: code}, view.ActPage(m))
}
