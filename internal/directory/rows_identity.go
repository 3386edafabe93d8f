package directory

import (
	"context"
	"fmt"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// maxIdentities is how many identities of one person are shown.
const maxIdentities = 100

// findIdentity reads the identity of an (issuer, subject). MariaDB takes texts
// that differ only in spaces at the end for equal; here they are not (OIDC-35).
func findIdentity(ctx context.Context, r store.Reader, issuer, subject string) (models.Identity, error) {
	if checkKey(issuer, subject) != nil {
		return models.Identity{}, noIdentity()
	}
	found := []models.Identity{}
	err := r.Select(&found).Where("i.issuer = ?", issuer).Where("i.subject = ?", subject).Limit(1).Scan(ctx)
	if err != nil {
		return models.Identity{}, fmt.Errorf("find identity: %w", err)
	}
	if len(found) == 0 || found[0].Issuer != issuer || found[0].Subject != subject {
		return models.Identity{}, noIdentity()
	}
	return found[0], nil
}

func noIdentity() error {
	return errs.New(errs.NotFound, "Nobody in this directory has this identity.")
}

// identitiesOf reads the identities of a person, the primary one first.
func identitiesOf(ctx context.Context, r store.Reader, userID int64) ([]models.Identity, error) {
	found := []models.Identity{}
	err := r.Select(&found).Where("i.user_id = ?", userID).OrderExpr("i.is_primary DESC, i.id").Limit(maxIdentities).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read identities of user %d: %w", userID, err)
	}
	return found, nil
}

func insertIdentity(ctx context.Context, tx *store.Tx, identity *models.Identity) error {
	if err := checkKey(identity.Issuer, identity.Subject); err != nil {
		return err
	}
	_, err := tx.Insert(identity).Exec(ctx)
	if store.IsUniqueViolation(err) {
		return errs.Wrap(err, errs.Conflict, "This identity already belongs to somebody in this directory. Nothing was linked.")
	}
	if err != nil {
		return fmt.Errorf("insert identity: %w", err)
	}
	return nil
}

// touch writes the moment of a sign-in. The version stays: nobody edited anything.
func touch(ctx context.Context, tx *store.Tx, userID, identityID int64) error {
	_, err := tx.Update((*models.User)(nil)).Set("last_sign_in_at = ?", tx.Now).Where("id = ?", userID).Exec(ctx)
	if err != nil {
		return fmt.Errorf("touch user %d: %w", userID, err)
	}
	_, err = tx.Update((*models.Identity)(nil)).Set("last_sign_in_at = ?", tx.Now).
		Where("id = ?", identityID).Where("user_id = ?", userID).Exec(ctx)
	if err != nil {
		return fmt.Errorf("touch identity %d: %w", identityID, err)
	}
	return nil
}

func refreshIdentity(ctx context.Context, tx *store.Tx, identity models.Identity) error {
	_, err := tx.Update(&identity).Column("email", "email_verified", "username").Where("id = ?", identity.ID).Exec(ctx)
	if err != nil {
		return fmt.Errorf("refresh identity %d: %w", identity.ID, err)
	}
	return nil
}
