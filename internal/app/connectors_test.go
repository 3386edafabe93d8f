package app_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/draft"
	"github.com/rollcall/rollcall/internal/store"
)

// A form with secrets asks for the fresh sign-in before anything is typed: nobody
// keeps a secret meanwhile. Back from there it is as it would have been.
func TestFormsWithSecretsAskBeforeTheyAreTyped(t *testing.T) {
	t.Parallel()
	f := newFixture(t, dbtest.One(t, store.SQLite))
	plain, id := f.SignIn(f.boss), f.own["connector"]
	for path, shows := range map[string]string{
		"/connectors/new/demo":           `value="Demo directory"`,
		"/connectors/" + id + "/edit":    `value="Northwind directory"`,
		"/connectors/" + id + "/secrets": `name="version" value="1"`,
	} {
		got := plain.Get(path)
		if got.Code != http.StatusSeeOther || !strings.HasPrefix(got.Header.Get("Location"), "/step-up?for=") {
			t.Errorf("%s: %d to %q, want a fresh sign-in first", path, got.Code, got.Header.Get("Location"))
		}
		kept, err := f.Drafts.Keep(t.Context(), f.DB.Tenant, draft.Draft{UserID: f.boss.ID, Page: path, Path: path})
		if err != nil {
			t.Fatal(err)
		}
		if back := f.admin.Get(path + "?draft=" + kept); !strings.Contains(back.Body, shows) {
			t.Errorf("%s after it: %d, %s is missing", path, back.Code, shows)
		}
	}
}
