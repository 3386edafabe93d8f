package static

import (
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
)

func load(t *testing.T, files map[string]string) *Files {
	t.Helper()

	fsys := fstest.MapFS{}
	for name, content := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(content)}
	}

	f, err := Load(fsys)
	if err != nil {
		t.Fatal(err)
	}

	return f
}

func get(h http.Handler, method, url string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(method, url, nil))

	return w
}

var built = map[string]string{
	".keep": "", "app.css": `@font-face{src:url(font.woff2)}b{background:url("icon.svg")}i{background:url('other.svg')}`,
	"font.woff2": "font", "icon.svg": "<svg/>", "app.js": "1", "license.txt": "free",
}

func TestServed(t *testing.T) {
	t.Parallel()

	f := load(t, built)

	for name, kind := range map[string]string{
		"app.css": "text/css; charset=utf-8", "app.js": "text/javascript; charset=utf-8", "font.woff2": "font/woff2",
		"icon.svg": "image/svg+xml", "license.txt": "text/plain; charset=utf-8",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			w := get(f, http.MethodGet, f.URL(name))
			if w.Code != http.StatusOK {
				t.Fatalf("%s answered %d", f.URL(name), w.Code)
			}

			for header, want := range map[string]string{
				"Content-Type": kind, "Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff",
			} {
				if got := w.Header().Get(header); got != want {
					t.Errorf("%s is %q, want %q", header, got, want)
				}
			}
		})
	}
}

func TestCompressed(t *testing.T) {
	t.Parallel()

	long := strings.Repeat("b{color:red}", 100)
	f := load(t, map[string]string{"app.css": long, "font.woff2": "wOF2 cannot get smaller"})

	ask := func(name string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodGet, f.URL(name), nil)
		r.Header.Set("Accept-Encoding", "gzip, br")

		w := httptest.NewRecorder()
		f.ServeHTTP(w, r)

		return w
	}

	t.Run("text is", func(t *testing.T) {
		t.Parallel()

		w := ask("app.css")
		if w.Header().Get("Content-Encoding") != "gzip" || w.Header().Get("Vary") != "Accept-Encoding" {
			t.Fatalf("headers %v", w.Header())
		}

		unzipped, err := gzip.NewReader(w.Body)
		if err != nil {
			t.Fatal(err)
		}

		got, err := io.ReadAll(unzipped)
		if err != nil || string(got) != long {
			t.Errorf("got %q, %v", got, err)
		}
	})

	t.Run("what does not shrink is not", func(t *testing.T) {
		t.Parallel()

		if w := ask("font.woff2"); w.Header().Get("Content-Encoding") != "" || w.Body.String() != "wOF2 cannot get smaller" {
			t.Errorf("headers %v, body %q", w.Header(), w.Body)
		}
	})

	t.Run("a client that cannot is served plainly", func(t *testing.T) {
		t.Parallel()

		if w := get(f, http.MethodGet, f.URL("app.css")); w.Header().Get("Content-Encoding") != "" || w.Body.String() != long {
			t.Errorf("headers %v", w.Header())
		}
	})
}

func TestNotServed(t *testing.T) {
	t.Parallel()

	f := load(t, built)

	for name, c := range map[string]struct {
		method, url string
		want        int
	}{
		"name without its hash": {http.MethodGet, "/static/app.css", http.StatusNotFound},
		"listing":               {http.MethodGet, "/static/", http.StatusNotFound},
		"hidden file":           {http.MethodGet, "/static/.keep", http.StatusNotFound},
		"way out":               {http.MethodGet, "/static/../files.go", http.StatusNotFound},
		"name outside":          {http.MethodGet, strings.TrimPrefix(f.URL("app.js"), "/static"), http.StatusNotFound},
		"write":                 {http.MethodPost, f.URL("app.js"), http.StatusMethodNotAllowed},
		"head":                  {http.MethodHead, f.URL("app.js"), http.StatusOK},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			if w := get(f, c.method, c.url); w.Code != c.want {
				t.Errorf("answered %d, want %d", w.Code, c.want)
			}
		})
	}
}

func TestStyleSheetRefersToServedNames(t *testing.T) {
	t.Parallel()

	f := load(t, built)

	sheet := get(f, http.MethodGet, f.URL("app.css")).Body.String()
	for _, want := range []string{
		"url(" + strings.TrimPrefix(f.URL("font.woff2"), Prefix) + ")",
		`url("` + strings.TrimPrefix(f.URL("icon.svg"), Prefix) + `")`,
		"url('other.svg')",
	} {
		if !strings.Contains(sheet, want) {
			t.Errorf("the sheet lacks %s: %s", want, sheet)
		}
	}
}

func TestNamesFollowContent(t *testing.T) {
	t.Parallel()

	before := load(t, built)

	changed := map[string]string{}
	for name, content := range built {
		changed[name] = content
	}

	changed["font.woff2"] = "another font"
	after := load(t, changed)

	for name, moves := range map[string]bool{"font.woff2": true, "app.css": true, "app.js": false} {
		if (before.URL(name) != after.URL(name)) != moves {
			t.Errorf("%s: %s then %s", name, before.URL(name), after.URL(name))
		}
	}
}

func TestMissingFile(t *testing.T) {
	t.Parallel()

	f := load(t, built)

	t.Run("check names it", func(t *testing.T) {
		t.Parallel()

		err := f.check()
		if !errors.Is(err, ErrNotBuilt) || !strings.Contains(err.Error(), "plex-sans-400.woff2") {
			t.Errorf("got %v", err)
		}
	})

	t.Run("URL panics", func(t *testing.T) {
		t.Parallel()

		defer func() {
			if got := recover(); got == nil || !strings.Contains(got.(string), "static/dist is not built: run make build") {
				t.Errorf("recovered %v", got)
			}
		}()

		f.URL("nothing.js")
	})
}

func TestNothingBuilt(t *testing.T) {
	t.Parallel()

	f := load(t, map[string]string{".keep": ""})

	if err := f.check(); !errors.Is(err, ErrNotBuilt) {
		t.Errorf("check gave %v", err)
	}

	if got := f.URL("app.css"); got != "/static/app.css" {
		t.Errorf("URL gave %q", got)
	}
}
