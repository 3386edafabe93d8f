package offboard

import (
	"context"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/jobs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// What an Errand can be for beside acts of a person: looking again, and what
// would have to be deleted.
const (
	ActProbe  models.Act = "probe"
	ActRemove models.Act = "remove"
)

// Watcher is told what a look at somebody who was cut off found.
type Watcher interface {
	// WasAlive reports whether the look before found the person in.
	WasAlive(ctx context.Context, r store.Reader, s jobs.Step) (bool, error)
	// Probed takes it down in the transaction that ends the step.
	Probed(ctx context.Context, tx *store.Tx, s jobs.Step, alive bool, sentence string) error
}

// Watch makes a watcher hear of it. It is called while the product is put together.
func (e *Engine) Watch(w Watcher) { e.watcher = w }

// probeAgain reads whether an account still is out: not active, and without a
// living session or offline session. Whoever was let in again here is left alone.
func (v *visit) probeAgain(ctx context.Context) (finding, error) {
	if v.mayBeIn() {
		return skipped("%s was let in again, so there was nothing to look at.", v.person.DisplayName)
	}
	reading, err := v.account(ctx)
	if err != nil {
		return finding{}, err
	}
	sessions, err := v.sessions(ctx)
	if err != nil {
		return finding{}, err
	}
	if reading == nil && sessions == nil {
		return skipped("%s can neither be asked how the account stands nor for its sessions.", v.System)
	}
	v.proof.After = together(reading, sessions)
	active := reading != nil && *reading.Known && *reading.Active
	open := 0
	if sessions != nil {
		open = *sessions.Listed
	}
	if !active && open == 0 {
		return v.stillOut(reading, sessions)
	}
	// The person may have been let in while the system was asked.
	if v.person, err = standing(ctx, v.Store.Read(v.step.Tenant), v.step.UserID); err != nil {
		return finding{}, err
	}
	if v.mayBeIn() {
		return skipped("%s was let in again while this was looked at.", v.person.DisplayName)
	}
	return v.inAgain(ctx, active, open)
}

func (v *visit) stillOut(account, sessions *Reading) (finding, error) {
	switch {
	case account != nil && !*account.Known:
		return confirmed("%s does not know this account any more.", v.System)
	case account == nil:
		return confirmed("No session is open at %s. Whether the account is active cannot be asked there.", v.System)
	case sessions == nil:
		return confirmed("The account is deactivated at %s. It cannot list sessions.", v.System)
	}
	return confirmed("Still out: the account is deactivated at %s and no session is open.", v.System)
}

// inAgain words what should not be: the outcome is Failed, and nothing is tried
// again by itself, because somebody or something let the person in.
func (v *visit) inAgain(ctx context.Context, active bool, open int) (finding, error) {
	was, err := v.wasOut(ctx)
	if err != nil {
		return finding{}, err
	}
	text := ""
	switch {
	case active && was:
		text = "Active again at " + v.System
	case active:
		text = "Still active at " + v.System + ": it was not deactivated there"
	default:
		text = "Deactivated at " + v.System
	}
	switch {
	case open == 0:
		text += "."
	case active:
		text += ", and " + counted(open, "session is", "sessions are") + " open."
	default:
		text += ", but " + counted(open, "session is", "sessions are") + " open there."
	}
	return finding{models.OutcomeFailed, text}, nil
}

// wasOut reports whether the account was seen or made inactive by the last thing
// that this product did about it.
func (v *visit) wasOut(ctx context.Context) (bool, error) {
	steps, err := v.Jobs.OfUser(ctx, v.step.Tenant, v.step.UserID, []string{StepDisable, StepEnable}, remembered)
	if err != nil {
		return false, err
	}
	for _, s := range steps {
		if s.ConnectorID == v.step.ConnectorID && accountOf(s.Payload) == v.Account && s.Outcome != models.OutcomeWaiting {
			return s.Kind == StepDisable && (s.Outcome == models.OutcomeConfirmed || s.Outcome == models.OutcomeSent || s.Outcome == models.OutcomeNothing), nil
		}
	}
	return false, nil
}

// sessions reads the living sessions, offline ones included; nil when the system
// cannot be asked.
func (v *visit) sessions(ctx context.Context) (*Reading, error) {
	lister, ok := v.system.(connector.SessionLister)
	if !ok {
		return nil, nil
	}
	list, err := lister.ListSessions(ctx, v.Account)
	switch {
	case unsupported(err):
		return nil, nil
	case err != nil && !unknown(err):
		return nil, err
	}
	return readSessions(list, v.now(), everySession), nil
}

// together makes one reading of two.
func together(account, sessions *Reading) *Reading {
	switch {
	case account == nil:
		return sessions
	case sessions == nil:
		return account
	}
	both := *account
	both.Sessions, both.Listed = sessions.Sessions, sessions.Listed
	both.Digest = digest([]string{account.Digest, sessions.Digest})
	return &both
}

// probed gives what a look leaves behind. Who still is out leaves no event: at
// each look that would be one for everybody.
func (e *Engine) probed(ctx context.Context, v *visit, found finding) (jobs.Result, error) {
	r := jobs.Result{Outcome: found.outcome, Sentence: found.sentence, Evidence: v.proof}
	alive := found.outcome == models.OutcomeFailed
	if !alive {
		if e.watcher == nil {
			return r, nil
		}
		if was, err := e.watcher.WasAlive(ctx, e.Store.Read(v.step.Tenant), v.step); err != nil || !was {
			return r, err
		}
	}
	event := store.Event{
		Action: models.OperationProbe, Target: store.Ref{Kind: models.KindUser, ID: v.person.ID, Name: v.person.DisplayName},
		Object: store.Ref{Kind: models.KindConnector, ID: v.step.ConnectorID, Name: v.System},
		Detail: v.step.Kind + " " + string(found.outcome) + ", step " + v.step.PublicID,
	}
	if alive {
		event.Result = models.ResultFailed
	}
	r.Apply = func(ctx context.Context, tx *store.Tx) error {
		if e.watcher != nil {
			if err := e.watcher.Probed(ctx, tx, v.step, alive, found.sentence); err != nil {
				return err
			}
		}
		return tx.Record(ctx, event)
	}
	return r, nil
}

// Ask asks a system whether it answers at all, by reading one account; an error
// is what kept it from answering. What it says about the account does not count.
func (e *Engine) Ask(ctx context.Context, tenant, connectorID int64, account string) error {
	system, err := e.open(ctx, jobs.Step{Tenant: tenant, ConnectorID: connectorID})
	if err != nil {
		return err
	}
	if reader, ok := system.(connector.PersonReader); ok {
		_, err = reader.ReadPerson(ctx, account)
	} else {
		_, err = system.Describe(ctx)
	}
	e.Systems.Report(ctx, tenant, connectorID, connector.Use{Err: err, Read: true})
	if unknown(err) || unsupported(err) {
		return nil
	}
	return err
}

// AccountOf gives the account that a step is about, of what it was added with.
func AccountOf(payload string) string { return accountOf(payload) }
