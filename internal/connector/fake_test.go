package connector_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/secret"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// system is an adapter that remembers how it was made.
type system struct {
	settings connector.Settings
	secrets  connector.Secrets
	name     string
	closed   atomic.Int32
	checks   func(ctx context.Context, report func(connector.Check))
}

func (s *system) Describe(context.Context) (connector.Description, error) {
	return connector.Description{Product: "Fake"}, nil
}

func (s *system) Check(ctx context.Context, report func(connector.Check)) {
	if s.checks != nil {
		s.checks(ctx, report)
	}
}

func (s *system) Close() { s.closed.Add(1) }

// kinds are two: one that takes anything, one whose adapter refuses.
func kinds() map[models.ConnectorKind]connector.Kind {
	return map[models.ConnectorKind]connector.Kind{
		models.ConnectorKeycloak: {
			Name: "Keycloak", Describe: "Reads people.", Needs: []string{"base_url", "realm", "client_id"},
			New: func(s connector.Settings, secrets connector.Secrets, name string, _ func() time.Time) (connector.System, error) {
				if s.Rate == 13 {
					return nil, errs.Input(errs.Field{Name: "rate", Message: "Not thirteen."})
				}
				return &system{settings: s, secrets: secrets, name: name}, nil
			},
		},
		models.ConnectorOIDC: {
			Name: "Generic", Describe: "Signs people in.", Needs: []string{"base_url"},
			New: func(s connector.Settings, secrets connector.Secrets, name string, _ func() time.Time) (connector.System, error) {
				return &system{settings: s, secrets: secrets, name: name}, nil
			},
		},
	}
}

var testKey = secret.NewKey()

func keyring(t *testing.T) *secret.Keyring {
	t.Helper()
	r, err := secret.NewKeyring(testKey)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// engine gives an engine over a database; a second one over a replica of it.
func engine(t *testing.T, st *store.Store, change ...func(*connector.Options)) *connector.Engine {
	t.Helper()
	o := connector.Options{Kinds: kinds(), Now: func() time.Time { return st.Now().Time() }}
	for _, f := range change {
		f(&o)
	}
	e := connector.New(st, keyring(t), o)
	t.Cleanup(e.Close)
	return e
}

const clientSecret = "s3cr3t-of-the-service-account-9f2a"

// keycloak is a whole and valid input.
func keycloak() connector.NewConnector {
	return connector.NewConnector{
		Kind: models.ConnectorKeycloak, Name: "Keycloak",
		Settings: connector.Settings{Product: "keycloak", BaseURL: "https://id.northwind.example", Realm: "northwind", ClientID: "rollcall"},
		Secrets:  connector.NewSecrets{Client: clientSecret},
	}
}

func create(t *testing.T, db *dbtest.DB, e *connector.Engine, n connector.NewConnector) connector.Connector {
	t.Helper()
	c, err := e.Create(t.Context(), db.Actor(), n)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func enable(t *testing.T, db *dbtest.DB, e *connector.Engine, c connector.Connector) connector.Connector {
	t.Helper()
	c, err := e.Enable(t.Context(), db.Actor(), c.PublicID, c.Version, "in use from today")
	if err != nil {
		t.Fatal(err)
	}
	return c
}
