package sync

import (
	"context"
	"slices"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// notShown is the evidence of a system that cannot be asked for one account.
const notShown = "Two full lists in a row did not show this account."

// check looks for the accounts that no page showed. Each is asked for by itself,
// because pages shift while they are read; only what the system then does not
// know counts as gone. When so many are gone that the guard stops the run
// anyway, or the source showed nobody at all, the rest is not asked for.
func (r *running) check(ctx context.Context) error {
	if _, reads := r.system.(connector.PersonReader); !reads {
		return r.unseenTwice(ctx)
	}
	reader := r.db.Read(r.s.TenantID)
	unseen, err := selectUnseen(ctx, reader, r.unseen(r.run.CheckedID), readLimit)
	if err != nil {
		return err
	}
	if len(unseen) == 0 {
		return r.enter(ctx, models.PhaseGuard)
	}
	if r.run.AccountsRead == 0 && r.run.CheckedID == 0 {
		return r.freeze(ctx)
	}
	readings, gone, err := r.readOne(ctx, r.s, r.system, keysOf(unseen))
	if err != nil {
		return err
	}
	var g guard
	err = r.write(ctx, func(ctx context.Context, tx *store.Tx, state *models.SyncSource) error {
		t, err := r.storePage(ctx, tx, r.s, state, &page{readings: readings, gone: gone, run: &r.run, via: models.ViaSync})
		if err != nil {
			return err
		}
		if err := r.add(ctx, tx, t); err != nil {
			return err
		}
		r.run.CheckedID = unseen[len(unseen)-1].ID
		if g, err = r.figures(ctx, tx.Reader); err != nil {
			return err
		}
		return r.progress(ctx, tx, "checked_id", "accounts_read", "people_created", "people_linked", "people_changed",
			"accounts_unclear", "accounts_orphaned", "error_count")
	})
	if err != nil || !g.stops() {
		return err
	}
	return r.freeze(ctx)
}

func keysOf(rows []models.Account) []string {
	keys := make([]string, len(rows))
	for i := range rows {
		keys[i] = rows[i].Key
	}
	return keys
}

// unseen names the accounts that this run did not see, from an id on. Those that
// were read since it began, by an event or because somebody signed in, are there.
func (r *running) unseen(after int64) unseenFilter {
	return unseenFilter{connector: r.s.ID, run: r.run.ID, since: r.run.StartedAt, after: after}
}

// enter goes on with the next phase.
func (r *running) enter(ctx context.Context, phase models.RunPhase) error {
	return r.write(ctx, func(ctx context.Context, tx *store.Tx, _ *models.SyncSource) error {
		r.run.Phase = phase
		return r.progress(ctx, tx, "phase")
	})
}

// freeze writes down everybody who was not asked for as gone and goes on to the
// guard, which stops: Resume asks for each before it applies anything.
func (r *running) freeze(ctx context.Context) error {
	return r.gather(ctx, r.run.CheckedID, r.s.Name+" did not show this account; it was not asked for by itself.")
}

// unseenTwice takes for gone whom two full lists in a row did not show, where a
// system cannot be asked for one account, and said no other number than it gave.
func (r *running) unseenTwice(ctx context.Context) error {
	nameless, err := countKeyErrors(ctx, r.db.Read(r.s.TenantID), r.run.ID)
	if err != nil {
		return err
	}
	if r.run.Total >= 0 && r.run.Total != r.run.AccountsRead || nameless > 0 {
		return r.enter(ctx, models.PhaseGuard)
	}
	return r.gather(ctx, 0, notShown)
}

// gather writes losses of everybody who was not seen, some at a time.
func (r *running) gather(ctx context.Context, after int64, evidence string) error {
	state, err := selectState(ctx, r.db.Read(r.s.TenantID), r.s.ID)
	if err != nil {
		return err
	}
	for {
		f := r.unseen(after)
		if evidence == notShown {
			f.run = state.LastFullRun // neither this run nor the one before
		}
		unseen, err := selectUnseen(ctx, r.db.Read(r.s.TenantID), f, pageLimit)
		if err != nil {
			return err
		}
		if len(unseen) == 0 {
			return r.enter(ctx, models.PhaseGuard)
		}
		after = unseen[len(unseen)-1].ID
		err = r.write(ctx, func(ctx context.Context, tx *store.Tx, _ *models.SyncSource) error {
			return r.lose(ctx, tx, unseen, evidence)
		})
		if err != nil {
			return err
		}
	}
}

// lose writes that accounts would be marked as missing.
func (r *running) lose(ctx context.Context, tx *store.Tx, rows []models.Account, evidence string) error {
	users := make([]int64, len(rows))
	ids := make([]int64, len(rows))
	for i := range rows {
		users[i], ids[i] = rows[i].UserID, rows[i].ID
	}
	people, err := r.people.StandingOf(ctx, tx.Reader, users)
	if err != nil {
		return err
	}
	if err := forgetLosses(ctx, tx, r.run.ID, ids); err != nil {
		return err
	}
	losses := make([]models.SyncLoss, len(rows))
	for i, row := range rows {
		one := people[row.UserID]
		losses[i] = models.SyncLoss{
			ConnectorID: r.s.ID, RunID: r.run.ID, AccountID: row.ID, UserID: row.UserID, Kind: models.LossMissing, State: models.LossHeld,
			Counts: one == nil || mayBeIn(one.User.Status), Sentence: clean(evidence, 500), CreatedAt: tx.Now,
		}
	}
	return insertLosses(ctx, tx, losses)
}

// figures counts what the guard judges.
func (r *running) figures(ctx context.Context, reader store.Reader) (guard, error) {
	known := max(r.run.Known, 0)
	g := guard{known: known, allowed: r.s.allowed(known)}
	var err error
	if g.losing, err = countHeld(ctx, reader, r.run.ID); err != nil {
		return g, err
	}
	g.before, err = countLost(ctx, reader, r.s.ID, r.db.Now().Add(-r.s.window()))
	return g, err
}

// guard judges what the run would take away.
func (r *running) guard(ctx context.Context) error {
	return r.write(ctx, func(ctx context.Context, tx *store.Tx, state *models.SyncSource) error {
		g, err := r.figures(ctx, tx.Reader)
		if err != nil {
			return err
		}
		kinds, err := selectHeldCounts(ctx, tx.Reader, r.run.ID)
		if err != nil {
			return err
		}
		for _, k := range kinds {
			g.add(k.Kind, k.N)
		}
		if g.stops() {
			rest := max(r.s.schedule.Every, r.s.schedule.FullEvery)
			state.NextReadAt, state.NextFullAt = tx.Now.Add(rest), tx.Now.Add(rest)
			if err := updateState(ctx, tx, state, "next_read_at", "next_full_at"); err != nil {
				return err
			}
			return stop(ctx, tx, r.s, &r.run, &g)
		}
		r.run.Phase, r.run.Losing, r.run.InWindow, r.run.Allowed = models.PhaseApply, g.losing, g.before, g.allowed
		return r.progress(ctx, tx, "phase", "losing", "in_window", "allowed")
	})
}

// applyChunk takes away some of what passed the guard, or what a person told to.
func (r *running) applyChunk(ctx context.Context) error {
	held, err := selectHeld(ctx, r.db.Read(r.s.TenantID), r.run.ID, readLimit)
	if err != nil {
		return err
	}
	if len(held) == 0 {
		return r.enter(ctx, models.PhaseClose)
	}
	var look *page
	if r.run.DecidedBy != "" {
		if look, err = r.lookAgain(ctx, held); err != nil {
			return err
		}
	}
	return r.write(ctx, func(ctx context.Context, tx *store.Tx, state *models.SyncSource) error {
		return r.applyHeld(ctx, tx, state, held, look)
	})
}

// lookAgain reads the accounts of losses once more: what was frozen may be hours old.
func (r *running) lookAgain(ctx context.Context, held []models.SyncLoss) (*page, error) {
	if _, reads := r.system.(connector.PersonReader); !reads {
		return nil, nil
	}
	rows, err := selectAccounts(ctx, r.db.Read(r.s.TenantID), accountIDs(held))
	if err != nil {
		return nil, err
	}
	keys := make([]string, 0, len(rows))
	for _, id := range slices.Sorted(mapKeys(rows)) {
		keys = append(keys, rows[id].Key)
	}
	readings, gone, err := r.readOne(ctx, r.s, r.system, keys)
	return &page{readings: readings, gone: gone, run: &r.run, via: models.ViaSync}, err
}

func accountIDs(losses []models.SyncLoss) []int64 {
	ids := make([]int64, len(losses))
	for i := range losses {
		ids[i] = losses[i].AccountID
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}
