package ops

import (
	"strconv"
	"strings"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/offboard/operation"
	"github.com/rollcall/rollcall/models"
	view "github.com/rollcall/rollcall/views/ops"
	"github.com/rollcall/rollcall/views/ui"
)

type reasonForm struct {
	Reason string `form:"reason" label:"Reason" validate:"reason,max=1000"`
	Ticket string `form:"ticket" label:"Ticket" validate:"max=255"`
	When   string `form:"when" label:"When" validate:"omitempty,oneof=now later"`
	At     string `form:"at" label:"Begins" validate:"max=30"`
	Undo   string `form:"undo_days" label:"Undo window" validate:"max=10"`
	Cause  string `form:"cause" label:"Because" validate:"omitempty,oneof=leave risk"`
	Known  string `form:"known" label:"Risk known since" validate:"max=30"`
}

// undoChoices are the windows that are offered.
var undoChoices = []int64{1, 3, 7, 14, 30}

// ReasonForm answers GET /ops/:id/reason.
func (p *Pages) ReasonForm(c *web.Call) error {
	op, err := p.Ops.Get(c.Ctx(), c.Tenant(), c.Param("id"))
	if err != nil {
		return err
	}
	f := reasonForm{Reason: op.Reason, Ticket: op.Ticket, When: "now", Undo: strconv.FormatInt(op.UndoDays, 10)}
	if op.ScheduledAt > 0 {
		f.When, f.At = "later", op.ScheduledAt.Time().Format("2006-01-02T15:04")
	}
	if op.Risk() {
		f.Cause, f.Known = web.ByRisk, op.RiskKnownAt.Time().Format("2006-01-02T15:04")
	}
	return p.reasonPage(c, op, f, nil)
}

// Reason answers POST /ops/:id/reason.
func (p *Pages) Reason(c *web.Call) error {
	var f reasonForm
	err := c.Bind(&f)
	in := operation.Request{ID: c.Param("id")}
	if err == nil {
		in, err = f.request(in)
	}
	if err == nil {
		_, err = p.Ops.Prepare(c.Ctx(), c.Actor(), in)
	}
	if err == nil {
		return c.Redirect("/ops/" + c.Param("id") + "/confirm")
	}
	op, missing := p.Ops.Get(c.Ctx(), c.Tenant(), c.Param("id"))
	if missing != nil {
		return missing
	}
	return p.reasonPage(c, op, f, err)
}

// request puts together what was typed.
func (f reasonForm) request(in operation.Request) (operation.Request, error) {
	in.Reason, in.Ticket = f.Reason, f.Ticket
	var err error
	if in.Risk, in.RiskKnownAt, err = web.Cause(f.Cause, f.Known); err != nil {
		return in, err
	}
	if f.When == "later" {
		at, ok := web.AsTime(f.At)
		if !ok {
			return in, errs.Input(errs.Field{Name: "at", Message: "The time is missing. Write it as 2026-11-29 18:00, in UTC."})
		}
		in.At = at
	}
	if f.Undo != "" {
		n, err := strconv.ParseInt(f.Undo, 10, 64)
		if err != nil {
			return in, errs.Input(errs.Field{Name: "undo_days", Message: "The undo window is no number of days."})
		}
		in.UndoDays = n
	}
	return in, nil
}

func (p *Pages) reasonPage(c *web.Call, op models.Operation, f reasonForm, cause error) error {
	fields, problems, code, err := refused(cause)
	if err != nil {
		return err
	}
	m := view.Act{
		Steps: steps(op, atReason), Action: href(op) + "/reason", Cancel: href(op) + "/preview", Back: "Back to the preview", Title: "Nothing was saved",
		Submit: "Continue: confirm", Kind: ui.Primary, Problems: problems,
	}
	why, err := p.mayGoOn(c, op)
	if err != nil {
		return err
	}
	m.Blocked = why
	reason := ui.ReasonField(f.Reason, fields["reason"], readers)
	m.Reason = &reason
	m.When = &view.When{
		Choice: ui.Field{Name: "when", Label: "When", Error: fields["when"], Options: []ui.Option{
			{Value: "now", Label: "At once, when it is confirmed and approved", Selected: f.When != "later"},
			{Value: "later", Label: "At a certain time", Selected: f.When == "later"},
		}},
		At: ui.Field{Name: "at", Label: "Begins", Type: "datetime-local", Hint: "In UTC. Only for a certain time.", Value: f.At, Error: fields["at"]},
	}
	var options []ui.Option
	for _, n := range undoChoices {
		v := strconv.FormatInt(n, 10)
		options = append(options, ui.Option{Value: v, Label: days(n), Selected: v == f.Undo})
	}
	m.Fields = append(web.CauseFields(f.Cause, f.Known, fields),
		ui.Field{Name: "undo_days", Label: "Undo window", Hint: "How long it can be undone. Role grants are removed after it.", Options: options, Error: fields["undo_days"]},
		ui.Field{Name: "ticket", Label: "Ticket", Hint: "Number or address of the ticket behind this, if there is one.", Value: f.Ticket, Error: fields["ticket"], MaxLength: 255, Autocomplete: "off", Wide: true},
	)
	return c.Render(web.Page{
		Title: op.Code() + ": reason", Heading: name(op), Crumbs: crumbs(op, "Reason"), FocusHeading: code == 0, Code: code, NoForm: m.Blocked != "",
	}, view.ActPage(m))
}

// mayGoOn says why a draft cannot be asked for; "": it can.
func (p *Pages) mayGoOn(c *web.Call, op models.Operation) (string, error) {
	if why := p.Ops.MayPrepare(op, c.Actor()); why != "" {
		return why, nil
	}
	effects, err := operation.EffectsOf(op)
	if err != nil {
		return "", err
	}
	_, blocked := next(op, effects, "", "")
	return blocked, nil
}

type confirmForm struct {
	Hash  string `form:"hash" label:"List" validate:"max=64"`
	Typed string `form:"typed" label:"The number of people" validate:"max=20"`
}

// ConfirmForm answers GET /ops/:id/confirm.
func (p *Pages) ConfirmForm(c *web.Call) error {
	op, err := p.Ops.Get(c.Ctx(), c.Tenant(), c.Param("id"))
	if err != nil {
		return err
	}
	if op.State == models.OperationDraft && op.Reason == "" {
		return c.Redirect(href(op) + "/reason")
	}
	return p.confirmPage(c, op, confirmForm{}, nil)
}

// Confirm answers POST /ops/:id/confirm.
func (p *Pages) Confirm(c *web.Call) error {
	op, err := p.Ops.Get(c.Ctx(), c.Tenant(), c.Param("id"))
	if err != nil {
		return err
	}
	var f confirmForm
	err = c.Bind(&f)
	after := op
	if err == nil {
		after, err = p.Ops.Ask(c.Ctx(), c.Actor(), operation.Request{
			ID: op.PublicID, ListHash: f.Hash, Reason: op.Reason, Ticket: op.Ticket, At: op.ScheduledAt, UndoDays: op.UndoDays, Typed: typed(f.Typed), Fresh: fresh(c),
			Risk: op.Risk(), RiskKnownAt: op.RiskKnownAt,
		})
	}
	if err != nil {
		return p.confirmPage(c, op, f, err)
	}
	word := "begun"
	switch after.State {
	case models.OperationWaiting:
		word = "asked"
	case models.OperationScheduled:
		word = "scheduled"
	}
	return c.Redirect(href(op) + "?ok=" + word)
}

// fresh says when the caller proved themselves last.
func fresh(c *web.Call) models.Instant { return models.At(c.Caller.ProvedAt) }

// typed reads a number as pages write it; -1 when it is none.
func typed(text string) int64 {
	n, err := strconv.ParseInt(strings.NewReplacer(",", "", " ", "", ".", "").Replace(text), 10, 64)
	if err != nil {
		return -1
	}
	return n
}

func (p *Pages) confirmPage(c *web.Call, op models.Operation, f confirmForm, cause error) error {
	fields, problems, code, err := refused(cause)
	if err != nil {
		return err
	}
	m := view.Act{
		Steps: steps(op, atConfirm), Action: href(op) + "/confirm", Cancel: href(op) + "/reason", Back: "Back to the reason", Title: "Nobody was deactivated",
		Hash: op.ListHash, Problems: problems, Facts: requestFacts(op),
	}
	if m.Blocked, err = p.mayGoOn(c, op); err != nil {
		return err
	}
	if operation.Stale(op, models.At(c.Now())) || op.State != models.OperationDraft {
		m.Cancel = href(op)
	}
	effects, err := operation.EffectsOf(op)
	if err != nil {
		return err
	}
	needs, err := p.Ops.Needs(c.Ctx(), c.Tenant(), op)
	if err != nil {
		return err
	}
	m.Effects = confirmEffects(op, effects, needs)
	m.Submit, m.Kind = "Deactivate "+whom(op), ui.Danger
	if op.ScheduledAt > 0 {
		m.Submit += " on " + ui.DayText(op.ScheduledAt.Time(), c.Now())
	}
	if needs.Level == operation.LevelApproval {
		m.Friction, m.Submit, m.Kind = needs.Why, "Ask to deactivate "+whom(op), ui.Primary
	}
	if needs.Count > 0 {
		count := ui.Count(int(needs.Count))
		m.Typed = &ui.Field{
			Name: "typed", Label: "Type " + count, Value: f.Typed, Error: fields["typed"], Required: true, Autocomplete: "off",
			Hint: "So that nobody asks for this many people by accident.",
		}
	}
	page := web.Page{
		Title: op.Code() + ": confirm", Heading: name(op), Crumbs: crumbs(op, "Confirm"), FocusHeading: code == 0, Code: code, NoForm: m.Blocked != "",
	}
	if m.Typed == nil && m.Blocked == "" {
		page.Press, m.Sends = web.Press{Action: m.Action, Label: m.Submit}, m.Action
	}
	return c.Render(page, view.ActPage(m))
}

// confirmEffects says what the button does, in the order of weight.
func confirmEffects(op models.Operation, e operation.Effects, needs operation.Friction) []string {
	first := whom(op) + " " + plural(op.Included, "loses", "lose") + " sign-in"
	switch {
	case needs.Level == operation.LevelApproval && op.ScheduledAt > 0:
		first = "Nobody loses anything yet. Once somebody else approves it, " + first + " at the time you chose."
	case needs.Level == operation.LevelApproval:
		first = "Nobody loses anything yet. Once somebody else approves it, " + first + " by itself."
	case op.ScheduledAt > 0:
		first += " at the time you chose."
	default:
		first += " now, here and at every connected system."
	}
	out := []string{first}
	if e.Sessions > 0 {
		out = append(out, ui.Counted(int(e.Sessions), "session ends.", "sessions end.")+" An undo does not bring them back.")
	}
	undo := "It can be undone for " + days(op.UndoDays) + "."
	if e.Assignments > 0 {
		undo += " After that " + ui.Counted(int(e.Assignments), "role grant is", "role grants are") + " removed."
	}
	out = append(out, undo)
	if needs.Level == operation.LevelApproval {
		out = append(out, "The request expires after 24 hours when nobody decides.")
	}
	return append(out, "Who changed since the list was frozen is left as they are, each with the reason.")
}

// requestFacts are what is asked for.
func requestFacts(op models.Operation) []view.Fact {
	facts := []view.Fact{{Label: "Reason", Text: op.Reason}, {Label: "Ticket", Text: op.Ticket}}
	if op.ScheduledAt > 0 {
		facts = append(facts, view.Fact{Label: "Begins (UTC)", At: op.ScheduledAt.Time()})
	} else {
		facts = append(facts, view.Fact{Label: "Begins", Text: "At once"})
	}
	facts = append(facts, riskFacts(op)...)
	return append(facts, view.Fact{Label: "Undo window", Text: days(op.UndoDays)}, view.Fact{Label: "List", Text: models.ShortHash(op.ListHash), Mono: true})
}
