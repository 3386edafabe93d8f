package access

import (
	"context"
	"slices"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// sweepChunk is how many ended assignments one transaction removes.
const sweepChunk = 500

// SweepExpired removes assignments whose time ran out and writes into the log
// that it did. They stopped to count by the clock alone, at the very moment;
// this only tidies up. Replicas may run it at the same time: each row is
// recorded by the one that removed it.
func (e *Engine) SweepExpired(ctx context.Context, tenant int64) (int, error) {
	actor, total := models.SystemActor(tenant, "Rollcall"), 0
	for {
		found, err := selectExpired(ctx, e.db.Read(tenant), e.db.Now(), sweepChunk)
		if err != nil || len(found) == 0 {
			return total, err
		}
		swept := 0
		err = e.db.Change(ctx, actor, func(ctx context.Context, tx *store.Tx) (err error) {
			swept, err = sweep(ctx, tx, found)
			if err == nil && swept == 0 { // another replica was faster
				return errUnchanged
			}
			return err
		})
		if err := unlessUnchanged(err); err != nil {
			return total, err
		}
		total += swept
		if len(found) < sweepChunk {
			return total, nil
		}
	}
}

func sweep(ctx context.Context, tx *store.Tx, rows []models.Assignment) (int, error) {
	slices.SortFunc(rows, func(a, b models.Assignment) int { return int(a.ID - b.ID) }) // the same order everywhere
	var users []int64
	for _, a := range rows {
		users = append(users, a.UserID)
	}
	people, roles, err := selectNames(ctx, tx.Reader, users, rolesIn(rows))
	if err != nil {
		return 0, err
	}
	var swept []int64
	for _, a := range rows {
		gone, err := expireIfThere(ctx, tx, a, people[a.UserID], roles[a.RoleID])
		if err != nil {
			return 0, err
		}
		if gone {
			swept = append(swept, a.UserID)
		}
	}
	if len(swept) == 0 {
		return 0, nil
	}
	return len(swept), raiseEpoch(ctx, tx, swept...)
}

// expire removes an ended assignment with its event.
func expire(ctx context.Context, tx *store.Tx, a models.Assignment, user UserRef, role RoleRef) error {
	_, err := expireIfThere(ctx, tx, a, user, role)
	return err
}

func expireIfThere(ctx context.Context, tx *store.Tx, a models.Assignment, user UserRef, role RoleRef) (bool, error) {
	gone, err := deleteEnded(ctx, tx, a.ID)
	if err != nil || !gone {
		return false, err
	}
	return true, tx.Record(ctx, store.Event{
		Action: models.RoleExpire, Target: userTarget(user), Object: refTarget(role), Before: span(a),
	})
}
