package directory

import (
	"context"
	"fmt"

	"github.com/rollcall/rollcall/internal/store"
)

// count counts what the plan matches, up to limit; 0 means to the end. It names
// no index: nothing has to come in order.
func (p *plan) count(ctx context.Context, limit int) (int, error) {
	var s statement
	if p.idsOnly() {
		p.start = max(p.start, 0)
		s.add("WITH ")
		p.starters(&s, limit)
		s.add(" SELECT COUNT(*) FROM w")
	} else {
		p.matching(&s, "u.id", limit)
		s.add(" SELECT COUNT(*) FROM m")
	}
	var n int
	if err := s.scan(ctx, p.r, &n); err != nil {
		return 0, fmt.Errorf("count people: %w", err)
	}
	return n, nil
}

// idsOnly reports whether no condition needs the users table.
func (p *plan) idsOnly() bool {
	for _, f := range p.filters {
		if f.inner == "" {
			return false
		}
	}
	return len(p.filters) > 0
}

// matching writes a common table m with one value of everybody the plan matches.
func (p *plan) matching(s *statement, value string, limit int) {
	s.add("WITH ")
	if p.start < 0 {
		s.add("m AS (SELECT " + value + " AS v FROM users u WHERE u.tenant_id = ?tenant")
		for _, f := range p.filters {
			s.condition(f, "u.id")
		}
	} else {
		p.starters(s, 0)
		s.add(", m AS (SELECT " + value + " AS v FROM w JOIN users u" + force(p.r, primary) +
			" ON u.tenant_id = ?tenant AND u.id = w.user_id WHERE 1 = 1")
		p.remaining(s)
	}
	if limit > 0 {
		s.add(" LIMIT ?", limit)
	}
	s.add(")")
}

// tally is one value of a field and how many have it.
type tally struct {
	V string
	N int
}

// sample groups the first people the plan matches by one column. When there are
// more than limit, the numbers are lower bounds.
func (p *plan) sample(ctx context.Context, column string, limit int) ([]tally, error) {
	var s statement
	p.matching(&s, column, limit)
	s.add(" SELECT v, COUNT(*) AS n FROM m GROUP BY v")
	tallies := []tally{}
	if err := s.scan(ctx, p.r, &tallies); err != nil {
		return nil, fmt.Errorf("count by %s: %w", column, err)
	}
	return tallies, nil
}

// providers lists the keys of providers in use, by jumping from one to the next
// in the index.
func providers(ctx context.Context, r store.Reader, limit int) ([]string, error) {
	var keys []string
	last := ""
	for len(keys) < limit {
		var next []string
		var s statement
		s.add("SELECT provider FROM users u"+force(r, "users_by_provider_name")+
			" WHERE u.tenant_id = ?tenant AND u.provider > ? ORDER BY u.provider LIMIT 1", last)
		if err := s.scan(ctx, r, &next); err != nil {
			return nil, fmt.Errorf("list providers: %w", err)
		}
		if len(next) == 0 {
			return keys, nil
		}
		last = next[0]
		keys = append(keys, last)
	}
	return keys, nil
}
