package ui

import (
	"context"

	"github.com/a-h/templ"
)

// How htmx is held under the content security policy.
//
// The hx-csp extension strips every hx-* attribute of an element whose hx-nonce differs from the nonce of the page,
// so markup that slipped through a bug cannot make requests. It finds the page's nonce once, at load, in the first
// script element that has one, and blocks all of htmx when there is none. Each response carries a new nonce in its
// script-src; the extension reads it from that header and rewrites the stamps of the fragment to the page's nonce
// before it parses them. Therefore a fragment needs the Content-Security-Policy header as much as a page does, and a
// nonce may never be used for two responses: the extension scrubs the page's own nonce from whatever arrives, as a
// stolen one. The extension must be named in htmx-config as "hx-csp"; another spelling fails silently. Where the policy
// also has require-trusted-types-for 'script', it needs trusted-types htmx, the one policy the extension creates.

type nonceKey struct{}

// WithNonce returns a context under which components stamp nonce on scripts and on htmx elements.
func WithNonce(ctx context.Context, nonce string) context.Context {
	return context.WithValue(ctx, nonceKey{}, nonce)
}

// Nonce returns the nonce of the response being drawn, or "" when there is none.
func Nonce(ctx context.Context) string {
	nonce, _ := ctx.Value(nonceKey{}).(string)
	return nonce
}

// Request says what an element asks of the server when htmx is there. The element itself stays a real link or form,
// so the same address works without a script. There is no field for script values or handlers, on purpose.
type Request struct {
	Get  string // address of the fragment
	Post string

	Target  string // selector of what is replaced; default the element itself
	Swap    string // innerHTML (default), outerHTML, innerMorph, outerMorph, delete, none ...
	Trigger string // default: submit of a form, change of a control, click of the rest
	Include string // selector of further controls to send
	Select  string // selector of the part of the answer to use
	Sync    string // such as "this:replace"
	Disable string // selector of controls to disable while the request runs

	PushURL    bool // discrete choices: a step in the history
	ReplaceURL bool // keystrokes: the same step
}

// HX returns the htmx attributes of r, stamped with the nonce of ctx. Without a nonce it returns none at all: the
// page then works by its plain links and forms instead of being stripped with an error.
func HX(ctx context.Context, r Request) templ.Attributes {
	nonce := Nonce(ctx)
	if nonce == "" || r == (Request{}) {
		return nil
	}

	attrs := templ.Attributes{"hx-nonce": nonce}

	for name, value := range map[string]string{
		"hx-get":         r.Get,
		"hx-post":        r.Post,
		"hx-target":      r.Target,
		"hx-swap":        r.Swap,
		"hx-trigger":     r.Trigger,
		"hx-include":     r.Include,
		"hx-select":      r.Select,
		"hx-sync":        r.Sync,
		"hx-disable":     r.Disable,
		"hx-push-url":    boolWord(r.PushURL),
		"hx-replace-url": boolWord(r.ReplaceURL),
	} {
		if value != "" {
			attrs[name] = value
		}
	}

	return attrs
}

// OutOfBand returns the attributes of an element that replaces its namesake elsewhere on the page. how is an htmx
// swap style; "" means outerHTML. It returns none when the response is not a fragment for htmx (no nonce).
func OutOfBand(ctx context.Context, how string) templ.Attributes {
	nonce := Nonce(ctx)
	if nonce == "" {
		return nil
	}

	if how == "" {
		how = "true"
	}

	return templ.Attributes{"hx-swap-oob": how, "hx-nonce": nonce}
}

func boolWord(on bool) string {
	if on {
		return "true"
	}

	return ""
}
