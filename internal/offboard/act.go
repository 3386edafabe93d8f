package offboard

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/jobs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// ActGroup is the kind of the groups that steps of one person's acts belong to.
const ActGroup = "person-act"

// patience is how long a step waits for the one before it at the same system.
// Each is hastened when the one before has ended; this is for one that does not.
const patience = 15 * time.Minute

// request is an act with what its steps need.
type request struct {
	act     models.Act
	reason  string
	once    string // of the form; "": the act is its own
	account string // unlock, end-session: only at this account ...
	at      int64  // ... of this connector
	session string // end-session: handle of the one session there
}

// kinds gives the steps of the act at each account, in their order.
func (r request) kinds() []string {
	switch r.act {
	case models.ActSuspend, models.ActDeactivate:
		return []string{StepDisable, StepEndSessions, StepRevokeGrants}
	case models.ActResume, models.ActReactivate:
		return []string{StepEnable}
	case models.ActEndSessions, models.ActEndSession:
		return []string{StepEndSessions}
	case models.ActUnlock:
		return []string{StepUnlock}
	}
	return nil
}

// cutsOff reports whether the person may not be in afterwards.
func (r request) cutsOff() bool {
	return r.act == models.ActSuspend || r.act == models.ActDeactivate
}

// concerns reports whether an account is among those the act is about.
func (r request) concerns(h connector.Held) bool {
	return r.at == 0 || (r.at == h.ConnectorID && r.account == h.Account)
}

// reach writes the act and one step for everything that has to happen at each
// system the person has an account in.
func (e *Engine) reach(ctx context.Context, tx *store.Tx, done *Done, r request) error {
	user := done.User.ID
	held, err := connector.AccountsOf(ctx, tx.Reader, user)
	if err != nil {
		return err
	}
	if done.Act, err = newAct(tx, user, r, done.SessionsEnded); err != nil {
		return err
	}
	if err := insertAct(ctx, tx, &done.Act); err != nil {
		return err
	}
	busy, err := e.Jobs.Unfinished(ctx, tx, stepKinds, user)
	if err != nil {
		return err
	}
	var steps []jobs.NewStep
	for _, h := range held {
		if r.concerns(h) {
			steps = append(steps, stepsAt(h, done.Act, r, tx.Now, busy)...)
		}
	}
	mine, err := e.heldTokens(ctx, tx, done.Act, r)
	if err != nil {
		return err
	}
	done.Steps, err = e.Jobs.Add(ctx, tx, append(steps, mine...)...)
	return err
}

func newAct(tx *store.Tx, user int64, r request, sessions int) (models.PersonAct, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return models.PersonAct{}, fmt.Errorf("make a public id: %w", err)
	}
	act := models.PersonAct{
		PublicID: id.String(), UserID: user, Act: r.act, OnceKey: r.once, Sessions: int64(sessions),
		Reason: r.reason, ActorName: tx.Actor.Name, At: tx.Now,
	}
	if act.OnceKey == "" {
		act.OnceKey = act.PublicID
	}
	return act, nil
}

// stepsAt gives the steps at one account. What is under way at its system for
// this person comes first: a later act must not overtake an earlier one.
func stepsAt(h connector.Held, act models.PersonAct, r request, now models.Instant, busy map[int64]bool) []jobs.NewStep {
	var steps []jobs.NewStep
	for _, kind := range r.kinds() {
		s := jobs.NewStep{
			Kind: kind, Dedupe: fmt.Sprintf("%s/%s/%d/%s", act.PublicID, kind, h.ConnectorID, connector.Handle(h.Account)),
			Group: jobs.Group{Kind: ActGroup, ID: act.ID}, UserID: act.UserID, ConnectorID: h.ConnectorID,
			Payload: payload{Account: h.Account, Session: r.session, CutOff: r.cutsOff(), System: h.Name, Console: h.Console(), Issuer: h.Settings.EffectiveIssuer(), Provider: h.System},
		}
		if busy[h.ConnectorID] {
			s.After = now.Add(patience)
		}
		busy[h.ConnectorID] = true
		steps = append(steps, s)
	}
	return steps
}

// heldTokens gives the step for the tokens Rollcall itself holds.
func (e *Engine) heldTokens(ctx context.Context, tx *store.Tx, act models.PersonAct, r request) ([]jobs.NewStep, error) {
	if e.Held == nil || !(r.cutsOff() || r.act == models.ActEndSessions) {
		return nil, nil
	}
	some, err := e.Held.Holds(ctx, tx, act.UserID)
	if err != nil || !some {
		return nil, err
	}
	return []jobs.NewStep{{
		Kind: StepRevokeHeld, Dedupe: act.PublicID + "/" + StepRevokeHeld, Group: jobs.Group{Kind: ActGroup, ID: act.ID},
		UserID: act.UserID, Payload: payload{System: "Rollcall", CutOff: r.cutsOff()},
	}}, nil
}
