package links

import (
	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/link"
	"github.com/rollcall/rollcall/models"
	"github.com/rollcall/rollcall/views/ui"
)

// Ties says what the page of a person has to say about their other records:
// where they went, whom they took in, and what is suggested.
func (p *Pages) Ties(c *web.Call, userID int64) ([]ui.Notice, error) {
	t, err := p.Link.Of(c.Ctx(), c.Tenant(), userID)
	if err != nil {
		return nil, err
	}
	var all []ui.Notice
	add := func(text, href, label string) {
		all = append(all, ui.Notice{Tone: ui.Info, Text: text, Href: href, Link: label})
	}
	if one := t.Into; one != nil {
		stay := one.Survivor()
		add("This record was merged into "+stay.Name+" "+ui.Relative(one.DecidedAt.Time(), c.Now())+". What happened before stands here, what happens since stands there.",
			"/users/"+stay.PublicID, "Open "+stay.Name)
	}
	for _, one := range t.From {
		gone := one.Absorbed()
		add(gone.Name+" was merged into this record "+ui.Relative(one.DecidedAt.Time(), c.Now())+". What happened there before has its own timeline.",
			"/users/"+gone.PublicID+"#activity", "Open the earlier record")
		if c.Can(models.LinksRead) {
			add(untilText(one, c), "/links/"+one.PublicID, "See the receipt")
		}
	}
	if !c.Can(models.LinksRead) {
		return all, nil
	}
	for _, one := range t.Open {
		add(openText(one, userID), "/links/"+one.PublicID, "Open the case")
	}
	return all, nil
}

func untilText(one link.Case, c *web.Call) string {
	if one.ExpiresAt.Time().After(c.Now()) {
		return "That merge can be taken apart until " + ui.ExactText(one.ExpiresAt.Time()) + " UTC."
	}
	return "That merge can no longer be taken apart automatically."
}

func openText(one link.Case, userID int64) string {
	other := one.B.Name
	if one.B.ID == userID {
		other = one.A.Name
	}
	switch {
	case one.Kind == models.LinkAccount:
		other = "the account " + one.Account.Username + " in " + one.System
	case one.Kind == models.LinkIdentity && one.Subject == "":
		other = "an identity at " + one.Provider
	case one.Kind == models.LinkIdentity:
		other = "the identity " + one.Subject + " at " + one.Provider
	}
	if one.State == models.LinkProofAsked {
		return "A proof is asked for, to link " + other + "."
	}
	return "Perhaps the same as " + other + ". " + one.Words + "."
}
