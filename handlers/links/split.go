package links

import (
	"strings"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/link"
	"github.com/rollcall/rollcall/views/layout"
	"github.com/rollcall/rollcall/views/links"
	"github.com/rollcall/rollcall/views/ui"
)

// SplitForm answers GET /links/:id/split.
func (p *Pages) SplitForm(c *web.Call) error { return p.splitPage(c, "", wrong{}) }

// Split answers POST /links/:id/split.
func (p *Pages) Split(c *web.Call) error {
	var f reasonForm
	err := c.Bind(&f)
	if err == nil {
		if _, err = p.Link.Split(c.Ctx(), c.Actor(), c.Param("id"), f.Reason); err == nil {
			return c.Redirect("/links/" + c.Param("id") + "?ok=split")
		}
	}
	w, again := refusal(err)
	if !again {
		return err
	}
	return p.splitPage(c, f.Reason, w)
}

func (p *Pages) splitPage(c *web.Call, reason string, w wrong) error {
	d, err := p.Link.Get(c.Ctx(), c.Actor(), c.Param("id"))
	if err != nil {
		return err
	}
	path := "/links/" + d.PublicID
	m := links.Act{
		Action: path + "/split", Cancel: path, Title: "Nothing was taken apart", Submit: "Take the merge apart", Kind: ui.Danger, Problems: w.problems,
		Reason: ui.ReasonField(reason, w.fields["reason"], "The admins and the auditors"),
	}
	parted, err := p.Link.PreviewSplit(c.Ctx(), c.Actor(), d.PublicID)
	switch refused, known := errs.As(err); {
	case err == nil:
		m.Effects, m.Kept = goesBack(parted), stays(parted)
	case known && (refused.Kind == errs.Conflict || refused.Kind == errs.Forbidden):
		m.Blocked = refused.Safe
	default:
		return err
	}
	return c.Render(web.Page{
		Title: "Take a merge apart", Heading: "Take apart: " + title(d.Case), Code: w.code, FocusHeading: w.code == 0,
		Crumbs: []layout.Crumb{{Label: "Linked accounts", Href: "/links"}, {Label: title(d.Case), Href: path}, {Label: "Take apart"}},
	}, links.ActPage(m))
}

// goesBack says what returns to how it was before the merge.
func goesBack(s link.Parted) []string {
	all := []string{s.Gone.Name + " comes back as a record of its own, with the status it had."}
	if len(s.Fields) > 0 {
		all = append(all, "These fields of "+s.Stay.Name+" are as they were before: "+list(s.Fields)+".")
	}
	if len(s.Roles) > 0 {
		all = append(all, ui.Counted(len(s.Roles), "role goes", "roles go")+" back: "+list(s.Roles)+".")
	}
	for _, one := range []struct {
		n         int
		one, many string
	}{{s.Identities, "identity goes", "identities go"}, {s.Accounts, "account goes", "accounts go"}, {s.Reports, "report goes", "reports go"}} {
		if one.n > 0 {
			all = append(all, ui.Counted(one.n, one.one, one.many)+" back.")
		}
	}
	if s.Sessions > 0 {
		all = append(all, ui.Counted(s.Sessions, "session ends", "sessions end")+" now: it began with an identity that goes back.")
	}
	return all
}

// stays says what changed after the merge and is left as it is.
func stays(s link.Parted) []string {
	var all []string
	if len(s.KeptFields) > 0 {
		all = append(all, "Changed since and kept on "+s.Stay.Name+": "+list(s.KeptFields)+".")
	}
	if len(s.EndedRoles) > 0 {
		all = append(all, "Taken away or run out since, and not given back: "+list(s.EndedRoles)+".")
	}
	if len(s.KeptRoles) > 0 {
		all = append(all, "Roles changed since and kept on "+s.Stay.Name+": "+list(s.KeptRoles)+".")
	}
	for _, one := range []struct {
		n         int
		one, many string
	}{
		{s.Lost, "identity was unlinked since, and does not come back.", "identities were unlinked since, and do not come back."},
		{s.LostAccts, "account belongs to somebody else since, or to nobody.", "accounts belong to somebody else since, or to nobody."},
		{s.Kept, "report has another manager since.", "reports have another manager since."},
	} {
		if one.n > 0 {
			all = append(all, ui.Counted(one.n, one.one, one.many))
		}
	}
	return all
}

// list writes names as people do: "A, B and C".
func list(items []string) string {
	if len(items) < 2 {
		return strings.Join(items, "")
	}
	return strings.Join(items[:len(items)-1], ", ") + " and " + items[len(items)-1]
}
