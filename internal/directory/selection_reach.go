package directory

import (
	"context"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/models"
)

// Reach says how many of a selection can be deactivated, as far as the list
// needs it for its label. The plan decides.
type Reach struct {
	People int
	Capped bool // People are at least so many, or not counted
	Able   int
	Unsure bool     // too many to look at beside a list: Able and Out are not counted
	Self   bool     // the actor is among them
	Out    int      // out already
	Names  []string // some of those who are out already
}

// namesOut is how many people who are out already are named.
const namesOut = 3

// Reach counts a selection by what can be done to it.
func (e *Engine) Reach(ctx context.Context, actor models.Actor, sel models.Selection) (Reach, error) {
	st := Reach{People: int(sel.People), Capped: sel.Capped}
	if st.Unsure = sel.Capped || sel.People > CountCap; st.Unsure {
		return st, nil
	}
	statuses, err := e.statuses(ctx, actor.Tenant, sel)
	if err != nil {
		return st, err
	}
	for status, n := range statuses {
		if isOut(status) {
			st.Out += n
		} else {
			st.Able += n
		}
	}
	st.People = st.Able + st.Out // of a filter, as it matches now
	self, err := e.Members(ctx, actor.Tenant, sel, []int64{actor.UserID})
	if err != nil {
		return st, err
	}
	if self[actor.UserID] {
		st.Self, st.Able = true, max(st.Able-1, 0)
	}
	if st.Out > 0 && !Follows(sel) {
		some, err := someOut(ctx, e.db.Read(actor.Tenant), sel.ID, namesOut)
		if err != nil {
			return st, err
		}
		for _, one := range some {
			st.Names = append(st.Names, one.DisplayName)
		}
	}
	return st, nil
}

// statuses counts a selection by status; one that follows a filter up to
// CountCap people.
func (e *Engine) statuses(ctx context.Context, tenant int64, sel models.Selection) (map[models.Status]int, error) {
	r := e.db.Read(tenant)
	if !Follows(sel) {
		return statusesOf(ctx, r, sel.ID)
	}
	q, err := queryOf(sel)
	if err != nil {
		return nil, err
	}
	p, err := e.prepare(ctx, r, q)
	if err != nil {
		return nil, err
	}
	tallies, err := p.sample(ctx, "u.status", CountCap+1)
	if err != nil {
		return nil, err
	}
	all := map[models.Status]int{}
	for _, t := range tallies {
		all[models.Status(t.V)] = t.N
	}
	return all, nil
}

// Members tells which of a few people are in a selection.
func (e *Engine) Members(ctx context.Context, tenant int64, sel models.Selection, ids []int64) (map[int64]bool, error) {
	r := e.db.Read(tenant)
	if len(ids) > MaxShown {
		return nil, errs.New(errs.Invalid, "At most %d people can be asked about at once.", MaxShown)
	}
	if !Follows(sel) {
		return among(ctx, r, sel.ID, ids)
	}
	q, err := queryOf(sel)
	if err != nil {
		return nil, err
	}
	p, err := e.conditions(r, q)
	if err != nil {
		return nil, err
	}
	return p.meeting(ctx, ids)
}

// Outside counts the people of a selection whom a query does not match. It is
// not asked of one that follows a filter, nor of one that is too large to count
// beside a list: known is false then.
func (e *Engine) Outside(ctx context.Context, tenant int64, sel models.Selection, q Query) (n int, known bool, err error) {
	if sel.Kind == models.SelectionMatching || sel.People > CountCap {
		return 0, false, nil
	}
	p, err := e.conditions(e.db.Read(tenant), q)
	if err != nil {
		return 0, false, err
	}
	inside, err := p.inside(ctx, sel.ID)
	return int(sel.People) - inside, err == nil, err
}

// Selected gives a page of the people of a selection by user id, behind after.
func (e *Engine) Selected(ctx context.Context, tenant int64, sel models.Selection, after int64, limit int) ([]Row, error) {
	r := e.db.Read(tenant)
	ids, err := walkSelection(ctx, r, sel.ID, after, limit)
	if err != nil {
		return nil, err
	}
	return rowsByID(ctx, r, ids)
}
