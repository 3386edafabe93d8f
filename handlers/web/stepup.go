package web

import (
	"net/http"
	"net/url"

	"github.com/rollcall/rollcall/views/ui"
)

// Where a fresh sign-in is asked for, and where it is ended; handlers/signin
// answers there.
const (
	StepUpPath    = "/step-up"
	endStepUpPath = StepUpPath + "/end"
)

// unproved stops an act until the person has signed in anew. The kit keeps what
// they typed and sends them to StepUpPath.
type unproved struct{ why string }

// Error describes it for the log.
func (u *unproved) Error() string { return "a fresh sign-in is needed: " + u.why }

// Elevated reports whether sensitive acts are open to the caller now.
func (c *Call) Elevated() bool { return c.Caller.ElevatedUntil.After(c.Now()) }

// Elevate lets a sensitive act go on, or gives the error that stops it before
// anything is changed; hand it back as it is. The sentence says what makes this
// act sensitive, such as "Admin is a privileged role."; the route's summary says
// the rest.
func (c *Call) Elevate(why string) error {
	if !c.kit.StepUp || c.Elevated() {
		return nil
	}
	return &unproved{why: why}
}

// toStepUp keeps what was typed and leads to the page that asks for the fresh
// sign-in. An error means that the person could not be sent there.
func (k *Kit) toStepUp(c *Call, need *unproved) error {
	path := StepUpPath
	if k.Drafts != nil {
		d := c.typed(c.Caller)
		d.StepUp, d.Why = true, need.why
		id, err := k.Drafts.Keep(c.Ctx(), c.Tenant(), d)
		if err != nil {
			return err
		}
		path += "?" + url.Values{"for": {id}}.Encode()
	}
	return c.Redirect(path)
}

// ownBanners say what the kit has to say about this page: what came back, what
// did not, and what a form will ask for.
func (c *Call) ownBanners(p Page) []ui.Notice {
	switch {
	case c.awaited() != "":
		return []ui.Notice{{Tone: ui.Warn, Text: c.pressSentence(p), ID: ui.AwaitedID, Live: true}}
	case c.filled != nil:
		return []ui.Notice{{Tone: ui.Info, Text: c.filledSentence()}}
	case c.notice != nil:
		return []ui.Notice{*c.notice}
	case c.asksLater() && !p.NoForm:
		return []ui.Notice{{Tone: ui.Info, Text: "This is a sensitive act. When you send the form, " + c.providerName() + " asks you to sign in anew; what you type is kept."}}
	}
	return nil
}

// asksLater reports whether the page's form needs a fresh sign-in.
func (c *Call) asksLater() bool {
	return c.route.Reads() && c.kit.forms[c.route.Path].StepUp && c.Elevate("") != nil && c.Caller.SignedIn()
}

func (c *Call) providerName() string {
	if c.Caller.ProviderName == "" {
		return "your provider"
	}
	return c.Caller.ProviderName
}

// filledSentence stands above a form that came back.
func (c *Call) filledSentence() string {
	text := "You are signed in again. What you had typed is filled in below. Nothing was done yet."
	if c.filled.StepUp {
		text = "Nothing was done yet. What you had typed is filled in below; look at it once more, then send it."
		if len(c.filled.Values) == 0 && !c.filled.Left { // it was opened, not sent
			text = "Nothing was done yet. You can go on here."
		}
		text = c.provedSentence() + text
	}
	if c.filled.Left {
		text += " Secrets, files and very long texts are not kept: enter them again."
	}
	return text
}

// provedSentence says when and how the person signed in anew, or "".
func (c *Call) provedSentence() string {
	if !c.Elevated() || c.Caller.ProvedAt.IsZero() {
		return ""
	}
	return "You signed in anew at " + c.providerName() + " " + ui.Relative(c.Caller.ProvedAt, c.Now()) + c.how() + ". "
}

func (c *Call) how() string {
	if c.Caller.Methods == "" {
		return ""
	}
	return " (method: " + c.Caller.Methods + ")"
}

// formsOf pairs the page of each form with what it sends to: both have the same
// address.
func formsOf(routes []Route) map[string]Route {
	pages := map[string]bool{}
	for _, r := range routes {
		if r.Method == http.MethodGet && r.Door != Public {
			pages[r.Path] = true
		}
	}
	forms := map[string]Route{}
	for _, r := range routes {
		if r.Method == http.MethodPost && pages[r.Path] {
			forms[r.Path] = r
		}
	}
	return forms
}
