package ops

import (
	"strings"
	"time"

	"strconv"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/offboard"
	"github.com/rollcall/rollcall/internal/offboard/operation"
	"github.com/rollcall/rollcall/models"
	view "github.com/rollcall/rollcall/views/ops"
	"github.com/rollcall/rollcall/views/ui"
)

// receiptsShown is how many people a page has: each comes with all their steps.
const receiptsShown = 8

// Receipts answers GET /ops/:id/receipts.
func (p *Runs) Receipts(c *web.Call) error {
	op, err := p.Ops.Get(c.Ctx(), c.Tenant(), c.Param("id"))
	if err != nil {
		return err
	}
	if op.StartedAt == 0 {
		return c.Redirect(href(op))
	}
	run, err := p.Ops.RunOf(c.Ctx(), c.Tenant(), op)
	if err != nil {
		return err
	}
	q, base := lineQuery(c), href(op)+"/receipts"
	q.Limit = receiptsShown
	page, err := p.Ops.Lines(c.Ctx(), c.Tenant(), op, q)
	if err != nil {
		return err
	}
	numbers, err := p.Ops.NumbersOf(c.Ctx(), c.Tenant(), op, page.Rows)
	if err != nil {
		return err
	}
	m := view.Receipts{
		Lead: append([]view.Part{{Text: op.State.Word()}}, meta(op)...), Tabs: figuresOf(op, run).tabs(base, q.Came), Pager: linePager(base, "Pages of receipts", q, page),
		Empty: "Nobody here", Now: c.Now(),
	}
	m.Acts = p.exports(c, op)
	for i := range page.Rows {
		m.Rows = append(m.Rows, receipted(c, &page.Rows[i], numbers))
	}
	return c.Render(web.Page{Title: "Receipts of " + op.Code(), Heading: "Receipts of " + op.Code(), Crumbs: crumbs(op, "Receipts")}, view.ReceiptsPage(m))
}

// exports are the ways to take everything away.
func (p *Runs) exports(c *web.Call, op models.Operation) []ui.Action {
	var out []ui.Action
	switch op.State {
	case models.OperationDone, models.OperationFailures, models.OperationUndone:
		if p.Certificates {
			out = append(out, ui.Action{Label: "Signed certificate", Href: href(op) + "/certificates"})
		}
	}
	if c.Can(models.UsersExport) {
		out = append(out, ui.Action{Label: "Download CSV", Href: href(op) + "/receipts/csv"})
	}
	return out
}

// receipted is one person with every step.
func receipted(c *web.Call, l *operation.Line, n operation.Numbers) view.Receipted {
	r := view.Receipted{Name: l.Name, Below: l.Email}
	if c.Can(models.UsersRead) {
		r.Href = "/users/" + l.PublicID
	}
	r.Steps = append(r.Steps, hereReceipt(c, l, n))
	for _, s := range l.Steps {
		r.Steps = append(r.Steps, stepReceipt(c, s, n))
	}
	for _, s := range l.Undo {
		r.Steps = append(r.Steps, stepReceipt(c, s, n))
	}
	return r
}

// hereReceipt is what happened in Rollcall itself.
func hereReceipt(c *web.Call, l *operation.Line, n operation.Numbers) view.Receipt {
	r := view.Receipt{At: l.CutAt.Time(), Where: "Rollcall", What: "Sign-in blocked, sessions ended", Outcome: "confirmed"}
	if l.CutAt == 0 {
		r.At, r.Outcome, r.Sentence = time.Time{}, "skipped", l.Note
		switch l.State {
		case models.TargetWaiting:
			r.Outcome, r.Sentence = "waiting", "Waits for their turn."
		case models.TargetStopped:
			r.Sentence = "The rest was stopped before their turn. Nothing was done."
		}
		return r
	}
	r.Sentence = "Was " + l.StoodStatus.Word() + ", is deactivated. " + ui.Counted(int(l.EndedSessions), "session", "sessions") + " ended with it; the next request of any browser is refused."
	r.Proof = []view.Proof{{Label: "Before", Text: l.StoodStatus.Word()}, {Label: "After", Text: models.Deactivated.Word()}}
	number(c, &r, n.Cut[l.UserID])
	return r
}

func number(c *web.Call, r *view.Receipt, id int64) {
	if id == 0 {
		return
	}
	r.Number = "#" + ui.Count(int(id))
	if c.Can(models.AuditRead) {
		r.Event = "/audit/" + strconv.FormatInt(id, 10)
	}
}

func stepReceipt(c *web.Call, s offboard.Outcome, n operation.Numbers) view.Receipt {
	r := view.Receipt{At: s.At.Time(), Where: s.System, What: stepWords[s.Kind], Outcome: string(s.Outcome), Sentence: s.Sentence, ByHand: byHand(s)}
	if s.At == 0 {
		r.At = time.Time{}
	}
	switch {
	case s.State == models.StepFailed:
		r.Outcome = "failed"
	case s.State == models.StepPaused:
		r.Outcome = "paused"
	case s.Open() && s.Attempts > 0:
		r.Sentence = strings.TrimSpace(s.Sentence + " Next try at " + clock(s.Next) + " UTC.")
	case s.Open():
		r.Sentence = "Waits for its turn."
	}
	for _, told := range s.Evidence.Apps {
		name := told.Name
		if name == "" {
			name = told.Client
		}
		r.Sentence += " " + name + ": " + told.Sentence()
	}
	r.Proof = stepProof(s)
	number(c, &r, n.Step[s.PublicID])
	return r
}

// stepProof is what was read, when, and which step it was.
func stepProof(s offboard.Outcome) []view.Proof {
	var list []view.Proof
	add := func(label, text string) {
		if text != "" {
			list = append(list, view.Proof{Label: label, Text: text})
		}
	}
	add("Account", s.Evidence.Account)
	add("Before", reading(s.Evidence.Before))
	if !s.Evidence.AskedAt.IsZero() {
		add("Asked", s.Evidence.AskedAt.UTC().Format("15:04:05"))
	}
	add("After", reading(s.Evidence.After))
	if t := s.Evidence.Tokens; t != nil {
		add("Tokens", ui.Count(t.Tokens)+" held, "+ui.Count(t.Proven)+" proven dead")
	}
	add("Step", s.PublicID)
	if s.Attempts > 0 {
		add("Tries", ui.Count(s.Attempts))
	}
	return list
}

// reading says what a system answered and when, with the beginning of the digest
// of its answer.
func reading(r *offboard.Reading) string {
	if r == nil {
		return ""
	}
	var said []string
	either := func(known *bool, yes, no string) {
		if known == nil {
			return
		}
		if *known {
			said = append(said, yes)
		} else {
			said = append(said, no)
		}
	}
	if r.Active == nil {
		either(r.Known, "account known", "account not known")
	}
	either(r.Active, "active", "deactivated")
	if r.Listed != nil {
		said = append(said, ui.Counted(*r.Listed, "session", "sessions"))
	}
	digest := r.Digest
	if len(digest) > 12 {
		digest = digest[:12]
	}
	return r.At.UTC().Format("15:04:05") + " " + strings.Join(said, ", ") + " (SHA-256 " + digest + ")"
}

// byHand says how to check what a system did not confirm.
func byHand(s offboard.Outcome) string {
	if s.State != models.StepDone || s.Outcome != models.OutcomeSent && s.Outcome != models.OutcomeNeverTold {
		return ""
	}
	account := "the account"
	if s.Evidence.Account != "" {
		account = "account " + s.Evidence.Account
	}
	switch s.Kind {
	case offboard.StepDisable:
		return "open " + account + " at " + s.System + ". It has to be switched off."
	case offboard.StepEndSessions:
		return "open the sessions of " + account + " at " + s.System + ". None from before " + clock(s.At) + " UTC may be left."
	case offboard.StepRevokeGrants:
		return "open the offline sessions and consents of " + account + " at " + s.System + ". None may be left."
	case offboard.StepEnable:
		return "open " + account + " at " + s.System + ". It has to be switched on."
	}
	return "look at " + s.System + " whether a token from before " + clock(s.At) + " UTC is still accepted."
}
