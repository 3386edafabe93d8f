package uitest

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/a-h/templ"
	"github.com/google/go-cmp/cmp"

	"github.com/rollcall/rollcall/views/ui"
)

var update = flag.Bool("update", false, "write the golden files of views anew")

// Nonce is stamped on everything Draw renders.
const Nonce = "NONCE"

var (
	contentHash = regexp.MustCompile(`\.[0-9a-f]{16}\.`)
	betweenTags = regexp.MustCompile(`>\s*<`)
)

// Draw renders a component as a browser would get it, with a nonce, and fails the test when it cannot be drawn.
func Draw(t testing.TB, c templ.Component) string {
	t.Helper()

	var b strings.Builder

	err := c.Render(ui.WithNonce(context.Background(), Nonce), &b)
	if err != nil {
		t.Fatalf("drawing: %v", err)
	}

	return b.String()
}

// Golden compares a component with testdata/<name>.html, one element a line and without the hashes of file names.
func Golden(t *testing.T, name string, c templ.Component) {
	t.Helper()

	got := Normalise(Draw(t, c))
	file := filepath.Join("testdata", name+".html")

	if *update {
		err := os.MkdirAll("testdata", 0o755)
		if err != nil {
			t.Fatal(err)
		}

		err = os.WriteFile(file, []byte(got), 0o644)
		if err != nil {
			t.Fatal(err)
		}

		return
	}

	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v; run go test -update and read the diff", err)
	}

	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs (-want +got); run go test -update when it should:\n%s", file, diff)
	}
}

// Normalise writes one element a line, so that a diff shows what changed.
func Normalise(html string) string {
	html = contentHash.ReplaceAllString(html, ".")

	return strings.TrimSpace(betweenTags.ReplaceAllString(html, ">\n<")) + "\n"
}
