package bare

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"github.com/rollcall/rollcall/models"
)

// person is a row of the list, with the columns that ours reads.
type person struct {
	ID             int64
	PublicID       string
	DisplayName    string
	Username       string
	Email          string
	Title          string
	DepartmentID   int64
	DepartmentName string
	ManagerID      int64
	External       bool
	Provider       string
	Status         models.Status
	StatusSince    models.Instant
	LeavingAt      models.Instant
	PendingSince   models.Instant
	LastSignInAt   models.Instant
	CreatedAt      models.Instant
	SortName       string

	Roles    []string `bun:"-"`
	Sessions int      `bun:"-"`
}

// people reads a page of fifty by name, from a place on, and one more.
func (s *server) people(ctx context.Context, name string, id int64) ([]person, error) {
	var rows []person
	q := s.db.NewSelect().Model((*models.User)(nil)).
		Column("u.id", "u.public_id", "u.display_name", "u.username", "u.email", "u.title", "u.department_id", "u.manager_id", "u.external",
			"u.provider", "u.status", "u.status_since", "u.leaving_at", "u.pending_since", "u.last_sign_in_at", "u.created_at", "u.sort_name").
		ColumnExpr("COALESCE(d.name, '') AS department_name").
		Join("LEFT JOIN departments AS d ON d.tenant_id = u.tenant_id AND d.id = u.department_id").
		Where("u.tenant_id = ?", s.tenant).
		Order("u.sort_name", "u.id").Limit(pageRows + 1)
	if s.hint {
		q = q.ForceIndex("users_by_name")
	}
	if id != 0 {
		q = q.Where("u.sort_name >= ?", name).Where("(u.sort_name > ? OR u.id > ?)", name, id)
	}
	return rows, q.Scan(ctx, &rows)
}

// fill reads the roles and the number of sessions of the people of a page.
func (s *server) fill(ctx context.Context, rows []person) error {
	ids, at := make([]int64, len(rows)), make(map[int64]*person, len(rows))
	for i := range rows {
		ids[i], at[rows[i].ID] = rows[i].ID, &rows[i]
	}
	now := models.At(time.Now())
	var held []struct {
		UserID int64
		Name   string
	}
	err := s.db.NewSelect().TableExpr("assignments AS a").Column("a.user_id", "r.name").
		Join("JOIN roles AS r ON r.tenant_id = a.tenant_id AND r.id = a.role_id").
		Where("a.tenant_id = ?", s.tenant).Where("a.user_id IN (?)", bun.List(ids)).Where("+a.from_at <= ? AND +a.until_at > ?", now, now).
		Order("r.privileged DESC", "r.name").Scan(ctx, &held)
	if err != nil {
		return err
	}
	for _, h := range held {
		at[h.UserID].Roles = append(at[h.UserID].Roles, h.Name)
	}
	var counts []struct {
		UserID int64
		N      int
	}
	err = s.db.NewSelect().TableExpr("sessions AS s").Column("s.user_id").ColumnExpr("COUNT(*) AS n").
		Where("s.tenant_id = ?", s.tenant).Where("s.user_id IN (?)", bun.List(ids)).Where("+s.idle_until > ? AND +s.expires_at > ?", now, now).
		Group("s.user_id").Scan(ctx, &counts)
	for _, c := range counts {
		at[c.UserID].Sessions = c.N
	}
	return err
}

// server answers the page.
type server struct {
	db     bun.IDB
	tenant int64
	hint   bool // MariaDB walks the wrong index without being told
}
