package archtest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rollcall/rollcall/internal/archtest"
)

// one makes a package of one file that imports things.
func one(t *testing.T, path, file string, imports ...string) []archtest.Package {
	t.Helper()
	var text strings.Builder
	text.WriteString("package x\n")
	for _, i := range imports {
		if strings.HasPrefix(i, "internal/") || strings.HasPrefix(i, "views/") || strings.HasPrefix(i, "handlers/") || strings.HasPrefix(i, "cmd/") || !strings.ContainsAny(i, "./") && len(i) > 5 {
			i = "github.com/rollcall/rollcall/" + i
		}
		fmt.Fprintf(&text, "import _ %q\n", i)
	}
	return source(t, path, file, text.String())
}

func source(t *testing.T, path, file, text string) []archtest.Package {
	t.Helper()
	f, err := archtest.ParseFile(file, text)
	if err != nil {
		t.Fatal(err)
	}
	return []archtest.Package{{Path: path, Name: "x", Files: []archtest.File{f}}}
}

// expect wants exactly one sentence with all the words, or none.
func expect(t *testing.T, got []string, words ...string) {
	t.Helper()
	if len(words) == 0 {
		if len(got) > 0 {
			t.Errorf("refused: %q", got)
		}
		return
	}
	if len(got) != 1 {
		t.Fatalf("%d sentences, want 1 about %q: %q", len(got), words, got)
	}
	for _, w := range words {
		if !strings.Contains(got[0], w) {
			t.Errorf("%q does not say %q", got[0], w)
		}
	}
}

func TestFloors(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		from, to string
		words    []string
	}{
		"down":                         {"internal/access", "internal/store", nil},
		"down two":                     {"internal/signin", "models", nil},
		"up":                           {"internal/store", "internal/access", []string{"internal/store", "x.go", "internal/access", "floor 1", "floor 3"}},
		"ground floor sideways":        {"internal/errs", "models", []string{"rooms of floor 0 never"}},
		"nouns sideways":               {"internal/access", "internal/directory", []string{"internal/access", "internal/directory", "rooms of floor 3 never", "interface"}},
		"verbs sideways":               {"internal/offboard", "internal/signin/oidc", []string{"rooms of floor 4 never"}},
		"within one room":              {"internal/signin", "internal/signin/oidc", nil},
		"a room without a floor":       {"internal/stairs", "models", []string{"internal/stairs stands on no floor"}},
		"to a room without a floor":    {"internal/app", "internal/stairs", []string{"internal/stairs", "no floor"}},
		"test room from a product":     {"internal/app", "internal/dbtest", []string{"for tests only"}},
		"wire below a prefix":          {"internal/audit", "internal/wire/csv", nil},
		"view to its layout":           {"views/users", "views/layout", nil},
		"view to the words":            {"views/users", "models", nil},
		"view to another noun":         {"views/users", "views/roles", []string{"a view imports only", "views/ui"}},
		"view to an engine":            {"views/users", "internal/directory", []string{"a view imports only"}},
		"handler to the kit":           {"handlers/users", "handlers/web", nil},
		"handler to its views":         {"handlers/users", "views/users", nil},
		"handler to another's views":   {"handlers/users", "views/roles", []string{"draw only their own views"}},
		"handler to another's handler": {"handlers/users", "handlers/roles", []string{"never another noun's handlers"}},
		"assembly":                     {"internal/app", "handlers/users", nil},
		"command":                      {"cmd/rollcall", "internal/demo", nil},
		"kit to assembly":              {"handlers/web", "internal/app", []string{"floor 5", "floor 6"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			expect(t, archtest.CheckFloors(one(t, c.from, "x.go", c.to)), c.words...)
		})
	}
}

func TestWalls(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		from, file, to string
		words          []string
	}{
		"test rooms have no walls": {"internal/app/apptest", "x.go", "internal/store", nil},
		"gin at the door":          {"handlers/users", "x.go", "github.com/gin-gonic/gin", nil},
		"gin binding at the door":  {"handlers/users", "x.go", "github.com/gin-gonic/gin/binding", nil},
		"gin in an engine":         {"internal/access", "x.go", "github.com/gin-gonic/gin", []string{"internal/access (x.go)", "gin", "only the door"}},
		"bun in the store":         {"internal/store", "x.go", "github.com/uptrace/bun", nil},
		"bun in rows":              {"internal/access", "rows_role.go", "github.com/uptrace/bun", nil},
		"bun beside rows":          {"internal/access", "grant.go", "github.com/uptrace/bun", []string{"rows files"}},
		"bun dialect in an engine": {"internal/access", "grant.go", "github.com/uptrace/bun/dialect/pgdialect", []string{"rows files"}},
		"bun in a handler's rows":  {"handlers/users", "rows.go", "github.com/uptrace/bun", []string{"rows files"}},
		"oidc in sign-in":          {"internal/signin/oidc", "x.go", "github.com/coreos/go-oidc/v3/oidc", nil},
		"oidc elsewhere":           {"handlers/signin", "x.go", "github.com/coreos/go-oidc/v3/oidc", []string{"only sign-in"}},
		"scs elsewhere":            {"handlers/web", "x.go", "github.com/alexedwards/scs/v2", []string{"only the session room"}},
		"templ in a handler":       {"handlers/users", "x.go", "github.com/a-h/templ", []string{"only views"}},
		"driver in an engine":      {"internal/access", "rows.go", "github.com/jackc/pgx/v5", []string{"only the store"}},
		"old log":                  {"internal/access", "x.go", "log", []string{"log/slog"}},
		"slog":                     {"internal/access", "x.go", "log/slog", nil},
		"weak randomness":          {"internal/session", "x.go", "math/rand", []string{"crypto/rand"}},
		"store from a handler":     {"handlers/users", "x.go", "internal/store", []string{"an engine, never the database"}},
		"demo from serve's app":    {"internal/app", "x.go", "internal/demo", []string{"nothing of the demo"}},
		"migrations from an app":   {"internal/app", "x.go", "migrations", []string{"only the store"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			expect(t, archtest.CheckWalls(one(t, c.from, c.file, c.to)), c.words...)
		})
	}
}

func TestHabits(t *testing.T) {
	t.Parallel()
	doc, err := archtest.ParseFile("doc.go", "// Package x is a part of a test.\npackage x\n")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		path, body string
		words      []string
	}{
		"transaction elsewhere":     {"internal/access", `func f(db DB) { db.BeginTx(nil, nil) }`, []string{"internal/access/x.go:3", "BeginTx", "only internal/store"}},
		"transaction of bun":        {"internal/access", `func f(db DB) { db.RunInTx(nil, nil, nil) }`, []string{"only internal/store"}},
		"a beginning of its own":    {"internal/access", `func f(s S) { s.Begin(nil, user) }`, nil},
		"transaction at home":       {"internal/store", `func f(db DB) { db.BeginTx(nil, nil) }`, nil},
		"maintain with its reason":  {"internal/session", `func f(s S) { s.Maintain(nil, 1, store.SessionTouch, nil) }`, nil},
		"maintain with another's":   {"internal/access", `func f(s S) { s.Maintain(nil, 1, store.SessionTouch, nil) }`, []string{"store.SessionTouch", "internal/access", "reasonUse"}},
		"maintain with a new one":   {"internal/access", `func f(s S) { s.Maintain(nil, 1, store.Shortcut, nil) }`, []string{"store.Shortcut"}},
		"maintain with a made-up":   {"internal/access", `func f(s S) { s.Maintain(nil, 1, "because", nil) }`, []string{"written out"}},
		"system with its reason":    {"internal/session", `func f(s S) { s.System(store.SessionLookup) }`, nil},
		"system with another's":     {"internal/access", `func f(s S) { s.System(store.SessionLookup) }`, []string{"store.SessionLookup"}},
		"star":                      {"internal/access", "const q = `SELECT * FROM users`", []string{"SELECT *"}},
		"star of a table":           {"internal/access", "const q = `select u.* from users u`", []string{"SELECT *"}},
		"star column":               {"internal/access", `func f(q Q) { q.ColumnExpr("*") }`, []string{"instead of *"}},
		"count is no star":          {"internal/access", "const q = `SELECT COUNT(*) FROM users`", nil},
		"offset":                    {"internal/access", "const q = `SELECT id FROM users LIMIT 5 OFFSET 50`", []string{"OFFSET"}},
		"offset of bun":             {"internal/access", `func f(q Q) { q.Offset(50) }`, []string{"page by key"}},
		"offset in words":           {"internal/access", `const s = "ISO with offset"`, nil},
		"sprintf in a query":        {"internal/access", `func f(q Q, n string) { q.Where(fmt.Sprintf("name = '%s'", n)) }`, []string{"fmt.Sprintf inside a query"}},
		"sprintf joined in a query": {"internal/access", `func f(q Q, n string) { q.Raw("a " + fmt.Sprint(n)) }`, []string{"inside a query"}},
		"arguments in a query":      {"internal/access", `func f(q Q, n string) { q.Where("name = ?", n) }`, nil},
		"outside call":              {"internal/access", `import "net/http"` + "\n" + `func f() { http.Get("https://example.com") }`, []string{"http.Get", "internal/outbound"}},
		"client of our own":         {"internal/access", `import "net/http"` + "\n" + `var c = &http.Client{}`, []string{"http.Client"}},
		"guarded":                   {"internal/outbound", `import "net/http"` + "\n" + `var c = &http.Client{}`, nil},
		"naked reminder":            {"internal/access", "// TO" + "DO: later\nvar x int", []string{"naked reminder"}},
		"reminder with a number":    {"internal/access", "// TO" + "DO(#12): later\nvar x int", nil},
		"raw html":                  {"handlers/web", `var c = templ.Raw("<b>")`, []string{"templ.Raw"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := source(t, c.path, "x.go", "package x\n\n"+c.body+"\n")
			p[0].Files = append(p[0].Files, doc)
			expect(t, archtest.CheckHabits(p), c.words...)
		})
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		pkg, file, text string
		words           []string
	}{
		"good":          {"x", "doc.go", "// Package x is one.\npackage x\n", nil},
		"no doc.go":     {"x", "x.go", "// Package x is one.\npackage x\n", []string{"internal/x has no doc.go"}},
		"no comment":    {"x", "doc.go", "package x\n", []string{"no package comment"}},
		"other comment": {"x", "doc.go", "// Something else.\npackage x\n", []string{"Package x"}},
		"says nothing":  {"utils", "doc.go", "// Package utils is one.\npackage utils\n", []string{"internal/x is called utils"}},
		"command":       {"main", "doc.go", "// Command x does it.\npackage main\n", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := source(t, "internal/x", c.file, c.text)
			p[0].Name = c.pkg
			expect(t, archtest.CheckHabits(p), c.words...)
		})
	}
}

func TestTemplFiles(t *testing.T) {
	t.Parallel()
	doc := source(t, "views/x", "doc.go", "// Package x is one.\npackage x\n")
	f, err := archtest.ParseFile("page.templ", "package x\n\ntempl Page() {\n\t@templ.Raw(text)\n}\n")
	if err != nil {
		t.Fatal(err)
	}
	doc[0].Files = append(doc[0].Files, f)
	expect(t, archtest.CheckHabits(doc), "views/x/page.templ:4", "templ.Raw")
}

func TestSize(t *testing.T) {
	t.Parallel()
	long := source(t, "internal/x", "x.go", "package x\n"+strings.Repeat("\n", 500))
	expect(t, archtest.CheckSize(long), "internal/x/x.go has 501 lines")
	body := source(t, "internal/x", "x.go", "package x\nfunc f() {\n"+strings.Repeat("\tf()\n", 80)+"}\n")
	expect(t, archtest.CheckSize(body), "x.go:2: f has 82 lines, the limit is 80")
	expect(t, archtest.Sizes(source(t, "internal/x", "x.go", "package x\nfunc f(a, b, c int, d, e, g string) {}\n")), "f has 6 parameters")
	generated := source(t, "internal/x", "x.go", "// Code generated by templ - DO NOT EDIT.\n\npackage x\n"+strings.Repeat("\n", 900))
	expect(t, archtest.CheckSize(generated))
}
