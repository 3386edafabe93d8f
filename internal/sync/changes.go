package sync

import (
	"context"
	"slices"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// manyChanges is the share of a source above which reading changes one by one
// takes longer than reading everybody.
const manyChanges = 5 // a fifth

// changes reads what changed since the last read, one account after another. A
// system that cannot say everything that changed is read as a whole.
func (r *running) changes(ctx context.Context) error {
	state, err := selectState(ctx, r.db.Read(r.s.TenantID), r.s.ID)
	if err != nil {
		return err
	}
	lister, ok := r.system.(connector.ChangeLister)
	if _, reads := r.system.(connector.PersonReader); !ok || !reads || state.ChangePoint == "" {
		return r.becomeFull(ctx, "")
	}
	since := state.ChangePoint
	got, err := ask(ctx, asking{r.Engine, r.s, "ask what changed"}, func(ctx context.Context) (connector.Changes, error) {
		return lister.ListChanges(ctx, since)
	})
	if err != nil {
		return err
	}
	keys := slices.Concat(got.Changed, got.Removed)
	slices.Sort(keys)
	keys = slices.DeleteFunc(slices.Compact(keys), func(key string) bool { return !isKey(key) })
	switch {
	case !got.Whole:
		return r.becomeFull(ctx, r.s.Name+" no longer knows everything that changed since the last read, so everybody is read.")
	case len(keys) > readLimit && int64(len(keys)) > state.Accounts/manyChanges:
		return r.becomeFull(ctx, "So much changed that everybody is read.")
	}
	if err := r.restart(ctx, state, got.Next); err != nil {
		return err
	}
	for part := range slices.Chunk(keys, readLimit) {
		if err := r.readPart(ctx, part); err != nil {
			return err
		}
	}
	return r.write(ctx, func(ctx context.Context, tx *store.Tx, _ *models.SyncSource) error {
		r.run.Phase = models.PhaseGuard
		return r.progress(ctx, tx, "phase")
	})
}

// restart begins the counts of a run of changes anew: after a crash it asks for
// the same changes again.
func (r *running) restart(ctx context.Context, state models.SyncSource, next string) error {
	return r.write(ctx, func(ctx context.Context, tx *store.Tx, _ *models.SyncSource) error {
		r.run.Known, r.run.ChangePoint = state.Accounts, next
		r.run.AccountsRead, r.run.PeopleCreated, r.run.PeopleLinked, r.run.PeopleChanged = 0, 0, 0, 0
		r.run.AccountsUnclear, r.run.AccountsOrphaned = 0, 0
		if err := r.forgetAccounts(ctx, tx); err != nil {
			return err
		}
		return r.save(ctx, tx, "known", "change_point", "accounts_read", "people_created", "people_linked", "people_changed",
			"accounts_unclear", "accounts_orphaned", "error_count")
	})
}

// readPart reads some accounts and stores them.
func (r *running) readPart(ctx context.Context, keys []string) error {
	readings, gone, err := r.readOne(ctx, r.s, r.system, keys)
	if err != nil {
		return err
	}
	return r.write(ctx, func(ctx context.Context, tx *store.Tx, state *models.SyncSource) error {
		t, err := r.storePage(ctx, tx, r.s, state, &page{readings: readings, gone: gone, run: &r.run, via: models.ViaSync})
		if err != nil {
			return err
		}
		t.read = int64(len(readings))
		if err := r.add(ctx, tx, t); err != nil {
			return err
		}
		return r.progress(ctx, tx, "accounts_read", "people_created", "people_linked", "people_changed", "accounts_unclear", "accounts_orphaned", "error_count")
	})
}

// becomeFull makes a full run of one that was asked for changes only.
func (r *running) becomeFull(ctx context.Context, why string) error {
	return r.write(ctx, func(ctx context.Context, tx *store.Tx, _ *models.SyncSource) error {
		r.run.Kind, r.run.PageCursor, r.run.AccountsRead, r.run.Reason = models.RunFull, "", 0, why
		if err := r.forgetAccounts(ctx, tx); err != nil {
			return err
		}
		return r.save(ctx, tx, "kind", "page_cursor", "accounts_read", "reason", "error_count")
	})
}
