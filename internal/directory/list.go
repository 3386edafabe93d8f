package directory

import (
	"context"
	"slices"
)

// List gives one page of people. Every page costs what the first one costs.
func (e *Engine) List(ctx context.Context, tenant int64, q Query) (Page, error) {
	p, err := e.prepare(ctx, e.db.Read(tenant), q)
	if err != nil {
		return Page{}, err
	}
	at := position{start: true}
	if p.Cursor != "" {
		if at, err = decode(p.Cursor, p.Sort, p.Desc); err != nil {
			return Page{}, err
		}
	}
	backward := p.Backward && p.Cursor != ""
	rows, err := p.fetch(ctx, at, p.Desc == backward, p.Limit+1)
	if err != nil {
		return Page{}, err
	}
	more := len(rows) > p.Limit
	rows = rows[:min(len(rows), p.Limit)]
	if backward {
		slices.Reverse(rows)
	}
	return p.page(rows, at, more, backward), nil
}

// page adds the cursors. Where the read came from there is something, since the
// cursor names a row there.
func (p *plan) page(rows []Row, at position, more, backward bool) Page {
	page := Page{Rows: rows}
	if len(rows) == 0 {
		if !at.start { // everybody behind the cursor is gone: lead back to where it stands
			if backward {
				page.Next = p.beside(at, -1).encode(p.Sort, p.Desc)
			} else {
				page.Prev = p.beside(at, +1).encode(p.Sort, p.Desc)
			}
		}
		return page
	}
	if more || backward {
		page.Next = positionOf(&rows[len(rows)-1], p.Sort).encode(p.Sort, p.Desc)
	}
	if more && backward || !backward && !at.start {
		page.Prev = positionOf(&rows[0], p.Sort).encode(p.Sort, p.Desc)
	}
	return page
}

// beside moves a position just past the row it names, so that the row itself is
// on the page that is reached from it.
func (p *plan) beside(at position, by int64) position {
	if p.Desc {
		by = -by
	}
	at.id = max(at.id+by, 0)
	return at
}

// Reports lists the people who have a person as manager, with the filters of q.
func (e *Engine) Reports(ctx context.Context, tenant, managerID int64, q Query) (Page, error) {
	q.ManagerID = managerID
	if managerID == 0 {
		return Page{}, nil
	}
	return e.List(ctx, tenant, q)
}
