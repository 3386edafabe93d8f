package signin_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rollcall/rollcall/internal/config"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/session"
	"github.com/rollcall/rollcall/internal/signin"
	"github.com/rollcall/rollcall/internal/signin/oidc"
	"github.com/rollcall/rollcall/internal/signin/optest"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

func (h *house) hear(t *testing.T, flow *signin.Flow, token string) (int, error) {
	t.Helper()
	return flow.Backchannel(t.Context(), signin.Backchannel{Provider: "keycloak", Token: token, Facts: signin.Facts{IP: "198.51.100.9", RequestID: "req-9"}})
}

func (h *house) mustHear(t *testing.T, about map[string]any) int {
	t.Helper()
	n, err := h.hear(t, h.flow, h.op.LogoutToken(about))
	if err != nil {
		t.Fatalf("message refused: %v", err)
	}
	return n
}

// alive says which of the session tokens still hold, on a replica.
func alive(t *testing.T, sessions *session.Manager, tokens ...string) []bool {
	t.Helper()
	var out []bool
	for _, token := range tokens {
		_, err := sessions.Find(t.Context(), token)
		if err != nil && !errors.Is(err, session.ErrEnded) {
			t.Fatal(err)
		}
		out = append(out, err == nil)
	}
	return out
}

// BCL-09: with three browsers of one person and one of another, what is named
// ends, and nothing else; each ended session is in the log.
func TestBackchannelEndsWhatItNames(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		about map[string]any
		want  []bool // first, second, third of Amara, then Goran's
	}{
		{"sid", map[string]any{"sid": "s2"}, []bool{true, false, true, true}},
		{"sub", map[string]any{"sub": "amara-1"}, []bool{false, false, false, true}},
		{"both", map[string]any{"sub": "amara-1", "sid": "s3"}, []bool{true, true, false, true}},
		{"nobody here", map[string]any{"sub": "stranger", "sid": "s9"}, []bool{true, true, true, true}},
		{"sid in another case", map[string]any{"sid": "S2"}, []bool{true, true, true, true}},
		{"sid with a space", map[string]any{"sid": "s2 "}, []bool{true, true, true, true}},
		{"sub in another case", map[string]any{"sub": "AMARA-1"}, []bool{true, true, true, true}},
		{"sub with a space", map[string]any{"sub": "amara-1 "}, []bool{true, true, true, true}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
				h := build(t, db)
				var tokens []string
				for _, sid := range []string{"s1", "s2", "s3"} {
					tokens = append(tokens, h.mustSignIn(t, amara(map[string]any{"sid": sid})).Token)
				}
				tokens = append(tokens, h.mustSignIn(t, amara(map[string]any{"sub": "goran-1", "name": "Goran Novak", "sid": "s4"})).Token)
				_, there, _ := h.replica(t, db.Replica(t))

				ended := h.mustHear(t, c.about)
				if d := cmp.Diff(c.want, alive(t, there, tokens...)); d != "" {
					t.Fatalf("on the other replica: %s", d)
				}
				events := h.events(t, models.SessionEnd)
				gone := 0
				for _, lives := range c.want {
					if !lives {
						gone++
					}
				}
				if ended != gone || len(events) != gone {
					t.Fatalf("ended %d, %d events, want %d", ended, len(events), gone)
				}
				for _, e := range events {
					if e.ActorKind != models.ActorSystem || e.ActorName != "Keycloak" || e.Via != models.ViaSignal || e.IP != "198.51.100.9" || e.RequestID != "req-9" ||
						e.TargetName != "Amara Okafor" || e.ObjectKind != models.KindSession || e.ObjectName == "" || e.Detail != "back-channel sign-out" {
						t.Fatalf("event = %+v", e)
					}
				}
			})
		})
	}
}

// BCL-09: a session that belongs to somebody else is not ended by a message
// that names another.
func TestBackchannelOfAForeignSessionEndsNothing(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db)
		first := h.mustSignIn(t, amara(map[string]any{"sid": "s1"}))
		other := h.mustSignIn(t, amara(map[string]any{"sub": "goran-1", "sid": ""}))
		token := h.op.LogoutToken(map[string]any{"sub": "goran-1", "sid": "s1"})
		_, err := h.hear(t, h.flow, token)
		refused(t, err, string(oidc.ReasonSessionForeign))
		if d := cmp.Diff([]bool{true, true}, alive(t, h.sessions, first.Token, other.Token)); d != "" {
			t.Fatal(d)
		}
	})
}

// A session of which the provider never said which one it is ends with any
// message about its person: nobody could tell otherwise.
func TestBackchannelEndsSessionsWithoutAName(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db)
		unnamed := h.mustSignIn(t, amara(map[string]any{"sid": nil}))
		named := h.mustSignIn(t, amara(map[string]any{"sid": "s1"}))
		if n := h.mustHear(t, map[string]any{"sub": "amara-1", "sid": "s7"}); n != 1 {
			t.Fatalf("ended %d, want 1", n)
		}
		if d := cmp.Diff([]bool{false, true}, alive(t, h.sessions, unnamed.Token, named.Token)); d != "" {
			t.Fatal(d)
		}
	})
}

// BCL-06: a message counts once, on whichever replica it comes again, whether it
// ended something or not; and not before its time is over.
func TestBackchannelReplayOnTheOtherReplica(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db)
		_, _, there := h.replica(t, db.Replica(t))
		h.mustSignIn(t, amara(nil))
		for _, name := range []string{"amara-1", "nobody"} { // the first ends something, the second nothing
			token := h.op.LogoutToken(map[string]any{"sub": name})
			if _, err := h.hear(t, h.flow, token); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			db.Clock.Advance(time.Second) // within the second of the message nobody could tell what came first
			again := h.mustSignIn(t, amara(map[string]any{"sid": "new-" + name}))
			_, err := h.hear(t, there, token)
			refused(t, err, string(oidc.ReasonReplayed))
			db.Clock.Advance(2*time.Minute + 58*time.Second)
			_, err = h.hear(t, there, token)
			refused(t, err, string(oidc.ReasonReplayed))
			db.Clock.Advance(time.Second)
			_, err = h.hear(t, there, token)
			refused(t, err, string(oidc.ReasonTokenExpired))
			if d := cmp.Diff([]bool{true}, alive(t, h.sessions, again.Token)); d != "" {
				t.Fatalf("%s: the replay ended a session: %s", name, d)
			}
		}
		if n := len(h.events(t, models.SessionEnd)); n != 1 {
			t.Fatalf("%d sessions ended, want 1", n)
		}
	})
}

// Many replicas that hear the same message at once end the session once.
func TestBackchannelAtOnce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db)
		_, _, there := h.replica(t, db.Replica(t))
		h.mustSignIn(t, amara(nil))
		token := h.op.LogoutToken(map[string]any{"sub": "amara-1", "sid": "provider-session-1"})
		results := make(chan error, 10)
		for i := range cap(results) {
			flow := h.flow
			if i%2 == 1 {
				flow = there
			}
			go func() {
				_, err := flow.Backchannel(t.Context(), signin.Backchannel{Provider: "keycloak", Token: token})
				results <- err
			}()
		}
		accepted := 0
		for range cap(results) {
			err := <-results
			var r *signin.Refusal
			switch {
			case err == nil:
				accepted++
			case !errors.As(err, &r) || r.Reason != string(oidc.ReasonReplayed):
				t.Errorf("got %v, want a replay", err)
			}
		}
		if n := len(h.events(t, models.SessionEnd)); accepted != 1 || n != 1 {
			t.Fatalf("accepted %d times, %d events, want one each", accepted, n)
		}
	})
}

// A sign-in under way when its session ends at the provider opens none here; the
// next one does.
func TestBackchannelOvertakesASignIn(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		sid   any
		about map[string]any
		want  bool
	}{
		"its sid":              {"s1", map[string]any{"sid": "s1"}, true},
		"its sid and sub":      {"s1", map[string]any{"sub": "amara-1", "sid": "s1"}, true},
		"all of its sub":       {"s1", map[string]any{"sub": "amara-1"}, true},
		"without a name":       {nil, map[string]any{"sub": "amara-1", "sid": "s1"}, true},
		"another sid":          {"s1", map[string]any{"sub": "amara-1", "sid": "s2"}, false},
		"another person's sid": {"s1", map[string]any{"sub": "goran-1"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
				h := build(t, db)
				claims := amara(map[string]any{"sid": c.sid})
				h.op.SignIn(claims)
				started := h.start(t, signin.Begin{})
				values := h.op.Authorize(t, started.Address)
				h.mustHear(t, c.about) // after the person was at the provider, before the browser came back
				_, err := h.finish(t, values, started.Binding)
				if !c.want {
					if err != nil {
						t.Fatalf("refused: %v", err)
					}
					return
				}
				r := refused(t, err, signin.ReasonSignedOut)
				if !r.Again {
					t.Error("starting again helps, and is not offered")
				}
				db.Clock.Advance(2 * time.Second)
				h.mustSignIn(t, claims)
			})
		})
	}
}

// Events and sessions go together or not at all; the message is then worth
// sending again (BCL-10).
func TestBackchannelWhileTheLogFails(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db)
		out := h.mustSignIn(t, amara(nil))
		token := h.op.LogoutToken(map[string]any{"sub": "amara-1"})
		for _, table := range []string{"audit_events", "sessions", "logout_tokens", dbtest.Commit} {
			db.Faults.Fail(table)
			_, err := h.hear(t, h.flow, token)
			db.Faults.Heal()
			var r *signin.Refusal
			if err == nil || errors.As(err, &r) {
				t.Fatalf("%s fails: got %v, want a fault", table, err)
			}
			if d := cmp.Diff([]bool{true}, alive(t, h.sessions, out.Token)); d != "" {
				t.Fatalf("%s fails: %s", table, d)
			}
		}
		if n, err := h.hear(t, h.flow, token); err != nil || n != 1 {
			t.Fatalf("sent again: %d, %v", n, err)
		}
	})
}

// A provider whose keys cannot be read is not the message's fault: it may be
// sent again, and the address it came from is not counted.
func TestBackchannelWhileTheProviderIsDown(t *testing.T) {
	t.Parallel()
	h := build(t, dbtest.One(t, store.SQLite))
	token := h.op.LogoutToken(map[string]any{"sub": "amara-1"})
	h.op.Stop()
	for range 150 {
		_, err := h.hear(t, h.flow, token)
		if !errs.Is(err, errs.Unavailable) {
			t.Fatalf("got %v, want unavailable", err)
		}
	}
	h.op.Resume()
	h.Clock.Advance(time.Minute)
	if _, err := h.hear(t, h.flow, token); err != nil {
		t.Fatal(err)
	}
}

// BCL-13: who keeps sending what is refused is not listened to for a while,
// before anything is read; others are, and so is a provider that sends much.
func TestBackchannelFlood(t *testing.T) {
	t.Parallel()
	h := build(t, dbtest.One(t, store.SQLite))
	for range 300 { // a provider that ends many sessions at once
		h.mustHear(t, map[string]any{"sub": "somebody"})
	}
	keys := h.op.Count(optest.JWKS)
	var denied int
	for range 200 {
		_, err := h.hear(t, h.flow, "a.b.c")
		if errs.Is(err, errs.TooMany) {
			denied++
		}
	}
	if denied != 100 {
		t.Errorf("%d of 200 were turned away, want 100", denied)
	}
	if n := h.op.Count(optest.JWKS); n != keys {
		t.Errorf("the flood made the keys be fetched %d times", n-keys)
	}
	elsewhere := signin.Backchannel{Provider: "keycloak", Token: h.op.LogoutToken(map[string]any{"sub": "x"}), Facts: signin.Facts{IP: "203.0.113.1"}}
	if _, err := h.flow.Backchannel(t.Context(), elsewhere); err != nil {
		t.Errorf("another address: %v", err)
	}
	h.Clock.Advance(time.Minute)
	h.mustHear(t, map[string]any{"sub": "x"})
}

// BCL-08 is a setting of the provider.
func TestBackchannelStrictTyp(t *testing.T) {
	t.Parallel()
	for typ, want := range map[string]string{"lenient": "", "strict": string(oidc.ReasonTypeRefused), "": ""} {
		h := build(t, dbtest.One(t, store.SQLite), func(p *config.Provider) { p.LogoutTokenTyp = typ })
		h.op.Mutate(func(f *optest.Faults) { f.Header = func(head map[string]any) { head["typ"] = "JWT" } })
		_, err := h.hear(t, h.flow, h.op.LogoutToken(map[string]any{"sub": "x"}))
		if want == "" && err != nil {
			t.Errorf("%q: %v", typ, err)
		}
		if want != "" {
			refused(t, err, want)
		}
	}
}

func TestBackchannelUnknownProvider(t *testing.T) {
	t.Parallel()
	h := build(t, dbtest.One(t, store.SQLite))
	_, err := h.flow.Backchannel(t.Context(), signin.Backchannel{Provider: "nobody", Token: "x"})
	if !errs.Is(err, errs.NotFound) {
		t.Fatalf("got %v, want not found", err)
	}
}

// What need not be remembered is swept, and no sooner.
func TestSweepForgetsOldMessages(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db)
		h.mustHear(t, map[string]any{"sub": "x"})
		for _, want := range []int{0, 1} {
			n, err := h.flow.Sweep(t.Context())
			if err != nil || n != want {
				t.Fatalf("swept %d, %v, want %d", n, err, want)
			}
			db.Clock.Advance(16 * time.Minute)
		}
	})
}
