package prove_test

import (
	"fmt"
	"slices"

	"github.com/rollcall/rollcall/internal/bench/prove/keeper"
	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/offboard"
	"github.com/rollcall/rollcall/models"
)

// found is what the keeper found alive of one person, by what should have ended it.
type found map[string][]string // kind of step -> what

// look tries every token and reads how every account stands, and gives what is
// alive of whom.
func (w *world) look(people []person, letIn bool) map[string]found {
	w.t.Helper()
	alive := map[string]found{}
	note := func(who, kind, what string) {
		if alive[who] == nil {
			alive[who] = found{}
		}
		alive[who][kind] = append(alive[who][kind], what)
	}
	sights, err := w.keeper.Try(w.ctx, atOnce)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, s := range sights {
		if !s.Alive {
			continue
		}
		kind := offboard.StepEndSessions
		if s.Kind == keeper.Offline {
			kind = offboard.StepRevokeGrants
		}
		note(s.Person, kind, fmt.Sprintf("%s token at %s by %s", s.Kind, s.App.ID, s.How))
	}
	for _, p := range people {
		stands, err := w.keeper.Stands(w.ctx, p.account, w.keys)
		if err != nil {
			w.t.Fatal(err)
		}
		if stands.Enabled && !letIn {
			note(p.username, offboard.StepDisable, "the account is active")
		}
		if stands.Sessions > 0 {
			note(p.username, offboard.StepEndSessions, fmt.Sprintf("%d sessions are listed", stands.Sessions))
		}
		if stands.Offline > 0 {
			note(p.username, offboard.StepRevokeGrants, fmt.Sprintf("%d offline sessions are listed", stands.Offline))
		}
	}
	return alive
}

// covers says which steps vouch for something not being alive. Sessions that live
// on without a browser may end with either.
var covers = map[string][]string{
	offboard.StepDisable:      {offboard.StepDisable},
	offboard.StepEndSessions:  {offboard.StepEndSessions},
	offboard.StepRevokeGrants: {offboard.StepEndSessions, offboard.StepRevokeGrants},
}

// falseGreen lists what the product calls confirmed and the keeper finds alive.
func falseGreen(all []claims, alive map[string]found) []string {
	var wrong []string
	for _, c := range all {
		for kind, what := range alive[c.username] {
			vouched := func(step string) bool { return c.says(step) == models.OutcomeConfirmed }
			if slices.ContainsFunc(covers[kind], vouched) {
				for _, one := range what {
					wrong = append(wrong, c.username+": "+one)
				}
			}
		}
	}
	slices.Sort(wrong)
	return wrong
}

// tally counts the probes of evidence: a reading before and one after.
type tally struct{ probes, confirmed, blind int }

func (n *tally) add(s offboard.Outcome) {
	if s.Evidence.Before != nil && s.Evidence.After != nil {
		n.probes++
		if s.Outcome == models.OutcomeConfirmed {
			n.confirmed++
		}
	}
	if s.Evidence.Tokens == nil {
		return
	}
	for _, l := range s.Evidence.Tokens.Looks {
		n.probes++
		switch l.Proof {
		case connector.TokenDead:
			n.confirmed++
		case connector.TokenUnseen:
			n.blind++
		case connector.TokenLives:
		}
	}
}

// applications holds that the product says of each application what is known of it.
func (w *world) applications(c claims) {
	w.t.Helper()
	want := map[string]models.Outcome{
		hears: models.OutcomeSent, dead: models.OutcomeSent, deaf: models.OutcomeNeverTold, w.plain.Console.ID: models.OutcomeConfirmed,
	}
	for _, s := range c.steps {
		if s.Kind != offboard.StepEndSessions {
			continue
		}
		for _, told := range s.Evidence.Apps {
			if told.Outcome != want[told.Client] {
				w.t.Errorf("%s at %s: %s, want %s", c.username, told.Client, told.Outcome, want[told.Client])
			}
			if told.Until.IsZero() && told.Client != w.plain.Console.ID {
				w.t.Errorf("%s at %s: the last second of access is not said", c.username, told.Client)
			}
			delete(want, told.Client)
		}
	}
	delete(want, w.plain.Console.ID) // taken back before, its session may have gone with it
	if len(want) > 0 {
		w.t.Errorf("%s: nothing is said of %v", c.username, want)
	}
}

// blind holds that looking as a client outside of the audience is said to see
// nothing, and that the same token was proven dead by those that see.
func (w *world) blind(c claims) {
	w.t.Helper()
	for _, s := range c.steps {
		if s.Kind != offboard.StepRevokeHeld || s.Evidence.Tokens == nil {
			continue
		}
		seen := map[string]connector.TokenProof{}
		for _, l := range s.Evidence.Tokens.Looks {
			seen[l.Token+" "+l.How] = l.Proof
			if l.Before == nil || l.After == nil || l.Before.Digest == "" || l.After.At.Before(l.Before.At) {
				w.t.Errorf("%s: a look without before and after: %+v", c.username, l)
			}
		}
		if seen["access_token introspection"] != connector.TokenUnseen || seen["refresh_token use"] != connector.TokenDead || s.Outcome != models.OutcomeConfirmed {
			w.t.Errorf("%s: %s %q, looks %v", c.username, s.Outcome, s.Sentence, seen)
		}
		return
	}
	w.t.Errorf("%s: nothing is said of the token that Rollcall held", c.username)
}
