package accounts

import (
	"crypto/rand"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/offboard"
	view "github.com/rollcall/rollcall/views/accounts"
	"github.com/rollcall/rollcall/views/ui"
)

// UnlockForm answers GET /users/:id/accounts/:account/unlock.
func (p *Pages) UnlockForm(c *web.Call) error { return p.unlockPage(c, actForm{}, nil) }

// Unlock answers POST /users/:id/accounts/:account/unlock.
func (p *Pages) Unlock(c *web.Call) error {
	person, held, err := p.at(c)
	if err != nil {
		return err
	}
	var f actForm
	if err := c.Bind(&f); err != nil {
		return p.unlockPage(c, f, err)
	}
	at := offboard.At{ConnectorID: held.ConnectorID, Account: held.Account}
	if _, err := p.Offboard.Unlock(c.Ctx(), c.Actor(), person.PublicID, at, f.ask()); err != nil {
		return p.unlockPage(c, f, err)
	}
	return c.Redirect(path(person) + "?ok=unlock-asked#outcomes")
}

func (p *Pages) unlockPage(c *web.Call, f actForm, cause error) error {
	person, held, err := p.at(c)
	if err != nil {
		return err
	}
	m := view.Act{Submit: "Unlock account", Kind: ui.Primary, Effects: []string{
		"Lifts the lock that wrong passwords put on the account at " + held.Name + ", and reads back whether it is open.",
		"The password stays as it is. Make sure that you speak with the person themselves: a lock may be somebody else guessing.",
	}}
	return p.actPage(c, asked{person: person, title: "Unlock " + person.DisplayName + " at " + held.Name, action: c.Request.URL.Path, form: f, cause: cause}, m)
}

// asked is an act with what was typed. cause is why it was refused, or nil.
type asked struct {
	person directory.Person
	title  string
	action string
	form   actForm
	cause  error
}

// actPage draws the page of an act: effects first, then the reason.
func (p *Pages) actPage(c *web.Call, a asked, m view.Act) error {
	page := web.Page{Title: a.title, FocusHeading: a.cause == nil, Crumbs: crumbs(a.person, a.title)}
	m.Action, m.Cancel, m.Once = a.action, path(a.person), a.form.Once
	if m.Once == "" {
		m.Once = rand.Text()
	}
	fields := map[string]string{}
	if a.cause != nil {
		refused, problems, ok := web.Refused(a.cause)
		switch {
		case ok:
			fields, m.Problems, page.Code = refused, problems, 422
		case errs.Is(a.cause, errs.Conflict):
			e, _ := errs.As(a.cause)
			m.Problems, page.Code = []ui.Problem{{Text: e.Safe}}, 409
		default:
			return a.cause
		}
	}
	m.Reason = ui.ReasonField(a.form.Reason, fields["reason"], "Everybody who may read the audit log")
	return c.Render(page, view.ActPage(m))
}
