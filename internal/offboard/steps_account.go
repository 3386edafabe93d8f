package offboard

import (
	"context"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/models"
)

// disable keeps an account out. What counts is what the account says afterwards.
func (v *visit) disable(ctx context.Context) (finding, error) {
	if v.mayBeIn() {
		return skipped("%s was let in again before this ran. The account was left as it is.", v.person.DisplayName)
	}
	switcher, ok := v.system.(connector.Switcher)
	if !ok {
		return v.lacks(ctx, connector.CanSetEnabled, "deactivate accounts")
	}
	if v.proof.Before == nil {
		if err := v.readBefore(ctx); err != nil {
			return finding{}, err
		}
	}
	before := v.proof.Before
	if before != nil && !*before.Known {
		return nothing("%s does not know this account, so there is none to deactivate.", v.System)
	}
	if before != nil && !*before.Active {
		return nothing("The account was deactivated at %s already.", v.System)
	}
	if err := v.asking(ctx); err != nil {
		return finding{}, err
	}
	if err := switcher.SetEnabled(ctx, v.Account, false); err != nil {
		if unknown(err) {
			return nothing("%s does not know this account any more.", v.System)
		}
		return finding{}, err
	}
	if before == nil {
		return sent("%s accepted it. It cannot be asked how the account stands, so this is not proven.", v.System)
	}
	if err := v.readAfter(ctx); err != nil {
		return finding{}, err
	}
	if *v.proof.After.Known && *v.proof.After.Active {
		return finding{}, v.contradicted(ctx, "the account is still active there", "Deactivate it at "+v.System+" itself, then try this step again.")
	}
	return confirmed("Deactivated at %s: active before, deactivated when read back.", v.System)
}

// enable lets an account in again, if it was this product that kept it out. What
// is still alive from before the deactivation is ended first: otherwise letting
// in would bring it back.
func (v *visit) enable(ctx context.Context) (finding, error) {
	if !v.mayBeIn() {
		return skipped("%s may not be in any more. The account was left as it is.", v.person.DisplayName)
	}
	switcher, ok := v.system.(connector.Switcher)
	if !ok {
		return v.lacks(ctx, connector.CanSetEnabled, "activate accounts")
	}
	ours, err := v.keptOutByUs(ctx)
	if err != nil {
		return finding{}, err
	}
	if !ours {
		return skipped("Rollcall had not deactivated this account at %s, so it was left as it is.", v.System)
	}
	if v.proof.Before == nil {
		if err := v.readBefore(ctx); err != nil {
			return finding{}, err
		}
	}
	switch before := v.proof.Before; {
	case before == nil:
	case !*before.Known:
		return skipped("%s does not know this account any more, so it cannot be activated.", v.System)
	case *before.Active && v.proof.AskedAt.IsZero():
		return nothing("The account was active at %s already.", v.System)
	}
	return v.letIn(ctx, switcher)
}

// letIn switches an account on, once nothing from before is alive.
func (v *visit) letIn(ctx context.Context, switcher connector.Switcher) (finding, error) {
	buried, err := v.buryOld(ctx)
	if err != nil {
		return finding{}, err
	}
	if err := v.asking(ctx); err != nil {
		return finding{}, err
	}
	if err := switcher.SetEnabled(ctx, v.Account, true); err != nil {
		return finding{}, err
	}
	if v.proof.Before == nil {
		return sent("%s accepted it. It cannot be asked how the account stands, so this is not proven.", v.System)
	}
	if err := v.readAfter(ctx); err != nil {
		return finding{}, err
	}
	if !*v.proof.After.Known || !*v.proof.After.Active {
		return finding{}, v.contradicted(ctx, "the account is still deactivated there", "Activate it at "+v.System+" itself, then try this step again.")
	}
	return confirmed("Active at %s again, read back. %s", v.System, buried)
}

// buryOld makes sure that nothing from before the deactivation comes back, and
// says how that is known.
func (v *visit) buryOld(ctx context.Context) (string, error) {
	lister, can := v.system.(connector.SessionLister)
	var list []connector.Session
	var err error
	if can {
		list, err = lister.ListSessions(ctx, v.Account)
		can = !unsupported(err)
	}
	if !can { // what cannot be seen is ended all the same
		return "Whether sessions of before came back is not known: " + v.System + " cannot list them.", v.endEverything(ctx)
	}
	if err != nil {
		return "", err
	}
	if len(list) > 0 {
		if err := v.endEverything(ctx); err != nil {
			return "", err
		}
		if list, err = lister.ListSessions(ctx, v.Account); err != nil {
			return "", err
		}
	}
	v.proof.Left = readSessions(list, v.now(), everySession)
	if len(list) > 0 {
		return "", v.contradicted(ctx, "sessions from before the deactivation are still alive", "End them at "+v.System+" itself, then try this step again: activating the account would bring them back.")
	}
	return "No session of before came back: none was left when the account was activated.", nil
}

// endEverything ends sessions and takes grants back, where the system can.
func (v *visit) endEverything(ctx context.Context) error {
	if ender, ok := v.system.(connector.SessionEnder); ok {
		if err := ender.EndSessions(ctx, v.Account, ""); err != nil && !unsupported(err) {
			return err
		}
	}
	if revoker, ok := v.system.(connector.GrantRevoker); ok {
		if err := revoker.RevokeGrants(ctx, v.Account); err != nil && !unsupported(err) {
			return err
		}
	}
	return nil
}

// keptOutByUs reports whether the last thing this product did to the account was
// to deactivate it.
func (v *visit) keptOutByUs(ctx context.Context) (bool, error) {
	steps, err := v.Jobs.OfUser(ctx, v.step.Tenant, v.step.UserID, []string{StepDisable, StepEnable}, remembered)
	if err != nil {
		return false, err
	}
	for _, s := range steps {
		did := s.Outcome == models.OutcomeConfirmed || s.Outcome == models.OutcomeSent
		if did && s.ConnectorID == v.step.ConnectorID && accountOf(s.Payload) == v.Account {
			return s.Kind == StepDisable, nil
		}
	}
	return false, nil
}

// remembered is how many steps back it is looked for who kept an account out.
const remembered = 500

// unlock lifts the lock of wrong passwords.
func (v *visit) unlock(ctx context.Context) (finding, error) {
	unlocker, ok := v.system.(connector.Unlocker)
	if !ok {
		return v.lacks(ctx, connector.CanUnlock, "unlock accounts")
	}
	reader, canRead := v.system.(connector.LockReader)
	read := func() (*Reading, error) {
		if !canRead {
			return nil, nil
		}
		lock, err := reader.ReadLock(ctx, v.Account)
		if unsupported(err) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		return readLock(lock, v.now()), nil
	}
	var err error
	if v.proof.Before == nil {
		if v.proof.Before, err = read(); err != nil {
			return finding{}, err
		}
	}
	if v.proof.Before != nil && !*v.proof.Before.Locked {
		return nothing("The account was not locked at %s.", v.System)
	}
	if err := v.asking(ctx); err != nil {
		return finding{}, err
	}
	if err := unlocker.Unlock(ctx, v.Account); err != nil {
		return finding{}, err
	}
	if v.proof.After, err = read(); err != nil {
		return finding{}, err
	}
	switch {
	case v.proof.After == nil:
		return sent("%s accepted it. It cannot be asked whether the account is locked, so this is not proven.", v.System)
	case *v.proof.After.Locked:
		return finding{}, v.contradicted(ctx, "the account is still locked there", "Look at the account at "+v.System+".")
	}
	return confirmed("Unlocked at %s: locked before, open when read back.", v.System)
}

// readBefore reads the control of an account; it stays nil when the system
// cannot be asked.
func (v *visit) readBefore(ctx context.Context) (err error) {
	v.proof.Before, err = v.account(ctx)
	return err
}

func (v *visit) readAfter(ctx context.Context) (err error) {
	v.proof.After, err = v.account(ctx)
	return err
}

func (v *visit) account(ctx context.Context) (*Reading, error) {
	reader, ok := v.system.(connector.PersonReader)
	if !ok {
		return nil, nil
	}
	at := v.now()
	account, err := reader.ReadPerson(ctx, v.Account)
	switch {
	case unknown(err):
		return unknownAccount(at), nil
	case unsupported(err):
		return nil, nil
	case err != nil:
		return nil, err
	}
	return readAccount(account, at), nil
}

func everySession(connector.Session) bool { return true }
