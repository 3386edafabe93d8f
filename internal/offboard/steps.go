package offboard

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/jobs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// The kinds of steps. One step is for one person at one connected system.
const (
	StepDisable      = "offboard.disable"
	StepEndSessions  = "offboard.end-sessions"
	StepRevokeGrants = "offboard.revoke-grants"
	StepEnable       = "offboard.enable"
	StepUnlock       = "offboard.unlock"
	StepRevokeHeld   = "offboard.revoke-held"   // tokens Rollcall holds; at no system
	StepProbeAgain   = "offboard.probe-again"   // whether who was cut off still is out
	StepRemove       = "offboard.remove-access" // the account, after the undo window: no adapter can
)

// stepKinds are those that follow each other at one system.
var stepKinds = []string{StepDisable, StepEndSessions, StepRevokeGrants, StepEnable, StepUnlock}

const (
	stepTime      = 25 * time.Second // of one attempt
	perSystem     = 12               // steps of a kind at once at one system: its requests a second are bounded beside that
	heldTime      = 10 * time.Second // of one that others wait for
	lieAttempts   = 3                // how often a system may say "done" before it counts as failed
	maxRemembered = 200              // sessions named in evidence
)

// payload is what a step needs beside its person and connector.
type payload struct {
	Account  string `json:"account,omitempty"` // the system's own id of it
	Session  string `json:"session,omitempty"` // handle of the one session; "": all
	CutOff   bool   `json:"cut_off,omitempty"` // the person may not be in: grants are taken back by a step of their own
	System   string `json:"system"`            // name, as it was when the step was added
	Provider string `json:"provider,omitempty"`
	Issuer   string `json:"issuer,omitempty"`
	Console  string `json:"console,omitempty"` // client id of Rollcall there
}

// visit is one attempt at one step: the one place where a system is acted upon.
type visit struct {
	*Engine
	payload

	step   jobs.Step
	person models.User
	system connector.System
	proof  Evidence // what is known so far, from the attempts before too
}

// finding is how a step ends.
type finding struct {
	outcome  models.Outcome
	sentence string
}

func confirmed(text string, args ...any) (finding, error) {
	return finding{models.OutcomeConfirmed, fmt.Sprintf(text, args...)}, nil
}

func sent(text string, args ...any) (finding, error) {
	return finding{models.OutcomeSent, fmt.Sprintf(text, args...)}, nil
}

func skipped(text string, args ...any) (finding, error) {
	return finding{models.OutcomeSkipped, fmt.Sprintf(text, args...)}, nil
}

func nothing(text string, args ...any) (finding, error) {
	return finding{models.OutcomeNothing, fmt.Sprintf(text, args...)}, nil
}

// register gives each kind its handler.
func (e *Engine) register() {
	for kind, do := range map[string]func(*visit, context.Context) (finding, error){
		StepDisable: (*visit).disable, StepEndSessions: (*visit).endSessions, StepRevokeGrants: (*visit).revokeGrants,
		StepEnable: (*visit).enable, StepUnlock: (*visit).unlock, StepRevokeHeld: (*visit).revokeHeld,
		StepProbeAgain: (*visit).probeAgain,
	} {
		h := jobs.Handler{
			Do:      func(ctx context.Context, s jobs.Step) (jobs.Result, error) { return e.visit(ctx, s, do) },
			GaveUp:  e.gaveUp,
			Timeout: stepTime, PerConnector: perSystem,
		}
		if kind == StepRevokeHeld {
			h.Timeout = heldTime
			h.Do = func(ctx context.Context, s jobs.Step) (jobs.Result, error) {
				r, err := e.visit(ctx, s, do)
				return r, e.goAhead(ctx, s, err)
			}
		}
		e.Jobs.Handle(kind, h)
	}
}

// visit runs one attempt: who it is about, the system, the step itself, and the
// record of what came of it.
func (e *Engine) visit(ctx context.Context, s jobs.Step, do func(*visit, context.Context) (finding, error)) (jobs.Result, error) {
	v := &visit{Engine: e, step: s}
	if err := json.Unmarshal(s.Payload, &v.payload); err != nil {
		return jobs.Result{}, jobs.Permanent(fmt.Errorf("read what the step needs: %w", err))
	}
	if err := json.Unmarshal(s.Noted, &v.proof); err != nil {
		return jobs.Result{}, jobs.Permanent(fmt.Errorf("read what was noted: %w", err))
	}
	var err error
	if v.person, err = standing(ctx, e.Store.Read(s.Tenant), s.UserID); err != nil {
		return jobs.Result{}, err
	}
	v.proof.System, v.proof.Account = v.payload.System, v.payload.Account
	if s.Kind != StepRevokeHeld {
		if v.system, err = e.open(ctx, s); err != nil {
			return jobs.Result{}, err
		}
	}
	found, err := do(v, ctx)
	if v.system != nil {
		e.Systems.Report(ctx, s.Tenant, s.ConnectorID, connector.Use{Err: err, Read: true, Wrote: !v.proof.AskedAt.IsZero()})
	}
	if unsupported(err) {
		found, err = skipped("%s cannot do this. %s", v.System, safe(err))
	}
	if err != nil {
		return jobs.Result{}, err
	}
	if s.Kind == StepProbeAgain {
		return e.probed(ctx, v, found)
	}
	return jobs.Result{
		Outcome: found.outcome, Sentence: found.sentence, Evidence: v.proof,
		Apply: func(ctx context.Context, tx *store.Tx) error { return e.ended(ctx, tx, v, found) },
	}, nil
}

// goAhead lets the next step at the system run when tokens could not be taken back
// at once: an account is not left active for the sake of a proof.
func (e *Engine) goAhead(ctx context.Context, s jobs.Step, err error) error {
	if err == nil || s.ConnectorID == 0 {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	return errors.Join(err, e.Jobs.HastenNow(ctx, s, stepKinds))
}

func (e *Engine) open(ctx context.Context, s jobs.Step) (connector.System, error) {
	if e.Systems == nil {
		return nil, jobs.Permanent(errs.New(errs.Unavailable, "This installation has no connected systems any more. Nothing was done there."))
	}
	system, err := e.Systems.Open(ctx, s.Tenant, s.ConnectorID)
	if errs.Is(err, errs.NotFound) {
		return nil, jobs.Permanent(err)
	}
	return system, err
}

// ended records how a step ended and lets the next one at the system run.
func (e *Engine) ended(ctx context.Context, tx *store.Tx, v *visit, found finding) error {
	action := acted[v.step.Kind]
	switch found.outcome {
	case models.OutcomeConfirmed:
	case models.OutcomeSent, models.OutcomeNeverTold:
		action = models.AccountUnproven
	default:
		action = models.AccountNothing
	}
	return e.finish(ctx, tx, v.step, store.Event{
		Action: action, Target: store.Ref{Kind: models.KindUser, ID: v.person.ID, Name: v.person.DisplayName},
		Object: store.Ref{Kind: models.KindConnector, ID: v.step.ConnectorID, Name: v.System},
		Detail: v.step.Kind + " " + string(found.outcome) + ", step " + v.step.PublicID,
	})
}

// gaveUp records that a step failed for good, and lets the next one run.
func (e *Engine) gaveUp(ctx context.Context, tx *store.Tx, s jobs.Step, _ string) error {
	var p payload
	if err := json.Unmarshal(s.Payload, &p); err != nil {
		p.System = "a connected system"
	}
	person, err := standing(ctx, tx.Reader, s.UserID)
	if err != nil && !errs.Is(err, errs.NotFound) {
		return err
	}
	result := models.ResultFailed
	if s.Kind == StepProbeAgain { // it could not be looked at, which says nothing about the person
		result = models.ResultRefused
	}
	return e.finish(ctx, tx, s, store.Event{
		Action: acted[s.Kind], Result: result, Target: store.Ref{Kind: models.KindUser, ID: s.UserID, Name: person.DisplayName},
		Object: store.Ref{Kind: models.KindConnector, ID: s.ConnectorID, Name: p.System}, Detail: s.Kind + " failed, step " + s.PublicID,
	})
}

func (e *Engine) finish(ctx context.Context, tx *store.Tx, s jobs.Step, event store.Event) error {
	if s.ConnectorID != 0 {
		if err := e.Jobs.Hasten(ctx, tx, stepKinds, s.UserID, s.ConnectorID); err != nil {
			return err
		}
	}
	return tx.Record(ctx, event)
}

// acted is what the log calls a step that was confirmed, or failed.
var acted = map[string]models.Action{
	StepDisable: models.AccountDisable, StepEndSessions: models.AccountEndSessions, StepRevokeGrants: models.AccountRevokeGrants,
	StepEnable: models.AccountEnable, StepUnlock: models.AccountUnlock, StepRevokeHeld: models.TokensRevoke,
	StepProbeAgain: models.OperationProbe,
}

// note keeps what is known now, before something is done.
func (v *visit) note(ctx context.Context) error { return v.Jobs.Note(ctx, v.step, v.proof) }

// asking notes the moment of the first request that changes something.
func (v *visit) asking(ctx context.Context) error {
	if v.proof.AskedAt.IsZero() {
		v.proof.AskedAt = v.now()
	}
	return v.note(ctx)
}

func (v *visit) now() time.Time { return v.Store.Now().Time() }

// mayBeIn reports whether the person is let in, as things stand now.
func (v *visit) mayBeIn() bool {
	p := v.person
	left := p.Status == models.Leaving && p.LeavingAt != 0 && p.LeavingAt <= v.Store.Now()
	return p.Status.MaySignIn() && !left
}

// contradicted is the error of a system that says "done" while what it shows is
// as before. It may be slow, so it is looked at again, but not for ever.
func (v *visit) contradicted(ctx context.Context, what, fix string) error {
	if err := v.note(ctx); err != nil {
		return err
	}
	err := connector.Fail(connector.Failure{
		Kind: connector.FailAnswer, System: v.System, Step: v.step.Kind, Fix: fix,
		Sentence: v.System + " answered that it was done, but " + what + ".",
	}, nil)
	if v.step.Attempt >= lieAttempts {
		return jobs.Permanent(err)
	}
	return err
}

// unsupported reports whether a system says that it cannot do something.
func unsupported(err error) bool {
	f, ok := errors.AsType[*connector.Failure](err)
	return ok && f.Kind == connector.FailUnsupported
}

// unknown reports whether a system does not know the account.
func unknown(err error) bool {
	f, ok := errors.AsType[*connector.Failure](err)
	return ok && f.Kind == connector.FailNotFound
}

func safe(err error) string {
	if e, ok := errs.As(err); ok {
		return e.Safe
	}
	return ""
}

// lacks says in the system's own words why it cannot do something.
func (v *visit) lacks(ctx context.Context, c connector.Capability, does string) (finding, error) {
	text := v.System + " cannot " + does + "."
	if d, err := v.system.Describe(ctx); err == nil && d.Lacks[c] != "" {
		text += " " + d.Lacks[c]
	}
	return skipped("%s", text)
}
