package directory

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

const (
	facetTop    = 20                     // values shown
	facetValues = 200                    // values looked at
	facetTime   = 300 * time.Millisecond // for exact numbers; then lower bounds stand
)

// Facets counts the people of a query by the values of one field, largest
// first, at most twenty. The query's own filter on that field is left out, so
// that the numbers say what choosing another value would give.
func (e *Engine) Facets(ctx context.Context, tenant int64, q Query, field FacetField) ([]Facet, error) {
	column, err := q.without(field)
	if err != nil {
		return nil, err
	}
	r := e.db.Read(tenant)
	q.Cursor = ""
	p, err := e.prepare(ctx, r, q)
	if err != nil {
		return nil, err
	}
	tallies, err := p.sample(ctx, column, CountCap+1)
	if err != nil {
		return nil, err
	}
	total := 0
	facets := make([]Facet, 0, len(tallies))
	for _, t := range tallies {
		total += t.N
		facets = append(facets, Facet{Value: t.V, Count: t.N})
	}
	if total > CountCap {
		if facets, err = e.recount(ctx, r, q, field, facets); err != nil {
			return nil, err
		}
	}
	return e.top(ctx, r, field, facets)
}

// without takes the filter on a field out of the query and names its column.
func (q *Query) without(field FacetField) (column string, err error) {
	switch field {
	case FacetStatus:
		q.Statuses = nil
		return "u.status", nil
	case FacetDepartment:
		q.DepartmentIDs = nil
		return "u.department_id", nil
	case FacetProvider:
		q.Providers = nil
		return "u.provider", nil
	}
	return "", errs.New(errs.Invalid, "There are no counts for this field.")
}

// recount counts value by value what was too much for one sample. What it has no
// time for stays a lower bound.
func (e *Engine) recount(ctx context.Context, r store.Reader, q Query, field FacetField, sampled []Facet) ([]Facet, error) {
	values, err := e.facetValues(ctx, r, field)
	if err != nil {
		return nil, err
	}
	known := make(map[string]int, len(sampled))
	for _, f := range sampled {
		known[f.Value] = f.Count
		if !slices.Contains(values, f.Value) {
			values = append(values, f.Value)
		}
	}
	limited, cancel := context.WithTimeout(ctx, facetTime)
	defer cancel()
	facets := make([]Facet, 0, len(values))
	for _, value := range values {
		n, err := e.count(limited, r, q.with(field, value), CountCap+1)
		if err != nil && limited.Err() == nil {
			return nil, err
		}
		if err != nil {
			n = known[value]
		}
		if n > 0 {
			facets = append(facets, Facet{Value: value, Count: min(n, CountCap), Capped: err != nil || n > CountCap})
		}
	}
	return facets, ctx.Err()
}

// facetValues lists the values a field may have.
func (e *Engine) facetValues(ctx context.Context, r store.Reader, field FacetField) ([]string, error) {
	switch field {
	case FacetStatus:
		var values []string
		for _, status := range models.Statuses {
			values = append(values, string(status))
		}
		return values, nil
	case FacetProvider:
		keys, err := providers(ctx, r, facetTop)
		return append(keys, ""), err
	case FacetDepartment:
	}
	found, err := departments(ctx, r, facetValues)
	values := []string{"0"}
	for _, d := range found {
		values = append(values, strconv.FormatInt(d.ID, 10))
	}
	return values, err
}

// with sets the filter on a field to one value.
func (q Query) with(field FacetField, value string) Query {
	switch field {
	case FacetStatus:
		q.Statuses = []models.Status{models.Status(value)}
	case FacetDepartment:
		id, _ := strconv.ParseInt(value, 10, 64) // written by us from an id
		q.DepartmentIDs = []int64{id}
	case FacetProvider:
		q.Providers = []string{value}
	}
	return q
}

// top labels the facets, sorts them and keeps the largest.
func (e *Engine) top(ctx context.Context, r store.Reader, field FacetField, facets []Facet) ([]Facet, error) {
	names := map[int64]string{}
	if field == FacetDepartment {
		var ids []int64
		for _, f := range facets {
			id, err := strconv.ParseInt(f.Value, 10, 64)
			if err != nil {
				return nil, errs.Wrap(err, errs.Internal, "The departments could not be counted.")
			}
			ids = append(ids, id)
		}
		var err error
		if names, err = departmentNames(ctx, r, ids); err != nil {
			return nil, err
		}
	}
	for i := range facets {
		facets[i].Label = e.facetLabel(field, facets[i].Value, names)
	}
	slices.SortFunc(facets, func(a, b Facet) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Label, b.Label))
	})
	return facets[:min(len(facets), facetTop)], nil
}

func (e *Engine) facetLabel(field FacetField, value string, departments map[int64]string) string {
	switch field {
	case FacetStatus:
		return models.Status(value).Word()
	case FacetProvider:
		if value == "" {
			return "None"
		}
		return e.SourceName(value)
	case FacetDepartment:
	}
	id, err := strconv.ParseInt(value, 10, 64)
	if err != nil || departments[id] == "" {
		return "None"
	}
	return departments[id]
}
