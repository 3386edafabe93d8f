package signin

import (
	"cmp"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/draft"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/signin"
	"github.com/rollcall/rollcall/internal/signin/oidc"
	views "github.com/rollcall/rollcall/views/signin"
	"github.com/rollcall/rollcall/views/ui"
)

// AskStepUp answers GET /step-up: what is needed, why, and what comes after.
func (p *Pages) AskStepUp(c *web.Call) error {
	waits, err := p.waits(c, c.Query("for"))
	if err != nil && !errs.Is(err, errs.NotFound) {
		return err
	}
	if c.Elevated() {
		return c.Redirect(comesBackTo(waits))
	}
	m := views.StepUp{
		Provider: c.Caller.ProviderName, Name: c.Caller.Actor.Name, What: waits.What, Why: waits.Why, For: waits.ID,
		Minutes: minutes(p.Elevation), Cancel: cmp.Or(waits.Back, waits.Page, "/"), Comes: "After that you come back here.",
	}
	if m.Provider == "" {
		m.Provider = "your provider"
	}
	switch {
	case waits.ID == "" && c.Query("for") != "":
		m.Gone = "What you had typed is no longer kept: it waits for an hour. Nothing was done."
	case waits.Back != "":
		m.Comes = "After that the form opens. Nothing is done before you send it."
	case waits.Path != "":
		m.Comes = "After that you come back to the form, filled in as you left it. Nothing is done before you send it again."
	case waits.ID != "":
		m.Comes = "After that you come back to the page, and press the button once more. Nothing is done before."
	}
	return c.Render(web.Page{Title: "Sign in anew", Heading: "This needs a fresh sign-in", FocusHeading: true}, views.StepUpPage(m))
}

// waits gives the draft that waits for a fresh sign-in of this session.
func (p *Pages) waits(c *web.Call, id string) (draft.Draft, error) {
	if id == "" {
		return draft.Draft{}, nil
	}
	d, err := p.Drafts.Find(c.Ctx(), c.Tenant(), c.Caller.UserID, id)
	if err == nil && (!d.StepUp || d.Session != c.Caller.SessionID) {
		return draft.Draft{}, errs.New(errs.NotFound, "What you had typed belongs to another session.")
	}
	return d, err
}

// comesBackTo gives the address a draft leads to; only a path of this site.
func comesBackTo(d draft.Draft) string {
	switch {
	case d.Page == "":
		return "/"
	case d.Path == "" && d.Press == "":
		return oidc.SafeReturn(d.Page)
	}
	return oidc.SafeReturn(web.WithDraft(d.Page, d.ID))
}

type stepUpForm struct {
	For string `form:"for" label:"What waits" validate:"max=40"`
}

// StartStepUp answers POST /step-up: off to the provider of the session.
func (p *Pages) StartStepUp(c *web.Call) error {
	var f stepUpForm
	if err := c.Bind(&f); err != nil {
		return err
	}
	waits, err := p.waits(c, f.For)
	if err != nil && !errs.Is(err, errs.NotFound) {
		return err
	}
	live, err := p.Sessions.Current(c.Request)
	if err != nil {
		return err
	}
	begun, err := p.Flow.StartStepUp(c.Ctx(), signin.BeginStepUp{
		Live: live, Draft: waits.ID, ReturnTo: comesBackTo(waits), Binding: p.Flow.Binding(c.Request), Facts: facts(c),
	})
	if err != nil {
		return p.refused(c, err)
	}
	http.SetCookie(c.Writer, p.Flow.BindingCookie(begun.Binding))
	c.Leave(begun.Address)
	return nil
}

// stepUpRefused draws why a fresh sign-in was not accepted. The person is still
// signed in.
func (p *Pages) stepUpRefused(c *web.Call, no *signin.Refusal) error {
	m := views.StepUpRefused{
		Cause: no.Cause, Next: no.Next, Detail: no.Detail, Reference: c.RequestID(), For: no.Draft,
		Again: no.Reason != signin.ReasonOtherSession && no.Reason != signin.ReasonProviderUnused, Back: pageOf(no.ReturnTo),
	}
	if !no.Since.IsZero() {
		m.Cause += " Since " + ui.ExactText(no.Since.UTC()) + " UTC."
	}
	return c.Render(web.Page{Title: "You did not sign in anew", Code: no.Status(), Bare: true}, views.StepUpRefusedPage(m))
}

// pageOf gives the page an address leads to, without what it would fill in.
func pageOf(address string) string {
	path, _, _ := strings.Cut(oidc.SafeReturn(address), "?")
	return path
}

type endForm struct {
	Return string `form:"return" label:"Return" validate:"max=2000"`
}

// EndStepUp answers POST /step-up/end.
func (p *Pages) EndStepUp(c *web.Call) error {
	var f endForm
	if err := c.Bind(&f); err != nil {
		return err
	}
	if _, err := p.Sessions.Lower(c.Ctx(), c.Actor()); err != nil {
		return err
	}
	return c.Redirect(oidc.SafeReturn(f.Return))
}

// minutes says how long, in words.
func minutes(d time.Duration) string {
	n := int(d / time.Minute)
	if n == 1 {
		return "1 minute"
	}
	return strconv.Itoa(n) + " minutes"
}
