package links

import (
	"slices"
	"strings"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/link"
	"github.com/rollcall/rollcall/models"
	"github.com/rollcall/rollcall/views/links"
	"github.com/rollcall/rollcall/views/ui"
)

type confirmForm struct {
	Facts  string `form:"facts" label:"Comparison" validate:"required,max=64"`
	Proof  string `form:"proof" label:"Proof" validate:"required,oneof=sign-in second-admin"`
	Reason string `form:"reason" label:"Reason" validate:"reason,max=1000"`
}

// Confirm answers GET /links/new/:draft/confirm.
func (p *Pages) Confirm(c *web.Call) error {
	d, err := p.Link.Draft(c.Ctx(), c.Actor(), c.Param("draft"))
	if err != nil {
		return err
	}
	if len(d.Plan.Unsettled()) > 0 {
		return c.Redirect(draftHref(d.PublicID) + "/compare")
	}
	return p.confirmPage(c, d, confirmForm{}, wrong{})
}

// Ask answers POST /links/new/:draft/confirm.
func (p *Pages) Ask(c *web.Call) error {
	var f confirmForm
	err := c.Bind(&f)
	if err == nil {
		var row models.Link
		row, err = p.Link.Ask(c.Ctx(), c.Actor(), link.Request{Draft: c.Param("draft"), Facts: f.Facts, Proof: models.LinkProof(f.Proof), Reason: f.Reason})
		if err == nil {
			return c.Redirect("/links/" + row.PublicID + "?ok=asked")
		}
	}
	w, again := refusal(err)
	if !again {
		return err
	}
	d, err := p.Link.Draft(c.Ctx(), c.Actor(), c.Param("draft"))
	if err != nil {
		return err
	}
	if len(d.Changed) > 0 || len(d.Plan.Unsettled()) > 0 {
		return p.comparePage(c, d, w)
	}
	return p.confirmPage(c, d, f, w)
}

func (p *Pages) confirmPage(c *web.Call, d link.Draft, f confirmForm, w wrong) error {
	m := links.ConfirmModel{
		Draft: draftHref(d.PublicID), Facts: d.Plan.Facts, Effects: p.effects(d.Plan), Submit: "Ask for the merge", Problems: w.problems,
		Proof:  proofField(f.Proof, w.fields["proof"], canSignIn(d.Plan)),
		Reason: ui.ReasonField(f.Reason, w.fields["reason"], "Who approves, the admins and the auditors"),
	}
	for _, r := range d.Plan.Roles {
		if r.Keep && r.Widens {
			m.Widens = append(m.Widens, r.Name+": "+strings.TrimSuffix(r.Sentence, ".")+".")
		}
	}
	return c.Render(web.Page{
		Title: "Merge " + d.Plan.Go.Name + " into " + d.Plan.Stay.Name, Heading: "Merge " + names(d.Plan).gone + " into " + names(d.Plan).stay,
		Code: w.code, Crumbs: crumbs("Merge two people"), FocusHeading: w.code == 0,
	}, links.Confirm(m))
}

// canSignIn reports whether there is an identity on both sides to sign in with.
func canSignIn(p link.Plan) bool {
	return slices.ContainsFunc(p.Identities, func(i link.Identity) bool { return i.Moves }) &&
		slices.ContainsFunc(p.Identities, func(i link.Identity) bool { return !i.Moves })
}

// proofField asks how it is proved that both are one human.
func proofField(value, problem string, signIn bool) ui.Field {
	f := ui.Field{Name: "proof", Label: "How it is proved that both are one human", Required: true, Error: problem, Options: []ui.Option{
		{Value: string(models.ProofSignIn), Label: "The person signs in with both", Hint: "They are asked on their own page, and sign in at the second provider.", Selected: value == string(models.ProofSignIn), Disabled: !signIn},
		{Value: string(models.ProofSecondAdmin), Label: "A second admin approves", Hint: "Not you, and nobody this is about.", Selected: value == string(models.ProofSecondAdmin)},
	}}
	if !signIn {
		f.Options[0].Hint = "Not possible: one of the two has no identity."
	}
	return f
}

// effects says what a merge will do, in whole sentences.
func (p *Pages) effects(plan link.Plan) []string {
	n := names(plan)
	own, moving, kept, ended := 0, 0, 0, 0
	for _, i := range plan.Identities {
		if i.Moves {
			moving++
		} else {
			own++
		}
	}
	for _, r := range plan.Roles {
		if r.Keep {
			kept++
		} else {
			ended++
		}
	}
	all := []string{n.stay + " will sign in with " + ui.Counted(own+moving, "identity", "identities") + "."}
	all = append(all, n.gone+" becomes Removed and says where it went. Its sessions end now.")
	switch {
	case len(plan.Roles) == 0:
	case ended == 0:
		all = append(all, ui.Counted(kept, "role moves", "roles move")+" and none ends.")
	default:
		all = append(all, ui.Counted(kept, "role moves", "roles move")+", "+ui.Counted(ended, "role ends", "roles end")+".")
	}
	accounts := 0
	for _, a := range plan.Accounts {
		if a.Moves {
			accounts++
		}
	}
	if accounts > 0 {
		all = append(all, ui.Counted(accounts, "account", "accounts")+" at connected systems will belong to "+n.stay+". Rollcall closes none.")
	}
	if plan.Go.Reports > 0 {
		all = append(all, n.stay+" becomes the manager of "+ui.People(plan.Go.Reports)+" who "+map[bool]string{true: "reports", false: "report"}[plan.Go.Reports == 1]+" to "+n.gone+".")
	}
	return append(all, "For 30 days it can be taken apart again.")
}

// errNoForm is said where a page has no form for this case.
func errNoForm(one link.Case) error {
	return errs.New(errs.Conflict, "This case is %s, so this cannot be done.", one.State.Word())
}
