package directory

import (
	"context"
	"fmt"
	"slices"
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

// fetch reads at most limit rows from a position on. up is the direction of the
// read, not of the list.
func (p *plan) fetch(ctx context.Context, at position, up bool, limit int) ([]Row, error) {
	if p.start >= 0 {
		return p.fetchStarting(ctx, at, up, limit)
	}
	i := p.leading()
	if i < 0 {
		return p.fetchWalking(ctx, -1, nil, walk{p.walkIndex(), at, up, limit})
	}
	index := p.leadIndex(p.filters[i])
	var rows []Row
	for _, value := range distinct(p.filters[i].lead.values) {
		leg, err := p.fetchWalking(ctx, i, value, walk{index, at, up, limit})
		if err != nil {
			return nil, err
		}
		rows = append(rows, leg...)
	}
	slices.SortFunc(rows, func(a, b Row) int {
		if up {
			return p.compare(&a, &b)
		}
		return p.compare(&b, &a)
	})
	return rows[:min(len(rows), limit)], nil
}

func distinct(values []any) []any {
	var all []any
	for _, value := range values {
		if !slices.Contains(all, value) {
			all = append(all, value)
		}
	}
	return all
}

// walk says which index to walk, from where, which way, how far.
type walk struct {
	index string
	at    position
	up    bool
	limit int
}

// fetchWalking walks an index; with a leading filter, the part of it that holds one value.
func (p *plan) fetchWalking(ctx context.Context, leading int, value any, w walk) ([]Row, error) {
	var s statement
	s.add("SELECT " + rowColumns + " FROM users u" + force(p.r, w.index) + withDepartment + " WHERE u.tenant_id = ?tenant")
	for i, f := range p.filters {
		if i == leading {
			s.add(" AND u."+f.lead.column+" = ?", value)
			continue
		}
		s.rowByRow(f)
	}
	p.keyset(&s, w.at, w.up)
	p.ordered(&s, "u.", w.up, w.limit)
	return p.rows(ctx, &s)
}

// fetchStarting looks up everybody the starting filter names, keeps who meets
// the rest, and sorts them.
func (p *plan) fetchStarting(ctx context.Context, at position, up bool, limit int) ([]Row, error) {
	var s statement
	s.add("WITH ")
	p.starters(&s, 0)
	s.add(", m AS " + fence(p.r) + "(SELECT " + rowColumns + " FROM w JOIN users u" + force(p.r, primary) +
		" ON u.tenant_id = ?tenant AND u.id = w.user_id" + withDepartment + " WHERE 1 = 1")
	p.remaining(&s)
	p.keyset(&s, at, up)
	s.add(") SELECT " + fencedColumns + " FROM m")
	p.ordered(&s, "", up, limit)
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
// that may turn EXISTS into a join gives up the order of the walk for it.
func (s *statement) rowByRow(f filter) {
	if f.inner == "" {
		s.condition(f, "u.id")
		return
	}
	s.add(" AND ("+strings.ReplaceAll(f.inner, "{id}", "u.id")+" LIMIT 1) = 1", f.args...)
}

// keyset keeps what lies behind a position, spelled so that every database
// walks the index.
func (p *plan) keyset(s *statement, at position, up bool) {
	if at.start {
		return
	}
	column, key := "u.sort_name", any(at.name)
	switch p.Sort {
	case SortSignIn:
		column, key = "u.last_sign_in_at", at.at
	case SortCreated:
		column, key = "u.created_at", at.at
	case SortName:
	}
	op := ">"
	if !up {
		op = "<"
	}
	s.add(" AND "+column+" "+op+"= ? AND ("+column+" "+op+" ? OR u.id "+op+" ?)", key, key, at.id)
}

func (p *plan) ordered(s *statement, alias string, up bool, limit int) {
	column := map[Sort]string{SortName: "sort_name", SortSignIn: "last_sign_in_at", SortCreated: "created_at"}[p.Sort]
	way := ""
	if !up {
		way = " DESC"
	}
	s.add(" ORDER BY "+alias+column+way+", "+alias+"id"+way+" LIMIT ?", limit)
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
