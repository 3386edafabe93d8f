package web

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"net/http"
	"strings"
	"time"
)

// newNonce gives the value that ties a page's scripts and htmx attributes to its
// Content-Security-Policy.
func newNonce() string {
	b := make([]byte, 18)
	_, _ = rand.Read(b) // never fails: crypto/rand ends the process instead
	return base64.StdEncoding.EncodeToString(b)
}

// headers sets what every answer carries (WEB-07, WEB-08). Pages behind a
// session add Cache-Control: no-store when the door opens.
func (k *Kit) headers(c *Call) {
	h := c.Writer.Header()
	forms := "form-action 'self'"
	if k.FormActions != nil {
		forms = strings.TrimSpace(forms + " " + k.FormActions())
	}
	h.Set("Content-Security-Policy", strings.Join([]string{
		"default-src 'none'", "script-src 'nonce-" + c.nonce + "'", "style-src 'self'", "img-src 'self'", "font-src 'self'",
		"connect-src 'self'", forms, "base-uri 'none'", "frame-ancestors 'none'",
		"require-trusted-types-for 'script'", "trusted-types htmx",
	}, "; "))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()")
	h.Set("Cache-Control", "no-store")
	h.Add("Vary", "HX-Request")
	h.Set("X-Request-ID", c.requestID)
	if k.Secure {
		h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
	}
}

type requestKey struct{}

// crockford leaves out the letters that are misread on the phone.
const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// RequestIDs gives every request a short reference such as 7F3K-2Q9D that stands
// on error pages, in the log and in the audit log.
func RequestIDs(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b := make([]byte, 12)
		_, _ = rand.Read(b) // never fails
		for i := range b {
			b[i] = crockford[b[i]%32]
		}
		id := string(b[:4]) + "-" + string(b[4:8]) + "-" + string(b[8:])
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), requestKey{}, id)))
	})
}

func requestID(ctx context.Context) string {
	id, _ := ctx.Value(requestKey{}).(string)
	return id
}

// Access writes one line per request into the log: method, the route's pattern
// (never the path or query, which may name a person), status and time.
func (k *Kit) Access(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		rec := &statusRecorder{ResponseWriter: w, status: http.StatusOK}
		ctx := context.WithValue(r.Context(), patternKey{}, &rec.pattern)
		next.ServeHTTP(rec, r.WithContext(ctx))
		k.Log.Info("request", "request_id", requestID(r.Context()), "method", r.Method, "route", rec.pattern,
			"status", rec.status, "bytes", rec.bytes, "ms", float64(time.Since(start).Microseconds())/1000)
	})
}

type patternKey struct{}

// note leaves the route's pattern for the access line.
func (c *Call) note() {
	if p, ok := c.Ctx().Value(patternKey{}).(*string); ok {
		*p = c.route.Path
	}
}

type statusRecorder struct {
	http.ResponseWriter
	status  int
	bytes   int
	pattern string
}

// WriteHeader notes the status.
func (s *statusRecorder) WriteHeader(code int) {
	s.status = code
	s.ResponseWriter.WriteHeader(code)
}

// Write counts the bytes.
func (s *statusRecorder) Write(b []byte) (int, error) {
	n, err := s.ResponseWriter.Write(b)
	s.bytes += n
	return n, err
}

// Unwrap gives http.ResponseController the writer below.
func (s *statusRecorder) Unwrap() http.ResponseWriter { return s.ResponseWriter }
