package offboard

import (
	"context"
	"time"

	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/models"
)

// Suspend keeps a person out until somebody lifts it. All sessions end now, here
// and, by steps, at every connected system.
func (e *Engine) Suspend(ctx context.Context, actor models.Actor, publicID, reason string) (Done, error) {
	return e.run(ctx, actor, publicID, reason, change{
		action: models.UserSuspend, act: models.ActSuspend, need: models.UsersSuspend, cutsOff: true, to: directory.StatusChange{To: models.Suspended},
	})
}

// Resume lifts a suspension, also at the systems where it kept the person out.
func (e *Engine) Resume(ctx context.Context, actor models.Actor, publicID, reason string) (Done, error) {
	return e.run(ctx, actor, publicID, reason, change{
		action: models.UserResume, act: models.ActResume, need: models.UsersSuspend, to: directory.StatusChange{To: models.Active},
	})
}

// Deactivate keeps a person out for good, until they are reactivated. All
// sessions end now, here and, by steps, at every connected system; roles stay
// recorded and give nothing.
func (e *Engine) Deactivate(ctx context.Context, actor models.Actor, publicID, reason string) (Done, error) {
	return e.run(ctx, actor, publicID, reason, change{
		action: models.UserDeactivate, act: models.ActDeactivate, need: models.UsersDeactivate, cutsOff: true, to: directory.StatusChange{To: models.Deactivated},
	})
}

// Reactivate lets a deactivated person in again, with the roles that are still
// recorded, and at the systems where the deactivation kept them out. Ended
// sessions stay ended.
func (e *Engine) Reactivate(ctx context.Context, actor models.Actor, publicID, reason string) (Done, error) {
	return e.run(ctx, actor, publicID, reason, change{
		action: models.UserReactivate, act: models.ActReactivate, need: models.UsersDeactivate, to: directory.StatusChange{To: models.Active},
	})
}

// LetIn accepts a person who signed in by rule and waits, or is Invited.
func (e *Engine) LetIn(ctx context.Context, actor models.Actor, publicID, reason string) (Done, error) {
	return e.run(ctx, actor, publicID, reason, change{
		action: models.UserApprove, need: models.UsersCreate, to: directory.StatusChange{To: models.Active},
	})
}

// Leave sets the day a person leaves: the first day on which they are gone.
func (e *Engine) Leave(ctx context.Context, actor models.Actor, publicID, reason string, on time.Time) (Done, error) {
	if on.Before(e.Store.Now().Time().Truncate(24 * time.Hour)) {
		return Done{}, errs.Input(errs.Field{Name: "leaving_at", Message: "The date has passed. Deactivate the person instead, or choose a later day."})
	}
	return e.run(ctx, actor, publicID, reason, change{
		action: models.UserLeaving, need: models.UsersDeactivate, dated: true, to: directory.StatusChange{To: models.Leaving, LeavingAt: models.At(on)},
	})
}

// Stay takes a leaving date back.
func (e *Engine) Stay(ctx context.Context, actor models.Actor, publicID, reason string) (Done, error) {
	return e.run(ctx, actor, publicID, reason, change{
		action: models.UserLeaving, need: models.UsersDeactivate, to: directory.StatusChange{To: models.Active},
	})
}
