package links

import (
	"slices"
	"strconv"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/link"
	"github.com/rollcall/rollcall/models"
	"github.com/rollcall/rollcall/views/layout"
	"github.com/rollcall/rollcall/views/links"
	"github.com/rollcall/rollcall/views/ui"
)

type identityForm struct {
	Provider string `form:"provider" label:"Provider" validate:"max=63"`
	Subject  string `form:"subject" label:"Subject" validate:"max=255"`
	Proof    string `form:"proof" label:"Proof" validate:"omitempty,oneof=sign-in second-admin"`
	Reason   string `form:"reason" label:"Reason" validate:"reason,max=1000"`
}

// IdentityForm answers GET /users/:id/identities/new. A case fills it in.
func (p *Pages) IdentityForm(c *web.Call) error {
	var f identityForm
	if id := c.Query("case"); id != "" {
		d, err := p.Link.Get(c.Ctx(), c.Actor(), id)
		if err != nil {
			return err
		}
		f.Provider, f.Subject = d.Link.Provider, d.Subject
	}
	return p.identityPage(c, f, wrong{})
}

// AskIdentity answers POST /users/:id/identities/new.
func (p *Pages) AskIdentity(c *web.Call) error {
	var f identityForm
	err := c.Bind(&f)
	if err == nil {
		in := link.IdentityRequest{
			UserPublicID: c.Param("id"), Provider: f.Provider, Subject: f.Subject, Proof: models.LinkProof(f.Proof), Reason: f.Reason,
		}
		for _, one := range p.Providers() {
			if one.Key == f.Provider {
				in.Issuer = one.Issuer
			}
		}
		var row models.Link
		if row, err = p.Link.AskIdentity(c.Ctx(), c.Actor(), in); err == nil {
			return c.Redirect("/links/" + row.PublicID + "?ok=asked")
		}
	}
	w, again := refusal(err)
	if !again {
		return err
	}
	return p.identityPage(c, f, w)
}

func (p *Pages) identityPage(c *web.Call, f identityForm, w wrong) error {
	person, err := p.People.Get(c.Ctx(), c.Tenant(), c.Param("id"))
	if err != nil {
		return err
	}
	path := "/users/" + person.PublicID
	m := links.Act{
		Action: path + "/identities/new", Cancel: path + "#identities", Title: "Nothing was asked for", Submit: "Ask for the link", Kind: ui.Primary,
		Effects: []string{
			"Whoever signs in with this identity will be " + person.DisplayName + ", with every role " + person.DisplayName + " holds.",
			"Nothing changes until it is proved. A request runs out after 7 days.",
		},
		Problems: w.problems, Reason: ui.ReasonField(f.Reason, w.fields["reason"], person.DisplayName+", the admins and the auditors"),
	}
	provider := ui.Field{Name: "provider", Label: "Provider", Required: true, Error: w.fields["provider"], Options: []ui.Option{{Label: "Choose one"}}}
	for _, one := range p.Providers() {
		provider.Options = append(provider.Options, ui.Option{Value: one.Key, Label: one.Name, Selected: one.Key == f.Provider})
	}
	m.Fields = []ui.Field{provider, {
		Name: "subject", Label: "Subject", Value: f.Subject, Error: w.fields["subject"], Mono: true, Wide: true, Autocomplete: "off",
		Hint: "The sub of the account at the provider, copied from there. Needed for a second admin; may stay empty when the person signs in.",
	}}
	proof := proofField(f.Proof, w.fields["proof"], true)
	proof.Label = "How it is proved that the identity is theirs"
	m.Choices = &proof
	switch {
	case person.ID == c.Caller.UserID:
		m.Blocked = "This is you. Another admin has to ask for it."
	case len(provider.Options) == 1:
		m.Blocked = "No provider is set up that people could sign in with."
	case person.Status == models.Deactivated || person.Status == models.Removed || person.Status == models.Suspended:
		m.Blocked = person.DisplayName + " is " + person.Status.Word() + ", and an identity would be a way in."
	}
	return c.Render(web.Page{
		Title: "Link an identity", Heading: "Link an identity to " + person.DisplayName, Code: w.code, FocusHeading: w.code == 0,
		Crumbs: userCrumbs(person, "Link an identity"),
	}, links.ActPage(m))
}

func userCrumbs(person directory.Person, last string) []layout.Crumb {
	return []layout.Crumb{{Label: "Users", Href: "/users"}, {Label: person.DisplayName, Href: "/users/" + person.PublicID}, {Label: last}}
}

type unlinkForm struct {
	Locked string `form:"locked" label:"Without a way in"`
	Reason string `form:"reason" label:"Reason" validate:"reason,max=1000"`
}

// identity finds the identity of the address, of the person of the address.
func (p *Pages) identity(c *web.Call) (directory.Person, models.Identity, error) {
	person, err := p.People.Get(c.Ctx(), c.Tenant(), c.Param("id"))
	if err != nil {
		return person, models.Identity{}, err
	}
	id, err := strconv.ParseInt(c.Param("identity"), 10, 64)
	i := slices.IndexFunc(person.Identities, func(one models.Identity) bool { return one.ID == id })
	if err != nil || i < 0 {
		return person, models.Identity{}, errs.New(errs.NotFound, "This identity is not linked to this person.")
	}
	return person, person.Identities[i], nil
}

// UnlinkForm answers GET /users/:id/identities/:identity/unlink.
func (p *Pages) UnlinkForm(c *web.Call) error { return p.unlinkPage(c, unlinkForm{}, wrong{}) }

// Unlink answers POST /users/:id/identities/:identity/unlink.
func (p *Pages) Unlink(c *web.Call) error {
	person, identity, err := p.identity(c)
	if err != nil {
		return err
	}
	var f unlinkForm
	err = c.Bind(&f)
	if err == nil {
		_, err = p.Link.Unlink(c.Ctx(), c.Actor(), link.UnlinkRequest{
			UserPublicID: person.PublicID, IdentityID: identity.ID, Locked: f.Locked != "", Reason: f.Reason,
		})
	}
	if err == nil {
		return c.Redirect("/users/" + person.PublicID + "?ok=identity-unlinked#identities")
	}
	w, again := refusal(err)
	if !again {
		return err
	}
	return p.unlinkPage(c, f, w)
}

func (p *Pages) unlinkPage(c *web.Call, f unlinkForm, w wrong) error {
	person, identity, err := p.identity(c)
	if err != nil {
		return err
	}
	path := "/users/" + person.PublicID
	provider := p.People.SourceName(identity.Provider)
	m := links.Act{
		Action: path + "/identities/" + strconv.FormatInt(identity.ID, 10) + "/unlink", Cancel: path + "#identities", Title: "Nothing was unlinked",
		Submit: "Unlink the identity", Kind: ui.Danger, Problems: w.problems,
		Reason:  ui.ReasonField(f.Reason, w.fields["reason"], person.DisplayName+", the admins and the auditors"),
		Effects: []string{"Whoever signs in at " + provider + " with " + identity.Subject + " is no longer " + person.DisplayName + ".", "Sessions that began with it end now."},
	}
	same := 0
	for _, i := range person.Identities {
		if i.Provider == identity.Provider {
			same++
		}
	}
	if same == 1 {
		m.Effects = append(m.Effects, "Roles that only the claims of "+provider+" give end. Fields managed in "+provider+" are kept here from now on.")
	}
	if len(person.Identities) == 1 {
		m.Effects = append(m.Effects, "It is the only identity: "+person.DisplayName+" cannot sign in afterwards.")
		m.Tick = &ui.Field{Name: "locked", Label: "Leave " + person.DisplayName + " without a way in", Checked: f.Locked != "", Error: w.fields["locked"]}
	}
	if person.ID == c.Caller.UserID {
		m.Blocked = "This is you. Another admin has to do it."
	}
	return c.Render(web.Page{
		Title: "Unlink an identity", Heading: "Unlink an identity of " + person.DisplayName, Code: w.code, FocusHeading: w.code == 0,
		Crumbs: userCrumbs(person, "Unlink an identity"),
	}, links.ActPage(m))
}
