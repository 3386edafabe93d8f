package app

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/rollcall/rollcall/handlers/accounts"
	"github.com/rollcall/rollcall/handlers/attention"
	"github.com/rollcall/rollcall/handlers/audit"
	"github.com/rollcall/rollcall/handlers/certificates"
	"github.com/rollcall/rollcall/handlers/connectors"
	"github.com/rollcall/rollcall/handlers/entry"
	"github.com/rollcall/rollcall/handlers/links"
	"github.com/rollcall/rollcall/handlers/me"
	"github.com/rollcall/rollcall/handlers/ops"
	"github.com/rollcall/rollcall/handlers/roles"
	"github.com/rollcall/rollcall/handlers/search"
	"github.com/rollcall/rollcall/handlers/selections"
	"github.com/rollcall/rollcall/handlers/signin"
	"github.com/rollcall/rollcall/handlers/team"
	"github.com/rollcall/rollcall/handlers/users"
	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/insight"
	"github.com/rollcall/rollcall/internal/session"
	"github.com/rollcall/rollcall/models"
	viewsignin "github.com/rollcall/rollcall/views/signin"
	"github.com/rollcall/rollcall/views/ui"
)

// routes is the whole table. Its order is the order of the sidebar.
func (a *App) routes() []web.Route {
	logPages := audit.New(audit.Deps{Log: a.Log, People: a.People, Tenant: a.Tenant.Name})
	accountPages := accounts.New(accounts.Deps{People: a.People, Insight: a.Insight, Offboard: a.Offboard, Drift: "/sync/drift", Read: a.readAccounts, Operations: a.Operations.Named})
	rolePages := roles.New(roles.Deps{Roles: a.Access, Assignments: a.Access, People: a.People, History: logPages.RoleHistory})
	signInPages := signin.New(signin.Deps{
		Flow: a.SignIn, Sessions: a.Sessions, Drafts: a.Drafts, Elevation: a.elevation(), Personas: a.personas(), Named: a.config.FirstAdmin.Set(), Unclaimed: a.unclaimed,
	})
	linkPages := links.New(links.Deps{Link: a.Link, People: a.People, Providers: a.linkProviders, Prove: signInPages.Prove})
	runPages := ops.NewRuns(ops.RunDeps{Ops: a.Operations, Exports: a.People, Systems: a.Connectors, Certificates: true})
	var table []web.Route
	for _, part := range [][]web.Route{
		entry.New(a.Store.Ping).Routes(),
		signInPages.Routes(),
		attention.New(attention.Deps{
			People: a.People, Access: a.Access, Log: a.Log, Links: a.Link, Tenant: a.Tenant.Name, Providers: a.providerHealth, Connectors: a.Connectors, Sync: a.Sync, Operations: a.Operations,
		}).Routes(),
		ops.New(ops.Deps{Ops: a.Operations, People: a.People, Run: runPages.Show}).Routes(),
		runPages.Routes(),
		team.New(team.Deps{People: a.People, Access: a.Access, Roles: rolePages.ReadAccess}).Routes(),
		users.New(users.Deps{
			People: a.People, Access: a.Access, Sessions: a.Sessions, Offboard: a.Offboard, One: a.Operations, Providers: a.sources.list,
			Roles: rolePages.Access, Activity: logPages.Timeline, Ties: both(runPages.Notices, linkPages.Ties),
			SignIn: accountPages.SignInSection, Outcomes: accountPages.LatestSection, Accounts: accountPages.AccountsSection, Elsewhere: accountPages.SessionsSection,
		}).Routes(),
		selections.New(selections.Deps{People: a.People}).Routes(),
		accountPages.Routes(),
		rolePages.Routes(),
		certificates.New(certificates.Deps{Certify: a.Certify, Tenant: a.Tenant.ID}).Routes(),
		a.syncRoutes(),
		linkPages.Routes(),
		logPages.Routes(),
		connectors.New(connectors.Deps{
			Connectors: a.Connectors, People: a.People, Roles: a.Access, Configured: a.configured, History: logPages.ConnectorHistory, Syncs: a.Sync,
			Public: a.config.PublicURL, Loopback: a.loopback(),
		}).Routes(),
		search.New(search.Deps{People: a.People, Roles: a.Access, Jumps: []search.Jump{a.event, a.operation}}).Routes(),
		me.New(me.Deps{People: a.People, Sessions: a.Sessions, Roles: rolePages.ReadAccess, Activity: logPages.OwnTimeline, Asked: linkPages.Notices}).Routes(),
	} {
		table = append(table, part...)
	}
	return table
}

func (a *App) doorkeeper() *doorkeeper {
	return &doorkeeper{
		log: a.options.Log, store: a.Store, sessions: a.Sessions, access: a.Access, people: a.People,
		names: a.sources.name, flow: a.SignIn, attention: newMemory(a.options.Log), reports: newMemory(a.options.Log),
		drift: newMemory(a.options.Log), severe: newMemory(a.options.Log), drifting: a.drifting, urgent: a.urgent,
		links: a.Link, linked: newMemory(a.options.Log),
		approvals: newMemory(a.options.Log), waiting: a.Operations.CountWaiting,
	}
}

// elevation gives how long a fresh sign-in opens sensitive acts.
func (a *App) elevation() time.Duration {
	if a.config.Session.Elevation > 0 {
		return a.config.Session.Elevation
	}
	return session.DefaultElevation
}

// unclaimed reports whether the door for a first admin still stands open.
func (a *App) unclaimed(ctx context.Context) (bool, error) {
	return a.Access.FirstAdminOpen(ctx, a.Tenant.ID)
}

// personas are the ways into the demo.
func (a *App) personas() []viewsignin.Persona {
	if a.options.Demo == nil {
		return nil
	}
	var out []viewsignin.Persona
	for _, p := range a.options.Demo.Personas {
		out = append(out, viewsignin.Persona{Name: p.Name, Role: p.Role, Does: p.Does, Action: "/signin/" + p.Provider, Hint: p.Hint})
	}
	return out
}

// readAccounts reads a person's accounts now and keeps what was found.
func (a *App) readAccounts(ctx context.Context, actor models.Actor, publicID string) error {
	_, err := a.Sync.ReadNow(ctx, actor, publicID)
	return err
}

// signInHealth says the same for the question whether somebody can sign in.
func (a *App) signInHealth() []insight.Provider {
	var out []insight.Provider
	for _, c := range a.SignIn.Choices() {
		out = append(out, insight.Provider{Key: c.Key, Name: c.Name, OK: c.OK, Since: c.Since, Sentence: c.Sentence})
	}
	return out
}

// providerHealth says how each provider does, for what needs a person.
func (a *App) providerHealth() []attention.Provider {
	var out []attention.Provider
	for _, c := range a.SignIn.Choices() {
		out = append(out, attention.Provider{Name: c.Name, OK: c.OK, Since: c.Since, Sentence: c.Sentence})
	}
	return out
}

// event finds an event by its number, as people copy it: #18,204.
func (a *App) event(c *web.Call, text string) (*search.Found, error) {
	number, marked := strings.CutPrefix(text, "#")
	id, err := strconv.ParseInt(strings.ReplaceAll(number, ",", ""), 10, 64)
	if !marked || err != nil || !c.Can(models.AuditRead) {
		return nil, nil
	}
	detail, err := a.Log.Get(c.Ctx(), c.Actor(), id)
	if errs.Is(err, errs.NotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &search.Found{Href: "/audit/" + strconv.FormatInt(id, 10), Name: "Event " + text, Said: detail.Text()}, nil
}

// both says what two nouns know about a person.
func both(all ...func(*web.Call, int64) ([]ui.Notice, error)) func(*web.Call, int64) ([]ui.Notice, error) {
	return func(c *web.Call, user int64) ([]ui.Notice, error) {
		var out []ui.Notice
		for _, one := range all {
			said, err := one(c, user)
			if err != nil {
				return out, err
			}
			out = append(out, said...)
		}
		return out, nil
	}
}

// operation finds a deactivation by its code: DEA-118, or #DEA-118.
func (a *App) operation(c *web.Call, text string) (*search.Found, error) {
	number, named := strings.CutPrefix(strings.ToUpper(strings.TrimPrefix(text, "#")), "DEA-")
	n, err := strconv.ParseInt(number, 10, 64)
	if !named || err != nil || !c.Can(models.OperationsRead) {
		return nil, nil
	}
	op, err := a.Operations.ByNumber(c.Ctx(), c.Tenant(), n)
	if errs.Is(err, errs.NotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &search.Found{Href: "/ops/" + op.PublicID, Name: op.Code(), Said: ops.Name(op) + ", " + strings.ToLower(op.State.Word())}, nil
}
