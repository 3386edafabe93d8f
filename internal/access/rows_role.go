package access

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/uptrace/bun"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

var roleColumns = []string{
	"id", "tenant_id", "application_id", "role_key", "name", "sentence", "privileged",
	"built_in", "max_days", "version", "created_at", "updated_at",
}

func noSuchRole(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return errs.New(errs.NotFound, "There is no such role. Somebody may have removed it.")
	}
	return fmt.Errorf("read a role: %w", err)
}

func selectRoleByID(ctx context.Context, r store.Reader, id int64) (models.Role, error) {
	var role models.Role
	if err := r.Select(&role).Column(roleColumns...).Where("id = ?", id).Limit(1).Scan(ctx); err != nil {
		return role, noSuchRole(err)
	}
	return role, nil
}

func selectRoleByKey(ctx context.Context, r store.Reader, key string) (models.Role, error) {
	var role models.Role
	if err := r.Select(&role).Column(roleColumns...).Where("role_key = ?", key).Limit(1).Scan(ctx); err != nil {
		return role, noSuchRole(err)
	}
	return role, nil
}

// lockRole takes a role's row, so that it is not removed or changed meanwhile.
func lockRole(ctx context.Context, tx *store.Tx, key string) (models.Role, error) {
	var role models.Role
	q := tx.Select(&role).Column(roleColumns...).Where("role_key = ?", key)
	if err := tx.Lock(q).Scan(ctx); err != nil {
		return role, noSuchRole(err)
	}
	return role, nil
}

// selectRolesByKey gives the roles of the keys that exist.
func selectRolesByKey(ctx context.Context, r store.Reader, wanted []string) (map[string]models.Role, error) {
	var rows []models.Role
	err := r.Select(&rows).Column(roleColumns...).Where("role_key IN (?)", bun.List(wanted)).Limit(int64(len(wanted))).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read roles: %w", err)
	}
	out := make(map[string]models.Role, len(rows))
	for _, row := range rows {
		out[row.Key] = row
	}
	return out, nil
}

// listRow is a role with its application, as a list reads it.
type listRow struct {
	models.Role `bun:",extend"`

	ApplicationKey  string
	ApplicationName string
}

func selectRolePage(ctx context.Context, r store.Reader, f RoleFilter, privileged []int64) ([]listRow, error) {
	var rows []listRow
	q := r.Select(&rows).ColumnExpr(columnsOf("r", roleColumns)).
		ColumnExpr("app.application_key, app.name AS application_name").
		Join("JOIN applications app ON app.tenant_id = r.tenant_id AND app.id = r.application_id").
		Order("r.name", "r.id").Limit(int64(f.Limit) + 1)
	if name, id, ok := parseCursor(f.After); ok {
		q = q.Where("r.name >= ? AND (r.name > ? OR r.id > ?)", name, name, id)
	}
	if f.Application != "" {
		q = q.Where("app.application_key = ?", f.Application)
	}
	if f.Privileged {
		q = q.Where("r.id IN (?)", bun.List(privileged))
	}
	if f.Search != "" {
		like, folded := contains(f.Search), contains(strings.ToLower(f.Search))
		q = q.Where("(LOWER(r.name) LIKE ? ESCAPE '!' OR r.name LIKE ? ESCAPE '!' OR r.role_key LIKE ? ESCAPE '!' OR LOWER(r.sentence) LIKE ? ESCAPE '!')",
			folded, like, folded, folded)
	}
	if err := q.Scan(ctx); err != nil {
		return nil, fmt.Errorf("list roles: %w", err)
	}
	return rows, nil
}

func columnsOf(alias string, columns []string) string {
	return alias + "." + strings.Join(columns, ", "+alias+".")
}

// contains makes a LIKE pattern that finds text anywhere, taken literally.
func contains(text string) string {
	return "%" + strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(text) + "%"
}

// rootRow says that a role is or contains root.
type rootRow struct {
	Root int64
	ID   int64
}

// selectRootsAbove gives, for each of ids, the roles that are or contain it.
func selectRootsAbove(ctx context.Context, r store.Reader, ids []int64) (map[int64][]int64, error) {
	var rows []rootRow
	err := r.Raw(`WITH RECURSIVE up (root, id) AS (
		SELECT r.id, r.id FROM roles r WHERE r.tenant_id = ?tenant AND r.id IN (?)
		UNION
		SELECT up.root, rc.parent_id FROM role_children rc JOIN up ON rc.child_id = up.id WHERE rc.tenant_id = ?tenant)
		SELECT up.root, up.id FROM up LIMIT ?`, bun.List(ids), maxEdges).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("read containing roles: %w", err)
	}
	if len(rows) == maxEdges {
		return nil, tooMany("roles")
	}
	out := make(map[int64][]int64, len(ids))
	for _, row := range rows {
		out[row.Root] = append(out[row.Root], row.ID)
	}
	return out, nil
}

// countLimit is how many assignments a count looks at. A person may have several
// to one role; when all of it is used there are more people than CountCap, or so
// nearly that "more than 10,000" misleads nobody.
const countLimit = CountCap + CountCap/5

// holderCount asks how many people hold one of the roles now.
type holderCount struct {
	tag   int64
	roles []int64
}

// countHolders answers many counts with one statement. Each looks at no more
// rows than it takes to know that it is over CountCap.
func countHolders(ctx context.Context, r store.Reader, counts []holderCount, now models.Instant) (map[int64]int, error) {
	if len(counts) == 0 {
		return nil, nil
	}
	var query strings.Builder
	var args []any
	for i, c := range counts {
		if i > 0 {
			query.WriteString(" UNION ALL ")
		}
		query.WriteString(`SELECT ? AS tag, COUNT(DISTINCT h.user_id) AS people, COUNT(*) AS seen FROM (
			SELECT a.user_id FROM assignments a` + byRole(r) + ` WHERE a.tenant_id = ?tenant AND a.role_id IN (?)
			AND ` + active + ` LIMIT ?) h`)
		args = append(args, c.tag, bun.List(c.roles), now, now, countLimit)
	}
	var rows []struct {
		Tag    int64
		People int
		Seen   int
	}
	if err := r.Raw(query.String(), args...).Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("count holders: %w", err)
	}
	out := make(map[int64]int, len(rows))
	for _, row := range rows {
		if row.Seen == countLimit {
			row.People = CountCap
		}
		out[row.Tag] = min(row.People, CountCap)
	}
	return out, nil
}

// selectHolders reads the people who hold one of the roles now, by name. Few
// are found from their assignments, many by walking the names.
func selectHolders(ctx context.Context, r store.Reader, roles []int64, f HolderFilter, few bool, now models.Instant) ([]models.User, error) {
	var rows []models.User
	q := r.Select(&rows).Column("id", "public_id", "display_name", "sort_name", "email", "status").
		Order("u.sort_name", "u.id").Limit(int64(f.Limit) + 1)
	const held = `a.tenant_id = ?tenant AND a.role_id IN (?) AND ` + active
	if few {
		q = q.Join("JOIN (SELECT DISTINCT +a.user_id AS user_id FROM assignments a"+byRole(r)+" WHERE "+held+") h ON h.user_id = u.id", bun.List(roles), now, now)
	} else {
		q = r.ForceIndex(q, "users_by_name").
			Where("(SELECT 1 FROM assignments a WHERE a.user_id = u.id AND "+held+" LIMIT 1) IS NOT NULL", bun.List(roles), now, now)
	}
	if name, id, ok := parseCursor(f.After); ok {
		q = q.Where("u.sort_name >= ? AND (u.sort_name > ? OR u.id > ?)", name, name, id)
	}
	if err := q.Scan(ctx); err != nil {
		return nil, fmt.Errorf("read holders: %w", err)
	}
	return rows, nil
}

// selectNear reads the roles next to a role: those it contains, or those that contain it.
func selectNear(ctx context.Context, r store.Reader, id int64, children bool) ([]RoleRef, error) {
	mine, other := "child_id", "parent_id"
	if children {
		mine, other = other, mine
	}
	var rows []models.Role
	err := r.Select(&rows).Column("id", "role_key", "name", "privileged").
		Join("JOIN role_children rc ON rc.tenant_id = ?tenant AND rc."+other+" = r.id AND rc."+mine+" = ?", id).
		Order("r.name", "r.id").Limit(maxListed).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the roles around a role: %w", err)
	}
	out := make([]RoleRef, len(rows))
	for i, row := range rows {
		out[i] = roleRef(row)
	}
	return out, nil
}

func selectOwnPermissions(ctx context.Context, r store.Reader, role int64) ([]PermissionRef, error) {
	rows, err := selectHeldPermissions(ctx, r, []int64{role}, maxListed)
	if err != nil {
		return nil, err
	}
	out := make([]PermissionRef, len(rows))
	for i, row := range rows {
		out[i] = row.ref()
	}
	return out, nil
}
