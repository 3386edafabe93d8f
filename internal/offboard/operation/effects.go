package operation

import (
	"context"
	"maps"
	"slices"

	"github.com/rollcall/rollcall/internal/store"
)

// countEffects adds up what the list does, with a fixed number of statements for
// the list and two for each connected system.
func countEffects(ctx context.Context, tx *store.Tx, op int64, systems []SystemEffect) (e Effects, included int64, err error) {
	s, err := selectSums(ctx, tx.Reader, op)
	if err != nil {
		return e, 0, err
	}
	e = Effects{
		Sessions: s.Sessions, Assignments: s.Assignments, Privileged: s.Privileged, Managers: s.Managers, Reports: s.Reports,
		Unsettled: s.Unsettled, Owners: s.Owners, Recent: s.Recent,
	}
	if e.LeftOut, err = countLeftOut(ctx, tx.Reader, op); err != nil {
		return e, 0, err
	}
	if e.Held, err = countHeld(ctx, tx.Reader, op); err != nil {
		return e, 0, err
	}
	e.Systems, err = countSystems(ctx, tx, op, systems)
	return e, s.People, err
}

// countSystems counts the accounts at each system, and leaves out systems at
// which nobody of the list has one.
func countSystems(ctx context.Context, tx *store.Tx, op int64, systems []SystemEffect) ([]SystemEffect, error) {
	read, err := countAccounts(ctx, tx.Reader, op)
	if err != nil {
		return nil, err
	}
	out := make([]SystemEffect, 0, len(systems))
	for _, s := range systems {
		more, err := countSignedIn(ctx, tx.Reader, op, s.ConnectorID, s.Key, s.Issuer)
		if err != nil {
			return nil, err
		}
		if s.Accounts = read[s.ConnectorID] + more; s.Accounts > 0 {
			out = append(out, s)
		}
	}
	return out, nil
}

// reportsAtOnce is how many managers are read at once.
const reportsAtOnce = 1_000

// countReports writes down how many people of each manager stay behind: of the
// given managers, or of all in the list.
func countReports(ctx context.Context, tx *store.Tx, op int64, only []int64) error {
	if len(only) > 0 {
		if err := clearReports(ctx, tx, op, only); err != nil {
			return err
		}
	}
	for after := int64(0); ; {
		rows, err := selectReports(ctx, tx.Reader, op, only, after, reportsAtOnce)
		if err != nil {
			return err
		}
		same := map[int64][]int64{} // managers by how many people they have: few different numbers, few statements
		for _, row := range rows {
			same[row.N] = append(same[row.N], row.ID)
			after = row.ID
		}
		for _, n := range slices.Sorted(maps.Keys(same)) {
			if err := setReports(ctx, tx, op, n, same[n]); err != nil {
				return err
			}
		}
		if len(rows) < reportsAtOnce {
			return nil
		}
	}
}
