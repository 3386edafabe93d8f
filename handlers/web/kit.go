package web

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/rollcall/rollcall/internal/draft"
	"github.com/rollcall/rollcall/models"
	"github.com/rollcall/rollcall/views/layout"
)

// Caller is the signed-in person behind a request. The zero Caller is nobody.
type Caller struct {
	Actor        models.Actor
	UserID       int64
	PublicID     string // of the user
	SessionID    string // public handle of the session
	ProviderName string // the provider they signed in with: "Keycloak"

	ElevatedUntil time.Time // sensitive acts are open until then; zero: they are not
	ProvedAt      time.Time // when they last proved themselves at the provider; zero: it did not say
	Methods       string    // how, in the provider's words
}

// SignedIn reports whether there is a person.
func (c Caller) SignedIn() bool { return c.UserID > 0 }

// Doorkeeper knows who is calling and what waits for them. Package app builds it.
type Doorkeeper interface {
	// Caller gives the person behind the request's session, the zero Caller when
	// there is none, and an error only when it could not be found out. An
	// unattended request does not keep the session alive.
	Caller(r *http.Request, unattended bool) (Caller, error)
	// Refused writes down that a caller was turned away for want of a permission.
	Refused(ctx context.Context, caller Caller, method, path string, lacks []string)
	// Waiting gives the counts of the sidebar, by the names of Nav.Waits and Nav.Needs.
	Waiting(ctx context.Context, caller Caller) map[string]int
	// Notices gives banners every page must show, such as a provider that does not answer.
	Notices(ctx context.Context, caller Caller) []Notice
}

// Notice is a banner of the whole installation.
type Notice struct {
	Bad  bool
	Text string
}

// Options are what the kit needs to know about the installation.
type Options struct {
	Log         *slog.Logger
	Doorkeeper  Doorkeeper
	Tenant      layout.Tenant
	Version     string
	Contact     string        // who runs this installation
	Demo        string        // sentence of the demo banner, "" outside of the demo
	Secure      bool          // served by https: cookies and HSTS say so
	FormActions func() string // further origins a form may lead to: the providers (nil: none)
	Now         func() time.Time

	StepUp bool          // sensitive acts need a fresh sign-in
	Drafts *draft.Keeper // nil: nothing that was typed is kept
	// Lapsed gives who held the request's session when it ran out by itself, so that
	// what they typed waits for them. They are not signed in. Set with Drafts.
	Lapsed func(r *http.Request) (caller Caller, found bool)
}

// Kit is what all pages share.
type Kit struct {
	Options

	routes []Route
	forms  map[string]Route            // what a form sends to, by the pattern of its page
	origin *http.CrossOriginProtection // WEB-05: no form from elsewhere changes anything
}

// New makes the kit.
func New(o Options) *Kit {
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Kit{Options: o, origin: http.NewCrossOriginProtection()}
}

// Routes gives the table the kit was mounted with.
func (k *Kit) Routes() []Route { return k.routes }
