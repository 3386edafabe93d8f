package web

import (
	"compress/gzip"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
)

// Pages below this size are sent as they are.
const compressFrom = 1 << 10

// maxPadding is the most bytes of noise in a compressed page. Its length must not
// tell how well a guess compresses beside what is on the page (the BREACH
// attack), so each answer is longer by a random amount.
const maxPadding = 100

var compressors = sync.Pool{New: func() any {
	w, err := gzip.NewWriterLevel(nil, gzip.BestSpeed)
	if err != nil { // the level is one of the package's own
		panic(err)
	}
	return w
}}

// html sends a page, compressed when the browser takes it.
func (c *Call) html(code int, page []byte) error {
	c.Writer.Header().Add("Vary", "Accept-Encoding")
	if len(page) < compressFrom || !strings.Contains(c.GetHeader("Accept-Encoding"), "gzip") {
		c.Data(code, "text/html; charset=utf-8", page)
		return nil
	}
	c.Header("Content-Encoding", "gzip")
	c.Header("Content-Type", "text/html; charset=utf-8")
	c.Status(code)
	w, _ := compressors.Get().(*gzip.Writer)
	defer compressors.Put(w)
	w.Reset(c.Writer)
	w.Comment = strings.Repeat("-", rand.IntN(maxPadding)) //nolint:gosec // padding against guessing by length needs no secret
	if _, err := w.Write(page); err != nil {
		return fmt.Errorf("send page: %w", err)
	}
	if err := w.Close(); err != nil {
		return fmt.Errorf("send page: %w", err)
	}
	return nil
}
