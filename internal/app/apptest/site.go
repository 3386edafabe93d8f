package apptest

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/app"
	"github.com/rollcall/rollcall/internal/config"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/session"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// Key is the sealing key of every test site, so that two of them are replicas.
const Key = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

// Site is the product on a test's own database.
type Site struct {
	*app.App
	DB  *dbtest.DB
	URL string

	t      testing.TB
	change []func(*config.Config)
}

// Start builds the product on a database that dbtest made; change adapts its
// settings.
func Start(t testing.TB, db *dbtest.DB, change ...func(*config.Config)) *Site {
	return start(t, db, db.Store, change)
}

// Replica builds it once more on the same database, as a second process would.
// It has an address of its own, and otherwise the same settings.
func (s *Site) Replica() *Site { return start(s.t, s.DB, s.DB.Replica(s.t), s.change) }

func start(t testing.TB, db *dbtest.DB, st *store.Store, change []func(*config.Config)) *Site {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	public, err := url.Parse("http://" + server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	cfg := &config.Config{
		DatabaseURL: config.Secret(db.URL), PublicURL: public, SecretKey: Key, Contact: "the service desk",
		Tenant: config.Tenant{Slug: dbtest.Tenant.Slug, Name: dbtest.Tenant.Name, Environment: dbtest.Tenant.Environment},
	}
	for _, c := range change {
		c(cfg)
	}
	a, err := app.New(t.Context(), cfg, app.Options{
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Version: "test", Clock: db.Clock.Now, Store: st, Kinds: kinds,
	})
	if err != nil {
		t.Fatalf("apptest: %v", err)
	}
	server.Config.Handler = a.Handler()
	server.Start()
	t.Cleanup(func() {
		server.Close()
		if err := a.Close(); err != nil {
			t.Errorf("apptest: close: %v", err)
		}
	})
	return &Site{App: a, DB: db, URL: server.URL, t: t, change: change}
}

// Person is somebody a test made.
type Person struct {
	ID       int64
	PublicID string
	Name     string
}

// Add creates an Active person with an identity and gives them roles.
func (s *Site) Add(name string, roles ...string) Person { return s.AddIn(s.DB.Tenant, name, roles...) }

// AddIn does the same in another tenant.
func (s *Site) AddIn(tenant int64, name string, roles ...string) Person {
	s.t.Helper()
	ctx, actor := s.t.Context(), models.SystemActor(tenant, "Test")
	word := strings.ToLower(strings.ReplaceAll(name, " ", "."))
	made, err := s.People.Load(ctx, actor, []directory.NewRecord{{
		DisplayName: name, Username: word, Email: word + "@northwind.example", Status: models.Active, CreatedAt: s.DB.Store.Now(), StatusSince: s.DB.Store.Now(),
		Phone: "+44 20 7946 0000", ExternalID: "HR-" + word,
		Identities: []directory.NewIdentity{{Provider: "test", Issuer: "https://id.example", Subject: "sub-" + word, How: "test"}},
	}})
	if err != nil {
		s.t.Fatalf("apptest: add %s: %v", name, err)
	}
	var rows []access.LoadRow
	for _, r := range roles {
		rows = append(rows, access.LoadRow{UserID: made[0].ID, RoleKey: r, Source: models.SourceDirect, Reason: "for the test", Until: models.Forever, GrantedBy: "Test"})
	}
	if len(rows) > 0 {
		if _, err := s.Access.Load(ctx, actor, rows); err != nil {
			s.t.Fatalf("apptest: roles of %s: %v", name, err)
		}
	}
	return Person{ID: made[0].ID, PublicID: made[0].PublicID, Name: name}
}

// Link gives a person an identity at a provider, as if they had signed in there.
func (s *Site) Link(p Person, provider, issuer, subject string) {
	s.t.Helper()
	actor := models.SystemActor(s.DB.Tenant, "Test")
	err := s.DB.Store.Change(s.t.Context(), actor, func(ctx context.Context, tx *store.Tx) error {
		_, err := s.People.LinkIdentity(ctx, tx, directory.NewIdentity{UserID: p.ID, Provider: provider, Issuer: issuer, Subject: subject, Username: subject, How: "test"})
		if err != nil {
			return err
		}
		return tx.Record(ctx, store.Event{Action: models.IdentityLink, Target: store.Ref{Kind: models.KindUser, ID: p.ID, Name: p.Name}})
	})
	if err != nil {
		s.t.Fatalf("apptest: link %s: %v", p.Name, err)
	}
}

// NewTenant makes another tenant with its built-in roles.
func (s *Site) NewTenant(slug string) int64 {
	s.t.Helper()
	row, err := s.DB.Store.EnsureTenant(s.t.Context(), store.NewTenant{Slug: slug, Name: slug, Environment: "test"})
	if err != nil {
		s.t.Fatal(err)
	}
	if err := s.Access.EnsureBuiltIns(s.t.Context(), row.ID); err != nil {
		s.t.Fatal(err)
	}
	return row.ID
}

// SignIn opens a session for a person and gives a browser that holds it.
func (s *Site) SignIn(p Person) *Browser { return s.SignInAt(p, "https://id.example", "sub", "") }

// SignInAt is SignIn with what a provider calls the person and the session.
func (s *Site) SignInAt(p Person, issuer, subject, sid string) *Browser {
	return s.signIn(p, session.Start{Issuer: issuer, Subject: subject, SID: sid}, false)
}

// SignInElevated is SignIn for somebody who has just proved themselves anew, so
// that sensitive acts do not ask.
func (s *Site) SignInElevated(p Person) *Browser {
	return s.signIn(p, session.Start{Issuer: "https://id.example", Subject: "sub"}, true)
}

func (s *Site) signIn(p Person, start session.Start, elevated bool) *Browser {
	s.t.Helper()
	var token string
	actor := models.Actor{Tenant: s.DB.Tenant, Kind: models.ActorUser, UserID: p.ID, Name: p.Name, Via: models.ViaWeb}
	err := s.DB.Store.Change(s.t.Context(), actor, func(ctx context.Context, tx *store.Tx) error {
		start.UserID, start.Provider, start.IP, start.UserAgent = p.ID, "test", "127.0.0.1", "test"
		begun, err := s.Sessions.Begin(ctx, tx, start)
		if err != nil {
			return err
		}
		token = begun.Token
		if elevated {
			up, err := s.Sessions.Elevate(ctx, tx, session.Proof{Session: begun.PublicID, Token: begun.Token, AuthTime: tx.Now.Time(), Methods: []string{"test"}})
			if err != nil {
				return err
			}
			token = up.Token
		}
		return tx.Record(ctx, store.Event{Action: models.SignInDone, Target: store.Ref{Kind: models.KindUser, ID: p.ID, Name: p.Name}})
	})
	if err != nil {
		s.t.Fatalf("apptest: sign in %s: %v", p.Name, err)
	}
	b := s.Browser()
	rec := httptest.NewRecorder()
	s.Sessions.SetCookie(rec, token)
	at, err := url.Parse(s.URL)
	if err != nil {
		s.t.Fatal(err)
	}
	b.client.Jar.SetCookies(at, rec.Result().Cookies())
	return b
}

// Browser gives a browser that is not signed in. It follows no redirects.
func (s *Site) Browser() *Browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return &Browser{site: s, client: &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}
