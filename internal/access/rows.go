package access

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// What one answer may read at most. A tenant that has more is told so, never
// answered from half of it.
const (
	maxClosure = 200_000 // pairs of role and console permission
	maxRoles   = 20_000  // roles of one answer
	maxEdges   = 50_000  // containments of one answer
)

// active keeps assignments that count at a moment, given twice. The plus signs
// keep the planner of SQLite, which has no statistics, from walking everybody's
// assignments by their end instead of the few of a role or user.
const active = `+a.from_at <= ? AND +a.until_at > ?`

// byRole names the index of a role's holders to MariaDB and MySQL, which for a
// role of many people take the one of ends and read everybody's assignments.
func byRole(r store.Reader) string {
	if r.Dialect() != store.MySQL {
		return ""
	}
	return " FORCE INDEX (assignments_by_role)"
}

// above gives roles and all that contain them; below the roles and all they
// contain. UNION drops what was seen, so even a circle would end.
const (
	above = `WITH RECURSIVE up (id) AS (
		SELECT r.id FROM roles r WHERE r.tenant_id = ?tenant AND r.id IN (?)
		UNION
		SELECT rc.parent_id FROM role_children rc JOIN up ON rc.child_id = up.id WHERE rc.tenant_id = ?tenant) `
	below = `WITH RECURSIVE down (id) AS (
		SELECT r.id FROM roles r WHERE r.tenant_id = ?tenant AND r.id IN (?)
		UNION
		SELECT rc.child_id FROM role_children rc JOIN down ON rc.parent_id = down.id WHERE rc.tenant_id = ?tenant) `
	// carriers gives the roles that give a console permission, pair by pair.
	carriers = `WITH RECURSIVE up (id, permission_id) AS (
		SELECT rp.role_id, rp.permission_id FROM role_permissions rp
			JOIN permissions p ON p.tenant_id = rp.tenant_id AND p.id = rp.permission_id
			JOIN applications app ON app.tenant_id = p.tenant_id AND app.id = p.application_id
			WHERE rp.tenant_id = ?tenant AND app.application_key = '` + models.ConsoleApplication + `'
		UNION
		SELECT rc.parent_id, up.permission_id FROM role_children rc JOIN up ON rc.child_id = up.id WHERE rc.tenant_id = ?tenant) `
)

// closureRow says that a role gives a console permission, itself or through others.
type closureRow struct {
	RoleID        int64
	PermissionKey string
	Version       int64
}

// selectClosure reads all of them in one statement, so that the rows and the
// version they belong to are of one moment.
func selectClosure(ctx context.Context, r store.Reader) ([]closureRow, error) {
	var rows []closureRow
	err := r.Raw(carriers+`SELECT up.id AS role_id, p.permission_key,
			(SELECT tn.access_version FROM tenants tn WHERE tn.id = ?tenant) AS version
		FROM up JOIN permissions p ON p.tenant_id = ?tenant AND p.id = up.permission_id LIMIT ?`, maxClosure).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("read what roles give: %w", err)
	}
	if len(rows) == maxClosure {
		return nil, tooMany("roles")
	}
	return rows, nil
}

func tooMany(what string) error {
	return errs.New(errs.Unavailable, "This installation has more %s than Rollcall can look through at once.", what)
}

// selectAbove gives the ids of roles that are or contain one of ids.
func selectAbove(ctx context.Context, r store.Reader, ids []int64) ([]int64, error) {
	return scanIDs(ctx, r.Raw(above+`SELECT up.id FROM up ORDER BY up.id LIMIT ?`, bun.List(ids), maxRoles))
}

// selectPrivileged gives the ids of roles that are privileged or contain one.
func selectPrivileged(ctx context.Context, r store.Reader) ([]int64, error) {
	ids, err := scanIDs(ctx, r.Raw(`SELECT r.id FROM roles r WHERE r.tenant_id = ?tenant AND r.privileged = ? ORDER BY r.id LIMIT ?`, true, maxRoles))
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	return selectAbove(ctx, r, ids)
}

func scanIDs(ctx context.Context, q *bun.RawQuery) ([]int64, error) {
	var ids []int64
	if err := q.Scan(ctx, &ids); err != nil {
		return nil, fmt.Errorf("read roles: %w", err)
	}
	if len(ids) == maxRoles {
		return nil, tooMany("roles")
	}
	return ids, nil
}

// edge says that a role contains another.
type edge struct {
	ParentID int64
	ChildID  int64
}

// nodeRow is a role in a graph.
type nodeRow struct {
	ID          int64
	Code        string
	Name        string
	Privileged  bool
	Sentence    string
	Application string
}

func (n nodeRow) ref() RoleRef {
	return RoleRef{ID: n.ID, Key: n.Code, Name: n.Name, Privileged: n.Privileged}
}

// selectRefs names roles.
func selectRefs(ctx context.Context, r store.Reader, ids []int64) (map[int64]RoleRef, error) {
	var rows []nodeRow
	err := r.Raw(`SELECT r.id, r.role_key AS code, r.name, r.privileged FROM roles r WHERE r.tenant_id = ?tenant AND r.id IN (?) LIMIT ?`,
		bun.List(ids), len(ids)).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("name roles: %w", err)
	}
	refs := make(map[int64]RoleRef, len(rows))
	for _, row := range rows {
		refs[row.ID] = row.ref()
	}
	return refs, nil
}

// selectGraph reads the roles that are or are contained in roots, and who contains whom.
func selectGraph(ctx context.Context, r store.Reader, roots []int64) ([]nodeRow, []edge, error) {
	if len(roots) == 0 {
		return nil, nil, nil
	}
	var nodes []nodeRow
	err := r.Raw(below+`SELECT r.id, r.role_key AS code, r.name, r.privileged, r.sentence, app.application_key AS application
		FROM down JOIN roles r ON r.tenant_id = ?tenant AND r.id = down.id
		JOIN applications app ON app.tenant_id = r.tenant_id AND app.id = r.application_id
		ORDER BY r.name, r.id LIMIT ?`, bun.List(roots), maxRoles).Scan(ctx, &nodes)
	if err != nil {
		return nil, nil, fmt.Errorf("read roles: %w", err)
	}
	var edges []edge
	err = r.Raw(below+`SELECT rc.parent_id, rc.child_id FROM down
		JOIN role_children rc ON rc.tenant_id = ?tenant AND rc.parent_id = down.id
		JOIN roles r ON r.tenant_id = ?tenant AND r.id = rc.child_id
		ORDER BY r.name, r.id LIMIT ?`, bun.List(roots), maxEdges).Scan(ctx, &edges)
	if err != nil {
		return nil, nil, fmt.Errorf("read contained roles: %w", err)
	}
	if len(nodes) == maxRoles || len(edges) == maxEdges {
		return nil, nil, tooMany("roles")
	}
	return nodes, edges, nil
}

// permissionRow is a permission that a role holds itself.
type permissionRow struct {
	RoleID      int64
	ID          int64
	Application string
	Code        string
	Sentence    string
}

func (p permissionRow) ref() PermissionRef {
	return PermissionRef{ID: p.ID, Application: p.Application, Key: p.Code, Sentence: p.Sentence}
}

// selectHeldPermissions gives what the roles hold themselves, at most limit rows.
func selectHeldPermissions(ctx context.Context, r store.Reader, roles []int64, limit int) ([]permissionRow, error) {
	var rows []permissionRow
	err := r.Raw(`SELECT rp.role_id, p.id, app.application_key AS application, p.permission_key AS code, p.sentence
		FROM role_permissions rp
		JOIN permissions p ON p.tenant_id = rp.tenant_id AND p.id = rp.permission_id
		JOIN applications app ON app.tenant_id = p.tenant_id AND app.id = p.application_id
		WHERE rp.tenant_id = ?tenant AND rp.role_id IN (?)
		ORDER BY app.application_key, p.permission_key, rp.role_id LIMIT ?`, bun.List(roles), limit).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("read permissions of roles: %w", err)
	}
	return rows, nil
}

// selectFacts gives the console permissions that roles give together, contained
// roles included, and whether one of them is privileged.
func selectFacts(ctx context.Context, r store.Reader, roles []int64) (models.Permission, bool, error) {
	var keys []string
	err := r.Raw(below+`SELECT DISTINCT p.permission_key FROM down
		JOIN role_permissions rp ON rp.tenant_id = ?tenant AND rp.role_id = down.id
		JOIN permissions p ON p.tenant_id = rp.tenant_id AND p.id = rp.permission_id
		JOIN applications app ON app.tenant_id = p.tenant_id AND app.id = p.application_id
		WHERE app.application_key = ?`, bun.List(roles), models.ConsoleApplication).Scan(ctx, &keys)
	if err != nil {
		return 0, false, fmt.Errorf("read what a role gives: %w", err)
	}
	var privileged int
	err = r.Raw(below+`SELECT COUNT(*) FROM down JOIN roles r ON r.tenant_id = ?tenant AND r.id = down.id
		WHERE r.privileged = ?`, bun.List(roles), true).Scan(ctx, &privileged)
	if err != nil {
		return 0, false, fmt.Errorf("read whether a role is privileged: %w", err)
	}
	return maskOf(keys), privileged > 0, nil
}

func maskOf(keys []string) models.Permission {
	var mask models.Permission
	for _, k := range keys {
		p, _ := models.PermissionByKey(k) // one of a newer version gives nothing here
		mask |= p
	}
	return mask
}
