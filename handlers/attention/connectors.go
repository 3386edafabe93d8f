package attention

import (
	"context"
	"net/url"
	"slices"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/models"
	"github.com/rollcall/rollcall/views/attention"
)

// Connectors is what the page asks about connected systems.
type Connectors interface {
	Enabled(ctx context.Context, tenant int64) ([]connector.Connector, error)
}

// askConnectors asks which connected systems do not work, and what about them
// should be looked after: secrets that nobody changed for long, events that are
// not followed.
func (f *findings) askConnectors() error {
	if f.p.Connectors == nil || !f.c.Can(models.ConnectorsRead) {
		return nil
	}
	all, err := f.p.Connectors.Enabled(f.c.Ctx(), f.c.Tenant())
	if err != nil {
		return err
	}
	for _, c := range all {
		at := "/connectors/" + url.PathEscape(c.PublicID)
		if h := c.Health; h.Health.Bad() && !slices.Contains(f.unread, c.ID) {
			f.add(connectorFails, attention.Item{
				Mark: "failed", Text: c.Name + " does not do what it is asked. " + h.Sentence, Since: h.Since.Time(),
				Href: at + "/test", Link: "Test it", About: c.Name,
			})
		}
		if c.SecretOld(f.c.Now()) {
			f.add(connectorCare, attention.Item{
				Mark: "sent", Text: "A secret of " + c.Name + " was not changed for half a year.", Since: c.OldestSecret().Time(),
				Href: at + "/secrets", Link: "Rotate it", About: "the secret of " + c.Name,
			})
		}
		if !c.Schedule.Events && c.Kind != models.ConnectorOIDC {
			f.add(connectorCare, attention.Item{
				Mark: "sent", Text: "Events of " + c.Name + " are not followed. What happens there is noticed only by the next read.",
				Href: at + "/reading", Link: "Follow them", About: "events of " + c.Name,
			})
		}
	}
	return nil
}
