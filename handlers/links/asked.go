package links

import (
	"slices"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/link"
	"github.com/rollcall/rollcall/models"
	"github.com/rollcall/rollcall/views/layout"
	"github.com/rollcall/rollcall/views/links"
	"github.com/rollcall/rollcall/views/ui"
)

// Notices says to a person, on their own page, which proofs they are asked for.
func (p *Pages) Notices(c *web.Call) ([]ui.Notice, error) {
	asked, err := p.Link.AskedOf(c.Ctx(), c.Tenant(), c.Caller.UserID)
	if err != nil {
		return nil, err
	}
	var all []ui.Notice
	for _, one := range asked {
		all = append(all, ui.Notice{
			Tone: ui.Warn, Text: one.RequestedBy + " asks you to show that " + otherOf(one, c.Caller.UserID) + " is yours too.",
			Href: askedHref(one), Link: "See what it means",
		})
	}
	return all, nil
}

func askedHref(one link.Case) string { return "/me/links/" + one.PublicID }

// otherOf names what a person is asked about.
func otherOf(one link.Case, userID int64) string {
	switch {
	case one.Kind == models.LinkIdentity:
		return "an account at " + one.Provider
	case one.A.ID == userID:
		return "the record " + one.B.Name
	}
	return "the record " + one.A.Name
}

// Asked answers GET /me/links/:id.
func (p *Pages) Asked(c *web.Call) error {
	one, err := p.Link.Mine(c.Ctx(), c.Actor(), c.Param("id"))
	if err != nil {
		return err
	}
	m := links.AskedModel{
		Sentence: one.RequestedBy + " asks you to show that " + otherOf(one, c.Caller.UserID) + " is yours too, and says: “" + one.RequestReason + "”",
		Effects:  askedEffects(one), Until: "The request runs out on " + ui.ExactText(one.ExpiresAt.Time()) + " UTC. If it is not yours, do nothing, and tell " + one.RequestedBy + ".",
	}
	switch {
	case one.State == models.LinkLinked:
		m.Done = "Linked. You can sign in with both from now on."
	case one.State != models.LinkProofAsked || !one.ExpiresAt.Time().After(c.Now()):
		m.Done = "Nobody waits for this any more."
	default:
		if m.Ways, err = p.ways(c, one); err != nil {
			return err
		}
	}
	return c.Render(web.Page{
		Title: "Show that it is yours", FocusHeading: true,
		Crumbs: []layout.Crumb{{Label: "My access", Href: "/me"}, {Label: "Show that it is yours"}},
	}, links.Asked(m))
}

func askedEffects(one link.Case) []string {
	if one.Kind == models.LinkIdentity {
		return []string{
			"You sign in once at " + one.Provider + " with the account in question. You stay signed in here as you are.",
			"From then on you can sign in to Rollcall with either account.",
		}
	}
	return []string{
		"You sign in once with the account of the other record. You stay signed in here as you are.",
		"The two records become one at once: " + one.Survivor().Name + " stays. You can sign in with both accounts.",
	}
}

// ways are the providers at which the person can prove it.
func (p *Pages) ways(c *web.Call, one link.Case) ([]links.Way, error) {
	keys, err := p.Link.ProofProviders(c.Ctx(), c.Actor(), one)
	if err != nil {
		return nil, err
	}
	var ways []links.Way
	for _, provider := range p.Providers() {
		if slices.Contains(keys, provider.Key) {
			ways = append(ways, links.Way{Label: "Sign in at " + provider.Name, Action: askedHref(one), Provider: provider.Key})
		}
	}
	return ways, nil
}

type proveForm struct {
	Provider string `form:"provider" label:"Provider" validate:"required,max=63"`
}

// StartProof answers POST /me/links/:id: off to the provider.
func (p *Pages) StartProof(c *web.Call) error {
	one, err := p.Link.Mine(c.Ctx(), c.Actor(), c.Param("id"))
	if err != nil {
		return err
	}
	var f proveForm
	if err := c.Bind(&f); err != nil {
		return err
	}
	if one.State != models.LinkProofAsked {
		return c.Redirect(askedHref(one))
	}
	ways, err := p.ways(c, one)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(ways, func(w links.Way) bool { return w.Provider == f.Provider }) {
		return errs.New(errs.Invalid, "This cannot be shown at that provider. Choose one of those on the page.")
	}
	return p.Prove(c, f.Provider, one.PublicID, askedHref(one))
}
