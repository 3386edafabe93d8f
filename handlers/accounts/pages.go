package accounts

import (
	"context"
	"net/http"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/insight"
	"github.com/rollcall/rollcall/internal/offboard"
	"github.com/rollcall/rollcall/models"
	"github.com/rollcall/rollcall/views/layout"
)

// People is what the pages ask of the directory.
type People interface {
	Get(ctx context.Context, tenant int64, publicID string) (directory.Person, error)
}

// Deps are what the pages need.
type Deps struct {
	People   People
	Insight  *insight.Engine
	Offboard *offboard.Engine
	Drift    string // where differences are resolved; "": nowhere

	// Read reads a person's accounts now, keeps what was found and compares it.
	// nil: nothing is kept.
	Read func(ctx context.Context, actor models.Actor, publicID string) error

	// Operations gives the operations that acts were part of. nil: none is named.
	Operations func(ctx context.Context, tenant int64, ids []int64) (map[int64]models.Operation, error)
}

// Pages answers the routes of this package.
type Pages struct{ Deps }

// New makes the pages.
func New(d Deps) *Pages { return &Pages{Deps: d} }

// Routes lists what this package answers.
func (p *Pages) Routes() []web.Route {
	get, post := http.MethodGet, http.MethodPost
	return []web.Route{
		{Method: get, Path: "/users/:id/signin", Allow: models.UsersRead, Summary: "Whether a person can sign in, and what helps", Handler: p.SignIn},
		{Method: get, Path: "/users/:id/accounts", Allow: models.UsersRead, Summary: "A person's accounts at connected systems", Handler: p.Accounts},
		{Method: post, Path: "/users/:id/accounts/read", Allow: models.SyncRead, Summary: "Read a person's accounts now, and keep what was found", Handler: p.ReadAccounts},
		{Method: get, Path: "/users/:id/sessions", Allow: models.UsersRead, Summary: "A person's sessions at connected systems", Handler: p.Sessions},
		{Method: get, Path: "/users/:id/accounts/:account/unlock", Allow: models.AccountsUnlock, Summary: "Form for unlocking an account", Handler: p.UnlockForm},
		{Method: post, Path: "/users/:id/accounts/:account/unlock", Allow: models.AccountsUnlock, Summary: "Unlock an account at its system", Handler: p.Unlock},
		{Method: get, Path: "/users/:id/accounts/:account/sessions/:session/end", Allow: models.SessionsEnd, Summary: "Form for ending a session at a system", Handler: p.EndSessionForm},
		{Method: post, Path: "/users/:id/accounts/:account/sessions/:session/end", Allow: models.SessionsEnd, Summary: "End one session at its system", Handler: p.EndSession},
		{Method: get, Path: "/users/:id/outcomes", Allow: models.UsersRead, Summary: "What came of acts on a person at each system", Handler: p.Outcomes},
		{Method: get, Path: "/users/:id/outcomes/latest", Allow: models.UsersRead, Summary: "What came of the newest act, while it goes on", Handler: p.Latest, Unattended: true},
	}
}

func (p *Pages) person(c *web.Call) (directory.Person, error) {
	return p.People.Get(c.Ctx(), c.Tenant(), c.Param("id"))
}

func path(person directory.Person) string { return "/users/" + person.PublicID }

func crumbs(person directory.Person, title string) []layout.Crumb {
	return []layout.Crumb{{Label: "Users", Href: "/users"}, {Label: person.DisplayName, Href: path(person)}, {Label: title}}
}

// subject says of whom something is asked.
func subject(person directory.Person) insight.Person {
	return insight.Person{ID: person.ID, Status: person.Status, LeavingAt: person.LeavingAt}
}

// account finds the account of an address among those of the person.
func (p *Pages) account(c *web.Call, person directory.Person) (connector.Held, error) {
	held, err := p.Offboard.Accounts(c.Ctx(), c.Tenant(), person.ID)
	if err != nil {
		return connector.Held{}, err
	}
	for _, h := range held {
		if h.Handle() == c.Param("account") {
			return h, nil
		}
	}
	return connector.Held{}, errs.New(errs.NotFound, "%s has no such account.", person.DisplayName)
}
