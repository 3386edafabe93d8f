package connectors_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

const sentinel = "s3cr3t-sentinel-9f2a"

func typed() url.Values {
	return url.Values{
		"name": {"Keycloak"}, "key": {"keycloak"}, "base_url": {"https://id.northwind.example"}, "realm": {"northwind"},
		"client_id": {"rollcall"}, "client_secret": {sentinel},
	}
}

// create connects Keycloak and gives it.
func (h *house) create(t *testing.T, change ...func(url.Values)) connector.Connector {
	t.Helper()
	form := typed()
	for _, f := range change {
		f(form)
	}
	a := h.post("/connectors/new/keycloak", form)
	if a.code != 303 || !strings.HasSuffix(a.location, "/test?ok=created") {
		t.Fatalf("create: %d to %q\n%s", a.code, a.location, a.body)
	}
	c, err := h.engine.ByKey(t.Context(), h.Tenant, form.Get("key"))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func path(c connector.Connector, part string) string { return "/connectors/" + c.PublicID + part }

// The whole way from nothing to a connector in use, page by page.
func TestSetUpFromStartToEnd(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := newHouse(t, db)
		h.get("/connectors").holds(t, 200, "No system is connected", "Entra ID", "ROLLCALL_OIDC_ISSUER", "Connect a system")
		h.get("/connectors/new?q=pocket").holds(t, 200, "/connectors/new/pocket-id")
		h.get("/connectors/new/keycloak").holds(t, 200, "https://rollcall.example/auth/keycloak/callback", "Valid redirect URIs", "realm-management")
		c := h.create(t)
		h.get(path(c, "/test?ok=created")).holds(t, 200, "Saved as a draft.", "It was not tested yet.", "https://rollcall.example/hooks/"+c.PublicID, "2 Test")

		started := h.post(path(c, "/test"), nil)
		run, _ := strings.CutPrefix(started.location, path(c, "/test/"))
		if started.code != 303 || run == "" {
			t.Fatalf("test started: %d to %q", started.code, started.location)
		}
		for trial, end := (connector.Trial{Running: true}), time.Now().Add(10*time.Second); trial.Running; {
			var err error
			if trial, err = h.engine.Trial(t.Context(), c, run); err != nil || time.Now().After(end) {
				t.Fatal(err)
			}
		}
		h.get(started.location).holds(t, 200, "2 checks: 1 failed, 1 passed", "Keycloak answered 401 invalid_client.", "Paste the new secret.", "1.5 s", "Look again", "Continue to mapping", "Started 2026-11-22T10:42:00Z by Goran Novak")

		h.get(path(c, "/mapping")).holds(t, 200, "Amara &lt;Okafor&gt;", "amara.okafor@northwind.example", `<option value="jobTitle">`)
		saved := h.post(path(c, "/mapping"), url.Values{
			"version": {"1"}, "then": {"next"}, "from_display_name": {"display_name"}, "owner_display_name": {"source"}, "from_phone": {"phone"}, "owner_phone": {"first"},
			"rule_kind": {"group", "group"}, "rule_name": {"/Finance", ""}, "rule_role": {models.RoleHelpdesk, ""},
		})
		if saved.code != 303 || saved.location != path(c, "/reading?ok=mapping") {
			t.Fatalf("mapping: %d to %q\n%s", saved.code, saved.location, saved.body)
		}
		got, err := h.engine.Get(t.Context(), h.Tenant, c.PublicID)
		if err != nil || len(got.Mapping.Fields) != 2 || got.Mapping.Fields["phone"].Owner != connector.OwnedByFirst || len(got.Mapping.Roles) != 1 {
			t.Fatalf("mapping = %+v, %v", got.Mapping, err)
		}
		if a := h.post(path(c, "/reading"), url.Values{"version": {"2"}, "then": {"next"}, "every": {"60"}, "full_every": {"0"}, "guard_percent": {"2.5"}, "guard_count": {"100"}, "guard_window": {"1440"}}); a.location != path(c, "/first") {
			t.Fatalf("reading: %d to %q\n%s", a.code, a.location, a.body)
		}
		if a := h.post(path(c, "/first"), nil); a.code != 303 || h.runs.started != 1 {
			t.Fatalf("dry run: %d, started %d", a.code, h.runs.started)
		}
		h.get(path(c, "/first")).holds(t, 200, "Waiting for its turn")
		h.runs.rows[0].State, h.runs.rows[0].PeopleCreated, h.runs.rows[0].PeopleLinked, h.runs.rows[0].AccountsUnclear = models.RunDone, 12481, 12102, 31
		h.get(path(c, "/first")).holds(t, 200, "12,481", "Nothing is linked by address alone")
		h.get(path(c, "/enable")).holds(t, 200, "The last test found something wrong", "Changes are read every hour, everybody only by hand.", "Above 2.5 percent or 100 people in 1 day", "12,481 would be created, 12,102 linked, 31 unclear.")
		if a := h.post(path(c, "/enable"), url.Values{"version": {"3"}}); a.location != path(c, "?ok=enabled") {
			t.Fatalf("enable: %d to %q\n%s", a.code, a.location, a.body)
		}
		h.get(path(c, "?ok=enabled")).holds(t, 200, "It is in use now.", "Ends in ", "9f2a", "Pause")
		h.get("/connectors").holds(t, 200, "Enabled", "Working", "Goran Novak")
	})
}

// WEB-27: a secret is taken and never comes back, also not when the form is refused.
func TestSecretsNeverComeBack(t *testing.T) {
	t.Parallel()
	h := newHouse(t, dbtest.One(t, store.SQLite))
	bad := typed()
	bad.Set("base_url", "http://id.northwind.example")
	refused := h.post("/connectors/new/keycloak", bad)
	refused.holds(t, 422, "The connector was not created", "could be read on the way", `value="northwind"`)
	refused.lacks(t, sentinel)
	c := h.create(t)
	for _, part := range []string{"", "/edit", "/secrets", "/test", "/mapping", "/reading", "/first", "/enable", "/pause", "/delete", "/capabilities"} {
		a := h.get(path(c, part))
		a.holds(t, 200)
		a.lacks(t, sentinel)
	}
	wrong := h.post(path(c, "/secrets"), url.Values{"version": {"1"}, "client_secret": {"another-sentinel\x00"}})
	wrong.lacks(t, "another-sentinel")
	if a := h.post(path(c, "/secrets"), url.Values{"version": {"1"}, "client_secret": {"rotated-secret-of-11c4"}}); a.location != path(c, "/test?ok=secrets") {
		t.Fatalf("rotate: %d to %q\n%s", a.code, a.location, a.body)
	}
	h.get(path(c, "")).holds(t, 200, "11c4")
	h.post(path(c, "/secrets"), url.Values{"version": {"2"}}).holds(t, 422, "Paste the new secret.")
}

// A page that was made from an older version is refused with both, and nothing
// typed is lost.
func TestStaleFormsLoseNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t, dbtest.One(t, store.SQLite))
	c := h.create(t)
	name := "Keycloak HQ"
	if _, err := h.engine.Edit(t.Context(), h.Actor(), c.PublicID, 1, connector.Edit{Name: &name}); err != nil {
		t.Fatal(err)
	}
	mine := typed()
	mine.Set("version", "1")
	mine.Set("realm", "mine")
	h.post(path(c, "/edit"), mine).holds(t, 409, "Changed by Test", "Keycloak HQ", `value="mine"`, "Save my version over it", `name="version" value="2"`)
	h.post(path(c, "/mapping"), url.Values{"version": {"1"}, "from_title": {"jobTitle"}, "owner_title": {"source"}}).holds(t, 409, `value="jobTitle"`, "jobTitle, the source owns it")
	h.post(path(c, "/reading"), url.Values{"version": {"1"}, "every": {"60"}, "guard_percent": {"7"}, "guard_count": {"9"}, "guard_window": {"1440"}}).holds(t, 409, `value="7"`)
	h.post(path(c, "/secrets"), url.Values{"version": {"1"}, "client_secret": {"x-secret-x-secret"}}).holds(t, 409, "Changed by Test")
	h.post(path(c, "/enable"), url.Values{"version": {"1"}}).holds(t, 409, "Nothing was done. Look at it once more.")
}

func TestBadInput(t *testing.T) {
	t.Parallel()
	h := newHouse(t, dbtest.One(t, store.SQLite))
	c := h.create(t)
	for name, tc := range map[string]struct {
		path string
		form url.Values
		code int
		says string
	}{
		"product of nobody":      {"/connectors/new/ldap", typed(), 404, "no product of this name"},
		"product without kind":   {"/connectors/new/demo", typed(), 404, "no product of this name"},
		"nothing typed":          {"/connectors/new/okta", nil, 422, "Give it a name"},
		"rate of words":          {"/connectors/new/keycloak", url.Values{"name": {"x"}, "rate": {"many"}}, 422, "is not a number"},
		"name too long":          {"/connectors/new/keycloak", url.Values{"name": {strings.Repeat("x", 200)}}, 422, "at most 60"},
		"key twice":              {"/connectors/new/keycloak", typed(), 422, "Another connector has this key"},
		"mapping to nothing":     {path(c, "/mapping"), url.Values{"version": {"1"}, "rule_kind": {"group"}, "rule_name": {"/A"}, "rule_role": {""}}, 422, "Choose the role it gives."},
		"mapping without owner":  {path(c, "/mapping"), url.Values{"version": {"1"}, "from_email": {"mail"}, "owner_email": {"nobody"}}, 422, "Choose who owns the field."},
		"guard of zero":          {path(c, "/reading"), url.Values{"version": {"1"}, "guard_percent": {"0"}, "guard_count": {"1"}, "guard_window": {"60"}}, 422, "above 0 and up to 100"},
		"guard of words":         {path(c, "/reading"), url.Values{"version": {"1"}, "guard_percent": {"all"}, "guard_count": {"1"}, "guard_window": {"60"}}, 422, "is not a number"},
		"guard without":          {path(c, "/reading"), url.Values{"version": {"1"}}, 422, "Share of people is missing."},
		"pause of a draft":       {path(c, "/pause"), url.Values{"version": {"1"}, "reason": {"a good reason"}}, 409, "still being set up"},
		"delete, name not typed": {path(c, "/delete"), url.Values{"version": {"1"}, "reason": {"a good reason"}, "typed": {"keycloak"}}, 422, "Type Keycloak to delete it."},
		"delete without reason":  {path(c, "/delete"), url.Values{"version": {"1"}, "typed": {"Keycloak"}}, 422, "at least 10 characters"},
		"a run of nobody":        {path(c, "/test/none"), nil, 404, ""},
	} {
		t.Run(name, func(t *testing.T) {
			if strings.HasSuffix(tc.path, "/none") {
				h.get(tc.path).holds(t, tc.code, tc.says)
				return
			}
			h.post(tc.path, tc.form).holds(t, tc.code, tc.says)
		})
	}
	if got, err := h.engine.Get(t.Context(), h.Tenant, c.PublicID); err != nil || got.Version != 1 {
		t.Errorf("after refusals: version %d, %v", got.Version, err)
	}
	h.runs.err = errs.New(errs.Conflict, "A run of this kind is already waiting.")
	h.post(path(c, "/first"), nil).holds(t, 409, "No dry run was started", "already waiting")
}

// WEB-15: what a form does not name cannot be set by it.
func TestFormsTakeOnlyTheirFields(t *testing.T) {
	t.Parallel()
	h := newHouse(t, dbtest.One(t, store.SQLite))
	c := h.create(t, func(f url.Values) {
		for _, name := range []string{"state", "tenant_id", "public_id", "health", "owner_id", "kind", "secret", "Settings", "from_status"} {
			f.Set(name, "enabled")
		}
	})
	if c.State != models.ConnectorDraft || c.Tenant != h.Tenant || c.Health.Health != "" || c.OwnerID != h.caller.UserID {
		t.Errorf("created %+v", c)
	}
	h.post(path(c, "/mapping"), url.Values{"version": {"1"}, "from_status": {"enabled"}, "owner_status": {"source"}, "from_email": {"email"}, "owner_email": {"source"}})
	got, err := h.engine.Get(t.Context(), h.Tenant, c.PublicID)
	if err != nil || len(got.Mapping.Fields) != 1 {
		t.Errorf("mapping %+v, %v; want e-mail only", got.Mapping, err)
	}
}

// A reader sees how it stands and changes nothing; masked fields stay masked.
func TestReader(t *testing.T) {
	t.Parallel()
	h := newHouse(t, dbtest.One(t, store.SQLite))
	c := h.create(t)
	if _, err := h.engine.Edit(t.Context(), h.Actor(), c.PublicID, 1, connector.Edit{Mapping: &connector.Mapping{Fields: map[string]connector.FieldRule{"phone": {From: "phone"}, "title": {From: "jobTitle"}}}}); err != nil {
		t.Fatal(err)
	}
	h.as(t, "Elif Kaya", models.ConnectorsRead)
	a := h.get(path(c, "/mapping"))
	a.holds(t, 200, "Payment approver", "Masked")
	a.lacks(t, "+44 20 7946 0001", "Save mapping")
	h.get(path(c, "/reading")).holds(t, 200, "needs the permission connectors.edit", "disabled")
	h.get(path(c, "/capabilities")).holds(t, 200, "Keycloak 26.7.3", "List everybody", "E-mail")
	overview := h.get(path(c, ""))
	overview.holds(t, 200, "Keycloak")
	overview.lacks(t, path(c, "/delete"), path(c, "/edit"), path(c, "/secrets"))
	for _, part := range []string{"/test", "/mapping", "/reading", "/enable", "/delete"} {
		h.post(path(c, part), url.Values{"version": {"2"}}).holds(t, 403)
	}
}

// A provider without a list of people says so instead of showing made-up ones.
func TestProviderWithoutAList(t *testing.T) {
	t.Parallel()
	h := newHouse(t, dbtest.One(t, store.SQLite))
	form := url.Values{"name": {"Okta"}, "key": {"okta"}, "base_url": {"https://example.okta.com"}, "sign_in_client_id": {"0oa"}, "sign_in_secret": {sentinel}, "create": {"pending"}, "scopes": {"profile, email groups"}, "groups_claim": {"groups"}}
	if a := h.post("/connectors/new/okta", form); a.code != 303 {
		t.Fatalf("%d\n%s", a.code, a.body)
	}
	c, err := h.engine.ByKey(t.Context(), h.Tenant, "okta")
	if err != nil || c.Settings.SignIn == nil || strings.Join(c.Settings.SignIn.Scopes, " ") != "profile email groups" {
		t.Fatalf("%+v, %v", c.Settings.SignIn, err)
	}
	h.get(path(c, "/mapping")).holds(t, 200, "An OpenID provider has no list of people. Nobody signed in through it yet")
	first := h.get(path(c, "/first"))
	first.holds(t, 200, "people arrive when they sign in")
	first.lacks(t, "Start a dry run")
	h.get(path(c, "/enable")).holds(t, 200, "Who is new waits to be let in.", "The connection was not tested.")
}

// A rule that makes records without anything that gives them a role lets nobody in.
func TestEnablingSaysThatNobodyNewComesIn(t *testing.T) {
	t.Parallel()
	h := newHouse(t, dbtest.One(t, store.SQLite))
	form := url.Values{"name": {"Okta"}, "key": {"okta"}, "base_url": {"https://example.okta.com"}, "sign_in_client_id": {"0oa"}, "sign_in_secret": {sentinel}, "create": {"domains"}, "domains": {"northwind.example"}, "groups_claim": {"groups"}}
	if a := h.post("/connectors/new/okta", form); a.code != 303 {
		t.Fatalf("%d\n%s", a.code, a.body)
	}
	c, err := h.engine.ByKey(t.Context(), h.Tenant, "okta")
	if err != nil {
		t.Fatal(err)
	}
	warning := "gets a record but no role"
	h.get(path(c, "/enable")).holds(t, 200, warning)
	rule := func(kind string) *connector.Mapping {
		return &connector.Mapping{Roles: []connector.RoleRule{{Kind: kind, Name: "staff", Role: models.RoleEmployee}}}
	}
	for i, kind := range []string{"role", "group"} {
		if _, err := h.engine.Edit(t.Context(), h.Actor(), c.PublicID, int64(i+1), connector.Edit{Mapping: rule(kind)}); err != nil {
			t.Fatal(err)
		}
		if page := h.get(path(c, "/enable")); kind == "role" {
			page.holds(t, 200, warning) // no claim of roles is named
		} else {
			page.lacks(t, warning)
		}
	}
}
