package offboard

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/session"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// reasonLength is how many characters a reason needs.
const reasonLength = 10

// Engine changes whether people may be in.
type Engine struct {
	db       *store.Store
	people   *directory.Engine
	access   *access.Engine
	sessions *session.Manager
}

// New makes the engine.
func New(db *store.Store, people *directory.Engine, access *access.Engine, sessions *session.Manager) *Engine {
	return &Engine{db: db, people: people, access: access, sessions: sessions}
}

// Done says what a verb did.
type Done struct {
	User          models.User
	SessionsEnded int
}

// step is what the verbs differ in.
type step struct {
	action  models.Action
	to      directory.StatusChange
	need    models.Permission
	cutsOff bool // the person may not be in afterwards: their sessions end
	dated   bool // ... or from a day on
}

func (e *Engine) run(ctx context.Context, actor models.Actor, publicID, reason string, s step) (Done, error) {
	reason = strings.TrimSpace(reason)
	if !actor.Can.Has(s.need) {
		return Done{}, errs.Denied(s.need.Key(), "This needs the permission %s, and you do not hold it.", s.need.Key())
	}
	if utf8.RuneCountInString(reason) < reasonLength {
		return Done{}, errs.Input(errs.Field{Name: "reason", Message: "Write a reason of at least 10 characters. The audit log keeps it."})
	}
	s.to.Reason, s.to.By = reason, actor.Name
	var done Done
	err := e.db.Change(ctx, actor, func(ctx context.Context, tx *store.Tx) error {
		done = Done{}
		var err error
		done, err = e.apply(ctx, tx, publicID, s)
		return err
	})
	return done, err
}

// apply runs inside the transaction. The last-admin guard comes first: it takes
// the tenant's row, so that all such changes take their locks in one order.
func (e *Engine) apply(ctx context.Context, tx *store.Tx, publicID string, s step) (Done, error) {
	if s.cutsOff || s.dated {
		if err := tx.LockTenant(ctx); err != nil {
			return Done{}, err
		}
	}
	user, err := e.people.Lock(ctx, tx, publicID)
	if err != nil {
		return Done{}, err
	}
	if err := e.protect(ctx, tx, user, s); err != nil {
		return Done{}, err
	}
	before, after, err := e.people.SetStatus(ctx, tx, user.ID, s.to)
	if err != nil {
		return Done{}, err
	}
	done := Done{User: after}
	if s.cutsOff {
		if done.SessionsEnded, err = e.sessions.EndAll(ctx, tx, user.ID); err != nil {
			return Done{}, err
		}
	}
	return done, tx.Record(ctx, event(s.action, before, after, s.to.Reason, done.SessionsEnded))
}

// protect refuses to cut off the actor and the last admin.
func (e *Engine) protect(ctx context.Context, tx *store.Tx, user models.User, s step) error {
	if !s.cutsOff && !s.dated {
		return nil
	}
	if s.cutsOff && user.ID == tx.Actor.UserID {
		return errs.New(errs.Conflict, "You cannot do this to yourself: you would lose the way back. Another admin can.")
	}
	return e.access.GuardLastAdmin(ctx, tx, user.ID)
}

func event(action models.Action, before, after models.User, reason string, ended int) store.Event {
	old := map[string]any{"status": before.Status.Word()}
	now := map[string]any{"status": after.Status.Word()}
	if before.LeavingAt != after.LeavingAt {
		old["leaving_at"], now["leaving_at"] = day(before.LeavingAt), day(after.LeavingAt)
	}
	if ended > 0 {
		old["sessions"], now["sessions"] = ended, 0
	}
	return store.Event{
		Action: action, Target: store.Ref{Kind: models.KindUser, ID: after.ID, Name: after.DisplayName},
		Reason: reason, Before: old, After: now,
	}
}

func day(i models.Instant) string {
	if i == 0 {
		return ""
	}
	return i.Time().Format("2006-01-02")
}
