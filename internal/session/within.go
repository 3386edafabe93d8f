package session

import (
	"context"

	"github.com/rollcall/rollcall/internal/store"
)

// Ended is a session that ended inside a transaction.
type Ended struct {
	PublicID string
	Provider string // it was signed in with
	Issuer   string
	Subject  string // the account there
	SID      string // the provider's own session; "" when it did not say. Never shown
}

// EndOthersOf ends every session of a person inside the caller's transaction,
// which records why, and spares the actor's present one: for ending sessions
// without taking sign-in away.
func (m *Manager) EndOthersOf(ctx context.Context, tx *store.Tx, user int64) (int, error) {
	spare := ""
	if user == tx.Actor.UserID {
		spare = tx.Actor.SessionKey
	}
	return deleteAll(ctx, tx, user, spare)
}

// EndOneOf ends one session of a person inside the caller's transaction, which
// records why. Somebody else's is not found.
func (m *Manager) EndOneOf(ctx context.Context, tx *store.Tx, user int64, publicID string) (Ended, error) {
	rows, err := origins(ctx, tx, user)
	if err != nil {
		return Ended{}, err
	}
	for _, one := range rows {
		if one.PublicID == publicID {
			return one, deleteOne(ctx, tx, publicID)
		}
	}
	return Ended{}, errNoSession()
}

// EndFrom ends those of a person's sessions that began where from says, inside
// the caller's transaction, which records why. The actor's present one is spared.
func (m *Manager) EndFrom(ctx context.Context, tx *store.Tx, user int64, from func(Ended) bool) (int, error) {
	rows, err := origins(ctx, tx, user)
	if err != nil {
		return 0, err
	}
	n := 0
	for _, one := range rows {
		own := user == tx.Actor.UserID && one.PublicID == tx.Actor.SessionKey
		if own || !from(one) {
			continue
		}
		if err := deleteOne(ctx, tx, one.PublicID); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}
