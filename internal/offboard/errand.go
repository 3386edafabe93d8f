package offboard

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/jobs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// Patience is how long a step waits for the one before it at the same system.
// Each is hastened when the one before has ended; this is for one that does not.
const Patience = 15 * time.Minute

// The kinds of the groups that steps belong to: one person's act, or what is
// done for all people of an operation; the id is the act's, or the operation's.
const (
	ActGroup           = "person-act"
	OperationGroup     = "operation"
	OperationUndoGroup = "operation-undo"
)

// GroupOf gives the group of an act's steps.
func GroupOf(act models.PersonAct) jobs.Group {
	switch {
	case act.OperationID == 0:
		return jobs.Group{Kind: ActGroup, ID: act.ID}
	case act.Act == models.ActReactivate:
		return jobs.Group{Kind: OperationUndoGroup, ID: act.OperationID}
	}
	return jobs.Group{Kind: OperationGroup, ID: act.OperationID}
}

// Errand says which steps an act needs at connected systems, and what they
// belong to. Acts about one person and operations about many go the same way.
type Errand struct {
	Act    models.Act
	Group  jobs.Group
	Key    string                // begins the key of each step: added twice with the same one they are there once
	Paused func(user int64) bool // whose steps wait until they are let go; nil: nobody's
	Ahead  bool                  // the steps go ahead of those of others: of many people who leave, say

	Skipped func(h connector.Held) string // why nothing is done at an account: its steps are written as ended; nil: they are done

	session string // end-session: handle of the one session
}

// kinds gives the steps of the act at each account, in their order.
func (a Errand) kinds() []string {
	switch a.Act {
	case models.ActSuspend, models.ActDeactivate:
		return []string{StepDisable, StepEndSessions, StepRevokeGrants}
	case models.ActResume, models.ActReactivate:
		return []string{StepEnable}
	case models.ActEndSessions, models.ActEndSession:
		return []string{StepEndSessions}
	case models.ActUnlock:
		return []string{StepUnlock}
	case ActProbe:
		return []string{StepProbeAgain}
	case ActRemove:
		return []string{StepRemove}
	}
	return nil
}

// cutsOff reports whether the person may not be in afterwards.
func (a Errand) cutsOff() bool {
	return a.Act == models.ActSuspend || a.Act == models.ActDeactivate
}

// Steps gives the steps for people with their accounts, as connector.AccountsOfMany
// gives them. They are to be added by the caller, in the same transaction.
func (e *Engine) Steps(ctx context.Context, tx *store.Tx, a Errand, held map[int64][]connector.Held, users []int64) ([]jobs.NewStep, error) {
	busy, err := e.Jobs.Unfinished(ctx, tx, stepKinds, users...)
	if err != nil {
		return nil, err
	}
	mine, err := e.holders(ctx, tx, a, users)
	if err != nil {
		return nil, err
	}
	var steps []jobs.NewStep
	for _, user := range users {
		at := busy[user]
		if at == nil {
			at = map[int64]bool{}
		}
		first := len(steps)
		if origins := mine[user]; len(origins) > 0 { // before the account is touched: afterwards nothing is alive to be proven by
			steps = append(steps, a.heldTokens(user, vouching(held[user], origins), tx.Now, at))
		}
		for _, h := range held[user] {
			steps = append(steps, a.stepsAt(user, h, tx.Now, at)...)
		}
		paused := a.Paused != nil && a.Paused(user)
		for i := first; i < len(steps); i++ {
			steps[i].Paused, steps[i].Ahead = paused, a.Ahead
		}
	}
	return steps, nil
}

// stepsAt gives the steps at one account. What is under way at its system for
// this person comes first: a later act must not overtake an earlier one.
func (a Errand) stepsAt(user int64, h connector.Held, now models.Instant, busy map[int64]bool) []jobs.NewStep {
	var steps []jobs.NewStep
	for _, kind := range a.kinds() {
		s := jobs.NewStep{
			Kind: kind, Dedupe: fmt.Sprintf("%s/%s/%d/%s", a.Key, kind, h.ConnectorID, connector.Handle(strconv.FormatInt(user, 10)+"/"+h.Account)),
			Group: a.Group, UserID: user, ConnectorID: h.ConnectorID,
			Payload: payload{Account: h.Account, Session: a.session, CutOff: a.cutsOff(), System: h.Name, Console: h.Console(), Issuer: h.Settings.EffectiveIssuer(), Provider: h.System},
		}
		if a.Skipped != nil {
			s.Skipped = a.Skipped(h)
			steps = append(steps, s)
			continue
		}
		if busy[h.ConnectorID] {
			s.After = now.Add(Patience)
		}
		busy[h.ConnectorID] = true
		steps = append(steps, s)
	}
	return steps
}

// holders says of whom Rollcall holds tokens that the act takes back.
func (e *Engine) holders(ctx context.Context, tx *store.Tx, a Errand, users []int64) (map[int64][]Origin, error) {
	if e.Held == nil || !a.cutsOff() && a.Act != models.ActEndSessions {
		return nil, nil
	}
	return e.Held.Holders(ctx, tx, users)
}

// vouching gives the first account whose system gave one of the tokens; the zero
// value when none did.
func vouching(held []connector.Held, origins []Origin) connector.Held {
	for _, h := range held {
		for _, o := range origins {
			if h.Vouches(o.Provider, o.Issuer) {
				return h
			}
		}
	}
	return connector.Held{Name: "Rollcall"}
}

// heldTokens gives the step for the tokens Rollcall itself holds, at the system
// that gave them.
func (a Errand) heldTokens(user int64, from connector.Held, now models.Instant, busy map[int64]bool) jobs.NewStep {
	s := jobs.NewStep{
		Kind: StepRevokeHeld, Dedupe: fmt.Sprintf("%s/%s/%d", a.Key, StepRevokeHeld, user), Group: a.Group,
		UserID: user, ConnectorID: from.ConnectorID, Payload: payload{System: from.Name, CutOff: a.cutsOff()},
	}
	if from.ConnectorID == 0 {
		return s
	}
	if busy[from.ConnectorID] {
		s.After = now.Add(Patience)
	}
	busy[from.ConnectorID] = true
	return s
}
