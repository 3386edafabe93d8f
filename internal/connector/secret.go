package connector

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// NewSecrets are the secrets a form sent; an empty one leaves what is stored.
type NewSecrets struct {
	Client string // of the service account
	SignIn string // of the client people sign in with
	Hook   string // signs what the system posts to us
	Drop   []string
	Reason string // required once the connector is in use
}

// SetSecret stores new secrets beside those that stay. They are sealed, and
// never given back; what may be said of them is in Connector.Secrets.
func (e *Engine) SetSecret(ctx context.Context, actor models.Actor, publicID string, version int64, n NewSecrets) (Connector, error) {
	if err := permit(actor, "change the secrets of connectors"); err != nil {
		return Connector{}, err
	}
	return e.change(ctx, actor, changing{publicID, version}, func(ctx context.Context, tx *store.Tx, row *models.Connector, was Connector) error {
		var f form
		if n.empty() {
			f.refuse(SecretClient, "Paste the new secret.")
		}
		reason := f.reason(n.Reason, was.State != models.ConnectorDraft)
		changed, err := e.addSecrets(&f, tx, row, n)
		if err != nil {
			return err
		}
		if err := f.err(); err != nil {
			return err
		}
		if err := e.check(row); err != nil {
			return err
		}
		if err := update(ctx, tx, row); err != nil {
			return err
		}
		return tx.Record(ctx, store.Event{Action: models.ConnectorSecret, Target: was.Ref(), Reason: reason, After: map[string]any{"secrets": changed}})
	})
}

func (n NewSecrets) empty() bool {
	return n.Client == "" && n.SignIn == "" && n.Hook == "" && len(n.Drop) == 0
}

// addSecrets puts the new secrets into a row and gives the names of those that
// changed.
func (e *Engine) addSecrets(f *form, tx *store.Tx, row *models.Connector, n NewSecrets) ([]string, error) {
	secrets, err := e.secretsOf(row)
	if err != nil { // a lost key: what is entered now starts anew
		e.log.Warn("the old secrets of a connector cannot be opened and are replaced", "connector", row.Key)
		secrets = Secrets{}
		row.SecretNotes = ""
	}
	notes := map[string]SecretNote{}
	if row.SecretNotes != "" {
		if err := json.Unmarshal([]byte(row.SecretNotes), &notes); err != nil {
			return nil, fmt.Errorf("read what is said of the secrets of connector %d: %w", row.ID, err)
		}
	}
	var changed []string
	for _, one := range []struct {
		name, value string
		into        *string
	}{{SecretClient, n.Client, &secrets.Client}, {SecretSignIn, n.SignIn, &secrets.SignIn}, {SecretHook, n.Hook, &secrets.Hook}} {
		value := f.secret(one.name, one.value)
		drop := false
		for _, name := range n.Drop {
			drop = drop || name == one.name
		}
		switch {
		case value != "":
			*one.into, notes[one.name] = value, SecretNote{Hint: hint(value), At: tx.Now}
		case drop && *one.into != "":
			*one.into = ""
			delete(notes, one.name)
		default:
			continue
		}
		changed = append(changed, one.name)
	}
	return changed, e.seal(row, secrets, notes)
}

// seal writes the secrets and what is said of them into a row.
func (e *Engine) seal(row *models.Connector, s Secrets, notes map[string]SecretNote) error {
	row.Secret, row.SecretNotes, row.SecretHint, row.SecretAt = "", "", "", 0
	if s == (Secrets{}) {
		return nil
	}
	plain, err := text(s)
	if err != nil {
		return err
	}
	row.Secret = e.keyring.Seal([]byte(plain), secretPlace(row))
	if row.SecretNotes, err = text(notes); err != nil {
		return err
	}
	for _, name := range []string{SecretClient, SecretSignIn, SecretHook} {
		note, there := notes[name]
		if !there {
			continue
		}
		if row.SecretHint == "" {
			row.SecretHint = note.Hint
		}
		if row.SecretAt == 0 || note.At < row.SecretAt {
			row.SecretAt = note.At
		}
	}
	return nil
}

// hint gives the end of a secret that is long enough to show one.
func hint(value string) string {
	runes := []rune(value)
	if len(runes) < hintFrom {
		return ""
	}
	return string(runes[len(runes)-hintLength:])
}
