package app_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/rollcall/rollcall/handlers/web"
	"github.com/rollcall/rollcall/internal/app/apptest"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

var update = flag.Bool("update", false, "write docs/permissions.md anew")

const matrixFile = "../../docs/permissions.md"

// The documentation's matrix is the route table; `go test ./internal/app -update`
// writes it anew.
func TestPermissionMatrixIsDocumented(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t, dbtest.One(t, store.SQLite))
	masks := map[string]models.Permission{}
	columns := []string{models.RoleAdmin, models.RoleHelpdesk, models.RoleManager, models.RoleAuditor, models.RoleEmployee}
	for _, key := range columns {
		role, err := s.Access.Role(t.Context(), s.DB.Tenant, key)
		if err != nil {
			t.Fatal(err)
		}
		masks[key] = role.Mask
	}
	var b strings.Builder
	b.WriteString("# Who may open what\n\nWritten from the route table by `go test ./internal/app -update`.\n\n## Pages\n\n| Route | For | Permission | Fresh sign-in | Admin | Helpdesk | Manager | Auditor | Employee |\n|---|---|---|---|---|---|---|---|---|\n")
	for _, r := range s.Kit.Routes() {
		fmt.Fprintf(&b, "| `%s %s` | %s | %s | %s |%s\n", r.Method, r.Path, r.Summary, doorWord(r), stepUpWord(r), cells(r, columns, masks))
	}
	b.WriteString("\n## Permissions\n\n| Key | Lets a person |\n|---|---|\n")
	for _, p := range models.Permissions {
		fmt.Fprintf(&b, "| `%s` | %s |\n", p.Key, p.Sentence)
	}
	if *update {
		if err := os.WriteFile(matrixFile, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(matrixFile)
	if err != nil || string(want) != b.String() {
		t.Errorf("docs/permissions.md does not show the route table (%v): run go test ./internal/app -update", err)
	}
}

func stepUpWord(r web.Route) string {
	if r.StepUp {
		return "needed"
	}
	if r.StepUpWhen != "" {
		return "needed when " + r.StepUpWhen
	}
	return ""
}

func doorWord(r web.Route) string {
	switch r.Door {
	case web.Public:
		return "everybody"
	case web.SignedIn:
		return "signed in"
	default:
		return "`" + strings.Join(r.Lacks(), "` or `") + "`"
	}
}

func cells(r web.Route, columns []string, masks map[string]models.Permission) string {
	var b strings.Builder
	for _, key := range columns {
		word := "no"
		if r.Opens(masks[key], true) {
			word = "yes"
		}
		b.WriteString(" " + word + " |")
	}
	return b.String()
}
