package insight

import (
	"context"
	"time"

	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/models"
)

// here looks at what Rollcall itself knows: the same rules that its own door
// goes by.
func (e *Engine) here(ctx context.Context, tenant int64, p directory.Person) (findings, error) {
	var f findings
	e.status(&f, p)
	if p.PendingSince != 0 {
		f.fact("pending", No, "Signed in by rule and waits to be let in since "+e.when(p.PendingSince.Time())+".")
		f.hurdle("Waits to be let in since "+e.when(p.PendingSince.Time())+".", step(StepLetIn, models.UsersCreate, "let newcomers in"))
	}
	roles, err := e.Access.Held(ctx, tenant, p.ID)
	if err != nil {
		return f, err
	}
	if len(roles) > 0 {
		f.fact("role", Yes, "Has a role in Rollcall.")
		return f, nil
	}
	f.fact("role", No, "Has no role in Rollcall.")
	f.hurdle("Has no role in Rollcall, and nobody is let in without one.", step(StepGiveRole, models.RolesAssign, "give roles"))
	return f, nil
}

// status looks at the record's status and leaving date.
func (e *Engine) status(f *findings, p directory.Person) {
	since := ""
	if p.StatusSince != 0 {
		since = " since " + e.when(p.StatusSince.Time())
	}
	if p.StatusBy != "" {
		since += ", by " + p.StatusBy
	}
	word := "Status in Rollcall is " + p.Status.Word() + since + "."
	switch p.Status {
	case models.Removed:
		f.fact("status", No, word)
		f.hurdle("The record was removed"+since+".", Next{Sentence: "A removed record does not come back. Create or invite the person anew."})
	case models.Deactivated:
		f.fact("status", No, word)
		f.hurdle("Deactivated in Rollcall"+since+".", step(StepReactivate, models.UsersDeactivate, "reactivate"))
	case models.Suspended:
		f.fact("status", No, word)
		f.hurdle("Suspended in Rollcall"+since+".", step(StepResume, models.UsersSuspend, "lift suspensions"))
	case models.Leaving:
		f.fact("status", Yes, word)
	case models.Invited:
		f.fact("status", Note, word+" The first sign-in makes them Active.")
	case models.Active:
		f.fact("status", Yes, word)
	}
	if p.LeavingAt == 0 || !p.Status.MaySignIn() {
		return
	}
	if at := e.when(p.LeavingAt.Time()); p.LeavingAt <= e.Store.Now() {
		f.fact("leaving", No, "Left on "+at+".")
		f.hurdle("The leaving date has passed: "+at+".", step(StepStay, models.UsersDeactivate, "take leaving dates back"))
	} else {
		f.fact("leaving", Yes, "Leaves on "+at+"; until then nothing changes.")
	}
}

// past tells of the last sign-ins here.
func (e *Engine) past(ctx context.Context, tenant int64, p directory.Person) ([]Fact, error) {
	var f findings
	if p.LastSignInAt == 0 {
		f.fact("success", Note, "Never signed in to Rollcall.")
	} else {
		f.fact("success", Yes, "Last signed in to Rollcall "+e.ago(p.LastSignInAt.Time())+".")
	}
	refused, found, err := lastRefusal(ctx, e.Store.Read(tenant), p.ID)
	if err != nil || !found {
		return f.facts, err
	}
	text := "Last turned away here " + e.ago(refused.At.Time()) + ": " + refusalWords(refused.Detail) + "."
	if refused.At < p.LastSignInAt {
		text = "Turned away here " + e.ago(refused.At.Time()) + ": " + refusalWords(refused.Detail) + ". Signed in since then."
	}
	f.fact("failure", Note, text)
	return f.facts, nil
}

// step makes a step with what it needs; of fills in whether the reader may.
func step(s Step, needs models.Permission, does string) Next {
	return Next{Step: s, needs: needs, does: does}
}

// of says what a step means for a reader.
func (n Next) of(reader models.Actor, person directory.Person) Next {
	if n.Step == StepNone || n.Step == StepThere {
		return n
	}
	if person.ID == reader.UserID && n.Step != StepGiveRole {
		n.Step, n.Sentence = StepNone, "This is you. Somebody else has to do it."
		return n
	}
	if n.May = reader.Can.Has(n.needs); !n.May {
		n.Sentence = "You may not " + n.does + ": it needs the permission " + n.needs.Key() + ". Ask an admin."
	}
	return n
}

// when writes a moment that lies back or ahead: the time of today, else the day
// too. All are UTC, as pages say.
func (e *Engine) when(t time.Time) string {
	now := e.now()
	switch {
	case t.Year() == now.Year() && t.YearDay() == now.YearDay():
		return t.Format("15:04") + " UTC"
	case t.Year() == now.Year():
		return t.Format("2 Jan, 15:04") + " UTC"
	}
	return t.Format("2 Jan 2006")
}

// ago writes how long ago a moment was.
func (e *Engine) ago(t time.Time) string {
	d := e.now().Sub(t)
	switch {
	case d < time.Minute:
		return "just now"
	case d < time.Hour:
		return plural(int(d/time.Minute), "minute") + " ago"
	case d < 24*time.Hour:
		return plural(int(d/time.Hour), "hour") + " ago"
	case d < 30*24*time.Hour:
		return plural(int(d/(24*time.Hour)), "day") + " ago"
	case t.Year() == e.now().Year():
		return "on " + t.Format("2 Jan")
	}
	return "on " + t.Format("2 Jan 2006")
}
