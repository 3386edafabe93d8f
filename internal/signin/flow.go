package signin

import (
	"errors"
	"log/slog"

	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/config"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/secret"
	"github.com/rollcall/rollcall/internal/session"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// Deps is what a Flow works with. All but Arrivals, Newcomers, FirstAdmin, Contact and Log are required.
type Deps struct {
	Store     *store.Store
	Directory *directory.Engine
	Access    *access.Engine
	Sessions  *session.Manager
	Keyring   *secret.Keyring
	Providers *Providers
	Tenant    int64

	Arrivals   Arrivals          // hears of everybody who was let in; nil: nobody does
	Newcomers  Newcomers         // hears of newcomers with a known address; nil: nobody does
	Prover     Prover            // takes proofs of other identities; needed for StartProof
	FirstAdmin config.FirstAdmin // who becomes admin while nobody is
	Contact    string            // who runs this installation
	Log        *slog.Logger      // nil: slog.Default
}

// Flow is the way in and out of one tenant. It is safe for use by many goroutines.
type Flow struct {
	store     *store.Store
	people    *directory.Engine
	access    *access.Engine
	sessions  *session.Manager
	keyring   *secret.Keyring
	providers *Providers
	tenant    int64
	arrivals  Arrivals
	newcomers Newcomers
	prover    Prover
	first     config.FirstAdmin
	contact   string
	log       *slog.Logger
	starts    *limiter
	finishes  *limiter
	wrong     *limiters // refused sign-out messages
	wake      chan struct{}
}

// New makes a flow.
func New(d Deps) (*Flow, error) {
	if d.Store == nil || d.Directory == nil || d.Access == nil || d.Sessions == nil || d.Keyring == nil || d.Providers == nil || d.Tenant == 0 {
		return nil, errors.New("signin: store, directory, access, sessions, keyring, providers and tenant are required")
	}
	if d.Log == nil {
		d.Log = slog.Default()
	}
	return &Flow{
		store: d.Store, people: d.Directory, access: d.Access, sessions: d.Sessions, keyring: d.Keyring,
		providers: d.Providers, tenant: d.Tenant, arrivals: d.Arrivals, newcomers: d.Newcomers, prover: d.Prover, first: d.FirstAdmin, contact: d.Contact, log: d.Log,
		starts: newLimiter(), finishes: newLimiter(), wrong: newLimiters(wrongPerSecond, wrongBurst), wake: make(chan struct{}, 1),
	}, nil
}

// Facts are what is known about the request.
type Facts struct {
	IP        string
	UserAgent string
	RequestID string
}

// stranger is the actor of a request of which nobody knows yet whose it is.
func (f *Flow) stranger(facts Facts) models.Actor {
	return models.Actor{
		Tenant: f.tenant, Kind: models.ActorAnonymous, Name: "Somebody not signed in",
		Via: models.ViaWeb, IP: facts.IP, RequestID: facts.RequestID,
	}
}

// person is the actor once it is known.
func (f *Flow) person(u models.User, facts Facts) models.Actor {
	return models.Actor{
		Tenant: f.tenant, Kind: models.ActorUser, UserID: u.ID, Name: u.DisplayName,
		Via: models.ViaWeb, IP: facts.IP, RequestID: facts.RequestID,
	}
}

// rule is the actor of what a provider's settings do.
func (f *Flow) rule(p *provider, facts Facts) models.Actor {
	return models.Actor{
		Tenant: f.tenant, Kind: models.ActorSystem, Name: "Sign-in at " + p.Name(),
		Via: models.ViaWeb, IP: facts.IP, RequestID: facts.RequestID,
	}
}

func errNoProvider() error {
	return errs.New(errs.NotFound, "There is no such provider here.")
}
