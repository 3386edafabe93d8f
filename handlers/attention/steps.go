package attention

import (
	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/models"
	"github.com/rollcall/rollcall/views/attention"
)

// steps is what a new installation still lacks, with its real state; nothing when
// all is done, or for who could not do it. Sources that failed say so in the
// queue; here they count as done, so that no false step is shown.
func (p *Pages) steps(c *web.Call, f *findings) ([]attention.Step, error) {
	if !c.Can(models.TenantAdminister) {
		return nil, nil
	}
	applications, err := p.Access.Applications(c.Ctx(), c.Tenant())
	if err != nil {
		return nil, err
	}
	steps := []attention.Step{
		{
			Text: "Connect a provider.", Done: !f.providersChecked || f.providers > 0,
			How: "People sign in through your OpenID provider. It is set in the configuration of the server:", Command: "rollcall serve --help",
		},
		{
			Text: "Let the first other person in.", Done: !f.peopleKnown || f.people > 1,
			How: "Invite somebody, or let people in by rule when they sign in.", Href: "/users/new", Link: "Invite a person",
		},
		{
			Text: "Give a second person the Admin role.", Done: !f.adminsKnown || f.admins > 1,
			How: "With one admin alone, losing that person locks everybody out.", Href: "/users", Link: "Choose a person",
		},
		{
			Text: "Add an application.", Done: len(applications) > 1,
			How: "Its roles say who may do what there, and why.", Href: "/applications/new", Link: "Add an application",
		},
	}
	for _, s := range steps {
		if !s.Done {
			return steps, nil
		}
	}
	return nil, nil
}
