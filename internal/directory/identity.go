package directory

import (
	"context"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// LinkIdentity binds an (issuer, subject) to a person inside the transaction of
// the verb, which made sure that both are the same human and records the event.
// An identity belongs to at most one person of a tenant (OIDC-35).
func (e *Engine) LinkIdentity(ctx context.Context, tx *store.Tx, n NewIdentity) (models.Identity, error) {
	user, err := e.LockByID(ctx, tx, n.UserID)
	if err != nil {
		return models.Identity{}, err
	}
	if user.Status == models.Removed {
		return models.Identity{}, errs.New(errs.Conflict, "%s was removed. Nothing was linked.", user.DisplayName)
	}
	others, err := identitiesOf(ctx, tx.Reader, user.ID)
	if err != nil {
		return models.Identity{}, err
	}
	identity := identityOf(tx, n, user.ID)
	identity.IsPrimary = len(others) == 0
	if err := insertIdentity(ctx, tx, &identity); err != nil {
		return models.Identity{}, err
	}
	if identity.IsPrimary {
		user.Provider = n.Provider
	}
	user.AccessEpoch++
	return identity, saveUser(ctx, tx, &user, "provider", "access_epoch")
}

// identityOf gives the row of a new identity. Issuer and subject stay as they
// are, to the byte.
func identityOf(tx *store.Tx, n NewIdentity, userID int64) models.Identity {
	by := n.By
	if by == "" {
		by = tx.Actor.Name
	}
	return models.Identity{
		UserID: userID, Provider: n.Provider, Issuer: n.Issuer, Subject: n.Subject,
		Email: accept(n.Email, maxEmail), EmailVerified: n.EmailVerified, Username: accept(n.Username, maxName),
		LinkedAt: tx.Now, LinkedBy: accept(by, maxName), LinkedHow: accept(n.How, 63),
	}
}

// maxKey is the longest issuer and subject, in bytes; OpenID Connect Core 2
// allows no longer subject.
const maxKey = 255

// checkKey refuses an issuer or subject that cannot be kept as it is.
func checkKey(issuer, subject string) error {
	for _, part := range []string{issuer, subject} {
		if part == "" || len(part) > maxKey || illegible("", part) != "" {
			return errs.New(errs.Invalid, "The provider names this person in a way that cannot be kept: issuer and subject are 1 to %d characters of text.", maxKey)
		}
	}
	return nil
}

// TouchSignIn writes that a person signed in now with an identity.
func (e *Engine) TouchSignIn(ctx context.Context, tx *store.Tx, userID, identityID int64) error {
	return touch(ctx, tx, userID, identityID)
}

// RefreshIdentity writes what the provider now says beside an (issuer, subject):
// e-mail, whether it verified it, and username. They identify nobody.
func (e *Engine) RefreshIdentity(ctx context.Context, tx *store.Tx, identityID int64, n NewIdentity) error {
	return refreshIdentity(ctx, tx, models.Identity{
		ID: identityID, Email: accept(n.Email, maxEmail), EmailVerified: n.EmailVerified, Username: accept(n.Username, maxName),
	})
}
