package demo

import (
	"context"
	"fmt"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/seed"
	"github.com/rollcall/rollcall/models"
)

// groupGateways is the group at the provider that runs the VPN gateways.
const groupGateways = "vpn-gateways"

// sources are the connectors of the demo once they are made.
type sources struct{ northwind, works connector.Connector }

// connect makes the two connectors and puts them to use.
func (l *loader) connect(issuer string) func(context.Context) error {
	return func(ctx context.Context) error {
		first := fields(connector.OwnedByFirst)
		north := connector.NewConnector{
			Kind: models.ConnectorDemo, Key: ProviderKey, Name: ProviderName,
			Settings: connector.Settings{BaseURL: issuer, Issuer: issuer, Realm: realmNorthwind, ClientID: "rollcall-sync", DevLoopback: true},
			Secrets:  connector.NewSecrets{Client: seed.PublicID(l.clock.now(), l.company.r), Hook: hookSecret},
			Mapping:  &connector.Mapping{Fields: first, Roles: []connector.RoleRule{{Kind: "group", Name: groupGateways, Role: vpnAdmin}}},
			Schedule: &connector.Schedule{
				Every: 15 * time.Minute, FullEvery: 7 * 24 * time.Hour, Events: true, WriteBack: true,
				GuardPercent: 2, GuardCount: 200, GuardWindow: 24 * time.Hour,
			},
		}
		owned := fields(connector.OwnedBySource)
		delete(owned, "attribute:location")
		works := connector.NewConnector{
			Kind: models.ConnectorDemo, Key: supplierKey, Name: SourceNames[supplierKey],
			Settings: connector.Settings{BaseURL: worksIssuer, Issuer: worksIssuer, Realm: realmWorks, ClientID: "rollcall-read"},
			Secrets:  connector.NewSecrets{Client: seed.PublicID(l.clock.now(), l.company.r), Hook: hookSecret},
			Mapping:  &connector.Mapping{Fields: owned},
			Schedule: &connector.Schedule{Every: time.Hour, FullEvery: 24 * time.Hour, Events: true, GuardPercent: 5, GuardCount: 200, GuardWindow: 24 * time.Hour},
		}
		for _, one := range []struct {
			what connector.NewConnector
			into *connector.Connector
		}{{north, &l.sources.northwind}, {works, &l.sources.works}} {
			made, err := l.connectors.Create(ctx, l.admin(amara), one.what)
			if err != nil {
				return err
			}
			if *one.into, err = l.connectors.Enable(ctx, l.admin(amara), made.PublicID, made.Version, ""); err != nil {
				return err
			}
		}
		return nil
	}
}

// hookSecret signs what is posted to the demo. Whoever reads it here can post to
// a demo on the same machine, and to nothing else.
const hookSecret = "whsec_ZGVtby1vbmx5LW5vdC1hLXNlY3JldC1hdC1hbGwh"

// fields maps what the systems of the demo hold.
func fields(owner connector.Owner) map[string]connector.FieldRule {
	all := map[string]connector.FieldRule{}
	for field, from := range map[string]string{
		"display_name": "display_name", "given_name": "given_name", "family_name": "family_name", "username": "username", "email": "email",
		"title": "title", "department": "department", "attribute:location": "location",
	} {
		all[field] = connector.FieldRule{From: from, Owner: owner}
	}
	return all
}

// read lets a source be read, as the schedule or somebody's click does.
func (l *loader) read(ctx context.Context) error { return l.sync.Drain(ctx, l.tenant) }

// ask starts a full run of a source by hand and lets it run.
func (l *loader) ask(by string, of *connector.Connector) func(context.Context) error {
	return func(ctx context.Context) error {
		if _, err := l.sync.Start(ctx, l.admin(by), of.PublicID, models.RunFull); err != nil {
			return err
		}
		return l.read(ctx)
	}
}

// heard hands one event in, as a system does that tells of something.
func (l *loader) heard(of *connector.Connector, e connector.Event) func(context.Context) error {
	return func(ctx context.Context) error {
		e.At = l.clock.now()
		_, err := l.sync.Receive(ctx, l.tenant, of.ID, []connector.Event{e})
		return err
	}
}

// somebody gives staff for a story about accounts: ordinary people in whom
// nothing else is going on.
func (c *company) somebody(provider string, match func(*person) bool) []*person {
	var all []*person
	for i := 300; i < len(c.people); i++ {
		p := c.people[i]
		if p.plainLeaf() && p.provider == provider && p.boss != c.parts[PersonaManager] && match(p) {
			all = append(all, p)
		}
	}
	return all
}

// need gives the first n people, who must be there.
func need(all []*person, n int) []*person {
	if len(all) < n {
		panic(fmt.Sprintf("demo: %d people for a story about accounts, %d needed", len(all), n)) // a mistake in this package
	}
	return all[:n]
}

// within reports whether something is one of the last days' news.
func within(at, now time.Time, days int) bool { return at.After(now.AddDate(0, 0, -days)) }
