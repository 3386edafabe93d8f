package session

import (
	"context"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// The bounds of a reason.
const (
	reasonMin = 10
	reasonMax = 1000
)

// End ends one session of anybody. It needs sessions.end and a reason.
func (m *Manager) End(ctx context.Context, actor models.Actor, publicID, reason string) error {
	if err := mayEnd(actor, reason); err != nil {
		return err
	}
	return m.store.Change(ctx, actor, func(ctx context.Context, tx *store.Tx) error {
		o, err := owner(ctx, tx, publicID)
		if err != nil {
			return err
		}
		return endOne(ctx, tx, o, reason, "")
	})
}

// EndEvery ends all sessions of one person and says how many there were. It
// needs sessions.end and a reason. The actor's own present session stays.
func (m *Manager) EndEvery(ctx context.Context, actor models.Actor, user int64, reason string) (int, error) {
	if err := mayEnd(actor, reason); err != nil {
		return 0, err
	}
	return m.endMany(ctx, actor, user, reason)
}

// EndOwn ends one session of the actor; somebody else's is not found.
func (m *Manager) EndOwn(ctx context.Context, actor models.Actor, publicID string) error {
	return m.store.Change(ctx, actor, func(ctx context.Context, tx *store.Tx) error {
		o, err := owner(ctx, tx, publicID)
		if err != nil {
			return err
		}
		if actor.UserID == 0 || o.UserID != actor.UserID {
			return errNoSession()
		}
		return endOne(ctx, tx, o, "", "")
	})
}

// EndOwnOthers ends the actor's sessions but the present one.
func (m *Manager) EndOwnOthers(ctx context.Context, actor models.Actor) (int, error) {
	return m.endMany(ctx, actor, actor.UserID, "")
}

// EndAll ends every session of a person inside the caller's transaction, which
// records why: for changes that take sign-in away.
func (m *Manager) EndAll(ctx context.Context, tx *store.Tx, user int64) (int, error) {
	return deleteAll(ctx, tx, user, "")
}

// EndIdentities ends a person's sessions that began with some of their
// identities, inside the caller's transaction, which records why: for
// identities that are taken away.
func (m *Manager) EndIdentities(ctx context.Context, tx *store.Tx, user int64, identities []int64) (int, error) {
	if len(identities) == 0 {
		return 0, nil
	}
	return deleteOfIdentities(ctx, tx, user, identities)
}

// Close ends one session inside the caller's transaction, which records why:
// for signing out. It says whether the session was still there.
func (m *Manager) Close(ctx context.Context, tx *store.Tx, publicID string) (bool, error) {
	err := deleteOne(ctx, tx, publicID)
	if errs.Is(err, errs.NotFound) {
		return false, nil
	}
	return err == nil, err
}

func (m *Manager) endMany(ctx context.Context, actor models.Actor, user int64, reason string) (int, error) {
	var n int
	err := m.store.Change(ctx, actor, func(ctx context.Context, tx *store.Tx) error {
		name, err := userName(ctx, tx, user)
		if err != nil {
			return errs.Wrap(err, errs.NotFound, "There is no such person.")
		}
		spare := ""
		if user == actor.UserID {
			spare = actor.SessionKey
		}
		n, err = deleteAll(ctx, tx, user, spare)
		if err != nil {
			return err
		}
		return tx.Record(ctx, store.Event{
			Action: models.SessionEndAll,
			Target: store.Ref{Kind: models.KindUser, ID: user, Name: name},
			Reason: reason,
			Detail: strconv.Itoa(n),
		})
	})
	return n, err
}

func endOne(ctx context.Context, tx *store.Tx, o owned, reason, detail string) error {
	if err := deleteOne(ctx, tx, o.PublicID); err != nil {
		return err
	}
	return tx.Record(ctx, store.Event{
		Action: models.SessionEnd,
		Target: store.Ref{Kind: models.KindUser, ID: o.UserID, Name: o.Name},
		Object: store.Ref{Kind: models.KindSession, Name: o.PublicID},
		Reason: reason,
		Detail: detail,
	})
}

func mayEnd(actor models.Actor, reason string) error {
	if !actor.Can.Has(models.SessionsEnd) {
		return errs.Denied(models.SessionsEnd.Key(), "You may not end other people's sessions.")
	}
	n := utf8.RuneCountInString(strings.TrimSpace(reason))
	switch {
	case n < reasonMin:
		return errs.Input(errs.Field{Name: "reason", Message: "Write a reason of at least 10 characters."})
	case n > reasonMax:
		return errs.Input(errs.Field{Name: "reason", Message: "The reason is longer than 1,000 characters."})
	}
	return nil
}
