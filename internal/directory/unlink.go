package directory

import (
	"context"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// Unlinked says what UnlinkIdentity left behind.
type Unlinked struct {
	User     models.User
	Identity models.Identity
	Left     int      // identities the person still has
	Freed    []string // fields nobody manages any more: the provider has no other identity here
}

// UnlinkIdentity takes an identity away from a person inside the transaction of
// the verb, which decided that they may lose it, ends its sessions and records
// the event. When it was the last one of its provider, fields managed there
// become local: nobody would ever refresh them again.
func (e *Engine) UnlinkIdentity(ctx context.Context, tx *store.Tx, userID, identityID int64) (Unlinked, error) {
	user, err := e.LockByID(ctx, tx, userID)
	if err != nil {
		return Unlinked{}, err
	}
	held, err := identitiesOf(ctx, tx.Reader, user.ID)
	if err != nil {
		return Unlinked{}, err
	}
	u := Unlinked{}
	var rest []models.Identity
	sameProvider := false
	for _, i := range held {
		if i.ID == identityID {
			u.Identity = i
		} else {
			rest = append(rest, i)
		}
	}
	for _, i := range rest {
		sameProvider = sameProvider || i.Provider == u.Identity.Provider
	}
	gone, err := deleteIdentity(ctx, tx, user.ID, identityID)
	if err != nil {
		return u, err
	}
	if !gone || u.Identity.ID == 0 {
		return u, errs.New(errs.NotFound, "This identity is no longer linked to %s.", user.DisplayName)
	}
	u.Left = len(rest)
	main := primaryOf(rest, nil)
	if main.ID != 0 && !main.IsPrimary {
		if err := setPrimary(ctx, tx, user.ID, main.ID); err != nil {
			return u, err
		}
	}
	if !sameProvider {
		u.Freed = free(&user, u.Identity.Provider)
	}
	user.Provider = main.Provider
	user.AccessEpoch++
	u.User = user
	return u, saveUser(ctx, tx, &user, "provider", "field_sources", "access_epoch")
}

// free makes the fields a provider manages local.
func free(user *models.User, provider string) []string {
	sources := ParseSources(user.FieldSources)
	var freed []string
	for _, f := range carried {
		if sources.Owner(f.name) == provider {
			freed = append(freed, f.name)
			delete(sources, f.name)
		}
	}
	user.FieldSources = sources.Text()
	return freed
}
