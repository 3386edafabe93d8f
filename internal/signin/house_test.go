package signin_test

import (
	"context"
	"errors"
	"log/slog"
	"net/url"
	"slices"
	"testing"

	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/config"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/secret"
	"github.com/rollcall/rollcall/internal/session"
	"github.com/rollcall/rollcall/internal/signin"
	"github.com/rollcall/rollcall/internal/signin/optest"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// house is an installation with one provider, which answers in the test's process.
type house struct {
	*dbtest.DB
	op       *optest.Provider
	ring     *secret.Keyring
	people   *directory.Engine
	sessions *session.Manager
	flow     *signin.Flow
	settings []config.Provider
	deps     signin.Deps
}

var public = &url.URL{Scheme: "https", Host: "rollcall.northwind.example"}

// everybody gives the employee role to whoever signs in.
var everybody = config.RoleMapping{Claim: "sub", Value: "*", Role: models.RoleEmployee}

// build makes a house; change adapts the provider's settings.
func build(t *testing.T, db *dbtest.DB, change ...func(*config.Provider)) *house {
	t.Helper()
	h := &house{DB: db, op: optest.Start(t)}
	h.op.SetNow(db.Clock.Now)
	p := h.provider("keycloak", h.op)
	for _, c := range change {
		c(&p)
	}
	h.settings = []config.Provider{p}
	ring, err := secret.NewKeyring(secret.NewKey())
	if err != nil {
		t.Fatal(err)
	}
	h.ring = ring
	h.people, h.sessions, h.flow = h.replica(t, db.Store)
	if err := h.deps.Access.EnsureBuiltIns(t.Context(), db.Tenant); err != nil {
		t.Fatal(err)
	}
	return h
}

func (h *house) provider(key string, op *optest.Provider) config.Provider {
	return config.Provider{
		Key: key, Name: "Keycloak", Issuer: op.Issuer, ClientID: op.ClientID, ClientSecret: config.Secret(op.ClientSecret), DevLoopback: true,
		Create: config.Create{Rule: config.CreateDomains, Domains: []string{"northwind.example"}}, Roles: []config.RoleMapping{everybody},
	}
}

// replica makes the engines as another process over the same database has them.
func (h *house) replica(t *testing.T, db *store.Store, change ...func(*signin.Deps)) (*directory.Engine, *session.Manager, *signin.Flow) {
	t.Helper()
	providers, err := signin.NewProviders(h.settings, public, h.Clock.Now)
	if err != nil {
		t.Fatal(config.Explain(err))
	}
	sessions, err := session.New(session.Options{Store: db, Keyring: h.ring, Secure: true})
	if err != nil {
		t.Fatal(err)
	}
	h.deps = signin.Deps{
		Store: db, Directory: directory.New(db), Access: access.New(db), Sessions: sessions,
		Keyring: h.ring, Providers: providers, Tenant: h.Tenant, Contact: "the service desk",
		Log: slog.New(slog.DiscardHandler),
	}
	for _, c := range change {
		c(&h.deps)
	}
	flow, err := signin.New(h.deps)
	if err != nil {
		t.Fatal(err)
	}
	return h.deps.Directory, sessions, flow
}

// rebuild applies changed settings, as a restart would.
func (h *house) rebuild(t *testing.T, change ...func(*signin.Deps)) {
	t.Helper()
	h.people, h.sessions, h.flow = h.replica(t, h.Store, change...)
}

var desk = signin.Facts{IP: "192.0.2.7", UserAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:148.0) Gecko/20100101 Firefox/148.0", RequestID: "req-1"}

// amara is somebody the provider knows.
func amara(more map[string]any) map[string]any {
	claims := map[string]any{
		"sub": "amara-1", "name": "Amara Okafor", "given_name": "Amara", "family_name": "Okafor", "preferred_username": "amara",
		"email": "Amara@Northwind.example", "email_verified": true, "amr": []string{"pwd", "otp"}, "sid": "provider-session-1",
	}
	for k, v := range more {
		if v == nil {
			delete(claims, k)
			continue
		}
		claims[k] = v
	}
	return claims
}

func (h *house) start(t *testing.T, b signin.Begin) signin.Started {
	t.Helper()
	if b.Provider == "" {
		b.Provider = "keycloak"
	}
	b.Facts = desk
	started, err := h.flow.Start(t.Context(), b)
	if err != nil {
		t.Fatalf("Start: %v", err)
	}
	return started
}

// signIn goes all the way as the person with these claims.
func (h *house) signIn(t *testing.T, claims map[string]any) (signin.Outcome, error) {
	t.Helper()
	h.op.SignIn(claims)
	started := h.start(t, signin.Begin{ReturnTo: "/users?status=active"})
	return h.finish(t, h.op.Authorize(t, started.Address), started.Binding)
}

func (h *house) finish(t *testing.T, values url.Values, binding string) (signin.Outcome, error) {
	t.Helper()
	return h.flow.Finish(t.Context(), signin.Callback{Provider: "keycloak", Values: values, Binding: binding, Facts: desk})
}

func (h *house) mustSignIn(t *testing.T, claims map[string]any) signin.Outcome {
	t.Helper()
	out, err := h.signIn(t, claims)
	if err != nil {
		t.Fatalf("sign-in: %v", err)
	}
	return out
}

// refused wants a refusal for one reason.
func refused(t *testing.T, err error, reason string) *signin.Refusal {
	t.Helper()
	var r *signin.Refusal
	if !errors.As(err, &r) {
		t.Fatalf("got %v, want a refusal: %s", err, reason)
	}
	if r.Reason != reason {
		t.Fatalf("refused for %q (%s), want %q", r.Reason, r.Detail, reason)
	}
	if r.Cause == "" || r.Next == "" {
		t.Fatalf("%s: a refusal says what happened and what to do: %+v", reason, r)
	}
	return r
}

func (h *house) user(t *testing.T, id int64) models.User {
	t.Helper()
	var u models.User
	if err := h.Store.Read(h.Tenant).Select(&u).Where("id = ?", id).Scan(t.Context()); err != nil {
		t.Fatal(err)
	}
	return u
}

func (h *house) users(t *testing.T) []models.User {
	t.Helper()
	all := []models.User{}
	if err := h.Store.Read(h.Tenant).Select(&all).Order("id").Scan(t.Context()); err != nil {
		t.Fatal(err)
	}
	return all
}

func (h *house) identities(t *testing.T) []models.Identity {
	t.Helper()
	all := []models.Identity{}
	if err := h.Store.Read(h.Tenant).Select(&all).Order("id").Scan(t.Context()); err != nil {
		t.Fatal(err)
	}
	return all
}

func (h *house) events(t *testing.T, actions ...models.Action) []models.AuditEvent {
	t.Helper()
	all := []models.AuditEvent{}
	if err := h.Store.Read(h.Tenant).Select(&all).Order("id").Scan(t.Context()); err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(all, func(e models.AuditEvent) bool { return !slices.Contains(actions, e.Action) })
}

// roles gives the keys of the roles a person holds now.
func (h *house) roles(t *testing.T, user int64) []string {
	t.Helper()
	held, err := h.deps.Access.RolesOf(t.Context(), h.Tenant, []int64{user})
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	for _, r := range held[user] {
		keys = append(keys, r.Key)
	}
	slices.Sort(keys)
	return keys
}

// set changes a column of a user behind everybody's back.
func (h *house) set(t *testing.T, user int64, column string, value any) {
	t.Helper()
	h.change(t, func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Update((*models.User)(nil)).Set(column+" = ?", value).Where("id = ?", user).Exec(ctx)
		return err
	})
}

func (h *house) change(t *testing.T, fn func(context.Context, *store.Tx) error) {
	t.Helper()
	err := h.Store.Change(t.Context(), h.Actor(), func(ctx context.Context, tx *store.Tx) error {
		if err := fn(ctx, tx); err != nil {
			return err
		}
		return tx.Record(ctx, store.Event{Action: models.Seeded, Target: store.Ref{Kind: models.KindTenant, ID: h.Tenant}})
	})
	if err != nil {
		t.Fatal(err)
	}
}
