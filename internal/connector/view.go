package connector

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// Connector is one connected system as engines and pages know it. It holds no secret.
type Connector struct {
	ID        int64
	Tenant    int64
	PublicID  string
	Key       string // as in User.Provider and Identity.Provider
	Kind      models.ConnectorKind
	Name      string
	State     models.ConnectorState
	Settings  Settings
	Mapping   Mapping
	Schedule  Schedule
	Secrets   map[string]SecretNote // by name: SecretClient ...
	OwnerID   int64
	Health    Condition
	LastRead  models.Instant
	LastWrite models.Instant
	Version   int64
	CreatedAt models.Instant
	UpdatedAt models.Instant
	UpdatedBy string
}

// Condition is the health of a connector with its sentence.
type Condition struct {
	Health   Health
	Sentence string
	Since    models.Instant
}

// The names of the secrets, as forms name them.
const (
	SecretClient = "client_secret"
	SecretSignIn = "sign_in_secret"
	SecretHook   = "hook_secret"
)

// SecretNote is what may be said of a secret.
type SecretNote struct {
	Hint string         `json:"hint"` // its last four characters; "" when it is too short to show any
	At   models.Instant `json:"at"`   // since when it is held
}

// SignsIn reports whether people can sign in through the connector now.
func (c Connector) SignsIn() bool {
	return c.Settings.SignIn != nil && c.State == models.ConnectorEnabled
}

// OldestSecret says since when the oldest secret is held; 0 when there is none.
func (c Connector) OldestSecret() models.Instant {
	var oldest models.Instant
	for _, note := range c.Secrets {
		if oldest == 0 || note.At < oldest {
			oldest = note.At
		}
	}
	return oldest
}

// SecretAge is after how long a secret should be changed.
const SecretAge = 180 * 24 * time.Hour

// SecretOld reports whether one of the secrets should be changed.
func (c Connector) SecretOld(now time.Time) bool { return old(c.OldestSecret(), now) }

// Old reports whether this secret should be changed.
func (n SecretNote) Old(now time.Time) bool { return old(n.At, now) }

func old(since models.Instant, now time.Time) bool {
	return since != 0 && now.Sub(since.Time()) > SecretAge
}

// Ref names the connector in the audit log.
func (c Connector) Ref() store.Ref {
	return store.Ref{Kind: models.KindConnector, ID: c.ID, Name: c.Name}
}

// DefaultMapping takes the names and the address from the system.
func DefaultMapping() Mapping {
	m := Mapping{Fields: map[string]FieldRule{}}
	for _, name := range []string{"display_name", "given_name", "family_name", "username", "email"} {
		m.Fields[name] = FieldRule{From: name, Owner: OwnedBySource}
	}
	return m
}

// DefaultSchedule reads often, writes nothing, and stops early.
func DefaultSchedule() Schedule {
	return Schedule{
		Every: 15 * time.Minute, FullEvery: 24 * time.Hour, Events: true,
		GuardPercent: 5, GuardCount: 500, GuardWindow: 24 * time.Hour,
	}
}

// connectorOf reads a row.
func connectorOf(row *models.Connector) (Connector, error) {
	c := Connector{
		ID: row.ID, Tenant: row.TenantID, PublicID: row.PublicID, Key: row.Key, Kind: row.Kind, Name: row.Name, State: row.State,
		OwnerID: row.OwnerID, Health: Condition{Health: Health(row.Health), Sentence: row.HealthSentence, Since: row.HealthSince},
		LastRead: row.LastReadAt, LastWrite: row.LastWriteAt, Version: row.Version,
		CreatedAt: row.CreatedAt, UpdatedAt: row.UpdatedAt, UpdatedBy: row.UpdatedBy,
	}
	for _, part := range []struct {
		text string
		into any
	}{{row.Settings, &c.Settings}, {row.Mapping, &c.Mapping}, {row.Sync, &c.Schedule}, {row.SecretNotes, &c.Secrets}} {
		if part.text == "" {
			continue
		}
		if err := json.Unmarshal([]byte(part.text), part.into); err != nil {
			return c, fmt.Errorf("read connector %d: %w", row.ID, err)
		}
	}
	return c, nil
}

// text writes a part of a connector for its column.
func text(part any) (string, error) {
	b, err := json.Marshal(part)
	if err != nil {
		return "", fmt.Errorf("write a connector: %w", err)
	}
	return string(b), nil
}
