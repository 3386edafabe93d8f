package users

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/offboard"
	"github.com/rollcall/rollcall/models"
	"github.com/rollcall/rollcall/views/ui"
	"github.com/rollcall/rollcall/views/users"
)

// change is one verb on the status of a person: its words and what it calls.
type change struct {
	word    string // of the address and of the sentence afterwards
	title   string // before the name
	to      models.Status
	submit  string
	kind    ui.Kind
	dated   bool
	cutsOff bool
	effects []string
	reaches string // what happens at connected systems, with their names for %s; "": nothing
	run     func(e *offboard.Engine, ctx context.Context, actor models.Actor, id, reason string, on time.Time) (offboard.Done, error)
}

// verb fits an engine's verb without a date to change.run.
func verb(f func(*offboard.Engine, context.Context, models.Actor, string, string) (offboard.Done, error)) func(*offboard.Engine, context.Context, models.Actor, string, string, time.Time) (offboard.Done, error) {
	return func(e *offboard.Engine, ctx context.Context, actor models.Actor, id, reason string, _ time.Time) (offboard.Done, error) {
		return f(e, ctx, actor, id, reason)
	}
}

// What the verbs do at connected systems.
const (
	keepsOut = "Right after, deactivates the account at %s, ends its sessions and takes back offline access there. Each is read before and after; what came of it stands on the person's page."
	letsIn   = "Right after, activates the account at %s where Rollcall had deactivated it, once nothing from before is alive there."
)

var (
	suspend = change{word: "suspend", title: "Suspend", to: models.Suspended, submit: "Suspend", kind: ui.Primary, cutsOff: true, reaches: keepsOut,
		effects: []string{"Sign-in is refused until somebody lifts the suspension.", "All roles stay as they are and work again afterwards."},
		run:     verb((*offboard.Engine).Suspend)}
	resume = change{word: "resume", title: "Lift the suspension of", to: models.Active, submit: "Lift suspension", kind: ui.Primary, reaches: letsIn,
		effects: []string{"The person may sign in again, with the same roles."}, run: verb((*offboard.Engine).Resume)}
	deactivate = change{word: "deactivate", title: "Deactivate", to: models.Deactivated, submit: "Deactivate", kind: ui.Danger, cutsOff: true, reaches: keepsOut,
		effects: []string{"Sign-in is refused at every provider that leads to Rollcall.", "Roles stay recorded. A reactivation brings them back."},
		run:     verb((*offboard.Engine).Deactivate)}
	reactivate = change{word: "reactivate", title: "Reactivate", to: models.Active, submit: "Reactivate", kind: ui.Primary, reaches: letsIn,
		effects: []string{"The person may sign in again, with every role that is still recorded. Look at them before.", "Sessions that ended stay ended."},
		run:     verb((*offboard.Engine).Reactivate)}
	leaving = change{word: "leaving", title: "Set a leaving date for", to: models.Leaving, submit: "Set leaving date", kind: ui.Primary, dated: true,
		effects: []string{"From the start of that day (UTC) sign-in is refused and sessions stop working.", "Until then nothing changes for the person."},
		run: func(e *offboard.Engine, ctx context.Context, actor models.Actor, id, reason string, on time.Time) (offboard.Done, error) {
			return e.Leave(ctx, actor, id, reason, on)
		}}
	staying = change{word: "staying", title: "Take back the leaving date of", to: models.Active, submit: "Take back leaving date", kind: ui.Primary,
		effects: []string{"The person stays Active without a date."}, run: verb((*offboard.Engine).Stay)}
	letIn = change{word: "let-in", title: "Let in", to: models.Active, submit: "Let in", kind: ui.Primary,
		effects: []string{"The person becomes Active. Their next sign-in works, with the roles the provider's claims give."}, run: verb((*offboard.Engine).LetIn)}
)

type changeForm struct {
	Reason string `form:"reason" label:"Reason" validate:"reason,max=1000"`
	Once   string `form:"once" label:"Form" validate:"max=64"`
	Cause  string `form:"cause" label:"Because" validate:"omitempty,oneof=leave risk"`
	Known  string `form:"known" label:"Risk known since" validate:"max=30"`
	On     string `form:"leaving_at" label:"Leaving date" validate:"omitempty,datetime=2006-01-02"`
}

func (p *Pages) actForm(ch change) web.Handler {
	return func(c *web.Call) error { return p.changePage(c, ch, changeForm{}, nil) }
}

func (p *Pages) act(ch change) web.Handler {
	return func(c *web.Call) error {
		var f changeForm
		err := c.Bind(&f)
		var on time.Time
		if err == nil && ch.dated {
			if on, err = time.Parse(time.DateOnly, f.On); err != nil {
				err = errs.Input(errs.Field{Name: "leaving_at", Message: "The leaving date is missing. Write it as 2026-11-29."})
			}
		}
		if err == nil && p.asOperation(ch) {
			var to string
			if to, err = p.deactivateOne(c, f); err == nil {
				return c.Redirect(to)
			}
		}
		var done offboard.Done
		if err == nil {
			done, err = ch.run(p.Offboard, c.Ctx(), c.Actor(), c.Param("id"), f.Reason, on)
		}
		if err != nil {
			return p.changePage(c, ch, f, err)
		}
		return c.Redirect("/users/" + c.Param("id") + "?ok=" + ch.word + toOutcomes(done))
	}
}

// toOutcomes leads to where steps at connected systems are shown, if there are any.
func toOutcomes(done offboard.Done) string {
	if done.Steps == 0 {
		return ""
	}
	return "#outcomes"
}

// changePage draws the page of a verb: effects first, then the reason.
func (p *Pages) changePage(c *web.Call, ch change, f changeForm, cause error) error {
	person, err := p.People.Get(c.Ctx(), c.Tenant(), c.Param("id"))
	if err != nil {
		return err
	}
	m := users.Act{Submit: ch.submit, Kind: ch.kind, Blocked: blocked(c, ch, person)}
	if ch.cutsOff {
		m.Effects = append(m.Effects, p.sessionEffect(c, person))
	}
	if !p.asOperation(ch) {
		m.Effects = append(m.Effects, ch.effects...)
	} else if err := p.oneEffects(c, person, f, &m); err != nil {
		return err
	}
	if ch.reaches != "" {
		held, err := p.Offboard.Accounts(c.Ctx(), c.Tenant(), person.ID)
		if err != nil {
			return err
		}
		if len(held) > 0 {
			m.Effects = append(m.Effects, fmt.Sprintf(ch.reaches, joined(offboard.Names(held))))
		}
	}
	if person.Reports > 0 && ch.cutsOff && !p.asOperation(ch) {
		m.Effects = append(m.Effects, "Stays recorded as the manager of "+reports(person)+" until you change it.")
	}
	if ch.dated {
		m.Date = &ui.Field{Name: "leaving_at", Label: "First day on which they are gone", Type: "date", Value: f.On, Required: true}
	}
	if ch.word == suspend.word || ch.word == deactivate.word {
		m.Submit += " " + person.DisplayName
	}
	return p.actPage(c, asked{person: person, title: ch.title + " " + person.DisplayName, path: "/" + ch.word, reason: f.Reason, cause: cause}, m)
}

func (p *Pages) sessionEffect(c *web.Call, person directory.Person) string {
	list, err := p.Sessions.List(c.Ctx(), c.Tenant(), person.ID)
	switch {
	case err != nil:
		return "All sessions in Rollcall end now."
	case len(list) == 0:
		return "No session is open in Rollcall now, so none has to end."
	}
	return "Ends " + ui.Counted(len(list), "session", "sessions") + " in Rollcall now. The next click there is refused."
}

// blocked says why a verb is of no use here; the engine decides it again.
func blocked(c *web.Call, ch change, person directory.Person) string {
	switch {
	case ch.cutsOff && person.ID == c.Caller.UserID:
		return "This is you. Another admin can do it: you would lose the way back."
	case ch.word == letIn.word && person.PendingSince == 0 && person.Status != models.Invited:
		return person.DisplayName + " does not wait to be let in."
	case !directory.MayBecome(person.Status, ch.to):
		return person.DisplayName + " is " + person.Status.Word() + ", so this cannot be done. " + strings.TrimSpace(wayOut(person.Status))
	}
	return ""
}

func wayOut(s models.Status) string {
	switch s {
	case models.Deactivated:
		return "Reactivate them first."
	case models.Suspended:
		return "Lift the suspension first."
	}
	return ""
}
