package signin_test

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/signin"
	"github.com/rollcall/rollcall/internal/signin/optest"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// nothing is an adapter that only exists.
type nothing struct{}

func (nothing) Describe(context.Context) (connector.Description, error) {
	return connector.Description{}, nil
}
func (nothing) Check(context.Context, func(connector.Check)) {}
func (nothing) Close()                                       {}

// connect gives the house an engine of connectors and lets its sign-in follow it.
func (h *house) connect(t *testing.T, db *store.Store, flow *signin.Providers) *connector.Engine {
	t.Helper()
	e := connector.New(db, h.ring, connector.Options{
		Kinds: map[models.ConnectorKind]connector.Kind{models.ConnectorOIDC: {
			Name: "OpenID provider", Needs: []string{"base_url"},
			New: func(connector.Settings, connector.Secrets, string, func() time.Time) (connector.System, error) {
				return nothing{}, nil
			},
		}},
		Reserved: []connector.Reserved{{Key: "keycloak", Issuer: h.op.Issuer, From: "ROLLCALL_OIDC_ISSUER"}},
		Loopback: true, Now: h.Clock.Now, SignIn: flow.Try, Keep: h.deps.Access.GuardWayIn,
	})
	flow.Follow(e, h.Tenant, slog.New(slog.DiscardHandler))
	return e
}

// okta connects a second provider and enables it.
func (h *house) okta(t *testing.T, e *connector.Engine, op *optest.Provider, change ...func(*connector.NewConnector)) connector.Connector {
	t.Helper()
	n := connector.NewConnector{
		Kind: models.ConnectorOIDC, Name: "Okta",
		Settings: connector.Settings{Product: "okta", BaseURL: op.Issuer, DevLoopback: true, SignIn: &connector.SignIn{
			ClientID: op.ClientID, Create: "domains", Domains: []string{"northwind.example"}, GroupsClaim: "groups",
		}},
		Secrets: connector.NewSecrets{SignIn: op.ClientSecret},
		Mapping: &connector.Mapping{
			Fields: map[string]connector.FieldRule{
				"display_name": {From: "display_name"}, "email": {From: "email"}, "title": {From: "job"}, "attribute:badge": {From: "badge_no"},
			},
			Roles: []connector.RoleRule{{Kind: "group", Name: "staff", Role: models.RoleEmployee}},
		},
	}
	for _, f := range change {
		f(&n)
	}
	c, err := e.Create(t.Context(), h.Actor(), n)
	if err != nil {
		t.Fatal(err)
	}
	if c, err = e.Enable(t.Context(), h.Actor(), c.PublicID, c.Version, "in use from today"); err != nil {
		t.Fatal(err)
	}
	return c
}

func keys(flow *signin.Flow) string {
	var out []string
	for _, c := range flow.Choices() {
		out = append(out, c.Key)
	}
	return strings.Join(out, " ")
}

// A connector that is enabled on one replica lets people in on the other; paused,
// it lets nobody in there either.
func TestConnectedProviderOnTwoReplicas(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db)
		op := optest.Start(t)
		op.SetNow(db.Clock.Now)
		here := h.deps.Providers
		e := h.connect(t, db.Store, here)
		second := db.Replica(t)
		_, _, there := h.replica(t, second)
		h.connect(t, second, h.deps.Providers)
		h.flow = there
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go h.deps.Providers.FollowEvery(ctx, 100*time.Millisecond)

		c := h.okta(t, e, op)
		until(t, func() bool { return keys(there) == "keycloak okta" }, "the other replica shows it")
		if !slices.Contains(there.FormOrigins(), op.Issuer) {
			t.Errorf("form origins %v lack %s", there.FormOrigins(), op.Issuer)
		}
		out, err := h.signInAt(t, op, "okta", amara(map[string]any{"groups": []string{"staff"}, "job": "Buyer"}))
		if err != nil {
			t.Fatal(err)
		}
		user := h.user(t, out.UserID)
		if user.DisplayName != "Amara Okafor" || user.Title != "Buyer" || user.Username != "" || user.Provider != "okta" {
			t.Errorf("created %+v; want name and title by the mapping, and no username: nothing fills it", user)
		}

		if _, err := e.Pause(t.Context(), h.Actor(), c.PublicID, c.Version, "moved to another provider"); err != nil {
			t.Fatal(err)
		}
		if _, err := there.Start(t.Context(), signin.Begin{Provider: "okta", Facts: desk}); !errs.Is(err, errs.NotFound) {
			t.Errorf("Start at a paused provider: %v, want it refused at once", err)
		}
		until(t, func() bool { return keys(there) == "keycloak" }, "the other replica shows it no more")
		if slices.Contains(there.FormOrigins(), op.Issuer) {
			t.Errorf("form origins %v still hold %s", there.FormOrigins(), op.Issuer)
		}
	})
}

func until(t *testing.T, done func() bool, what string) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); !done(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("after five seconds it is not so: " + what)
		}
	}
}

// A sign-in that was begun before the pause is not finished after it.
func TestPausedBetweenStartAndFinish(t *testing.T) {
	t.Parallel()
	h := build(t, dbtest.One(t, store.SQLite))
	op := optest.Start(t)
	op.SetNow(h.Clock.Now)
	e := h.connect(t, h.Store, h.deps.Providers)
	c := h.okta(t, e, op)
	finish := h.beginAt(t, op, "okta", amara(map[string]any{"groups": []string{"staff"}}))
	if _, err := e.Pause(t.Context(), h.Actor(), c.PublicID, c.Version, "moved to another provider"); err != nil {
		t.Fatal(err)
	}
	if _, err := finish(); !errs.Is(err, errs.NotFound) {
		t.Errorf("Finish at a paused provider: %v, want it refused", err)
	}
}

// What package oidc refuses is refused when the connector is saved, at the field
// of its form.
func TestConnectedProviderIsCheckedWhenSaved(t *testing.T) {
	t.Parallel()
	h := build(t, dbtest.One(t, store.SQLite))
	e := h.connect(t, h.Store, h.deps.Providers)
	for name, tc := range map[string]struct {
		change func(*connector.Settings)
		field  string
	}{
		"many tenants, none named": {func(s *connector.Settings) { s.BaseURL = "https://login.example/{tenantid}/v2.0" }, "tenants"},
		"tenants of one":           {func(s *connector.Settings) { s.SignIn.Tenants = []string{"a"} }, "tenants"},
		"issuer with a query":      {func(s *connector.Settings) { s.BaseURL = "https://login.example/?a" }, "base_url"},
	} {
		n := connector.NewConnector{Kind: models.ConnectorOIDC, Name: "Entra", Settings: connector.Settings{
			BaseURL: "https://login.example/v2.0", SignIn: &connector.SignIn{ClientID: "a"},
		}, Secrets: connector.NewSecrets{SignIn: "hush"}}
		tc.change(&n.Settings)
		_, err := e.Create(t.Context(), h.Actor(), n)
		refused, ok := errs.As(err)
		if !ok || len(refused.Fields) == 0 || refused.Fields[0].Name != tc.field {
			t.Errorf("%s: %v (%+v), want the field %s refused", name, err, refused, tc.field)
		}
	}
}

// beginAt starts a sign-in as the person with these claims and gives what ends it.
func (h *house) beginAt(t *testing.T, op *optest.Provider, key string, claims map[string]any) func() (signin.Outcome, error) {
	t.Helper()
	op.SignIn(claims)
	started := h.start(t, signin.Begin{Provider: key})
	values := op.Authorize(t, started.Address)
	return func() (signin.Outcome, error) {
		return h.flow.Finish(t.Context(), signin.Callback{Provider: key, Values: values, Binding: started.Binding, Facts: desk})
	}
}

func (h *house) signInAt(t *testing.T, op *optest.Provider, key string, claims map[string]any) (signin.Outcome, error) {
	t.Helper()
	return h.beginAt(t, op, key, claims)()
}

// WEB-17: the provider by which the last admin signs in is not paused, not
// deleted and keeps signing in.
func TestLastAdminsProviderStaysOpen(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db)
		op := optest.Start(t)
		op.SetNow(db.Clock.Now)
		e := h.connect(t, db.Store, h.deps.Providers)
		c := h.okta(t, e, op, func(n *connector.NewConnector) {
			n.Mapping.Roles = []connector.RoleRule{{Kind: "group", Name: "staff", Role: models.RoleAdmin}}
		})
		if _, err := h.signInAt(t, op, "okta", amara(map[string]any{"groups": []string{"staff"}})); err != nil {
			t.Fatal(err)
		}
		ctx, without := t.Context(), c.Settings
		without.SignIn = nil
		for name, act := range map[string]func() error{
			"pause": func() error {
				_, err := e.Pause(ctx, h.Actor(), c.PublicID, c.Version, "not needed any more")
				return err
			},
			"switch": func() error {
				_, err := e.Edit(ctx, h.Actor(), c.PublicID, c.Version, connector.Edit{Settings: &without, Reason: "not needed any more"})
				return err
			},
		} {
			if err := act(); !errs.Is(err, errs.Conflict) || !strings.Contains(err.Error(), "Nobody who can administer") {
				t.Errorf("%s: %v, want it refused", name, err)
			}
		}
		if got, err := e.Get(ctx, h.Tenant, c.PublicID); err != nil || got.Version != c.Version || !got.SignsIn() {
			t.Errorf("after the refusals: %+v, %v", got, err)
		}
	})
}

// A field has one rule, whether the system is read or somebody signs in: what the
// source owns is taken over, what is ours stays, and what the first one fills is
// filled once and may be changed.
func TestSignInFollowsTheMapping(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db)
		op := optest.Start(t)
		op.SetNow(db.Clock.Now)
		e := h.connect(t, db.Store, h.deps.Providers)
		h.okta(t, e, op, func(n *connector.NewConnector) {
			n.Mapping.Fields = map[string]connector.FieldRule{
				"display_name": {From: "display_name", Owner: connector.OwnedBySource}, "title": {From: "job", Owner: connector.OwnedByUs},
				"phone": {From: "tel", Owner: connector.OwnedByFirst}, "department": {From: "dept", Owner: connector.OwnedBySource},
			}
		})
		said := func(name, job, tel, dept string) map[string]any {
			return amara(map[string]any{"name": name, "job": job, "tel": tel, "dept": dept, "groups": []string{"staff"}})
		}
		out, err := h.signInAt(t, op, "okta", said("Amara Okafor", "Buyer", "+44 1", "Finance"))
		if err != nil {
			t.Fatal(err)
		}
		user := h.user(t, out.UserID)
		if user.Title != "Buyer" || user.Phone != "+44 1" {
			t.Errorf("created %+v; want every mapped field filled", user)
		}
		sources := directory.ParseSources(user.FieldSources)
		if sources["display_name"] != "okta" || sources["title"] != "" || sources["phone"] != "" {
			t.Errorf("sources %v; want only what the source owns", sources)
		}
		h.set(t, user.ID, "title", "Head buyer")
		h.set(t, user.ID, "phone", "")
		h.set(t, user.ID, "display_name", "Typed here")
		h.set(t, user.ID, "field_sources", "{}")
		if _, err := h.signInAt(t, op, "okta", said("Amara Okafor-Berg", "Buyer", "+44 2", "Finance")); err != nil {
			t.Fatal(err)
		}
		user = h.user(t, out.UserID)
		if user.DisplayName != "Amara Okafor-Berg" || user.Title != "Head buyer" || user.Phone != "+44 2" {
			t.Errorf("after the next sign-in: %q, %q, %q", user.DisplayName, user.Title, user.Phone)
		}
		if sources := directory.ParseSources(user.FieldSources); sources["display_name"] != "okta" || sources["phone"] != "" {
			t.Errorf("sources %v", sources)
		}
	})
}
