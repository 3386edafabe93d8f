package link

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// walked is one person on a walk along an index.
type walked struct {
	ID           int64
	LaneKey      string
	SortName     string
	DepartmentID int64
	ManagerID    int64
	Phone        string
	Status       models.Status
}

// lane is an index of users whose neighbours may be one human.
type lane struct {
	phase  phase
	column string
	index  string
}

const walkedColumns = "u.id, u.sort_name, u.department_id, u.manager_id, u.phone, u.status"

// step reads the next people of a lane, those with equal keys beside each other.
func (l lane) step(ctx context.Context, r store.Reader, beyond string, limit int) ([]walked, error) {
	rows := []walked{}
	q := r.Select((*models.User)(nil)).ColumnExpr(walkedColumns+", u.? AS lane_key", bun.Ident(l.column)).
		Where("u.? > ?", bun.Ident(l.column), beyond).
		OrderExpr("u.?, u.id", bun.Ident(l.column)).Limit(int64(limit))
	if err := r.WalkIndex(q, l.index).Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("walk people by %s: %w", l.column, err)
	}
	return rows, nil
}

// sharing reads the people who have one of some keys.
func (l lane) sharing(ctx context.Context, r store.Reader, keys []string, limit int) ([]walked, error) {
	rows := []walked{}
	if len(keys) == 0 {
		return rows, nil
	}
	q := r.Select((*models.User)(nil)).ColumnExpr(walkedColumns+", u.? AS lane_key", bun.Ident(l.column)).
		Where("u.? IN (?)", bun.Ident(l.column), bun.List(keys)).
		OrderExpr("u.?, u.id", bun.Ident(l.column)).Limit(int64(limit))
	if err := r.WalkIndex(q, l.index).Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("find people by %s: %w", l.column, err)
	}
	return rows, nil
}

// keysOf reads what some people have in the column of each lane.
func keysOf(ctx context.Context, r store.Reader, ids []int64) ([]models.User, error) {
	rows := []models.User{}
	err := r.Select(&rows).Column("id", "external_id", "email_norm", "sort_name").Where("u.id IN (?)", bun.List(ids)).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read keys of people: %w", err)
	}
	return rows, nil
}

// changedPeople reads whom events of an action are about, the oldest first.
func changedPeople(ctx context.Context, r store.Reader, action models.Action, since models.Instant, limit int) ([]models.AuditEvent, error) {
	rows := []models.AuditEvent{}
	q := r.Select(&rows).Column("id", "at", "target_id").Where("e.action = ?", action).Where("e.at >= ?", since).
		Where("e.target_kind = ?", models.KindUser).OrderExpr("e.at, e.id").Limit(int64(limit))
	if err := r.WalkIndex(q, "audit_by_action").Scan(ctx); err != nil {
		return nil, fmt.Errorf("read changes of people: %w", err)
	}
	return rows, nil
}

// readRecords reads what two records are compared by, for a set of people: one
// query per table.
func readRecords(ctx context.Context, r store.Reader, ids []int64) (map[int64]record, error) {
	users := []models.User{}
	if err := r.Select(&users).Where("u.id IN (?)", bun.List(ids)).Scan(ctx); err != nil {
		return nil, fmt.Errorf("read people to compare: %w", err)
	}
	all := make(map[int64]record, len(users))
	for _, u := range users {
		all[u.ID] = record{User: u, dates: map[string]string{}}
	}
	for _, read := range []func(context.Context, store.Reader, []int64, map[int64]record) error{
		readDepartments, readIdentities, readDates, readReports, readSessions,
	} {
		if err := read(ctx, r, ids, all); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func readDepartments(ctx context.Context, r store.Reader, _ []int64, all map[int64]record) error {
	wanted := map[int64]bool{}
	ids := []int64{0}
	for _, one := range all {
		if !wanted[one.DepartmentID] {
			wanted[one.DepartmentID] = true
			ids = append(ids, one.DepartmentID)
		}
	}
	rows := []models.Department{}
	if err := r.Select(&rows).Column("id", "name").Where("d.id IN (?)", bun.List(ids)).Scan(ctx); err != nil {
		return fmt.Errorf("read departments to compare: %w", err)
	}
	names := map[int64]string{}
	for _, d := range rows {
		names[d.ID] = d.Name
	}
	for id, one := range all {
		one.department = names[one.DepartmentID]
		all[id] = one
	}
	return nil
}

func readIdentities(ctx context.Context, r store.Reader, ids []int64, all map[int64]record) error {
	rows := []models.Identity{}
	err := r.Select(&rows).Column("id", "user_id", "provider", "email", "email_verified").Where("i.user_id IN (?)", bun.List(ids)).
		OrderExpr("i.user_id, i.id").Scan(ctx)
	if err != nil {
		return fmt.Errorf("read identities to compare: %w", err)
	}
	for _, i := range rows {
		one := all[i.UserID]
		one.identities = append(one.identities, i)
		all[i.UserID] = one
	}
	return nil
}

func readDates(ctx context.Context, r store.Reader, ids []int64, all map[int64]record) error {
	rows := []models.UserAttribute{}
	err := r.Select(&rows).Column("user_id", "attribute", "value").Where("ua.user_id IN (?)", bun.List(ids)).
		Where("ua.attribute IN (?)", bun.List(dateKeys())).Scan(ctx)
	if err != nil {
		return fmt.Errorf("read dates to compare: %w", err)
	}
	for _, v := range rows {
		all[v.UserID].dates[v.Attribute] = v.Value
	}
	return nil
}

func readReports(ctx context.Context, r store.Reader, ids []int64, all map[int64]record) error {
	var rows []struct {
		ManagerID int64
		N         int
	}
	err := r.Select((*models.User)(nil)).Column("manager_id").ColumnExpr("COUNT(*) AS n").
		Where("u.manager_id IN (?)", bun.List(ids)).Where("u.status <> ?", models.Removed).Group("manager_id").Scan(ctx, &rows)
	if err != nil {
		return fmt.Errorf("count reports to compare: %w", err)
	}
	for _, n := range rows {
		one := all[n.ManagerID]
		one.reports = n.N
		all[n.ManagerID] = one
	}
	return nil
}

func readSessions(ctx context.Context, r store.Reader, ids []int64, all map[int64]record) error {
	rows := []models.Session{}
	err := r.Select(&rows).Column("user_id", "ip", "created_at", "last_seen_at").Where("s.user_id IN (?)", bun.List(ids)).
		OrderExpr("s.user_id, s.created_at").Limit(20 * int64(len(ids))).Scan(ctx)
	if err != nil {
		return fmt.Errorf("read sessions to compare: %w", err)
	}
	for _, s := range rows {
		one := all[s.UserID]
		one.sessions = append(one.sessions, s)
		all[s.UserID] = one
	}
	return nil
}
