package sync

import (
	"context"
	"strconv"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// taker takes away what passed the guard.
type taker struct {
	*Engine

	s       *source
	tx      *store.Tx
	rows    map[int64]*models.Account // of all losses
	target  func(*models.Account) store.Ref
	missing int64 // accounts that are missing now
}

// newer is why a loss is kept whose account was read again since.
const newer = "It was read again since: the newer read decides."

// take applies losses and writes into each what became of it.
func (t *taker) take(ctx context.Context, losses []models.SyncLoss) error {
	for i := range losses {
		l := &losses[i]
		row := t.rows[l.AccountID]
		if l.State == models.LossHeld && (row == nil || row.LastReadAt > l.CreatedAt) {
			l.State, l.Sentence = models.LossKept, newer
		}
	}
	if err := t.gone(ctx, losses); err != nil {
		return err
	}
	if err := t.disabled(ctx, losses); err != nil {
		return err
	}
	if err := t.takeRoles(ctx, losses); err != nil {
		return err
	}
	for i := range losses {
		if losses[i].State == models.LossApplied {
			losses[i].AppliedAt = t.tx.Now
		}
	}
	return nil
}

// gone marks accounts as missing, each with a line in the log.
func (t *taker) gone(ctx context.Context, losses []models.SyncLoss) error {
	var ids []int64
	var events []store.Event
	for i := range losses {
		l := &losses[i]
		if l.Kind != models.LossMissing || l.State != models.LossHeld {
			continue
		}
		row := t.rows[l.AccountID]
		l.State = models.LossApplied
		if row.MissingSince != 0 {
			continue
		}
		row.MissingSince = t.tx.Now
		ids = append(ids, row.ID)
		events = append(events, store.Event{
			Action: models.AccountMissing, Target: t.target(row), Object: t.s.ref(), Detail: l.Sentence,
			After: map[string]any{"missing_since": t.tx.Now.Time().Format(moment)},
		})
	}
	t.missing = int64(len(ids))
	if err := markMissing(ctx, t.tx, ids); err != nil {
		return err
	}
	return t.tx.RecordAll(ctx, events)
}

// disabled notes that accounts are switched off there. Nothing here changes but
// that: who is in here and out there is a difference for a person to resolve.
func (t *taker) disabled(ctx context.Context, losses []models.SyncLoss) error {
	var ids []int64
	for i := range losses {
		l := &losses[i]
		if l.Kind == models.LossDisabled && l.State == models.LossHeld {
			l.State = models.LossApplied
			t.rows[l.AccountID].Enabled = false
			ids = append(ids, l.AccountID)
		}
	}
	return markDisabled(ctx, t.tx, ids)
}

// takeRoles takes roles away whose group or role there is gone. The last admin
// keeps theirs.
func (t *taker) takeRoles(ctx context.Context, losses []models.SyncLoss) error {
	var ids []int64
	at := map[int64]*models.SyncLoss{}
	for i := range losses {
		l := &losses[i]
		if l.Kind != models.LossRole || l.State != models.LossHeld {
			continue
		}
		id, err := strconv.ParseInt(l.Ref, 10, 64)
		if err != nil {
			return err
		}
		l.State = models.LossKept
		ids, at[id] = append(ids, id), l
	}
	taken, err := t.access.TakeFromClaims(ctx, t.tx, ids)
	for _, one := range taken {
		l := at[one.AssignmentID]
		if l.State = models.LossApplied; one.Kept != "" {
			l.State, l.Sentence = models.LossKept, clean(one.Kept, 500)
		}
	}
	return err
}
