package access

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/rollcall/rollcall/models"
)

// Standing gives privileged roles that people hold without end, the longest held
// first. The built-in Admin role is left out: somebody must always be able to
// administer, so there it is no finding.
func (e *Engine) Standing(ctx context.Context, tenant int64) (StandingPage, error) {
	r := e.db.Read(tenant)
	privileged, err := selectPrivileged(ctx, r)
	if err != nil || len(privileged) == 0 {
		return StandingPage{}, err
	}
	var found []standingRow
	err = r.Raw(`SELECT a.id, a.user_id, u.public_id, u.display_name AS user_name,
			a.role_id, r.role_key AS code, r.name AS role_name, r.privileged, a.from_at
		FROM assignments a
		JOIN users u ON u.tenant_id = a.tenant_id AND u.id = a.user_id
		JOIN roles r ON r.tenant_id = a.tenant_id AND r.id = a.role_id
		WHERE a.tenant_id = ?tenant AND a.role_id IN (?) AND a.until_at >= ? AND a.from_at <= ?
			AND r.role_key <> ? AND u.status NOT IN (?, ?)
		ORDER BY a.from_at, a.id LIMIT ?`,
		bun.List(privileged), models.Forever, e.db.Now(), models.RoleAdmin, models.Deactivated, models.Removed, PageSize+1).Scan(ctx, &found)
	if err != nil {
		return StandingPage{}, fmt.Errorf("read privileged roles without end: %w", err)
	}
	page := StandingPage{More: len(found) > PageSize}
	for _, row := range found[:min(len(found), PageSize)] {
		page.Rows = append(page.Rows, Standing{
			AssignmentID: row.ID, Since: row.FromAt,
			User: UserRef{ID: row.UserID, PublicID: row.PublicID, Name: row.UserName},
			Role: RoleRef{ID: row.RoleID, Key: row.Code, Name: row.RoleName, Privileged: row.Privileged},
		})
	}
	return page, nil
}

type standingRow struct {
	ID         int64
	UserID     int64
	PublicID   string
	UserName   string
	RoleID     int64
	Code       string
	RoleName   string
	Privileged bool
	FromAt     models.Instant
}

// Standing is a privileged role that a person holds without end.
type Standing struct {
	AssignmentID int64
	User         UserRef
	Role         RoleRef
	Since        models.Instant
}

// StandingPage holds those held longest.
type StandingPage struct {
	Rows []Standing
	More bool
}
