package users

import (
	"errors"
	"strconv"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/views/layout"
	"github.com/rollcall/rollcall/views/users"
)

// EditForm answers GET /users/:id/edit.
func (p *Pages) EditForm(c *web.Call) error {
	person, err := p.People.Get(c.Ctx(), c.Tenant(), c.Param("id"))
	if err != nil {
		return err
	}
	controls, err := p.controls(c, person)
	if err != nil {
		return err
	}
	m, err := p.editModel(c, person, filled{personForm: personForm{Version: version(person)}, controls: controls})
	if err != nil {
		return err
	}
	return c.Render(editPage(person), users.FormPage(m))
}

// Edit answers POST /users/:id/edit. A form that is older than the person is
// answered with both versions; nothing that was typed is lost.
func (p *Pages) Edit(c *web.Call) error {
	person, err := p.People.Get(c.Ctx(), c.Tenant(), c.Param("id"))
	if err != nil {
		return err
	}
	controls, err := p.controls(c, person)
	if err != nil {
		return err
	}
	f := filled{controls: controls}
	f.cause = c.Bind(&f.personForm)
	f.values = typed(c.Request.PostForm, controls)
	if f.cause != nil {
		return p.editAgain(c, person, f)
	}
	in := edit(f.values, controls)
	in.Reason = f.Reason
	problem, err := p.manager(c, controls, &in)
	if err != nil {
		return err
	}
	opened, _ := strconv.ParseInt(f.Version, 10, 64) // what is no number is no version: stale
	_, err = p.People.Edit(c.Ctx(), c.Actor(), person.PublicID, opened, in)
	if stale, is := errors.AsType[*directory.Stale](err); is {
		return p.conflictPage(c, f.personForm, stale)
	}
	if err != nil {
		f.cause = named(err, problem)
		return p.editAgain(c, person, f)
	}
	return c.Redirect("/users/" + person.PublicID + "?ok=saved")
}

// editAgain draws the form with what was typed and what is wrong with it.
func (p *Pages) editAgain(c *web.Call, person directory.Person, f filled) error {
	code, ok := inPlace(f.cause)
	if !ok {
		return f.cause
	}
	m, err := p.editModel(c, person, f)
	if err != nil {
		return err
	}
	page := editPage(person)
	page.Code = code
	return c.Render(page, users.FormPage(m))
}

func (p *Pages) editModel(c *web.Call, person directory.Person, f filled) (users.Form, error) {
	m, err := p.formModel(c, f)
	path := "/users/" + person.PublicID
	m.Action, m.Cancel, m.Submit, m.Title = path+"/edit", path, "Save changes", "The changes were not saved"
	return m, err
}

func editPage(person directory.Person) web.Page {
	return web.Page{Title: "Edit " + person.DisplayName, Crumbs: []layout.Crumb{
		{Label: "Users", Href: "/users"}, {Label: person.DisplayName, Href: "/users/" + person.PublicID}, {Label: "Edit"},
	}}
}

func version(person directory.Person) string { return strconv.FormatInt(person.Version, 10) }
