package web

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"
)

func send(t *testing.T, accepts, page string) *httptest.ResponseRecorder {
	t.Helper()
	rec := httptest.NewRecorder()
	gc, _ := gin.CreateTestContext(rec)
	gc.Request = httptest.NewRequest(http.MethodGet, "/", nil)
	gc.Request.Header.Set("Accept-Encoding", accepts)
	if err := (&Call{Context: gc}).html(http.StatusConflict, []byte(page)); err != nil {
		t.Fatal(err)
	}
	return rec
}

func TestPagesAreCompressedForBrowsersThatTakeIt(t *testing.T) {
	t.Parallel()
	page := strings.Repeat("<p>Amara Okafor</p>", 500)
	lengths := map[int]bool{}
	for range 20 {
		rec := send(t, "br, gzip", page)
		lengths[rec.Body.Len()] = true
		if rec.Code != http.StatusConflict || rec.Header().Get("Content-Encoding") != "gzip" {
			t.Fatalf("status %d, encoding %q", rec.Code, rec.Header().Get("Content-Encoding"))
		}
		r, err := gzip.NewReader(rec.Body)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(r)
		if err != nil || string(got) != page {
			t.Fatalf("read back %d bytes, %v; want the page", len(got), err)
		}
	}
	if len(lengths) < 2 {
		t.Error("every answer has the same length: a guess beside a name could be measured")
	}
}

func TestPagesAreSentPlainOtherwise(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("<p>Amara Okafor</p>", 500)
	for name, rec := range map[string]*httptest.ResponseRecorder{"not asked": send(t, "", long), "short": send(t, "gzip", "<p>ok</p>")} {
		if rec.Header().Get("Content-Encoding") != "" || !strings.HasPrefix(rec.Body.String(), "<p>") {
			t.Errorf("%s: encoding %q", name, rec.Header().Get("Content-Encoding"))
		}
		if rec.Header().Get("Vary") != "Accept-Encoding" {
			t.Errorf("%s: Vary is %q", name, rec.Header().Get("Vary"))
		}
	}
}
