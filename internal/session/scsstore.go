package session

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// rows is the store behind scs. scs hands it hashes, never tokens.
type rows struct{ store *store.Store }

// found carries what FindCtx read to whoever asked for it: scs passes on bytes only.
type (
	foundKey struct{}
	found    struct{ live *Live }
)

// beginning carries the transaction and the row of a session that begins, or
// that goes on under another token.
type (
	beginKey  struct{}
	beginning struct {
		tx    *store.Tx
		row   *models.Session
		renew bool // row is empty until it is found
	}
)

var errOutside = errors.New("session: rows are written by Begin only")

// FindCtx reads the session of a token's hash, with its person and tenant.
func (r *rows) FindCtx(ctx context.Context, hash string) ([]byte, bool, error) {
	if b, ok := ctx.Value(beginKey{}).(*beginning); ok {
		if b.renew {
			there, err := lockRow(ctx, b.tx, b.row, hash)
			return b.row.Data, there, err
		}
		return dataIn(ctx, b.tx, hash)
	}
	live, data, err := findLive(ctx, r.store, hash)
	if err != nil || live == nil {
		return nil, false, err
	}
	if got, ok := ctx.Value(foundKey{}).(*found); ok {
		got.live = live
	}
	return data, true, nil
}

// CommitCtx writes the row of a session that begins.
func (r *rows) CommitCtx(ctx context.Context, hash string, data []byte, _ time.Time) error {
	b, ok := ctx.Value(beginKey{}).(*beginning)
	if !ok {
		return errOutside
	}
	b.row.TokenHash, b.row.Data = hash, data
	return insert(ctx, b.tx, b.row)
}

// DeleteCtx removes the session that the new one replaces.
func (r *rows) DeleteCtx(ctx context.Context, hash string) error {
	b, ok := ctx.Value(beginKey{}).(*beginning)
	if !ok {
		return errOutside
	}
	return deleteHash(ctx, b.tx, hash)
}

// Find is never called: scs prefers FindCtx.
func (r *rows) Find(string) ([]byte, bool, error) { return nil, false, errOutside }

// Commit is never called: scs prefers CommitCtx.
func (r *rows) Commit(string, []byte, time.Time) error { return errOutside }

// Delete is never called: scs prefers DeleteCtx.
func (r *rows) Delete(string) error { return errOutside }

// codec writes the values of a session as JSON: gob ties rows to Go types.
type codec struct{}

type encoded struct {
	Ends   models.Instant `json:"ends"`
	Values map[string]any `json:"values,omitempty"`
}

// Encode writes values.
func (codec) Encode(ends time.Time, values map[string]any) ([]byte, error) {
	b, err := json.Marshal(encoded{Ends: models.At(ends), Values: values})
	if err != nil {
		return nil, fmt.Errorf("encode session: %w", err)
	}
	return b, nil
}

// Decode reads values.
func (codec) Decode(b []byte) (time.Time, map[string]any, error) {
	e := encoded{Values: map[string]any{}}
	if err := json.Unmarshal(b, &e); err != nil {
		return time.Time{}, nil, fmt.Errorf("decode session: %w", err)
	}
	return e.Ends.Time(), e.Values, nil
}
