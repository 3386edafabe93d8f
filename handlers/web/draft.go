package web

import (
	"context"
	"net/url"
	"strings"
	"time"

	"github.com/rollcall/rollcall/internal/draft"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/views/ui"
)

// draftParam names a draft in the address of its form.
const draftParam = "draft"

var (
	// errFilled is what Bind gives for a form that came back and has nothing wrong
	// with it: every handler draws its form again then, and does nothing.
	errFilled = errs.New(errs.Invalid, "Nothing was done yet.")
	// errNoForm: the handler did not want to draw its form.
	errNoForm = errs.New(errs.Conflict, "This form cannot be filled in again.")
)

// typed gives what was posted as a draft of somebody.
func (c *Call) typed(of Caller) draft.Draft {
	d := draft.Draft{UserID: of.UserID, Session: of.SessionID, What: c.route.Summary}
	form, is := c.kit.forms[c.route.Path]
	if !is { // a button on some page: there is nothing to fill in
		if d.Page = withoutDraft(c.cameFrom()); d.Page == "" {
			d.Page = "/"
		} else if !c.Htmx() {
			d.Press = c.Request.URL.Path
		}
		return d
	}
	d.Page, d.Path, d.Query = c.Request.URL.RequestURI(), c.Request.URL.Path, c.Request.URL.RawQuery
	if c.route.Reads() { // opening the form asks, so the form is no way out
		d.What, d.Back = form.Summary, c.before()
		return d
	}
	if err := c.parseForm(); err != nil || strings.HasPrefix(c.ContentType(), "multipart/") {
		d.Left = true
		return d
	}
	d.Values = url.Values{}
	for name, values := range c.Request.PostForm {
		if SecretField(name) {
			d.Left = d.Left || strings.Join(values, "") != ""
			continue
		}
		d.Values[name] = values
	}
	return d
}

// before gives the page somebody was on before they asked for this one.
func (c *Call) before() string {
	came := c.cameFrom()
	if path, _, _ := strings.Cut(came, "?"); path == "" || path == StepUpPath || path == c.Request.URL.Path {
		return "/"
	}
	return came
}

// secretWords in the name of a field say that it holds something no draft keeps.
var secretWords = []string{"secret", "password", "passphrase", "token", "credential", "private", "api_key", "apikey"}

// SecretField reports whether a form's field holds something that is never kept
// to be filled in again. A test holds the fields of all pages against it.
func SecretField(name string) bool {
	name = strings.ToLower(name)
	for _, word := range secretWords {
		if strings.Contains(name, word) {
			return true
		}
	}
	return false
}

// keepForLater keeps what somebody sent after their session had run out, and
// gives the page they come back to. When nobody knows who it was, or it cannot
// be kept, that is the page they came from.
func (k *Kit) keepForLater(c *Call) string {
	came := c.cameFrom()
	if k.Drafts == nil {
		return came
	}
	who, found := k.Lapsed(c.Request)
	if !found {
		return came
	}
	d := c.typed(who)
	if d.Path == "" && (d.Press == "" || !c.route.StepUp) { // nothing is lost by pressing it again
		return came
	}
	id, err := k.Drafts.Keep(c.Ctx(), who.Actor.Tenant, d)
	if err != nil {
		c.Log().Warn("what was typed could not be kept", "route", c.route.Path, "error", err.Error())
		return came
	}
	return WithDraft(d.Page, id)
}

// WithDraft gives the address of a page that a draft fills in.
func WithDraft(page, id string) string {
	sign := "?"
	if strings.Contains(page, "?") {
		sign = "&"
	}
	return page + sign + url.Values{draftParam: {id}}.Encode()
}

// refill draws the form of a draft as it was left. The handler that takes the
// form draws it, as it does when input is refused. Nothing can be done on the
// way: Bind always refuses, and the actor is nobody whom a change would accept.
func (k *Kit) refill(c *Call) (done bool, err error) {
	id := c.takeDraft()
	if k.Drafts == nil || !c.Caller.SignedIn() {
		return false, nil
	}
	d, err := k.Drafts.Find(c.Ctx(), c.Tenant(), c.Caller.UserID, id)
	if err == nil && c.comesBackTo(d) {
		c.pressed = &d
		return false, nil
	}
	form, is := k.forms[c.route.Path]
	if !is || !form.Opens(c.Caller.Actor.Can, c.Caller.SignedIn()) {
		return false, nil
	}
	if errs.Is(err, errs.NotFound) || err == nil && (d.Path != c.Request.URL.Path || d.StepUp && d.Session != c.Caller.SessionID) {
		c.notice = &ui.Notice{Tone: ui.Warn, Text: "What you had typed is no longer kept: it waits for an hour, for the person who typed it. Nothing was done."}
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if d.StepUp && c.Elevate("") != nil {
		return true, c.Redirect(StepUpPath + "?" + url.Values{"for": {id}}.Encode())
	}
	return k.fill(c, form, d)
}

// comesBackTo reports whether this is the page on which a button was pressed that
// did nothing yet. The page is drawn as it is now, by its own handler.
func (c *Call) comesBackTo(d draft.Draft) bool {
	page, _, _ := strings.Cut(d.Page, "?")
	return d.Press != "" && page == c.Request.URL.Path && (!d.StepUp || d.Session == c.Caller.SessionID)
}

func (k *Kit) fill(c *Call, form Route, d draft.Draft) (done bool, err error) {
	caller := c.Caller
	c.filled, c.Request.PostForm, c.Request.Form = &d, d.Values, nil
	c.Caller.Actor.Kind = "" // no change is accepted from nobody
	if c.Request.PostForm == nil {
		c.Request.PostForm = url.Values{}
	}
	err = form.Handler(c)
	if err == nil || c.Writer.Written() || errs.KindOf(err) == errs.NotFound {
		return true, err
	}
	c.Log().Warn("a form could not be filled in again", "route", form.Path, "error", err.Error())
	c.Caller, c.filled, c.Request.PostForm, c.Request.Form = caller, nil, nil, nil
	c.notice = &ui.Notice{Tone: ui.Warn, Text: "What you had typed could not be filled in again. Nothing was done."}
	return false, nil
}

// withoutDraft gives an address without a draft's handle.
func withoutDraft(address string) string {
	u, err := url.Parse(address)
	if err != nil || !u.Query().Has(draftParam) {
		return address
	}
	q := u.Query()
	q.Del(draftParam)
	u.RawQuery = q.Encode()
	return u.RequestURI()
}

// takeDraft takes the draft's handle out of the address, which no handler knows.
func (c *Call) takeDraft() string {
	q := c.Request.URL.Query()
	id := q.Get(draftParam)
	q.Del(draftParam)
	c.Request.URL.RawQuery = q.Encode()
	return id
}

// dropDraft forgets the draft of a form that was sent and accepted. It is gone in
// an hour in any case, so a failure is no fault of the act that was done.
func (k *Kit) dropDraft(c *Call) {
	if c.route.Reads() || k.Drafts == nil || !c.Caller.SignedIn() || c.Writer.Status() >= 400 {
		return
	}
	u, err := url.Parse(c.cameFrom())
	if err != nil || u.Query().Get(draftParam) == "" {
		return
	}
	id := u.Query().Get(draftParam)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.Ctx()), time.Second)
	defer cancel()
	if u.Path != c.Request.URL.Path { // the form of another page, or a button of it
		if d, err := k.Drafts.Find(ctx, c.Tenant(), c.Caller.UserID, id); err != nil || d.Press != c.Request.URL.Path {
			return
		}
	}
	if err := k.Drafts.Drop(ctx, c.Tenant(), c.Caller.UserID, id); err != nil {
		c.Log().Warn("a draft was not dropped", "route", c.route.Path, "error", err.Error())
	}
}
