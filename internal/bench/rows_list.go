package bench

import (
	"context"

	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// pageRows is what a page of fifty reads: one more tells whether there is a next.
const pageRows = directory.DefaultLimit + 1

const listColumns = `u.id, u.public_id, u.display_name, u.username, u.email, u.title, u.department_id,
 COALESCE(d.name, ''), u.manager_id, u.external, u.provider, u.status, u.status_since,
 u.leaving_at, u.pending_since, u.last_sign_in_at, u.created_at, u.sort_name`

const (
	withDepartment = ` LEFT JOIN departments d ON d.tenant_id = ?t AND d.id = u.department_id`
	byName         = ` ORDER BY u.sort_name, u.id LIMIT ?`
)

func listFields(r *directory.Row) []any {
	return []any{
		&r.ID, &r.PublicID, &r.DisplayName, &r.Username, &r.Email, &r.Title, &r.DepartmentID,
		&r.DepartmentName, &r.ManagerID, &r.External, &r.Provider, &r.Status, &r.StatusSince,
		&r.LeavingAt, &r.PendingSince, &r.LastSignInAt, &r.CreatedAt, &r.SortName,
	}
}

// place is where a page begins: behind this name and id. The zero place is the start.
type place struct {
	cursor string // the same for our list
	name   string
	id     int64
}

// list reads a page by name. where, if any, narrows it row by row.
func (d *direct) list(ctx context.Context, at place, where string, args ...any) ([]directory.Row, error) {
	query := "SELECT " + listColumns + " FROM users u" + d.force("users_by_name") + withDepartment + " WHERE u.tenant_id = ?t" + where
	if at.id != 0 {
		query += " AND u.sort_name >= ? AND (u.sort_name > ? OR u.id > ?)"
		args = append(args[:len(args):len(args)], at.name, at.name, at.id)
	}
	args = append(args[:len(args):len(args)], pageRows)
	return d.page(collect(ctx, d.read, d.text(query+byName, args...), listFields))
}

// listOf reads the first page by name of the people whose ids a statement gives.
// They are looked up before they are sorted, and only who is shown is read whole.
func (d *direct) listOf(ctx context.Context, ids string, args ...any) ([]directory.Row, error) {
	fence, lookup := "MATERIALIZED ", " JOIN users u ON u.tenant_id = ?t AND u.id = "
	if d.dialect == store.MySQL {
		fence, lookup = "", " JOIN users u FORCE INDEX (PRIMARY) ON u.tenant_id = ?t AND u.id = "
	}
	query := "WITH w AS " + fence + "(" + ids + "), m AS " + fence + "(SELECT u.id FROM w" + lookup + "w.user_id" + byName +
		") SELECT " + listColumns + " FROM m" + lookup + "m.id" + withDepartment + byName
	args = append(args[:len(args):len(args)], pageRows, pageRows)
	return d.page(collect(ctx, d.read, d.text(query, args...), listFields))
}

func (d *direct) page(rows []directory.Row, err error) ([]directory.Row, error) {
	return rows[:min(len(rows), directory.DefaultLimit)], err
}

// aWord is one word of a search, of the word x of a person.
const aWord = `x.tenant_id = ?t AND x.token >= ? AND x.token < ?`

// search reads the first page of people who have words that begin with each of
// the words, the rarest first. The words hold the name, so that only who is
// shown is looked up; when very many people have even the rarest, they are met
// sooner while walking by name. The better way is known from the counts.
func (d *direct) search(ctx context.Context, s searched) ([]directory.Row, error) {
	var where string
	var args []any
	if s.many {
		for _, w := range s.words {
			where += " AND (SELECT 1 FROM user_tokens x WHERE x.user_id = u.id AND " + aWord + " LIMIT 1) IS NOT NULL"
			args = append(args, w, w+lastRune)
		}
		return d.list(ctx, place{}, where, args...)
	}
	ids := "SELECT DISTINCT x.user_id, x.sort_name FROM user_tokens x WHERE " + aWord
	args = append(args, s.words[0], s.words[0]+lastRune)
	for _, w := range s.words[1:] {
		ids += " AND EXISTS (SELECT 1 FROM user_tokens y WHERE y.tenant_id = ?t AND y.user_id = x.user_id AND y.token >= ? AND y.token < ?)"
		args = append(args, w, w+lastRune)
	}
	query := "SELECT " + listColumns + " FROM (" + ids + " ORDER BY x.sort_name, x.user_id LIMIT ?) w JOIN users u ON u.tenant_id = ?t AND u.id = w.user_id" +
		withDepartment + byName
	return d.page(collect(ctx, d.read, d.text(query, append(args, pageRows, pageRows)...), listFields))
}

// holders reads a page of the people who hold one of the roles now.
func (d *direct) holders(ctx context.Context, h held, now models.Instant) ([]directory.Row, error) {
	const heldNow = " AND x.role_id IN (?) AND x.from_at <= ? AND x.until_at > ?"
	if h.many {
		return d.list(ctx, h.at, " AND (SELECT 1 FROM assignments x WHERE x.tenant_id = ?t AND x.user_id = u.id"+heldNow+" LIMIT 1) IS NOT NULL", h.roles, now, now)
	}
	return d.listOf(ctx, "SELECT DISTINCT x.user_id FROM assignments x"+d.force("assignments_by_role")+" WHERE x.tenant_id = ?t"+heldNow, h.roles, now, now)
}
