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
