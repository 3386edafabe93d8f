package web

import (
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/rollcall/rollcall/models"
)

// Door says who may stand before a route at all.
type Door uint8

// The doors. The zero value is the strictest, so that a forgotten field refuses.
const (
	Permitted Door = iota // signed in, and holding a bit of Allow
	SignedIn              // signed in
	Public                // everybody: sign-in, health, files
)

// Handler answers one route. An error is turned into a page by the kit.
type Handler func(*Call) error

// Fault answers an error at a door for machines, in their format. The status is
// the kit's word for the kind of error.
type Fault func(c *Call, status int, err error)

// Route is one line of the table from which everything else comes:
// registration, navigation, the permission matrix of the documentation, and the
// tests every route must pass.
type Route struct {
	Method     string
	Path       string // gin's pattern: /users/:id/edit
	Door       Door
	Allow      models.Permission // any of these bits opens a Permitted door
	Summary    string            // what it is for, in the documentation
	Nav        *Nav              // its place in the sidebar, if it has one
	Handler    Handler
	Anonymous  bool  // does not look who is calling: health checks, and what must work without a database
	MaxForm    int64 // how many bytes its form may have; 0: 1 MB
	Unattended bool  // asked by the page itself, not by a person: does not keep the session alive

	// StepUp marks a sensitive act: before the handler of a route that changes
	// something runs, the person must have proved themselves anew at their provider
	// (WEB-19). A handler that knows only from its input whether an act is sensitive
	// calls Call.Elevate instead.
	StepUp bool
	// StepUpWhen says in which cases the handler asks by Call.Elevate, in the
	// documentation: "the role is privileged".
	StepUpWhen string

	Fault Fault // answers what goes wrong at a door for machines; nil: a page for people
}

// Nav is a route's place in the sidebar.
type Nav struct {
	Section string // Work, My team, Directory, Evidence, Me
	Label   string
	Key     string // pressed after g
	Waits   string // name of the count of things waiting for this person, "" if none
	Needs   string // name of a count that must not be zero: no link to an empty team
}

// Opens reports whether the caller may use the route.
func (r Route) Opens(can models.Permission, signedIn bool) bool {
	switch r.Door {
	case Public:
		return true
	case SignedIn:
		return signedIn
	default:
		return signedIn && r.Allow != 0 && can.Any(r.Allow)
	}
}

// Lacks names the permissions of which one would open the route.
func (r Route) Lacks() []string {
	var keys []string
	for _, p := range models.Permissions {
		if r.Allow.Has(p.Permission) {
			keys = append(keys, p.Key)
		}
	}
	return keys
}

// Reads reports whether the route may not change anything.
func (r Route) Reads() bool { return r.Method == http.MethodGet || r.Method == http.MethodHead }

// Mount registers the routes. Every one goes through the same chain: identify,
// permit, handle, and the error adapter around all of it.
func (k *Kit) Mount(engine *gin.Engine, routes []Route) {
	k.routes, k.forms = routes, formsOf(routes)
	for i := range routes {
		r := routes[i]
		engine.Handle(r.Method, r.Path, func(c *gin.Context) { k.serve(c, r) })
		if r.Method == http.MethodGet {
			engine.Handle(http.MethodHead, r.Path, func(c *gin.Context) { k.serve(c, r) })
		}
	}
	engine.NoRoute(func(c *gin.Context) {
		k.serve(c, Route{Method: c.Request.Method, Door: Public, Path: "(none)", Handler: notFound})
	})
	engine.HandleMethodNotAllowed = true
	engine.NoMethod(func(c *gin.Context) {
		r := Route{Method: c.Request.Method, Door: Public, Path: "(none)", Anonymous: true, Handler: wrongMethod}
		r.Fault = k.faultAt(c.Request.URL.Path)
		k.serve(c, r)
	})
}

// faultAt gives the Fault of an address that only other methods know.
func (k *Kit) faultAt(path string) Fault {
	parts := strings.Split(path, "/")
	for _, r := range k.routes {
		pattern := strings.Split(r.Path, "/")
		fits := len(pattern) == len(parts)
		for i := 0; fits && i < len(parts); i++ {
			fits = pattern[i] == parts[i] || strings.HasPrefix(pattern[i], ":")
		}
		if fits && r.Fault != nil {
			return r.Fault
		}
	}
	return nil
}

// current reports whether a sidebar link is where the path is.
func current(href, path string) bool {
	return path == href || strings.HasPrefix(path, href+"/")
}
