package signin

import (
	"context"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/signin/oidc"
)

// Arrivals hears of everybody who was let in, after the sign-in is done. It may
// refresh what is known of their account; it can no longer refuse anybody.
type Arrivals interface {
	Arrived(ctx context.Context, tenant int64, issuer string, account connector.Account)
}

// arrived tells of somebody who was let in, with what the provider said.
func (f *Flow) arrived(ctx context.Context, id *oidc.Identity) {
	if f.arrivals != nil {
		f.arrivals.Arrived(ctx, f.tenant, id.Issuer, accountOf(id))
	}
}

// accountOf writes what a provider said as the account it said it of.
func accountOf(id *oidc.Identity) connector.Account {
	a := connector.Account{
		ID: id.Subject, Username: id.Username, Email: id.Email, EmailVerified: id.EmailVerified,
		DisplayName: id.Name, GivenName: id.GivenName, FamilyName: id.FamilyName, Enabled: true, Attributes: map[string][]string{},
	}
	for claim, value := range id.Raw {
		if !knows(id, claim) {
			continue
		}
		if one, ok := scalar(value); ok {
			a.Attributes[claim] = []string{one}
		} else if many, ok := texts(value); ok {
			a.Attributes[claim] = many
		}
	}
	return a
}
