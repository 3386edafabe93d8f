package offboard

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// request is an act with what its steps need.
type request struct {
	act     models.Act
	reason  string
	once    string // of the form; "": the act is its own
	account string // unlock, end-session: only at this account ...
	at      int64  // ... of this connector
	session string // end-session: handle of the one session there
}

// concerns reports whether an account is among those the act is about.
func (r request) concerns(h connector.Held) bool {
	return r.at == 0 || (r.at == h.ConnectorID && r.account == h.Account)
}

// reach writes the act and one step for everything that has to happen at each
// system the person has an account in.
func (e *Engine) reach(ctx context.Context, tx *store.Tx, done *Done, r request) error {
	user := done.User.ID
	held, err := connector.AccountsOf(ctx, tx.Reader, user)
	if err != nil {
		return err
	}
	held = slices.DeleteFunc(held, func(h connector.Held) bool { return !r.concerns(h) })
	if done.Act, err = NewAct(tx, user, r.act, r.reason); err != nil {
		return err
	}
	done.Act.Sessions = int64(done.SessionsEnded)
	if r.once != "" {
		done.Act.OnceKey = r.once
	}
	if err := insertAct(ctx, tx, &done.Act); err != nil {
		return err
	}
	steps, err := e.Steps(ctx, tx, Errand{Act: r.act, Group: GroupOf(done.Act), Key: done.Act.PublicID, Ahead: true, session: r.session}, // somebody waits for it
		map[int64][]connector.Held{user: held}, []int64{user})
	if err != nil {
		return err
	}
	done.Steps, err = e.Jobs.Add(ctx, tx, steps...)
	return err
}

// NewAct gives an act about a person, by the actor and at the moment of the
// transaction, that is not written yet.
func NewAct(tx *store.Tx, user int64, act models.Act, reason string) (models.PersonAct, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return models.PersonAct{}, fmt.Errorf("make a public id: %w", err)
	}
	return models.PersonAct{
		PublicID: id.String(), UserID: user, Act: act, OnceKey: id.String(), Reason: reason, ActorName: tx.Actor.Name, At: tx.Now,
	}, nil
}
