package directory

import (
	"context"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// Reveal gives the masked fields of a person and records who looked and why.
func (e *Engine) Reveal(ctx context.Context, actor models.Actor, publicID, reason string) (Revealed, error) {
	if err := permit(actor, models.UsersRead, "open people's pages"); err != nil {
		return Revealed{}, err
	}
	var f form
	reason = f.reason(reason, true)
	if err := f.err(); err != nil {
		return Revealed{}, err
	}
	var seen Revealed
	err := e.db.Change(ctx, actor, func(ctx context.Context, tx *store.Tx) error {
		user, err := findUser(ctx, tx.Reader, "public_id", publicID)
		if err != nil {
			return err
		}
		values, err := attributesOf(ctx, tx.Reader, user.ID)
		if err != nil {
			return err
		}
		seen = Revealed{Phone: user.Phone, ExternalID: user.ExternalID, Attributes: map[string]string{}}
		for _, v := range values {
			if v.Definition.Masked && v.Value.Set() {
				seen.Attributes[v.Definition.Key] = v.Value.value
			}
		}
		return tx.Record(ctx, store.Event{Action: models.UserReveal, Target: Ref(user), Reason: reason})
	})
	if err != nil {
		return Revealed{}, err
	}
	return seen, nil
}
