package connector

import (
	"context"
	"errors"
	"fmt"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// errUnchanged ends the transaction of a change that changes nothing.
var errUnchanged = errors.New("connector: nothing changed")

// Edit holds the parts of a connector that a form sent; nil leaves a part as it is.
type Edit struct {
	Name     *string
	Settings *Settings
	Mapping  *Mapping
	Schedule *Schedule
	OwnerID  *int64
	Secrets  NewSecrets
	Reason   string // required once it is in use
}

// Stale is the cause of the errs.Conflict when a connector was changed since the
// form was opened. Reach it with errors.As.
type Stale struct {
	Theirs Connector // as it stands now
	By     string
	At     models.Instant
}

// Error says so for the log.
func (s *Stale) Error() string {
	return fmt.Sprintf("connector %d is at version %d", s.Theirs.ID, s.Theirs.Version)
}

// changing names the row of a change and the version it was made from.
type changing struct {
	publicID string
	version  int64
}

// change runs fn on a locked row that is still at the version the form was made
// from, and gives the connector as it is then.
func (e *Engine) change(ctx context.Context, actor models.Actor, at changing, fn func(context.Context, *store.Tx, *models.Connector, Connector) error) (Connector, error) {
	var out Connector
	err := e.db.Change(ctx, actor, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.LockTenant(ctx); err != nil { // rules over all connectors and admins
			return err
		}
		row, err := lock(ctx, tx, at.publicID)
		if err != nil {
			return err
		}
		if out, err = connectorOf(row); err != nil {
			return err
		}
		if row.Version != at.version {
			stale := &Stale{Theirs: out, By: row.UpdatedBy, At: row.UpdatedAt}
			return errs.Wrap(stale, errs.Conflict, "Changed by %s since you opened this form. Nothing was saved.", row.UpdatedBy)
		}
		if err := fn(ctx, tx, row, out); err != nil {
			return err
		}
		out, err = connectorOf(row)
		return err
	})
	if errors.Is(err, errUnchanged) {
		return out, nil
	}
	if err != nil {
		return Connector{}, err
	}
	return out, nil
}

// Edit changes the parts of a connector that the input holds.
func (e *Engine) Edit(ctx context.Context, actor models.Actor, publicID string, version int64, in Edit) (Connector, error) {
	if err := permit(actor, "change connectors"); err != nil {
		return Connector{}, err
	}
	return e.change(ctx, actor, changing{publicID, version}, func(ctx context.Context, tx *store.Tx, row *models.Connector, was Connector) error {
		is, secrets, err := e.apply(tx, row, was, &in)
		if err != nil {
			return err
		}
		before, after := diff(facts(was), facts(is))
		if len(secrets) > 0 {
			after["secrets"] = secrets
		}
		if len(before)+len(after) == 0 {
			return errUnchanged
		}
		if err := e.check(row); err != nil {
			return err
		}
		if err := e.closing(ctx, tx, was.SignsIn() && !is.SignsIn(), func() error { return update(ctx, tx, row) }); err != nil {
			return err
		}
		return tx.Record(ctx, store.Event{Action: models.ConnectorEdit, Target: is.Ref(), Reason: in.Reason, Before: before, After: after})
	})
}

// apply checks the input and writes it into the row.
func (e *Engine) apply(tx *store.Tx, row *models.Connector, was Connector, in *Edit) (Connector, []string, error) {
	var f form
	is := was
	in.Reason = f.reason(in.Reason, was.State != models.ConnectorDraft)
	k, ok := e.options.Kinds[row.Kind]
	if !ok {
		return is, nil, errs.New(errs.Unavailable, "This installation has no adapter for %q. Nothing was saved.", row.Kind)
	}
	if in.Name != nil {
		is.Name = f.name(*in.Name)
	}
	if in.Settings != nil {
		is.Settings = e.settings(&f, k, *in.Settings)
		if clash := e.clash(row.Key, is.Settings); clash != "" {
			f.refuse("sign_in", "%s", clash)
		}
	}
	if in.Mapping != nil {
		is.Mapping = f.mapping(*in.Mapping)
	}
	if in.Schedule != nil {
		is.Schedule = f.schedule(*in.Schedule)
	}
	if in.OwnerID != nil {
		is.OwnerID = *in.OwnerID
	}
	var secrets []string
	var err error
	if !in.Secrets.empty() {
		if secrets, err = e.addSecrets(&f, tx, row, in.Secrets); err != nil {
			return is, nil, err
		}
	}
	if err := f.err(); err != nil {
		return is, nil, err
	}
	return is, secrets, is.into(row)
}

// into writes the parts people edit into a row.
func (c Connector) into(row *models.Connector) error {
	var err error
	row.Name, row.OwnerID = c.Name, c.OwnerID
	switch {
	case c.Settings.SignIn != nil:
		row.SignIn = models.SignInOpen
	case row.SignIn == models.SignInOpen:
		row.SignIn = models.SignInShut
	}
	if row.Settings, err = text(c.Settings); err != nil {
		return err
	}
	if row.Mapping, err = text(c.Mapping); err != nil {
		return err
	}
	row.Sync, err = text(c.Schedule)
	return err
}

// closing makes a change; when a way to sign in closes with it, only while an
// admin has another one (WEB-17).
func (e *Engine) closing(ctx context.Context, tx *store.Tx, closes bool, change func() error) error {
	if !closes || e.options.Keep == nil {
		return change()
	}
	return e.options.Keep(ctx, tx, change)
}
