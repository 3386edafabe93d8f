package ops

import (
	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/offboard/operation"
	"github.com/rollcall/rollcall/models"
	view "github.com/rollcall/rollcall/views/ops"
	"github.com/rollcall/rollcall/views/ui"
)

// Show answers GET /ops/:id, wherever the operation stands.
func (p *Pages) Show(c *web.Call) error {
	op, err := p.Ops.Get(c.Ctx(), c.Tenant(), c.Param("id"))
	if err != nil {
		return err
	}
	switch op.State {
	case models.OperationPlanning:
		return p.showPlanning(c, op)
	case models.OperationDraft:
		address := href(op) + "/preview"
		if word := c.Query("ok"); done[word] != "" {
			address += "?ok=" + word
		}
		return c.Redirect(address)
	case models.OperationRunning, models.OperationPaused, models.OperationDone, models.OperationFailures, models.OperationUndoing, models.OperationUndone:
		if p.Run != nil {
			return p.Run(c, op)
		}
	}
	return p.showPage(c, op)
}

func (p *Pages) showPage(c *web.Call, op models.Operation) error {
	m := view.Show{State: stateWord(op.State), StateText: op.State.Word(), Sentence: standing(op), Bad: op.State == models.OperationFailures, Facts: facts(op), Now: c.Now()}
	said, err := p.Ops.Decisions(c.Ctx(), c.Tenant(), op)
	if err != nil {
		return err
	}
	m.Said = saidOf(said)
	switch op.State {
	case models.OperationWaiting, models.OperationScheduled:
		err = p.frozen(c, op, said, &m)
	default:
		err = p.over(c, op, &m)
	}
	if err != nil {
		return err
	}
	if operation.MayCancel(op, c.Actor()) == "" && c.Can(models.UsersDeactivate) {
		m.Acts = append(m.Acts, ui.Action{Label: "Cancel " + op.Code(), Href: href(op) + "/cancel"})
	}
	if op.State == models.OperationExpired && op.CreatedByID == c.Caller.UserID && c.Can(models.UsersDeactivate) {
		m.Replan = &view.Press{Action: href(op) + "/replan", Label: "Plan it again"}
	}
	return c.Render(web.Page{Title: op.Code() + " " + name(op), Heading: name(op), Crumbs: crumbs(op), Banners: banner(c.Query("ok"))}, view.ShowPage(m))
}

// frozen adds the plan as it stands, what changed since, and who may decide.
func (p *Pages) frozen(c *web.Call, op models.Operation, said []models.OperationDecision, m *view.Show) error {
	plan, err := p.plan(c, op, false)
	if err != nil {
		return err
	}
	friction, err := operation.FrictionOf(op)
	if err != nil {
		return err
	}
	plan.Friction = friction.Why
	m.Plan = &plan
	if m.Changed, err = p.changed(c, op); err != nil {
		return err
	}
	if op.State != models.OperationWaiting {
		return nil
	}
	m.Notice = figures{op: op, total: op.Included}.risk(models.At(c.Now()))
	if op.People == 1 && op.Included == 1 && c.Can(models.UsersSuspend) {
		if m.Acts, err = p.suspendNow(c, op); err != nil {
			return err
		}
	}
	why, err := p.Ops.MayDecide(c.Ctx(), c.Actor(), op)
	if err != nil {
		return err
	}
	if m.Why = why; why == "" {
		m.Decide = &view.Decide{
			Sentence: "The list is frozen as list " + models.ShortHash(op.ListHash) + ". Once you approve, it begins" + whenWords(op) + ", without asking anybody again.",
			Acts: []ui.Action{
				{Label: "Approve...", Href: href(op) + "/approve"}, {Label: "Reject...", Href: href(op) + "/reject"}, {Label: "Ask a question...", Href: href(op) + "/ask"},
			},
		}
	}
	if op.RequestedByID == c.Caller.UserID && asked(said) {
		m.Acts = append(m.Acts, ui.Action{Label: "Answer the question", Kind: ui.Primary, Href: href(op) + "/answer"})
	}
	return nil
}

// suspendNow offers the immediate way while the deactivation of one person waits:
// a suspension needs nobody else, and keeps them out as well.
func (p *Pages) suspendNow(c *web.Call, op models.Operation) ([]ui.Action, error) {
	page, err := p.Ops.Targets(c.Ctx(), c.Tenant(), op, operation.TargetQuery{Limit: 1})
	if err != nil || len(page.Rows) == 0 {
		return nil, err
	}
	one := page.Rows[0]
	if one.Status == models.Suspended || one.UserID == c.Caller.UserID {
		return nil, nil
	}
	return []ui.Action{{Label: "Suspend " + one.Name + " now", Href: "/users/" + one.PublicID + "/suspend"}}, nil
}

// asked reports whether the last word is a question.
func asked(said []models.OperationDecision) bool {
	return len(said) > 0 && said[len(said)-1].Decision == models.VerdictAsked
}

func whenWords(op models.Operation) string {
	if op.ScheduledAt > 0 {
		return " on " + utc(op.ScheduledAt)
	}
	return " at once"
}

// changed is what became of the frozen list; nil: everybody stands as they did.
func (p *Pages) changed(c *web.Call, op models.Operation) (*view.Changed, error) {
	changes, err := p.Ops.ChangesOf(c.Ctx(), c.Tenant(), op)
	if err != nil {
		return nil, err
	}
	m := &view.Changed{}
	add := func(n int64, one, many string) {
		if n > 0 {
			m.Sentences = append(m.Sentences, ui.Counted(int(n), one, many))
		}
	}
	add(changes.Gone, "person no longer exists.", "people no longer exist.")
	add(changes.Already, "person is deactivated already, by other means.", "people are deactivated already, by other means.")
	add(changes.Moved, "person changed since and will be left as they are.", "people changed since and will be left as they are.")
	if len(m.Sentences) == 0 {
		m.Sentences = []string{"Nobody changed. Everybody stands as they did when the list was frozen."}
	}
	for _, person := range changes.People {
		one := view.ChangedPerson{Name: person.Name, Was: person.StoodStatus.Word(), State: string(person.Status), Text: person.Status.Word()}
		if person.Status == person.StoodStatus {
			one.Text += ", access changed"
		}
		if c.Can(models.UsersRead) {
			one.Href = "/users/" + person.PublicID
		}
		m.People = append(m.People, one)
	}
	if more := int(changes.Total()) - len(changes.People); more > 0 {
		m.More = "and " + ui.Count(more) + " more."
	}
	return m, nil
}

// over adds what became of everybody, of an operation that began or never will.
func (p *Pages) over(c *web.Call, op models.Operation, m *view.Show) error {
	effects, err := operation.EffectsOf(op)
	if err != nil {
		return err
	}
	people, err := p.people(c, op, effects, false)
	if err != nil {
		return err
	}
	people.Run = true
	m.People = &people
	if op.CutAt == 0 && op.StartedAt == 0 {
		return nil
	}
	counts, err := p.Ops.CountStates(c.Ctx(), c.Tenant(), op)
	if err != nil {
		return err
	}
	for _, s := range targetStates {
		if n := counts[s.state]; n > 0 {
			m.Counts = append(m.Counts, ui.Tab{Label: s.word, Count: ui.Count(int(n))})
		}
	}
	return nil
}

// targetStates are what can become of a person, in words.
var targetStates = []struct {
	state models.TargetState
	word  string
}{
	{models.TargetWaiting, "Waiting"}, {models.TargetCut, "Out here, steps at systems run"}, {models.TargetOut, "Out everywhere"}, {models.TargetPartly, "Out here, a step failed or is not confirmed"},
	{models.TargetMoved, "Left as they were, because they had changed"}, {models.TargetStopped, "Stopped before their turn"}, {models.TargetKept, "Let in again by other means"}, {models.TargetUndone, "Let in again by an undo"},
}

// standing says where an operation stands, where its own sentence does not.
func standing(op models.Operation) string {
	if op.Sentence != "" {
		return op.Sentence
	}
	switch op.State {
	case models.OperationWaiting:
		return op.RequestedBy + " asks for it. Somebody else has to approve it until " + utc(op.ExpiresAt) + "."
	case models.OperationScheduled:
		return "It begins by itself on " + utc(op.ScheduledAt) + "."
	case models.OperationRunning:
		return "People lose sign-in now, and the steps at connected systems run."
	case models.OperationDone:
		return "Everybody on the list was looked at, and every step has ended."
	}
	return ""
}

// facts are what was asked for and by whom.
func facts(op models.Operation) []view.Fact {
	out := []view.Fact{
		{Label: "People", Text: ui.Count(int(op.Included)) + " of " + ui.Count(int(op.People)) + " selected"}, {Label: "Selected", Text: op.Title},
		{Label: "Reason", Text: op.Reason}, {Label: "Ticket", Text: op.Ticket}, {Label: "List", Text: models.ShortHash(op.ListHash), Mono: true},
		{Label: "Planned by", Text: op.CreatedBy}, {Label: "Planned", At: op.CreatedAt.Time()},
	}
	at := func(label string, i models.Instant) {
		if i > 0 {
			out = append(out, view.Fact{Label: label, At: i.Time()})
		}
	}
	at("Asked for", op.RequestedAt)
	if op.ApprovedBy != "" {
		out = append(out, view.Fact{Label: "Approved by", Text: op.ApprovedBy})
	}
	at("Approved", op.ApprovedAt)
	at("Scheduled for", op.ScheduledAt)
	at("Risk known since", op.RiskKnownAt)
	at("Everybody out by", op.RiskOutBy)
	if op.State == models.OperationWaiting {
		at("Expires", op.ExpiresAt)
	}
	out = append(out, view.Fact{Label: "Undo window", Text: days(op.UndoDays)})
	at("Began", op.StartedAt)
	at("Everybody out", op.CutAt)
	at("Undo possible until", op.UndoUntil)
	return out
}

// verdictWords say what somebody did.
var verdictWords = map[models.Verdict]string{
	models.VerdictRequested: "asked for this", models.VerdictApproved: "approved it", models.VerdictRejected: "rejected it", models.VerdictAsked: "asks",
	models.VerdictAnswered: "answers", models.VerdictCancelled: "cancelled it", models.VerdictPaused: "paused it", models.VerdictResumed: "resumed it",
	models.VerdictStopped: "stopped the rest", models.VerdictUndone: "undid it",
}

func saidOf(all []models.OperationDecision) []view.Said {
	var out []view.Said
	for _, d := range all {
		out = append(out, view.Said{What: verdictWords[d.Decision], By: d.ByName, Text: d.Reason, At: d.At.Time(), List: models.ShortHash(d.ListHash)})
	}
	return out
}
