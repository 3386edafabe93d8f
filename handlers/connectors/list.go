package connectors

import (
	"context"
	"time"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/models"
	"github.com/rollcall/rollcall/views/connectors"
)

// List answers GET /connectors.
func (p *Pages) List(c *web.Call) error {
	all, err := p.Connectors.List(c.Ctx(), c.Tenant())
	if err != nil {
		return err
	}
	m := connectors.ListModel{Now: c.Now()}
	owners := map[int64]string{}
	for _, one := range all {
		owner, known := owners[one.OwnerID]
		if !known {
			if owner, err = p.owner(c.Ctx(), one); err != nil {
				return err
			}
			owners[one.OwnerID] = owner
		}
		m.Rows = append(m.Rows, p.row(one, owner, c.Now()))
	}
	for _, one := range p.Configured() {
		m.Configured = append(m.Configured, connectors.Configured{
			Name: one.Name, Key: one.Key, Issuer: one.Issuer, From: one.From, Health: configuredHealth(one),
		})
	}
	page := web.Page{Title: "Connectors", Banners: okBanner(c)}
	if c.Can(models.ConnectorsEdit) {
		m.NewHref = "/connectors/new"
		page.Actions = connectors.ListActions()
	}
	return c.Render(page, connectors.List(m))
}

// owner gives the name of who owns a connector; "" when nobody does any more.
func (p *Pages) owner(ctx context.Context, of connector.Connector) (string, error) {
	if of.OwnerID == 0 {
		return "", nil
	}
	person, err := p.People.GetByID(ctx, of.Tenant, of.OwnerID)
	if errs.Is(err, errs.NotFound) {
		return "", nil
	}
	return person.DisplayName, err
}

func (p *Pages) row(of connector.Connector, owner string, now time.Time) connectors.Row {
	oldest := of.OldestSecret()
	return connectors.Row{
		Name: of.Name, Href: href(of), Key: of.Key, Kind: p.productOf(of).name, State: string(of.State), Health: health(of),
		LastRead: of.LastRead.Time(), LastWrite: of.LastWrite.Time(), SignIn: of.Settings.SignIn != nil, Events: events(of),
		SecretAt: oldest.Time(), SecretOld: of.SecretOld(now), WriteBack: of.Schedule.WriteBack, Owner: owner,
	}
}

func events(of connector.Connector) string {
	if of.Schedule.Events {
		return "followed"
	}
	return "off"
}

func health(of connector.Connector) connectors.Health {
	h := of.Health
	out := connectors.Health{Status: string(h.Health), Word: h.Health.Word(), Since: h.Since.Time()}
	switch h.Health {
	case connector.HealthUnknown:
		out.Status, out.Since = "not-used", time.Time{}
	case connector.HealthWorking:
	case connector.HealthSlow, connector.HealthRefused, connector.HealthUnreachable, connector.HealthFailing:
		out.Text = h.Sentence
	}
	return out
}

func configuredHealth(one Configured) connectors.Health {
	switch {
	case one.Since.IsZero():
		return connectors.Health{Status: "not-used", Word: connector.HealthUnknown.Word()}
	case one.OK:
		return connectors.Health{Status: "working", Word: connector.HealthWorking.Word(), Since: one.Since}
	}
	return connectors.Health{Status: "unreachable", Word: "Failing", Text: one.Sentence, Since: one.Since}
}
