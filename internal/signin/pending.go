package signin

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/rollcall/rollcall/internal/secret"
	"github.com/rollcall/rollcall/internal/signin/oidc"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// pending is a sign-in between the redirect and the return. It is kept sealed,
// so that a copy of the database cannot finish it.
type pending struct {
	Transaction oidc.Transaction `json:"transaction"`
	ReturnTo    string           `json:"return_to"`
	Purpose     purpose          `json:"purpose,omitempty"`
	Session     string           `json:"session,omitempty"` // forStepUp and forProof: the session it began in
	Draft       string           `json:"draft,omitempty"`   // forStepUp: what waits for it
	Request     string           `json:"request,omitempty"` // forProof: what asks for it
}

func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// fresh gives 256 random bits as text.
func fresh() string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails
	return base64.RawURLEncoding.EncodeToString(b[:])
}

func (f *Flow) place(provider, stateHash string) secret.Place {
	return pendingPlace(f.tenant, provider, stateHash)
}

func pendingPlace(tenant int64, provider, stateHash string) secret.Place {
	return secret.Place{Tenant: tenant, Column: "signin_transactions.sealed", Owner: provider, Row: stateHash}
}

// keep writes a sign-in down, bound to a browser.
func (f *Flow) keep(ctx context.Context, p pending, binding string) error {
	plain, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("seal sign-in: %w", err)
	}
	key := hash(p.Transaction.State)
	row := &models.SignInTransaction{
		StateHash: key, Provider: p.Transaction.Provider, BrowserHash: hash(binding),
		Sealed:    f.keyring.Seal(plain, f.place(p.Transaction.Provider, key)),
		CreatedAt: models.At(p.Transaction.Begun), ExpiresAt: models.At(p.Transaction.Ends),
	}
	return f.store.Maintain(ctx, f.tenant, store.SignInPending, func(ctx context.Context, tx *store.Tx) error {
		return insert(ctx, tx, row)
	})
}

// take gives the sign-in of a state to the browser that began it, once. What
// comes from another browser is used up as well: somebody else knows the state.
func (f *Flow) take(ctx context.Context, state, binding string) (*pending, error) {
	key := hash(state)
	var row *models.SignInTransaction
	err := f.store.Maintain(ctx, f.tenant, store.SignInPending, func(ctx context.Context, tx *store.Tx) error {
		var err error
		row, err = take(ctx, tx, key)
		return err
	})
	if err != nil || row == nil {
		return nil, err
	}
	if subtle.ConstantTimeCompare([]byte(row.BrowserHash), []byte(hash(binding))) != 1 {
		return nil, nil
	}
	plain, err := f.keyring.Open(row.Sealed, f.place(row.Provider, key))
	if err != nil {
		return nil, fmt.Errorf("open sign-in: %w", err)
	}
	p := new(pending)
	if err := json.Unmarshal(plain, p); err != nil {
		return nil, fmt.Errorf("open sign-in: %w", err)
	}
	return p, nil
}

const (
	sweepBatch = 500
	// sweepAfter keeps sign-ins that took too long, so that whoever comes back
	// late is told just that.
	sweepAfter = time.Hour
)

// Sweep removes sign-ins nobody finished, sign-out messages that need not be
// remembered any more, and grants of providers that are gone, and says how many.
func (f *Flow) Sweep(ctx context.Context) (int, error) {
	begun, err := f.sweep(ctx, func(ctx context.Context, tx *store.Tx) (int, error) {
		return deleteOld(ctx, tx, tx.Now.Add(-sweepAfter), sweepBatch)
	})
	if err != nil {
		return begun, err
	}
	heard, err := f.sweep(ctx, func(ctx context.Context, tx *store.Tx) (int, error) {
		return deleteHeard(ctx, tx, tx.Now, sweepBatch)
	})
	if err != nil {
		return begun + heard, err
	}
	lost, err := f.sweep(ctx, func(ctx context.Context, tx *store.Tx) (int, error) {
		return deleteLost(ctx, tx, tx.Now.Add(-keepDead), sweepBatch)
	})
	return begun + heard + lost, err
}

// sweep removes batches until one is not full.
func (f *Flow) sweep(ctx context.Context, remove func(context.Context, *store.Tx) (int, error)) (int, error) {
	total := 0
	for {
		var n int
		err := f.store.Maintain(ctx, f.tenant, store.SessionSweep, func(ctx context.Context, tx *store.Tx) error {
			var err error
			n, err = remove(ctx, tx)
			return err
		})
		total += n
		if err != nil || n < sweepBatch {
			return total, err
		}
	}
}
