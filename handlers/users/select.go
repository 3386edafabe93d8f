package users

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/models"
	"github.com/rollcall/rollcall/views/users"
)

// ticksForm is what the list sends: the ticks of one page, and which list it is.
type ticksForm struct {
	Selection string   `form:"sel" label:"Selection"`
	List      string   `form:"list" label:"List" validate:"max=4000"`
	Shown     string   `form:"shown" label:"Page" validate:"max=20000"`
	Ticked    []string `form:"person" label:"People"`
}

func (f ticksForm) shown() []string { return strings.Fields(f.Shown) }

// chosen is the selection a list goes with. The zero chosen is none.
type chosen struct {
	models.Selection
	problem string // why the one in the address is not used
}

func (s chosen) none() bool { return s.PublicID == "" }

// chosenOf gives the selection that the address of a list names. One that is too
// old or nobody's is said, and the list shown without it.
func (p *Pages) chosenOf(c *web.Call, r *request) (chosen, error) {
	id := r.values.Get(paramSelection)
	if id == "" || !c.Can(models.UsersDeactivate) {
		r.values.Del(paramSelection)
		return chosen{}, nil
	}
	sel, err := p.People.Selection(c.Ctx(), c.Actor(), id)
	if errs.Is(err, errs.NotFound) || errs.Is(err, errs.Conflict) {
		r.values.Del(paramSelection)
		return chosen{problem: safe(err)}, nil
	}
	return chosen{Selection: sel}, err
}

func safe(err error) string {
	if e, is := errs.As(err); is {
		return e.Safe
	}
	return ""
}

// Tick answers POST /selections: the ticks of one page. The browser sends them at
// each change; without a script a button does, and leads to who is selected.
func (p *Pages) Tick(c *web.Call) error {
	return p.ticks(c, func(f ticksForm, _ request) (models.Selection, error) {
		return p.People.Tick(c.Ctx(), c.Actor(), f.Selection, directory.Picks{Shown: f.shown(), Ticked: f.Ticked})
	}, false)
}

// SelectAll answers POST /selections/all: everybody the list matches.
func (p *Pages) SelectAll(c *web.Call) error {
	return p.ticks(c, func(_ ticksForm, r request) (models.Selection, error) {
		return p.People.Match(c.Ctx(), c.Actor(), r.query, p.title(r))
	}, true)
}

// SelectPage answers POST /selections/page: only the people on this page.
func (p *Pages) SelectPage(c *web.Call) error {
	return p.ticks(c, func(f ticksForm, _ request) (models.Selection, error) {
		return p.People.Pick(c.Ctx(), c.Actor(), f.shown())
	}, true)
}

// DropOutside answers POST /selections/drop: who is selected and not in the list.
func (p *Pages) DropOutside(c *web.Call) error {
	return p.ticks(c, func(f ticksForm, r request) (models.Selection, error) {
		return p.People.Drop(c.Ctx(), c.Actor(), f.Selection, r.query)
	}, true)
}

// ticks runs a change of the selection and draws what it changed: the bar, or the
// whole list where the ticks of its rows are others now.
func (p *Pages) ticks(c *web.Call, change func(ticksForm, request) (models.Selection, error), redraw bool) error {
	var f ticksForm
	if err := c.Bind(&f); err != nil {
		return err
	}
	in, err := url.ParseQuery(f.List)
	if err != nil {
		return errs.New(errs.Invalid, "The list this belongs to cannot be read. Nothing was selected. Open the list again.")
	}
	in.Del(paramCurrent)
	r, err := p.parse(c, in)
	if err != nil {
		return err
	}
	sel, err := change(f, r)
	if c.Htmx() && f.Selection != "" && (errs.Is(err, errs.NotFound) || errs.Is(err, errs.Conflict)) {
		r.values.Del(paramSelection)
		return p.drawBar(c, r, f, chosen{problem: safe(err)}, 409)
	}
	if err != nil {
		return err
	}
	address := at(in, sel.PublicID)
	if !c.Htmx() {
		if redraw {
			return c.Redirect(address)
		}
		return c.Redirect("/selections/" + sel.PublicID)
	}
	r.values.Set(paramSelection, sel.PublicID)
	if sel.PublicID != f.Selection || redraw {
		c.Header("HX-Replace-Url", address)
	}
	if redraw {
		return p.drawList(c, r)
	}
	return p.drawBar(c, r, f, chosen{Selection: sel}, 200)
}

// at gives the address of a page of a list with a selection.
func at(list url.Values, sel string) string {
	v := url.Values{}
	for name, values := range list {
		if (slices.Contains(known, name) || strings.HasPrefix(name, paramAttribute)) && name != paramCurrent && name != "ok" {
			v[name] = values
		}
	}
	v.Set(paramSelection, sel)
	return "/users?" + v.Encode()
}

func (p *Pages) drawBar(c *web.Call, r request, f ticksForm, sel chosen, code int) error {
	bar, err := p.bulk(c, r, sel, len(f.shown()))
	if err != nil {
		return err
	}
	m := users.List{Result: users.Result{Bulk: bar}}
	if sel.PublicID != f.Selection { // what leads on must take it along
		counts, err := p.viewCounts(c.Ctx(), c.Tenant(), c.Now())
		if err != nil {
			return err
		}
		m.Tabs = tabs(r, counts)
	}
	return c.Render(web.Page{Title: "Selected", Status: bar.Text, Code: code, Fragment: users.BulkFragment(m)}, users.BulkFragment(m))
}

// drawList draws the list anew. Its page begins where it began.
func (p *Pages) drawList(c *web.Call, r request) error {
	result, _, err := p.result(c, &r)
	if err != nil {
		return err
	}
	m := users.List{Text: r.query.Text, Result: result, Actions: listActions(c, r), Chips: p.chips(r)}
	counts, err := p.viewCounts(c.Ctx(), c.Tenant(), c.Now())
	if err != nil {
		return err
	}
	m.Tabs = tabs(r, counts)
	status := ""
	if result.Bulk != nil {
		status = result.Bulk.Text
	}
	return c.Render(web.Page{Title: "Users", Status: status, Fragment: users.SelectedFragment(m)}, users.SelectedFragment(m))
}

// matchTime is how long the bar waits for the number of people who match.
const matchTime = 300 * time.Millisecond

// bulk draws who is selected and what can be done with them.
func (p *Pages) bulk(c *web.Call, r request, sel chosen, shown int) (*users.Bulk, error) {
	list := url.Values{}
	for name, values := range r.values {
		list[name] = values
	}
	if r.query.Cursor != "" {
		list.Set(cursorParam(r), r.query.Cursor)
	}
	list.Del(paramSelection)
	m := &users.Bulk{List: list.Encode(), Text: "Nobody selected", MatchLabel: "Select all that match", Problem: sel.problem}
	if sel.none() {
		return m, nil
	}
	reach, err := p.People.Reach(c.Ctx(), c.Actor(), sel.Selection)
	if err != nil {
		return nil, err
	}
	m.Selection, m.ClearHref = sel.PublicID, r.without(paramSelection)
	m.Text, m.Detail = selectedWords(sel.Selection, reach)
	if sel.Kind == models.SelectionMatching {
		m.MatchLabel, m.OnlyLabel = "", onlyLabel(shown)
	} else if c.Htmx() {
		m.MatchLabel = p.matchLabel(c, r)
	}
	if reach.People > 0 || reach.Capped {
		m.ShowHref, m.Once = "/selections/"+sel.PublicID, uuid.NewString()
		m.Act, m.LeftOut = actLabel(reach), leftOut(reach)
	}
	return m, p.outside(c, r, sel.Selection, m)
}

func cursorParam(r request) string {
	if r.query.Backward {
		return paramPrev
	}
	return paramNext
}

// matchLabel says how many match, when that is counted at once.
func (p *Pages) matchLabel(c *web.Call, r request) string {
	ctx, cancel := context.WithTimeout(c.Ctx(), matchTime)
	defer cancel()
	n, capped, err := p.People.Count(ctx, c.Tenant(), r.query)
	switch {
	case err != nil: // the act works without the number, which the preview counts exactly
		return "Select all that match"
	case capped:
		return "Select all that match, more than " + count(n)
	}
	return "Select all " + count(n) + " that match"
}

// outside says who is selected and not in the list.
func (p *Pages) outside(c *web.Call, r request, sel models.Selection, m *users.Bulk) error {
	if sel.People == 0 || len(r.filters()) == 0 {
		return nil
	}
	n, known, err := p.People.Outside(c.Ctx(), c.Tenant(), sel, r.query)
	if err == nil && known && n > 0 {
		m.Outside = outsideWords(n, int(sel.People))
	}
	return err
}

// filters are the parameters that decide who is in the list.
func (r request) filters() []string {
	var all []string
	for name := range r.values {
		if name != paramSelection && name != paramSort {
			all = append(all, name)
		}
	}
	return all
}

// without gives the address of this list without one parameter.
func (r request) without(name string) string { return r.link("/users", map[string]string{name: ""}) }

// title says in words who matches a list.
func (p *Pages) title(r request) string {
	words := p.inWords(r)
	return strings.Replace(words, "a search text", "text “"+r.query.Text+"”", 1)
}

// everybody gives the address of the whole list, with who is selected.
func (r request) everybody() string { return "/users" + r.sel("?") }

// sel gives the parameter of the selection behind a sign, "" when there is none.
func (r request) sel(sign string) string {
	if id := r.values.Get(paramSelection); id != "" {
		return sign + paramSelection + "=" + url.QueryEscape(id)
	}
	return ""
}
