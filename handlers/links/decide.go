package links

import (
	"context"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/link"
	"github.com/rollcall/rollcall/models"
	"github.com/rollcall/rollcall/views/layout"
	"github.com/rollcall/rollcall/views/links"
	"github.com/rollcall/rollcall/views/ui"
)

type approveForm struct {
	Hash string `form:"hash" label:"Plan" validate:"required,max=64"`
}

type reasonForm struct {
	Reason string `form:"reason" label:"Reason" validate:"reason,max=1000"`
}

// Approve answers POST /links/:id/approve.
func (p *Pages) Approve(c *web.Call) error {
	var f approveForm
	err := c.Bind(&f)
	if err == nil {
		var row models.Link
		if row, err = p.Link.Approve(c.Ctx(), c.Actor(), c.Param("id"), f.Hash); err == nil {
			return c.Redirect("/links/" + row.PublicID + "?ok=" + map[bool]string{true: "merged", false: "linked"}[row.Kind == models.LinkPeople])
		}
	}
	w, again := refusal(err)
	if !again {
		return err
	}
	d, err := p.Link.Get(c.Ctx(), c.Actor(), c.Param("id"))
	if err != nil {
		return err
	}
	return p.showPage(c, d, "", w)
}

// act is one page that asks for a reason and then decides.
type act struct {
	word, title, submit string
	ok                  string
	kind                ui.Kind
	effects             func(link.Detail) []string
	allowed             func(link.Detail) bool
	run                 func(e *link.Engine, ctx context.Context, actor models.Actor, id, reason string) (models.Link, error)
}

var (
	reject = act{word: "reject", title: "Decide that these are two", submit: "Reject", ok: "rejected", kind: ui.Primary,
		effects: func(link.Detail) []string {
			return []string{"Nothing changes for either of them.", "It is not suggested again until what speaks for it changes."}
		},
		allowed: func(d link.Detail) bool { return d.State == models.LinkSuggested || d.State == models.LinkProofAsked },
		run:     (*link.Engine).Reject}
	withdraw = act{word: "withdraw", title: "Withdraw the request", submit: "Withdraw", ok: "withdrawn", kind: ui.Primary,
		effects: func(link.Detail) []string {
			return []string{"Nobody is asked for a proof or an approval any more.", "Nothing changes for either of them."}
		},
		allowed: func(d link.Detail) bool { return d.State == models.LinkProofAsked },
		run:     (*link.Engine).Withdraw}
	linkAccount = act{word: "account", title: "Link the account", submit: "Link account", ok: "linked", kind: ui.Primary,
		effects: func(d link.Detail) []string {
			return []string{
				d.Account.Username + " in " + d.System + " belongs to " + d.A.Name + " from now on.",
				"When " + d.A.Name + " is deactivated, this account is dealt with too.", "It opens no way to sign in. It can be unlinked at any time.",
			}
		},
		allowed: func(d link.Detail) bool { return d.Kind == models.LinkAccount && d.State != models.LinkLinked },
		run:     (*link.Engine).LinkAccount}
	unlinkAccount = act{word: "unlink", title: "Unlink the account", submit: "Unlink account", ok: "unlinked", kind: ui.Danger,
		effects: func(d link.Detail) []string {
			return []string{d.Account.Username + " in " + d.System + " belongs to nobody again.", "A deactivation of " + d.A.Name + " does not reach it any more."}
		},
		allowed: func(d link.Detail) bool { return d.Kind == models.LinkAccount && d.State == models.LinkLinked },
		run:     (*link.Engine).UnlinkAccount}
)

// RejectForm answers GET /links/:id/reject.
func (p *Pages) RejectForm(c *web.Call) error { return p.form(c, reject) }

// Reject answers POST /links/:id/reject.
func (p *Pages) Reject(c *web.Call) error { return p.do(c, reject) }

// WithdrawForm answers GET /links/:id/withdraw.
func (p *Pages) WithdrawForm(c *web.Call) error { return p.form(c, withdraw) }

// Withdraw answers POST /links/:id/withdraw.
func (p *Pages) Withdraw(c *web.Call) error { return p.do(c, withdraw) }

// AccountForm answers GET /links/:id/account.
func (p *Pages) AccountForm(c *web.Call) error { return p.form(c, linkAccount) }

// Account answers POST /links/:id/account.
func (p *Pages) Account(c *web.Call) error { return p.do(c, linkAccount) }

// UnlinkAccountForm answers GET /links/:id/unlink.
func (p *Pages) UnlinkAccountForm(c *web.Call) error { return p.form(c, unlinkAccount) }

// UnlinkAccount answers POST /links/:id/unlink.
func (p *Pages) UnlinkAccount(c *web.Call) error { return p.do(c, unlinkAccount) }

func (p *Pages) form(c *web.Call, a act) error { return p.actPage(c, a, "", wrong{}) }

func (p *Pages) do(c *web.Call, a act) error {
	var f reasonForm
	err := c.Bind(&f)
	if err == nil {
		if _, err = a.run(p.Link, c.Ctx(), c.Actor(), c.Param("id"), f.Reason); err == nil {
			return c.Redirect("/links/" + c.Param("id") + "?ok=" + a.ok)
		}
	}
	w, again := refusal(err)
	if !again {
		return err
	}
	return p.actPage(c, a, f.Reason, w)
}

func (p *Pages) actPage(c *web.Call, a act, reason string, w wrong) error {
	d, err := p.Link.Get(c.Ctx(), c.Actor(), c.Param("id"))
	if err != nil {
		return err
	}
	path := "/links/" + d.PublicID
	m := links.Act{
		Action: path + "/" + a.word, Cancel: path, Title: "Nothing was changed", Effects: a.effects(d), Submit: a.submit, Kind: a.kind, Problems: w.problems,
		Reason: ui.ReasonField(reason, w.fields["reason"], "The admins and the auditors"),
	}
	if !a.allowed(d) {
		e, _ := errs.As(errNoForm(d.Case))
		m.Blocked = e.Safe
	}
	return c.Render(web.Page{
		Title: a.title, Heading: a.title + ": " + title(d.Case), Code: w.code, FocusHeading: w.code == 0,
		Crumbs: []layout.Crumb{{Label: "Linked accounts", Href: "/links"}, {Label: title(d.Case), Href: path}, {Label: a.title}},
	}, links.ActPage(m))
}
