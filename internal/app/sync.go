package app

import (
	"context"

	"github.com/rollcall/rollcall/handlers/hooks"
	syncpages "github.com/rollcall/rollcall/handlers/sync"
	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/hook"
	"github.com/rollcall/rollcall/internal/sync"
	"github.com/rollcall/rollcall/models"
)

// syncing builds what keeps the directory true to connected systems, and the
// door at which they post what happened.
func (a *App) syncing() error {
	var err error
	a.Sync, err = sync.New(sync.Deps{
		Store: a.Store, Directory: a.People, Access: a.Access, Jobs: a.Jobs, Systems: a.Connectors, Gate: gate{a}, Log: a.options.Log,
	})
	if err != nil {
		return err
	}
	a.People.Follow(a.Sync)
	a.Hooks, err = hook.New(hook.Deps{Store: a.Store, Senders: a.sender, Events: a.received, Log: a.options.Log})
	return err
}

// sender says which connector an address is of, and what signs its messages.
func (a *App) sender(ctx context.Context, tenant int64, publicID string) (id int64, secret string, err error) {
	c, err := a.Connectors.Get(ctx, tenant, publicID)
	if err != nil {
		return 0, "", err
	}
	secret, err = a.Connectors.HookSecret(ctx, tenant, c.ID)
	return c.ID, secret, err
}

// received hands events to whoever applies them.
func (a *App) received(ctx context.Context, tenant, connectorID int64, events []connector.Event) (int, error) {
	got, err := a.Sync.Receive(ctx, tenant, connectorID, events)
	return got.New, err
}

// syncRoutes are the pages about connected systems, and the door for them.
func (a *App) syncRoutes() []web.Route {
	pages := syncpages.New(syncpages.Deps{
		Sync: a.Sync, Connect: "/connectors/new", Connector: func(id string) string { return "/connectors/" + id },
		Link: func(sync.DriftView) string { return "/links" },
	})
	return append(pages.Routes(), hooks.New(hooks.Deps{Taker: a.Hooks, Tenant: a.Tenant.ID}).Routes()...)
}

// drifting counts what waits at the pages of sync: differences, and runs that
// stopped.
func (a *App) drifting(ctx context.Context, tenant int64) (int, error) {
	s, err := a.Sync.Summary(ctx, tenant)
	return s.Differ + s.Stopped, err
}

// urgent counts what of that belongs into the first page: stopped runs, and
// differences of people with privileged access.
func (a *App) urgent(ctx context.Context, tenant int64) (int, error) {
	s, err := a.Sync.Summary(ctx, tenant)
	return s.Privileged + s.Stopped, err
}

// arrivals hears of everybody who was let in.
type arrivals struct{ app *App }

// Arrived refreshes the account of somebody who signed in.
func (a arrivals) Arrived(ctx context.Context, tenant int64, issuer string, account connector.Account) {
	a.app.Sync.SignedIn(ctx, sync.Arrival{Tenant: tenant, Issuer: issuer, Account: account})
}

// gate keeps people out and lets them in, for what a source says about them.
type gate struct{ app *App }

// Suspend keeps a person out until somebody lifts it.
func (g gate) Suspend(ctx context.Context, actor models.Actor, publicID, reason string) error {
	_, err := g.app.Offboard.Suspend(ctx, actor, publicID, reason)
	return err
}

// Deactivate keeps a person out for good.
func (g gate) Deactivate(ctx context.Context, actor models.Actor, publicID, reason string) error {
	_, err := g.app.Offboard.Deactivate(ctx, actor, publicID, reason)
	return err
}

// LetBack lifts what keeps a person out.
func (g gate) LetBack(ctx context.Context, actor models.Actor, publicID, reason string) error {
	person, err := g.app.People.Get(ctx, actor.Tenant, publicID)
	if err != nil {
		return err
	}
	lift := g.app.Offboard.Resume
	if person.Status == models.Deactivated {
		lift = g.app.Offboard.Reactivate
	}
	_, err = lift(ctx, actor, publicID, reason)
	return err
}
