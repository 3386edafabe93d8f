package signin_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/rollcall/rollcall/internal/config"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/session"
	"github.com/rollcall/rollcall/internal/signin"
	"github.com/rollcall/rollcall/internal/signin/optest"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// signedIn gives a live session.
func (h *house) signedIn(t *testing.T) (session.Live, string) {
	t.Helper()
	out := h.mustSignIn(t, amara(nil))
	live, err := h.sessions.Find(t.Context(), out.Token)
	if err != nil {
		t.Fatal(err)
	}
	return live, out.Token
}

// page plays the browser that comes to the signed-out page.
func (h *house) page(bye signin.Goodbye, query string) signin.SignedOut {
	r := httptest.NewRequest(http.MethodGet, "/signed-out"+query, http.NoBody)
	r.AddCookie(h.flow.SignOutCookie(bye))
	return h.flow.SignedOut(r)
}

// LOG-01, LOG-02.
func TestSignOutHereThenThere(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db)
		live, token := h.signedIn(t)
		bye, err := h.flow.SignOut(t.Context(), live, desk)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.sessions.Find(t.Context(), token); err == nil {
			t.Fatal("still signed in here")
		}
		u, err := url.Parse(bye.Address)
		if err != nil {
			t.Fatal(err)
		}
		q := u.Query()
		state := q.Get("state")
		if u.Scheme+"://"+u.Host+u.Path != h.op.Issuer+string(optest.EndSession) || q.Get("client_id") != h.op.ClientID || q.Get("id_token_hint") == "" ||
			q.Get("post_logout_redirect_uri") != "https://rollcall.northwind.example/signed-out" || len(state) != 43 {
			t.Fatalf("address = %s", bye.Address)
		}
		e := h.events(t, models.SignOutDone)
		if len(e) != 1 || e[0].ActorID != live.UserID || e[0].ObjectName != live.PublicID {
			t.Fatalf("log = %+v", e)
		}
		for query, want := range map[string]string{
			"?state=" + state:        "You are signed out of Rollcall. Keycloak confirmed.",
			"":                       "You are signed out of Rollcall. Keycloak has not confirmed that you are signed out there.",
			"?state=made-up":         "You are signed out of Rollcall. Keycloak has not confirmed that you are signed out there.",
			"?state=&state=" + state: "You are signed out of Rollcall. Keycloak has not confirmed that you are signed out there.",
		} {
			if got := h.page(bye, query); got.Sentence != want || got.Provider != "Keycloak" {
				t.Errorf("signed-out%s = %+v, want %q", query, got, want)
			}
		}
		if again, err := h.flow.SignOut(t.Context(), live, desk); err != nil || again.Address == "" {
			t.Fatalf("a second click = %+v, %v", again, err)
		}
		if n := len(h.events(t, models.SignOutDone)); n != 1 {
			t.Fatalf("%d events for one sign-out", n)
		}
	})
}

func TestSignOutWhereTheProviderCannot(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		prepare func(*testing.T, *house)
		want    string
	}{
		{"LOG-03: it has no address", func(t *testing.T, h *house) {
			h.op.Mutate(func(f *optest.Faults) {
				f.Metadata = func(doc map[string]any) { delete(doc, "end_session_endpoint") }
			})
			h.rebuild(t)
		}, "You are signed out of Rollcall. Keycloak has no sign-out address. Your session there may go on: close the browser."},
		{"it is down", func(t *testing.T, h *house) { h.op.Stop(); h.rebuild(t) },
			"You are signed out of Rollcall. Keycloak could not be asked. Your session there may go on: close the browser."},
		{"the settings say here only", func(t *testing.T, h *house) { h.settings[0].SkipLogout = true; h.rebuild(t) },
			"You are signed out of Rollcall. You are still signed in at Keycloak."},
		{"it was removed from the settings", func(t *testing.T, h *house) { h.settings = nil; h.rebuild(t) },
			"You are signed out of Rollcall."},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			h := build(t, dbtest.One(t, store.SQLite))
			live, token := h.signedIn(t)
			c.prepare(t, h)
			bye, err := h.flow.SignOut(t.Context(), live, desk)
			if err != nil || bye.Address != "/signed-out" {
				t.Fatalf("SignOut = %+v, %v", bye, err)
			}
			if _, err := h.sessions.Find(t.Context(), token); err == nil {
				t.Fatal("still signed in here")
			}
			if got := h.page(bye, ""); got.Sentence != c.want {
				t.Fatalf("page = %q, want %q", got.Sentence, c.want)
			}
		})
	}
}

func TestSignedOutPageBelievesNoCookie(t *testing.T) {
	t.Parallel()
	h := build(t, dbtest.One(t, store.SQLite), func(p *config.Provider) { p.Name = "Keycloak" })
	for _, value := range []string{"", "asked", "asked.keycloak.", "asked.nobody.x", "nonsense.keycloak.x", "...."} {
		r := httptest.NewRequest(http.MethodGet, "/signed-out?state=", http.NoBody)
		r.AddCookie(&http.Cookie{Name: "__Host-rollcall-signout", Value: value})
		if got := h.flow.SignedOut(r).Sentence; got == "You are signed out of Rollcall. Keycloak confirmed." {
			t.Errorf("cookie %q: %q", value, got)
		}
	}
	w := httptest.NewRecorder()
	http.SetCookie(w, h.flow.SignOutCookie(signin.Goodbye{}))
	if got := w.Header().Get("Set-Cookie"); got != "__Host-rollcall-signout=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Lax" {
		t.Fatalf("Set-Cookie = %q", got)
	}
}
