package outbound

import (
	"crypto/tls"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/rollcall/rollcall/internal/errs"
)

// Answer is a whole answer: its body was read inside the limits.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
	TLS    *tls.ConnectionState // nil over plain http
	host   string
}

// Do sends one request and reads the answer whole. Any status but a redirect
// is an answer; what it means is the caller's to say. The error is an
// *errs.Error of kind Unavailable.
func (c *Client) Do(r *http.Request) (*Answer, error) {
	host := r.URL.Host
	response, err := c.client.Do(r)
	if err != nil {
		return nil, classify(err, host)
	}
	defer closeBody(response.Body)
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, classify(err, host)
	}
	return &Answer{Status: response.StatusCode, Header: response.Header, Body: body, TLS: response.TLS, host: host}, nil
}

// Check says in advance whether the client would try this address; names are
// judged when they are dialled.
func (c *Client) Check(address string) error {
	u, err := url.Parse(address)
	if err != nil {
		return errs.Wrap(err, errs.Invalid, "%q is not an address.", address)
	}
	g := guard{options: c.options}
	err = g.check(u)
	if err != nil {
		return classify(err, u.Host)
	}
	return nil
}

// Type gives the media type of the answer, in lower case and bare of parameters.
func (a *Answer) Type() string {
	kind, _, err := mime.ParseMediaType(a.Header.Get("Content-Type"))
	if err != nil {
		return ""
	}
	return strings.ToLower(kind)
}

// Expect refuses an answer whose media type is none of those listed.
func (a *Answer) Expect(types ...string) error {
	got := a.Type()
	if slices.Contains(types, got) {
		return nil
	}
	return classify(fmt.Errorf("%w: %q", ErrType, got), a.host)
}

// JSON refuses an answer that does not say it is JSON.
func (a *Answer) JSON() error {
	if strings.HasPrefix(a.Type(), "application/") && strings.HasSuffix(a.Type(), "+json") {
		return nil
	}
	return a.Expect("application/json")
}
