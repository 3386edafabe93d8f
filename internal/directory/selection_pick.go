package directory

import (
	"context"
	"slices"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// Picks are the ticks of one page: the public ids of the people it shows, and of
// those who are ticked. Who is not shown stays as they are.
type Picks struct {
	Shown  []string
	Ticked []string
}

const pickedTitle = "Picked from the list"

// Pick makes a selection of people ticked one by one.
func (e *Engine) Pick(ctx context.Context, actor models.Actor, publicIDs []string) (models.Selection, error) {
	return e.Tick(ctx, actor, "", Picks{Ticked: publicIDs})
}

// Tick takes over the ticks of one page and gives the selection as it then is.
// It may be another one: "" begins one, one that follows a filter is given up for
// the people ticked on this page, and one that is frozen is copied, since what it
// was used for still stands on it.
func (e *Engine) Tick(ctx context.Context, actor models.Actor, publicID string, p Picks) (models.Selection, error) {
	if err := mayHold(actor); err != nil {
		return models.Selection{}, err
	}
	if len(p.Shown) > MaxShown || len(p.Ticked) > MaxShown {
		return models.Selection{}, errs.New(errs.Invalid, "At most %d people can be ticked at once. Nothing was selected.", MaxShown)
	}
	var sel models.Selection
	err := e.keep(ctx, actor, func(ctx context.Context, tx *store.Tx) error {
		add, remove, err := p.ids(ctx, tx.Reader)
		if err != nil {
			return err
		}
		if sel, err = e.pickable(ctx, tx, publicID); err != nil {
			return err
		}
		if err := removePeople(ctx, tx, sel.ID, remove); err != nil {
			return err
		}
		if err := addPeople(ctx, tx, sel.ID, add); err != nil {
			return err
		}
		return recount(ctx, tx, &sel)
	})
	return sel, err
}

// ids gives whom to add and whom to take out. Who does not exist in the tenant
// is left out: nobody can act upon them.
func (p Picks) ids(ctx context.Context, r store.Reader) (add, remove []int64, err error) {
	all := slices.Concat(p.Shown, p.Ticked)
	slices.Sort(all)
	known, err := idsOf(ctx, r, slices.Compact(all))
	if err != nil {
		return nil, nil, err
	}
	for publicID, id := range known {
		if slices.Contains(p.Ticked, publicID) {
			add = append(add, id)
		} else {
			remove = append(remove, id)
		}
	}
	slices.Sort(add) // one order of locks for everybody
	slices.Sort(remove)
	return add, remove, nil
}

// pickable gives a selection people can be added to or taken out of.
func (e *Engine) pickable(ctx context.Context, tx *store.Tx, publicID string) (models.Selection, error) {
	if publicID == "" {
		sel := newSelection(tx, models.SelectionPicked, pickedTitle)
		return sel, insertSelection(ctx, tx, &sel)
	}
	old, err := lockSelection(ctx, tx, tx.Actor.UserID, publicID)
	if err != nil {
		return old, err
	}
	if err := fresh(old, tx.Now); err != nil {
		return old, err
	}
	if old.UsedAt == 0 && old.Kind != models.SelectionMatching {
		return old, nil
	}
	sel := newSelection(tx, models.SelectionPicked, pickedTitle)
	if err := insertSelection(ctx, tx, &sel); err != nil {
		return sel, err
	}
	if Follows(old) {
		return sel, nil
	}
	return sel, copyPeople(ctx, tx, old.ID, sel.ID)
}

// Drop takes everybody out of a selection whom a query does not match.
func (e *Engine) Drop(ctx context.Context, actor models.Actor, publicID string, q Query) (models.Selection, error) {
	if err := mayHold(actor); err != nil {
		return models.Selection{}, err
	}
	var sel models.Selection
	err := e.keep(ctx, actor, func(ctx context.Context, tx *store.Tx) error {
		var err error
		if sel, err = e.pickable(ctx, tx, publicID); err != nil {
			return err
		}
		p, err := e.conditions(tx.Reader, q)
		if err != nil {
			return err
		}
		if err := p.dropOutside(ctx, tx, sel.ID); err != nil {
			return err
		}
		return recount(ctx, tx, &sel)
	})
	return sel, err
}

// conditions gives a plan of which only the conditions are used, about people
// who are known already.
func (e *Engine) conditions(r store.Reader, q Query) (*plan, error) {
	q.Cursor, q.Limit = "", 0
	if err := q.check(); err != nil {
		return nil, err
	}
	p := &plan{Query: q, bounds: e.bounds, r: r, now: e.db.Now(), start: -1}
	var err error
	p.filters, err = p.Query.filters(p.now)
	return p, err
}
