package access

import (
	"context"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// TakenRole is what became of one assignment given to TakeFromClaims.
type TakenRole struct {
	Losing

	Kept string // why it still stands; "": it is gone
}

// TakeFromClaims takes assignments away whose claim is gone. The last admin keeps
// theirs, with a line in the log (WEB-17). What is no longer there is left out.
func (e *Engine) TakeFromClaims(ctx context.Context, tx *store.Tx, assignments []int64) ([]TakenRole, error) {
	if len(assignments) == 0 {
		return nil, nil
	}
	if err := tx.LockTenant(ctx); err != nil {
		return nil, err
	}
	rows, err := selectClaimedByID(ctx, tx.Reader, assignments)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	var users, ids []int64
	for _, a := range rows {
		users, ids = append(users, a.UserID), append(ids, a.ID)
	}
	people, roles, err := selectNames(ctx, tx.Reader, users, rolesIn(rows))
	if err != nil {
		return nil, err
	}
	plan := claimPlan{names: roles}
	err = guard(ctx, tx, without{assignments: ids})
	if err != nil && !errs.Is(err, errs.Conflict) {
		return nil, err
	}
	if err == nil {
		return takeAll(ctx, tx, rows, people, roles)
	}
	return plan.takeEach(ctx, tx, rows, people)
}

// takeAll takes away assignments that the last admin does not need.
func takeAll(ctx context.Context, tx *store.Tx, rows []models.Assignment, people map[int64]UserRef, roles map[int64]RoleRef) ([]TakenRole, error) {
	var users, ids []int64
	taken, events := make([]TakenRole, len(rows)), make([]store.Event, len(rows))
	for i, a := range rows {
		users, ids = append(users, a.UserID), append(ids, a.ID)
		taken[i] = TakenRole{Losing: Losing{AssignmentID: a.ID, UserID: a.UserID, Role: roles[a.RoleID]}}
		events[i] = store.Event{
			Action: models.RoleUnassign, Target: userTarget(people[a.UserID]), Object: refTarget(roles[a.RoleID]),
			Reason: claimGone, Before: span(a),
		}
	}
	if err := deleteAssignments(ctx, tx, ids); err != nil {
		return nil, err
	}
	if err := raiseEpoch(ctx, tx, users...); err != nil {
		return nil, err
	}
	return taken, tx.RecordAll(ctx, events)
}

// takeEach takes them away one by one, because the last admin is among them.
func (p *claimPlan) takeEach(ctx context.Context, tx *store.Tx, rows []models.Assignment, people map[int64]UserRef) ([]TakenRole, error) {
	var taken []TakenRole
	for _, a := range rows {
		p.user = people[a.UserID]
		one := TakenRole{Losing: Losing{AssignmentID: a.ID, UserID: a.UserID, Role: p.names[a.RoleID]}}
		err := guard(ctx, tx, without{assignments: []int64{a.ID}})
		switch {
		case errs.Is(err, errs.Conflict):
			one.Kept = err.Error()
			err = p.keepLastAdmin(ctx, tx, a, err)
		case err == nil:
			err = take(ctx, tx, AssignmentView{Assignment: a, User: p.user, Role: one.Role}, claimGone)
		}
		if err != nil {
			return nil, err
		}
		taken = append(taken, one)
	}
	return taken, nil
}

// claimGone is the reason in the log for a role that went with its claim.
const claimGone = "The claim is gone"
