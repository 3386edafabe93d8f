package directory

import (
	"context"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// LockAll reads many people by their ids and holds their rows, in the order of
// the ids. Whoever is not there is left out.
func (e *Engine) LockAll(ctx context.Context, tx *store.Tx, ids []int64) ([]models.User, error) {
	return lockUsers(ctx, tx, ids)
}

// SetStatusAll is SetStatus for many people who were read by LockAll and may all
// become what they are to become. They are written with one statement.
func (e *Engine) SetStatusAll(ctx context.Context, tx *store.Tx, before []models.User, c StatusChange) ([]models.User, error) {
	if len(before) == 0 {
		return nil, nil
	}
	var f form
	c.Reason = f.reason(c.Reason, false)
	if err := f.err(); err != nil {
		return nil, err
	}
	if c.By == "" {
		c.By = tx.Actor.Name
	}
	c.By = cut(c.By, maxName)
	after := make([]models.User, len(before))
	changes := make([]Changed, len(before))
	for i := range before {
		if !MayBecome(before[i].Status, c.To) {
			return nil, refusedStatus(before[i], c.To)
		}
		u := before[i]
		u.Status, u.StatusReason, u.StatusBy, u.StatusSince, u.PendingSince = c.To, c.Reason, c.By, tx.Now, 0
		u.AccessEpoch++
		u.Version++
		u.UpdatedAt, u.UpdatedBy = tx.Now, cut(tx.Actor.Name, maxName)
		after[i], changes[i] = u, Changed{User: u, Fields: []string{FieldStatus}}
	}
	if err := updateStatusAll(ctx, tx, after); err != nil {
		return nil, err
	}
	return after, e.tell(ctx, tx, changes...)
}

// Tell lets followers hear of changes to people that were written otherwise than
// by this engine: set by set, from rows of another table.
func (e *Engine) Tell(ctx context.Context, tx *store.Tx, changes ...Changed) error {
	return e.tell(ctx, tx, changes...)
}
