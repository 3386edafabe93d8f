package me

import (
	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/models"
	"github.com/rollcall/rollcall/views/me"
	"github.com/rollcall/rollcall/views/ui"
)

// Show answers GET /me.
func (p *Pages) Show(c *web.Call) error {
	person, err := p.People.GetByID(c.Ctx(), c.Tenant(), c.Actor().UserID)
	if err != nil {
		return err
	}
	m := me.Model{Fields: p.fields(person), SessionsHref: "/me/sessions", Now: c.Now()}
	for _, i := range person.Identities {
		m.Identities = append(m.Identities, me.Identity{
			Provider: p.People.SourceName(i.Provider), Subject: i.Subject, Email: i.Email, Verified: i.EmailVerified, LastSignIn: i.LastSignInAt.Time(),
		})
	}
	sessions, err := p.Sessions.List(c.Ctx(), c.Tenant(), person.ID)
	if err != nil {
		return err
	}
	m.Sessions = "in " + ui.Counted(len(sessions), "browser", "browsers")
	if m.Access, err = p.Roles(c, person.ID, person.PublicID, ""); err != nil {
		return err
	}
	if m.Activity, err = p.Activity(c); err != nil {
		return err
	}
	page := web.Page{Title: "My access"}
	if p.Asked != nil {
		if page.Banners, err = p.Asked(c); err != nil {
			return err
		}
	}
	return c.Render(page, me.Page(m))
}

// fields lists the record with the owner of each field. What is masked for
// others is plain here: it is the reader's own.
func (p *Pages) fields(person directory.Person) []me.Field {
	owner := func(field string) string {
		key := person.Sources.Owner(field)
		if key == "" {
			return ""
		}
		return "Managed in " + p.People.SourceName(key)
	}
	fields := []me.Field{
		{Label: "Name", Value: person.DisplayName, Owner: owner(directory.FieldDisplayName)},
		{Label: "E-mail", Value: person.Email, Owner: owner(directory.FieldEmail), Mono: true},
		{Label: "Username", Value: person.Username, Owner: owner(directory.FieldUsername), Mono: true},
		{Label: "Title", Value: person.Title, Owner: owner(directory.FieldTitle)},
		{Label: "Department", Value: person.Department, Owner: owner(directory.FieldDepartment)},
		{Label: "Manager", Value: person.Manager.Name, Owner: owner(directory.FieldManager)},
		{Label: "Phone", Value: person.Phone.Own(), Owner: owner(directory.FieldPhone)},
		{Label: "External ID", Value: person.ExternalID.Own(), Owner: owner(directory.FieldExternalID), Mono: true},
	}
	for _, a := range person.Attributes {
		f := me.Field{Label: a.Definition.Label, Value: attribute(a)}
		if a.Source != "" {
			f.Owner = "Managed in " + p.People.SourceName(a.Source)
		}
		fields = append(fields, f)
	}
	if leaving := person.LeavingAt.Time(); !leaving.IsZero() {
		fields = append(fields, me.Field{Label: "Leaving date", Value: ui.ExactText(leaving) + " UTC"})
	}
	return fields
}

func attribute(a directory.AttributeValue) string {
	value := a.Value.Own()
	if a.Definition.Kind != models.AttributeBool {
		return value
	}
	switch value {
	case "true":
		return "Yes"
	case "false":
		return "No"
	}
	return value
}
