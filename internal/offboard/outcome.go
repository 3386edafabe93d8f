package offboard

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/jobs"
	"github.com/rollcall/rollcall/models"
)

// Outcome is one step at one system, as people see it.
type Outcome struct {
	PublicID string
	Kind     string
	System   string
	State    models.StepState
	Outcome  models.Outcome
	Sentence string // "" while nothing is known
	Evidence Evidence
	Attempts int
	Next     models.Instant // when it is tried next; 0: it has ended
	At       models.Instant // when it ended; 0: not yet
}

// Open reports whether the step goes on by itself.
func (o Outcome) Open() bool {
	return o.State == models.StepWaiting || o.State == models.StepRunning
}

// Undertaking is an act with what came of it.
type Undertaking struct {
	models.PersonAct

	Steps []Outcome
}

// Open reports whether something of it goes on by itself.
func (u Undertaking) Open() bool {
	for _, s := range u.Steps {
		if s.Open() {
			return true
		}
	}
	return false
}

// Ended says when the last step ended; 0 while one goes on.
func (u Undertaking) Ended() models.Instant {
	end := u.At
	for _, s := range u.Steps {
		if s.Open() {
			return 0
		}
		end = max(end, s.At)
	}
	return end
}

// Accounts lists the accounts of a person that acts reach.
func (e *Engine) Accounts(ctx context.Context, tenant, user int64) ([]connector.Held, error) {
	return connector.AccountsOf(ctx, e.Store.Read(tenant), user)
}

// Names lists the systems of accounts, each once.
func Names(held []connector.Held) []string {
	var names []string
	for _, h := range held {
		if !slices.Contains(names, h.Name) {
			names = append(names, h.Name)
		}
	}
	return names
}

// pageOfActs is how many acts a page shows.
const pageOfActs = 20

// Outcomes lists what was done about a person's way in, the newest first, with
// what came of it at each system; before is the id of the last one of the page
// before, 0 for the first page. next is 0 on the last page.
func (e *Engine) Outcomes(ctx context.Context, tenant, user, before int64) (list []Undertaking, next int64, err error) {
	acts, err := actsOf(ctx, e.Store.Read(tenant), user, before, pageOfActs+1)
	if err != nil {
		return nil, 0, err
	}
	if len(acts) > pageOfActs {
		acts = acts[:pageOfActs]
		next = acts[pageOfActs-1].ID
	}
	list, err = e.withSteps(ctx, tenant, acts)
	return list, next, err
}

// Latest gives the newest act of a person with what came of it; found is false
// when there is none.
func (e *Engine) Latest(ctx context.Context, tenant, user int64) (u Undertaking, found bool, err error) {
	acts, err := actsOf(ctx, e.Store.Read(tenant), user, 0, 1)
	if err != nil || len(acts) == 0 {
		return Undertaking{}, false, err
	}
	list, err := e.withSteps(ctx, tenant, acts)
	if err != nil {
		return Undertaking{}, false, err
	}
	return list[0], true, nil
}

// withSteps puts the steps to acts of one person. Those of an act that was part
// of an operation belong to the operation.
func (e *Engine) withSteps(ctx context.Context, tenant int64, acts []models.PersonAct) ([]Undertaking, error) {
	list := make([]Undertaking, len(acts))
	at := make(map[jobs.Group]int, len(acts))
	ids := map[string][]int64{}
	for i := range acts {
		list[i].PersonAct = acts[i]
		g := GroupOf(acts[i])
		at[g], ids[g.Kind] = i, append(ids[g.Kind], g.ID)
	}
	for kind, of := range ids {
		steps, err := e.Jobs.OfUserIn(ctx, tenant, acts[0].UserID, kind, of)
		if err != nil {
			return nil, err
		}
		for i := range steps {
			o, err := outcomeOf(&steps[i])
			if err != nil {
				return nil, err
			}
			u := &list[at[steps[i].Group]]
			u.Steps = append(u.Steps, o)
		}
	}
	return list, nil
}

func outcomeOf(s *jobs.Info) (Outcome, error) {
	o := Outcome{
		PublicID: s.PublicID, Kind: s.Kind, State: s.State, Outcome: s.Outcome, Sentence: s.Sentence, Attempts: s.Attempts, At: s.FinishedAt,
	}
	var p payload
	if err := json.Unmarshal([]byte(s.Payload), &p); err != nil {
		return o, fmt.Errorf("read step %d: %w", s.ID, err)
	}
	if err := json.Unmarshal([]byte(s.Evidence), &o.Evidence); err != nil {
		return o, fmt.Errorf("read the evidence of step %d: %w", s.ID, err)
	}
	o.System = p.System
	if o.Open() {
		o.Next = s.RunAt
	}
	return o, nil
}

// accountOf gives the account a step is about.
func accountOf(text string) string {
	var p payload
	if err := json.Unmarshal([]byte(text), &p); err != nil {
		return "" // of no account that exists
	}
	return p.Account
}
