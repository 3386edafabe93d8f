package directory

import (
	"context"
	"fmt"

	"github.com/rollcall/rollcall/models"
)

// walk says which part of an index to walk: from where, which way, how far.
type walk struct {
	index   string
	leading int // the filter that pins the index's first column; -1: none
	value   any // to this
	at      position
	up      bool
	limit   int
	bound   *position // the last place to look at; nil: to the end
}

// leg writes the conditions on the index's own columns.
func (p *plan) leg(s *statement, w walk) {
	s.add(" WHERE u.tenant_id = ?tenant")
	if w.leading >= 0 {
		s.add(" AND u."+p.filters[w.leading].lead.column+" = ?", w.value)
	}
	column, key := p.key(w.at)
	s.keyset("u."+column, "u.id", key, w.at, w.up)
}

// fetchWalking walks an index and keeps what meets every other condition.
func (p *plan) fetchWalking(ctx context.Context, w walk) ([]Row, error) {
	var s statement
	s.add("SELECT " + rowColumns + " FROM users u" + force(p.r, w.index) + withDepartment)
	p.leg(&s, w)
	column, _ := p.key(w.at)
	if w.bound != nil {
		_, key := p.key(*w.bound)
		s.upTo("u."+column, "u.id", key, *w.bound, w.up)
	}
	for i, f := range p.filters {
		if i != w.leading {
			s.rowByRow(f)
		}
	}
	s.ordered("u."+column, "u.id", w.up, w.limit)
	return p.rows(ctx, &s)
}

// edge is the last place of a stretch of an index.
type edge struct {
	ID           int64
	SortName     string
	LastSignInAt models.Instant
	CreatedAt    models.Instant
	N            int
}

// stretch gives a place n rows further on, or none when the index ends before.
// Of the rows with the same key as the last it may take in some more.
func (p *plan) stretch(ctx context.Context, w walk, n int) (*position, error) {
	last := "MAX"
	if !w.up {
		last = "MIN"
	}
	var s statement
	column, _ := p.key(w.at)
	s.add("SELECT " + last + "(b." + column + ") AS " + column + ", " + last + "(b.id) AS id, COUNT(*) AS n FROM (SELECT u.id, u." + column +
		" FROM users u" + force(p.r, w.index))
	p.leg(&s, w)
	s.ordered("u."+column, "u.id", w.up, n)
	s.add(") b")
	edges := []edge{}
	if err := s.scan(ctx, p.r, &edges); err != nil {
		return nil, fmt.Errorf("walk people: %w", err)
	}
	if len(edges) == 0 || edges[0].N < n {
		return nil, nil
	}
	e := edges[0]
	at := positionOf(&Row{ID: e.ID, SortName: e.SortName, LastSignInAt: e.LastSignInAt, CreatedAt: e.CreatedAt}, p.Sort)
	return &at, nil
}
