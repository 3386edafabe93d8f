package session

import (
	"context"
	"strconv"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

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
		return endOne(ctx, tx, o, "")
	})
}

// EndOwnOthers ends the actor's sessions but the present one.
func (m *Manager) EndOwnOthers(ctx context.Context, actor models.Actor) (int, error) {
	var n int
	err := m.store.Change(ctx, actor, func(ctx context.Context, tx *store.Tx) error {
		name, err := userName(ctx, tx, actor.UserID)
		if err != nil {
			return errs.Wrap(err, errs.NotFound, "There is no such person.")
		}
		if n, err = deleteAll(ctx, tx, actor.UserID, actor.SessionKey); err != nil {
			return err
		}
		return tx.Record(ctx, store.Event{
			Action: models.SessionEndAll, Target: store.Ref{Kind: models.KindUser, ID: actor.UserID, Name: name}, Detail: strconv.Itoa(n),
		})
	})
	return n, err
}

// EndAll ends every session of a person inside the caller's transaction, which
// records why: for changes that take sign-in away.
func (m *Manager) EndAll(ctx context.Context, tx *store.Tx, user int64) (int, error) {
	return deleteAll(ctx, tx, user, "")
}

// EndAllOf is EndAll for many people: how many sessions ended, by person; those
// who had none are not named.
func (m *Manager) EndAllOf(ctx context.Context, tx *store.Tx, users []int64) (map[int64]int, error) {
	if len(users) == 0 {
		return nil, nil
	}
	return deleteAllOf(ctx, tx, users)
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

func endOne(ctx context.Context, tx *store.Tx, o owned, detail string) error {
	if err := deleteOne(ctx, tx, o.PublicID); err != nil {
		return err
	}
	return tx.Record(ctx, store.Event{
		Action: models.SessionEnd,
		Target: store.Ref{Kind: models.KindUser, ID: o.UserID, Name: o.Name},
		Object: store.Ref{Kind: models.KindSession, Name: o.PublicID},
		Detail: detail,
	})
}
