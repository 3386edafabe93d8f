package demo

import (
	"errors"
	"path/filepath"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/demo/outside"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/models"
)

// worksIssuer is where the people of the bought company and of suppliers sign in.
const worksIssuer = "https://id.moravia-works.example/realms/works"

// Realms of the two systems, by which a connector finds its own.
const (
	realmNorthwind = "northwind"
	realmWorks     = "works"
)

// systems are the outside systems of the demo.
type systems struct{ northwind, works *outside.System }

// journals are the files that the systems are kept in.
func journals() []string { return []string{"northwind.jsonl", "works.jsonl"} }

// openSystems reads the journals in a folder, or begins them. dir "" keeps them
// in memory.
func openSystems(dir string, now func() time.Time) (*systems, error) {
	var s systems
	for i, one := range []struct {
		into    **outside.System
		options outside.Options
	}{
		{&s.northwind, outside.Options{Name: ProviderName, Now: now}},
		{&s.works, outside.Options{Name: SourceNames[supplierKey], Now: now, ReadOnly: true}},
	} {
		path := ""
		if dir != "" {
			path = filepath.Join(dir, journals()[i])
		}
		opened, err := outside.Open(path, one.options)
		if err != nil {
			return nil, errors.Join(err, s.finish())
		}
		*one.into = opened
	}
	return &s, nil
}

// finish closes the journals.
func (s *systems) finish() error {
	var all error
	for _, one := range []*outside.System{s.northwind, s.works} {
		if one != nil {
			all = errors.Join(all, one.Finish())
		}
	}
	return all
}

// kinds let the console connect the systems of the demo.
func (s *systems) kinds() map[models.ConnectorKind]connector.Kind {
	return map[models.ConnectorKind]connector.Kind{models.ConnectorDemo: {
		Name: "Demo directory", Describe: "The invented people of this demo: read, written to, and cut off for real.",
		New: func(settings connector.Settings, _ connector.Secrets, _ string, _ func() time.Time) (connector.System, error) {
			switch settings.Realm {
			case realmNorthwind, "":
				return s.northwind, nil
			case realmWorks:
				return s.works, nil
			}
			return nil, errs.Input(errs.Field{Name: "realm", Message: "The demo has the realms northwind and works."})
		},
	}}
}
