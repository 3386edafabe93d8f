package operation

import (
	"context"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// Alone asks for the deactivation of one person, from their own page.
type Alone struct {
	Person string
	Reason string
	Once   string         // of the form: sent twice it is one operation
	Fresh  models.Instant // when whoever asks proved themselves last; 0: not known

	Risk        bool           // it answers a risk, not a person who leaves
	RiskKnownAt models.Instant // since when the risk is known; 0: now
}

// DeactivateOne plans the deactivation of one person and asks for it. When it
// returns they are out here, unless the operation waits: for a second person
// (waiting), or for who becomes the manager of their people (draft, with the
// reason kept).
func (e *Engine) DeactivateOne(ctx context.Context, actor models.Actor, in Alone) (models.Operation, error) {
	if _, problem := checkReason(in.Reason, true); problem != "" {
		return models.Operation{}, errs.Input(errs.Field{Name: "reason", Message: problem})
	}
	request := Request{Reason: in.Reason, Fresh: in.Fresh, Risk: in.Risk, RiskKnownAt: in.RiskKnownAt}
	if wrong := request.risk(e.Store.Now()); len(wrong) > 0 {
		return models.Operation{}, errs.Input(wrong...)
	}
	op, err := e.CreateForOne(ctx, actor, in.Person, in.Once)
	if err != nil || op.State != models.OperationDraft {
		return op, err
	}
	effects, err := EffectsOf(op)
	if err != nil {
		return op, err
	}
	request.ID, request.ListHash = op.PublicID, op.ListHash
	if effects.Unsettled > 0 {
		return e.Prepare(ctx, actor, request)
	}
	return e.Ask(ctx, actor, request)
}

// NeedsForOne says what the deactivation of one person needs before it runs.
func (e *Engine) NeedsForOne(ctx context.Context, tenant, user int64) (Friction, error) {
	roles, err := e.Access.PrivilegedRoleIDs(ctx, tenant)
	if err != nil {
		return Friction{}, err
	}
	r, now := e.Store.Read(tenant), e.Store.Now()
	holds, err := selectPrivileged(ctx, r, now, []int64{user}, roles)
	if err != nil {
		return Friction{}, err
	}
	return frictionOf(ctx, r, now, 1, int64(len(holds)))
}

// oneCanGo refuses, before anything is planned, whom no plan of one could hold.
func (e *Engine) oneCanGo(ctx context.Context, tx *store.Tx, user models.User) error {
	switch {
	case user.ID == tx.Actor.UserID:
		return errs.New(errs.Conflict, "You cannot do this to yourself: you would lose the way back. Another admin can.")
	case user.Status == models.Deactivated:
		return errs.New(errs.Conflict, "%s is already deactivated. Nothing was changed.", user.DisplayName)
	case user.Status == models.Removed:
		return errs.New(errs.Conflict, "%s is removed and cannot become deactivated from there. Nothing was changed.", user.DisplayName)
	}
	glass, err := selectBreakGlass(ctx, tx.Reader, []int64{user.ID})
	if err != nil {
		return err
	}
	if glass[user.ID] {
		return errs.New(errs.Conflict, "%s is marked as break-glass, so that a deactivation cannot lock everybody out. Nothing was changed. Take the mark off first, if that is meant.", user.DisplayName)
	}
	return e.Access.GuardLastAdmin(ctx, tx, user.ID)
}
