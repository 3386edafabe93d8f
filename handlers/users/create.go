package users

import (
	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/views/layout"
	"github.com/rollcall/rollcall/views/ui"
	"github.com/rollcall/rollcall/views/users"
)

// The ways a person can start.
const (
	startActive = "active"
	startInvite = "invite"
)

// New answers GET /users/new.
func (p *Pages) New(c *web.Call) error {
	controls, err := p.controls(c, directory.Person{})
	if err != nil {
		return err
	}
	return p.createPage(c, filled{personForm: personForm{How: startInvite}, controls: controls})
}

// Create answers POST /users/new: the person is Active at once, or Invited until
// the first sign-in.
func (p *Pages) Create(c *web.Call) error {
	controls, err := p.controls(c, directory.Person{})
	if err != nil {
		return err
	}
	f := filled{controls: controls}
	f.cause = c.Bind(&f.personForm)
	f.values = typed(c.Request.PostForm, controls)
	if f.cause != nil {
		return p.createPage(c, f)
	}
	in := edit(f.values, controls)
	problem, err := p.manager(c, controls, &in)
	if err != nil {
		return err
	}
	create, ok := p.People.Create, "created"
	if f.How != startActive {
		create, ok = p.People.Invite, "invited"
	}
	person, err := create(c.Ctx(), c.Actor(), newPerson(in, f.Reason))
	if err != nil {
		f.cause = named(err, problem)
		return p.createPage(c, f)
	}
	return c.Redirect("/users/" + person.PublicID + "?ok=" + ok)
}

// newPerson gives the values of a form as those of somebody new.
func newPerson(in directory.EditInput, reason string) directory.NewPerson {
	text := func(value *string) string {
		if value == nil {
			return ""
		}
		return *value
	}
	return directory.NewPerson{
		DisplayName: text(in.DisplayName), GivenName: text(in.GivenName), FamilyName: text(in.FamilyName), Username: text(in.Username),
		Email: text(in.Email), Phone: text(in.Phone), ExternalID: text(in.ExternalID), Title: text(in.Title),
		Department: text(in.Department), Manager: text(in.Manager), External: in.External != nil && *in.External,
		Attributes: in.Attributes, Reason: reason,
	}
}

func (p *Pages) createPage(c *web.Call, f filled) error {
	page := web.Page{Title: "New person", Crumbs: []layout.Crumb{{Label: "Users", Href: "/users"}, {Label: "New person"}}}
	if f.cause != nil {
		code, ok := inPlace(f.cause)
		if !ok {
			return f.cause
		}
		page.Code = code
	}
	m, err := p.formModel(c, f)
	if err != nil {
		return err
	}
	m.Action, m.Submit, m.Title = "/users/new", "Create person", "Nobody was created"
	m.Start = &ui.Field{Name: "how", Label: "How this person starts", Options: []ui.Option{
		{Value: startInvite, Label: "Invite: they become Active at their first sign-in", Selected: f.How != startActive,
			Hint: "The first sign-in with this e-mail address, verified by the provider, is theirs. Rollcall sends no message."},
		{Value: startActive, Label: "Active now", Selected: f.How == startActive,
			Hint: "They count as here from today. They can sign in as soon as an account of a provider is linked to them."},
	}}
	return c.Render(page, users.FormPage(m))
}
