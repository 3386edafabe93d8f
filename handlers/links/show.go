package links

import (
	"slices"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/link"
	"github.com/rollcall/rollcall/models"
	"github.com/rollcall/rollcall/views/links"
	"github.com/rollcall/rollcall/views/ui"
)

// said are the sentences that a redirect may ask this page to show, by closed words.
var said = map[string]string{
	"asked": "Asked for. Nothing changes until it is proved.", "merged": "Merged. The receipt stands below.", "linked": "Linked.",
	"rejected": "Rejected. It is not suggested again until the evidence changes.", "withdrawn": "The request was taken back.",
	"split": "Taken apart again.", "unlinked": "Unlinked.",
}

// Show answers GET /links/:id.
func (p *Pages) Show(c *web.Call) error {
	d, err := p.Link.Get(c.Ctx(), c.Actor(), c.Param("id"))
	if err != nil {
		return err
	}
	return p.showPage(c, d, "", wrong{})
}

func (p *Pages) showPage(c *web.Call, d link.Detail, reason string, w wrong) error {
	m := links.CaseModel{
		Now: c.Now(), State: string(d.State), StateLine: stateLine(d.Case, c), People: p.persons(d, c.Actor().Can),
		For: texts(d.Facts.For), Against: texts(d.Facts.Against), EmailOnly: d.Facts.Only() && d.State == models.LinkSuggested,
		Changed: d.Changed, Stopped: d.Stopped,
	}
	switch d.State {
	case models.LinkProofAsked:
		m.Reason, m.ReasonBy = d.RequestReason, d.RequestedBy+", "+ui.DayText(d.RequestedAt.Time(), c.Now())
	case models.LinkLinked:
		m.Reason, m.ReasonBy = d.RequestReason, d.RequestedBy
		if d.Kind == models.LinkAccount {
			m.Reason, m.ReasonBy = d.Reason, d.DecidedBy
		}
		m.Until = until(d)
	case models.LinkRejected, models.LinkUnlinked:
		m.Reason, m.ReasonBy = d.Reason, d.DecidedBy+", "+ui.DayText(d.DecidedAt.Time(), c.Now())
	case models.LinkSuggested:
	}
	if d.Plan != nil {
		m.Plan = p.frozen(*d.Plan, short(d.PlanHash), c.Actor().Can)
		if d.State == models.LinkLinked {
			m.Receipt, m.Plan.Effects = m.Plan.Effects, nil
		}
	}
	if c.Can(models.LinksEdit) {
		m.Actions = actions(d, c.Caller.UserID)
		m.Decide, m.CannotDo = p.decision(d, reason, w)
	}
	page := web.Page{Title: title(d.Case), Code: w.code, Crumbs: crumbs(title(d.Case))}
	if m.Decide != nil {
		page.Press = web.Press{Action: m.Decide.Approve, Label: m.Decide.Label, Of: title(d.Case)}
	}
	if sentence := said[c.Query("ok")]; sentence != "" {
		page.Status = sentence
		page.Banners = append(page.Banners, ui.Notice{Tone: ui.OK, Text: sentence})
	}
	return c.Render(page, links.Case(m))
}

func short(hash string) string { return hash[:min(len(hash), 8)] }

// stateLine says since when a case is as it is, and by whom.
func stateLine(one link.Case, c *web.Call) string {
	switch one.State {
	case models.LinkSuggested:
		return one.Words + ". Found " + ui.Relative(one.FoundAt.Time(), c.Now()) + "."
	case models.LinkProofAsked:
		return "Waits for " + waitsFor(one.Proof) + " until " + ui.ExactText(one.ExpiresAt.Time()) + " UTC."
	case models.LinkLinked, models.LinkRejected, models.LinkUnlinked:
	}
	return ui.Relative(one.DecidedAt.Time(), c.Now()) + " by " + one.DecidedBy
}

func until(d link.Detail) string {
	switch {
	case d.Kind != models.LinkPeople:
		return ""
	case d.Splittable:
		return "It can be taken apart until " + ui.ExactText(d.ExpiresAt.Time()) + " UTC."
	}
	return "This merge cannot be split automatically: it is older than 30 days."
}

// persons presents the two a case is about.
func (p *Pages) persons(d link.Detail, can models.Permission) []links.Person {
	first := links.Person{Label: "One record", Name: d.A.Name, Status: string(d.A.Status), Href: userHref(d.A.PublicID, can)}
	second := links.Person{Label: "The other record", Name: d.B.Name, Status: string(d.B.Status), Href: userHref(d.B.PublicID, can)}
	switch d.Kind {
	case models.LinkAccount:
		first.Label = "The person"
		second = links.Person{Label: "Account in " + d.System, Name: d.Account.Username, Lines: []string{about(d.Account.DisplayName, d.Account.Email)}}
		if !d.Account.Enabled {
			second.Lines = append(second.Lines, "Disabled there.")
		}
	case models.LinkIdentity:
		first.Label = "The person"
		second = links.Person{Label: "Identity at " + d.Provider, Name: d.Subject}
		if d.Subject == "" {
			second.Name = "Whichever the person signs in with"
		}
	case models.LinkPeople:
		if d.SurvivorID == 0 {
			break
		}
		labels := map[bool][2]string{true: {"Stays", "Is taken in"}, false: {"Is taken in", "Stays"}}[d.SurvivorID == d.UserA]
		if d.State == models.LinkUnlinked {
			labels = map[bool][2]string{true: {"Stayed", "Came back"}, false: {"Came back", "Stayed"}}[d.SurvivorID == d.UserA]
		}
		first.Label, second.Label = labels[0], labels[1]
		if d.SurvivorID == d.UserB {
			return []links.Person{second, first}
		}
	}
	return []links.Person{first, second}
}

func userHref(publicID string, can models.Permission) string {
	if publicID == "" || !can.Has(models.UsersRead) {
		return ""
	}
	return "/users/" + publicID
}

// frozen presents a plan to a reader.
func (p *Pages) frozen(plan link.Plan, hash string, can models.Permission) *links.Frozen {
	n := names(plan)
	f := &links.Frozen{Hash: hash, StayName: n.stay, GoName: n.gone, Effects: p.effects(plan)}
	for _, field := range plan.Fields {
		if !field.Differs() {
			f.Same++
			continue
		}
		f.Fields = append(f.Fields, links.FrozenField{
			Label: field.Label, Stay: shown(field, field.Stay, can), Go: shown(field, field.Go, can),
			StayPicked: field.Pick == link.PickStay && field.Stay.No == "", GoPicked: field.Pick == link.PickGo && field.Go.No == "",
		})
	}
	for _, r := range plan.Roles {
		f.Roles = append(f.Roles, links.FrozenRole{Name: r.Name, Note: p.frozenNote(r, n.stay), Keep: r.Keep, Widens: r.Widens})
	}
	return f
}

func (p *Pages) frozenNote(r link.Role, stay string) string {
	if r.Keep && r.Widens {
		return stay + " did not hold it before: access widens, and somebody chose so."
	}
	if r.Keep {
		return stay + " held it already."
	}
	return "Nobody chose it."
}

// actions are the ways on from a case.
func actions(d link.Detail, reader int64) []ui.Action {
	path := "/links/" + d.PublicID
	reject := ui.Action{Label: "Not the same person", Href: path + "/reject"}
	if slices.Contains([]int64{d.UserA, d.UserB}, reader) { // about oneself somebody else decides
		return nil
	}
	compare := ui.Action{Label: "Compare and merge", Kind: ui.Primary, Href: "/links/new?a=" + d.A.PublicID + "&b=" + d.B.PublicID}
	switch d.State {
	case models.LinkSuggested:
		switch d.Kind {
		case models.LinkAccount:
			return []ui.Action{{Label: "Link account", Kind: ui.Primary, Href: path + "/account"}, reject}
		case models.LinkIdentity:
			return []ui.Action{{Label: "Ask for proof", Kind: ui.Primary, Href: "/users/" + d.A.PublicID + "/identities/new?case=" + d.PublicID}, reject}
		case models.LinkPeople:
			return []ui.Action{compare, reject}
		}
	case models.LinkProofAsked:
		if d.RequestedByID == reader {
			return []ui.Action{{Label: "Withdraw the request", Href: path + "/withdraw"}}
		}
		if d.Proof == models.ProofSignIn {
			return []ui.Action{{Label: "Reject the request", Href: path + "/reject"}}
		}
	case models.LinkLinked:
		if d.Splittable {
			return []ui.Action{{Label: "Take the merge apart", Kind: ui.DangerOutline, Href: path + "/split"}}
		}
		if d.Kind == models.LinkAccount {
			return []ui.Action{{Label: "Unlink account", Kind: ui.DangerOutline, Href: path + "/unlink"}}
		}
	case models.LinkRejected, models.LinkUnlinked:
		if d.Kind == models.LinkPeople {
			compare.Kind = ui.Default
			return []ui.Action{compare}
		}
	}
	return nil
}

// decision gives the form of the second admin, or why there is none.
func (p *Pages) decision(d link.Detail, reason string, w wrong) (*links.Decision, string) {
	if d.State != models.LinkProofAsked || d.Proof != models.ProofSecondAdmin {
		return nil, ""
	}
	if d.CannotSay != "" {
		return nil, d.CannotSay
	}
	sentence := "Approving merges the two at once, exactly as it stands above."
	if d.Kind == models.LinkIdentity {
		sentence = "Approving lets whoever has this subject at " + d.Provider + " sign in as " + d.A.Name + ". Compare the subject with what the provider shows."
	}
	path := "/links/" + d.PublicID
	return &links.Decision{
		Approve: path + "/approve", Reject: path + "/reject", Hash: d.PlanHash, Sentence: sentence, Label: approveLabel(d),
		Reason: reason, Problems: w.problems, Errors: w.fields,
	}, ""
}

func approveLabel(d link.Detail) string {
	if d.Kind == models.LinkIdentity {
		return "Approve and link the identity"
	}
	return "Approve and merge the two"
}
