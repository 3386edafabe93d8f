package signin_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/config"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/signin"
	"github.com/rollcall/rollcall/internal/signin/optest"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// OIDC-14: state is single use, bound to the browser, and ends after ten minutes.
func TestStateIsRefused(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db)
		h.op.SignIn(amara(nil))
		for _, c := range []struct {
			name   string
			change func(t *testing.T, v url.Values, binding string) (url.Values, string)
			want   string
		}{
			{"replayed", func(t *testing.T, v url.Values, b string) (url.Values, string) {
				if _, err := h.finish(t, v, b); err != nil {
					t.Fatal(err)
				}
				return v, b
			}, "state_unknown"},
			{"replayed after a foreign browser", func(t *testing.T, v url.Values, b string) (url.Values, string) {
				_, err := h.finish(t, v, strings.Repeat("x", 43))
				refused(t, err, "state_unknown")
				return v, b
			}, "state_unknown"},
			{"in a foreign browser", func(_ *testing.T, v url.Values, _ string) (url.Values, string) {
				return v, strings.Repeat("x", 43)
			}, "state_unknown"},
			{"in a browser without the cookie", func(_ *testing.T, v url.Values, _ string) (url.Values, string) { return v, "" }, "state_unknown"},
			{"expired", func(_ *testing.T, v url.Values, b string) (url.Values, string) {
				h.Clock.Advance(10*time.Minute + time.Second)
				return v, b
			}, "state_expired"},
			{"missing", func(_ *testing.T, v url.Values, b string) (url.Values, string) { v.Del("state"); return v, b }, "state_missing"},
			{"twice", func(_ *testing.T, v url.Values, b string) (url.Values, string) { v.Add("state", "y"); return v, b }, "repeated_parameter"},
			{"made up", func(_ *testing.T, v url.Values, b string) (url.Values, string) { v.Set("state", "y"); return v, b }, "state_unknown"},
			{"with the code twice", func(_ *testing.T, v url.Values, b string) (url.Values, string) { v.Add("code", "y"); return v, b }, "repeated_parameter"},
			{"declined at the provider", func(_ *testing.T, v url.Values, b string) (url.Values, string) {
				v.Del("code")
				v.Set("error", "access_denied")
				v.Set("error_description", "<script>alert(1)</script>")
				return v, b
			}, "access_denied"},
		} {
			t.Run(c.name, func(t *testing.T) {
				before := len(h.events(t, models.SignInRefused))
				started := h.start(t, signin.Begin{ReturnTo: "/audit"})
				values, binding := c.change(t, h.op.Authorize(t, started.Address), started.Binding)
				_, err := h.finish(t, values, binding)
				r := refused(t, err, c.want)
				if strings.Contains(r.Cause+r.Next+r.Detail, "<script>") {
					t.Fatal("the provider's text is reflected")
				}
				e := h.events(t, models.SignInRefused)
				if len(e) == before || e[len(e)-1].Result != models.ResultRefused || e[len(e)-1].ActorKind != models.ActorAnonymous ||
					!strings.HasPrefix(e[len(e)-1].Detail, c.want+" at keycloak") || e[len(e)-1].IP != desk.IP {
					t.Fatalf("log = %+v", e)
				}
			})
		}
	})
}

// OIDC-20: a callback with an error uses the sign-in up.
func TestErrorCallbackUsesTheStateUp(t *testing.T) {
	t.Parallel()
	h := build(t, dbtest.One(t, store.SQLite))
	h.op.SignIn(amara(nil))
	started := h.start(t, signin.Begin{})
	good := h.op.Authorize(t, started.Address)
	bad := url.Values{"state": good["state"], "iss": good["iss"], "error": {"access_denied"}}
	_, err := h.finish(t, bad, started.Binding)
	refused(t, err, "access_denied")
	_, err = h.finish(t, good, started.Binding)
	refused(t, err, "state_unknown")
}

func TestTwoTabsBothSucceed(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db)
		h.op.SignIn(amara(nil))
		one := h.start(t, signin.Begin{ReturnTo: "/users"})
		two := h.start(t, signin.Begin{ReturnTo: "/audit", Binding: one.Binding})
		if one.Binding != two.Binding {
			t.Fatal("the second tab got another cookie and would break the first")
		}
		second, err := h.finish(t, h.op.Authorize(t, two.Address), one.Binding)
		if err != nil || second.ReturnTo != "/audit" {
			t.Fatalf("second tab: %+v, %v", second, err)
		}
		first, err := h.finish(t, h.op.Authorize(t, one.Address), one.Binding)
		if err != nil || first.ReturnTo != "/users" || first.UserID != second.UserID {
			t.Fatalf("first tab: %+v, %v", first, err)
		}
	})
}

// A sign-in begun on one replica is finished on another.
func TestReplicasShareSignIns(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db)
		_, _, other := h.replica(t, db.Replica(t))
		h.op.SignIn(amara(nil))
		started := h.start(t, signin.Begin{})
		values := h.op.Authorize(t, started.Address)
		if _, err := other.Finish(t.Context(), signin.Callback{Provider: "keycloak", Values: values, Binding: started.Binding, Facts: desk}); err != nil {
			t.Fatal(err)
		}
		_, err := h.finish(t, values, started.Binding)
		refused(t, err, "state_unknown")
	})
}

// OIDC-17: begun at one provider, finished at another one's callback.
func TestProvidersAreNotMixedUp(t *testing.T) {
	t.Parallel()
	h := build(t, dbtest.One(t, store.SQLite))
	evil := optest.Start(t)
	evil.SetNow(h.Clock.Now)
	h.settings = append(h.settings, h.provider("evil", evil))
	h.rebuild(t)
	h.op.SignIn(amara(nil))
	started := h.start(t, signin.Begin{})
	_, err := h.flow.Finish(t.Context(), signin.Callback{
		Provider: "evil", Values: h.op.Authorize(t, started.Address), Binding: started.Binding, Facts: desk,
	})
	refused(t, err, "provider_mismatch")
	if n := evil.Count(optest.Token); n != 0 {
		t.Fatal("the code went to the other provider")
	}
	if _, err := h.flow.Start(t.Context(), signin.Begin{Provider: "nobody"}); !errs.Is(err, errs.NotFound) {
		t.Fatalf("Start at an unknown provider = %v", err)
	}
	if _, err := h.flow.Finish(t.Context(), signin.Callback{Provider: "nobody"}); !errs.Is(err, errs.NotFound) {
		t.Fatalf("Finish at an unknown provider = %v", err)
	}
}

// OIDC-22, at this door: what does not stay on this site leads to the start page.
func TestReturnStaysHere(t *testing.T) {
	t.Parallel()
	h := build(t, dbtest.One(t, store.SQLite))
	h.op.SignIn(amara(nil))
	for _, to := range []string{"", "//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "/a\r\nb"} {
		started := h.start(t, signin.Begin{ReturnTo: to})
		out, err := h.finish(t, h.op.Authorize(t, started.Address), started.Binding)
		if err != nil || out.ReturnTo != "/" {
			t.Errorf("ReturnTo %q = %q, %v; want /", to, out.ReturnTo, err)
		}
	}
}

// WEB-01, OIDC-40: a copy of the database neither finishes a sign-in nor gives one away.
func TestDumpHoldsNoSecret(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db)
		h.op.SignIn(amara(nil))
		done := h.start(t, signin.Begin{ReturnTo: "/users?q=sentinel-return"})
		values := h.op.Authorize(t, done.Address)
		out, err := h.finish(t, values, done.Binding)
		if err != nil {
			t.Fatal(err)
		}
		open := h.start(t, signin.Begin{ReturnTo: "/users?q=sentinel-return"})
		address, err := url.Parse(open.Address)
		if err != nil {
			t.Fatal(err)
		}
		q := address.Query()
		dump := dumpOf(t, h)
		for name, secret := range map[string]string{
			"session token": out.Token, "code": values.Get("code"), "finished state": values.Get("state"),
			"state": q.Get("state"), "nonce": q.Get("nonce"), "challenge": q.Get("code_challenge"), "binding": open.Binding,
			"return address": "sentinel-return", "client secret": h.op.ClientSecret, "ID token": "eyJ",
		} {
			if secret == "" || strings.Contains(dump, secret) {
				t.Errorf("the %s is readable in the database (or was not tested: %q)", name, secret)
			}
		}
	})
}

// dumpOf writes out every row the sign-in touches.
func dumpOf(t *testing.T, h *house) string {
	t.Helper()
	var pending []models.SignInTransaction
	var sessions []models.Session
	var log []models.AuditEvent
	r := h.Store.Read(h.Tenant)
	if err := r.Select(&pending).Scan(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := r.Select(&sessions).Scan(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := r.Select(&log).Scan(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(pending) != 1 || len(sessions) != 1 {
		t.Fatalf("%d sign-ins and %d sessions, want 1 of each", len(pending), len(sessions))
	}
	return fmt.Sprintf("%+v %s %+v %+v %+v", sessions, sessions[0].Data, pending, log, h.identities(t))
}

// WEB-02: whatever token the browser held before is dead after the sign-in.
func TestSignInEndsTheSessionBefore(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db)
		planted := h.mustSignIn(t, amara(map[string]any{"sub": "mallory", "email": "mallory@northwind.example"}))
		h.op.SignIn(amara(nil))
		started := h.start(t, signin.Begin{})
		out, err := h.flow.Finish(t.Context(), signin.Callback{
			Provider: "keycloak", Values: h.op.Authorize(t, started.Address), Binding: started.Binding, Replaces: planted.Token, Facts: desk,
		})
		if err != nil || out.Token == planted.Token {
			t.Fatalf("Finish = %+v, %v", out, err)
		}
		if _, err := h.sessions.Find(t.Context(), planted.Token); err == nil {
			t.Fatal("the planted session lives on")
		}
		if live, err := h.sessions.Find(t.Context(), out.Token); err != nil || live.UserID != out.UserID {
			t.Fatalf("live = %+v, %v", live, err)
		}
	})
}

func TestBindingCookie(t *testing.T) {
	t.Parallel()
	h := build(t, dbtest.One(t, store.SQLite))
	started := h.start(t, signin.Begin{})
	w := httptest.NewRecorder()
	http.SetCookie(w, h.flow.BindingCookie(started.Binding))
	want := "__Host-rollcall-signin=" + started.Binding + "; Path=/; Max-Age=600; HttpOnly; Secure; SameSite=Lax"
	if got := w.Header().Get("Set-Cookie"); got != want {
		t.Fatalf("Set-Cookie = %q, want %q", got, want)
	}
	r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
	r.AddCookie(h.flow.BindingCookie(started.Binding))
	if got := h.flow.Binding(r); got != started.Binding {
		t.Fatalf("Binding = %q", got)
	}
	planted := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
	planted.AddCookie(&http.Cookie{Name: "rollcall-signin", Value: started.Binding}) // as a neighbour could set it
	if got := h.flow.Binding(planted); got != "" {
		t.Fatalf("a cookie without the prefix counted: %q", got)
	}
}

func TestProviderDown(t *testing.T) {
	t.Parallel()
	h := build(t, dbtest.One(t, store.SQLite))
	h.mustSignIn(t, amara(nil))
	started := h.start(t, signin.Begin{})
	values := h.op.Authorize(t, started.Address)
	h.op.Stop()
	h.Clock.Advance(time.Minute)
	down := h.Clock.Now()
	_, err := h.finish(t, values, started.Binding)
	r := refused(t, err, "provider_unreachable")
	if r.Status() != http.StatusServiceUnavailable || !r.Since.Equal(down) || r.ReturnTo == "" || !r.Again {
		t.Fatalf("refusal = %+v", r)
	}
	h.Clock.Advance(time.Minute)
	if c := h.flow.Choices(); len(c) != 1 || c[0].OK || !c[0].Since.Equal(down) || c[0].Sentence != "Keycloak does not answer." {
		t.Fatalf("choices = %+v", c)
	}
	// Whoever tries meanwhile gets our page, not the browser's own about a place that does not answer.
	_, err = h.flow.Start(t.Context(), signin.Begin{Provider: "keycloak", ReturnTo: "/users", Facts: desk})
	if r := refused(t, err, "provider_unreachable"); !r.Since.Equal(down) || r.ReturnTo != "/users" || !r.Again {
		t.Fatalf("refusal of another try = %+v", r)
	}
	h.op.Resume()
	h.mustSignIn(t, amara(nil)) // at once: an outage is looked at anew
	if c := h.flow.Choices(); !c[0].OK {
		t.Fatalf("choices after the outage = %+v", c)
	}
}

// OIDC-04: a provider that is down at the start does not matter until somebody uses it.
func TestStartWithTheProviderDown(t *testing.T) {
	t.Parallel()
	h := build(t, dbtest.One(t, store.SQLite))
	h.op.Stop()
	h.rebuild(t)
	_, err := h.flow.Start(t.Context(), signin.Begin{Provider: "keycloak", ReturnTo: "/users", Facts: desk})
	if r := refused(t, err, "provider_unreachable"); r.ReturnTo != "/users" || r.Contact != "the service desk" {
		t.Fatalf("refusal = %+v", r)
	}
	h.op.Resume()
	h.Clock.Advance(time.Minute) // longer than an outage is remembered
	h.mustSignIn(t, amara(nil))
}

func TestClockDifferenceIsSaid(t *testing.T) {
	t.Parallel()
	h := build(t, dbtest.One(t, store.SQLite))
	h.op.SetNow(func() time.Time { return h.Clock.Now().Add(9 * time.Minute) })
	_, err := h.signIn(t, amara(nil))
	if r := refused(t, err, "clock_skew"); r.Cause != "Clock difference of 9 minutes between Rollcall and Keycloak." {
		t.Fatalf("cause = %q", r.Cause)
	}
}

func TestDatabaseDownIsNotARefusal(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db)
		gone, err := store.Open(t.Context(), store.Options{URL: db.URL, Clock: db.Clock.Now})
		if err != nil {
			t.Fatal(err)
		}
		_, _, flow := h.replica(t, gone)
		if err := gone.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := flow.Start(t.Context(), signin.Begin{Provider: "keycloak", Facts: desk}); !errs.Is(err, errs.Unavailable) {
			t.Fatalf("Start = %v, want Unavailable", err)
		}
	})
}

// SES-02: with a limit on the age of the sign-in at the provider, the session ends with it.
func TestMaxAuthAge(t *testing.T) {
	t.Parallel()
	h := build(t, dbtest.One(t, store.SQLite), func(p *config.Provider) { p.MaxAuthAge = 2 * time.Hour })
	proved := h.Clock.Now().Add(-90 * time.Minute)
	prove := func(at time.Time) {
		h.op.Mutate(func(f *optest.Faults) { f.Claims = func(c map[string]any) { c["auth_time"] = at.Unix() } })
	}
	prove(proved)
	out := h.mustSignIn(t, amara(nil))
	live, err := h.sessions.Find(t.Context(), out.Token)
	if err != nil || live.ExpiresAt != models.At(proved.Add(2*time.Hour)) {
		t.Fatalf("session ends at %v, want 2 hours after the person proved themselves: %v", live.ExpiresAt.Time(), err)
	}
	prove(h.Clock.Now().Add(-3 * time.Hour))
	_, err = h.signIn(t, amara(nil))
	refused(t, err, "auth_too_old")
}

func TestSweepKeepsWhatIsOpen(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db)
		h.op.SignIn(amara(nil))
		h.start(t, signin.Begin{})
		h.Clock.Advance(70 * time.Minute)
		open := h.start(t, signin.Begin{})
		if n, err := h.flow.Sweep(t.Context()); n != 1 || err != nil {
			t.Fatalf("Sweep = %d, %v; want 1", n, err)
		}
		if _, err := h.finish(t, h.op.Authorize(t, open.Address), open.Binding); err != nil {
			t.Fatal(err)
		}
	})
}
