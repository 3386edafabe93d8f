package app

import (
	"context"

	"github.com/rollcall/rollcall/internal/offboard"
	"github.com/rollcall/rollcall/internal/signin"
	"github.com/rollcall/rollcall/internal/store"
)

// heldTokens lets package offboard take back the tokens that package signin holds.
type heldTokens struct{ app *App }

// Holders implements offboard.HeldTokens.
func (h heldTokens) Holders(ctx context.Context, tx *store.Tx, users []int64) (map[int64][]offboard.Origin, error) {
	found, err := h.app.SignIn.TokenHolders(ctx, tx, users, offboard.Patience)
	if err != nil {
		return nil, err
	}
	of := make(map[int64][]offboard.Origin, len(users))
	for _, g := range found {
		of[g.User] = append(of[g.User], offboard.Origin{Provider: g.Provider, Issuer: g.Issuer})
	}
	return of, nil
}

// Revoke implements offboard.HeldTokens.
func (h heldTokens) Revoke(ctx context.Context, _, user int64) (offboard.Revoked, error) {
	done, err := h.app.SignIn.TakeBackTokens(ctx, user)
	out := offboard.Revoked{Tokens: done.Tokens, Proven: done.Proven}
	for _, l := range done.Looks {
		look := offboard.TokenLook{Token: string(l.Token), Provider: l.Provider, How: offboard.LookUse, Before: reading(l.Before), After: reading(l.After)}
		if l.Introspected {
			look.How = offboard.LookIntrospection
		}
		look.Proof = offboard.ProofOf(look.Before, look.After)
		out.Looks = append(out.Looks, look)
	}
	return out, err
}

func reading(g *signin.Glance) *offboard.TokenReading {
	if g == nil {
		return nil
	}
	return &offboard.TokenReading{At: g.At, Alive: g.Alive, Digest: g.Digest}
}
