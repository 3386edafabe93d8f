package connector_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// What a person holds: accounts that were read, and those they only signed in
// with; each once, of no draft, of nobody else.
func TestAccountsOf(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		var user, other, keycloak, draft int64
		err := db.Store.Change(t.Context(), db.Actor(), func(ctx context.Context, tx *store.Tx) error {
			put := func(row any) {
				t.Helper()
				if _, err := tx.Insert(row).Exec(ctx); err != nil {
					t.Fatal(err)
				}
			}
			person := func(name string) int64 {
				u := models.User{PublicID: uuid.NewString(), DisplayName: name, SortName: name, Status: models.Active}
				put(&u)
				return u.ID
			}
			system := func(key string, state models.ConnectorState) int64 {
				c := models.Connector{
					PublicID: uuid.NewString(), Key: key, Kind: models.ConnectorKeycloak, Name: "The " + key, State: state,
					Settings: `{"issuer":"https://same-issuer","sign_in":{"client_id":"rollcall"}}`, Mapping: "{}", Sync: "{}",
				}
				put(&c)
				return c.ID
			}
			account := func(at, of int64, key string) {
				put(&models.Account{ConnectorID: at, Key: key, UserID: of, Username: "as read", Enabled: true, Said: "{}", LastReadAt: tx.Now})
			}
			identity := func(of int64, provider, subject string) {
				put(&models.Identity{UserID: of, Provider: provider, Issuer: "https://" + provider, Subject: subject, Username: "as signed in"})
			}
			user, other = person("Elif Kaya"), person("Goran Novak")
			keycloak, draft = system("keycloak", models.ConnectorPaused), system("draft", models.ConnectorDraft)
			account(keycloak, user, "read")
			account(keycloak, other, "of-another")
			account(draft, user, "too-early")
			identity(user, "keycloak", "read")
			identity(user, "keycloak", "only-signed-in")
			identity(user, "unconnected", "elsewhere")
			identity(user, "same-issuer", "other-key")
			identity(other, "keycloak", "of-another")
			return tx.Record(ctx, store.Event{Action: models.Seeded, Target: store.Ref{Kind: models.KindTenant, ID: tx.Tenant()}})
		})
		if err != nil {
			t.Fatal(err)
		}
		held, err := connector.AccountsOf(t.Context(), db.Store.Read(db.Tenant), user)
		if err != nil {
			t.Fatal(err)
		}
		type line struct {
			Account, Username, Name string
			Read, InUse             bool
		}
		var got []line
		for _, h := range held {
			got = append(got, line{h.Account, h.Username, h.Name, h.AccountID != 0, h.InUse()})
			if h.Console() != "rollcall" || h.ConnectorID != keycloak {
				t.Errorf("%s: client %q at %d", h.Account, h.Console(), h.ConnectorID)
			}
		}
		want := []line{{"only-signed-in", "as signed in", "The keycloak", false, false}, {"other-key", "as signed in", "The keycloak", false, false}, {"read", "as read", "The keycloak", true, false}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("accounts (-want +got):\n%s", diff)
		}
		many, err := connector.AccountsOfMany(t.Context(), db.Store.Read(db.Tenant), []int64{user, other, 999_999})
		if err != nil || len(many) != 2 || len(many[user]) != 3 || len(many[other]) != 1 || many[other][0].Account != "of-another" {
			t.Errorf("of many: %d people, %+v, %v", len(many), many[other], err)
		}
		if none, err := connector.AccountsOf(t.Context(), db.Store.Read(db.Tenant+1), user); err != nil || len(none) != 0 {
			t.Errorf("another tenant sees %d accounts, %v", len(none), err)
		}
	})
}

func TestHandlesSayNothing(t *testing.T) {
	t.Parallel()
	a, b := connector.Handle("session-1"), connector.Handle("session-2")
	if a == b || a != connector.Handle("session-1") || len(a) != 24 {
		t.Errorf("handles %q and %q", a, b)
	}
}
