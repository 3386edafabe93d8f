package app

import (
	"context"

	"github.com/rollcall/rollcall/internal/offboard"
	"github.com/rollcall/rollcall/internal/store"
)

// heldTokens lets package offboard take back the tokens that package signin holds.
type heldTokens struct{ app *App }

// Holders implements offboard.HeldTokens.
func (h heldTokens) Holders(ctx context.Context, tx *store.Tx, users []int64) (map[int64]bool, error) {
	return h.app.SignIn.TokenHolders(ctx, tx, users)
}

// Revoke implements offboard.HeldTokens.
func (h heldTokens) Revoke(ctx context.Context, _, user int64) (offboard.Revoked, error) {
	done, err := h.app.SignIn.TakeBackTokens(ctx, user)
	return offboard.Revoked{Tokens: done.Tokens, Proven: done.Proven}, err
}
