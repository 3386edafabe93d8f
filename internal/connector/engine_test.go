package connector_test

import (
	"encoding/json"
	"errors"
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/models"
)

func TestCreateEditAndRead(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		ctx, e := t.Context(), engine(t, db.Store)
		c := create(t, db, e, keycloak())
		if c.State != models.ConnectorDraft || c.Key != "keycloak" || c.Version != 1 || c.Secrets[connector.SecretClient].Hint != "9f2a" {
			t.Fatalf("created %+v, want a draft keycloak at version 1 with the end of its secret", c)
		}
		if got, err := e.Get(ctx, db.Tenant, c.PublicID); err != nil || cmp.Diff(c, got) != "" {
			t.Errorf("read back: %v\n%s", err, cmp.Diff(c, got))
		}
		second := create(t, db, e, keycloak())
		if second.Key != "keycloak-2" {
			t.Errorf("the second has key %q, want keycloak-2", second.Key)
		}
		settings, name := c.Settings, "Keycloak HQ"
		settings.Realm = "hq"
		edited, err := e.Edit(ctx, db.Actor(), c.PublicID, c.Version, connector.Edit{Name: &name, Settings: &settings})
		if err != nil || edited.Version != 2 || edited.Name != name || edited.Settings.Realm != "hq" || edited.Secrets[connector.SecretClient].Hint != "9f2a" {
			t.Fatalf("edited %+v, %v", edited, err)
		}
		event := last(t, db, models.ConnectorEdit)
		if event.TargetName != name || event.Before != `{"name":"Keycloak","realm":"northwind"}` || event.After != `{"name":"Keycloak HQ","realm":"hq"}` {
			t.Errorf("event %s: %s -> %s", event.TargetName, event.Before, event.After)
		}
		again, err := e.Edit(ctx, db.Actor(), c.PublicID, edited.Version, connector.Edit{Name: &name})
		if err != nil || again.Version != edited.Version {
			t.Errorf("an edit that changes nothing: version %d, %v", again.Version, err)
		}
		_, err = e.Edit(ctx, db.Actor(), c.PublicID, c.Version, connector.Edit{Name: &name})
		var stale *connector.Stale
		if !errs.Is(err, errs.Conflict) || !errors.As(err, &stale) || stale.Theirs.Version != 2 || stale.By != "Test" {
			t.Errorf("an edit of an old version: %v, want a Conflict with a Stale", err)
		}
		all, err := e.List(ctx, db.Tenant)
		if err != nil || len(all) != 2 || all[0].Name != "Keycloak" || all[1].Name != name {
			t.Errorf("list %+v, %v", all, err)
		}
	})
}

func last(t *testing.T, db *dbtest.DB, action models.Action) models.AuditEvent {
	t.Helper()
	var row models.AuditEvent
	if err := db.Store.Read(db.Tenant).Select(&row).Where("action = ?", action).Order("id DESC").Limit(1).Scan(t.Context()); err != nil {
		t.Fatalf("no event %s: %v", action, err)
	}
	return row
}

// Every refused input names its field, and nothing is written.
func TestBadInputIsRefused(t *testing.T) {
	t.Parallel()
	db := dbtest.One(t, "sqlite")
	e := engine(t, db.Store, func(o *connector.Options) {
		o.Reserved = []connector.Reserved{{Key: "oidc", Issuer: "https://idp.example.org", From: "ROLLCALL_OIDC_ISSUER"}}
	})
	sign := func(in connector.SignIn) func(*connector.NewConnector) {
		return func(n *connector.NewConnector) { n.Settings.SignIn = &in }
	}
	for name, tc := range map[string]struct {
		change func(*connector.NewConnector)
		field  string
	}{
		"no such kind":      {func(n *connector.NewConnector) { n.Kind = "ldap" }, "kind"},
		"no name":           {func(n *connector.NewConnector) { n.Name = "  " }, "name"},
		"name too long":     {func(n *connector.NewConnector) { n.Name = strings.Repeat("x", 61) }, "name"},
		"name that turns":   {func(n *connector.NewConnector) { n.Name = "Key\u202ecloak" }, "name"},
		"no address":        {func(n *connector.NewConnector) { n.Settings.BaseURL = "" }, "base_url"},
		"plain http":        {func(n *connector.NewConnector) { n.Settings.BaseURL = "http://id.example.org" }, "base_url"},
		"no scheme":         {func(n *connector.NewConnector) { n.Settings.BaseURL = "id.example.org" }, "base_url"},
		"javascript":        {func(n *connector.NewConnector) { n.Settings.BaseURL = "javascript:alert(1)" }, "base_url"},
		"credentials in it": {func(n *connector.NewConnector) { n.Settings.BaseURL = "https://admin:pw@id.example.org" }, "base_url"},
		"metadata service":  {func(n *connector.NewConnector) { n.Settings.BaseURL = "https://169.254.169.254" }, "base_url"},
		"metadata, allowed": {func(n *connector.NewConnector) {
			n.Settings.BaseURL, n.Settings.AllowPrivate = "https://169.254.169.254", true
		}, "base_url"},
		"private address":    {func(n *connector.NewConnector) { n.Settings.BaseURL = "https://10.0.0.4" }, "base_url"},
		"query":              {func(n *connector.NewConnector) { n.Settings.BaseURL = "https://id.example.org/?a=b" }, "base_url"},
		"plain loopback":     {func(n *connector.NewConnector) { n.Settings.DevLoopback = true }, "dev_loopback"},
		"no realm":           {func(n *connector.NewConnector) { n.Settings.Realm = "" }, "realm"},
		"realm with a slash": {func(n *connector.NewConnector) { n.Settings.Realm = "a/../master" }, "realm"},
		"not a certificate":  {func(n *connector.NewConnector) { n.Settings.CA = "hello" }, "ca"},
		"a private key": {func(n *connector.NewConnector) {
			n.Settings.CA = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"
		}, "ca"},
		"negative rate":         {func(n *connector.NewConnector) { n.Settings.Rate = -1 }, "rate"},
		"adapter refuses":       {func(n *connector.NewConnector) { n.Settings.Rate = 13 }, "rate"},
		"key in capitals":       {func(n *connector.NewConnector) { n.Key = "Keycloak" }, "key"},
		"key of a provider":     {func(n *connector.NewConnector) { n.Key = "oidc" }, "key"},
		"sign-in without an id": {sign(connector.SignIn{}), "sign_in_client_id"},
		"offline access":        {sign(connector.SignIn{ClientID: "a", Scopes: []string{"offline_access"}}), "scopes"},
		"no rule":               {sign(connector.SignIn{ClientID: "a", Create: "all"}), "create"},
		"rule without domains":  {sign(connector.SignIn{ClientID: "a", Create: "domains"}), "domains"},
		"not a domain":          {sign(connector.SignIn{ClientID: "a", EmailDomains: []string{"*.example.org"}}), "email_domains"},
		"secret with a return":  {func(n *connector.NewConnector) { n.Secrets.Client = "a\rb" }, connector.SecretClient},
		"secret too long":       {func(n *connector.NewConnector) { n.Secrets.Hook = strings.Repeat("x", 5000) }, connector.SecretHook},
		"unknown field": {func(n *connector.NewConnector) {
			n.Mapping = &connector.Mapping{Fields: map[string]connector.FieldRule{"status": {From: "x"}}}
		}, "status"},
		"unknown owner": {func(n *connector.NewConnector) {
			n.Mapping = &connector.Mapping{Fields: map[string]connector.FieldRule{"email": {From: "x", Owner: "me"}}}
		}, "email"},
		"rule of nothing": {func(n *connector.NewConnector) {
			n.Mapping = &connector.Mapping{Roles: []connector.RoleRule{{Kind: "group", Name: "", Role: "a"}}}
		}, "roles.0"},
		"guard off": {func(n *connector.NewConnector) {
			n.Schedule = &connector.Schedule{GuardCount: 1, GuardWindow: connector.MinWindow}
		}, "guard_percent"},
		"too often": {func(n *connector.NewConnector) { s := connector.DefaultSchedule(); s.Every = 1; n.Schedule = &s }, "every"},
	} {
		t.Run(name, func(t *testing.T) {
			n := keycloak()
			tc.change(&n)
			_, err := e.Create(t.Context(), db.Actor(), n)
			refused, ok := errs.As(err)
			if !ok || refused.Kind != errs.Invalid || len(refused.Fields) == 0 || refused.Fields[0].Name != tc.field {
				t.Fatalf("Create = %v (%+v), want the field %s refused", err, refused, tc.field)
			}
		})
	}
	if all, err := e.List(t.Context(), db.Tenant); err != nil || len(all) != 0 {
		t.Errorf("after refusals there are %d connectors, %v", len(all), err)
	}
}

// A connector may share the key of a configured provider when it is the same
// system and people sign in by the configuration.
func TestKeyOfAConfiguredProvider(t *testing.T) {
	t.Parallel()
	db := dbtest.One(t, "sqlite")
	e := engine(t, db.Store, func(o *connector.Options) {
		o.Reserved = []connector.Reserved{{Key: "keycloak", Issuer: "https://id.northwind.example/realms/northwind", From: "ROLLCALL_OIDC_ISSUER"}}
	})
	n := keycloak()
	c := create(t, db, e, n)
	if c.Key != "keycloak" {
		t.Errorf("key %q, want the one of the provider that is the same system", c.Key)
	}
	n.Settings.Realm = "other"
	if c := create(t, db, e, n); c.Key != "keycloak-2" {
		t.Errorf("another realm has key %q", c.Key)
	}
	settings := c.Settings
	settings.SignIn = &connector.SignIn{ClientID: "console"}
	if _, err := e.Edit(t.Context(), db.Actor(), c.PublicID, c.Version, connector.Edit{Settings: &settings}); !errs.Is(err, errs.Invalid) {
		t.Errorf("signing in by a key of the configuration: %v, want it refused", err)
	}
}

func TestStates(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		ctx, e := t.Context(), engine(t, db.Store)
		c := create(t, db, e, keycloak())
		if _, err := e.Open(ctx, db.Tenant, c.ID); !errs.Is(err, errs.Conflict) {
			t.Errorf("Open of a draft: %v, want it refused", err)
		}
		if _, err := e.Try(ctx, db.Tenant, c.ID); err != nil {
			t.Errorf("Try of a draft: %v", err)
		}
		c = enable(t, db, e, c)
		if _, err := e.Pause(ctx, db.Actor(), c.PublicID, c.Version, "short"); !errs.Is(err, errs.Invalid) {
			t.Errorf("Pause without a reason: %v", err)
		}
		paused, err := e.Pause(ctx, db.Actor(), c.PublicID, c.Version, "the realm is being moved")
		if err != nil || paused.State != models.ConnectorPaused {
			t.Fatalf("Pause = %+v, %v", paused, err)
		}
		if got := last(t, db, models.ConnectorPause); got.Reason != "the realm is being moved" || got.After != `{"state":"paused"}` || got.TargetID != c.ID {
			t.Errorf("event %+v", got)
		}
		if _, err := e.Open(ctx, db.Tenant, c.ID); !errs.Is(err, errs.Conflict) {
			t.Errorf("Open while paused: %v, want it refused", err)
		}
		if err := e.Delete(ctx, db.Actor(), c.PublicID, paused.Version, connector.Deletion{Typed: "keycloak", Reason: "not used any more"}); !errs.Is(err, errs.Invalid) {
			t.Errorf("Delete with another name typed: %v", err)
		}
		if err := e.Delete(ctx, db.Actor(), c.PublicID, paused.Version, connector.Deletion{Typed: "Keycloak", Reason: "not used any more"}); err != nil {
			t.Fatal(err)
		}
		if _, err := e.Try(ctx, db.Tenant, c.ID); !errs.Is(err, errs.NotFound) {
			t.Errorf("Try after Delete: %v", err)
		}
	})
}

func TestDeleteIsRefusedWhileSomethingDepends(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		ctx, e := t.Context(), engine(t, db.Store)
		c := create(t, db, e, keycloak())
		addAccount(t, db, c.ID)
		err := e.Delete(ctx, db.Actor(), c.PublicID, c.Version, connector.Deletion{Typed: c.Name, Reason: "not used any more"})
		if !errs.Is(err, errs.Conflict) || !strings.Contains(err.Error(), "1 account read from it depends on it") {
			t.Errorf("Delete = %v, want it refused with what depends on it", err)
		}
	})
}

// Who may not, may not; whoever they are.
func TestEveryVerbNeedsThePermission(t *testing.T) {
	t.Parallel()
	db := dbtest.One(t, "sqlite")
	ctx, e := t.Context(), engine(t, db.Store)
	c := create(t, db, e, keycloak())
	actor := models.Actor{Tenant: db.Tenant, Kind: models.ActorUser, UserID: 1, Name: "Reader", Can: models.AllPermissions &^ models.ConnectorsEdit}
	for name, act := range map[string]func() error{
		"create": func() error { _, err := e.Create(ctx, actor, keycloak()); return err },
		"edit":   func() error { _, err := e.Edit(ctx, actor, c.PublicID, c.Version, connector.Edit{}); return err },
		"secret": func() error {
			_, err := e.SetSecret(ctx, actor, c.PublicID, c.Version, connector.NewSecrets{Client: "x"})
			return err
		},
		"enable": func() error { _, err := e.Enable(ctx, actor, c.PublicID, c.Version, ""); return err },
		"pause":  func() error { _, err := e.Pause(ctx, actor, c.PublicID, c.Version, "a good reason"); return err },
		"delete": func() error {
			return e.Delete(ctx, actor, c.PublicID, c.Version, connector.Deletion{Typed: c.Name, Reason: "a good reason"})
		},
	} {
		if err := act(); !errs.Is(err, errs.Forbidden) {
			t.Errorf("%s without connectors.edit: %v, want it refused", name, err)
		}
	}
}

// Another tenant's connector does not exist.
func TestTenantsAreApart(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		ctx, e := t.Context(), engine(t, db.Store)
		c := enable(t, db, e, create(t, db, e, keycloak()))
		other := otherTenant(t, db)
		if _, err := e.Get(ctx, other, c.PublicID); !errs.Is(err, errs.NotFound) {
			t.Errorf("Get = %v", err)
		}
		if _, err := e.Open(ctx, other, c.ID); !errs.Is(err, errs.NotFound) {
			t.Errorf("Open = %v", err)
		}
		if _, err := e.Pause(ctx, models.SystemActor(other, "Other"), c.PublicID, c.Version, "a good reason"); !errs.Is(err, errs.NotFound) {
			t.Errorf("Pause = %v", err)
		}
		if all, err := e.List(ctx, other); err != nil || len(all) != 0 {
			t.Errorf("List = %v, %v", all, err)
		}
	})
}

func TestMappingKeepsWhatIsGiven(t *testing.T) {
	t.Parallel()
	db := dbtest.One(t, "sqlite")
	e := engine(t, db.Store)
	c := create(t, db, e, keycloak())
	m := connector.Mapping{
		Fields: map[string]connector.FieldRule{
			"email": {From: "email", Owner: connector.OwnedBySource}, "title": {From: ""},
			"attribute:badge": {From: "badge_no", Owner: connector.OwnedByFirst},
		},
		Roles: []connector.RoleRule{{Kind: "group", Name: "/Finance", Role: "wms.reader"}, {Kind: "group"}},
	}
	got, err := e.Edit(t.Context(), db.Actor(), c.PublicID, c.Version, connector.Edit{Mapping: &m})
	if err != nil {
		t.Fatal(err)
	}
	want := maps.Clone(m.Fields)
	delete(want, "title")
	if d := cmp.Diff(want, got.Mapping.Fields); d != "" {
		t.Error(d)
	}
	if len(got.Mapping.Roles) != 1 {
		t.Errorf("rules %+v, want the empty line left out", got.Mapping.Roles)
	}
	var after map[string]string
	if err := json.Unmarshal([]byte(last(t, db, models.ConnectorEdit).After), &after); err != nil || after["role_rules"] != "group /Finance: wms.reader" {
		t.Errorf("event %v, %v", after, err)
	}
}
