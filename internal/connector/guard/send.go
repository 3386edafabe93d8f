package guard

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/outbound"
)

// Request is one thing to ask of a system.
type Request struct {
	Method string
	URL    string
	Step   string // what is tried, to follow "asked to": "read a page of people"
	Header http.Header
	Body   []byte

	// Refine lets the adapter say what only it knows about an answer that is a
	// failure. It may change everything but the system and the step.
	Refine func(f *connector.Failure, a *Answer)
}

// Answer is a whole answer.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
	TLS    *tls.ConnectionState // nil over plain http
	Took   time.Duration
}

// Do sends a request and gives its answer, if that is a success (2xx). Every
// error is a *connector.Failure.
func (c *Client) Do(ctx context.Context, r Request) (*Answer, error) {
	a, v, f := c.send(ctx, r)
	if f != nil {
		return nil, f
	}
	c.breaker.report(v, healthy)
	return a, nil
}

// JSON sends a request and reads its answer into a value. What is not exactly one
// JSON value of the right shape is a failure of the system.
func (c *Client) JSON(ctx context.Context, r Request, into any) (*Answer, error) {
	a, v, f := c.send(ctx, r)
	if f != nil {
		return nil, f
	}
	if f = c.decode(r.Step, a, into); f != nil {
		c.breaker.report(v, failing)
		return nil, f
	}
	c.breaker.report(v, healthy)
	return a, nil
}

// send does everything but to judge the health of a success.
func (c *Client) send(ctx context.Context, r Request) (*Answer, verdict, *connector.Failure) {
	v := c.breaker.allow()
	if v.open || v.away {
		return nil, v, c.notAsked(r.Step, v)
	}
	if f := c.turn(ctx, r.Step); f != nil {
		c.breaker.report(v, neutral)
		return nil, v, f
	}
	a, err := c.exchange(ctx, r)
	if err != nil {
		f := c.unanswered(ctx, r.Step, err)
		c.breaker.report(v, health(ctx, f))
		return nil, v, f
	}
	if a.Status >= 200 && a.Status < 300 {
		return a, v, nil
	}
	f := c.answered(r.Step, a)
	if f.RetryAfter > 0 {
		c.breaker.stayAway(f.RetryAfter)
	}
	c.breaker.report(v, health(ctx, f))
	if r.Refine != nil {
		r.Refine(f, a)
	}
	return nil, v, f
}

func (c *Client) exchange(ctx context.Context, r Request) (*Answer, error) {
	request, err := http.NewRequestWithContext(ctx, r.Method, r.URL, bytes.NewReader(r.Body))
	if err != nil {
		return nil, errors.Join(errRequest, err)
	}
	for name, values := range r.Header {
		request.Header[name] = values
	}
	began := time.Now()
	a, err := c.out.Do(request)
	if err != nil {
		return nil, err
	}
	return &Answer{Status: a.Status, Header: a.Header, Body: a.Body, TLS: a.TLS, Took: time.Since(began)}, nil
}

var errRequest = errors.New("guard: the request could not be made")

// health says what a failure tells about the system: only what it cannot help
// but do to everybody counts against it.
func health(ctx context.Context, f *connector.Failure) effect {
	if ctx.Err() != nil {
		return neutral
	}
	//exhaustive:enforce
	switch f.Kind {
	case connector.FailUnreachable, connector.FailBroken, connector.FailAnswer:
		return failing
	case connector.FailRefused, connector.FailForbidden, connector.FailNotFound, connector.FailConflict, connector.FailInvalid:
		return healthy // it is there, and answers
	case connector.FailAddress, connector.FailBusy, connector.FailOpen, connector.FailUnsupported, connector.FailSettings:
	}
	return neutral
}

// decode reads exactly one JSON value.
func (c *Client) decode(step string, a *Answer, into any) *connector.Failure {
	if err := (&outbound.Answer{Header: a.Header}).JSON(); err != nil {
		return c.garbage(step, a, "something that is not JSON", err)
	}
	d := json.NewDecoder(bytes.NewReader(a.Body))
	err := d.Decode(into)
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return c.garbage(step, a, "half an answer", err)
	case err != nil:
		return c.garbage(step, a, "something that cannot be read", err)
	case d.More():
		return c.garbage(step, a, "more than one answer", nil)
	}
	return nil
}
