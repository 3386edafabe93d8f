package operation

import (
	"context"

	"github.com/rollcall/rollcall/models"
)

// Changes is what became of the people of a frozen list since it was frozen.
// None of them is acted upon: each is refused when their turn comes.
type Changes struct {
	Gone    int64         // removed
	Already int64         // deactivated by other means
	Moved   int64         // changed otherwise: status, leaving date, access
	People  []MovedPerson `bun:"-"` // the first of them
}

// Total counts everybody who changed.
func (c Changes) Total() int64 { return c.Gone + c.Already + c.Moved }

// MovedPerson is one who changed.
type MovedPerson struct {
	PublicID    string
	Name        string
	StoodStatus models.Status
	Status      models.Status
}

// movedShown is how many are named.
const movedShown = 10

// ChangesOf says who of a frozen list does not stand as they did.
func (e *Engine) ChangesOf(ctx context.Context, tenant int64, op models.Operation) (Changes, error) {
	r := e.Store.Read(tenant)
	c, err := countMoved(ctx, r, op.ID)
	if err != nil || c.Total() == 0 {
		return c, err
	}
	c.People, err = selectMoved(ctx, r, op.ID, movedShown)
	return c, err
}
