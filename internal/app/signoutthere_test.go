package app_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/rollcall/rollcall/internal/app/apptest"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/secret"
	"github.com/rollcall/rollcall/models"
)

// BCL-11 with a provider that is not ours: whoever signs out there is out here
// with the next request, on both replicas, and others are not.
func TestSigningOutAtARealProvider(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		r := startReal(t, db, "TELL=1")
		hana, elif := r.signIn(t, r.there, "hana"), r.signIn(t, r.Site, "elif")
		for _, at := range []*apptest.Site{r.Site, r.there} {
			if !hana.in(at) || !elif.in(at) {
				t.Fatal("not signed in on both replicas")
			}
		}
		r.leave(hana)
		for _, at := range []*apptest.Site{r.Site, r.there} {
			if hana.in(at) {
				t.Errorf("signed out at the provider, and in at %s", at.URL)
			}
			if !elif.in(at) {
				t.Errorf("somebody else was signed out at %s", at.URL)
			}
		}
		if !strings.Contains(r.log.String(), "back-channel: taken") {
			t.Error("the provider did not see its message taken")
		}
		ended := r.events(t, models.SessionEnd)
		if len(ended) != 1 || ended[0].ActorName != "Test provider" || ended[0].Via != models.ViaSignal || ended[0].TargetName != "Hana Example" {
			t.Errorf("events = %+v", ended)
		}
		r.until(t, "the token of the ended session is taken back", func() bool { return len(r.events(t, models.GrantRevoked)) == 1 })
	})
}

// OIDC-41 and SES-01 with a provider that is not ours and tells nobody: tokens
// rotate without one ever being used twice, and a session that ended there ends
// here at the next look.
func TestLookingAgainAtARealProvider(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		r := startReal(t, db)
		hana := r.signIn(t, r.Site, "hana")
		first := r.refreshToken(t)
		seen := map[string]bool{first: true}
		r.until(t, "the token was replaced three times", func() bool {
			if _, err := r.there.App.SignIn.Revalidate(t.Context()); err != nil { // beside the work in the background
				t.Fatal(err)
			}
			seen[r.refreshToken(t)] = true
			return len(seen) > 3
		})
		if r.active(t, first) {
			t.Error("the first token still lives")
		}
		if !hana.in(r.Site) || !hana.in(r.there) {
			t.Fatal("looking again signed somebody out")
		}
		r.leave(hana)
		r.until(t, "the session ends at the next look", func() bool { return !hana.in(r.Site) && !hana.in(r.there) })
		refused := r.events(t, models.GrantRefused)
		if len(refused) != 1 || refused[0].TargetName != "Hana Example" || !strings.Contains(refused[0].Detail, "invalid_grant") {
			t.Errorf("events = %+v", refused)
		}
	})
}

// OIDC-44 and TOK-04 with a provider that is not ours: after signing out here the
// refresh token is inactive there, and was active before.
func TestSigningOutHereRevokesAtARealProvider(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		r := startReal(t, db)
		hana := r.signIn(t, r.Site, "hana")
		token := r.refreshToken(t)
		if !r.active(t, token) {
			t.Fatal("the token is inactive before anything was done: this look proves nothing")
		}
		// Only here: the browser does not go on to the provider.
		hana.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		hana.open(r.URL+"/signout", url.Values{})
		r.until(t, "the token is taken back", func() bool { return len(r.events(t, models.GrantRevoked)) == 1 })
		if r.active(t, token) {
			t.Error("the token lives on")
		}
		e := r.events(t, models.GrantRevoked)[0]
		if e.Result != models.ResultDone || !strings.HasPrefix(e.Detail, "Test provider refuses the token that it took before.") {
			t.Errorf("event = %+v", e)
		}
	})
}

func (r *real) events(t *testing.T, action models.Action) []models.AuditEvent {
	t.Helper()
	var found []models.AuditEvent
	if err := r.DB.Store.Read(r.DB.Tenant).Select(&found).Where("action = ?", action).Order("id").Limit(100).Scan(t.Context()); err != nil {
		t.Fatal(err)
	}
	return found
}

// refreshToken opens the one grant there is.
func (r *real) refreshToken(t *testing.T) string {
	t.Helper()
	var row models.SignInGrant
	if err := r.DB.Store.Read(r.DB.Tenant).Select(&row).Limit(1).Scan(t.Context()); err != nil {
		t.Fatal(err)
	}
	keys, err := secret.ParseKeys(apptest.Key)
	if err != nil {
		t.Fatal(err)
	}
	ring, err := secret.NewKeyring(keys...)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := ring.Open(row.Sealed, secret.Place{Tenant: r.DB.Tenant, Column: "signin_grants.sealed", Owner: fmt.Sprintf("%d/oidc", row.UserID), Row: row.PublicID})
	if err != nil {
		t.Fatal(err)
	}
	var had struct {
		Refresh string `json:"refresh"`
	}
	if err := json.Unmarshal(plain, &had); err != nil || had.Refresh == "" {
		t.Fatalf("no token: %v", err)
	}
	return had.Refresh
}
