package audit

import (
	"context"
	"slices"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// Page is one page of events, newest first.
type Page struct {
	Lines []Line
	Older string // cursor of the next page, "" when there is none
	Newer string // cursor of the page before, "" when there is none

	// Newest is the newest match outside the time range. It is only set when
	// Lines is empty; 0: there is none, or finding it would read the whole log.
	Newest models.Instant
}

// Count is how many events match, counted up to CountLimit.
type Count struct {
	N       int
	Capped  bool // there are more than CountLimit
	Unknown bool // counting took too long
}

// CountLimit is as far as events are counted.
const CountLimit = 10_000

// List gives one page of events. A person's look at the log is itself recorded,
// once per session, hour and distinct query; a look that cannot be recorded fails.
func (l *Log) List(ctx context.Context, actor models.Actor, q Query) (Page, error) {
	q, err := q.scope(actor)
	if err != nil {
		return Page{}, err
	}
	page, err := l.page(ctx, actor, q)
	if err != nil {
		return Page{}, err
	}
	if err := l.recordSearch(ctx, actor, q); err != nil {
		return Page{}, err
	}
	return page, nil
}

// Count counts the events that match.
func (l *Log) Count(ctx context.Context, actor models.Actor, q Query) (Count, error) {
	q, err := q.scope(actor)
	if err != nil {
		return Count{}, err
	}
	if q, err = q.check(l.db.Now()); err != nil {
		return Count{}, err
	}
	if _, some := q.actions(); !some {
		return Count{}, nil
	}
	limited, cancel := context.WithTimeout(ctx, countTimeout)
	defer cancel()
	n, err := count(limited, l.db.Read(actor.Tenant), q, CountLimit+1)
	if limited.Err() != nil && ctx.Err() == nil {
		return Count{Unknown: true}, nil
	}
	return Count{N: min(n, CountLimit), Capped: n > CountLimit}, err
}

// page reads a page of a query that has its scope.
func (l *Log) page(ctx context.Context, actor models.Actor, q Query) (Page, error) {
	q, err := q.check(l.db.Now())
	if err != nil {
		return Page{}, err
	}
	from, some, err := readPlace(q.Cursor)
	if err != nil {
		return Page{}, err
	}
	start := &from
	if !some {
		start = nil
	}
	if _, some := q.actions(); !some {
		return Page{}, nil
	}
	limited, cancel := context.WithTimeout(ctx, searchTimeout)
	defer cancel()
	r := l.db.Read(actor.Tenant)
	list, err := rows(limited, r, q, start, q.Limit+1)
	if err != nil {
		return Page{}, slow(ctx, limited, err)
	}
	page := turn(&list, q.Limit, start)
	if page.Lines, err = lines(ctx, r, actor, list); err != nil {
		return Page{}, err
	}
	if len(list) == 0 && start == nil {
		page.Newest, err = newest(ctx, r, q)
	}
	return page, err
}

// turn cuts the extra row that only tells whether there is more, puts the
// newest first, and gives the cursors of the neighbours.
func turn(list *[]models.AuditEvent, limit int, from *place) Page {
	more := len(*list) > limit
	if more {
		*list = (*list)[:limit]
	}
	newer := from != nil && from.newer
	if newer {
		slices.Reverse(*list)
	}
	if len(*list) == 0 {
		return Page{}
	}
	var p Page
	first, last := (*list)[0], (*list)[len(*list)-1]
	if more || newer {
		p.Older = place{at: last.At, id: last.ID}.String()
	}
	if from != nil && (more || !newer) {
		p.Newer = place{at: first.At, id: first.ID, newer: true}.String()
	}
	return p
}

func newest(ctx context.Context, r store.Reader, q Query) (models.Instant, error) {
	wide, some := q.outside()
	if !some {
		return 0, nil
	}
	list, err := rows(ctx, r, wide, nil, 1)
	if err != nil || len(list) == 0 {
		return 0, err
	}
	return list[0].At, nil
}

// Detail is one event with its neighbours.
type Detail struct {
	Line
	Related     []Line // of the same request, newest first
	RelatedMore bool   // there are more than shown
}

const relatedRows = 20

// Get gives one event of the actor's tenant and scope.
func (l *Log) Get(ctx context.Context, actor models.Actor, id int64) (Detail, error) {
	q, err := Query{Seq: id, Limit: 1}.scope(actor)
	if err != nil {
		return Detail{}, err
	}
	r := l.db.Read(actor.Tenant)
	list, err := rows(ctx, r, q, nil, 1)
	if err != nil {
		return Detail{}, err
	}
	if len(list) == 0 {
		return Detail{}, errs.New(errs.NotFound, "There is no event #%d here.", id)
	}
	related, err := l.related(ctx, r, q, list[0])
	if err != nil {
		return Detail{}, err
	}
	told, err := lines(ctx, r, actor, append(list, related...))
	if err != nil {
		return Detail{}, err
	}
	if err := l.recordSearch(ctx, actor, q); err != nil {
		return Detail{}, err
	}
	shown := told[1:]
	return Detail{Line: told[0], Related: shown[:min(len(shown), relatedRows)], RelatedMore: len(shown) > relatedRows}, nil
}

func (l *Log) related(ctx context.Context, r store.Reader, q Query, e models.AuditEvent) ([]models.AuditEvent, error) {
	if e.RequestID == "" {
		return nil, nil
	}
	list, err := rows(ctx, r, Query{RequestID: e.RequestID, own: q.own}, nil, relatedRows+2)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(list, func(other models.AuditEvent) bool { return other.ID == e.ID }), nil
}
