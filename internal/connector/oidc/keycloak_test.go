package oidc_test

import (
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/connector/connectortest"
	"github.com/rollcall/rollcall/internal/connector/oidc"
	"github.com/rollcall/rollcall/internal/kctest"
	"github.com/rollcall/rollcall/internal/wire/oauth"
)

// The adapter passes the suite at a real Keycloak, taken for any OpenID provider:
// the client is told from one that does not exist, and a refresh token is seen
// alive and then dead.
func TestSuiteAtKeycloak(t *testing.T) {
	t.Parallel()
	realm := kctest.Open(t)
	client := kctest.Client{ID: "rollcall", Secret: "a-secret-of-the-test-only", Redirects: []string{"https://rollcall.example/*"}}
	realm.AddClient(t, client)
	names := map[string]string{} // by id
	settings := connector.Settings{BaseURL: realm.Issuer, ClientID: client.ID, DevLoopback: true, AllowPrivate: true}
	connectortest.Run(t, connectortest.Fixture{
		Connect: func(t testing.TB) connector.System {
			s, err := oidc.New(settings, connector.Secrets{Client: client.Secret}, "Keycloak", time.Now)
			if err != nil {
				t.Fatal(err)
			}
			return s
		},
		AddPerson: func(t testing.TB, p connectortest.Person) string {
			id := realm.AddPerson(t, kctest.Somebody(p.Username))
			names[id] = p.Username
			return id
		},
		Token: func(t testing.TB, id string) connector.Token {
			return connector.Token{Value: realm.SignIn(t, client, names[id]).Refresh, Kind: oauth.RefreshToken, Subject: id}
		},
		Unknown: "nobody",
	})
	s, err := oidc.New(settings, connector.Secrets{Client: client.Secret}, "Keycloak", time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	if got := check(t, s)["client"]; got.State != connector.CheckPassed {
		t.Errorf("client: %+v", got)
	}
	wrong, err := oidc.New(settings, connector.Secrets{Client: "old"}, "Keycloak", time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(wrong.Close)
	if got := check(t, wrong)["client"]; got.State != connector.CheckFailed {
		t.Errorf("a wrong secret: %+v", got)
	}
}
