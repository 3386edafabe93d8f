package static

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"time"
)

// Prefix is the path all files are served below.
const Prefix = "/static/"

// ErrNotBuilt says that the folder of built files lacks one that pages refer to.
var ErrNotBuilt = errors.New("static/dist is not built: run make build")

// needed are the files that pages refer to.
var needed = []string{"app.css", "app.js", "icon.svg", "plex-sans-400.woff2", "plex-sans-600.woff2"}

// Files is a set of files under names that carry a hash of their content. It is an http.Handler.
type Files struct {
	urls   map[string]string // by plain name
	hashed map[string]file   // by served name
}

type file struct {
	content []byte
	zipped  []byte // nil when it would not be smaller
	kind    string
}

// Load reads every file of the top level of fsys. Style sheets are read last: their url(name) references to the
// other files are rewritten to the served names, so a new font gives a new style sheet too.
func Load(fsys fs.FS) (*Files, error) {
	names, err := fs.Glob(fsys, "*.*")
	if err != nil {
		return nil, fmt.Errorf("listing built files: %w", err)
	}

	f := &Files{urls: map[string]string{}, hashed: map[string]file{}}

	for _, sheets := range []bool{false, true} {
		for _, name := range names {
			if strings.HasPrefix(name, ".") || (path.Ext(name) == ".css") != sheets {
				continue
			}

			content, err := fs.ReadFile(fsys, name)
			if err != nil {
				return nil, fmt.Errorf("reading built file %s: %w", name, err)
			}

			if sheets {
				content = f.rewrite(content)
			}

			f.add(name, content)
		}
	}

	return f, nil
}

// URL returns the address of the file called name, and panics when there is none among built files.
func (f *Files) URL(name string) string {
	if len(f.urls) == 0 {
		return Prefix + name
	}

	url, built := f.urls[name]
	if !built {
		panic(fmt.Sprintf("%v (%s is missing)", ErrNotBuilt, name))
	}

	return url
}

// ServeHTTP serves a file by its hashed name, for ever; everything else is not found, and nothing is listed.
func (f *Files) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	found, ok := f.hashed[strings.TrimPrefix(r.URL.Path, Prefix)]
	if !ok || !strings.HasPrefix(r.URL.Path, Prefix) {
		http.NotFound(w, r)
		return
	}

	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)

		return
	}

	header := w.Header()
	header.Set("Content-Type", found.kind)
	header.Set("Cache-Control", "public, max-age=31536000, immutable")
	header.Set("X-Content-Type-Options", "nosniff")

	content := found.content
	if found.zipped != nil {
		header.Set("Vary", "Accept-Encoding")

		if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			header.Set("Content-Encoding", "gzip")

			content = found.zipped
		}
	}

	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
}

func (f *Files) check() error {
	for _, name := range needed {
		if _, built := f.urls[name]; !built {
			return fmt.Errorf("%w (%s is missing)", ErrNotBuilt, name)
		}
	}

	return nil
}

func (f *Files) add(name string, content []byte) {
	sum := sha256.Sum256(content)
	ext := path.Ext(name)
	served := strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:8]) + ext

	f.urls[name] = Prefix + served
	f.hashed[served] = file{content: content, zipped: zip(content), kind: kindOf(ext)}
}

// zip compresses once what is sent many times. It gives nil for what is compressed already, such as fonts.
func zip(content []byte) []byte {
	var b bytes.Buffer

	w := gzip.NewWriter(&b)
	_, _ = w.Write(content) // a bytes.Buffer takes everything
	_ = w.Close()

	if b.Len() >= len(content)*9/10 {
		return nil
	}

	return b.Bytes()
}

func (f *Files) rewrite(sheet []byte) []byte {
	for name, url := range f.urls {
		for _, quote := range []string{"", `"`, "'"} {
			from := "url(" + quote + name + quote + ")"
			to := "url(" + quote + strings.TrimPrefix(url, Prefix) + quote + ")"
			sheet = bytes.ReplaceAll(sheet, []byte(from), []byte(to))
		}
	}

	return sheet
}

// kindOf does not ask the machine's own table first: a server without /etc/mime.types must answer the same.
func kindOf(ext string) string {
	switch ext {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".woff2":
		return "font/woff2"
	case ".txt":
		return "text/plain; charset=utf-8"
	}

	if kind := mime.TypeByExtension(ext); kind != "" {
		return kind
	}

	return "application/octet-stream"
}
