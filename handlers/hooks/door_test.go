package hooks_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"
	"github.com/google/go-cmp/cmp"

	"github.com/rollcall/rollcall/handlers/hooks"
	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/hook"
	wire "github.com/rollcall/rollcall/internal/wire/hook"
	"github.com/rollcall/rollcall/views/layout"
)

// taker notes what it is handed and answers as it is told.
type taker struct {
	got     []hook.Message
	receipt hook.Receipt
	err     error
	panics  bool
}

func (k *taker) Accept(_ context.Context, _ int64, m hook.Message) (hook.Receipt, error) {
	if k.panics {
		panic("a fault")
	}
	k.got = append(k.got, m)
	return k.receipt, k.err
}

// nobody is who stands before a door that looks at no cookie.
type nobody struct{ web.Doorkeeper }

func door(k *taker) http.Handler {
	gin.SetMode(gin.ReleaseMode)
	kit := web.New(web.Options{Log: slog.New(slog.DiscardHandler), Doorkeeper: nobody{}, Tenant: layout.Tenant{Name: "Northwind Group"}, Secure: true})
	engine := gin.New()
	kit.Mount(engine, hooks.New(hooks.Deps{Taker: k, Tenant: 1}).Routes())
	return web.RequestIDs(engine)
}

func post(k *taker, change func(*http.Request)) *httptest.ResponseRecorder {
	req := httptest.NewRequest(http.MethodPost, "/hooks/0198c0de-0000-7000-8000-000000000001", strings.NewReader(`{"events":[]}`))
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	req.Header.Set(wire.HeaderID, "m1")
	req.Header.Set(wire.HeaderTimestamp, "1795344120")
	req.Header.Set(wire.HeaderSignature, "v1,abc")
	req.AddCookie(&http.Cookie{Name: "rollcall", Value: "a session"})
	req.RemoteAddr = "203.0.113.9:4711"
	if change != nil {
		change(req)
	}
	rec := httptest.NewRecorder()
	door(k).ServeHTTP(rec, req)
	return rec
}

func TestTaken(t *testing.T) {
	t.Parallel()
	k := &taker{receipt: hook.Receipt{Events: 3, New: 2}}
	rec := post(k, nil)
	if rec.Code != http.StatusAccepted || rec.Body.String() != `{"events":3,"new":2,"repeated":false}` {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	want := []hook.Message{{
		Connector: "0198c0de-0000-7000-8000-000000000001", From: "203.0.113.9", Body: []byte(`{"events":[]}`),
		Signed: wire.Signed{ID: "m1", Timestamp: "1795344120", Signature: "v1,abc"},
	}}
	if diff := cmp.Diff(want, k.got); diff != "" {
		t.Errorf("handed on (-want +got):\n%s", diff)
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	cause := errors.New("SELECT secret FROM connectors")
	for name, c := range map[string]struct {
		err    error
		change func(*http.Request)
		status int
		code   string
		again  string
	}{
		"not proved":       {err: errs.New(errs.Unauthorized, "No."), status: 401, code: "unauthorized"},
		"not readable":     {err: errs.New(errs.Invalid, "No."), status: 400, code: "invalid"},
		"too many":         {err: errs.New(errs.TooMany, "No."), status: 429, code: "too_many", again: "10"},
		"database away":    {err: errs.Wrap(cause, errs.Unavailable, "No."), status: 503, code: "unavailable", again: "10"},
		"conflict":         {err: errs.Wrap(cause, errs.Conflict, "No."), status: 503, code: "unavailable", again: "10"},
		"a fault of ours":  {err: cause, status: 500, code: "internal", again: "60"},
		"form":             {change: header("Content-Type", "application/x-www-form-urlencoded"), status: 415, code: "media_type"},
		"no type":          {change: header("Content-Type", ""), status: 415, code: "media_type"},
		"other characters": {change: header("Content-Type", "application/json; charset=utf-16"), status: 415, code: "media_type"},
		"compressed":       {change: header("Content-Encoding", "gzip"), status: 415, code: "encoding"},
		"too large": {change: func(r *http.Request) {
			r.Body = io.NopCloser(strings.NewReader(strings.Repeat(" ", wire.MaxBody+1)))
		}, status: 413, code: "too_large"},
		"broken off":               {change: func(r *http.Request) { r.Body = io.NopCloser(io.MultiReader(strings.NewReader("{"), brokenReader{})) }, status: 400, code: "body"},
		"from a browser elsewhere": {change: header("Sec-Fetch-Site", "cross-site"), status: 403, code: "forbidden"},
		"a GET":                    {change: func(r *http.Request) { r.Method = http.MethodGet }, status: 405, code: "method"},
		"a PUT":                    {change: func(r *http.Request) { r.Method = http.MethodPut }, status: 405, code: "method"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := &taker{err: c.err}
			rec := post(k, c.change)
			var got struct{ Error, Message, Reference string }
			if err := json.Unmarshal(rec.Body.Bytes(), &got); err != nil {
				t.Fatalf("%d is no JSON: %q", rec.Code, rec.Body)
			}
			if rec.Code != c.status || got.Error != c.code || got.Message == "" || got.Reference != rec.Header().Get("X-Request-ID") || got.Reference == "" || rec.Header().Get("Retry-After") != c.again {
				t.Errorf("%d %+v, again %q", rec.Code, got, rec.Header().Get("Retry-After"))
			}
			if strings.Contains(rec.Body.String(), "SELECT") {
				t.Errorf("shows the cause: %s", rec.Body)
			}
			if c.err == nil && len(k.got) != 0 {
				t.Error("handed on what has the wrong form")
			}
		})
	}
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func header(name, value string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set(name, value) }
}

func TestPanicBecomesAnAnswer(t *testing.T) {
	t.Parallel()
	if rec := post(&taker{panics: true}, nil); rec.Code != http.StatusInternalServerError || !strings.Contains(rec.Body.String(), `"error":"internal"`) {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
}

// No page, no cookie, nothing a cache or a browser could keep.
func TestHeaders(t *testing.T) {
	t.Parallel()
	for _, method := range []string{http.MethodPost, http.MethodGet, http.MethodOptions} {
		h := post(&taker{}, func(r *http.Request) { r.Method = method }).Header()
		for name, want := range map[string]string{
			"Content-Type": "application/json; charset=utf-8", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin",
			"Strict-Transport-Security": "max-age=31536000; includeSubDomains",
			"Set-Cookie":                "", "Access-Control-Allow-Origin": "",
		} {
			if got := h.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", method, name, got, want)
			}
		}
	}
}
