package directory

import (
	"context"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// AtSystem is how an account of somebody stands at a connected system, as it was
// read last.
type AtSystem struct {
	UserID       int64
	System       string // name of the connector
	Active       bool
	MissingSince models.Instant // the system does not know it any more since then; 0: it does
	ReadAt       models.Instant
}

// SystemReport says how the people of a list stand at one connected system, as
// their accounts were read last (STANDARDS REV-06: leavers against each system).
type SystemReport struct {
	System string
	Active int            // accounts that are active there
	Inside int            // ... of people who are deactivated or removed here
	Off    int            // accounts that are deactivated there
	Gone   int            // accounts that the system does not know any more
	ReadAt models.Instant // when the one was read that was read longest ago
}

// systems adds to a report how its people stand at connected systems.
func (r *Report) systems(ctx context.Context, db store.Reader, selection int64) (err error) {
	if r.Systems, err = systemsOf(ctx, db, selection); err != nil {
		return err
	}
	for _, s := range r.Systems {
		if s.Inside > 0 { // otherwise nobody has to be counted
			r.Inside, err = countInside(ctx, db, selection)
			return err
		}
	}
	return nil
}

// standings adds to a page of lines how their people stand at connected systems.
func standings(ctx context.Context, r store.Reader, lines []Line) error {
	var users []int64
	for _, line := range lines {
		if line.UserID != 0 {
			users = append(users, line.UserID)
		}
	}
	all, err := standingsOf(ctx, r, users)
	if err != nil {
		return err
	}
	for i := range lines {
		for _, s := range all {
			if s.UserID == lines[i].UserID {
				lines[i].Accounts = append(lines[i].Accounts, s)
			}
		}
	}
	return nil
}
