package users

import (
	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/models"
	"github.com/rollcall/rollcall/views/layout"
	"github.com/rollcall/rollcall/views/ui"
	"github.com/rollcall/rollcall/views/users"
)

// RevealForm answers GET /users/:id/reveal. Who sees everything anyway is led to
// the person's page.
func (p *Pages) RevealForm(c *web.Call) error {
	if c.Can(models.UsersUnmask) {
		return p.toPerson(c)
	}
	return p.revealPage(c, "", nil)
}

// Reveal answers POST /users/:id/reveal: the masked fields, this once. The audit
// log keeps who looked and why.
func (p *Pages) Reveal(c *web.Call) error {
	if c.Can(models.UsersUnmask) {
		return p.toPerson(c)
	}
	var f reasonForm
	if err := c.Bind(&f); err != nil {
		return p.revealPage(c, f.Reason, err)
	}
	person, err := p.People.Get(c.Ctx(), c.Tenant(), c.Param("id"))
	if err != nil {
		return err
	}
	if len(hidden(person)) == 0 {
		return p.revealPage(c, f.Reason, nil)
	}
	seen, err := p.People.Reveal(c.Ctx(), c.Actor(), person.PublicID, f.Reason)
	if err != nil {
		return p.revealPage(c, f.Reason, err)
	}
	m := users.Revealed{Back: "/users/" + person.PublicID, Fields: revealed(person, seen)}
	title := "Masked fields of " + person.DisplayName
	return c.Render(web.Page{Title: title, FocusHeading: true, Crumbs: revealCrumbs(person, title)}, users.RevealedPage(m))
}

// toPerson leads to the page of a person who exists.
func (p *Pages) toPerson(c *web.Call) error {
	person, err := p.People.Get(c.Ctx(), c.Tenant(), c.Param("id"))
	if err != nil {
		return err
	}
	return c.Redirect("/users/" + person.PublicID)
}

func (p *Pages) revealPage(c *web.Call, reason string, cause error) error {
	person, err := p.People.Get(c.Ctx(), c.Tenant(), c.Param("id"))
	if err != nil {
		return err
	}
	m := users.Act{
		Submit: "Show masked fields", Kind: ui.Primary, Title: "Nothing was shown",
		Effects: []string{"Shows " + joined(hidden(person)) + " of " + person.DisplayName + ", once.", "The audit log keeps that you looked, and why."},
	}
	if len(hidden(person)) == 0 {
		m.Blocked = person.DisplayName + " has no masked fields. There is nothing to show."
	}
	return p.actPage(c, asked{person: person, title: "Show masked fields of " + person.DisplayName, path: "/reveal", reason: reason, cause: cause}, m)
}

func revealCrumbs(person directory.Person, title string) []layout.Crumb {
	return []layout.Crumb{{Label: "Users", Href: "/users"}, {Label: person.DisplayName, Href: "/users/" + person.PublicID}, {Label: title}}
}

// hidden names the fields of a person that are set and masked.
func hidden(person directory.Person) []string {
	var labels []string
	if person.Phone.Set() {
		labels = append(labels, "Phone")
	}
	if person.ExternalID.Set() {
		labels = append(labels, "External ID")
	}
	for _, a := range person.Attributes {
		if a.Definition.Masked && a.Value.Set() {
			labels = append(labels, a.Definition.Label)
		}
	}
	return labels
}

// revealed lists what was shown.
func revealed(person directory.Person, seen directory.Revealed) []users.Field {
	var fields []users.Field
	add := func(label, value string) {
		if value != "" {
			fields = append(fields, users.Field{Label: label, Value: value})
		}
	}
	add("Phone", seen.Phone)
	add("External ID", seen.ExternalID)
	for _, a := range person.Attributes {
		add(a.Definition.Label, seen.Attributes[a.Definition.Key])
	}
	return fields
}

// joined writes names as people say them: "Phone, External ID and Badge".
func joined(names []string) string {
	out := ""
	for i, name := range names {
		switch {
		case i == 0:
			out = name
		case i == len(names)-1:
			out += " and " + name
		default:
			out += ", " + name
		}
	}
	return out
}
