package access

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/uptrace/bun"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// selectListRows reads roles of some keys with their applications.
func selectListRows(ctx context.Context, r store.Reader, keys []string) ([]listRow, error) {
	var rows []listRow
	err := r.Select(&rows).ColumnExpr(columnsOf("r", roleColumns)).
		ColumnExpr("app.application_key, app.name AS application_name").
		Join("JOIN applications app ON app.tenant_id = r.tenant_id AND app.id = r.application_id").
		Where("r.role_key IN (?)", bun.List(keys)).Limit(int64(len(keys))).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read roles: %w", err)
	}
	return rows, nil
}

// selectRolesByID reads roles in the order of their names.
func selectRolesByID(ctx context.Context, r store.Reader, ids []int64) ([]listRow, error) {
	var rows []listRow
	err := r.Select(&rows).ColumnExpr(columnsOf("r", roleColumns)).
		ColumnExpr("app.application_key, app.name AS application_name").
		Join("JOIN applications app ON app.tenant_id = r.tenant_id AND app.id = r.application_id").
		Where("r.id IN (?)", bun.List(ids)).Order("r.name", "r.id").Limit(int64(len(ids))).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read roles: %w", err)
	}
	return rows, nil
}

// lockRoles takes the rows of roles, always in the same order.
func lockRoles(ctx context.Context, tx *store.Tx, ids []int64) error {
	var rows []models.Role
	q := tx.Select(&rows).Column("id").Where("id IN (?)", bun.List(ids)).Order("id").Limit(int64(len(ids)))
	if err := tx.Lock(q).Scan(ctx); err != nil {
		return fmt.Errorf("take roles: %w", err)
	}
	return nil
}

// selectMatrixPermissions reads the permissions of an application, or for none
// those that the roles hold themselves; one more than are looked through.
func selectMatrixPermissions(ctx context.Context, r store.Reader, f MatrixFilter, roles []int64) ([]PermissionRef, error) {
	query := `SELECT p.id, app.application_key AS application, p.permission_key AS code, p.sentence
		FROM permissions p JOIN applications app ON app.tenant_id = p.tenant_id AND app.id = p.application_id
		WHERE p.tenant_id = ?tenant`
	var args []any
	if f.Application != "" {
		query, args = query+" AND app.application_key = ?", append(args, f.Application)
	} else {
		query += " AND p.id IN (SELECT rp.permission_id FROM role_permissions rp WHERE rp.tenant_id = ?tenant AND rp.role_id IN (?))"
		args = append(args, bun.List(roles))
	}
	if f.Search != "" {
		query += " AND (LOWER(p.sentence) LIKE ? ESCAPE '!' OR p.sentence LIKE ? ESCAPE '!' OR p.permission_key LIKE ? ESCAPE '!')"
		folded := contains(strings.ToLower(f.Search))
		args = append(args, folded, contains(f.Search), folded)
	}
	var rows []permissionRow
	err := r.Raw(query+" ORDER BY app.application_key, p.permission_key LIMIT ?", append(args, matrixRows+1)...).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("list permissions of a matrix: %w", err)
	}
	return refsOf(rows), nil
}

func refsOf(rows []permissionRow) []PermissionRef {
	out := make([]PermissionRef, len(rows))
	for i, row := range rows {
		out[i] = row.ref()
	}
	return out
}

// selectPermissionsByID reads permissions in the order of their codes.
func selectPermissionsByID(ctx context.Context, r store.Reader, ids []int64) ([]PermissionRef, error) {
	var rows []permissionRow
	err := r.Raw(`SELECT p.id, app.application_key AS application, p.permission_key AS code, p.sentence
		FROM permissions p JOIN applications app ON app.tenant_id = p.tenant_id AND app.id = p.application_id
		WHERE p.tenant_id = ?tenant AND p.id IN (?) ORDER BY app.application_key, p.permission_key LIMIT ?`,
		bun.List(ids), len(ids)).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("read permissions: %w", err)
	}
	return refsOf(rows), nil
}

// ownerRow says that a role holds a permission itself.
type ownerRow struct {
	RoleID       int64
	PermissionID int64
}

// selectOwners gives what each of the roles holds itself, of one application or
// for "" of all.
func selectOwners(ctx context.Context, r store.Reader, application string, roles []int64) (map[int64][]int64, error) {
	if len(roles) == 0 {
		return nil, nil
	}
	var rows []ownerRow
	err := r.Raw(`SELECT rp.role_id, rp.permission_id FROM role_permissions rp
		JOIN permissions p ON p.tenant_id = rp.tenant_id AND p.id = rp.permission_id
		JOIN applications app ON app.tenant_id = p.tenant_id AND app.id = p.application_id
		WHERE rp.tenant_id = ?tenant AND rp.role_id IN (?) AND (app.application_key = ? OR ? = '')
		ORDER BY rp.role_id, rp.permission_id LIMIT ?`, bun.List(roles), application, application, maxEdges).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("read what roles hold: %w", err)
	}
	if len(rows) == maxEdges {
		return nil, tooMany("permissions in roles")
	}
	own := make(map[int64][]int64, len(roles))
	for _, row := range rows {
		own[row.RoleID] = append(own[row.RoleID], row.PermissionID)
	}
	return own, nil
}

// selectHolding gives, for each permission, the roles that hold it themselves.
func selectHolding(ctx context.Context, r store.Reader, permissions []int64) (map[int64]map[int64]bool, error) {
	var rows []ownerRow
	err := r.Raw(`SELECT rp.role_id, rp.permission_id FROM role_permissions rp
		WHERE rp.tenant_id = ?tenant AND rp.permission_id IN (?)
		ORDER BY rp.permission_id, rp.role_id LIMIT ?`, bun.List(permissions), maxEdges).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("read which roles hold permissions: %w", err)
	}
	if len(rows) == maxEdges {
		return nil, tooMany("permissions in roles")
	}
	holding := make(map[int64]map[int64]bool, len(permissions))
	for _, id := range permissions {
		holding[id] = make(map[int64]bool)
	}
	for _, row := range rows {
		holding[row.PermissionID][row.RoleID] = true
	}
	return holding, nil
}

// movedCount asks how many people hold one of the roles now and none of others;
// or, with, one of others as well.
type movedCount struct {
	roles, others []int64
	with          bool
}

// countMoved answers many of these with one statement, in their order. Each looks
// at no more assignments than countHolders does.
func countMoved(ctx context.Context, r store.Reader, counts []movedCount, now models.Instant) ([]PeopleCount, error) {
	out := make([]PeopleCount, len(counts))
	var parts []string
	var args []any
	for i, c := range counts {
		if len(c.roles) == 0 {
			continue
		}
		holds := "NULL"
		if c.with {
			holds = "NOT NULL"
		}
		parts = append(parts, `SELECT ? AS tag, COUNT(DISTINCT CASE WHEN h.other IS `+holds+` THEN h.user_id END) AS people, COUNT(*) AS seen FROM (
			SELECT a.user_id, (SELECT MIN(o.id) FROM assignments o WHERE o.tenant_id = ?tenant AND o.user_id = a.user_id
				AND +o.role_id IN (?) AND `+activeOther+`) AS other
			FROM assignments a`+byRole(r)+` WHERE a.tenant_id = ?tenant AND a.role_id IN (?) AND `+active+` LIMIT ?) h`)
		args = append(args, i, bun.List(append([]int64{0}, c.others...)), now, now, bun.List(c.roles), now, now, countLimit)
	}
	if len(parts) == 0 {
		return out, nil
	}
	var rows []struct{ Tag, People, Seen int }
	if err := r.Raw(strings.Join(parts, " UNION ALL "), args...).Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("count people: %w", err)
	}
	for _, row := range rows {
		out[row.Tag] = PeopleCount{N: min(row.People, CountCap-1), AtLeast: row.Seen == countLimit || row.People >= CountCap}
	}
	return out, nil
}

var activeOther = strings.ReplaceAll(active, "+a.", "+o.")

// selectEdits gives the last edits of a role, the newest first.
func selectEdits(ctx context.Context, r store.Reader, role int64, limit int) ([]models.AuditEvent, error) {
	var events []models.AuditEvent
	err := r.Select(&events).Column("at", "actor_name", "old_values", "new_values").
		Where("target_kind = ? AND target_id = ?", models.KindRole, role).Where("action = ?", models.RoleEdit).
		Where("result = ?", models.ResultDone).Order("at DESC", "id DESC").Limit(int64(limit)).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read how a role changed: %w", err)
	}
	return events, nil
}

// codesIn gives the permissions among the values of an event.
func codesIn(values string) []string {
	var fields struct {
		Permissions []string `json:"permissions"`
	}
	if values == "" || json.Unmarshal([]byte(values), &fields) != nil {
		return nil // an event of another shape says nothing about permissions
	}
	return fields.Permissions
}
