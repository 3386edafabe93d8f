package directory

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// SelectionLife is how long a selection may be used. Who is in an older one has
// changed too much to act upon.
const SelectionLife = 24 * time.Hour

// maxTitle is how long the words of a selection may be.
const maxTitle = 500

// MaxShown is how many people one page of ticks may hold: the largest page of a
// list, and as many exact hits above it as there can be.
const MaxShown = 200

// Selection gives somebody's own selection. Somebody else's is not found; one
// whose time is over is refused in words.
func (e *Engine) Selection(ctx context.Context, actor models.Actor, publicID string) (models.Selection, error) {
	if err := mayHold(actor); err != nil {
		return models.Selection{}, err
	}
	sel, err := findSelection(ctx, e.db.Read(actor.Tenant), actor.UserID, publicID)
	if err != nil {
		return models.Selection{}, err
	}
	return sel, fresh(sel, e.db.Now())
}

// mayHold refuses who has no use for a selection. Its lists tell who exists.
func mayHold(actor models.Actor) error {
	return permit(actor, models.UsersDeactivate, "select people")
}

// fresh refuses a selection whose time is over.
func fresh(sel models.Selection, now models.Instant) error {
	if sel.ExpiresAt > now {
		return nil
	}
	return errs.New(errs.Conflict, "This selection is older than 24 hours, so who belongs to it may have changed. Nothing was done. Select the people again.")
}

func errNoSelection() error {
	return errs.New(errs.NotFound, "There is no such selection among yours.")
}

func errNobody() error { return errs.New(errs.Invalid, "Nobody is selected. Nothing was done.") }

// newSelection gives the row of a selection that begins now.
func newSelection(tx *store.Tx, kind models.SelectionKind, title string) models.Selection {
	return models.Selection{
		PublicID: uuid.NewString(), OwnerID: tx.Actor.UserID, Kind: kind, Title: accept(title, maxTitle),
		CreatedAt: tx.Now, ExpiresAt: tx.Now.Add(SelectionLife), FilledTo: models.FilledAll, Version: 1,
	}
}

// keep runs a change of a selection. It touches nobody's record, so it has no
// event: what is done to the people has.
func (e *Engine) keep(ctx context.Context, actor models.Actor, fn func(context.Context, *store.Tx) error) error {
	return e.db.Maintain(ctx, actor.Tenant, store.SelectionKeeping, func(ctx context.Context, tx *store.Tx) error {
		tx.Actor = actor
		return fn(ctx, tx)
	})
}

// Match selects everybody a query matches. Until it is used it follows the
// filter; title is the filter in words.
func (e *Engine) Match(ctx context.Context, actor models.Actor, q Query, title string) (models.Selection, error) {
	if err := mayHold(actor); err != nil {
		return models.Selection{}, err
	}
	q.Limit, q.Cursor, q.Backward, q.Sort, q.Desc = 0, "", false, "", false
	n, capped, err := e.Count(ctx, actor.Tenant, q)
	if errs.Is(err, errs.Unavailable) { // taking too long to count is no reason not to select them
		n, capped, err = 0, true, nil
	}
	if err != nil {
		return models.Selection{}, err
	}
	if n == 0 && !capped {
		return models.Selection{}, errNobody()
	}
	text, err := json.Marshal(q)
	if err != nil {
		return models.Selection{}, fmt.Errorf("write a filter down: %w", err)
	}
	var sel models.Selection
	err = e.keep(ctx, actor, func(ctx context.Context, tx *store.Tx) error {
		sel = newSelection(tx, models.SelectionMatching, title)
		sel.Query, sel.People, sel.Capped, sel.FilledTo = string(text), int64(n), capped, 0
		return insertSelection(ctx, tx, &sel)
	})
	return sel, err
}

// queryOf gives the query a selection follows.
func queryOf(sel models.Selection) (Query, error) {
	var q Query
	if err := json.Unmarshal([]byte(sel.Query), &q); err != nil {
		return q, fmt.Errorf("read the filter of selection %d: %w", sel.ID, err)
	}
	return q, nil
}

// Follows reports whether who is in a selection is still decided by its filter.
func Follows(sel models.Selection) bool {
	return sel.Kind == models.SelectionMatching && sel.UsedAt == 0
}
