package sync

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/models"
)

type roleClaim = access.ClaimRole

func mapKeys[K comparable, V any](m map[K]V) iter.Seq[K] { return maps.Keys(m) }

// driftKey is what a difference is about: at most one row each.
type driftKey struct {
	account, user int64
	field         string
}

func keyOf(d *models.Drift) driftKey { return driftKey{d.AccountID, d.UserID, d.Field} }

// reconcile makes the stored differences of the accounts equal to those that are
// wanted: what agrees goes, what is new comes, what somebody put aside stays
// aside while it is the same.
func (c *comparing) reconcile(ctx context.Context, wanted []models.Drift) error {
	ids := make([]int64, len(c.accounts))
	for i := range c.accounts {
		ids[i] = c.accounts[i].row.ID
	}
	stored, err := selectDriftsOf(ctx, c.tx.Reader, c.s.ID, ids)
	if err != nil {
		return err
	}
	there := make(map[driftKey]*models.Drift, len(stored))
	for i := range stored {
		there[keyOf(&stored[i])] = &stored[i]
	}
	var fresh, changed []models.Drift
	for i := range wanted {
		d := &wanted[i]
		d.GroupHash = group(d)
		old := there[keyOf(d)]
		delete(there, keyOf(d))
		switch {
		case old == nil:
			fresh = append(fresh, *d)
		case c.renew(old, d):
			changed = append(changed, *old)
		}
	}
	var over []int64
	for _, old := range there {
		if old.State != models.DriftWritten || old.WrittenAt.Add(ownWrite) <= c.tx.Now {
			over = append(over, old.ID)
		}
	}
	slices.Sort(over)
	if err := deleteDrifts(ctx, c.tx, over); err != nil {
		return err
	}
	if err := c.explain(ctx, fresh, changed); err != nil {
		return err
	}
	if err := updateDrifts(ctx, c.tx, changed); err != nil {
		return err
	}
	return insertDrifts(ctx, c.tx, fresh)
}

// renew brings a stored difference up to date and reports whether it changed.
func (c *comparing) renew(old, d *models.Drift) bool {
	same := old.GroupHash == d.GroupHash && old.Kind == d.Kind
	switch old.State {
	case models.DriftPushing, models.DriftWritten:
		wait := pushTime
		if old.State == models.DriftWritten {
			wait = ownWrite
		}
		if shortHash(d.Theirs) == old.ReplacedHash && shortHash(d.Ours) == old.WrittenHash && old.WrittenAt.Add(wait) > c.tx.Now {
			return false // our own write is on its way, or this read is older than it looks
		}
	case models.DriftIgnored:
		if same && old.IgnoreUntil > c.tx.Now {
			return false
		}
	case models.DriftOpen:
		if same { // an event may say who it was, when the read that found it could not
			return old.Cause == "" && c.tx.Actor.Via == models.ViaEvent
		}
	}
	old.Kind, old.Ours, old.Theirs, old.GroupHash, old.Suggestion = d.Kind, d.Ours, d.Theirs, d.GroupHash, d.Suggestion
	old.Privileged, old.State, old.IgnoreUntil = d.Privileged, models.DriftOpen, 0
	return true
}

// explain adds who is privileged, how severe each difference is and who likely
// made it.
func (c *comparing) explain(ctx context.Context, fresh, changed []models.Drift) error {
	if len(fresh)+len(changed) == 0 {
		return nil
	}
	var users []int64
	for _, list := range [][]models.Drift{fresh, changed} {
		for i := range list {
			if list[i].UserID != 0 {
				users = append(users, list[i].UserID)
			}
		}
	}
	slices.Sort(users)
	privileged, err := c.access.PrivilegedAmong(ctx, c.tx.Reader, slices.Compact(users))
	if err != nil {
		return err
	}
	causes, err := c.causes(ctx, fresh, changed)
	if err != nil {
		return err
	}
	for _, list := range [][]models.Drift{fresh, changed} {
		for i := range list {
			d := &list[i]
			d.Privileged = d.Privileged || privileged[d.UserID]
			d.Severity = severity(d)
			d.Cause, d.CauseBy, d.CauseAt = causes[d.AccountID].sentence, causes[d.AccountID].by, causes[d.AccountID].at
		}
	}
	for i := range fresh {
		id, err := uuid.NewV7()
		if err != nil {
			return fmt.Errorf("make a public id: %w", err)
		}
		fresh[i].PublicID, fresh[i].Since = id.String(), c.tx.Now
	}
	return nil
}

// severity orders differences: privileged people first, then who is out here and
// in there, then the rest.
func severity(d *models.Drift) int64 {
	order := map[models.DriftKind]int64{
		models.DriftStatus: 1, models.DriftMissing: 2, models.DriftRole: 3, models.DriftUnclear: 4,
		models.DriftOrphan: 5, models.DriftNoAccount: 6, models.DriftField: 7,
	}
	n := order[d.Kind]
	if d.Kind == models.DriftStatus && d.Theirs == enabledWord(true) {
		n = 0
	}
	if !d.Privileged {
		n += 10
	}
	return n
}

// cause is who likely made a difference.
type cause struct {
	sentence, by string
	at           models.Instant
}

// causes asks the events of the accounts, and else who changed the person here last.
func (c *comparing) causes(ctx context.Context, lists ...[]models.Drift) (map[int64]cause, error) {
	rows := make(map[int64]*compared, len(c.accounts))
	for i := range c.accounts {
		rows[c.accounts[i].row.ID] = &c.accounts[i]
	}
	var keys []string
	for _, list := range lists {
		for i := range list {
			if a := rows[list[i].AccountID]; a != nil {
				keys = append(keys, a.row.Key)
			}
		}
	}
	events, err := selectLatest(ctx, c.tx.Reader, c.s.ID, keys)
	if err != nil {
		return nil, err
	}
	names, err := c.actors(ctx, events)
	if err != nil {
		return nil, err
	}
	out := make(map[int64]cause, len(rows))
	for id, a := range rows {
		out[id] = c.causeOf(a, events[a.row.Key], names)
	}
	return out, nil
}

func (c *comparing) causeOf(a *compared, ev models.SyncEvent, names map[string]string) cause {
	one := c.before[a.row.UserID]
	if one == nil {
		one = c.people[a.row.UserID]
	}
	here := one != nil && one.User.UpdatedBy != "" && one.User.UpdatedAt > max(a.row.ChangedAt, ev.At) && one.User.UpdatedBy != c.s.actor(models.ViaSync).Name
	switch {
	case here:
		return cause{"Changed here by " + one.User.UpdatedBy + ".", one.User.UpdatedBy, one.User.UpdatedAt}
	case ev.ActorKey == "":
		return cause{}
	case ev.ActorKey == a.row.Key:
		return cause{"Changed in " + c.s.Name + " by the person.", names[ev.ActorKey], ev.At}
	}
	by := clean(firstOf(names[ev.ActorKey], ev.ActorKey), 200)
	return cause{"Changed in " + c.s.Name + " by " + by + ".", by, ev.At}
}

// actors names those who caused events.
func (c *comparing) actors(ctx context.Context, events map[string]models.SyncEvent) (map[string]string, error) {
	var keys []string
	for _, ev := range events {
		if ev.ActorKey != "" {
			keys = append(keys, ev.ActorKey)
		}
	}
	slices.Sort(keys)
	rows, err := selectByKeys(ctx, c.tx.Reader, c.s.ID, slices.Compact(keys))
	names := make(map[string]string, len(rows))
	for _, row := range rows {
		names[row.Key] = accountRef(row).Label()
	}
	return names, err
}
