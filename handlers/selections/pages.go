package selections

import (
	"net/http"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/models"
)

// Deps are what the pages need.
type Deps struct{ People *directory.Engine }

// Pages answers the routes of this package.
type Pages struct{ Deps }

// New makes the pages.
func New(d Deps) *Pages { return &Pages{Deps: d} }

// Routes lists what this package answers.
func (p *Pages) Routes() []web.Route {
	get, post, allow := http.MethodGet, http.MethodPost, models.UsersDeactivate
	return []web.Route{
		{Method: get, Path: "/ops/new", Allow: allow, Summary: "Choose people to act upon", Handler: p.NewPage},
		{Method: post, Path: "/ops/new", Allow: allow, Summary: "Look up a list of people", MaxForm: maxUpload, Handler: p.Paste},
		{Method: get, Path: "/selections/:id", Allow: allow, Summary: "Who is selected, and what a list was found to be", Handler: p.Show},
		{Method: post, Path: "/selections/:id", Allow: allow, Summary: "Choose whom ambiguous lines of a list mean", Handler: p.Choose},
		{Method: get, Path: "/selections/:id/rest", Allow: allow, Summary: "Download the lines of a list that found nobody", Handler: p.Rest},
	}
}

// maxUpload is how many bytes a posted list may have, with the form around it.
// Pasted into a field, a letter may take three.
const maxUpload = 3*directory.MaxListBytes + 1<<20
