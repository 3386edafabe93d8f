package access

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

var assignmentColumns = []string{
	"id", "tenant_id", "user_id", "role_id", "source", "source_ref", "reason",
	"from_at", "until_at", "granted_by_id", "granted_by", "created_at",
}

// grantRow is a role somebody was given, and when it counts.
type grantRow struct {
	UserID     int64
	RoleID     int64
	Code       string
	Name       string
	Privileged bool
	FromAt     models.Instant
	UntilAt    models.Instant
}

func (g grantRow) ref() RoleRef {
	return RoleRef{ID: g.RoleID, Key: g.Code, Name: g.Name, Privileged: g.Privileged}
}

// selectGrants reads every role a user was given, ended ones included.
func selectGrants(ctx context.Context, r store.Reader, userID int64) ([]grantRow, error) {
	var rows []grantRow
	err := r.Raw(`SELECT a.user_id, a.role_id, r.role_key AS code, r.name, r.privileged, a.from_at, a.until_at
		FROM assignments a JOIN roles r ON r.tenant_id = a.tenant_id AND r.id = a.role_id
		WHERE a.tenant_id = ?tenant AND a.user_id = ? LIMIT ?`, userID, MaxAssignments).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("read grants: %w", err)
	}
	if len(rows) == MaxAssignments {
		return nil, tooMany("roles for one person")
	}
	return rows, nil
}

// heldRow says that somebody was given a role.
type heldRow struct{ UserID, RoleID int64 }

// selectHeld reads which roles count now for the users of one page. The names of
// roles are read apart: a page of people shares few roles, and names are most of
// what there is to carry.
func selectHeld(ctx context.Context, r store.Reader, users []int64, now models.Instant) ([]heldRow, error) {
	var rows []heldRow
	err := r.Raw(`SELECT a.user_id, a.role_id FROM assignments a
		WHERE a.tenant_id = ?tenant AND a.user_id IN (?) AND `+active+` LIMIT ?`, bun.List(users), now, now, len(users)*MaxAssignments).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("read roles of people: %w", err)
	}
	return rows, nil
}

// selectAssignments reads all assignments of a user, oldest first.
func selectAssignments(ctx context.Context, r store.Reader, userID int64) ([]models.Assignment, error) {
	var rows []models.Assignment
	err := r.Select(&rows).Column(assignmentColumns...).Where("user_id = ?", userID).
		Order("id").Limit(MaxAssignments).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read assignments: %w", err)
	}
	if len(rows) == MaxAssignments {
		return nil, tooMany("roles for one person")
	}
	return rows, nil
}

// selectAssignmentsTo reads what gives one of the roles to the users of a page now.
func selectAssignmentsTo(ctx context.Context, r store.Reader, users, roles []int64, now models.Instant) ([]models.Assignment, error) {
	var rows []models.Assignment
	err := r.Select(&rows).Column(assignmentColumns...).
		Where("a.user_id IN (?) AND a.role_id IN (?)", bun.List(users), bun.List(roles)).
		Where(active, now, now).
		Order("id").Limit(int64(len(users)) * MaxAssignments).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read assignments: %w", err)
	}
	return rows, nil
}

// selectView reads one assignment with its names.
func selectView(ctx context.Context, r store.Reader, id int64, now models.Instant) (AssignmentView, error) {
	var a models.Assignment
	err := r.Select(&a).Column(assignmentColumns...).Where("id = ?", id).Limit(1).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return AssignmentView{}, errs.New(errs.NotFound, "This role is no longer assigned. Somebody removed it, or its time ran out.")
	}
	if err != nil {
		return AssignmentView{}, fmt.Errorf("read an assignment: %w", err)
	}
	var u models.User
	err = r.Select(&u).Column("id", "public_id", "display_name", "status").Where("id = ?", a.UserID).Limit(1).Scan(ctx)
	if err != nil {
		return AssignmentView{}, fmt.Errorf("read whose assignment it is: %w", err)
	}
	role, err := selectRoleByID(ctx, r, a.RoleID)
	if err != nil {
		return AssignmentView{}, err
	}
	return AssignmentView{
		Assignment: a, User: userRef(u), UserStatus: u.Status, Role: roleRef(role), State: StateAt(a, now),
	}, nil
}

func userRef(u models.User) UserRef {
	return UserRef{ID: u.ID, PublicID: u.PublicID, Name: u.DisplayName}
}

// lockUser takes a user's row by id, or by public id when id is 0.
func lockUser(ctx context.Context, tx *store.Tx, id int64, publicID string) (models.User, error) {
	var u models.User
	q := tx.Select(&u).Column("id", "public_id", "display_name", "status")
	if id != 0 {
		q = q.Where("id = ?", id)
	} else {
		q = q.Where("public_id = ?", publicID)
	}
	err := tx.Lock(q).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return u, errs.New(errs.NotFound, "There is no person with this ID.")
	}
	if err != nil {
		return u, fmt.Errorf("lock a user: %w", err)
	}
	return u, nil
}

// selectSame finds the assignment that stands in the way of a second one.
func selectSame(ctx context.Context, r store.Reader, userID, roleID int64) (models.Assignment, bool, error) {
	var a models.Assignment
	err := r.Select(&a).Column(assignmentColumns...).
		Where("user_id = ? AND role_id = ? AND source = ? AND source_ref = ''", userID, roleID, models.SourceDirect).Limit(1).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return a, false, nil
	}
	if err != nil {
		return a, false, fmt.Errorf("look for the same assignment: %w", err)
	}
	return a, true, nil
}

// deleteAssignment removes a row and reports whether it was still there.
func deleteAssignment(ctx context.Context, tx *store.Tx, id int64) (bool, error) {
	res, err := tx.Delete((*models.Assignment)(nil)).Where("id = ?", id).Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("delete an assignment: %w", err)
	}
	n, err := res.RowsAffected()
	if err != nil {
		return false, fmt.Errorf("delete an assignment: %w", err)
	}
	return n == 1, nil
}

// deleteEnded removes a row if it is still there and still ended.
func deleteEnded(ctx context.Context, tx *store.Tx, id int64) (bool, error) {
	res, err := tx.Delete((*models.Assignment)(nil)).Where("id = ? AND until_at <= ?", id, tx.Now).Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("delete an ended assignment: %w", err)
	}
	n, err := res.RowsAffected()
	if err != nil {
		return false, fmt.Errorf("delete an ended assignment: %w", err)
	}
	return n == 1, nil
}

func updateUntil(ctx context.Context, tx *store.Tx, id int64, until models.Instant) error {
	_, err := tx.Update((*models.Assignment)(nil)).Set("until_at = ?", until).Where("id = ?", id).Exec(ctx)
	if err != nil {
		return fmt.Errorf("move the end of an assignment: %w", err)
	}
	return nil
}

// raiseEpoch makes every cached grant of the users false, on every replica.
func raiseEpoch(ctx context.Context, tx *store.Tx, users ...int64) error {
	_, err := tx.Update((*models.User)(nil)).Set("access_epoch = access_epoch + 1").Where("id IN (?)", bun.List(users)).Exec(ctx)
	if err != nil {
		return fmt.Errorf("raise the access epoch: %w", err)
	}
	return nil
}

// selectEnding reads the assignments of people who are still here that end
// after now and until the given moment, the next first.
func selectEnding(ctx context.Context, r store.Reader, now models.Instant, within time.Duration) ([]Ending, error) {
	var rows []struct {
		ID         int64
		UserID     int64
		PublicID   string
		UserName   string
		RoleID     int64
		Code       string
		RoleName   string
		Privileged bool
		UntilAt    models.Instant
	}
	err := r.Raw(`SELECT a.id, a.user_id, u.public_id, u.display_name AS user_name,
			a.role_id, r.role_key AS code, r.name AS role_name, r.privileged, a.until_at
		FROM assignments a
		JOIN users u ON u.tenant_id = a.tenant_id AND u.id = a.user_id
		JOIN roles r ON r.tenant_id = a.tenant_id AND r.id = a.role_id
		WHERE a.tenant_id = ?tenant AND a.until_at > ? AND a.until_at <= ? AND u.status NOT IN (?, ?)
		ORDER BY a.until_at, a.id LIMIT ?`,
		now, now.Add(within), models.Deactivated, models.Removed, PageSize+1).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("read assignments that end soon: %w", err)
	}
	out := make([]Ending, 0, len(rows))
	for _, row := range rows {
		out = append(out, Ending{
			AssignmentID: row.ID, Until: row.UntilAt,
			User: UserRef{ID: row.UserID, PublicID: row.PublicID, Name: row.UserName},
			Role: RoleRef{ID: row.RoleID, Key: row.Code, Name: row.RoleName, Privileged: row.Privileged},
		})
	}
	return out, nil
}

// selectExpired reads assignments whose time ran out, at most limit.
func selectExpired(ctx context.Context, r store.Reader, now models.Instant, limit int) ([]models.Assignment, error) {
	var rows []models.Assignment
	err := r.Select(&rows).Column(assignmentColumns...).Where("until_at <= ?", now).Order("until_at", "id").Limit(int64(limit)).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read expired assignments: %w", err)
	}
	return rows, nil
}

// selectNames reads the names of users and roles for events.
func selectNames(ctx context.Context, r store.Reader, users, roles []int64) (map[int64]UserRef, map[int64]RoleRef, error) {
	var us []models.User
	err := r.Select(&us).Column("id", "public_id", "display_name").Where("id IN (?)", bun.List(users)).Limit(int64(len(users))).Scan(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("read names of people: %w", err)
	}
	var rs []models.Role
	err = r.Select(&rs).Column("id", "role_key", "name", "privileged").Where("id IN (?)", bun.List(roles)).Limit(int64(len(roles))).Scan(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("read names of roles: %w", err)
	}
	people, named := make(map[int64]UserRef, len(us)), make(map[int64]RoleRef, len(rs))
	for _, u := range us {
		people[u.ID] = userRef(u)
	}
	for _, role := range rs {
		named[role.ID] = roleRef(role)
	}
	return people, named, nil
}
