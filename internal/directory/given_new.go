package directory

import (
	"context"
	"maps"
	"slices"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// NewGiven is a person to be made of what a connected system says, with their
// first identity.
type NewGiven struct {
	Identity NewIdentity // UserID is ignored
	Values   map[string]GivenValue
	Status   models.Status
	Reason   string
}

// CreateGiven makes many people, inside the transaction of the verb, which
// decided that they come in and records the events. They are in the order of the
// input.
func (e *Engine) CreateGiven(ctx context.Context, tx *store.Tx, all []NewGiven) ([]models.User, error) {
	if len(all) == 0 {
		return nil, nil
	}
	fit, err := e.Fit(ctx, tx.Reader)
	if err != nil {
		return nil, err
	}
	t := taking{engine: e, tx: tx, fit: fit, departments: map[string]int64{"": 0}}
	users, attributes := make([]models.User, len(all)), make([][]models.UserAttribute, len(all))
	for i := range all {
		d, err := t.fresh(ctx, &all[i])
		if err != nil {
			return nil, err
		}
		users[i], attributes[i] = d.user, d.attributes
	}
	if err := insertUsers(ctx, tx, users); err != nil {
		return nil, err
	}
	var words []models.UserToken
	var identities []models.Identity
	var values []models.UserAttribute
	for i := range users {
		u := &users[i]
		words = append(words, tokensOf(u)...)
		row := identityOf(tx, all[i].Identity, u.ID)
		if err := checkKey(row.Issuer, row.Subject); err != nil {
			return nil, err
		}
		row.IsPrimary = true
		identities = append(identities, row)
		for _, v := range attributes[i] {
			v.UserID, v.UpdatedAt = u.ID, tx.Now
			values = append(values, v)
		}
	}
	if err := insertAll(ctx, tx, words); err != nil {
		return nil, err
	}
	if err := insertAll(ctx, tx, identities); err != nil {
		return nil, err
	}
	return users, insertAll(ctx, tx, values)
}

// fresh gives the draft of a new person.
func (t *taking) fresh(ctx context.Context, n *NewGiven) (*draft, error) {
	user, err := newUser(t.tx, n.Status)
	if err != nil {
		return nil, err
	}
	user.StatusReason, user.Provider = accept(n.Reason, maxReason), n.Identity.Provider
	d := t.engine.draft(t.tx, user)
	nobody := &Standing{User: user, Sources: Sources{}}
	for _, name := range slices.Sorted(maps.Keys(n.Values)) {
		value, ok := t.fit.Value(name, n.Values[name].Text)
		if !ok {
			continue
		}
		owner := ""
		if n.Values[name].Own {
			owner = n.Identity.Provider
		}
		if err := t.set(ctx, d, nobody, claimed{name, value, owner}); err != nil {
			return nil, err
		}
	}
	if d.user.DisplayName == "" {
		d.user.DisplayName = anyName(&d.user)
	}
	d.derive()
	return d, nil
}
