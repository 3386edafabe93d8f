package access

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

var applicationColumns = []string{"id", "tenant_id", "application_key", "name", "built_in"}

func noSuchApplication(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return errs.New(errs.NotFound, "There is no such application.")
	}
	return fmt.Errorf("read an application: %w", err)
}

func selectApplicationByID(ctx context.Context, r store.Reader, id int64) (models.Application, error) {
	var app models.Application
	if err := r.Select(&app).Column(applicationColumns...).Where("id = ?", id).Limit(1).Scan(ctx); err != nil {
		return app, noSuchApplication(err)
	}
	return app, nil
}

func selectApplicationByKey(ctx context.Context, r store.Reader, key string) (models.Application, error) {
	var app models.Application
	if err := r.Select(&app).Column(applicationColumns...).Where("application_key = ?", key).Limit(1).Scan(ctx); err != nil {
		return app, noSuchApplication(err)
	}
	return app, nil
}

// selectApplications lists applications by name with what they hold.
func selectApplications(ctx context.Context, r store.Reader) ([]ApplicationRow, error) {
	var rows []models.Application
	err := r.Select(&rows).Column(applicationColumns...).Order("name", "id").Limit(maxListed).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("list applications: %w", err)
	}
	var counts []struct {
		ApplicationID int64
		Roles         int
		Permissions   int
	}
	err = r.Raw(`SELECT c.application_id, SUM(c.roles) AS roles, SUM(c.permissions) AS permissions FROM (
			SELECT r.application_id, COUNT(*) AS roles, 0 AS permissions FROM roles r WHERE r.tenant_id = ?tenant GROUP BY r.application_id
			UNION ALL
			SELECT p.application_id, 0 AS roles, COUNT(*) AS permissions FROM permissions p WHERE p.tenant_id = ?tenant GROUP BY p.application_id
		) c GROUP BY c.application_id`).Scan(ctx, &counts)
	if err != nil {
		return nil, fmt.Errorf("count what applications hold: %w", err)
	}
	out := make([]ApplicationRow, len(rows))
	at := make(map[int64]*ApplicationRow, len(rows))
	for i, row := range rows {
		out[i].Application = row
		at[row.ID] = &out[i]
	}
	for _, c := range counts {
		if row := at[c.ApplicationID]; row != nil {
			row.Roles, row.Permissions = c.Roles, c.Permissions
		}
	}
	return out, nil
}

// selectPermissions lists the permissions of an application, or of all for "".
func selectPermissions(ctx context.Context, r store.Reader, application string) ([]PermissionRef, error) {
	var rows []permissionRow
	err := r.Raw(`SELECT p.id, app.application_key AS application, p.permission_key AS code, p.sentence
		FROM permissions p JOIN applications app ON app.tenant_id = p.tenant_id AND app.id = p.application_id
		WHERE p.tenant_id = ?tenant AND (app.application_key = ? OR ? = '')
		ORDER BY app.application_key, p.permission_key LIMIT ?`, application, application, maxEdges).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("list permissions: %w", err)
	}
	out := make([]PermissionRef, len(rows))
	for i, row := range rows {
		out[i] = row.ref()
	}
	return out, nil
}

// insertRow writes one new row and fills in its id.
func insertRow(ctx context.Context, tx *store.Tx, row any) error {
	if _, err := tx.Insert(row).Exec(ctx); err != nil {
		return fmt.Errorf("insert %T: %w", row, err)
	}
	return nil
}

// raiseVersion makes every compiled closure of the tenant false, on every replica.
func raiseVersion(ctx context.Context, tx *store.Tx) error {
	_, err := tx.Raw("UPDATE tenants SET access_version = access_version + 1 WHERE id = ?tenant").Exec(ctx)
	if err != nil {
		return fmt.Errorf("raise the access version: %w", err)
	}
	return nil
}

// updateRole writes the fields of a role and counts its version up.
func updateRole(ctx context.Context, tx *store.Tx, role *models.Role) error {
	role.Version++
	role.UpdatedAt = tx.Now
	_, err := tx.Update(role).Column("name", "sentence", "privileged", "max_days", "version", "updated_at").
		Where("id = ?", role.ID).Exec(ctx)
	if err != nil {
		return fmt.Errorf("update a role: %w", err)
	}
	return nil
}

// deleteRole removes a role, what it holds and what it contains.
func deleteRole(ctx context.Context, tx *store.Tx, id int64) error {
	if _, err := tx.Delete((*models.RolePermission)(nil)).Where("role_id = ?", id).Exec(ctx); err != nil {
		return fmt.Errorf("delete what a role holds: %w", err)
	}
	if _, err := tx.Delete((*models.RoleChild)(nil)).Where("parent_id = ?", id).Exec(ctx); err != nil {
		return fmt.Errorf("delete what a role contains: %w", err)
	}
	if _, err := tx.Delete((*models.Role)(nil)).Where("id = ?", id).Exec(ctx); err != nil {
		return fmt.Errorf("delete a role: %w", err)
	}
	return nil
}

// writeContents adds and removes what a role holds and contains.
func writeContents(ctx context.Context, tx *store.Tx, role int64, d contents) error {
	if len(d.permissionsAdded) > 0 {
		rows := make([]models.RolePermission, len(d.permissionsAdded))
		for i, p := range d.permissionsAdded {
			rows[i] = models.RolePermission{RoleID: role, PermissionID: p.ID}
		}
		if err := insertRow(ctx, tx, &rows); err != nil {
			return err
		}
	}
	if len(d.childrenAdded) > 0 {
		rows := make([]models.RoleChild, len(d.childrenAdded))
		for i, c := range d.childrenAdded {
			rows[i] = models.RoleChild{ParentID: role, ChildID: c.ID}
		}
		if err := insertRow(ctx, tx, &rows); err != nil {
			return err
		}
	}
	if len(d.permissionsRemoved) > 0 {
		_, err := tx.Delete((*models.RolePermission)(nil)).
			Where("role_id = ? AND permission_id IN (?)", role, bun.List(permissionIDs(d.permissionsRemoved))).Exec(ctx)
		if err != nil {
			return fmt.Errorf("take permissions from a role: %w", err)
		}
	}
	if len(d.childrenRemoved) > 0 {
		_, err := tx.Delete((*models.RoleChild)(nil)).
			Where("parent_id = ? AND child_id IN (?)", role, bun.List(roleIDs(d.childrenRemoved))).Exec(ctx)
		if err != nil {
			return fmt.Errorf("take roles from a role: %w", err)
		}
	}
	return nil
}

// countAssignments counts all assignments of a role, ended ones apart, up to CountCap.
func countAssignments(ctx context.Context, r store.Reader, role int64, now models.Instant) (held int, err error) {
	err = r.Raw(`SELECT COUNT(*) FROM (SELECT a.id FROM assignments a
		WHERE a.tenant_id = ?tenant AND a.role_id = ? AND a.until_at > ? LIMIT ?) h`, role, now, CountCap).Scan(ctx, &held)
	if err != nil {
		return 0, fmt.Errorf("count assignments of a role: %w", err)
	}
	return held, nil
}

// selectEnded reads the ended assignments of one role.
func selectEnded(ctx context.Context, r store.Reader, role int64, now models.Instant) ([]models.Assignment, error) {
	var rows []models.Assignment
	err := r.Select(&rows).Column(assignmentColumns...).Where("role_id = ? AND until_at <= ?", role, now).
		Order("id").Limit(sweepChunk).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read ended assignments of a role: %w", err)
	}
	return rows, nil
}

// selectChanger says who changed a role last, from the log.
func selectChanger(ctx context.Context, r store.Reader, role int64) (string, models.Instant, error) {
	var event models.AuditEvent
	err := r.Select(&event).Column("at", "actor_name").
		Where("target_kind = ? AND target_id = ?", models.KindRole, role).
		Where("action IN (?, ?)", models.RoleCreate, models.RoleEdit).
		Order("at DESC", "id DESC").Limit(1).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return "", 0, nil
	}
	if err != nil {
		return "", 0, fmt.Errorf("read who changed a role: %w", err)
	}
	return event.ActorName, event.At, nil
}

// selectTenantName gives the tenant's name for sentences.
func selectTenantName(ctx context.Context, r store.Reader) (string, error) {
	var name string
	if err := r.Raw("SELECT name FROM tenants WHERE id = ?tenant").Scan(ctx, &name); err != nil {
		return "", fmt.Errorf("read the tenant's name: %w", err)
	}
	return name, nil
}

func updateSentence(ctx context.Context, tx *store.Tx, application int64, info models.PermissionInfo) error {
	_, err := tx.Update((*models.AppPermission)(nil)).Set("sentence = ?", info.Sentence).
		Where("application_id = ? AND permission_key = ?", application, info.Key).Exec(ctx)
	if err != nil {
		return fmt.Errorf("update what a permission says: %w", err)
	}
	return nil
}
