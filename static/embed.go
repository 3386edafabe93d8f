package static

import (
	"embed"
	"io/fs"
	"net/http"
	"sync"
)

//go:embed all:dist
var embedded embed.FS

// dist is read once, when the first page or file is asked for.
var dist = sync.OnceValue(func() *Files {
	built, err := fs.Sub(embedded, "dist")
	if err != nil {
		panic("static: " + err.Error())
	}

	files, err := Load(built)
	if err != nil {
		panic("static: " + err.Error())
	}

	return files
})

// URL returns the address of a built file: "app.css" gives "/static/app.3f2a9c41d7e80b65.css". It panics on a name
// that was not built. While nothing at all is built it answers the plain name, so that views can be tested without
// npm; Check keeps a server from starting like that.
func URL(name string) string {
	return dist().URL(name)
}

// Handler serves the built files below Prefix.
func Handler() http.Handler {
	return dist()
}

// Check returns an error that says what to do when the files were not built. Call it before serving.
func Check() error {
	return dist().check()
}
