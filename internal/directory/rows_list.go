package directory

import (
	"context"
	"fmt"
	"strings"

	"github.com/rollcall/rollcall/internal/store"
)

// rowColumns are the columns of Row, from users u and departments d.
const rowColumns = `u.id, u.public_id, u.display_name, u.username, u.email, u.title, u.department_id,
	COALESCE(d.name, '') AS department_name, u.manager_id, u.external, u.provider, u.status, u.status_since,
	u.leaving_at, u.pending_since, u.last_sign_in_at, u.created_at, u.sort_name`

// fencedColumns are the same once they have been read.
const fencedColumns = `id, public_id, display_name, username, email, title, department_id, department_name, manager_id,
	external, provider, status, status_since, leaving_at, pending_since, last_sign_in_at, created_at, sort_name`

const withDepartment = ` LEFT JOIN departments d ON d.tenant_id = ?tenant AND d.id = u.department_id`

// statement is SQL text and its arguments, written from left to right.
type statement struct {
	text strings.Builder
	args []any
}

func (s *statement) add(text string, args ...any) {
	s.text.WriteString(text)
	s.args = append(s.args, args...)
}

// scan runs the statement into dest.
func (s *statement) scan(ctx context.Context, r store.Reader, dest ...any) error {
	return r.Raw(s.text.String(), s.args...).Scan(ctx, dest...)
}

// force names the index a query must take. PostgreSQL has no words for it, and
// finds it from its statistics; the others take worse ones.
func force(r store.Reader, index string) string {
	switch {
	case index == "":
		return ""
	case r.Dialect() == store.MySQL:
		return " FORCE INDEX (" + index + ")"
	case r.Dialect() == store.SQLite && index != primary:
		return " INDEXED BY " + index
	}
	return ""
}

// primary is what MariaDB and MySQL call the index over id.
const primary = "PRIMARY"

// fence keeps PostgreSQL and SQLite from pulling a small set apart in favour of
// a walk through the whole table; MySQL is told by the index instead.
func fence(r store.Reader) string {
	if r.Dialect() == store.MySQL {
		return ""
	}
	return "MATERIALIZED "
}

// probe counts what a source matches, up to limit.
func (p *plan) probe(ctx context.Context, src *source, limit int) (int, error) {
	var s statement
	s.add("SELECT COUNT(*) FROM (SELECT 1 AS one")
	s.from(p.r, src)
	s.add(" LIMIT ?) c", limit)
	var n int
	if err := s.scan(ctx, p.r, &n); err != nil {
		return 0, fmt.Errorf("probe %s: %w", src.from, err)
	}
	return n, nil
}

func (s *statement) from(r store.Reader, src *source) {
	s.add(" FROM " + src.from + " x" + force(r, src.index) + " WHERE x.tenant_id = ?tenant AND ")
	s.add(src.where, src.args...)
}

// fetchStarting looks up everybody the starting filter names, keeps who meets
// the rest, and sorts them; of those who are not shown only what is sorted by.
func (p *plan) fetchStarting(ctx context.Context, at position, up bool, limit int) ([]Row, error) {
	column, key := p.key(at)
	user := " JOIN users u" + force(p.r, primary) + " ON u.tenant_id = ?tenant AND u.id = "
	var s statement
	s.add("WITH ")
	p.starters(&s, 0)
	s.add(", m AS " + fence(p.r) + "(SELECT u.id, u." + column + " FROM w" + user + "w.user_id WHERE 1 = 1")
	p.remaining(&s)
	s.keyset("u."+column, "u.id", key, at, up)
	s.ordered("u."+column, "u.id", up, limit)
	s.add(") SELECT " + rowColumns + " FROM m" + user + "m.id" + withDepartment)
	s.ordered("m."+column, "m.id", up, limit)
	return p.rows(ctx, &s)
}

// fetchNamed is fetchStarting for a word in a list by name: the words hold the
// name, so that only the first people in order are looked up. most is how many;
// 0 is all of them.
func (p *plan) fetchNamed(ctx context.Context, at position, up bool, limit, most int) ([]Row, error) {
	src := p.filters[p.start].source
	var s statement
	s.add("WITH w AS " + fence(p.r) + "(SELECT DISTINCT x.user_id, x.sort_name")
	s.from(p.r, src)
	for i, f := range p.filters {
		if i != p.start && f.inner != "" {
			s.condition(f, src.key)
		}
	}
	s.keyset("x.sort_name", "x.user_id", at.name, at, up)
	if most > 0 {
		s.ordered("x.sort_name", "x.user_id", up, most)
	}
	s.add("), m AS " + fence(p.r) + "(SELECT " + rowColumns + " FROM w JOIN users u" + force(p.r, primary) +
		" ON u.tenant_id = ?tenant AND u.id = w.user_id" + withDepartment + " WHERE 1 = 1")
	p.remaining(&s)
	s.add(") SELECT " + fencedColumns + " FROM m")
	s.ordered("sort_name", "id", up, limit)
	return p.rows(ctx, &s)
}

// starters writes the ids of the starting filter that also meet every
// condition that needs only the id; limit 0 is all of them.
func (p *plan) starters(s *statement, limit int) {
	src := p.filters[p.start].source
	distinct := "DISTINCT "
	if src.from == "users" {
		distinct = "" // they are; asking for it costs SQLite the index
	}
	s.add("w AS " + fence(p.r) + "(SELECT " + distinct + src.key + " AS user_id")
	s.from(p.r, src)
	for i, f := range p.filters {
		if i != p.start && f.inner != "" {
			s.condition(f, src.key)
		}
	}
	if limit > 0 {
		s.add(" LIMIT ?", limit)
	}
	s.add(")")
}

// remaining writes the conditions on users that starters left over.
func (p *plan) remaining(s *statement) {
	for i, f := range p.filters {
		if i != p.start && f.inner == "" {
			s.condition(f, "u.id")
		}
	}
}

// condition adds a filter for the user id names.
func (s *statement) condition(f filter, id string) {
	if f.inner == "" {
		s.add(" AND "+f.where, f.args...)
		return
	}
	s.add(" AND EXISTS ("+strings.ReplaceAll(f.inner, "{id}", id)+")", f.args...)
}

// rowByRow adds a filter that is to be asked for each row of a walk. A database
// that may turn EXISTS into a join gives up the order of the walk for it. One
// that takes a comparison for rarely true gives it up as well: NOT NULL it takes
// for usual.
func (s *statement) rowByRow(f filter) {
	if f.inner == "" {
		s.condition(f, "u.id")
		return
	}
	s.add(" AND ("+strings.ReplaceAll(f.inner, "{id}", "u.id")+" LIMIT 1) IS NOT NULL", f.args...)
}

// key gives the column of the list's order and a position's value in it.
func (p *plan) key(at position) (column string, value any) {
	switch p.Sort {
	case SortSignIn:
		return "last_sign_in_at", at.at
	case SortCreated:
		return "created_at", at.at
	default:
		return "sort_name", at.name
	}
}

// keyset keeps what lies behind a position, spelled so that every database
// walks the index.
func (s *statement) keyset(column, id string, key any, at position, up bool) {
	if at.start {
		return
	}
	op := ">"
	if !up {
		op = "<"
	}
	s.add(" AND "+column+" "+op+"= ? AND ("+column+" "+op+" ? OR "+id+" "+op+" ?)", key, key, at.id)
}

// upTo keeps what lies before a position or on it.
func (s *statement) upTo(column, id string, key any, at position, up bool) {
	op := "<"
	if !up {
		op = ">"
	}
	s.add(" AND "+column+" "+op+"= ? AND ("+column+" "+op+" ? OR "+id+" "+op+"= ?)", key, key, at.id)
}

func (s *statement) ordered(column, id string, up bool, limit int) {
	way := ""
	if !up {
		way = " DESC"
	}
	s.add(" ORDER BY "+column+way+", "+id+way+" LIMIT ?", limit)
}

func (p *plan) rows(ctx context.Context, s *statement) ([]Row, error) {
	rows := []Row{}
	if err := s.scan(ctx, p.r, &rows); err != nil {
		return nil, fmt.Errorf("list people: %w", err)
	}
	return rows, nil
}

// earliest reads the first people of a one-filter plan by another column, which
// the filter's own index holds in order.
func (p *plan) earliest(ctx context.Context, column string, limit int) ([]Row, error) {
	f := p.filters[0]
	var s statement
	s.add("SELECT " + rowColumns + " FROM users u" + force(p.r, f.source.index) + withDepartment + " WHERE u.tenant_id = ?tenant")
	s.condition(f, "u.id")
	s.add(" ORDER BY u."+column+", u.id LIMIT ?", limit)
	return p.rows(ctx, &s)
}
