package signin_test

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rollcall/rollcall/internal/config"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/signin"
	"github.com/rollcall/rollcall/internal/signin/optest"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

func TestWrongProvidersAreNamedAllAtOnce(t *testing.T) {
	t.Parallel()
	noPEM := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(noPEM, []byte("not a certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := signin.NewProviders([]config.Provider{
		{Key: "Key Cloak", Issuer: "https://a.example", ClientID: "c", ClientSecret: "s"},
		{Key: "plain", Issuer: "http://b.example", ClientID: "", ClientSecret: "s"},
		{Key: "hs", Issuer: "https://c.example", ClientID: "c", ClientSecret: "s", Algs: []string{"HS256"}},
		{Key: "ca", Issuer: "https://d.example", ClientID: "c", ClientSecret: "s", CAFile: noPEM},
	}, public, time.Now)
	text := config.Explain(err)
	for _, want := range []string{"providers.Key Cloak.key:", "providers.plain.issuer:", "must begin with https", "providers.plain.client_id:", "providers.hs.algs:", "HS256", "providers.ca.ca_file:"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in:\n%s", want, text)
		}
	}
}

// The policy of the pages names every origin that a form may lead to.
func TestFormOrigins(t *testing.T) {
	t.Parallel()
	h := build(t, dbtest.One(t, store.SQLite), func(p *config.Provider) { p.FormOrigins = []string{"https://behind.example"} })
	if d := cmp.Diff([]string{h.op.Issuer, "https://behind.example"}, h.flow.FormOrigins()); d != "" {
		t.Fatal(d)
	}
	h.op.Mutate(func(f *optest.Faults) {
		f.Metadata = func(doc map[string]any) { doc["end_session_endpoint"] = "https://out.example/bye" }
	})
	h.rebuild(t)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { h.deps.Providers.Watch(ctx, time.Hour); close(done) }()
	for end := time.Now().Add(10 * time.Second); !slices.Contains(h.flow.FormOrigins(), "https://out.example"); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("origins = %v", h.flow.FormOrigins())
		}
	}
	cancel()
	<-done
	if c := h.flow.Choices(); !c[0].OK || c[0].Since.IsZero() {
		t.Fatalf("choices after a look = %+v", c)
	}
}

func TestFloodIsStopped(t *testing.T) {
	t.Parallel()
	h := build(t, dbtest.One(t, store.SQLite))
	var err error
	for range 100 {
		if _, err = h.flow.Start(t.Context(), signin.Begin{Provider: "keycloak", Facts: desk}); err != nil {
			break
		}
	}
	if r := refused(t, err, "too_many"); r.Status() != http.StatusTooManyRequests {
		t.Fatalf("status = %d", r.Status())
	}
	for range 100 {
		_, err = h.flow.Finish(t.Context(), signin.Callback{Provider: "keycloak", Facts: desk})
	}
	refused(t, err, "too_many")
	if n := len(h.events(t, models.SignInRefused)); n > 60 {
		t.Fatalf("%d lines in the log from one flood", n)
	}
}

// Whichever commits first, a deactivated person is left without a session: one
// that slipped in would come back to life with the person.
func TestDeactivationAgainstSignIn(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db)
		h.op.SignIn(amara(nil))
		for range 8 {
			user := h.mustSignIn(t, amara(nil)).UserID
			started := h.start(t, signin.Begin{})
			callback := signin.Callback{Provider: "keycloak", Values: h.op.Authorize(t, started.Address), Binding: started.Binding, Facts: desk}
			finished := make(chan error, 1)
			go func() { _, err := h.flow.Finish(t.Context(), callback); finished <- err }()
			h.change(t, func(ctx context.Context, tx *store.Tx) error {
				if _, _, err := h.people.SetStatus(ctx, tx, user, directory.StatusChange{To: models.Deactivated, Reason: "Left the company"}); err != nil {
					return err
				}
				_, err := h.sessions.EndAll(ctx, tx, user)
				return err
			})
			if err := <-finished; err != nil {
				refused(t, err, "deactivated")
			}
			n, err := h.sessions.Counts(t.Context(), h.Tenant, []int64{user})
			if err != nil || n[user] != 0 {
				t.Fatalf("%d sessions of a deactivated person, %v", n[user], err)
			}
			h.change(t, func(ctx context.Context, tx *store.Tx) error {
				_, _, err := h.people.SetStatus(ctx, tx, user, directory.StatusChange{To: models.Active, Reason: "Came back again"})
				return err
			})
		}
	})
}
