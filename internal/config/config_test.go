package config_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rollcall/rollcall/internal/config"
	"github.com/rollcall/rollcall/internal/errs"
)

func load(t *testing.T, file string, env ...string) (*config.Config, error) {
	t.Helper()
	s := config.Sources{Env: env}
	if file != "" {
		s.Flags.Config = write(t, "rollcall.yaml", file)
	}
	return config.Load(s)
}

func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	c, err := load(t, "")
	if err != nil {
		t.Fatal(config.Explain(err))
	}
	if c.DatabaseURL.Reveal() != "sqlite://rollcall.db" || c.SQLiteFile() != "rollcall.db" || c.Listen != "127.0.0.1:8080" ||
		c.PublicURL.String() != "http://127.0.0.1:8080" || c.Secure() || c.Session.Idle != time.Hour || c.Session.Absolute != 12*time.Hour ||
		c.Session.MaxPerPerson != 10 || c.Session.Elevation != 15*time.Minute || c.Session.SkipStepUp || c.Tenant.Slug != "default" || c.Tenant.Environment != "production" || c.LogLevel != slog.LevelInfo ||
		len(c.Providers) != 0 || c.FirstAdmin.Set() {
		t.Fatalf("defaults = %+v", c)
	}
}

const whole = `
database_url: postgres://rollcall:pw@db.internal/rollcall
listen: 0.0.0.0:8080
public_url: https://Rollcall.northwind.example/
trusted_proxies: [10.0.0.0/8, 192.0.2.1]
secret_key_file: /run/secrets/key
contact: IT service desk, extension 4000
log_level: warn
tenant: {name: Northwind Group, slug: northwind, environment: staging}
session:
  idle: 30m
  absolute: 8h
  max_per_person: 3
  elevation: 5m
  step_up: off
first_admin:
  provider: keycloak
  email: it@northwind.example
providers:
  - key: keycloak
    name: Keycloak
    issuer: https://id.northwind.example/realms/staff
    client_id: rollcall
    client_secret: hush
    leeway: 90s
    max_auth_age: 24h
    step_up_acr: [gold, urn:northwind:mfa]
    refresh: true
    offline_access: true
    revalidate: 5m
    logout_token_typ: strict
    email_domains: [Northwind.Example]
    claims: {groups: realm_access.roles, department: dept, attributes: {site: office}}
    create: {rule: domains, domains: ["@northwind.example"]}
    roles:
      - {claim: groups, value: "a,b c", role: rollcall.admin}
  - key: entra
    issuer: https://login.example/{tenantid}/v2.0
    client_id: abc
    client_secret_env: ENTRA
`

func TestFile(t *testing.T) {
	t.Parallel()
	c, err := load(t, whole, "ENTRA=also hush")
	if err != nil {
		t.Fatal(config.Explain(err))
	}
	if c.PublicURL.String() != "https://rollcall.northwind.example" || !c.Secure() || c.SQLiteFile() != "" || c.SecretKeyFile != "/run/secrets/key" {
		t.Fatalf("config = %+v", c)
	}
	want := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("192.0.2.1/32")}
	if d := cmp.Diff(want, c.TrustedProxies, cmp.Comparer(func(a, b netip.Prefix) bool { return a == b })); d != "" {
		t.Fatal(d)
	}
	if d := cmp.Diff(config.Session{Idle: 30 * time.Minute, Absolute: 8 * time.Hour, MaxPerPerson: 3, Elevation: 5 * time.Minute, SkipStepUp: true}, c.Session); d != "" {
		t.Fatal(d)
	}
	p := config.Provider{
		Key: "keycloak", Name: "Keycloak", Issuer: "https://id.northwind.example/realms/staff", ClientID: "rollcall", ClientSecret: "hush",
		Leeway: 90 * time.Second, MaxAuthAge: 24 * time.Hour, StepUpACR: []string{"gold", "urn:northwind:mfa"}, Refresh: true, OfflineAccess: true, Revalidate: 5 * time.Minute,
		LogoutTokenTyp: config.LogoutTypStrict, EmailDomains: []string{"northwind.example"},
		Claims: config.Claims{Groups: "realm_access.roles", Department: "dept", Attributes: map[string]string{"site": "office"}},
		Create: config.Create{Rule: config.CreateDomains, Domains: []string{"northwind.example"}},
		Roles:  []config.RoleMapping{{Claim: "groups", Value: "a,b c", Role: "rollcall.admin"}},
	}
	if d := cmp.Diff(p, c.Providers[0]); d != "" {
		t.Fatal(d)
	}
	if e := c.Providers[1]; e.Name != "entra" || e.ClientSecret.Reveal() != "also hush" || e.Create.Rule != config.CreateOff {
		t.Fatalf("entra = %+v", e)
	}
}

func TestFlagBeatsEnvironmentBeatsFile(t *testing.T) {
	t.Parallel()
	path := write(t, "rollcall.yaml", "log_level: error\nlisten: 127.0.0.1:1\ncontact: from the file\n")
	c, err := config.Load(config.Sources{
		Flags: config.Flags{LogLevel: "debug"},
		Env:   []string{"ROLLCALL_CONFIG=" + path, "ROLLCALL_LOG_LEVEL=warn", "ROLLCALL_LISTEN=127.0.0.1:2"},
	})
	if err != nil {
		t.Fatal(config.Explain(err))
	}
	if c.LogLevel != slog.LevelDebug || c.Listen != "127.0.0.1:2" || c.Contact != "from the file" {
		t.Fatalf("config = %+v", c)
	}
}

func TestProviderByEnvironment(t *testing.T) {
	t.Parallel()
	file := write(t, "secret", "from a file\n")
	c, err := load(t, "", "ROLLCALL_OIDC_ISSUER=http://127.0.0.1:9/", "ROLLCALL_OIDC_CLIENT_ID=rollcall", "ROLLCALL_OIDC_CLIENT_SECRET_FILE="+file,
		"ROLLCALL_OIDC_NAME=Single sign-on", "ROLLCALL_OIDC_CREATE=groups", "ROLLCALL_OIDC_GROUPS=staff, it", "ROLLCALL_OIDC_DEV_LOOPBACK=true",
		"ROLLCALL_OIDC_ROLES=groups=urn:it:admins:rollcall.admin", "ROLLCALL_OIDC_REFRESH=true", "ROLLCALL_OIDC_REVALIDATE=1h",
		"ROLLCALL_OIDC_LOGOUT_TOKEN_TYP=lenient", "ROLLCALL_FIRST_ADMIN_SUBJECT=u-1")
	if err != nil {
		t.Fatal(config.Explain(err))
	}
	want := config.Provider{
		Key: "oidc", Name: "Single sign-on", Issuer: "http://127.0.0.1:9/", ClientID: "rollcall", ClientSecret: "from a file", ClientSecretFile: file, DevLoopback: true,
		Create:  config.Create{Rule: config.CreateGroups, Groups: []string{"staff", "it"}},
		Roles:   []config.RoleMapping{{Claim: "groups", Value: "urn:it:admins", Role: "rollcall.admin"}},
		Refresh: true, Revalidate: time.Hour, LogoutTokenTyp: config.LogoutTypLenient,
	}
	if d := cmp.Diff([]config.Provider{want}, c.Providers); d != "" {
		t.Fatal(d)
	}
	if c.EnvProvider != "oidc" {
		t.Errorf("EnvProvider = %q, want oidc: the environment set it", c.EnvProvider)
	}
	if c.FirstAdmin.Provider != "oidc" {
		t.Fatalf("first admin = %+v; the only provider is meant", c.FirstAdmin)
	}
}

func TestWrongSettingIsNamedWithItsFix(t *testing.T) {
	t.Parallel()
	provider := func(more string) string {
		return "providers:\n  - {key: a, issuer: 'https://a', client_id: b, client_secret: c" + more + "}\n"
	}
	for _, c := range []struct {
		name, file string
		env        []string
		want       []string // all in one problem
	}{
		{"database", "", []string{"ROLLCALL_DATABASE_URL=oracle://x"}, []string{"ROLLCALL_DATABASE_URL", "sqlite://rollcall.db"}},
		{"database without a scheme", "database_url: rollcall.db", nil, []string{"rollcall.yaml: database_url", "must start with"}},
		{"listen", "", []string{"ROLLCALL_LISTEN=8080"}, []string{"ROLLCALL_LISTEN", "127.0.0.1:8080"}},
		{"public address is missing", "listen: 0.0.0.0:80", nil, []string{"ROLLCALL_PUBLIC_URL", "is missing"}},
		{"public address without https", "", []string{"ROLLCALL_PUBLIC_URL=http://rollcall.example"}, []string{"ROLLCALL_PUBLIC_URL", "https"}},
		{"public address with a path", "", []string{"ROLLCALL_PUBLIC_URL=https://example.org/rollcall"}, []string{"ROLLCALL_PUBLIC_URL", "after the host"}},
		{"loopback in disguise", "", []string{"ROLLCALL_PUBLIC_URL=http://localhost.example.org"}, []string{"ROLLCALL_PUBLIC_URL", "https"}},
		{"every proxy", "", []string{"ROLLCALL_TRUSTED_PROXIES=0.0.0.0/0"}, []string{"ROLLCALL_TRUSTED_PROXIES", "believe everybody"}},
		{"a proxy's name", "trusted_proxies: [proxy]", nil, []string{"rollcall.yaml: trusted_proxies", `"proxy"`}},
		{"two keys", "", []string{"ROLLCALL_SECRET_KEY=a", "ROLLCALL_SECRET_KEY_FILE=b"}, []string{"ROLLCALL_SECRET_KEY", "Remove one"}},
		{"idle beyond the longest duration", "session: {idle: 9h, absolute: 8h}", nil, []string{"ROLLCALL_SESSION_IDLE", "8h"}},
		{"idle without a unit", "session: {idle: 30}", nil, []string{"rollcall.yaml: session.idle", "30m or 12h"}},
		{"a week too long", "", []string{"ROLLCALL_SESSION_ABSOLUTE=1000h"}, []string{"ROLLCALL_SESSION_ABSOLUTE", "5m and 168h"}},
		{"fresh sign-in that is neither", "session: {step_up: sometimes}", nil, []string{"session.step_up", "on or off"}},
		{"an elevation of a day", "", []string{"ROLLCALL_SESSION_ELEVATION=24h"}, []string{"ROLLCALL_SESSION_ELEVATION", "1m and 1h"}},
		{"a class of two words", provider(", step_up_acr: ['gold silver']"), nil, []string{"step_up_acr", "gold silver"}},
		{"log level", "log_level: loud", nil, []string{"log_level", "debug, info, warn or error"}},
		{"environment", "tenant: {environment: prod}", nil, []string{"tenant.environment", "production, staging"}},
		{"slug", "tenant: {slug: Northwind}", nil, []string{"tenant.slug", "lower-case"}},
		{"unknown name", "tenants: {name: x}", nil, []string{"line 1: tenants", "is not a setting"}},
		{"unknown name, nearly right", "\ndatabse_url: x", nil, []string{"line 2: databse_url", "Did you mean database_url?"}},
		{"unknown name inside", "session: {idel: 1h}", nil, []string{"session.idel", "Did you mean session.idle?"}},
		{"a list of settings", "tenant: [a, b]", nil, []string{"tenant", "is not a setting"}},
		{"unknown name of a provider", provider(", clientid: x"), nil, []string{"providers[0].clientid", "Did you mean providers[0].client_id?"}},
		{"unknown name deep in a provider", provider(", roles: [{claim: a, value: b, rolle: c}]"), nil, []string{"providers[0].roles.rolle", "Did you mean providers[0].roles.role?"}},
		{"a number that is none", provider(", leeway: soon"), nil, []string{"providers[0]", "soon"}},
		{"a name twice", "contact: a\ncontact: b", nil, []string{"rollcall.yaml", "already defined"}},
		{"not YAML", "a: [", nil, []string{"rollcall.yaml", "YAML"}},
		{"variable, nearly right", "", []string{"ROLLCALL_DATABASEURL=x"}, []string{"ROLLCALL_DATABASEURL", "Did you mean ROLLCALL_DATABASE_URL?"}},
		{"missing file", "", []string{"ROLLCALL_CONFIG=/nowhere.yaml"}, []string{"--config", "/nowhere.yaml"}},
		{"create by domains, none named", provider(", create: {rule: domains}"), nil, []string{"providers[0].create", "no domain"}},
		{"create by groups, none named", provider(", create: {rule: groups}"), nil, []string{"providers[0].create", "no group"}},
		{"create by a rule that is none", provider(", create: {rule: anybody}"), nil, []string{"providers[0].create", "off, domains, groups or pending"}},
		{"half a role mapping", provider(", roles: [{claim: groups, role: rollcall.admin}]"), nil, []string{"providers[0].roles[0]", "claim, value and role"}},
		{"a wild domain", provider(", email_domains: ['*.example.org']"), nil, []string{"email_domains", "*.example.org"}},
		{"an origin with a path", provider(", form_origins: ['https://a.example/login']"), nil, []string{"form_origins", "https://a.example/login"}},
		{"two secrets", provider(", client_secret_env: X"), nil, []string{"providers[0].client_secret", "more than one way"}},
		{"a secret that is not there", "providers: [{key: a, client_secret_env: NONE}]", nil, []string{"client_secret_env", "NONE"}},
		{"one key twice", "providers: [{key: a}, {key: a}]", nil, []string{"providers[1].key", "its own"}},
		{"a role without a role", "", []string{"ROLLCALL_OIDC_ISSUER=https://a", "ROLLCALL_OIDC_ROLES=groups=admins"}, []string{"ROLLCALL_OIDC_ROLES", "claim=value:role"}},
		{"maybe", "", []string{"ROLLCALL_OIDC_ISSUER=https://a", "ROLLCALL_OIDC_USERINFO=maybe"}, []string{"ROLLCALL_OIDC_USERINFO", "true or false"}},
		{"offline access for nothing", provider(", offline_access: true"), nil, []string{"providers[0].offline_access", "Set refresh as well"}},
		{"asking every second", provider(", refresh: true, revalidate: 1s"), nil, []string{"providers[0].revalidate", "1m and 24h"}},
		{"asking sometimes", "", []string{"ROLLCALL_OIDC_ISSUER=https://a", "ROLLCALL_OIDC_REVALIDATE=sometimes"}, []string{"ROLLCALL_OIDC_REVALIDATE", "10m or 1h"}},
		{"a typ that is none", provider(", logout_token_typ: jwt"), nil, []string{"providers[0].logout_token_typ", "lenient or strict"}},
		{"first admin nowhere", "", []string{"ROLLCALL_FIRST_ADMIN_EMAIL=a@example.org"}, []string{"ROLLCALL_FIRST_ADMIN_PROVIDER", "key of one of the providers"}},
		{"first admin twice", "", []string{"ROLLCALL_FIRST_ADMIN_EMAIL=a@example.org", "ROLLCALL_FIRST_ADMIN_SUBJECT=b"}, []string{"ROLLCALL_FIRST_ADMIN_SUBJECT", "Remove one"}},
		{"first admin without a name", "", []string{"ROLLCALL_FIRST_ADMIN_PROVIDER=a"}, []string{"ROLLCALL_FIRST_ADMIN_EMAIL", "is missing"}},
		{"first admin with more than an address", "", []string{"ROLLCALL_FIRST_ADMIN_EMAIL=It <it@example.org>"}, []string{"ROLLCALL_FIRST_ADMIN_EMAIL", "one e-mail address"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := load(t, c.file, c.env...)
			e, ok := errs.As(err)
			if !ok || e.Kind != errs.Invalid {
				t.Fatalf("Load = %v, want a refusal", err)
			}
			for _, f := range e.Fields {
				if text := f.Name + " " + f.Message; containsAll(text, c.want) {
					return
				}
			}
			t.Fatalf("no problem with %q in:\n%s", c.want, config.Explain(err))
		})
	}
}

func containsAll(text string, want []string) bool {
	for _, w := range want {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

func TestAllProblemsAtOnce(t *testing.T) {
	t.Parallel()
	_, err := load(t, "listen: x\nnonsense: 1\nlog_level: y\n", "ROLLCALL_DATABASE_URL=z")
	text := config.Explain(err)
	for _, want := range []string{"listen", "nonsense", "log_level", "ROLLCALL_DATABASE_URL"} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is missing in:\n%s", want, text)
		}
	}
}

func TestVariablesOfOthersAreLeftAlone(t *testing.T) {
	t.Parallel()
	_, err := load(t, "", "ROLLCALL_PORT=tcp://10.0.0.1:80", "ROLLCALL_SERVICE_HOST=10.0.0.1", "ROLLCALL_PORT_8080_TCP_ADDR=10.0.0.1", "ROLLCALL_TESTDB=all", "ROLLCALL_OIDC_NAME=x")
	if err != nil {
		t.Fatal(config.Explain(err))
	}
}

// WEB-27: no secret shows when the settings are printed.
func TestSecretsHide(t *testing.T) {
	t.Parallel()
	c, err := load(t, "", "ROLLCALL_DATABASE_URL=postgres://u:sentinel@h/d", "ROLLCALL_SECRET_KEY=sentinel",
		"ROLLCALL_OIDC_ISSUER=https://a", "ROLLCALL_OIDC_CLIENT_ID=b", "ROLLCALL_OIDC_CLIENT_SECRET=sentinel")
	if err != nil {
		t.Fatal(config.Explain(err))
	}
	j, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	slog.New(slog.NewJSONHandler(&log, nil)).Info("settings", "config", c, "secret", c.SecretKey)
	if all := fmt.Sprintf("%v %+v %#v", c, *c, *c) + string(j) + log.String(); strings.Contains(all, "sentinel") {
		t.Fatalf("a secret shows:\n%s", all)
	}
}

func TestWrongSecretIsNotQuoted(t *testing.T) {
	t.Parallel()
	_, err := load(t, "", "ROLLCALL_DATABASE_URL=postgress://u:sentinel@h/d")
	if err == nil || strings.Contains(config.Explain(err)+err.Error(), "sentinel") {
		t.Fatalf("err = %v", err)
	}
}

// The example of the package documentation must be a file that works.
func TestDocumentedExample(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	var example strings.Builder
	for line := range strings.Lines(string(b)) {
		if text, ok := strings.CutPrefix(line, "//\t"); ok {
			example.WriteString(text)
		}
	}
	secret := write(t, "secret", "x")
	c, err := load(t, strings.ReplaceAll(example.String(), "/run/secrets/keycloak", secret))
	if err != nil {
		t.Fatal(config.Explain(err))
	}
	if len(c.Providers) != 1 || c.Providers[0].Roles[0].Role != "rollcall.admin" {
		t.Fatalf("providers = %+v", c.Providers)
	}
}
