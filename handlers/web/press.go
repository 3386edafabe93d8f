package web

import (
	"slices"
	"strings"

	"github.com/rollcall/rollcall/internal/draft"
)

// Press is a button of a page that sends nothing anybody typed. Who presses it
// and is asked for a fresh sign-in comes back to a page that looks as before, so
// it has to say that the act was not done, and lead to the button.
type Press struct {
	Action string // address its form sends to; the views give the same to ui.Action.Sends
	Label  string // on the button
	Of     string // whom or what it is about, when the label does not say
}

// carried are the fields of forms that nobody types: the page puts them there.
var carried = []string{"version", "hash", "facts", "once", "next"}

// CarriedField reports whether the page itself fills a form's field. A test holds
// the hidden fields of all pages against it.
func CarriedField(name string) bool {
	return slices.Contains(carried, name) || strings.HasPrefix(name, "was.")
}

// buttonAlone reports whether the form that was sent has no field for people.
func buttonAlone(d draft.Draft) bool {
	if len(d.Values) == 0 || d.Left {
		return false // it was opened, or something typed is missing
	}
	for name := range d.Values {
		if !CarriedField(name) {
			return false
		}
	}
	return true
}

// awaited gives the address that the button to press sends to, or "".
func (c *Call) awaited() string {
	switch {
	case c.pressed != nil:
		return c.pressed.Press
	case c.filled != nil && buttonAlone(*c.filled):
		return c.filled.Path
	}
	return ""
}

// pressSentence stands above a page with a button that was pressed and did
// nothing yet.
func (c *Call) pressSentence(p Page) string {
	d := c.filled
	if c.pressed != nil {
		d = c.pressed
	}
	before := c.provedSentence()
	if !d.StepUp {
		before = "You are signed in again. "
	}
	if c.awaited() != p.Press.Action { // the page has changed meanwhile
		return before + "This was not done: " + strings.ToLower(d.What[:1]) + d.What[1:] + ". Look at the page as it is now."
	}
	of := ""
	if p.Press.Of != "" {
		of = " for " + p.Press.Of
	}
	return before + "“" + p.Press.Label + "” has not been done yet" + of + ": press it now."
}
