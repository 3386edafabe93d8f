package hooks

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"runtime/debug"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/hook"
	wire "github.com/rollcall/rollcall/internal/wire/hook"
)

// Pattern is the address of the door in gin's words; everything below /hooks/ is
// answered here, so that no machine ever gets a page.
const Pattern = "/hooks/*connector"

// Taker takes messages; *hook.Engine does.
type Taker interface {
	Accept(ctx context.Context, tenant int64, m hook.Message) (hook.Receipt, error)
}

// Deps is what the door needs.
type Deps struct {
	Taker     Taker
	Tenant    int64
	Secure    bool // served by https
	Log       *slog.Logger
	Reference func(context.Context) string  // of a request, as it stands in the log
	Note      func(context.Context, string) // leaves the pattern for the access log
}

// Door answers what is posted.
type Door struct{ Deps }

// New makes the door.
func New(d Deps) *Door { return &Door{d} }

// refusal is an answer that says no.
type refusal struct {
	status  int
	code    string
	message string
	again   string // seconds to wait
}

// Handle answers one request.
func (d *Door) Handle(c *gin.Context) {
	ctx := c.Request.Context()
	d.Note(ctx, Pattern)
	d.headers(c)
	defer func() {
		if v := recover(); v != nil {
			if v == http.ErrAbortHandler {
				panic(v)
			}
			d.Log.Error("panic", "route", Pattern, "panic", v, "stack", string(debug.Stack()))
			d.refuse(c, broken)
		}
	}()
	body, no := d.read(c)
	if no != nil {
		d.refuse(c, *no)
		return
	}
	receipt, err := d.Taker.Accept(ctx, d.Tenant, hook.Message{
		Connector: strings.TrimPrefix(c.Param("connector"), "/"), From: c.ClientIP(), Body: body,
		Signed: wire.Signed{ID: c.GetHeader(wire.HeaderID), Timestamp: c.GetHeader(wire.HeaderTimestamp), Signature: c.GetHeader(wire.HeaderSignature)},
	})
	if err != nil {
		d.refuse(c, d.refusalOf(ctx, err))
		return
	}
	d.answer(c, http.StatusAccepted, map[string]any{"events": receipt.Events, "new": receipt.New, "repeated": receipt.Repeated})
}

// read takes the body of a request that has the right form.
func (d *Door) read(c *gin.Context) ([]byte, *refusal) {
	if c.Request.Method != http.MethodPost {
		c.Header("Allow", http.MethodPost)
		return nil, &refusal{status: http.StatusMethodNotAllowed, code: "method", message: "This address takes POST only."}
	}
	kind, params, err := mime.ParseMediaType(c.GetHeader("Content-Type"))
	if charset := params["charset"]; err != nil || kind != "application/json" || charset != "" && !strings.EqualFold(charset, "utf-8") {
		return nil, &refusal{status: http.StatusUnsupportedMediaType, code: "media_type", message: "The body must be application/json in UTF-8. Nothing was stored."}
	}
	if encoding := c.GetHeader("Content-Encoding"); encoding != "" && encoding != "identity" {
		return nil, &refusal{status: http.StatusUnsupportedMediaType, code: "encoding", message: "The body must not be compressed. Nothing was stored."}
	}
	body, err := io.ReadAll(http.MaxBytesReader(c.Writer, c.Request.Body, wire.MaxBody))
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return nil, &refusal{status: http.StatusRequestEntityTooLarge, code: "too_large", message: "The body is larger than 256 KiB. Nothing was stored. Send the events in several messages."}
	}
	if err != nil {
		return nil, &refusal{status: http.StatusBadRequest, code: "body", message: "The body broke off. Nothing was stored. Send the message again."}
	}
	return body, nil
}

var broken = refusal{status: http.StatusInternalServerError, code: "internal", message: "The fault is Rollcall's, not yours. Send the message again later.", again: "60"}

// refusalOf says what an error is to the sender.
func (d *Door) refusalOf(ctx context.Context, err error) refusal {
	e, known := errs.As(err)
	if !known {
		e = errs.New(errs.Internal, "")
	}
	no := refusal{code: e.Kind.String(), message: e.Safe}
	switch e.Kind {
	case errs.Unauthorized:
		no.status = http.StatusUnauthorized
	case errs.Invalid:
		no.status = http.StatusBadRequest
	case errs.TooMany:
		no.status, no.again = http.StatusTooManyRequests, "10"
	case errs.Unavailable:
		no.status, no.again = http.StatusServiceUnavailable, "10"
	case errs.Conflict:
		no.status, no.again = http.StatusServiceUnavailable, "1"
	case errs.Internal, errs.Forbidden, errs.NotFound:
		no = broken
	}
	if no.status >= http.StatusInternalServerError && ctx.Err() == nil {
		d.Log.Error("a posted message was not taken", "reference", d.Reference(ctx), "kind", e.Kind.String(), "error", err.Error())
	}
	return no
}

func (d *Door) refuse(c *gin.Context, no refusal) {
	if no.again != "" {
		c.Header("Retry-After", no.again)
	}
	d.answer(c, no.status, map[string]any{"error": no.code, "message": no.message, "reference": d.Reference(c.Request.Context())})
}

func (d *Door) headers(c *gin.Context) {
	h := c.Writer.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("X-Request-ID", d.Reference(c.Request.Context()))
	if d.Secure {
		h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
	}
}

func (d *Door) answer(c *gin.Context, status int, fields map[string]any) {
	b, err := json.Marshal(fields)
	if err != nil { // texts, numbers and truths can always be written
		b, status = []byte(`{"error":"internal"}`), http.StatusInternalServerError
	}
	c.Data(status, "application/json", append(b, '\n'))
}
