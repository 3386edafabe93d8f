package links

import (
	"context"
	"net/http"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/link"
	"github.com/rollcall/rollcall/models"
	"github.com/rollcall/rollcall/views/ui"
)

// People finds the people of the forms.
type People interface {
	Get(ctx context.Context, tenant int64, publicID string) (directory.Person, error)
	GetByID(ctx context.Context, tenant, id int64) (directory.Person, error)
	List(ctx context.Context, tenant int64, q directory.Query) (directory.Page, error)
	Lookup(ctx context.Context, tenant int64, text string) ([]directory.Exact, error)
	SourceName(key string) string
}

// Provider is a provider people sign in with.
type Provider struct{ Key, Name, Issuer string }

// Deps is what the pages need.
type Deps struct {
	Link      *link.Engine
	People    People
	Providers func() []Provider

	// Prove sends the caller to a provider, to show that an identity there is
	// theirs too; what comes back leads to returnTo.
	Prove func(c *web.Call, provider, request, returnTo string) error
}

// Pages answers the routes of this package.
type Pages struct{ Deps }

// New makes the pages.
func New(d Deps) *Pages { return &Pages{Deps: d} }

// Routes lists what this package answers.
func (p *Pages) Routes() []web.Route {
	get, post, read, edit := http.MethodGet, http.MethodPost, models.LinksRead, models.LinksEdit
	return []web.Route{
		{Method: get, Path: "/links", Allow: read, Summary: "List likely duplicates and linked records", Handler: p.List,
			Nav: &web.Nav{Section: "Directory", Label: "Linked accounts", Waits: "links"}},
		{Method: get, Path: "/links/new", Allow: edit, Summary: "Choose two people to merge", Handler: p.Choose},
		{Method: post, Path: "/links/new", Allow: edit, Summary: "Begin to compare two people", Handler: p.Begin},
		{Method: post, Path: "/links/new/search", Allow: edit, Summary: "Search for one of the two", Handler: p.Search},
		{Method: get, Path: "/links/new/:draft/compare", Allow: edit, Summary: "Compare two people field by field", Handler: p.Compare},
		{Method: post, Path: "/links/new/:draft/compare", Allow: edit, Summary: "Keep whose values are carried on", Handler: p.KeepFields},
		{Method: post, Path: "/links/new/:draft/result", Allow: edit, Summary: "Show what the choices make", Handler: p.Result},
		{Method: get, Path: "/links/new/:draft/access", Allow: edit, Summary: "See which roles and accounts go along", Handler: p.Access},
		{Method: post, Path: "/links/new/:draft/access", Allow: edit, Summary: "Keep which roles go along", Handler: p.KeepRoles},
		{Method: get, Path: "/links/new/:draft/confirm", Allow: edit, Summary: "What a merge will do", Handler: p.Confirm},
		{Method: post, Path: "/links/new/:draft/confirm", Allow: edit, StepUp: true, Summary: "Ask for a merge", Handler: p.Ask},
		{Method: get, Path: "/links/:id", Allow: read, Summary: "See a case with its evidence and decision", Handler: p.Show},
		{Method: post, Path: "/links/:id/approve", Allow: edit, StepUp: true, Summary: "Approve what another admin asked for", Handler: p.Approve},
		{Method: get, Path: "/links/:id/reject", Allow: edit, Summary: "Form for deciding that two are not one", Handler: p.RejectForm},
		{Method: post, Path: "/links/:id/reject", Allow: edit, Summary: "Decide that two are not one", Handler: p.Reject},
		{Method: get, Path: "/links/:id/withdraw", Allow: edit, Summary: "Form for taking a request back", Handler: p.WithdrawForm},
		{Method: post, Path: "/links/:id/withdraw", Allow: edit, Summary: "Take a request back", Handler: p.Withdraw},
		{Method: get, Path: "/links/:id/split", Allow: edit, Summary: "What taking a merge apart does", Handler: p.SplitForm},
		{Method: post, Path: "/links/:id/split", Allow: edit, StepUp: true, Summary: "Take a merge apart", Handler: p.Split},
		{Method: get, Path: "/links/:id/account", Allow: edit, Summary: "Form for linking an account", Handler: p.AccountForm},
		{Method: post, Path: "/links/:id/account", Allow: edit, StepUp: true, Summary: "Link an account to a person", Handler: p.Account},
		{Method: get, Path: "/links/:id/unlink", Allow: edit, Summary: "Form for unlinking an account", Handler: p.UnlinkAccountForm},
		{Method: post, Path: "/links/:id/unlink", Allow: edit, StepUp: true, Summary: "Unlink an account from a person", Handler: p.UnlinkAccount},
		{Method: get, Path: "/users/:id/identities/new", Allow: edit, Summary: "Form for linking an identity", Handler: p.IdentityForm},
		{Method: post, Path: "/users/:id/identities/new", Allow: edit, StepUp: true, Summary: "Ask for an identity to be linked", Handler: p.AskIdentity},
		{Method: get, Path: "/users/:id/identities/:identity/unlink", Allow: edit, Summary: "What unlinking an identity does", Handler: p.UnlinkForm},
		{Method: post, Path: "/users/:id/identities/:identity/unlink", Allow: edit, StepUp: true, Summary: "Unlink an identity", Handler: p.Unlink},
		{Method: get, Path: "/me/links/:id", Door: web.SignedIn, Summary: "See what you are asked to show as yours", Handler: p.Asked},
		{Method: post, Path: "/me/links/:id", Door: web.SignedIn, Summary: "Sign in with the other account, to show that it is yours", Handler: p.StartProof},
	}
}

// wrong is what is said on a form that is drawn again.
type wrong struct {
	fields   map[string]string
	problems []ui.Problem
	code     int
}

// refusal reads an error that belongs on the form, so that nothing typed is
// lost. again is false for all others, which get a page of their own.
func refusal(err error) (w wrong, again bool) {
	if err == nil {
		return wrong{}, false
	}
	if fields, problems, ok := web.Refused(err); ok {
		return wrong{fields: fields, problems: problems, code: http.StatusUnprocessableEntity}, true
	}
	e, known := errs.As(err)
	if !known || e.Kind != errs.Conflict && e.Kind != errs.Forbidden {
		return wrong{}, false
	}
	w = wrong{problems: []ui.Problem{{Text: e.Safe}}, code: http.StatusConflict}
	if e.Kind == errs.Forbidden {
		w.code = http.StatusForbidden
	}
	return w, true
}
