package signin

import (
	"context"
	"strings"

	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// Newcomers hears of identities nobody knows that came with the verified e-mail
// address of a person who is known. It may suggest to link them; it links nothing.
type Newcomers interface {
	SuggestNewcomer(ctx context.Context, tx *store.Tx, known models.User, identity directory.NewIdentity, authoritative bool) error
}

// sameAddress looks whether the address of somebody who is turned away belongs
// to a person here. It is said only to who has the address verified: to anybody
// else it would tell who is here. The record stays as it is (OIDC-36).
func (a *admission) sameAddress(ctx context.Context, tx *store.Tx) error {
	id := &a.grant.Identity
	if a.newcomers == nil || !id.EmailVerified {
		return nil
	}
	known, found, err := a.people.FindByEmail(ctx, tx, id.Email)
	if err != nil || !found {
		return err
	}
	a.refusal = a.refuse(a.provider, ReasonEmailInUse,
		"You signed in at "+a.provider.Name()+", and your e-mail address belongs to somebody who is known here by another sign-in. An address alone links nothing, so you were not let in.",
		a.ask(" to link the two"))
	return a.newcomers.SuggestNewcomer(ctx, tx, known, a.newIdentity(""), a.provider.trusts(id.Email))
}

// whyWait says why a newcomer whom the rule creates waits to be let in all the
// same: their address or username belongs to somebody who is out here. It may be
// that person, back by another account, or somebody who got what was theirs; who
// lets people in has to know which. It is "" for everybody else.
func (a *admission) whyWait(ctx context.Context, tx *store.Tx) (string, error) {
	if a.first {
		return "", nil
	}
	id := &a.grant.Identity
	out, field, err := a.people.FindShutOut(ctx, tx, id.Email, id.Username)
	if err != nil || field == "" {
		return "", err
	}
	what, is := "e-mail address", strings.ToLower(out.Status.Word())
	if field == directory.FieldUsername {
		what = "username"
	}
	if out.Status == models.Leaving {
		is = "past the leaving date"
	}
	return ". Waits: the " + what + " is that of " + out.DisplayName + ", who is " + is + ".", nil
}
