package links

import (
	"slices"
	"strconv"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/link"
	"github.com/rollcall/rollcall/models"
	"github.com/rollcall/rollcall/views/links"
)

type keepForm struct {
	Facts string   `form:"facts" label:"Comparison" validate:"required,max=64"`
	Keep  []string `form:"keep" label:"Roles" validate:"max=2000"`
}

// Access answers GET /links/new/:draft/access.
func (p *Pages) Access(c *web.Call) error {
	d, err := p.Link.Draft(c.Ctx(), c.Actor(), c.Param("draft"))
	if err != nil {
		return err
	}
	if len(d.Plan.Unsettled()) > 0 { // a step was left out, or a field changed meanwhile
		return c.Redirect(draftHref(d.PublicID) + "/compare")
	}
	return p.accessPage(c, d, wrong{})
}

// KeepRoles answers POST /links/new/:draft/access.
func (p *Pages) KeepRoles(c *web.Call) error {
	var f keepForm
	if err := c.Bind(&f); err != nil && !errs.Is(err, errs.Invalid) {
		return err
	}
	var keep []int64
	for _, text := range f.Keep {
		id, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return errs.New(errs.Invalid, "The form names a role that is none. Nothing was saved.")
		}
		keep = append(keep, id)
	}
	d, err := p.Link.ChooseRoles(c.Ctx(), c.Actor(), c.Param("draft"), f.Facts, keep)
	switch {
	case err == nil:
		return c.Redirect(draftHref(d.PublicID) + "/confirm")
	case d.PublicID == "":
		return err
	}
	w, again := refusal(err)
	if !again {
		return err
	}
	if isMoved(err) {
		return p.comparePage(c, d, w)
	}
	return p.accessPage(c, d, w)
}

func (p *Pages) accessPage(c *web.Call, d link.Draft, w wrong) error {
	n := names(d.Plan)
	m := links.AccessModel{
		Draft: draftHref(d.PublicID), Facts: d.Plan.Facts, StayName: n.stay, GoName: n.gone,
		Held: d.Plan.Held, Accounts: systems(d.Plan), Problems: w.problems, Changed: len(d.Changed) > 0,
	}
	for _, r := range d.Plan.Roles {
		o := links.Offer{
			ID: strconv.FormatInt(r.AssignmentID, 10), Name: r.Name, Sentence: r.Sentence, Why: "Given by " + r.Why,
			Privileged: r.Privileged, Keep: r.Keep, Widens: r.Widens, Note: p.roleNote(r, n.stay), Refusal: r.Refusal,
			Changed: slices.Contains(d.Changed, link.RolePrefix+r.Key),
		}
		if r.Until < models.Forever {
			o.Until = r.Until.Time()
		}
		if r.Claim != "" {
			o.Why = "Because of " + r.Why
		}
		m.Offers = append(m.Offers, o)
	}
	return c.Render(web.Page{Title: "What goes along to " + d.Plan.Stay.Name, Heading: "Access that goes along", Code: w.code, Crumbs: crumbs("Merge two people")}, links.Access(m))
}

// roleNote says what a role means for the person who stays.
func (p *Pages) roleNote(r link.Role, stay string) string {
	note := "New for " + stay + "."
	switch {
	case !r.Widens:
		note = stay + " holds it already: " + r.HeldBy + "."
	case r.Same:
		note = stay + " holds it already, and not as long."
	case r.HeldBy != "":
		note = stay + " holds it already, for a shorter time."
	}
	if r.Claim != "" {
		note += " It comes with the identity: " + p.People.SourceName(r.Claim) + " gives it again at the next sign-in, ticked or not."
	}
	return note
}

// systems puts the accounts of both beside each other, system by system.
func systems(p link.Plan) []links.System {
	var all []links.System
	for _, a := range p.Accounts {
		i := slices.IndexFunc(all, func(s links.System) bool { return s.Name == a.System })
		if i < 0 {
			all, i = append(all, links.System{Name: a.System}), len(all)
		}
		name := a.Name
		if !a.Enabled {
			name += " (disabled)"
		}
		if a.Moves {
			all[i].Go = append(all[i].Go, name)
		} else {
			all[i].Stay = append(all[i].Stay, name)
		}
		all[i].Twice = len(all[i].Go) > 0 && len(all[i].Stay) > 0
	}
	return all
}
