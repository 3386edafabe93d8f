package accounts

import (
	"net/url"
	"strconv"
	"time"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/offboard"
	"github.com/rollcall/rollcall/models"
	view "github.com/rollcall/rollcall/views/accounts"
	"github.com/rollcall/rollcall/views/ui"
)

// freshFor is how long what came of the newest act stands on the person's page
// after it has ended.
const freshFor = 24 * time.Hour

// Outcomes answers GET /users/:id/outcomes.
func (p *Pages) Outcomes(c *web.Call) error {
	person, err := p.person(c)
	if err != nil {
		return err
	}
	before, err := cursor(person.DisplayName, c.Query("after"))
	if err != nil {
		return err
	}
	list, next, err := p.Offboard.Outcomes(c.Ctx(), c.Tenant(), person.ID, before)
	if err != nil {
		return err
	}
	named, err := p.operations(c, list...)
	if err != nil {
		return err
	}
	here := path(person) + "/outcomes"
	var m view.Page
	open := 0
	for _, u := range list {
		act := actModel(c, u)
		act.Part, act.PartHref = partOf(c, named, u)
		act.Proofs, act.Refresh = true, c.Request.URL.RequestURI()
		if act.Open {
			open++
		}
		m.Acts = append(m.Acts, act)
	}
	if next != 0 {
		m.Older = here + "?" + url.Values{"after": {strconv.FormatInt(next, 10)}}.Encode()
	}
	page := web.Page{Title: "Outcomes for " + person.DisplayName, Crumbs: crumbs(person, "Outcomes"), Status: ui.Counted(len(list), "act", "acts") + " shown"}
	if open > 0 {
		page.Status += ", " + ui.Count(open) + " not finished"
	}
	return c.Render(page, view.OutcomesPage(m))
}

// cursor reads where an older page begins: after which act of the person.
func cursor(name, text string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil || id <= 0 {
		return 0, errs.New(errs.Invalid, "This address names no act in the outcomes for %s. Open the outcomes from their newest act.", name)
	}
	return id, nil
}

// Latest answers GET /users/:id/outcomes/latest.
func (p *Pages) Latest(c *web.Call) error {
	person, err := p.person(c)
	if err != nil {
		return err
	}
	u, found, err := p.Offboard.Latest(c.Ctx(), c.Tenant(), person.ID)
	if err != nil {
		return err
	}
	m := view.Page{}
	page := web.Page{Title: "What came of it", Crumbs: crumbs(person, "Outcome")}
	if found {
		act, err := p.latestModel(c, person, u)
		if err != nil {
			return err
		}
		m.Acts = append(m.Acts, act)
		page.Fragment = view.ActOutcomes(act)
		if !act.Open {
			page.Status = act.Title + ": every step has ended."
		}
	}
	return c.Render(page, view.OutcomesPage(m))
}

// LatestSection draws what came of the newest act, while it goes on and for a
// day; nil when there is nothing of that.
func (p *Pages) LatestSection(c *web.Call, person directory.Person) (web.Component, error) {
	u, found, err := p.Offboard.Latest(c.Ctx(), c.Tenant(), person.ID)
	if err != nil || !found || len(u.Steps) == 0 {
		return nil, err
	}
	if !u.Open() && c.Now().Sub(u.Ended().Time()) > freshFor {
		return nil, nil
	}
	act, err := p.latestModel(c, person, u)
	if err != nil {
		return nil, err
	}
	return view.LatestSection(act), nil
}

func (p *Pages) latestModel(c *web.Call, person directory.Person, u offboard.Undertaking) (view.Outcomes, error) {
	named, err := p.operations(c, u)
	m := actModel(c, u)
	m.Part, m.PartHref = partOf(c, named, u)
	m.Refresh, m.All, m.Live = path(person)+"/outcomes/latest", path(person)+"/outcomes", true
	return m, err
}

// operations gives the operations that acts were part of.
func (p *Pages) operations(c *web.Call, list ...offboard.Undertaking) (map[int64]models.Operation, error) {
	var ids []int64
	for i := range list {
		if id := list[i].OperationID; id != 0 {
			ids = append(ids, id)
		}
	}
	if p.Operations == nil || len(ids) == 0 {
		return nil, nil
	}
	return p.Operations(c.Ctx(), c.Tenant(), ids)
}

// partOf names the operation an act was part of, with its address for who may open it.
func partOf(c *web.Call, named map[int64]models.Operation, u offboard.Undertaking) (code, address string) {
	op, there := named[u.OperationID]
	if !there {
		return "", ""
	}
	if c.Can(models.OperationsRead) {
		address = "/ops/" + op.PublicID
	}
	return op.Code(), address
}

// titles are the acts as headings.
var titles = map[models.Act]string{
	models.ActEndSessions: "All sessions ended", models.ActEndSession: "One session ended", models.ActSuspend: "Suspended",
	models.ActResume: "Suspension lifted", models.ActDeactivate: "Deactivated", models.ActReactivate: "Reactivated", models.ActUnlock: "Unlocked",
}

func actModel(c *web.Call, u offboard.Undertaking) view.Outcomes {
	m := view.Outcomes{
		ID: "act-" + u.PublicID, Title: titles[u.Act], By: u.ActorName, At: u.At.Time(), Reason: u.Reason, Open: u.Open(), Now: c.Now(),
	}
	if here, ok := hereLine(u); ok {
		m.Lines = append(m.Lines, here)
	}
	for _, s := range u.Steps {
		m.Lines = append(m.Lines, stepLine(s))
		for _, told := range s.Evidence.Apps {
			m.Lines = append(m.Lines, toldLine(s, told))
		}
	}
	return m
}

// hereLine says what happened in Rollcall itself, in the same transaction.
func hereLine(u offboard.Undertaking) (view.Line, bool) {
	l := view.Line{Where: "Rollcall", What: "Sessions", Outcome: string(models.OutcomeConfirmed), At: u.At.Time()}
	switch u.Act {
	case models.ActSuspend, models.ActDeactivate, models.ActEndSessions, models.ActEndSession:
	case models.ActResume, models.ActReactivate, models.ActUnlock:
		return l, false
	}
	switch u.Sessions {
	case 0:
		l.Outcome, l.Sentence = string(models.OutcomeNothing), "Nothing to end: no session was open here."
	default:
		l.Sentence = ui.Counted(int(u.Sessions), "session", "sessions") + " ended with the change itself. The next request is refused."
	}
	return l, true
}

// whats are the kinds of steps as people call them.
var whats = map[string]string{
	offboard.StepDisable: "Account", offboard.StepEnable: "Account", offboard.StepEndSessions: "Sessions", offboard.StepRevokeGrants: "Offline access",
	offboard.StepUnlock: "Lock", offboard.StepRevokeHeld: "Tokens Rollcall holds",
}

func stepLine(s offboard.Outcome) view.Line {
	l := view.Line{Where: s.System, What: whats[s.Kind], Outcome: string(s.Outcome), Sentence: s.Sentence, At: s.At.Time(), Proof: proof(s.Evidence)}
	switch {
	case s.State == models.StepPaused:
		l.Sentence = "A person stopped this step. " + s.Sentence
	case s.State == models.StepRunning:
		l.Sentence = "Under way. " + s.Sentence
	case s.State == models.StepWaiting && s.Attempts == 0:
		l.Sentence = "Waits for its turn."
	case s.State == models.StepWaiting:
		l.Next = "Next try at " + s.Next.Time().Format("15:04:05") + " UTC."
	}
	return l
}

func toldLine(s offboard.Outcome, t offboard.Told) view.Line {
	name := t.Name
	if name == "" {
		name = t.Client
	}
	l := view.Line{Where: name, Within: true, What: "Sign-out", Outcome: string(t.Outcome), Sentence: t.Sentence(), At: s.At.Time()}
	if s.Open() { // nothing is known before the sessions have ended
		l.Outcome, l.Sentence = string(models.OutcomeWaiting), "Waits for the end of the sessions."
	}
	return l
}
