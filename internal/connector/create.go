package connector

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// NewConnector is what Create needs. Key "" is made of the name; a nil Mapping or
// Schedule is the default one.
type NewConnector struct {
	Kind     models.ConnectorKind
	Key      string // never changes: it stands in addresses and names the source of fields
	Name     string
	Settings Settings
	Secrets  NewSecrets
	Mapping  *Mapping
	Schedule *Schedule
	OwnerID  int64 // 0: the actor
}

// Create adds a connector as a draft: it can be tested, and does nothing else
// until it is enabled.
func (e *Engine) Create(ctx context.Context, actor models.Actor, n NewConnector) (Connector, error) {
	if err := permit(actor, "connect systems"); err != nil {
		return Connector{}, err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return Connector{}, fmt.Errorf("make an id: %w", err)
	}
	var out Connector
	err = e.db.Change(ctx, actor, func(ctx context.Context, tx *store.Tx) error {
		row := &models.Connector{
			PublicID: id.String(), TenantID: tx.Tenant(), Kind: n.Kind, State: models.ConnectorDraft, OwnerID: n.OwnerID, Version: 1,
			CreatedAt: tx.Now, UpdatedAt: tx.Now, UpdatedBy: tx.Actor.Name,
		}
		if row.OwnerID == 0 {
			row.OwnerID = tx.Actor.UserID
		}
		if err := e.fill(ctx, tx, row, n); err != nil {
			return err
		}
		if err := insert(ctx, tx, row); err != nil {
			return err
		}
		if out, err = connectorOf(row); err != nil {
			return err
		}
		after := facts(out)
		after["kind"], after["key"] = string(out.Kind), out.Key
		return tx.Record(ctx, store.Event{Action: models.ConnectorCreate, Target: out.Ref(), After: after})
	})
	if err != nil {
		return Connector{}, err
	}
	return out, nil
}

// fill checks the input and writes it into a new row.
func (e *Engine) fill(ctx context.Context, tx *store.Tx, row *models.Connector, n NewConnector) error {
	var f form
	k, ok := e.options.Kinds[n.Kind]
	if !ok {
		f.refuse("kind", "Choose what to connect from the list.")
		return f.err()
	}
	row.Name = f.name(n.Name)
	settings := e.settings(&f, k, n.Settings)
	mapping, schedule := DefaultMapping(), DefaultSchedule()
	if n.Mapping != nil {
		mapping = f.mapping(*n.Mapping)
	}
	if n.Schedule != nil {
		schedule = f.schedule(*n.Schedule)
	}
	if err := e.newKey(ctx, tx, keying{&f, row, n.Key, settings}); err != nil {
		return err
	}
	c := Connector{Name: row.Name, Settings: settings, Mapping: mapping, Schedule: schedule, OwnerID: row.OwnerID}
	if err := c.into(row); err != nil {
		return err
	}
	if _, err := e.addSecrets(&f, tx, row, n.Secrets); err != nil {
		return err
	}
	if slices.Contains(k.Needs, SecretClient) && n.Secrets.Client == "" {
		f.refuse(SecretClient, "Paste the client secret of the service account.")
	}
	if err := f.err(); err != nil {
		return err
	}
	return e.check(row)
}

// keying is what a new connector's key depends on.
type keying struct {
	form     *form
	row      *models.Connector
	asked    string
	settings Settings
}

// newKey gives a new connector its key, and refuses more of them than fit.
func (e *Engine) newKey(ctx context.Context, tx *store.Tx, k keying) error {
	f, row, s := k.form, k.row, k.settings
	if err := tx.LockTenant(ctx); err != nil { // keys are looked up, and counted
		return err
	}
	keys, err := selectKeys(ctx, tx.Reader)
	if err != nil {
		return err
	}
	if len(keys) >= MaxConnectors {
		return errs.New(errs.Conflict, "There are %d connectors, and no more fit. Nothing was saved. Delete one that is not used first.", len(keys))
	}
	taken := map[string]bool{}
	for _, key := range keys {
		taken[key] = true
	}
	if k.asked == "" {
		row.Key = free(slug(row.Name), func(key string) bool { return !taken[key] && e.clash(key, s) == "" })
		return nil
	}
	row.Key = f.line("key", k.asked, maxKey)
	switch clash := e.clash(row.Key, s); {
	case !keyForm.MatchString(row.Key):
		f.refuse("key", "A key has lower-case letters, digits and hyphens, at most %d, and begins and ends with a letter or digit.", maxKey)
	case taken[row.Key]:
		f.refuse("key", "Another connector has this key. Choose a different one.")
	case clash != "":
		f.refuse("key", "%s", clash)
	}
	return nil
}

// FreeKey gives a key for a new connector that nobody has, made of a word.
func (e *Engine) FreeKey(ctx context.Context, tenant int64, word string) (string, error) {
	keys, err := selectKeys(ctx, e.db.Read(tenant))
	if err != nil {
		return "", err
	}
	return free(slug(word), func(key string) bool {
		return !slices.Contains(keys, key) && !slices.ContainsFunc(e.options.Reserved, func(r Reserved) bool { return r.Key == key })
	}), nil
}

// free gives the first key that is not taken.
func free(base string, ok func(string) bool) string {
	key := base
	for i := 2; !ok(key); i++ {
		key = fmt.Sprintf("%s-%d", base, i)
	}
	return key
}

// clash says why a key cannot be had beside the providers of the configuration.
// A connector may share the key of one when it reaches the same system and
// people go on signing in by the configuration.
func (e *Engine) clash(key string, s Settings) string {
	for _, r := range e.options.Reserved {
		if r.Key != key {
			continue
		}
		if s.SignIn != nil {
			return fmt.Sprintf("The key %s belongs to the provider that %s sets. Choose a different key, or leave signing in to that one.", key, r.From)
		}
		if s.EffectiveIssuer() != r.Issuer {
			return fmt.Sprintf("The key %s belongs to the provider %s that %s sets, which is another system.", key, r.Issuer, r.From)
		}
	}
	return ""
}

// check makes the system of a row once, so that what its adapter and signing in
// refuse is known before it is stored.
func (e *Engine) check(row *models.Connector) error {
	system, err := e.build(row)
	var refused *Failure
	if errors.As(err, &refused) { // it is our input that is wrong, not the system that does not answer
		return errs.Wrap(refused, errs.Invalid, "%s", strings.TrimSpace(refused.Sentence+" "+refused.Fix))
	}
	if err != nil {
		return err
	}
	system.Close()
	p, ok, err := e.providerOf(row)
	if err != nil || !ok || e.options.SignIn == nil {
		return err
	}
	return e.options.SignIn(p)
}
