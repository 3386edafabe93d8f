package users

import (
	"net/http"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/offboard"
	"github.com/rollcall/rollcall/internal/session"
	"github.com/rollcall/rollcall/models"
	"github.com/rollcall/rollcall/views/ui"
)

// Section draws a part of a person's page that another noun owns.
type Section func(c *web.Call, userID int64, publicID, name string) (web.Component, error)

// About draws a part about a person's accounts at connected systems; nil when
// there is nothing to draw.
type About func(c *web.Call, person directory.Person) (web.Component, error)

// Deps are what the pages need. A part that is nil is left out.
type Deps struct {
	People    *directory.Engine
	Access    *access.Engine
	Sessions  *session.Manager
	Offboard  *offboard.Engine
	One       One // deactivates one person as an operation; nil: Offboard does it, and nothing holds it up
	Providers func() []Provider
	Roles     Section // the access section
	Activity  Section // the timeline section
	SignIn    About   // whether they can sign in
	Outcomes  About   // what came of the newest act
	Accounts  About   // at connected systems
	Elsewhere About   // sessions at connected systems

	// Ties says what is known about a person's other records; nil leaves it out.
	Ties func(c *web.Call, userID int64) ([]ui.Notice, error)
}

// Provider is a provider by its key and the name people know.
type Provider struct{ Key, Name string }

// Pages answers the routes of this package.
type Pages struct {
	Deps

	kept kept
}

// New makes the pages.
func New(d Deps) *Pages { return &Pages{Deps: d, kept: newKept()} }

// Routes lists what this package answers.
func (p *Pages) Routes() []web.Route {
	get, post := http.MethodGet, http.MethodPost
	return []web.Route{
		{Method: get, Path: "/users", Allow: models.UsersRead, Summary: "Find people", Handler: p.List,
			Nav: &web.Nav{Section: "Directory", Label: "Users", Key: "u"}},
		{Method: get, Path: "/users/count", Allow: models.UsersRead, Summary: "Count the people of a list", Handler: p.Count},
		{Method: get, Path: "/users/views", Allow: models.UsersRead, Summary: "Count the people of each view", Handler: p.Views},
		{Method: post, Path: "/selections", Allow: models.UsersDeactivate, Summary: "Select people of a list", Handler: p.Tick},
		{Method: post, Path: "/selections/all", Allow: models.UsersDeactivate, Summary: "Select everybody a list matches", Handler: p.SelectAll},
		{Method: post, Path: "/selections/page", Allow: models.UsersDeactivate, Summary: "Select only the people on a page of a list", Handler: p.SelectPage},
		{Method: post, Path: "/selections/drop", Allow: models.UsersDeactivate, Summary: "Take people who are not in a list out of a selection", Handler: p.DropOutside},
		{Method: get, Path: "/users/new", Allow: models.UsersCreate, Summary: "Form for a new person", Handler: p.New},
		{Method: post, Path: "/users/new", Allow: models.UsersCreate, Summary: "Create or invite a person", Handler: p.Create},
		{Method: get, Path: "/users/export", Allow: models.UsersExport, Summary: "Form for an export of people", Handler: p.ExportForm},
		{Method: post, Path: "/users/export", Allow: models.UsersExport, Summary: "Export the people of a list", Handler: p.Export},
		{Method: get, Path: "/users/:id", Allow: models.UsersRead, Summary: "Everything about one person", Handler: p.Show},
		{Method: get, Path: "/users/:id/edit", Allow: models.UsersEdit, Summary: "Form for a person's fields", Handler: p.EditForm},
		{Method: post, Path: "/users/:id/edit", Allow: models.UsersEdit, Summary: "Save a person's fields", Handler: p.Edit},
		{Method: get, Path: "/users/:id/reveal", Allow: models.UsersRead, Summary: "Form for looking at masked fields", Handler: p.RevealForm},
		{Method: post, Path: "/users/:id/reveal", Allow: models.UsersRead, Summary: "Look at masked fields, with a reason", Handler: p.Reveal},
		{Method: get, Path: "/users/:id/sessions/end", Allow: models.SessionsEnd, Summary: "Form for ending all sessions of a person", Handler: p.EndSessionsForm},
		{Method: post, Path: "/users/:id/sessions/end", Allow: models.SessionsEnd, Summary: "End all sessions of a person", Handler: p.EndSessions},
		{Method: get, Path: "/users/:id/sessions/:session/end", Allow: models.SessionsEnd, Summary: "Form for ending one session", Handler: p.EndSessionForm},
		{Method: post, Path: "/users/:id/sessions/:session/end", Allow: models.SessionsEnd, Summary: "End one session of a person", Handler: p.EndSession},
		{Method: get, Path: "/users/:id/suspend", Allow: models.UsersSuspend, Summary: "Form for a suspension", Handler: p.actForm(suspend)},
		{Method: post, Path: "/users/:id/suspend", Allow: models.UsersSuspend, Summary: "Suspend a person", Handler: p.act(suspend)},
		{Method: get, Path: "/users/:id/resume", Allow: models.UsersSuspend, Summary: "Form for lifting a suspension", Handler: p.actForm(resume)},
		{Method: post, Path: "/users/:id/resume", Allow: models.UsersSuspend, Summary: "Lift a suspension", Handler: p.act(resume)},
		{Method: get, Path: "/users/:id/deactivate", Allow: models.UsersDeactivate, Summary: "Form for a deactivation", Handler: p.actForm(deactivate)},
		{Method: post, Path: "/users/:id/deactivate", Allow: models.UsersDeactivate, Summary: "Deactivate a person", StepUp: true, Handler: p.act(deactivate)},
		{Method: get, Path: "/users/:id/reactivate", Allow: models.UsersDeactivate, Summary: "Form for a reactivation", Handler: p.actForm(reactivate)},
		{Method: post, Path: "/users/:id/reactivate", Allow: models.UsersDeactivate, Summary: "Reactivate a person", StepUp: true, Handler: p.act(reactivate)},
		{Method: get, Path: "/users/:id/leaving", Allow: models.UsersDeactivate, Summary: "Form for a leaving date", Handler: p.actForm(leaving)},
		{Method: post, Path: "/users/:id/leaving", Allow: models.UsersDeactivate, Summary: "Set a leaving date", Handler: p.act(leaving)},
		{Method: get, Path: "/users/:id/staying", Allow: models.UsersDeactivate, Summary: "Form for taking a leaving date back", Handler: p.actForm(staying)},
		{Method: post, Path: "/users/:id/staying", Allow: models.UsersDeactivate, Summary: "Take a leaving date back", Handler: p.act(staying)},
		{Method: get, Path: "/users/:id/let-in", Allow: models.UsersCreate, Summary: "Form for letting a waiting person in", Handler: p.actForm(letIn)},
		{Method: post, Path: "/users/:id/let-in", Allow: models.UsersCreate, Summary: "Let a waiting person in", Handler: p.act(letIn)},
		{Method: get, Path: "/attributes", Allow: models.AttributesEdit, Summary: "The local attributes", Handler: p.Attributes,
			Nav: &web.Nav{Section: "Configure", Label: "Attributes"}},
		{Method: get, Path: "/attributes/new", Allow: models.AttributesEdit, Summary: "Form for a new local attribute", Handler: p.AttributeNew},
		{Method: post, Path: "/attributes/new", Allow: models.AttributesEdit, Summary: "Define a local attribute", Handler: p.AttributeCreate},
		{Method: get, Path: "/attributes/:key/edit", Allow: models.AttributesEdit, Summary: "Form for a local attribute", Handler: p.AttributeEdit},
		{Method: post, Path: "/attributes/:key/edit", Allow: models.AttributesEdit, Summary: "Change a local attribute", Handler: p.AttributeSave},
		{Method: get, Path: "/attributes/:key/remove", Allow: models.AttributesEdit, Summary: "Form for removing a local attribute", Handler: p.AttributeRemoveForm},
		{Method: post, Path: "/attributes/:key/remove", Allow: models.AttributesEdit, Summary: "Remove a local attribute and its values", Handler: p.AttributeRemove},
	}
}

// providerName gives the name of a provider people know.
func (p *Pages) providerName(key string) string {
	for _, one := range p.Providers() {
		if one.Key == key {
			return one.Name
		}
	}
	return key
}
