package app

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/audit"
	"github.com/rollcall/rollcall/internal/config"
	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/draft"
	"github.com/rollcall/rollcall/internal/hook"
	"github.com/rollcall/rollcall/internal/insight"
	"github.com/rollcall/rollcall/internal/jobs"
	"github.com/rollcall/rollcall/internal/link"
	"github.com/rollcall/rollcall/internal/offboard"
	"github.com/rollcall/rollcall/internal/offboard/certify"
	"github.com/rollcall/rollcall/internal/offboard/operation"
	"github.com/rollcall/rollcall/internal/secret"
	"github.com/rollcall/rollcall/internal/session"
	"github.com/rollcall/rollcall/internal/signin"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/internal/sync"
	"github.com/rollcall/rollcall/models"
	"github.com/rollcall/rollcall/static"
	"github.com/rollcall/rollcall/views/layout"
)

// Options are what does not come from the configuration.
type Options struct {
	Log     *slog.Logger
	Version string
	Clock   store.Clock  // nil: the machine's
	Relaxed bool         // SQLite need not wait for the disk: the demo
	Store   *store.Store // already open; nil: opened by the configuration
	Demo    *Demo        // nil outside of the demo
	// Kinds are sorts of systems that can be connected, beside the product's own:
	// the directory inside the demo, and those of tests.
	Kinds map[models.ConnectorKind]connector.Kind
}

// Demo is what the demo adds: a sentence on every page, ways in without typing,
// and who provides names for sources it made up.
type Demo struct {
	Banner   string
	Personas []Persona
	Sources  map[string]string // source key -> name, beside the configured providers
}

// Persona is one way into the demo.
type Persona struct {
	Name, Role, Does string
	Provider, Hint   string
}

// App is the product, put together.
type App struct {
	Store      *store.Store
	Tenant     models.Tenant
	People     *directory.Engine
	Access     *access.Engine
	Jobs       *jobs.Engine
	Sessions   *session.Manager
	Drafts     *draft.Keeper
	SignIn     *signin.Flow
	Providers  *signin.Providers
	Connectors *connector.Engine
	Sync       *sync.Engine
	Hooks      *hook.Engine
	Offboard   *offboard.Engine
	Operations *operation.Engine
	Certify    *certify.Engine
	Insight    *insight.Engine
	Link       *link.Engine
	Log        *audit.Log
	Kit        *web.Kit

	options Options
	sources *sources
	config  *config.Config
	handler http.Handler
	stop    context.CancelFunc
	done    chan struct{}
}

// New opens the database, brings it up to date, and builds every part. It
// starts the background work; Close ends it.
func New(ctx context.Context, cfg *config.Config, o Options) (*App, error) {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if err := static.Check(); err != nil {
		return nil, err
	}
	a := &App{options: o, config: cfg, done: make(chan struct{})}
	if a.Store = o.Store; a.Store == nil {
		var err error
		if a.Store, err = store.Open(ctx, store.Options{URL: cfg.DatabaseURL.Reveal(), Clock: o.Clock, Relaxed: o.Relaxed}); err != nil {
			return nil, err
		}
	}
	if err := a.build(ctx); err != nil {
		_ = a.closeStore() // the first error says more
		return nil, err
	}
	return a, nil
}

func (a *App) build(ctx context.Context) error {
	if err := a.prepare(ctx); err != nil {
		return err
	}
	if err := a.engines(); err != nil {
		return err
	}
	if err := a.pages(); err != nil {
		return err
	}
	ctx, a.stop = context.WithCancel(context.WithoutCancel(ctx))
	go a.background(ctx)
	return nil
}

// prepare brings tables, the tenant and the built-in roles into place.
func (a *App) prepare(ctx context.Context) error {
	if err := a.Store.Migrate(ctx); err != nil {
		return err
	}
	t := a.config.Tenant
	var err error
	a.Tenant, err = a.Store.EnsureTenant(ctx, store.NewTenant{Slug: t.Slug, Name: t.Name, Environment: t.Environment})
	if err != nil {
		return err
	}
	a.Access = access.New(a.Store)
	a.Jobs = jobs.New(a.Store, jobs.Options{Log: a.options.Log})
	if err := a.Access.EnsureBuiltIns(ctx, a.Tenant.ID); err != nil {
		return fmt.Errorf("built-in roles: %w", err)
	}
	return nil
}

func (a *App) engines() error {
	cfg := a.config
	ring, err := secret.Load(secret.Source{Text: cfg.SecretKey.Reveal(), File: cfg.SecretKeyFile, Beside: cfg.SQLiteFile()})
	if err != nil {
		return err
	}
	a.Sessions, err = session.New(session.Options{
		Store: a.Store, Keyring: ring, Secure: cfg.Secure(), Log: a.options.Log,
		Idle: cfg.Session.Idle, Absolute: cfg.Session.Absolute, MaxPerUser: cfg.Session.MaxPerPerson, Elevation: cfg.Session.Elevation,
	})
	if err != nil {
		return err
	}
	a.Drafts = draft.New(a.Store, ring)
	if a.Providers, err = signin.NewProviders(cfg.Providers, cfg.PublicURL, a.options.Clock); err != nil {
		return err
	}
	a.Connectors = a.connectors(ring)
	a.Providers.Follow(a.Connectors, a.Tenant.ID, a.options.Log)
	a.sources = newSources(a)
	a.People = directory.New(a.Store, directory.WithSourceNaming(a.sources.name))
	a.Log = audit.New(a.Store)
	a.Offboard = offboard.New(offboard.Deps{
		Store: a.Store, People: a.People, Access: a.Access, Sessions: a.Sessions, Jobs: a.Jobs, Systems: a.Connectors, Held: heldTokens{a}, Console: a.clientAt,
	})
	a.Operations = operation.New(operation.Deps{
		Store: a.Store, People: a.People, Access: a.Access, Sessions: a.Sessions, Jobs: a.Jobs, Offboard: a.Offboard, Selections: a.People, Systems: a.Connectors, Log: a.options.Log,
		RiskWithin: cfg.RiskWithin,
	})
	a.Certify = Certificates(a.Store, ring, cfg, a.options.Version)
	a.Insight = insight.New(insight.Deps{Store: a.Store, Access: a.Access, Systems: a.Connectors, Providers: a.signInHealth})
	a.Link = link.New(a.Store, a.People, a.Access, a.Sessions)
	if err := a.syncing(); err != nil {
		return err
	}
	a.SignIn, err = signin.New(signin.Deps{
		Store: a.Store, Directory: a.People, Access: a.Access, Sessions: a.Sessions, Keyring: ring, Providers: a.Providers, Arrivals: arrivals{a}, Newcomers: a.Link, Prover: a.Link,
		Tenant: a.Tenant.ID, FirstAdmin: cfg.FirstAdmin, Contact: cfg.Contact, Log: a.options.Log,
	})
	return err
}

// clientAt gives the client id under which people sign in here with a provider
// of the configuration.
func (a *App) clientAt(provider, issuer string) string {
	for _, p := range a.config.Providers {
		if p.Key == provider || p.Issuer == issuer {
			return p.ClientID
		}
	}
	return ""
}

// pages builds the kit, mounts every route and wraps the whole.
func (a *App) pages() error {
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	if err := engine.SetTrustedProxies(a.trustedProxies()); err != nil {
		return fmt.Errorf("trusted proxies: %w", err)
	}
	door := a.doorkeeper()
	a.Kit = web.New(web.Options{
		Log: a.options.Log, Doorkeeper: door, Version: a.options.Version, Contact: a.config.Contact,
		Tenant: layout.Tenant{Name: a.Tenant.Name, Environment: environmentWord(a.Tenant.Environment)},
		Demo:   a.demoBanner(), Secure: a.config.Secure(), FormActions: func() string { return strings.Join(a.SignIn.FormOrigins(), " ") }, Now: a.options.Clock,
		StepUp: !a.config.Session.SkipStepUp, Drafts: a.Drafts, Lapsed: door.lapsed,
	})
	a.Kit.Mount(engine, a.routes())
	mux := http.NewServeMux()
	mux.Handle(static.Prefix, static.Handler())
	mux.Handle("/", web.RequestIDs(a.Kit.Access(engine)))
	a.handler = mux
	return nil
}

// Handler answers every request of the console.
func (a *App) Handler() http.Handler { return a.handler }

// Close ends the background work and the connections.
func (a *App) Close() error {
	a.stop()
	<-a.done
	a.Connectors.Close()
	return a.closeStore()
}

// closeStore closes the store unless it was handed in open.
func (a *App) closeStore() error {
	if a.options.Store != nil {
		return nil
	}
	return a.Store.Close()
}

func (a *App) trustedProxies() []string {
	var out []string
	for _, p := range a.config.TrustedProxies {
		out = append(out, p.String())
	}
	return out
}

func (a *App) demoBanner() string {
	if a.options.Demo == nil {
		return ""
	}
	return a.options.Demo.Banner
}

// environmentWord is the word beside the tenant's name.
func environmentWord(environment string) string {
	switch environment {
	case "production":
		return "Production"
	case "staging":
		return "Staging"
	case "test":
		return "Test"
	case "demo":
		return "Demo"
	}
	return environment
}
