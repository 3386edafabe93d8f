package sync

import (
	"context"

	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// write stores the accounts: new and changed ones whole, the others only that
// they were seen.
func (st *storing) write(ctx context.Context) error {
	var fresh, changed []models.Account
	seen := map[models.Instant][]int64{}
	var back []*entry
	for _, e := range st.entries {
		if err := st.fill(e); err != nil {
			return err
		}
		switch {
		case e.old == nil:
			fresh = append(fresh, e.row)
			st.tally.accounts++
		case e.row.Digest == e.old.Digest && e.row.Digest != "" && e.old.UserID == e.user && e.old.MissingSince == 0:
			seen[e.reading.at] = append(seen[e.reading.at], e.row.ID)
		default:
			changed = append(changed, e.row)
		}
		if e.old != nil && e.old.MissingSince != 0 {
			back = append(back, e)
			st.tally.accounts++
		}
		st.count(e)
	}
	for at, ids := range seen {
		if err := touchAccounts(ctx, st.tx, ids, at, st.runID()); err != nil {
			return err
		}
	}
	if err := updateAccounts(ctx, st.tx, changed); err != nil {
		return err
	}
	if err := st.insert(ctx, fresh); err != nil {
		return err
	}
	return st.recordBack(ctx, back)
}

// fill makes the row of an entry. Switching somebody off who may be in here is a
// loss: the row keeps the old word until the guard has let it pass, and no
// digest, so that the next read compares it again.
func (st *storing) fill(e *entry) error {
	row := models.Account{ConnectorID: st.s.ID, Key: e.reading.account.ID, FirstReadAt: st.tx.Now, ChangedAt: st.tx.Now}
	if e.old != nil {
		row = *e.old
	}
	was := row.Digest
	if err := st.s.fill(&row, &e.reading, e.kept); err != nil {
		return err
	}
	row.UserID, row.LastReadAt, row.MissingSince = e.user, e.reading.at, 0
	if run := st.runID(); run != 0 {
		row.SeenRun = run
	}
	if row.Digest != was {
		row.ChangedAt = st.tx.Now
	}
	if e.old != nil && e.old.Enabled && !row.Enabled {
		counts := st.mayBeIn(e.user)
		if counts {
			row.Enabled, row.Digest = true, ""
			st.losses = append(st.losses, st.loss(&row, models.LossDisabled, "", counts))
		}
	}
	e.row = row
	return nil
}

func (st *storing) mayBeIn(user int64) bool {
	one := st.people[user]
	return one != nil && mayBeIn(one.User.Status)
}

func (st *storing) loss(row *models.Account, kind models.LossKind, ref string, counts bool) models.SyncLoss {
	return models.SyncLoss{
		ConnectorID: st.s.ID, RunID: st.runID(), AccountID: row.ID, UserID: row.UserID, Kind: kind, Ref: ref,
		State: models.LossHeld, Counts: counts, CreatedAt: row.LastReadAt,
	}
}

func (st *storing) count(e *entry) {
	if !e.fresh {
		return
	}
	switch {
	case e.user == 0 && len(e.alike) > 0:
		st.tally.unclear++
	case e.user == 0:
		st.tally.orphaned++
	case !e.create && (e.old == nil || e.old.UserID == 0):
		st.tally.linked++
	}
}

// insert writes new accounts and reads back which ids they got.
func (st *storing) insert(ctx context.Context, fresh []models.Account) error {
	if len(fresh) == 0 {
		return nil
	}
	if err := insertAccounts(ctx, st.tx, fresh); err != nil {
		return err
	}
	keys := make([]string, len(fresh))
	for i := range fresh {
		keys[i] = fresh[i].Key
	}
	ids, err := selectIDs(ctx, st.tx.Reader, st.s.ID, keys)
	if err != nil {
		return err
	}
	var users []int64
	for _, e := range st.entries {
		if e.old == nil {
			e.row.ID = ids[e.row.Key]
			users = append(users, e.user)
		}
	}
	return deleteNoAccountsOf(ctx, st.tx, st.s.ID, users)
}

// recordBack writes into the log who is there again.
func (st *storing) recordBack(ctx context.Context, back []*entry) error {
	events := make([]store.Event, 0, len(back))
	for _, e := range back {
		events = append(events, store.Event{
			Action: models.AccountBack, Target: st.target(&e.row), Object: st.s.ref(),
			Before: map[string]any{"missing_since": e.old.MissingSince.Time().Format(moment)},
		})
	}
	return st.tx.RecordAll(ctx, events)
}

// moment is how the log writes a time.
const moment = "2006-01-02T15:04:05Z07:00"

// target names the person of an account in the log, or the account itself.
func (st *storing) target(row *models.Account) store.Ref {
	if one := st.people[row.UserID]; one != nil {
		return directory.Ref(one.User)
	}
	return store.Ref{Kind: models.KindAccount, ID: row.ID, Name: accountRef(*row).Label()}
}
