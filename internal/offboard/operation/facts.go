package operation

import (
	"context"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// BreakGlass is the local attribute that marks a person as break-glass: with the
// value true they are never part of a deactivation of many. An admin defines it
// as yes or no, like every local attribute.
const BreakGlass = "break_glass"

// recently is how long ago a sign-in counts as recent.
const recently = 24 * time.Hour

// facts are what a chunk needs to know about its people.
type facts struct {
	users      map[int64]models.User
	privileged map[int64]bool
	breakGlass map[int64]bool
	owners     map[int64]bool
	sessions   map[int64]int64
	roles      map[int64]int64
	accounts   map[int64][]connector.Held
	unended    map[int64]bool // connectors
}

// factsOf reads them: a fixed number of statements, however many people.
func factsOf(ctx context.Context, tx *store.Tx, ids []int64, known survey) (facts, error) {
	f := facts{unended: known.unended}
	var err error
	if f.users, err = selectUsers(ctx, tx.Reader, ids); err != nil {
		return f, err
	}
	if f.privileged, err = selectPrivileged(ctx, tx.Reader, tx.Now, ids, known.privileged); err != nil {
		return f, err
	}
	if f.breakGlass, err = selectBreakGlass(ctx, tx.Reader, ids); err != nil {
		return f, err
	}
	if f.owners, err = selectOwners(ctx, tx.Reader, ids); err != nil {
		return f, err
	}
	if f.sessions, err = countSessions(ctx, tx, ids); err != nil {
		return f, err
	}
	if f.roles, err = countRoles(ctx, tx, ids); err != nil {
		return f, err
	}
	f.accounts, err = connector.AccountsOfMany(ctx, tx.Reader, ids)
	return f, err
}

// leftOut says why a person is not acted upon.
func (f *facts) leftOut(u models.User, op *models.Operation) models.LeftOut {
	switch {
	case u.Status == models.Removed:
		return models.LeftOutRemoved
	case u.Status == models.Deactivated:
		return models.LeftOutAlready
	case u.ID == op.CreatedByID:
		return models.LeftOutSelf
	case f.breakGlass[u.ID]:
		return models.LeftOutBreakGlass
	}
	return models.LeftOutNot
}

// target writes down how a person stands.
func (f *facts) target(u models.User, now models.Instant) models.OperationTarget {
	t := models.OperationTarget{
		UserID: u.ID, Name: u.DisplayName, State: models.TargetWaiting,
		Sessions: f.sessions[u.ID], Assignments: f.roles[u.ID],
		StoodStatus: u.Status, StoodReason: u.StatusReason, StoodBy: u.StatusBy, StoodSince: u.StatusSince, StoodLeavingAt: u.LeavingAt,
		StoodPendingSince: u.PendingSince, StoodVersion: u.Version, StoodEpoch: u.AccessEpoch,
	}
	flag := func(on bool, bit int64) {
		if on {
			t.Flags |= bit
		}
	}
	flag(f.privileged[u.ID], models.FlagPrivileged)
	flag(f.owners[u.ID], models.FlagOwns)
	flag(u.LastSignInAt > now.Add(-recently), models.FlagRecent)
	for _, held := range f.accounts[u.ID] {
		if held.MissingSince > 0 {
			continue
		}
		t.Accounts++
		flag(f.unended[held.ConnectorID], models.FlagUnended)
	}
	return t
}
