package certify

import (
	"context"
	"errors"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/secret"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// Deps are what the engine works with.
type Deps struct {
	Store   *store.Store
	Keyring *secret.Keyring
	Version string // of the program
	Signer  string // under which name keys are made: where people find this installation
}

// Engine issues certificates and keeps the keys they are signed with. It is safe
// for use by many goroutines.
type Engine struct{ Deps }

// New makes the engine.
func New(d Deps) *Engine {
	if d.Version == "" {
		d.Version = "development"
	}
	return &Engine{d}
}

// may refuses whoever may not see operations.
func may(actor models.Actor) error {
	if !actor.Can.Has(models.OperationsRead) {
		return errs.Denied("operations.read", "Certificates are for those who may see operations.")
	}
	return nil
}

var errNone = errs.New(errs.NotFound, "There is no such certificate.")

// operation finds one by its public id.
func (e *Engine) operation(ctx context.Context, tenant int64, publicID string) (models.Operation, error) {
	op, err := operationOf(ctx, e.Store.Read(tenant), publicID)
	if errors.Is(err, errMissing) {
		return op, errs.New(errs.NotFound, "There is no such operation.")
	}
	return op, err
}

// SealedColumns lists what this package seals, for sealing it with another key.
func SealedColumns() []secret.Column {
	return []secret.Column{{
		Table: "signing_keys", Column: "sealed", Key: "key_hash", Needs: []string{"name"},
		Place: func(tenant int64, row map[string]string) secret.Place {
			return placeOf(tenant, row["name"], row["key_hash"])
		},
	}}
}

func placeOf(tenant int64, name, keyHash string) secret.Place {
	return secret.Place{Tenant: tenant, Column: "signing_keys.sealed", Owner: name, Row: keyHash}
}
