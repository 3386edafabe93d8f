package signin_test

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rollcall/rollcall/internal/config"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/signin"
	"github.com/rollcall/rollcall/internal/signin/optest"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// OIDC-44, TOK-01: after signing out the refresh token is revoked first, the
// access token second, both are dead, and nothing of them is kept.
func TestSignOutTakesTheTokenBack(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := renewingHouse(t, db)
		live, _ := h.signedIn(t)
		if _, err := h.flow.SignOut(t.Context(), live, desk); err != nil {
			t.Fatal(err)
		}
		if g := h.grants(t); len(g) != 1 || g[0].State != models.GrantEnding || h.op.Count(optest.Revoke) != 0 {
			t.Fatalf("signing out waits for the provider: %+v", g)
		}
		h.revalidate(t)
		var kinds []string
		for _, seen := range h.op.Seen(optest.Revoke) {
			kinds = append(kinds, seen.Form.Get("token")[:2]+" "+seen.Form.Get("token_type_hint"))
		}
		if d := cmp.Diff([]string{"rt refresh_token", "at access_token"}, kinds); d != "" {
			t.Fatal(d)
		}
		if g := h.grants(t); len(g) != 0 {
			t.Fatalf("kept: %+v", g)
		}
		e := h.events(t, models.GrantRevoked)
		if len(e) != 1 || e[0].Result != models.ResultDone || e[0].ActorKind != models.ActorSystem || e[0].TargetID != live.UserID || e[0].ObjectName != "Keycloak" ||
			!strings.HasPrefix(e[0].Detail, "Keycloak refuses the token that it took before.") || !strings.Contains(e[0].Detail, "until 2026-11-22T10:47:00Z") {
			t.Fatalf("events = %+v", e)
		}
	})
}

// BCL-12: what was granted for the session alone is taken back when it ends at
// the provider; offline access stays, and is taken back with the person's access.
func TestOfflineGrantsOutliveTheirSession(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := renewingHouse(t, db)
		plain := h.mustSignIn(t, amara(map[string]any{"sid": "s1"}))
		h.settings[0].OfflineAccess = true
		h.rebuild(t)
		offline := h.mustSignIn(t, amara(map[string]any{"sid": "s2"}))
		if g := h.grants(t); g[0].Offline || !g[1].Offline {
			t.Fatalf("grants = %+v", g)
		}
		h.Clock.Advance(2 * time.Second)
		h.mustHear(t, map[string]any{"sub": "amara-1"})
		h.revalidate(t)
		if d := cmp.Diff([]bool{false, false}, alive(t, h.sessions, plain.Token, offline.Token)); d != "" {
			t.Fatal(d)
		}
		g := h.grants(t)
		if len(g) != 1 || !g[0].Offline || g[0].State != models.GrantLive || g[0].SessionID != "" {
			t.Fatalf("grants = %+v", g)
		}
		h.fall()
		h.revalidate(t)
		if h.refreshes() != 1 {
			t.Fatal("offline access is not looked at again")
		}
		if h.holds(t, offline.UserID) != true {
			t.Fatal("nothing is held")
		}
		got, err := h.flow.TakeBackTokens(t.Context(), offline.UserID)
		if err != nil || got.Tokens != 1 || got.Proven != 1 || len(h.grants(t)) != 0 || h.holds(t, offline.UserID) {
			t.Fatalf("got %+v, %v, left %+v", got, err, h.grants(t))
		}
		if got, err := h.flow.TakeBackTokens(t.Context(), offline.UserID); err != nil || got.Tokens != 0 || len(got.Looks) != 0 {
			t.Fatalf("twice: %+v, %v", got, err)
		}
	})
}

func (h *house) holds(t *testing.T, user int64) (holds bool) {
	t.Helper()
	h.change(t, func(ctx context.Context, tx *store.Tx) error {
		of, err := h.flow.TokenHolders(ctx, tx, []int64{user}, 0)
		holds = len(of) > 0
		return err
	})
	return holds
}

// The next sign-in takes back offline access that outlived its session: it does
// the same work.
func TestNextSignInReplacesOfflineAccess(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := renewingHouse(t, db, func(p *config.Provider) { p.OfflineAccess = true })
		h.mustSignIn(t, amara(map[string]any{"sid": "s1"}))
		h.mustHear(t, map[string]any{"sid": "s1"})
		h.Clock.Advance(2 * time.Second)
		h.mustSignIn(t, amara(map[string]any{"sid": "s2"}))
		h.revalidate(t)
		if g := h.grants(t); len(g) != 1 || g[0].SessionID == "" {
			t.Fatalf("grants = %+v", g)
		}
	})
}

// An offline grant that the provider takes back speaks for the person: all their
// sessions of this provider end.
func TestRefusedOfflineGrantEndsAllSessions(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := renewingHouse(t, db, func(p *config.Provider) { p.OfflineAccess = true })
		h.mustSignIn(t, amara(map[string]any{"sid": "s1"}))
		h.mustHear(t, map[string]any{"sid": "s1"})
		h.settings[0].Refresh, h.settings[0].OfflineAccess = false, false
		h.rebuild(t)
		h.Clock.Advance(2 * time.Second)
		bare := h.mustSignIn(t, amara(map[string]any{"sid": "s2"})) // without a grant of its own
		h.settings[0].Refresh = true
		h.rebuild(t)
		h.op.EndSessions("amara-1")
		h.fall()
		h.revalidate(t)
		if d := cmp.Diff([]bool{false}, alive(t, h.sessions, bare.Token)); d != "" {
			t.Fatal(d)
		}
	})
}

// Who may not be in any more, whose session ended in whatever way, or for whom the
// settings want it no more: their tokens are taken back at the next look.
func TestGrantsThatServeNobodyAreTakenBack(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*testing.T, *house, signin.Outcome){
		"deactivated": func(t *testing.T, h *house, out signin.Outcome) { h.set(t, out.UserID, "status", models.Deactivated) },
		"left": func(t *testing.T, h *house, out signin.Outcome) {
			h.set(t, out.UserID, "status", models.Leaving)
			h.set(t, out.UserID, "leaving_at", models.At(h.Clock.Now()))
		},
		"session ended": func(t *testing.T, h *house, out signin.Outcome) {
			h.change(t, func(ctx context.Context, tx *store.Tx) error {
				_, err := h.sessions.EndAll(ctx, tx, out.UserID)
				return err
			})
		},
		"session idle":     func(_ *testing.T, h *house, _ signin.Outcome) { h.Clock.Advance(time.Hour) },
		"settings changed": func(t *testing.T, h *house, _ signin.Outcome) { h.settings[0].Refresh = false; h.rebuild(t) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
				h := renewingHouse(t, db)
				out := h.mustSignIn(t, amara(nil))
				change(t, h, out)
				h.fall()
				h.revalidate(t)
				if g := h.grants(t); len(g) != 0 || h.op.Count(optest.Revoke) != 2 || h.refreshes() != 0 {
					t.Fatalf("grants = %+v, %d revocations, %d refreshes", g, h.op.Count(optest.Revoke), h.refreshes())
				}
			})
		})
	}
}

// TOK-04, and a probe that was never green proves nothing: what is counted as
// proven was seen alive before and dead after, by the same look.
func TestWhatIsProvenOfTakingBack(t *testing.T) {
	t.Parallel()
	blind := func(f *optest.Faults) { f.Introspection = func(a map[string]any) { clear(a); a["active"] = false } }
	without := func(names ...string) func(*optest.Faults) {
		return func(f *optest.Faults) {
			f.Metadata = func(doc map[string]any) {
				for _, name := range names {
					delete(doc, name)
				}
			}
		}
	}
	refuse := func(at optest.Endpoint, status int) func(*optest.Faults) {
		return func(f *optest.Faults) {
			f.Serve = map[optest.Endpoint]http.HandlerFunc{at: func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Retry-After", "900")
				w.WriteHeader(status)
			}}
		}
	}
	for _, c := range []struct {
		name   string
		faults []func(*optest.Faults)
		want   signin.TakenBack
		fails  bool
		says   string
	}{
		{"seen by introspection", nil, signin.TakenBack{Tokens: 1, Proven: 1}, false, "refuses the token that it took before"},
		{"blind introspection, tried instead", []func(*optest.Faults){blind}, signin.TakenBack{Tokens: 1, Proven: 1}, false, "refuses the token that it took before"},
		{"no introspection", []func(*optest.Faults){without("introspection_endpoint")}, signin.TakenBack{Tokens: 1, Proven: 1}, false, "refuses the token that it took before"},
		{"may not introspect", []func(*optest.Faults){refuse(optest.Introspect, 403)}, signin.TakenBack{Tokens: 1, Proven: 1}, false, "refuses the token that it took before"},
		{"nothing can be seen", []func(*optest.Faults){blind, refuse(optest.Token, 400)}, signin.TakenBack{Tokens: 1}, false, "could not be seen"},
		{"no revocation", []func(*optest.Faults){without("revocation_endpoint")}, signin.TakenBack{Tokens: 1}, false, "has no address for taking back tokens"},
		{"a provider that lies", []func(*optest.Faults){func(f *optest.Faults) { f.LyingRevoke = true }}, signin.TakenBack{}, true, ""},
		{"a provider that lies and is blind", []func(*optest.Faults){blind, func(f *optest.Faults) { f.LyingRevoke = true }}, signin.TakenBack{}, true, ""},
		{"busy", []func(*optest.Faults){refuse(optest.Revoke, 503)}, signin.TakenBack{}, true, ""},
		{"denied", []func(*optest.Faults){refuse(optest.Revoke, 401)}, signin.TakenBack{}, true, ""},
		{"introspection is down", []func(*optest.Faults){refuse(optest.Introspect, 503)}, signin.TakenBack{}, true, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			h := renewingHouse(t, dbtest.One(t, store.SQLite))
			for _, f := range c.faults {
				if c.name == "no revocation" || c.name == "no introspection" {
					h.op.Mutate(f)
				}
			}
			out := h.mustSignIn(t, amara(nil))
			for _, f := range c.faults {
				h.op.Mutate(f)
			}
			got, err := h.flow.TakeBackTokens(t.Context(), out.UserID)
			if (err != nil) != c.fails || got.Tokens != c.want.Tokens || got.Proven != c.want.Proven {
				t.Fatalf("got %+v, %v", got, err)
			}
			e, g := h.events(t, models.GrantRevoked), h.grants(t)
			if c.fails {
				if len(e) != 0 || len(g) != 1 || g[0].State != models.GrantEnding || g[0].Fails != 1 || g[0].Sealed == "" {
					t.Fatalf("a token that may live was forgotten: %+v %+v", g, e)
				}
				if c.name == "busy" && g[0].NextAt != models.At(h.Clock.Now().Add(15*time.Minute)) {
					t.Fatalf("TOK-02: tried again at %s, the provider wants 15 minutes", g[0].NextAt.Time())
				}
				h.op.Mutate(func(f *optest.Faults) { *f = optest.Faults{} })
				h.Clock.Advance(15 * time.Minute)
				h.revalidate(t)
				if e := h.events(t, models.GrantRevoked); len(e) != 1 || e[0].Result != models.ResultDone || len(h.grants(t)) != 0 {
					t.Fatalf("not taken back afterwards: %+v", e)
				}
				return
			}
			if len(g) != 0 || len(e) != 1 || !strings.Contains(e[0].Detail, c.says) {
				t.Fatalf("events = %+v, left %+v", e, g)
			}
			if want := models.ResultDone; c.name == "no revocation" && e[0].Result != models.ResultFailed || c.name != "no revocation" && e[0].Result != want {
				t.Fatalf("result %s", e[0].Result)
			}
		})
	}
}

// A token that nobody takes back for a day is given up, and the log says so.
func TestTakingBackIsGivenUpAfterADay(t *testing.T) {
	t.Parallel()
	h := renewingHouse(t, dbtest.One(t, store.SQLite))
	out := h.mustSignIn(t, amara(nil))
	h.op.Serve(optest.Revoke, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) })
	if _, err := h.flow.TakeBackTokens(t.Context(), out.UserID); err == nil {
		t.Fatal("no error")
	}
	for passed := time.Duration(0); passed < 26*time.Hour && len(h.grants(t)) > 0; passed += 10 * time.Minute {
		h.Clock.Advance(10 * time.Minute)
		h.revalidate(t)
	}
	e := h.events(t, models.GrantRevoked)
	if len(e) != 1 || e[0].Result != models.ResultFailed || !strings.Contains(e[0].Detail, "for a day") || len(h.grants(t)) != 0 {
		t.Fatalf("events = %+v, left %+v", e, h.grants(t))
	}
}

// Who comes back in the same session of the provider, after the one here ran out
// or was left, has a newer token of it. Many providers end both with either: the
// older one waits, and is taken back together with the newer.
func TestTokensOfOneProviderSessionEndTogether(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name          string
		first, second any // sid
		signOut       bool
		waits         bool
	}{
		{"ran out, same session there", "s1", "s1", false, true},
		{"ran out, another session there", "s1", "s2", false, false},
		{"ran out, the provider names none", nil, nil, false, true},
		{"signed out, same session there", "s1", "s1", true, true},
		{"signed out, another session there", "s1", "s2", true, false},
		{"signed out, the provider names none", nil, nil, true, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
				h := renewingHouse(t, db)
				first := h.mustSignIn(t, amara(map[string]any{"sid": c.first}))
				if c.signOut {
					live, err := h.sessions.Find(t.Context(), first.Token)
					if err != nil {
						t.Fatal(err)
					}
					if _, err := h.flow.SignOut(t.Context(), live, desk); err != nil {
						t.Fatal(err)
					}
				} else {
					h.Clock.Advance(time.Hour)
				}
				second := h.mustSignIn(t, amara(map[string]any{"sid": c.second}))
				h.revalidate(t)
				revoked := h.op.Count(optest.Revoke) > 0
				if revoked == c.waits || len(h.grants(t)) != map[bool]int{true: 2, false: 1}[c.waits] {
					t.Fatalf("revoked %t, grants %+v", revoked, h.grants(t))
				}
				h.fall()
				h.revalidate(t)
				if d := cmp.Diff([]bool{true}, alive(t, h.sessions, second.Token)); d != "" || h.refreshes() != 1 {
					t.Fatalf("%s, %d refreshes", d, h.refreshes())
				}
				live, err := h.sessions.Find(t.Context(), second.Token)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := h.flow.SignOut(t.Context(), live, desk); err != nil {
					t.Fatal(err)
				}
				h.revalidate(t)
				if g, e := h.grants(t), h.events(t, models.GrantRevoked); len(g) != 0 || len(e) != 2 {
					t.Fatalf("%d events, left %+v", len(e), g)
				}
			})
		})
	}
}

// Waiting for a newer token ends with the person's access.
func TestWaitingTokensAreTakenBackWithTheRest(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := renewingHouse(t, db)
		h.mustSignIn(t, amara(nil))
		h.Clock.Advance(time.Hour)
		out := h.mustSignIn(t, amara(nil))
		h.revalidate(t)
		got, err := h.flow.TakeBackTokens(t.Context(), out.UserID)
		if err != nil || got.Tokens != 2 || got.Proven != 2 || len(h.grants(t)) != 0 {
			t.Fatalf("got %+v, %v", got, err)
		}
		h.mustSignIn(t, amara(nil))
		h.Clock.Advance(time.Hour)
		h.mustSignIn(t, amara(nil))
		h.set(t, out.UserID, "status", models.Suspended)
		h.fall()
		h.revalidate(t)
		if g := h.grants(t); len(g) != 0 {
			t.Fatalf("left %+v", g)
		}
	})
}

// What a step proves it by: the very token used, and the provider asked about it
// and about the access token, each before and after.
func TestLooksAtTokensTakenBack(t *testing.T) {
	t.Parallel()
	saw := func(l signin.Look) string {
		how := "used"
		if l.Introspected {
			how = "introspected"
		}
		word := func(g *signin.Glance) string {
			switch {
			case g == nil || g.Digest == "" || g.At.IsZero():
				return "not seen"
			case g.Alive:
				return "alive"
			}
			return "dead"
		}
		return string(l.Token) + " " + how + ": " + word(l.Before) + ", " + word(l.After)
	}
	for _, c := range []struct {
		name   string
		faults func(*optest.Faults)
		proven int
		want   []string
	}{
		{"all are seen", func(*optest.Faults) {}, 1, []string{
			"refresh_token used: alive, dead", "refresh_token introspected: alive, dead", "access_token introspected: alive, dead",
		}},
		{"introspection sees nothing", func(f *optest.Faults) {
			f.Introspection = func(a map[string]any) { clear(a); a["active"] = false }
		}, 1, []string{
			"refresh_token used: alive, dead", "refresh_token introspected: dead, dead", "access_token introspected: dead, dead",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
				h := renewingHouse(t, db)
				h.op.Mutate(c.faults)
				out := h.mustSignIn(t, amara(nil))
				h.change(t, func(ctx context.Context, tx *store.Tx) error {
					if _, err := h.sessions.EndAll(ctx, tx, out.UserID); err != nil {
						return err
					}
					_, err := h.flow.TokenHolders(ctx, tx, []int64{out.UserID}, time.Minute)
					return err
				})
				h.revalidate(t)
				if len(h.grants(t)) != 1 {
					t.Fatal("the background took back what was left to the step")
				}
				got, err := h.flow.TakeBackTokens(t.Context(), out.UserID)
				if err != nil || got.Tokens != 1 || got.Proven != c.proven {
					t.Fatalf("got %+v, %v", got, err)
				}
				var looks []string
				for _, l := range got.Looks {
					looks = append(looks, saw(l))
				}
				if d := cmp.Diff(c.want, looks); d != "" {
					t.Error(d)
				}
			})
		})
	}
}

// Nobody comes for them: then the background takes back what was left to a step.
func TestLeftTokensAreTakenBackInTheEnd(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := renewingHouse(t, db)
		out := h.mustSignIn(t, amara(nil))
		h.change(t, func(ctx context.Context, tx *store.Tx) error {
			if _, err := h.sessions.EndAll(ctx, tx, out.UserID); err != nil {
				return err
			}
			_, err := h.flow.TokenHolders(ctx, tx, []int64{out.UserID}, time.Minute)
			return err
		})
		h.Clock.Advance(2 * time.Minute)
		h.revalidate(t)
		if g := h.grants(t); len(g) != 0 {
			t.Fatalf("left %+v", g)
		}
	})
}

// However often the background looks, a token that is taken back for a step is
// seen by the step: between marking and taking nobody comes first.
func TestBackgroundDoesNotComeFirst(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := renewingHouse(t, db)
		ctx, cancel := context.WithCancel(t.Context())
		var background sync.WaitGroup
		background.Go(func() {
			for ctx.Err() == nil {
				_, _ = h.flow.Revalidate(ctx) // it ends in the middle of one
			}
		})
		defer background.Wait()
		defer cancel()
		for range 15 {
			out := h.mustSignIn(t, amara(nil))
			if got, err := h.flow.TakeBackTokens(t.Context(), out.UserID); err != nil || got.Proven != 1 || len(got.Looks) != 3 {
				t.Fatalf("got %+v, %v", got, err)
			}
			h.Clock.Advance(time.Second)
		}
	})
}
