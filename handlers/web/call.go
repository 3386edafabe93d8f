package web

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"github.com/rollcall/rollcall/internal/draft"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/models"
	"github.com/rollcall/rollcall/views/ui"
)

// Call is one request on its way through a handler.
type Call struct {
	*gin.Context
	Caller Caller

	kit       *Kit
	route     Route
	nonce     string
	requestID string
	filled    *draft.Draft // the page is drawn for a form that comes back; nothing may be done
	pressed   *draft.Draft // a button alone on this page that was pressed and did nothing yet
	notice    *ui.Notice   // about a form that did not come back
}

// Ctx gives the request's context.
func (c *Call) Ctx() context.Context { return c.Request.Context() }

// Actor gives who acts, with address and request id, for every engine below.
func (c *Call) Actor() models.Actor {
	a := c.Caller.Actor
	a.Via, a.IP, a.RequestID = models.ViaWeb, c.ClientIP(), c.requestID
	return a
}

// Tenant gives the tenant of the caller.
func (c *Call) Tenant() int64 { return c.Caller.Actor.Tenant }

// Can reports whether the caller holds all of want.
func (c *Call) Can(want models.Permission) bool { return c.Caller.Actor.Can.Has(want) }

// Now gives the clock's time.
func (c *Call) Now() time.Time { return c.kit.Now().UTC() }

// RequestID gives the reference that also stands in the log.
func (c *Call) RequestID() string { return c.requestID }

// Log gives a logger that carries the request's reference and no personal data.
func (c *Call) Log() *slog.Logger { return c.kit.Log.With("request_id", c.requestID) }

// Address gives a path of ours as people paste it elsewhere, with scheme and host.
func (c *Call) Address(path string) string {
	if c.kit.Secure {
		return "https://" + c.Request.Host + path
	}
	return "http://" + c.Request.Host + path
}

// Htmx reports whether a fragment is wanted: asked by htmx, and not to restore a
// whole page from history.
func (c *Call) Htmx() bool {
	return c.GetHeader("HX-Request") == "true" && c.GetHeader("HX-History-Restore-Request") != "true"
}

// Redirect sends the browser to a path of ours after a form: 303, or the same by
// htmx. Do not use it with an address that came from outside.
func (c *Call) Redirect(path string) error {
	if c.filled != nil {
		return errNoForm
	}
	if c.Htmx() {
		c.Header("HX-Redirect", path)
		c.Status(http.StatusNoContent)
		return nil
	}
	c.Context.Redirect(http.StatusSeeOther, path)
	return nil
}

// Leave sends the browser to an address that one of our own engines made: a
// provider, or the path a sign-in came from. Always 303 (OIDC-21).
func (c *Call) Leave(address string) {
	c.note()
	c.Context.Redirect(http.StatusSeeOther, address)
}

// Answer answers a machine with JSON.
func (c *Call) Answer(status int, body any) {
	c.note()
	c.JSON(status, body)
}

// serve runs one request through identify, permit and handle.
func (k *Kit) serve(gc *gin.Context, r Route) {
	c := &Call{Context: gc, kit: k, route: r, nonce: newNonce(), requestID: requestID(gc.Request.Context())}
	k.headers(c)
	defer func() {
		if v := recover(); v != nil {
			if v == http.ErrAbortHandler { //nolint:errorlint // recover gives what was thrown, never wrapped
				panic(v)
			}
			c.Log().Error("panic", "route", r.Path, "panic", v, "stack", string(debug.Stack()))
			k.fail(c, errs.New(errs.Internal, "Rollcall met a fault of its own."))
		}
	}()
	if err := k.admit(c); err != nil {
		k.fail(c, err)
		return
	}
	if !legible(gc.Params) {
		k.fail(c, errs.New(errs.NotFound, "There is no page at this address."))
		return
	}
	if err := k.answer(c); err != nil {
		k.fail(c, err)
	}
}

// answer runs the handler, or draws the form a draft brings back.
func (k *Kit) answer(c *Call) error {
	if c.route.Reads() && c.Query(draftParam) != "" {
		if done, err := k.refill(c); done || err != nil {
			return err
		}
	}
	if err := c.route.Handler(c); err != nil {
		return err
	}
	k.dropDraft(c)
	return nil
}

// legible reports whether the named parts of an address are text at all. What is
// none names nothing, and databases do not even take it.
func legible(params gin.Params) bool {
	for _, p := range params {
		if !utf8.ValidString(p.Value) || strings.ContainsFunc(p.Value, unicode.IsControl) {
			return false
		}
	}
	return true
}

// admit finds out who is calling and whether the route's door opens for them.
func (k *Kit) admit(c *Call) error {
	if err := k.origin.Check(c.Request); err != nil {
		return errs.Wrap(err, errs.Forbidden, "This form came from another site, so nothing was changed. Open the page here and send it again.")
	}
	if c.route.Anonymous {
		return nil
	}
	caller, err := k.Doorkeeper.Caller(c.Request, c.route.Unattended)
	if err != nil && c.route.Door != Public {
		return err
	}
	c.Caller = caller
	if c.route.Door == Public {
		return nil
	}
	if !caller.SignedIn() {
		return errs.New(errs.Unauthorized, "You are not signed in.")
	}
	c.Header("Cache-Control", "no-store")
	if !c.route.Opens(caller.Actor.Can, true) {
		lacks := c.route.Lacks()
		caller.Actor = c.Actor()
		k.Doorkeeper.Refused(c.Ctx(), caller, c.route.Method, c.route.Path, lacks)
		return errs.Denied(first(lacks), "This page needs the permission %s, and you do not hold it.", joinOr(lacks))
	}
	if c.route.StepUp && !c.route.Reads() {
		return c.Elevate("")
	}
	return nil
}

// signInPath gives where to sign in, so that the browser comes back here after.
func (c *Call) signInPath() string {
	back := c.Request.URL.RequestURI()
	switch {
	case !c.route.Reads():
		back = c.kit.keepForLater(c)
	case c.Htmx():
		back = c.cameFrom()
	}
	if back == "" || back == "/" {
		return "/signin"
	}
	return "/signin?" + url.Values{"return": {back}}.Encode()
}

// cameFrom gives the page of ours a request was sent from, or "".
func (c *Call) cameFrom() string {
	if page := localPath(c.GetHeader("HX-Current-URL"), c.Request.Host); page != "" {
		return page
	}
	return localPath(c.Request.Referer(), c.Request.Host)
}

// localPath gives the path and query of an address of this host, or "".
func localPath(address, host string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host != host {
		return ""
	}
	return u.RequestURI()
}

func notFound(*Call) error { return errs.New(errs.NotFound, "There is no page at this address.") }

func wrongMethod(c *Call) error {
	c.Status(http.StatusMethodNotAllowed)
	return errs.New(errs.NotFound, "This address does not take %s.", c.Request.Method)
}

// Stream prepares an answer that takes as long as it takes: no write deadline.
func (c *Call) Stream() {
	_ = http.NewResponseController(c.Writer).SetWriteDeadline(time.Time{}) // a writer without deadlines needs none
	c.note()
}
