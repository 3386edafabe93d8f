package apptest

import (
	"context"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/models"
)

// kinds is the one sort of system every test site can connect: it holds three
// people and reaches nothing.
var kinds = map[models.ConnectorKind]connector.Kind{models.ConnectorDemo: {
	Name: "Test directory", Describe: "Three people in memory.",
	New: func(connector.Settings, connector.Secrets, string, func() time.Time) (connector.System, error) {
		return system{}, nil
	},
}}

type system struct{}

func (system) Describe(context.Context) (connector.Description, error) {
	return connector.Description{
		Product: "Test directory", Version: "1", Has: []connector.Capability{connector.CanListPeople},
		Lacks: map[connector.Capability]string{connector.CanSetEnabled: "It reaches nothing."},
	}, nil
}

func (system) Check(_ context.Context, report func(connector.Check)) {
	report(connector.Check{Key: "read-page", Label: "Read a page of people", State: connector.CheckPassed, Sentence: "3 people were read.", Took: time.Millisecond})
}

func (system) Close() {}

func (system) ListPeople(context.Context, connector.Cursor, int) (connector.Page, error) {
	return connector.Page{Accounts: []connector.Account{
		{ID: "a-1", Username: "amara", Email: "amara.okafor@northwind.example", DisplayName: "Amara Okafor", Enabled: true, Attributes: map[string][]string{"phone": {"+44 20 7946 0001"}}},
		{ID: "a-2", Username: "bjorn", Email: "bjorn.sato@northwind.example", DisplayName: "Bjorn Sato", Enabled: true},
		{ID: "a-3", Username: "chiara", Email: "chiara.berg@northwind.example", DisplayName: "Chiara Berg", Enabled: true},
	}, Total: 3}, nil
}

// Connect makes a connector, as a draft.
func (s *Site) Connect(name string) connector.Connector { return s.ConnectIn(s.DB.Tenant, name) }

// ConnectIn does the same in another tenant.
func (s *Site) ConnectIn(tenant int64, name string) connector.Connector {
	s.t.Helper()
	c, err := s.Connectors.Create(s.t.Context(), models.SystemActor(tenant, "Test"), connector.NewConnector{Kind: models.ConnectorDemo, Name: name})
	if err != nil {
		s.t.Fatalf("apptest: connect %s: %v", name, err)
	}
	return c
}
