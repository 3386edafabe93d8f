package directory

import (
	"context"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// fillFirst is how many people of a filter are written down at once when it is
// frozen. Larger ones are filled chunk by chunk by whoever uses them.
const fillFirst = 5_000

// Freeze takes the actor's selection for use, inside the transaction of the use:
// from now on nobody comes in or goes out. One that follows a filter is written
// down as its people match at this moment; when there are many of them that is
// not done yet (FilledTo is not FilledAll), and Fill goes on. A selection that is
// frozen already stays as it is. An empty one is refused.
func (e *Engine) Freeze(ctx context.Context, tx *store.Tx, publicID string) (models.Selection, error) {
	if err := mayHold(tx.Actor); err != nil {
		return models.Selection{}, err
	}
	sel, err := lockSelection(ctx, tx, tx.Actor.UserID, publicID)
	if err != nil {
		return sel, err
	}
	if err := fresh(sel, tx.Now); err != nil {
		return sel, err
	}
	if sel.UsedAt == 0 {
		sel.UsedAt = tx.Now
		if err := saveSelection(ctx, tx, &sel, "used_at"); err != nil {
			return sel, err
		}
	}
	if sel.FilledTo != models.FilledAll {
		if err := e.fill(ctx, tx, &sel, fillFirst); err != nil {
			return sel, err
		}
	}
	if sel.FilledTo == models.FilledAll && sel.People == 0 {
		return sel, errNobody()
	}
	return sel, nil
}

// Fill writes down the next people of a frozen filter, about limit of them, and
// reports whether everybody is written down. Whoever holds the lease of the use
// calls it until then; calling it again does nothing. Each chunk is a step
// through the people by id, so that a crash between two loses and doubles nobody.
func (e *Engine) Fill(ctx context.Context, tx *store.Tx, selectionID int64, limit int) (done bool, err error) {
	sel, err := lockSelectionByID(ctx, tx, selectionID)
	if err != nil {
		return false, err
	}
	if sel.FilledTo != models.FilledAll {
		err = e.fill(ctx, tx, &sel, limit)
	}
	return sel.FilledTo == models.FilledAll, err
}

func (e *Engine) fill(ctx context.Context, tx *store.Tx, sel *models.Selection, limit int) error {
	q, err := queryOf(*sel)
	if err != nil {
		return err
	}
	p, err := e.prepareAt(ctx, tx.Reader, q, sel.UsedAt)
	if err != nil {
		return err
	}
	if err := p.howToFill(ctx, sel); err != nil {
		return err
	}
	n, err := p.writeDown(ctx, tx, sel, limit)
	if err != nil {
		return err
	}
	if sel.FilledTo == 0 { // until now People was what the list counted
		sel.People, sel.Capped = 0, true
	}
	sel.People += n
	if p.start >= 0 || n < int64(limit) {
		sel.FilledTo, sel.Capped = models.FilledAll, false
	} else if sel.FilledTo, err = lastPerson(ctx, tx.Reader, sel.ID); err != nil {
		return err
	}
	return saveSelection(ctx, tx, sel, "people", "capped", "filled_to")
}

// howToFill decides how a filter is written down: all at once from a condition
// that few people meet, or walking. Once walked, it is walked to the end.
func (p *plan) howToFill(ctx context.Context, sel *models.Selection) error {
	if sel.FilledTo > 0 {
		p.start = -1
		return nil
	}
	if p.start >= 0 {
		return nil
	}
	return p.choose(ctx, p.bounds.medium, func(f filter) bool { return f.source != nil })
}

// Walk gives the next people of a selection by user id, at most limit, behind
// afterUser. Of a filter it gives who was written down: Freeze it first.
func (e *Engine) Walk(ctx context.Context, r store.Reader, selectionID, afterUser int64, limit int) ([]int64, error) {
	return walkSelection(ctx, r, selectionID, afterUser, limit)
}
