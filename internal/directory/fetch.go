package directory

import (
	"context"
	"slices"
)

// fetch reads at most limit rows from a position on. up is the direction of the
// read, not of the list.
func (p *plan) fetch(ctx context.Context, at position, up bool, limit int) ([]Row, error) {
	if p.start >= 0 {
		return p.fetchFromStart(ctx, at, up, limit)
	}
	if !p.toTheEnd && slices.ContainsFunc(p.filters, startable) {
		rows, found, err := p.fetchAhead(ctx, at, up, limit)
		if err != nil || found {
			return rows, err
		}
	}
	rows, _, err := p.fetchLegs(ctx, at, up, limit, 0)
	return rows, err
}

// fetchAhead looks a little way ahead, then further, and between that weighs
// what it could start from. It gives up, found being false, when walking on is
// all that is left.
func (p *plan) fetchAhead(ctx context.Context, at position, up bool, limit int) (rows []Row, found bool, err error) {
	byWord := p.Sort == SortName && slices.ContainsFunc(p.filters, isWord)
	for _, budget := range []int{p.bounds.glance, p.bounds.walk} {
		if rows, found, err = p.fetchLegs(ctx, at, up, limit, budget); err != nil || found {
			return rows, found, err
		}
		if byWord != (budget == p.bounds.walk) { // a word is cheaper to start from than to walk to
			if err = p.choose(ctx, p.bounds.medium, startable); err != nil {
				return nil, false, err
			}
		}
		if p.start >= 0 {
			break
		}
	}
	if p.start < 0 && byWord {
		p.start = slices.IndexFunc(p.filters, isWord) // everybody with the word, however many
	}
	if p.start < 0 {
		return nil, false, nil
	}
	rows, err = p.fetchFromStart(ctx, at, up, limit)
	return rows, true, err
}

// fetchFromStart starts from the chosen condition. A word in a list by name
// brings the order with it; then few people are looked up first, and all of
// them only when too many of those fail the other conditions.
func (p *plan) fetchFromStart(ctx context.Context, at position, up bool, limit int) ([]Row, error) {
	if p.Sort != SortName || !isWord(p.filters[p.start]) {
		return p.fetchStarting(ctx, at, up, limit)
	}
	if p.idsOnly() {
		return p.fetchNamed(ctx, at, up, limit, limit)
	}
	if most := 20 * limit; p.size == 0 || p.size > most {
		rows, err := p.fetchNamed(ctx, at, up, limit, most)
		if err != nil || len(rows) == limit {
			return rows, err
		}
	}
	return p.fetchNamed(ctx, at, up, limit, 0)
}

// fetchLegs walks the best index, once for each value of its leading column,
// and merges. With a budget each walk looks at no more than so many rows; whole
// tells whether the rows are the right ones all the same.
func (p *plan) fetchLegs(ctx context.Context, at position, up bool, limit, budget int) (rows []Row, whole bool, err error) {
	w := walk{index: p.walkIndex(), leading: p.leading(), at: at, up: up, limit: limit}
	values := []any{nil}
	if w.leading >= 0 {
		w.index = p.leadIndex(p.filters[w.leading])
		values = distinct(p.filters[w.leading].lead.values)
	}
	whole = true
	for _, w.value = range values {
		w.bound = nil
		if budget > 0 {
			if w.bound, err = p.stretch(ctx, w, budget); err != nil {
				return nil, false, err
			}
		}
		leg, err := p.fetchWalking(ctx, w)
		if err != nil {
			return nil, false, err
		}
		whole = whole && (w.bound == nil || len(leg) == limit)
		rows = append(rows, leg...)
	}
	slices.SortFunc(rows, func(a, b Row) int {
		if up {
			return p.compare(&a, &b)
		}
		return p.compare(&b, &a)
	})
	return rows[:min(len(rows), limit)], whole, nil
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
