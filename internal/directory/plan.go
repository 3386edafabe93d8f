package directory

import (
	"context"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// A list is read in one of two ways.
//
// Start: a condition that few people meet gives their ids from its own index;
// they are looked up, checked and sorted. Costs what that condition matches.
//
// Walk: an index in the order of the list is walked from the cursor on and
// everything else is checked row by row. Costs little when much matches, and a
// lot when what matches stands far behind: everybody called Maria begins after
// half of the list. So where there is something to start from, a walk goes only
// so far, and then the other way is weighed.
type bounds struct {
	small  int // start at once from a condition that matches at most this many
	medium int // after a walk that was cut short, start from one with at most this many
	glance int // rows a first walk looks at before it is cut short
	walk   int // rows the second one looks at
}

var usualBounds = bounds{small: 2_000, medium: 30_000, glance: 1_000, walk: 4_000}

// plan is a checked query that knows how it will be read.
type plan struct {
	Query
	bounds  bounds
	r       store.Reader
	now     models.Instant
	filters []filter
	start   int // the filter to start from; -1: walk
	size    int // how many the start matches, when that is known; else 0

	toTheEnd bool // everything is read in the end: no walk is cut short
}

// prepare checks a query and decides how to read it.
func (e *Engine) prepare(ctx context.Context, r store.Reader, q Query) (*plan, error) {
	return e.prepareAt(ctx, r, q, e.db.Now())
}

// prepareAt is prepare for conditions on time as they were at a moment.
func (e *Engine) prepareAt(ctx context.Context, r store.Reader, q Query, now models.Instant) (*plan, error) {
	if err := q.check(); err != nil {
		return nil, err
	}
	p := &plan{Query: q, bounds: e.bounds, r: r, now: now, start: -1}
	var err error
	if p.filters, err = p.Query.filters(p.now); err != nil {
		return nil, err
	}
	if len(p.filters) == 0 || len(p.filters) == 1 && p.leadIndex(p.filters[0]) != "" {
		return p, nil // one index gives everything in order
	}
	err = p.choose(ctx, p.bounds.small, func(f filter) bool { return f.source != nil })
	if err == nil && p.start < 0 && p.Sort == SortName { // a word brings the order with it: cheaper by far
		err = p.choose(ctx, 4*p.bounds.small, isWord)
	}
	return p, err
}

// choose starts from the condition that matches fewest, if that is at most limit.
func (p *plan) choose(ctx context.Context, limit int, among func(filter) bool) error {
	fewest := limit + 1
	for i, f := range p.filters {
		if limit < 0 || !among(f) {
			continue
		}
		n, err := p.probe(ctx, f.source, fewest)
		if err != nil {
			return err
		}
		if n < fewest {
			fewest, p.start, p.size = n, i, n
		}
	}
	return nil
}

// startable tells what a walk that was cut short may start from instead. A
// leading column is left out: walking its own index is as good.
func startable(f filter) bool { return f.source != nil && f.lead == nil }

// isWord tells whether a condition is a word, whose index holds the name too.
func isWord(f filter) bool { return f.source != nil && f.source.from == "user_tokens" }

// leadIndex gives the index that begins with a filter's column and goes on in
// the order of the list, "" when there is none.
func (p *plan) leadIndex(f filter) string {
	if f.lead == nil || len(f.lead.values) > maxLegs {
		return ""
	}
	switch {
	case p.Sort == SortName:
		return f.source.index
	case p.Sort == SortSignIn && f.lead.column == "status":
		return "users_by_status_sign_in"
	}
	return ""
}

// maxLegs is how many values of a leading column are walked side by side.
const maxLegs = 10

// leading gives the filter whose index a walk should use, -1 for none: the
// columns that pin fewest people come first.
func (p *plan) leading() int {
	for _, column := range []string{"manager_id", "department_id", "status", "provider"} {
		for i, f := range p.filters {
			if f.lead != nil && f.lead.column == column && p.leadIndex(f) != "" {
				return i
			}
		}
	}
	return -1
}

// walkIndex gives the index in the order of the list alone.
func (p *plan) walkIndex() string {
	switch p.Sort {
	case SortSignIn:
		return "users_by_sign_in"
	case SortCreated:
		return "users_by_created"
	default:
		return "users_by_name"
	}
}

// compare compares two rows in the order of the list, upward.
func (p *plan) compare(a, b *Row) int {
	x, y := positionOf(a, p.Sort), positionOf(b, p.Sort)
	switch {
	case x.name != y.name:
		return order(x.name < y.name)
	case x.at != y.at:
		return order(x.at < y.at)
	case x.id != y.id:
		return order(x.id < y.id)
	}
	return 0
}

func order(less bool) int {
	if less {
		return -1
	}
	return 1
}
