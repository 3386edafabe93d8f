package demo

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// component is what views draw; named here so that this package need not know
// how they are made.
type component interface {
	Render(ctx context.Context, w io.Writer) error
}

// policy allows the pages their style sheet, fonts and forms, and nothing else:
// they have no script.
var policy = strings.Join([]string{
	"default-src 'none'", "style-src 'self'", "img-src 'self'", "font-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
}, "; ")

// draw writes a whole page, or nothing when it cannot be drawn.
func (p *Provider) draw(w http.ResponseWriter, r *http.Request, code int, page component) error {
	var body bytes.Buffer
	if err := page.Render(r.Context(), &body); err != nil {
		return fmt.Errorf("draw a page of the demo provider: %w", err)
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(code)
	if _, err := body.WriteTo(w); err != nil {
		p.log.Info("demo provider's page not delivered", "error", err) // the browser went away
	}
	return nil
}

// now is the time of the machine: the library underneath knows no other.
func now() time.Time { return time.Now() }
