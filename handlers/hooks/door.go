package hooks

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/hook"
	wire "github.com/rollcall/rollcall/internal/wire/hook"
)

// Taker takes messages; *hook.Engine does.
type Taker interface {
	Accept(ctx context.Context, tenant int64, m hook.Message) (hook.Receipt, error)
}

// Deps is what the door needs.
type Deps struct {
	Taker  Taker
	Tenant int64
}

// Door answers what is posted.
type Door struct{ Deps }

// New makes the door.
func New(d Deps) *Door { return &Door{d} }

// Routes gives the one route. It looks at no cookie: a message carries its own proof.
func (d *Door) Routes() []web.Route {
	return []web.Route{{
		Method: http.MethodPost, Path: "/hooks/:connector", Door: web.Public, Anonymous: true,
		Summary: "Hear from a connected system what happened there", Handler: d.Take, Fault: fault,
	}}
}

// malformed is a message of the wrong form, with the status that says so.
type malformed struct {
	status int
	word   string
	say    string
}

// Error gives the sentence.
func (m *malformed) Error() string { return m.say }

// Take answers POST /hooks/:connector.
func (d *Door) Take(c *web.Call) error {
	body, err := read(c)
	if err != nil {
		return err
	}
	receipt, err := d.Taker.Accept(c.Ctx(), d.Tenant, hook.Message{
		Connector: c.Param("connector"), From: c.ClientIP(), Body: body,
		Signed: wire.Signed{ID: c.GetHeader(wire.HeaderID), Timestamp: c.GetHeader(wire.HeaderTimestamp), Signature: c.GetHeader(wire.HeaderSignature)},
	})
	if err != nil {
		return err
	}
	c.Answer(http.StatusAccepted, gin.H{"events": receipt.Events, "new": receipt.New, "repeated": receipt.Repeated})
	return nil
}

// read takes the body of a request that has the right form.
func read(c *web.Call) ([]byte, error) {
	kind, params, err := mime.ParseMediaType(c.GetHeader("Content-Type"))
	if charset := params["charset"]; err != nil || kind != "application/json" || charset != "" && !strings.EqualFold(charset, "utf-8") {
		return nil, &malformed{http.StatusUnsupportedMediaType, "media_type", "The body must be application/json in UTF-8. Nothing was stored."}
	}
	if encoding := c.GetHeader("Content-Encoding"); encoding != "" && encoding != "identity" {
		return nil, &malformed{http.StatusUnsupportedMediaType, "encoding", "The body must not be compressed. Nothing was stored."}
	}
	body, err := io.ReadAll(http.MaxBytesReader(c.Writer, c.Request.Body, wire.MaxBody))
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return nil, &malformed{http.StatusRequestEntityTooLarge, "too_large", "The body is larger than 256 KiB. Nothing was stored. Send the events in several messages."}
	}
	if err != nil {
		return nil, &malformed{http.StatusBadRequest, "body", "The body broke off. Nothing was stored. Send the message again."}
	}
	return body, nil
}

// fault answers what goes wrong: the status says what to do, the sentence why.
func fault(c *web.Call, status int, err error) {
	var form *malformed
	switch {
	case errors.As(err, &form):
		refuse(c, form.status, form.word, form.say)
	case status == http.StatusMethodNotAllowed:
		c.Header("Allow", http.MethodPost)
		refuse(c, status, "method", "This address takes POST only.")
	case status == http.StatusUnprocessableEntity:
		refuse(c, http.StatusBadRequest, "invalid", said(err))
	case status == http.StatusTooManyRequests:
		c.Header("Retry-After", "10")
		refuse(c, status, "too_many", said(err))
	case status == http.StatusServiceUnavailable, status == http.StatusConflict:
		c.Header("Retry-After", "10")
		refuse(c, http.StatusServiceUnavailable, "unavailable", said(err))
	case status >= http.StatusInternalServerError:
		c.Header("Retry-After", "60")
		refuse(c, status, "internal", "The fault is Rollcall's, not yours. Send the message again later.")
	default:
		refuse(c, status, errs.KindOf(err).String(), said(err))
	}
}

// said gives the sentence of an error that is safe to show.
func said(err error) string {
	if e, ok := errs.As(err); ok {
		return e.Safe
	}
	return "The message was not taken. Nothing was stored."
}

func refuse(c *web.Call, status int, word, sentence string) {
	c.Answer(status, gin.H{"error": word, "message": sentence, "reference": c.RequestID()})
}
