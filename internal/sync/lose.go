package sync

import (
	"context"
	"slices"

	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/models"
)

// absent finds the accounts that the system was asked for and does not know. An
// account that was read later, or is known to be missing, is left alone.
func (st *storing) absent(ctx context.Context) error {
	if len(st.page.gone) == 0 {
		return nil
	}
	at := make(map[string]models.Instant, len(st.page.gone))
	keys := make([]string, 0, len(st.page.gone))
	for _, g := range st.page.gone {
		if isKey(g.key) {
			at[g.key], keys = g.at, append(keys, g.key)
		}
	}
	rows, err := selectByKeys(ctx, st.tx.Reader, st.s.ID, keys)
	if err != nil {
		return err
	}
	users := make([]int64, len(rows))
	for i := range rows {
		users[i] = rows[i].UserID
	}
	people, err := st.Engine.people.StandingOf(ctx, st.tx.Reader, users)
	if err != nil {
		return err
	}
	return st.noteAbsent(ctx, rows, at, people)
}

// noteAbsent writes that accounts were asked for, and what that would take away.
func (st *storing) noteAbsent(ctx context.Context, rows []models.Account, at map[string]models.Instant, people map[int64]*directory.Standing) error {
	asked := map[models.Instant][]int64{}
	for i := range rows {
		row := &rows[i]
		if row.MissingSince != 0 || row.LastReadAt > at[row.Key] {
			continue
		}
		row.LastReadAt, row.Digest = at[row.Key], ""
		asked[row.LastReadAt] = append(asked[row.LastReadAt], row.ID)
		if one := people[row.UserID]; one != nil {
			st.people[row.UserID] = one
		}
		loss := st.loss(row, models.LossMissing, "", row.UserID == 0 || st.mayBeIn(row.UserID))
		loss.Sentence = st.s.Name + " was asked for this account and does not know it."
		st.losses = append(st.losses, loss)
		st.entries = append(st.entries, &entry{old: row, row: *row, user: row.UserID, kept: parseSaid(row.Said)})
	}
	for when, ids := range asked {
		if err := touchAbsent(ctx, st.tx, ids, when); err != nil {
			return err
		}
	}
	return nil
}

// lose decides what becomes of what the page would take away. A run collects it
// and is judged at its end; an event or a single read is judged now.
func (st *storing) lose(ctx context.Context) error {
	switch {
	case st.page.frozen != nil:
		return st.applyFrozen(ctx)
	case st.page.run != nil:
		return st.keepLosses(ctx)
	case len(st.losses) == 0:
		return nil
	}
	free, counted := split(st.losses)
	pass, held, err := st.judge(ctx, counted)
	if err != nil {
		return err
	}
	if err := insertLosses(ctx, st.tx, held); err != nil {
		return err
	}
	st.tally.held = int64(len(counted) - len(pass))
	losses := slices.Concat(free, pass)
	if err := st.apply(ctx, losses); err != nil {
		return err
	}
	return insertLosses(ctx, st.tx, losses)
}

// keepLosses writes what a run found. A page that is read again after a crash
// replaces what it found before.
func (st *storing) keepLosses(ctx context.Context) error {
	ids := make([]int64, len(st.entries))
	for i, e := range st.entries {
		ids[i] = e.row.ID
	}
	if err := forgetLosses(ctx, st.tx, st.page.run.ID, ids); err != nil {
		return err
	}
	return insertLosses(ctx, st.tx, st.losses)
}

// settled is why a loss is kept that a person told to apply.
const settled = "It was looked at once more before it was applied, and is no longer so."

// applyFrozen applies what a stopped run holds, as far as it is still true now;
// what is true now and was not frozen waits for the next read.
func (st *storing) applyFrozen(ctx context.Context) error {
	type what struct {
		account int64
		kind    models.LossKind
		ref     string
	}
	now := make(map[what]models.Instant, len(st.losses))
	for _, l := range st.losses {
		now[what{l.AccountID, l.Kind, l.Ref}] = l.CreatedAt
	}
	for i := range st.page.frozen {
		l := &st.page.frozen[i]
		at, still := now[what{l.AccountID, l.Kind, l.Ref}]
		if l.CreatedAt = at; !still {
			l.State, l.Sentence = models.LossKept, settled
		}
	}
	if err := st.apply(ctx, st.page.frozen); err != nil {
		return err
	}
	return updateLosses(ctx, st.tx, st.page.frozen)
}

// split tells losses of people who may be in from those of people who are out.
func split(losses []models.SyncLoss) (free, counted []models.SyncLoss) {
	for _, l := range losses {
		if l.Counts {
			counted = append(counted, l)
		} else {
			free = append(free, l)
		}
	}
	return free, counted
}

// judge holds losses of events and single reads against the guard. While a
// stopped run waits for a decision nothing more is taken away; when these would
// be too much, they become a stopped run themselves.
func (st *storing) judge(ctx context.Context, counted []models.SyncLoss) (pass, held []models.SyncLoss, err error) {
	if len(counted) == 0 {
		return nil, nil, nil
	}
	stopped, err := selectRuns(ctx, st.tx.Reader, runFilter{connector: st.s.ID, state: models.RunStopped}, 1)
	if err != nil || len(stopped) > 0 {
		st.holdBack(counted)
		return nil, nil, err
	}
	lost, err := countLost(ctx, st.tx.Reader, st.s.ID, st.tx.Now.Add(-st.s.window()))
	if err != nil {
		return nil, nil, err
	}
	g := guard{known: st.state.Accounts, losing: accountsIn(counted), before: lost, allowed: st.s.allowed(st.state.Accounts)}
	if !g.stops() {
		return counted, nil, nil
	}
	g.kinds(counted)
	run, err := stopEvents(ctx, st.tx, st.s, &g)
	if err != nil {
		return nil, nil, err
	}
	for i := range counted {
		counted[i].RunID = run.ID
	}
	return nil, counted, nil
}

// holdBack notes which accounts wait for a decision about a stopped run.
func (st *storing) holdBack(counted []models.SyncLoss) {
	st.tally.heldKeys = map[string]bool{}
	waits := map[int64]bool{}
	for _, l := range counted {
		waits[l.AccountID] = true
	}
	for _, e := range st.entries {
		if waits[e.row.ID] {
			st.tally.heldKeys[e.row.Key] = true
		}
	}
}

func accountsIn(losses []models.SyncLoss) int64 {
	seen := map[int64]bool{}
	for _, l := range losses {
		seen[l.AccountID] = true
	}
	return int64(len(seen))
}

// apply takes away. Rows of the page are kept in step, so that the comparison
// that follows sees what was done.
func (st *storing) apply(ctx context.Context, losses []models.SyncLoss) error {
	if len(losses) == 0 {
		return nil
	}
	rows := make(map[int64]*models.Account, len(st.entries))
	for _, e := range st.entries {
		rows[e.row.ID] = &e.row
	}
	t := taker{Engine: st.Engine, s: st.s, tx: st.tx, rows: rows, target: st.target}
	if err := t.take(ctx, losses); err != nil {
		return err
	}
	st.tally.accounts -= t.missing
	st.tally.missing += t.missing
	return nil
}
