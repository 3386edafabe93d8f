package sync

import (
	"slices"
	"strconv"
	"time"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/sync"
	"github.com/rollcall/rollcall/models"
	"github.com/rollcall/rollcall/views/layout"
	view "github.com/rollcall/rollcall/views/sync"
	"github.com/rollcall/rollcall/views/ui"
)

// scope says whether one difference is resolved or all that are identical.
type scope bool

const (
	one  scope = false
	same scope = true
)

// usualIgnore is the day that is offered.
const usualIgnore = 14 * 24 * time.Hour

type resolveForm struct {
	Reason string `form:"reason" label:"Reason" validate:"max=1000"`
	Until  string `form:"until" label:"Until" validate:"omitempty,datetime=2006-01-02"`
	Count  string `form:"count" label:"Count" validate:"max=10"`
	Next   string `form:"next" label:"Next" validate:"max=40"`
}

// choice is what the address of a resolution names.
type choice struct {
	scope scope
	way   sync.Way
	first sync.DriftView // the difference, or the first of the group
	count int
	group string
}

// choose reads the address. A group that is gone is not found, like a difference.
func (p *Pages) choose(c *web.Call, s scope) (choice, error) {
	ch := choice{scope: s, way: sync.Way(c.Param("way")), count: 1}
	if !slices.Contains([]sync.Way{sync.TakeSource, sync.PushOurs, sync.Ignore}, ch.way) {
		return ch, errs.New(errs.NotFound, "There is no page at this address.")
	}
	var err error
	if s == one {
		ch.first, err = p.Sync.DriftOf(c.Ctx(), c.Tenant(), c.Param("id"))
		return ch, err
	}
	ch.group = c.Param("id")
	ch.first, ch.count, err = p.identical(c, ch.group)
	return ch, err
}

// manyAtOnce is how many identical differences are counted; the engine takes no
// more at once.
const manyAtOnce = 1_000

// identical counts the open differences of a group.
func (p *Pages) identical(c *web.Call, group string) (first sync.DriftView, n int, err error) {
	q := sync.DriftQuery{Group: group, State: models.DriftOpen, Limit: 200}
	for {
		page, err := p.Sync.Drifts(c.Ctx(), c.Tenant(), q)
		if err != nil {
			return first, n, err
		}
		if n == 0 && len(page.Rows) > 0 {
			first = page.Rows[0]
		}
		n += len(page.Rows)
		if q.Cursor = page.Next; q.Cursor == "" || n > manyAtOnce {
			break
		}
	}
	if n == 0 {
		return first, n, errs.New(errs.NotFound, "These differences are no longer there: both sides agree, or somebody resolved them.")
	}
	return first, n, nil
}

func (p *Pages) resolveForm(s scope) web.Handler {
	return func(c *web.Call) error {
		ch, err := p.choose(c, s)
		if err != nil {
			return err
		}
		return p.resolvePage(c, ch, resolveForm{}, nil)
	}
}

func (p *Pages) resolve(s scope) web.Handler {
	return func(c *web.Call) error {
		ch, err := p.choose(c, s)
		if err != nil {
			return err
		}
		if ch.acts() {
			if err := c.Elevate(""); err != nil {
				return err
			}
		}
		var f resolveForm
		in := sync.Resolution{Way: ch.way}
		if err = c.Bind(&f); err == nil {
			in, err = ch.resolution(f)
		}
		if err != nil {
			return p.resolvePage(c, ch, f, err)
		}
		out, err := p.Sync.Resolve(c.Ctx(), c.Actor(), in)
		if err == nil && out.Done == 0 && len(out.Refused) > 0 {
			err = errs.New(errs.Conflict, "%s", out.Refused[0].Why)
		}
		if err != nil {
			return p.resolvePage(c, ch, f, err)
		}
		return p.resolved(c, ch, f, out)
	}
}

// acts reports whether a resolution keeps people out, lets them in or takes a role
// away, or concerns somebody privileged: then it needs a fresh sign-in, as the same
// act does on the person's page.
func (ch choice) acts() bool {
	k := ch.first.Kind
	access := k == models.DriftStatus || k == models.DriftMissing || k == models.DriftRole
	return ch.way == sync.TakeSource && access || ch.way != sync.Ignore && ch.first.Privileged
}

// resolution puts together what was chosen, and refuses what is missing.
func (ch choice) resolution(f resolveForm) (sync.Resolution, error) {
	in := sync.Resolution{Way: ch.way, Reason: f.Reason, Group: ch.group}
	if ch.scope == one {
		in.IDs = []string{ch.first.PublicID}
	} else if f.Count != strconv.Itoa(ch.count) {
		return in, errs.New(errs.Conflict, "There are now %s instead of %s. Nothing was changed. Look at them once more.", ui.Counted(ch.count, "identical difference", "identical differences"), f.Count)
	}
	if ch.way == sync.Ignore {
		day, err := time.Parse(time.DateOnly, f.Until)
		if err != nil {
			return in, errs.Input(errs.Field{Name: "until", Message: "The day is missing. Write it as 2026-11-29."})
		}
		in.Until = models.At(day)
	}
	return in, nil
}

// resolved answers a resolution that was carried out: the row itself, for a list
// that is open, and else the list.
func (p *Pages) resolved(c *web.Call, ch choice, f resolveForm, out sync.Resolved) error {
	if c.Htmx() && ch.scope == one {
		row := view.ResolvedRow(view.Resolved{ID: ch.first.PublicID, Sentence: doneSentence(ch), Next: f.Next, Columns: view.DriftColumns})
		return c.Render(web.Page{Title: "Resolved", Status: doneSentence(ch), Fragment: row}, row)
	}
	back := "/sync/drift"
	if alone(ch.first.Kind) {
		back = orphansHref(ch.first.Kind)
	}
	word := map[sync.Way]string{sync.TakeSource: "taken", sync.PushOurs: "pushed", sync.Ignore: "ignored"}[ch.way]
	if ch.first.Kind == models.DriftOrphan && ch.way == sync.TakeSource {
		word = "created"
	}
	if ch.scope == same && len(out.Refused) > 0 {
		return p.resolvePage(c, ch, f, errs.New(errs.Conflict, "%s resolved. %s not: %s: %s", ui.Counted(out.Done, "difference was", "differences were"),
			ui.Counted(len(out.Refused), "was", "were"), out.Refused[0].Person, out.Refused[0].Why))
	}
	sep := "?"
	if alone(ch.first.Kind) {
		sep = "&"
	}
	return c.Redirect(back + sep + "ok=" + word)
}

func doneSentence(ch choice) string {
	switch ch.way {
	case sync.TakeSource:
		return "Taken from " + ch.first.Connector.Name + ": " + ch.first.Label + " of " + ch.first.Person.Name + "."
	case sync.PushOurs:
		return "On its way to " + ch.first.Connector.Name + ": " + ch.first.Label + " of " + ch.first.Person.Name + "."
	case sync.Ignore:
		return "Ignored for now."
	}
	return "Resolved."
}

func (p *Pages) resolvePage(c *web.Call, ch choice, f resolveForm, cause error) error {
	fields, problems, code, err := refused(cause)
	if err != nil {
		return err
	}
	if cause != nil && c.Htmx() && ch.scope == one {
		row := view.ResolvedRow(view.Resolved{
			ID: ch.first.PublicID, Sentence: problems[0].Text, Columns: view.DriftColumns, Failed: true, Href: "/sync/drift/" + ch.first.PublicID + "/" + string(ch.way),
		})
		return c.Render(web.Page{Title: "Not resolved", Status: problems[0].Text, Code: code, Fragment: row}, row)
	}
	name, href, _ := who(c, ch.first)
	path := "/sync/drift/" + ch.first.PublicID
	m := view.Resolve{Cancel: path, Problems: problems, Title: "Nothing was changed", Kind: ui.Primary, Effects: effects(ch), Submit: submit(ch)}
	if ch.scope == same {
		path = "/sync/same/" + ch.group
		m.Cancel = "/sync/drift?group=" + ch.group
		m.Fields = append(m.Fields, view.Hidden{Name: "count", Value: strconv.Itoa(ch.count)})
	} else if href != "" && ch.first.Kind != models.DriftField {
		m.Cancel = "/sync/drift/" + ch.first.PublicID
	}
	m.Action = path + "/" + string(ch.way)
	m.Changes = changes(c, ch)
	reason := ui.ReasonField(f.Reason, fields["reason"], readers)
	m.Reason = &reason
	if ch.way == sync.Ignore {
		until := f.Until
		if until == "" && cause == nil {
			until = c.Now().Add(usualIgnore).Format(time.DateOnly)
		}
		m.Until = &ui.Field{Name: "until", Label: "Until", Type: "date", Value: until, Error: fields["until"], Required: true, Hint: "On this day it is shown again, if both sides still differ."}
	}
	if !slices.Contains(ch.first.Can, ch.way) {
		m.Blocked = blocked(ch)
	}
	title := heading(ch, name)
	return c.Render(web.Page{Title: title, FocusHeading: code == 0, Code: code, Crumbs: driftCrumbs(ch.first, layout.Crumb{Label: title})}, view.ResolvePage(m))
}
