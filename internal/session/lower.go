package session

import (
	"context"
	"errors"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// The ways sensitive acts close, as the log keeps them.
const (
	closedByHand = "by hand"
	closedByTime = "by time"
)

// errNotOpen stops a change when there is nothing to close.
var errNotOpen = errors.New("session: sensitive acts are not open")

// Lower closes sensitive acts for the actor's own session before their time. It
// says whether they were open.
func (m *Manager) Lower(ctx context.Context, actor models.Actor) (bool, error) {
	if actor.UserID == 0 || actor.SessionKey == "" {
		return false, errNoSession()
	}
	err := m.store.Change(ctx, actor, func(ctx context.Context, tx *store.Tx) error {
		open, err := lower(ctx, tx, actor.SessionKey)
		if err != nil {
			return err
		}
		if !open {
			return errNotOpen
		}
		return tx.Record(ctx, lowered(owned{PublicID: actor.SessionKey, UserID: actor.UserID, Name: actor.Name}, closedByHand))
	})
	if errors.Is(err, errNotOpen) {
		return false, nil
	}
	return err == nil, err
}

func lowered(o owned, how string) store.Event {
	return store.Event{
		Action: models.StepUpEnd,
		Target: store.Ref{Kind: models.KindUser, ID: o.UserID, Name: o.Name},
		Object: store.Ref{Kind: models.KindSession, Name: o.PublicID},
		Detail: how,
	}
}

// SweepElevations writes into the log for which sessions sensitive acts closed by
// time, and says how many. They were closed by the clock alone, at that very
// moment. Replicas may run it at once: each end is recorded by the one that
// took the row.
func (m *Manager) SweepElevations(ctx context.Context, tenant int64) (int, error) {
	actor, total := models.SystemActor(tenant, "Rollcall"), 0
	for {
		over, err := elevatedBefore(ctx, m.store.Read(tenant), m.store.Now(), sweepBatch)
		if err != nil || len(over) == 0 {
			return total, err
		}
		swept := 0
		err = m.store.Change(ctx, actor, func(ctx context.Context, tx *store.Tx) (err error) {
			swept, err = closeOver(ctx, tx, over)
			return err
		})
		if err != nil && !errors.Is(err, errNotOpen) {
			return total, err
		}
		total += swept
		if len(over) < sweepBatch {
			return total, nil
		}
	}
}

// closeOver closes those that are still open and over, each with its event.
func closeOver(ctx context.Context, tx *store.Tx, over []owned) (int, error) {
	still, err := lockOver(ctx, tx, over)
	if err != nil {
		return 0, err
	}
	if len(still) == 0 { // another replica was faster
		return 0, errNotOpen
	}
	closed := 0
	for _, o := range over {
		if !still[o.PublicID] {
			continue
		}
		closed++
		if err := tx.Record(ctx, lowered(o, closedByTime)); err != nil {
			return 0, err
		}
	}
	return closed, lowerAll(ctx, tx, still)
}
