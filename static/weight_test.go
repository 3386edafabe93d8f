package static

import (
	"errors"
	"io/fs"
	"os"
	"testing"
)

// What a first visit costs, in bytes after gzip; fonts are compressed already.
var budgets = map[string]struct {
	files []string
	most  int
}{
	"styles":      {[]string{"app.css"}, 15 << 10},
	"all scripts": {[]string{"app.js"}, 30 << 10},
	"fonts":       {[]string{"plex-sans-400.woff2", "plex-sans-600.woff2"}, 50 << 10},
}

func TestWeight(t *testing.T) {
	t.Parallel()

	if err := Check(); errors.Is(err, ErrNotBuilt) {
		t.Skip(err)
	}

	for name, b := range budgets {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			total := 0
			for _, file := range b.files {
				content, err := fs.ReadFile(embedded, "dist/"+file)
				if err != nil {
					t.Fatal(err)
				}

				if zipped := zip(content); zipped != nil {
					content = zipped
				}

				total += len(content)
			}

			if total > b.most {
				t.Errorf("%d bytes, at most %d", total, b.most)
			}

			t.Logf("%d of %d bytes", total, b.most)
		})
	}
}

// Of all scripts, this much may be ours.
func TestOwnScriptWeight(t *testing.T) {
	t.Parallel()

	content, err := os.ReadFile("js/app.js")
	if err != nil {
		t.Fatal(err)
	}

	if n := len(zip(content)); n > 6<<10 {
		t.Errorf("%d bytes, at most %d", n, 6<<10)
	}
}
