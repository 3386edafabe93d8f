package links

import (
	"errors"
	"slices"
	"strings"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/link"
	"github.com/rollcall/rollcall/models"
	"github.com/rollcall/rollcall/views/links"
)

// pickPrefix stands before a field's name in the form of the comparison.
const pickPrefix = "pick."

type factsForm struct {
	Facts string `form:"facts" label:"Comparison" validate:"required,max=64"`
}

// picks reads the radios of the comparison from the posted form.
func picks(c *web.Call) map[string]link.Pick {
	all := map[string]link.Pick{}
	for name, values := range c.Request.PostForm {
		if field, is := strings.CutPrefix(name, pickPrefix); is && len(values) > 0 {
			all[field] = link.Pick(values[0])
		}
	}
	return all
}

// Compare answers GET /links/new/:draft/compare.
func (p *Pages) Compare(c *web.Call) error {
	d, err := p.Link.Draft(c.Ctx(), c.Actor(), c.Param("draft"))
	if err != nil {
		return err
	}
	return p.comparePage(c, d, wrong{})
}

// KeepFields answers POST /links/new/:draft/compare.
func (p *Pages) KeepFields(c *web.Call) error {
	var f factsForm
	if err := c.Bind(&f); err != nil && !errs.Is(err, errs.Invalid) {
		return err
	}
	chosen := picks(c)
	d, err := p.Link.Choose(c.Ctx(), c.Actor(), c.Param("draft"), f.Facts, chosen)
	if err == nil {
		return c.Redirect(draftHref(d.PublicID) + "/access")
	}
	if d.PublicID == "" {
		return err
	}
	w, again := refusal(err)
	if !again {
		return err
	}
	for i := range d.Plan.Fields { // what was chosen just now is still chosen
		field := &d.Plan.Fields[i]
		if pick := chosen[field.Name]; (pick == link.PickStay || pick == link.PickGo) && !slices.Contains(d.Changed, field.Name) {
			field.Pick = pick
		}
	}
	return p.comparePage(c, d, w)
}

// Result answers POST /links/new/:draft/result: what the radios make, kept nowhere.
func (p *Pages) Result(c *web.Call) error {
	var f factsForm
	if err := c.Bind(&f); err != nil && !errs.Is(err, errs.Invalid) {
		return err
	}
	d, err := p.Link.Draft(c.Ctx(), c.Actor(), c.Param("draft"))
	if err != nil {
		return err
	}
	chosen := picks(c)
	for i := range d.Plan.Fields {
		if pick := chosen[d.Plan.Fields[i].Name]; pick == link.PickStay || pick == link.PickGo {
			d.Plan.Fields[i].Pick = pick
		}
	}
	m := resultOf(d.Plan, c.Actor().Can)
	return c.Render(web.Page{Title: "Result", Fragment: links.Result(m)}, links.Result(m))
}

func (p *Pages) comparePage(c *web.Call, d link.Draft, w wrong) error {
	m := links.CompareModel{
		Now: c.Now(), Draft: draftHref(d.PublicID), Facts: d.Plan.Facts, StayName: names(d.Plan).stay, GoName: names(d.Plan).gone,
		Changed: len(d.Changed) > 0, Result: resultOf(d.Plan, c.Actor().Can), Problems: w.problems,
	}
	for i := range m.Problems { // the summary leads to the line of the field
		if m.Problems[i].Name != "" {
			m.Problems[i].Name = pickPrefix + m.Problems[i].Name
		}
	}
	for _, f := range d.Plan.Fields {
		if !f.Differs() && f.Stay.No == "" {
			m.Same = append(m.Same, links.SameRow{Label: f.Label, Text: shown(f, f.Stay, c.Actor().Can)})
			continue
		}
		m.Rows = append(m.Rows, links.CompareRow{
			Name: f.Name, Label: f.Label, Changed: slices.Contains(d.Changed, f.Name), Problem: w.fields[f.Name],
			Stay: p.cell(f, f.Stay, link.PickStay, c.Actor().Can), Go: p.cell(f, f.Go, link.PickGo, c.Actor().Can),
		})
	}
	page := web.Page{Title: "Compare " + d.Plan.Stay.Name + " and " + d.Plan.Go.Name, Code: w.code, Crumbs: crumbs("Merge two people")}
	page.Heading = "Compare the two"
	return c.Render(page, links.Compare(m))
}

func (p *Pages) cell(f link.Field, v link.Value, side link.Pick, can models.Permission) links.Cell {
	cell := links.Cell{Text: shown(f, v, can), Source: "Kept in Rollcall", At: v.At.Time(), Picked: f.Pick == side, Blocked: v.No}
	if v.Source != "" {
		cell.Source = "Managed in " + p.People.SourceName(v.Source)
	}
	return cell
}

// shown gives a value to a reader; a masked one only to who may see it unasked.
func shown(f link.Field, v link.Value, can models.Permission) string {
	if f.Masked && v.Text != "" && !can.Has(models.UsersUnmask) {
		return "Masked"
	}
	return v.Text
}

func resultOf(p link.Plan, can models.Permission) links.ResultModel {
	m := links.ResultModel{Open: len(p.Unsettled())}
	for _, f := range p.Fields {
		switch {
		case f.Pick == link.PickStay && f.Stay.No == "":
			m.Fields = append(m.Fields, links.SameRow{Label: f.Label, Text: shown(f, f.Stay, can)})
		case f.Pick == link.PickGo && f.Go.No == "":
			m.Fields = append(m.Fields, links.SameRow{Label: f.Label, Text: shown(f, f.Go, can)})
		case f.Pick != link.PickNone:
			m.Fields = append(m.Fields, links.SameRow{Label: f.Label})
		}
	}
	return m
}

// twoNames are what the two are called when they may be called the same.
type twoNames struct{ stay, gone string }

// names tells two people of one name apart by their e-mail addresses.
func names(p link.Plan) twoNames {
	n := twoNames{p.Stay.Name, p.Go.Name}
	if n.stay == n.gone {
		n.stay += " (" + orID(p.Stay) + ")"
		n.gone += " (" + orID(p.Go) + ")"
	}
	return n
}

func orID(s link.Side) string {
	if s.Email != "" {
		return s.Email
	}
	return s.PublicID
}

// isMoved reports whether one of the two changed since they were compared.
func isMoved(err error) bool {
	_, is := errors.AsType[*link.Moved](err)
	return is
}
