package app_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"net/url"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/app"
	"github.com/rollcall/rollcall/internal/app/apptest"
	"github.com/rollcall/rollcall/internal/config"
	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/reseal"
	"github.com/rollcall/rollcall/internal/secret"
	"github.com/rollcall/rollcall/internal/session"
	"github.com/rollcall/rollcall/internal/signin/optest"
	"github.com/rollcall/rollcall/models"
)

// notSealed are columns of class secret whose text is something else than sealed,
// and so needs no key.
var notSealed = map[string]string{
	"sessions.token_hash":              "a hash",
	"sessions.sid":                     "the provider's name of its session, looked up by value",
	"sessions.data":                    "values of the session, none of them secret",
	"signin_transactions.state_hash":   "a hash",
	"signin_transactions.browser_hash": "a hash",
	"logout_tokens.token_hash":         "a hash",
	"logout_tokens.subject_hash":       "a hash",
	"logout_tokens.sid_hash":           "a hash",
	"signin_grants.lease_token":        "says who works on the row",
	"signin_grants.sid":                "the provider's name of its session, looked up by value",
	"operations.lease_token":           "says who works on the row",
	"work_steps.lease_token":           "says who works on the row",
	"sync_sources.run_token":           "says who works on the row",
	"sync_sources.feed_token":          "says who works on the row",
	"link_checks.lease_token":          "says who works on the row",
}

// Every secret column is sealed and known to the rotation of keys, or known to
// be something else.
func TestEverySealedColumnCanBeSealedAgain(t *testing.T) {
	t.Parallel()
	known := map[string]bool{}
	for _, c := range app.SealedColumns() {
		if known[c.Name()] {
			t.Errorf("%s is listed twice", c.Name())
		}
		known[c.Name()] = true
		row := map[string]string{c.Key: "row"}
		for _, n := range c.Needs {
			row[n] = n
		}
		if at := c.Place(1, row); at.Column != c.Name() || at.Tenant != 1 || at.Row != "row" {
			t.Errorf("%s is sealed for %+v", c.Name(), at)
		}
	}
	found := secretColumns(t)
	for _, name := range found {
		if _, else_ := notSealed[name]; known[name] == else_ {
			t.Errorf("%s has class secret: list it in app.SealedColumns, or say here what it is when it is not sealed", name)
		}
	}
	for name := range known {
		if !slices.Contains(found, name) {
			t.Errorf("%s is listed and is no column of class secret", name)
		}
	}
	for name := range notSealed {
		if !slices.Contains(found, name) {
			t.Errorf("%s is excepted and does not exist", name)
		}
	}
}

// secretColumns reads from the models which columns are secret.
func secretColumns(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("../../models/*.go")
	if err != nil || len(files) < 5 {
		t.Fatalf("models: %v, %v", files, err)
	}
	var out []string
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			body, ok := n.(*ast.StructType)
			if !ok {
				return true
			}
			table := ""
			for _, f := range body.Fields.List {
				if f.Tag == nil {
					continue
				}
				tag := reflect.StructTag(strings.Trim(f.Tag.Value, "`"))
				first, _, _ := strings.Cut(tag.Get("bun"), ",")
				if rest, is := strings.CutPrefix(first, "table:"); is {
					table = rest
				}
				if tag.Get("class") != string(models.Secret) {
					continue
				}
				for _, field := range f.Names {
					column := first
					if column == "" {
						column = snake(field.Name)
					}
					out = append(out, table+"."+column)
				}
			}
			return true
		})
	}
	return out
}

var hump = regexp.MustCompile(`([a-z])([A-Z])`)

func snake(name string) string { return strings.ToLower(hump.ReplaceAllString(name, "${1}_${2}")) }

// The whole of a site under one key, rotated, is the whole of it under the other:
// sign-ins that are on their way, held tokens, drafts, hints and connectors.
func TestASiteUnderAnotherKey(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		op := optest.Start(t)
		op.SetNow(db.Clock.Now)
		op.Mutate(func(f *optest.Faults) { f.PlainRefresh = true })
		set := beside(op)
		under := func(keys string) func(*config.Config) {
			return func(c *config.Config) {
				c.SecretKey = config.Secret(keys)
				set(c)
				c.Providers[0].Refresh = true
			}
		}
		fresh := secret.NewKey()
		old := apptest.Start(t, db, under(apptest.Key))
		boss, target := old.Add("Amara Okafor", models.RoleAdmin), old.Add("Jonas Weber", models.RoleEmployee)
		old.Link(boss, "keycloak", op.Issuer, "amara")
		op.SignIn(map[string]any{"sub": "amara"})
		b := old.Browser()
		comesBack(t, b, op, b.Post("/signin/keycloak", nil), "/")
		db.Clock.Advance(5 * time.Minute)
		form := "/users/" + target.PublicID + "/deactivate"
		u, _ := url.Parse(b.Post(form, because).Header.Get("Location"))
		begun := b.Post("/step-up", url.Values{"for": {u.Query().Get("for")}})
		connected, err := old.Connectors.Create(t.Context(), models.SystemActor(db.Tenant, "Test"), connector.NewConnector{
			Kind: models.ConnectorOIDC, Name: "Second", Settings: connector.Settings{BaseURL: "https://id.example"},
			Secrets: connector.NewSecrets{Client: "sentinel-of-the-client", Hook: "sentinel-of-the-hook-0123456789abcdef"},
		})
		if err != nil {
			t.Fatal(err)
		}

		if _, _, err := old.App.Certify.Rotate(t.Context(), models.SystemActor(db.Tenant, "Test")); err != nil {
			t.Fatal(err)
		}

		columns := app.SealedColumns()
		ring, err := secret.NewKeyring(fresh, mustKey(t, apptest.Key))
		if err != nil {
			t.Fatal(err)
		}
		engine := reseal.New(db.Store, ring, columns)
		report, err := engine.Rotate(t.Context(), func(tenant int64) models.Actor { return models.SystemActor(tenant, "Test") }, nil)
		if err != nil || report.Old() != 0 || report.Lost() != 0 {
			t.Fatalf("%+v, %v", report, err)
		}
		for _, c := range report {
			if c.Resealed == 0 {
				t.Errorf("%s: nothing was there to be sealed again; this test must fill it", c.Column)
			}
		}

		now := apptest.Start(t, db, under(fresh.Hex()))
		browser := b.At(now)
		handle := u.Query().Get("for")
		back := op.Authorize(t, begun.Header.Get("Location"))
		got := browser.Get("/auth/keycloak/callback?" + back.Encode())
		if want := form + "?draft=" + handle; got.Code != http.StatusSeeOther || got.Header.Get("Location") != want {
			t.Fatalf("a fresh sign-in that was on its way: %d to %q", got.Code, got.Header.Get("Location"))
		}
		if page := browser.Get(form + "?draft=" + handle); !strings.Contains(page.Body, because.Get("reason")) {
			t.Error("the draft does not come back")
		}
		var row models.Session
		if err := db.Store.Read(db.Tenant).Select(&row).Where("user_id = ?", boss.ID).Scan(t.Context()); err != nil {
			t.Fatal(err)
		}
		if hint, err := now.Sessions.IDToken(t.Context(), session.Live{PublicID: row.PublicID, Tenant: session.Tenant{ID: db.Tenant}}); err != nil || hint == "" {
			t.Errorf("hint for signing out: %v", err)
		}
		if n, err := now.App.SignIn.TakeBackTokens(t.Context(), boss.ID); err != nil || n.Tokens != 2 {
			t.Errorf("held tokens: %+v, %v", n, err)
		}
		if hook, err := now.Connectors.HookSecret(t.Context(), db.Tenant, connected.ID); err != nil || hook != "sentinel-of-the-hook-0123456789abcdef" {
			t.Errorf("secret of a connector: %q, %v", hook, err)
		}
	})
}

func mustKey(t *testing.T, text string) secret.Key {
	t.Helper()
	keys, err := secret.ParseKeys(text)
	if err != nil {
		t.Fatal(err)
	}
	return keys[0]
}
