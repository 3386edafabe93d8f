package offboard

import (
	"context"
	"errors"
	"strconv"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/session"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// errTwice means that the form of an act was sent before.
var errTwice = errs.New(errs.Conflict, "This was sent before, and is done once.")

// Ask is what a person asks for about sessions.
type Ask struct {
	Reason string
	Once   string // of the form: sent twice, it is one act; "" each is its own
}

// EndSessions ends all sessions of a person: here at once, and by steps at every
// connected system. It needs sessions.end and a reason. The actor's own present
// session in the console stays.
func (e *Engine) EndSessions(ctx context.Context, actor models.Actor, publicID string, ask Ask) (Done, error) {
	return e.end(ctx, actor, publicID, ask, func(ctx context.Context, tx *store.Tx, user models.User, done *Done, r *request) (store.Event, error) {
		r.act = models.ActEndSessions
		n, err := e.Sessions.EndOthersOf(ctx, tx, user.ID)
		done.SessionsEnded = n
		return store.Event{Action: models.SessionEndAll, Detail: strconv.Itoa(n)}, err
	})
}

// EndSession ends one session of a person in the console, and by a step the
// session of the provider that it began in.
func (e *Engine) EndSession(ctx context.Context, actor models.Actor, publicID, session string, ask Ask) (Done, error) {
	return e.end(ctx, actor, publicID, ask, func(ctx context.Context, tx *store.Tx, user models.User, done *Done, r *request) (store.Event, error) {
		ended, err := e.Sessions.EndOneOf(ctx, tx, user.ID, session)
		if err != nil {
			return store.Event{}, err
		}
		done.SessionsEnded = 1
		r.act, r.at = models.ActEndSession, nowhere
		held, err := connector.AccountsOf(ctx, tx.Reader, user.ID)
		if err != nil {
			return store.Event{}, err
		}
		for _, h := range held {
			if ended.SID != "" && h.Account == ended.Subject && h.Vouches(ended.Provider, ended.Issuer) {
				r.at, r.account, r.session = h.ConnectorID, h.Account, connector.Handle(ended.SID)
			}
		}
		return store.Event{Action: models.SessionEnd, Object: store.Ref{Kind: models.KindSession, Name: ended.PublicID}}, nil
	})
}

// nowhere is the id of no connector: the act has no step at any.
const nowhere = -1

// At names one account of a person at a connected system.
type At struct {
	ConnectorID int64
	Account     string // the system's own id of it
	Session     string // handle of one session there; "": it is about the account
}

// EndSystemSession ends one session at a connected system by a step, and at once
// the console's sessions that began in it.
func (e *Engine) EndSystemSession(ctx context.Context, actor models.Actor, publicID string, at At, ask Ask) (Done, error) {
	return e.end(ctx, actor, publicID, ask, func(ctx context.Context, tx *store.Tx, user models.User, done *Done, r *request) (store.Event, error) {
		held, err := heldAt(ctx, tx, user.ID, at)
		if err != nil {
			return store.Event{}, err
		}
		n, err := e.Sessions.EndFrom(ctx, tx, user.ID, func(one session.Ended) bool {
			return one.SID != "" && connector.Handle(one.SID) == at.Session && held.Vouches(one.Provider, one.Issuer)
		})
		done.SessionsEnded = n
		r.act, r.at, r.account, r.session = models.ActEndSession, at.ConnectorID, at.Account, at.Session
		return store.Event{
			Action: models.SessionEnd, Object: store.Ref{Kind: models.KindConnector, ID: at.ConnectorID, Name: held.Name}, Detail: strconv.Itoa(n),
		}, err
	})
}

// Unlock lifts the lock that wrong passwords put on an account, by a step. It
// needs accounts.unlock and a reason.
func (e *Engine) Unlock(ctx context.Context, actor models.Actor, publicID string, at At, ask Ask) (Done, error) {
	return e.act(ctx, actor, publicID, errand{models.AccountsUnlock, ask, func(ctx context.Context, tx *store.Tx, user models.User, _ *Done, r *request) (store.Event, error) {
		held, err := heldAt(ctx, tx, user.ID, at)
		if err != nil {
			return store.Event{}, err
		}
		r.act, r.at, r.account = models.ActUnlock, at.ConnectorID, at.Account
		return store.Event{Action: models.UserUnlock, Object: store.Ref{Kind: models.KindConnector, ID: at.ConnectorID, Name: held.Name}}, nil
	}})
}

func heldAt(ctx context.Context, tx *store.Tx, user int64, at At) (connector.Held, error) {
	held, err := connector.AccountsOf(ctx, tx.Reader, user)
	if err != nil {
		return connector.Held{}, err
	}
	for _, h := range held {
		if h.ConnectorID == at.ConnectorID && h.Account == at.Account {
			return h, nil
		}
	}
	return connector.Held{}, errs.New(errs.NotFound, "This person has no such account.")
}

// local is the part of an act that happens here, in the transaction. It fills in
// what the steps need and gives the event, without its person and reason.
type local func(ctx context.Context, tx *store.Tx, user models.User, done *Done, r *request) (store.Event, error)

func (e *Engine) end(ctx context.Context, actor models.Actor, publicID string, ask Ask, here local) (Done, error) {
	return e.act(ctx, actor, publicID, errand{models.SessionsEnd, ask, here})
}

// errand is an act with what it needs.
type errand struct {
	need models.Permission
	ask  Ask
	here local
}

// act does one act in one transaction: what happens here, the steps, the event.
func (e *Engine) act(ctx context.Context, actor models.Actor, publicID string, do errand) (Done, error) {
	ask := do.ask
	reason, err := may(actor, do.need, ask.Reason)
	if err != nil {
		return Done{}, err
	}
	var done Done
	err = e.Store.Change(ctx, actor, func(ctx context.Context, tx *store.Tx) error {
		done = Done{}
		var err error
		if done.User, err = e.People.Lock(ctx, tx, publicID); err != nil {
			return err
		}
		if ask.Once != "" {
			before, found, err := actOnce(ctx, tx.Reader, done.User.ID, ask.Once)
			if err != nil {
				return err
			}
			if found {
				done.Act = before
				return errTwice
			}
		}
		r := request{reason: reason, once: ask.Once}
		event, err := do.here(ctx, tx, done.User, &done, &r)
		if err != nil {
			return err
		}
		if err := e.reach(ctx, tx, &done, r); err != nil {
			return err
		}
		event.Target, event.Reason = store.Ref{Kind: models.KindUser, ID: done.User.ID, Name: done.User.DisplayName}, reason
		return tx.Record(ctx, event)
	})
	if errors.Is(err, errTwice) && done.Act.PublicID != "" {
		return done, nil
	}
	return done, err
}
