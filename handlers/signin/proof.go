package signin

import (
	"net/http"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/signin"
	views "github.com/rollcall/rollcall/views/signin"
)

// Prove sends the person of a request to a provider, to show that an identity
// there is theirs too. What comes back leads to returnTo.
func (p *Pages) Prove(c *web.Call, provider, request, returnTo string) error {
	live, err := p.Sessions.Current(c.Request)
	if err != nil {
		return err
	}
	begun, err := p.Flow.StartProof(c.Ctx(), signin.BeginProof{
		Live: live, Provider: provider, Request: request, ReturnTo: returnTo, Binding: p.Flow.Binding(c.Request), Facts: facts(c),
	})
	if err != nil {
		return p.refused(c, err)
	}
	http.SetCookie(c.Writer, p.Flow.BindingCookie(begun.Binding))
	c.Leave(begun.Address)
	return nil
}

// proofRefused draws why nothing was linked. The person is still signed in.
func (p *Pages) proofRefused(c *web.Call, no *signin.Refusal) error {
	m := views.StepUpRefused{Cause: no.Cause, Next: no.Next, Detail: no.Detail, Reference: c.RequestID(), Back: pageOf(no.ReturnTo)}
	return c.Render(web.Page{Title: "Nothing was linked", Code: no.Status(), Bare: true}, views.StepUpRefusedPage(m))
}
