package directory

import (
	"context"
	"slices"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// Changed is what an act changed of a person.
type Changed struct {
	User   models.User // as it is now
	Fields []string    // by form name; FieldStatus when the status changed
	Source string      // the provider that said it; "": it was changed here
}

// Follower hears of changes to people inside the transaction that makes them, so
// that what follows from them is written with them or not at all.
type Follower interface {
	PeopleChanged(ctx context.Context, tx *store.Tx, changes []Changed) error
}

// Follow makes a follower hear of every change. It is called while the product is
// put together, before any change is made.
func (e *Engine) Follow(f Follower) { e.followers = append(e.followers, f) }

func (e *Engine) tell(ctx context.Context, tx *store.Tx, changes ...Changed) error {
	if len(changes) == 0 {
		return nil
	}
	for _, f := range e.followers {
		if err := f.PeopleChanged(ctx, tx, changes); err != nil {
			return err
		}
	}
	return nil
}

// changedBy gives what a draft changed.
func (d *draft) changedBy(source string) Changed {
	fields := make([]string, 0, len(d.after))
	for name := range d.after {
		fields = append(fields, name)
	}
	slices.Sort(fields)
	return Changed{User: d.user, Fields: fields, Source: source}
}
