package connector

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/secret"
	"github.com/rollcall/rollcall/models"
)

// opened is a system and the version of the row it was made from.
type opened struct {
	version int64
	system  System
}

// Open gives the system of an enabled connector. The row's version is read each
// time: what was changed or paused on one replica is so on the next Open of
// every other. The caller does not close it.
func (e *Engine) Open(ctx context.Context, tenant, id int64) (System, error) {
	return e.openIf(ctx, tenant, id, func(state models.ConnectorState) error {
		switch state {
		case models.ConnectorEnabled:
			return nil
		case models.ConnectorPaused:
			return errs.New(errs.Conflict, "The connector is paused: nothing is read from it or written to it. Resume it first.")
		case models.ConnectorDraft:
		}
		return errs.New(errs.Conflict, "The connector is being set up: nothing is read from it or written to it. Enable it first.")
	})
}

// Try gives the system whatever its state, for what a person does to get to know
// it: tests, samples, dry runs. It must not be written to.
func (e *Engine) Try(ctx context.Context, tenant, id int64) (System, error) {
	return e.openIf(ctx, tenant, id, func(models.ConnectorState) error { return nil })
}

func (e *Engine) openIf(ctx context.Context, tenant, id int64, allowed func(models.ConnectorState) error) (System, error) {
	at, r := place{tenant, id}, e.db.Read(tenant)
	row, err := selectVersion(ctx, r, id)
	if err != nil {
		if errs.Is(err, errs.NotFound) {
			e.drop(at)
		}
		return nil, err
	}
	if err := allowed(row.State); err != nil {
		return nil, err
	}
	if o, ok := e.held(at); ok && o.version == row.Version {
		return o.system, nil
	}
	if row, err = selectBy(ctx, r, "id", id); err != nil {
		return nil, err
	}
	if err := allowed(row.State); err != nil { // it may have changed in between
		return nil, err
	}
	system, err := e.build(row)
	if err != nil {
		return nil, err
	}
	return e.hold(at, opened{row.Version, system}), nil
}

func (e *Engine) held(at place) (opened, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	o, ok := e.open[at]
	return o, ok
}

// hold keeps a system in place of an older one. Whoever comes second with the
// same version gets the first one's.
func (e *Engine) hold(at place, o opened) System {
	e.mu.Lock()
	defer e.mu.Unlock()
	before, ok := e.open[at]
	if ok && before.version >= o.version {
		if before.version == o.version {
			o.system.Close()
			return before.system
		}
		return o.system // read before a newer change: used once, not kept
	}
	if ok {
		before.system.Close()
	}
	e.open[at] = o
	return o.system
}

func (e *Engine) drop(at place) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if o, ok := e.open[at]; ok {
		o.system.Close()
		delete(e.open, at)
	}
	delete(e.health, at)
	delete(e.described, at)
}

// build makes the system of a row.
func (e *Engine) build(row *models.Connector) (System, error) {
	c, err := connectorOf(row)
	if err != nil {
		return nil, err
	}
	secrets, err := e.secretsOf(row)
	if err != nil {
		return nil, err
	}
	return e.make(c.Kind, c.Settings, secrets, c.Name)
}

func (e *Engine) make(kind models.ConnectorKind, s Settings, secrets Secrets, name string) (System, error) {
	k, ok := e.options.Kinds[kind]
	if !ok {
		return nil, errs.New(errs.Unavailable, "This installation has no adapter for %q. The connector was made by another version of Rollcall.", kind)
	}
	return k.New(s, secrets, name, e.now)
}

// secretPlace is where the secrets of a row are sealed for: copied into another
// row they do not open.
func secretPlace(row *models.Connector) secret.Place {
	return secretPlaceOf(row.TenantID, row.Key, row.PublicID)
}

func secretPlaceOf(tenant int64, key, id string) secret.Place {
	return secret.Place{Tenant: tenant, Column: "connectors.secret", Owner: key, Row: id}
}

// SealedColumns lists what this package seals, for sealing it with another key.
func SealedColumns() []secret.Column {
	return []secret.Column{{
		Table: "connectors", Column: "secret", Key: "public_id", Needs: []string{"connector_key"},
		Place: func(tenant int64, row map[string]string) secret.Place {
			return secretPlaceOf(tenant, row["connector_key"], row["public_id"])
		},
	}}
}

func (e *Engine) secretsOf(row *models.Connector) (Secrets, error) {
	var s Secrets
	if row.Secret == "" {
		return s, nil
	}
	plain, err := e.keyring.Open(row.Secret, secretPlace(row))
	if err != nil {
		return s, errs.Wrap(err, errs.Unavailable, "The secrets of %s cannot be opened with the keys of this installation. Enter them again, or give the old key back in ROLLCALL_SECRET_KEY.", row.Name)
	}
	if err := json.Unmarshal(plain, &s); err != nil {
		return s, fmt.Errorf("read the secrets of connector %d: %w", row.ID, err)
	}
	return s, nil
}

// Provider is a connector people sign in through, with what signing in needs.
type Provider struct {
	Connector

	Secret string // of the client people sign in with; never shown
}

// Providers gives the enabled connectors that people sign in through.
func (e *Engine) Providers(ctx context.Context, tenant int64) ([]Provider, error) {
	rows, err := selectAll(ctx, e.db.Read(tenant))
	if err != nil {
		return nil, err
	}
	var out []Provider
	for i := range rows {
		if rows[i].State != models.ConnectorEnabled {
			continue
		}
		p, ok, err := e.providerOf(&rows[i])
		if err != nil {
			e.log.ErrorContext(ctx, "a provider cannot be used", "connector", rows[i].Key, "error", err)
			continue
		}
		if ok {
			out = append(out, p)
		}
	}
	return out, nil
}

// providerOf gives what signing in needs of a row; ok says whether anybody does.
func (e *Engine) providerOf(row *models.Connector) (p Provider, ok bool, err error) {
	c, err := connectorOf(row)
	if err != nil || c.Settings.SignIn == nil {
		return p, false, err
	}
	secrets, err := e.secretsOf(row)
	if err != nil {
		return p, false, err
	}
	return Provider{Connector: c, Secret: secrets.SignIn}, true, nil
}

// Mark is the state of a tenant's connectors in short: it differs when any was
// changed, added or removed.
func (e *Engine) Mark(ctx context.Context, tenant int64) (string, error) {
	return selectMark(ctx, e.db.Read(tenant))
}

// HookSecret gives the secret that signs what a system posts to us.
func (e *Engine) HookSecret(ctx context.Context, tenant, id int64) (string, error) {
	row, err := selectBy(ctx, e.db.Read(tenant), "id", id)
	if err != nil {
		return "", err
	}
	secrets, err := e.secretsOf(row)
	return secrets.Hook, err
}
