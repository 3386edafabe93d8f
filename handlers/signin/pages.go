package signin

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/draft"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/session"
	"github.com/rollcall/rollcall/internal/signin"
	"github.com/rollcall/rollcall/internal/signin/oidc"
	views "github.com/rollcall/rollcall/views/signin"
	"github.com/rollcall/rollcall/views/ui"
)

// Deps are what the pages need.
type Deps struct {
	Flow      *signin.Flow
	Sessions  *session.Manager
	Drafts    *draft.Keeper
	Elevation time.Duration                           // how long a fresh sign-in opens sensitive acts
	Personas  []views.Persona                         // demo only
	Unclaimed func(ctx context.Context) (bool, error) // is the door for a first admin still open?
	Named     bool                                    // somebody is named who may walk through it
}

// Pages answers the routes of this package.
type Pages struct{ Deps }

// New makes the pages.
func New(d Deps) *Pages { return &Pages{Deps: d} }

// Routes lists what this package answers.
func (p *Pages) Routes() []web.Route {
	get, post := http.MethodGet, http.MethodPost
	return []web.Route{
		{Method: get, Path: "/signin", Door: web.Public, Summary: "Choose a provider", Handler: p.Choose},
		{Method: post, Path: "/signin/:provider", Door: web.Public, Anonymous: true, Summary: "Start a sign-in", Handler: p.Start},
		{Method: get, Path: "/auth/:provider/callback", Door: web.Public, Anonymous: true, Summary: "Return from a provider", Handler: p.Finish},
		{Method: post, Path: "/auth/:provider/backchannel-logout", Door: web.Public, Anonymous: true, Summary: "Hear from a provider that sessions ended there", Handler: p.Backchannel, Fault: fault},
		{Method: post, Path: "/signout", Door: web.Public, Anonymous: true, Summary: "Sign out here and at the provider", Handler: p.SignOut},
		{Method: get, Path: web.StepUpPath, Door: web.SignedIn, Summary: "Say what a fresh sign-in is needed for", Handler: p.AskStepUp},
		{Method: post, Path: web.StepUpPath, Door: web.SignedIn, Summary: "Start a fresh sign-in", Handler: p.StartStepUp},
		{Method: post, Path: web.StepUpPath + "/end", Door: web.SignedIn, Summary: "Close sensitive acts again", Handler: p.EndStepUp},
		{Method: get, Path: "/signed-out", Door: web.Public, Anonymous: true, Summary: "Say that the visit is over", Handler: p.SignedOut},
	}
}

func facts(c *web.Call) signin.Facts {
	return signin.Facts{IP: c.ClientIP(), UserAgent: c.Request.UserAgent(), RequestID: c.RequestID()}
}

// Choose answers GET /signin.
func (p *Pages) Choose(c *web.Call) error {
	back := oidc.SafeReturn(c.Query("return"))
	if c.Caller.SignedIn() {
		return c.Redirect(back)
	}
	m := views.Choice{Return: back, Personas: p.Personas}
	switch {
	case strings.Contains(back, "draft="):
		m.Notice = "Your session had ended, so nothing was done. What you typed is kept: sign in, and the form is filled in again."
	case back != "/":
		m.Notice = "Sign in to go on where you were."
	}
	for _, one := range p.Flow.Choices() {
		choice := views.Provider{Name: one.Name, Action: "/signin/" + one.Key}
		if !one.OK {
			choice.Down = one.Sentence
			if !one.Since.IsZero() {
				choice.Down += " Since " + ui.ExactText(one.Since.UTC()) + " UTC."
			}
		}
		m.Providers = append(m.Providers, choice)
	}
	open, err := p.Unclaimed(c.Ctx())
	switch {
	case err != nil: // the page must still let people in
		c.Log().Warn("could not find out whether there is an admin", "error", err.Error())
	case open && p.Named:
		m.Unclaimed = "Nobody administers this installation yet. The person named as first admin becomes admin at their first sign-in."
	case open:
		m.Unclaimed = "Nobody administers this installation yet. Set ROLLCALL_FIRST_ADMIN_EMAIL to your address at the provider, and start Rollcall again."
	}
	return c.Render(web.Page{Title: "Sign in", Bare: true}, views.ChoicePage(m))
}

type startForm struct {
	Return string `form:"return" label:"Return" validate:"max=2000"`
	Hint   string `form:"hint" label:"Hint" validate:"max=320"`
}

// Start answers POST /signin/:provider: off to the provider.
func (p *Pages) Start(c *web.Call) error {
	var f startForm
	if err := c.Bind(&f); err != nil {
		return err
	}
	begun, err := p.Flow.Start(c.Ctx(), signin.Begin{
		Provider: c.Param("provider"), ReturnTo: f.Return, LoginHint: f.Hint, Binding: p.Flow.Binding(c.Request), Facts: facts(c),
	})
	if err != nil {
		return p.refused(c, err)
	}
	http.SetCookie(c.Writer, p.Flow.BindingCookie(begun.Binding))
	c.Leave(begun.Address)
	return nil
}

// Finish answers GET /auth/:provider/callback.
func (p *Pages) Finish(c *web.Call) error {
	c.Header("Referrer-Policy", "no-referrer")
	done, err := p.Flow.Finish(c.Ctx(), signin.Callback{
		Provider: c.Param("provider"), Values: c.Request.URL.Query(), Binding: p.Flow.Binding(c.Request),
		Replaces: p.Sessions.Token(c.Request), Facts: facts(c),
	})
	if err != nil {
		return p.refused(c, err)
	}
	p.Sessions.SetCookie(c.Writer, done.Token)
	c.Leave(done.ReturnTo)
	return nil
}

// refused draws why somebody did not get in: one cause, one next step.
func (p *Pages) refused(c *web.Call, err error) error {
	var no *signin.Refusal
	if !errors.As(err, &no) {
		return err
	}
	if no.StepUp {
		return p.stepUpRefused(c, no)
	}
	if no.Proof {
		return p.proofRefused(c, no)
	}
	m := views.Refused{Cause: no.Cause, Next: no.Next, Detail: no.Detail, Reference: c.RequestID()}
	if !no.Since.IsZero() && no.Status() == http.StatusServiceUnavailable { // the others name their day themselves
		m.Since = "Since " + ui.ExactText(no.Since.UTC()) + " UTC."
	}
	if no.Again {
		m.Again = &views.Again{Label: "Start again", Action: "/signin/" + no.ProviderKey, Return: no.ReturnTo}
	}
	return c.Render(web.Page{Title: "You are not signed in", Code: no.Status(), Bare: true}, views.RefusedPage(m))
}

// SignOut answers POST /signout. The session here ends first; a provider that
// does not answer changes nothing about that (LOG-01).
func (p *Pages) SignOut(c *web.Call) error {
	live, err := p.Sessions.Current(c.Request)
	if errs.Is(err, errs.Unauthorized) {
		p.Sessions.ClearCookie(c.Writer)
		return c.Redirect("/signed-out")
	}
	if err != nil {
		return err
	}
	bye, err := p.Flow.SignOut(c.Ctx(), live, facts(c))
	if err != nil {
		return err
	}
	c.Header("Clear-Site-Data", `"cache", "storage"`)
	p.Sessions.ClearCookie(c.Writer)
	http.SetCookie(c.Writer, p.Flow.SignOutCookie(bye))
	c.Leave(bye.Address)
	return nil
}

// SignedOut answers GET /signed-out, whatever the provider sent along (LOG-02).
func (p *Pages) SignedOut(c *web.Call) error {
	page := p.Flow.SignedOut(c.Request)
	http.SetCookie(c.Writer, p.Flow.SignOutCookie(signin.Goodbye{}))
	return c.Render(web.Page{Title: "Signed out", Bare: true}, views.SignedOutPage(views.SignedOut{Sentence: page.Sentence}))
}
