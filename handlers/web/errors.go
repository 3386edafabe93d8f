package web

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/a-h/templ"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/views/layout"
	"github.com/rollcall/rollcall/views/problem"
	"github.com/rollcall/rollcall/views/ui"
)

// status gives the HTTP status of a kind of error.
func status(kind errs.Kind) int {
	switch kind {
	case errs.Invalid:
		return http.StatusUnprocessableEntity
	case errs.Unauthorized:
		return http.StatusUnauthorized
	case errs.Forbidden:
		return http.StatusForbidden
	case errs.NotFound:
		return http.StatusNotFound
	case errs.Conflict:
		return http.StatusConflict
	case errs.Unavailable:
		return http.StatusServiceUnavailable
	case errs.TooMany:
		return http.StatusTooManyRequests
	case errs.Internal:
		return http.StatusInternalServerError
	}
	return http.StatusInternalServerError
}

// fail is the one place where an error becomes an answer.
func (k *Kit) fail(c *Call, err error) {
	c.note()
	if errors.Is(err, context.Canceled) && c.Request.Context().Err() != nil {
		c.Status(499) // the browser has gone; nobody reads an answer
		return
	}
	if c.Writer.Written() { // a stream broke off: its missing last line says so
		c.Log().Error("failed after the answer began", "route", c.route.Path, "error", err.Error())
		return
	}
	if need, is := errors.AsType[*unproved](err); is {
		if err = k.toStepUp(c, need); err == nil {
			return
		}
	}
	kind := errs.KindOf(err)
	if kind == errs.Unauthorized && c.route.Fault == nil {
		k.toSignIn(c)
		return
	}
	code := status(kind)
	if c.Writer.Status() == http.StatusMethodNotAllowed {
		code = http.StatusMethodNotAllowed
	}
	if kind == errs.Internal || kind == errs.Unavailable {
		c.Log().Error("request failed", "route", c.route.Path, "kind", kind.String(), "error", err.Error())
	}
	if c.route.Fault != nil {
		c.route.Fault(c, code, err)
		return
	}
	m := k.problem(c, kind, code, err)
	var b bytes.Buffer
	if drawErr := k.draw(c, m, &b); drawErr != nil {
		c.Log().Error("the error page could not be drawn", "error", drawErr.Error())
		b.Reset()
		b.WriteString("<!doctype html><html lang=\"en\"><title>Rollcall</title><h1>Rollcall could not answer</h1><p>Nothing was changed. Reference " + c.requestID + ".</p></html>")
	}
	c.Data(code, "text/html; charset=utf-8", b.Bytes())
}

func (k *Kit) draw(c *Call, m problem.Model, b *bytes.Buffer) error {
	ctx := ui.WithNonce(c.Ctx(), c.nonce)
	if c.Htmx() {
		return problem.Fragment(m).Render(ctx, b)
	}
	p := Page{Title: m.Title}
	if m.Code >= 500 || !c.Caller.SignedIn() { // the sidebar asks the database: not now
		lm := layout.Model{Title: p.Title, Tenant: k.Tenant, Demo: k.Demo, Version: k.Version, Contact: k.Contact, Preferences: c.preferences()}
		lm.Preferences.Action = "-"
		return layout.Bare(lm).Render(templ.WithChildren(ctx, problem.Page(m)), b)
	}
	return layout.Page(c.model(p)).Render(templ.WithChildren(ctx, problem.Page(m)), b)
}

// toSignIn leads to the sign-in page and back to where the person was.
func (k *Kit) toSignIn(c *Call) {
	path := c.signInPath()
	if c.Htmx() {
		c.Header("HX-Redirect", path)
		c.Status(http.StatusUnauthorized)
		c.Writer.WriteHeaderNow()
		return
	}
	c.Context.Redirect(http.StatusSeeOther, path)
}

// problem says what happened, what did not, and what to do.
func (k *Kit) problem(c *Call, kind errs.Kind, code int, err error) problem.Model {
	m := problem.Model{Code: code, Reference: c.requestID, Retry: c.route.Reads() && code >= 500, RetryHref: c.Request.URL.RequestURI(), Contact: k.Contact}
	e, known := errs.As(err)
	if known {
		m.Text = e.Safe
	}
	changed := ""
	if !c.route.Reads() {
		changed = " Nothing was changed."
	}
	switch kind {
	case errs.Invalid:
		m.Title = "This cannot be accepted"
		for _, f := range e.Fields {
			m.Details = append(m.Details, f.Message)
		}
	case errs.Forbidden:
		m.Title = "You may not do this"
		m.Permission = e.Permission
	case errs.NotFound:
		m.Title = "Not found"
	case errs.Conflict:
		m.Title = "Not done"
	case errs.TooMany:
		m.Title = "Too many tries"
	case errs.Unavailable:
		m.Title = "Not available now"
		m.Text = strings.TrimSpace(m.Text + changed)
	case errs.Internal, errs.Unauthorized:
		m.Title = "Rollcall could not answer"
		m.Text = "The fault is Rollcall's, not yours." + changed + " It was written into the log under the reference below."
	}
	return m
}

func first(keys []string) string {
	if len(keys) == 0 {
		return ""
	}
	return keys[0]
}

func joinOr(keys []string) string { return strings.Join(keys, " or ") }
