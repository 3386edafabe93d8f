package users

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/views/ui"
	"github.com/rollcall/rollcall/views/users"
)

// What the form below the two versions holds.
const (
	keptYours  = "What you typed"
	keptTheirs = "Saved now: you had not changed it"
)

// conflictPage shows an edit that came too late beside what is saved now. The
// form below it holds what was typed, and what is saved where nothing was; it
// stands on the new version, so that saving once more works.
func (p *Pages) conflictPage(c *web.Call, f personForm, stale *directory.Stale) error {
	theirs := stale.Theirs
	controls, err := p.controls(c, theirs)
	if err != nil {
		return err
	}
	values, differences := merge(c.Request.PostForm, controls)
	f.Version = version(theirs)
	for _, o := range controls { // what is saved now is where the next comparison starts
		c.Request.PostForm.Del(users.WasName(o.field.Name))
	}
	m, err := p.editModel(c, theirs, filled{personForm: f, controls: controls, values: values})
	if err != nil {
		return err
	}
	m.Submit = "Save this version"
	page := editPage(theirs)
	page.Code, page.FocusHeading = http.StatusConflict, true
	text := "Changed by " + stale.By + " " + ui.Relative(stale.At.Time(), c.Now()) + ", after you opened this form. Nothing of yours was saved yet."
	page.Status = text
	if len(differences) == 0 {
		text += " No field differs from what you typed."
	}
	return c.Render(page, users.ConflictPage(users.Conflict{Text: text, Differences: differences, Form: m}))
}

// merge puts together what a form sent and what is saved now. A field that the
// person at the form left as it was takes the saved value, so that saving again
// does not undo what somebody else did meanwhile.
func merge(sent url.Values, controls []control) (values map[string]string, differences []users.Difference) {
	values = typed(sent, controls)
	for _, o := range controls {
		name := o.field.Name
		if !wasIn(sent, name) {
			continue
		}
		mine, saved := legible(strings.TrimSpace(sent.Get(name))), o.value()
		if mine == saved {
			continue
		}
		untouched := sent.Has(users.WasName(name)) && sent.Get(users.WasName(name)) == sent.Get(name)
		d := users.Difference{Label: o.field.Label, Saved: o.words(saved), Typed: o.words(mine), Kept: keptYours}
		switch {
		case !o.open() && untouched, o.masked:
			continue
		case !o.open():
			d.Kept = o.owner
		case untouched:
			values[name], d.Kept = saved, keptTheirs
		}
		differences = append(differences, d)
	}
	return values, differences
}

// words gives a value as people read it.
func (o control) words(value string) string {
	if o.kind == users.KindCheckbox {
		if value == "" {
			return "No"
		}
		return "Yes"
	}
	for _, option := range o.field.Options {
		if option.Value == value {
			return option.Label
		}
	}
	return value
}
