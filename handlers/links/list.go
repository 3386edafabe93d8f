package links

import (
	"net/url"
	"slices"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/link"
	"github.com/rollcall/rollcall/models"
	"github.com/rollcall/rollcall/views/links"
	"github.com/rollcall/rollcall/views/ui"
)

// List answers GET /links.
func (p *Pages) List(c *web.Call) error {
	state := models.LinkState(c.Query("state"))
	if state == "" {
		state = models.LinkSuggested
	}
	if !slices.Contains(models.LinkStates, state) {
		return errs.New(errs.NotFound, "There is no such state of a case.")
	}
	page, err := p.Link.List(c.Ctx(), c.Tenant(), link.Filter{State: state, After: c.Query("after")})
	if err != nil {
		return err
	}
	m := links.ListModel{
		State: state.Word(), Now: c.Now(), Decided: state != models.LinkSuggested,
		First: hrefIf(c.Query("after") != "", listHref(state, "")), Next: hrefIf(page.Next != "", listHref(state, page.Next)),
	}
	checked, err := p.Link.LastCheck(c.Ctx(), c.Tenant())
	if err != nil {
		return err
	}
	m.Checked, m.Empty = checkedLine(checked, c), empty(state, checked, c)
	if len(page.Rows) == 0 {
		m.Checked = ""
	}
	for _, one := range page.Rows {
		m.Rows = append(m.Rows, row(one, c))
	}
	if !c.Htmx() {
		if m.Tabs, err = p.tabs(c, state); err != nil {
			return err
		}
	}
	out := web.Page{Title: "Linked accounts", Fragment: links.Rows(m), Status: ui.Counted(len(m.Rows), "case", "cases") + " on this page"}
	if c.Can(models.LinksEdit) {
		out.Actions = links.Buttons([]ui.Action{{Label: "Merge two people", Href: "/links/new"}})
	}
	return c.Render(out, links.List(m))
}

func listHref(state models.LinkState, after string) string {
	q := url.Values{}
	if state != models.LinkSuggested {
		q.Set("state", string(state))
	}
	if after != "" {
		q.Set("after", after)
	}
	if len(q) == 0 {
		return "/links"
	}
	return "/links?" + q.Encode()
}

func (p *Pages) tabs(c *web.Call, current models.LinkState) ([]ui.Tab, error) {
	counts, err := p.Link.Counts(c.Ctx(), c.Tenant())
	if err != nil {
		return nil, err
	}
	var tabs []ui.Tab
	for _, s := range models.LinkStates {
		n := ui.Count(counts[s])
		if counts[s] > link.CountCap {
			n = ui.Count(link.CountCap) + "+"
		}
		tabs = append(tabs, ui.Tab{Label: s.Word(), Href: listHref(s, ""), Count: n, Current: s == current})
	}
	return tabs, nil
}

// checkedLine says that somebody looked, and when.
func checkedLine(checked link.Checked, c *web.Call) string {
	switch {
	case checked.At == 0 && checked.Running:
		return "The first look through the directory is under way."
	case checked.At == 0:
		return "The directory was not looked through yet. It is done within a minute of the start, and then every day at 03:00 UTC."
	}
	return ui.People(checked.People) + " looked through " + ui.Relative(checked.At.Time(), c.Now()) + ". Who changed since was looked at too."
}

func empty(state models.LinkState, checked link.Checked, c *web.Call) ui.Empty {
	switch state {
	case models.LinkSuggested:
		e := ui.Empty{Title: "No likely duplicates", Text: checkedLine(checked, c)}
		if checked.At != 0 {
			e.Title = "No likely duplicates among " + ui.People(checked.People)
			e.Text = "Checked " + ui.Relative(checked.At.Time(), c.Now()) + ". An equal name alone is never suggested."
		}
		return e
	case models.LinkProofAsked:
		return ui.Empty{Title: "Nothing waits for a proof", Text: "A merge or a link that was asked for stands here until the person signs in with both, or a second admin approves."}
	case models.LinkLinked:
		return ui.Empty{Title: "Nothing was linked yet", Text: "Merges stand here, and can be taken apart for 30 days."}
	case models.LinkRejected:
		return ui.Empty{Title: "Nothing was rejected", Text: "Two records that are two people are rejected with a reason, and not suggested again until the evidence changes."}
	case models.LinkUnlinked:
	}
	return ui.Empty{Title: "Nothing was taken apart", Text: "Merges that were undone stand here."}
}

// row presents a case in the list.
func row(one link.Case, c *web.Call) links.Row {
	r := links.Row{
		Href: "/links/" + one.PublicID, Title: title(one), Kind: kind(one), Strength: one.Strength.Word(), Tone: tone(one.Strength),
		For: texts(one.Facts.For), Against: texts(one.Facts.Against),
	}
	switch one.State {
	case models.LinkProofAsked:
		r.At, r.By = one.RequestedAt.Time(), one.RequestedBy
		r.Note = "Waits for " + waitsFor(one.Proof) + ", until " + ui.ExactText(one.ExpiresAt.Time()) + " UTC."
	case models.LinkLinked:
		r.At, r.By = one.DecidedAt.Time(), one.DecidedBy
		r.Note = linkedNote(one, c)
	case models.LinkRejected, models.LinkUnlinked:
		r.At, r.By, r.Note = one.DecidedAt.Time(), one.DecidedBy, "“"+one.Reason+"”"
	case models.LinkSuggested:
	}
	return r
}

func linkedNote(one link.Case, c *web.Call) string {
	switch {
	case one.Kind != models.LinkPeople:
		return "Linked. It can be unlinked at any time."
	case one.ExpiresAt.Time().After(c.Now()):
		return one.Absorbed().Name + " was merged into " + one.Survivor().Name + ". It can be taken apart until " + ui.ExactText(one.ExpiresAt.Time()) + " UTC."
	}
	return one.Absorbed().Name + " was merged into " + one.Survivor().Name + ". It can no longer be taken apart automatically."
}

// title names what a case is about.
func title(one link.Case) string {
	switch one.Kind {
	case models.LinkAccount:
		return one.A.Name + " and " + one.Account.Username
	case models.LinkIdentity:
		if one.Subject == "" {
			return one.A.Name + " and an identity at " + one.Provider
		}
		return one.A.Name + " and " + one.Subject
	case models.LinkPeople:
	}
	return one.A.Name + " and " + one.B.Name
}

func kind(one link.Case) string {
	switch one.Kind {
	case models.LinkAccount:
		return "Account in " + one.System
	case models.LinkIdentity:
		return "Identity at " + one.Provider
	case models.LinkPeople:
	}
	return "Two records"
}

func tone(s models.LinkStrength) ui.Tone {
	switch s {
	case models.LinkStrong:
		return ui.OK
	case models.LinkLikely:
		return ui.Info
	case models.LinkPossible, models.LinkAsked:
	}
	return ui.Neutral
}

func texts(facts []link.Fact) []string {
	var all []string
	for _, f := range facts {
		all = append(all, f.Text)
	}
	return all
}

func waitsFor(proof models.LinkProof) string {
	if proof == models.ProofSignIn {
		return "the person to sign in with both"
	}
	return "a second admin"
}

// hrefIf gives an address where there is something behind it.
func hrefIf(there bool, href string) string {
	if there {
		return href
	}
	return ""
}
