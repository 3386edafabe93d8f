package certify

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/internal/wire/certificate"
	"github.com/rollcall/rollcall/models"
)

// keysListed bounds the keys an organisation publishes.
const keysListed = 1_000

// Keys lists the public keys of an organisation, that in use first. What a
// retired one signed before can be checked as long as it is listed.
func (e *Engine) Keys(ctx context.Context, tenant int64) (certificate.KeyList, error) {
	list := certificate.KeyList{Keys: []certificate.Key{}}
	rows, err := keysOf(ctx, e.Store.Read(tenant))
	if err != nil {
		return list, err
	}
	for i := range rows {
		list.Keys = append(list.Keys, certificate.Key{
			Key: publicKey(&rows[i]), MadeAt: certificate.Moment(rows[i].CreatedAt.Time()), RetiredAt: certificate.Moment(rows[i].RetiredAt.Time()),
		})
	}
	return list, nil
}

// Rotate makes a new key and retires the one in use, which stays published.
func (e *Engine) Rotate(ctx context.Context, actor models.Actor) (fresh certificate.Key, retired string, err error) {
	err = e.Store.Change(ctx, actor, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.LockTenant(ctx); err != nil {
			return err
		}
		old, found, err := keyInUse(ctx, tx.Reader)
		if err != nil {
			return err
		}
		retired = ""
		if found {
			retired = publicKey(&old)
			if err := retireKey(ctx, tx, old.ID); err != nil {
				return err
			}
		}
		row, err := e.makeKey(ctx, tx, old.KeyHash)
		fresh = certificate.Key{Key: publicKey(&row), MadeAt: certificate.Moment(tx.Now.Time())}
		return err
	})
	return fresh, retired, err
}

// ready gives the key in use, and makes the first one.
func (e *Engine) ready(ctx context.Context, actor models.Actor) (models.SigningKey, error) {
	row, found, err := keyInUse(ctx, e.Store.Read(actor.Tenant))
	if err != nil || found {
		return row, err
	}
	err = e.Store.Change(ctx, actor, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.LockTenant(ctx); err != nil {
			return err
		}
		var err error
		if row, found, err = keyInUse(ctx, tx.Reader); err != nil {
			return err
		}
		if found { // somebody else was first; nothing is changed
			return errFirst
		}
		row, err = e.makeKey(ctx, tx, "")
		return err
	})
	if err == errFirst { //nolint:errorlint // it comes back as it was given
		err = nil
	}
	return row, err
}

var errFirst = errs.New(errs.Conflict, "Somebody else made a key at the same moment.")

// makeKey makes a key and writes down that it was made.
func (e *Engine) makeKey(ctx context.Context, tx *store.Tx, before string) (models.SigningKey, error) {
	tenant, err := tenantOf(ctx, tx.Reader)
	if err != nil {
		return models.SigningKey{}, err
	}
	private, public, err := note.GenerateKey(rand.Reader, e.signerName(tenant))
	if err != nil {
		return models.SigningKey{}, fmt.Errorf("make a signing key: %w", err)
	}
	parts := strings.SplitN(public, "+", 3)
	row := models.SigningKey{Name: parts[0], KeyHash: parts[1], PublicKey: parts[2], CreatedAt: tx.Now}
	row.Sealed = e.Keyring.Seal([]byte(private), placeOf(tx.Tenant(), row.Name, row.KeyHash))
	if err := insertKey(ctx, tx, &row); err != nil {
		return row, err
	}
	event := store.Event{
		Action: models.CertificateKey, Target: store.Ref{Kind: models.KindTenant, ID: tenant.ID, Name: tenant.Name},
		After: map[string]any{"key": public}, Detail: "made",
	}
	if before != "" {
		event.Before, event.Detail = map[string]any{"key": before}, "made; the one before is retired"
	}
	return row, tx.Record(ctx, event)
}

// signerName names the signer as note wants it: without spaces and plus signs.
func (e *Engine) signerName(t models.Tenant) string {
	return strings.Map(func(r rune) rune {
		if r <= ' ' || r == '+' || r > '~' {
			return '-'
		}
		return r
	}, e.Signer+"/"+t.Slug)
}

func publicKey(row *models.SigningKey) string {
	return row.Name + "+" + row.KeyHash + "+" + row.PublicKey
}

// signer opens a key.
func (e *Engine) signer(row *models.SigningKey) (note.Signer, error) {
	private, err := e.Keyring.Open(row.Sealed, placeOf(row.TenantID, row.Name, row.KeyHash))
	if err != nil {
		return nil, errs.Wrap(err, errs.Unavailable,
			"The signing key %s+%s does not open with the secret key of this installation. Nothing was issued. Add the secret key it was sealed with, or make a new signing key with: rollcall signing-key rotate", row.Name, row.KeyHash)
	}
	signer, err := note.NewSigner(string(private))
	if err != nil {
		return nil, fmt.Errorf("read a signing key: %w", err)
	}
	return signer, nil
}
