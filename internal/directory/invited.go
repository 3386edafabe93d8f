package directory

import (
	"context"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// FindInvited finds the one person invited with an e-mail address and holds
// their row. Nobody is found when several were: an admin has to decide. The
// caller makes sure that the provider verified the address.
func (e *Engine) FindInvited(ctx context.Context, tx *store.Tx, emailNorm string) (models.User, bool, error) {
	emailNorm = NormEmail(emailNorm)
	if !isEmail(emailNorm) {
		return models.User{}, false, nil
	}
	users, err := invitedWith(ctx, tx, emailNorm)
	if err != nil || len(users) != 1 || users[0].EmailNorm != emailNorm {
		return models.User{}, false, err
	}
	return users[0], true, nil
}

// FindByEmail finds the one person with an e-mail address who can be in, or
// could be let in. Nobody is found when several have it. The caller makes sure
// that the address was verified, and tells nobody else.
func (e *Engine) FindByEmail(ctx context.Context, tx *store.Tx, email string) (models.User, bool, error) {
	email = NormEmail(email)
	if !isEmail(email) {
		return models.User{}, false, nil
	}
	users, err := presentWith(ctx, tx, email)
	if err != nil || len(users) != 1 || users[0].EmailNorm != email {
		return models.User{}, false, err
	}
	return users[0], true, nil
}

// FindShutOut finds somebody who may not come in, as a suspended or deactivated
// person or one past the leaving date, and who has an e-mail address or a username:
// what named them goes to nobody else without a look (NIST SP 800-53 IA-4 d).
func (e *Engine) FindShutOut(ctx context.Context, tx *store.Tx, email, username string) (user models.User, field string, err error) {
	for _, by := range []struct{ field, index, column, norm string }{
		{FieldEmail, "users_by_email", "email_norm", NormEmail(email)},
		{FieldUsername, "users_by_username", "username_norm", normUsername(username)},
	} {
		if by.norm == "" {
			continue
		}
		user, err = shutOutWith(ctx, tx, by.index, by.column, by.norm)
		if err != nil || user.ID != 0 {
			return user, by.field, err
		}
	}
	return models.User{}, "", nil
}
