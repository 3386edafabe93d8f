package signin_test

import (
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rollcall/rollcall/internal/config"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/session"
	"github.com/rollcall/rollcall/internal/signin"
	"github.com/rollcall/rollcall/internal/signin/optest"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

const formPage = "/users/7/deactivate?draft=d-1"

// seated is a person with a session that is ten minutes old.
func (h *house) seated(t *testing.T, more map[string]any) (token string, live session.Live) {
	t.Helper()
	out := h.mustSignIn(t, amara(more))
	h.Clock.Advance(10 * time.Minute)
	live, err := h.sessions.Find(t.Context(), out.Token)
	if err != nil {
		t.Fatal(err)
	}
	return out.Token, live
}

func (h *house) beginStepUp(t *testing.T, live session.Live) signin.Started {
	t.Helper()
	started, err := h.flow.StartStepUp(t.Context(), signin.BeginStepUp{Live: live, Draft: "d-1", ReturnTo: formPage, Facts: desk})
	if err != nil {
		t.Fatalf("StartStepUp: %v", err)
	}
	return started
}

func (h *house) finishStepUp(t *testing.T, values url.Values, binding, token string) (signin.Outcome, error) {
	t.Helper()
	return h.flow.Finish(t.Context(), signin.Callback{Provider: "keycloak", Values: values, Binding: binding, Replaces: token, Facts: desk})
}

// OIDC-31, OIDC-38, WEB-02: the provider is asked for a fresh sign-in, and the
// session goes on under another token, open for a quarter of an hour, on both
// replicas.
func TestStepUp(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db, func(p *config.Provider) { p.StepUpACR = []string{"gold", "platinum"} })
		_, sessions, other := h.replica(t, db.Replica(t))
		token, live := h.seated(t, map[string]any{"acr": "silver"})
		h.op.SignIn(amara(map[string]any{"acr": "gold", "amr": []string{"hwk"}}))
		started := h.beginStepUp(t, live)
		asked, err := url.Parse(started.Address)
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]string{"prompt": "login", "max_age": "0", "acr_values": "gold platinum", "login_hint": "amara", "id_token_hint": ""}
		for name, value := range want {
			if got := asked.Query().Get(name); got != value {
				t.Errorf("the request says %s=%q, want %q", name, got, value)
			}
		}
		h.Clock.Advance(3 * time.Minute) // a second factor and a consent page
		values := h.op.Authorize(t, started.Address)
		h.Clock.Advance(2 * time.Minute)
		out, err := other.Finish(t.Context(), signin.Callback{Provider: "keycloak", Values: values, Binding: started.Binding, Replaces: token, Facts: desk})
		if err != nil || out.ReturnTo != formPage || out.Token == token || out.Token == "" {
			t.Fatalf("%+v, %v", out, err)
		}
		if _, err := h.sessions.Find(t.Context(), token); !errors.Is(err, session.ErrEnded) {
			t.Errorf("the token before = %v, want it dead", err)
		}
		for _, m := range []*session.Manager{h.sessions, sessions} {
			now, err := m.Find(t.Context(), out.Token)
			if err != nil || now.PublicID != live.PublicID || !now.Elevated(models.At(db.Clock.Now().Add(15*time.Minute-time.Microsecond))) || now.Methods != "hwk" {
				t.Fatalf("%+v, %v", now, err)
			}
		}
		e := h.events(t, models.StepUpDone)
		if len(e) != 1 || e[0].ActorID != live.UserID || e[0].TargetID != live.UserID || e[0].ObjectName != live.PublicID ||
			e[0].SessionKey != live.PublicID || e[0].Detail != "keycloak hwk acr gold" {
			t.Errorf("events = %+v", e)
		}
		if n := len(h.events(t, models.SignInDone)); n != 1 {
			t.Errorf("%d sign-ins in the log, want the one before", n)
		}
	})
}

// Each mutation is refused with its reason, written down, and leaves the session
// exactly as it was: same token, not open.
func TestStepUpMutations(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db, func(p *config.Provider) { p.StepUpACR = []string{"gold"} })
		token, live := h.seated(t, map[string]any{"acr": "gold"})
		claim := func(name string, value any) func(map[string]any) {
			return func(c map[string]any) {
				if c[name] = value; value == nil {
					delete(c, name)
				}
			}
		}
		for _, c := range []struct {
			name   string
			mutate func(map[string]any)
			want   string
		}{
			{"ErrAuthTimeMissing", claim("auth_time", nil), signin.ReasonNotAskedAgain},
			{"ErrAuthTimeOld", claim("auth_time", db.Clock.Now().Add(-61*time.Second).Unix()), signin.ReasonNotAskedAgain},
			{"ErrAuthTimeOfTheSession", claim("auth_time", live.AuthTime.Time().Unix()), signin.ReasonNotAskedAgain},
			{"ErrAuthTimeText", claim("auth_time", "now"), "claim_malformed"},
			{"ErrAuthTimeAhead", claim("auth_time", db.Clock.Now().Add(5*time.Minute).Unix()), "clock_skew"},
			{"ErrOtherSub", claim("sub", "goran-1"), signin.ReasonOtherPerson},
			{"ErrOtherSubByCase", claim("sub", "AMARA-1"), signin.ReasonOtherPerson},
			{"ErrOtherIss", claim("iss", "https://evil.example"), "issuer_mismatch"},
			{"ErrACRMissing", claim("acr", nil), "acr_insufficient"},
			{"ErrACRLower", claim("acr", "silver"), "acr_insufficient"},
			{"ErrNonce", claim("nonce", "x"), "nonce_mismatch"},
		} {
			t.Run(c.name, func(t *testing.T) {
				before := len(h.events(t, models.StepUpRefused))
				h.op.SignIn(amara(map[string]any{"acr": "gold"}))
				h.op.Mutate(func(f *optest.Faults) { f.Claims = c.mutate })
				defer h.op.Mutate(func(f *optest.Faults) { f.Claims = nil })
				started := h.beginStepUp(t, live)
				values := h.op.Authorize(t, started.Address)
				_, err := h.finishStepUp(t, values, started.Binding, token)
				r := refused(t, err, c.want)
				if !r.StepUp || r.Draft != "d-1" || r.ReturnTo != formPage {
					t.Errorf("refusal = %+v, want it to lead back", r)
				}
				h.untouched(t, token, live)
				e := h.events(t, models.StepUpRefused)
				if len(e) != before+1 || e[before].ActorID != live.UserID || e[before].Result != models.ResultRefused || !strings.HasPrefix(e[before].Detail, c.want) {
					t.Errorf("events = %+v", e)
				}
				h.op.Mutate(func(f *optest.Faults) { f.Claims = nil })
				_, err = h.finishStepUp(t, values, started.Binding, token)
				refused(t, err, "state_unknown") // used up
				h.untouched(t, token, live)
			})
		}
		if people := h.users(t); len(people) != 1 {
			t.Errorf("%d people, want no new one", len(people))
		}
	})
}

// untouched wants a session to hold under its token, closed to sensitive acts.
func (h *house) untouched(t *testing.T, token string, was session.Live) {
	t.Helper()
	now, err := h.sessions.Find(t.Context(), token)
	if err != nil {
		t.Fatalf("the session is gone: %v", err)
	}
	was.LastSeenAt, was.IdleUntil = now.LastSeenAt, now.IdleUntil
	if d := cmp.Diff(was, now); d != "" {
		t.Errorf("the session changed (-was +is):\n%s", d)
	}
}

// A provider that ignores what it was asked is named, in words an admin can use.
func TestStepUpNamesAProviderThatDoesNotAsk(t *testing.T) {
	t.Parallel()
	h := build(t, dbtest.One(t, store.SQLite))
	token, live := h.seated(t, nil)
	h.op.Mutate(func(f *optest.Faults) { f.Claims = func(c map[string]any) { delete(c, "auth_time") } })
	started := h.beginStepUp(t, live)
	_, err := h.finishStepUp(t, h.op.Authorize(t, started.Address), started.Binding, token)
	r := refused(t, err, signin.ReasonNotAskedAgain)
	if r.Cause != "Keycloak returned without asking you again. This step requires a fresh sign-in." || !strings.Contains(r.Next, "max_age") || !r.Again {
		t.Errorf("refusal = %+v", r)
	}
}

// OIDC-38: bound to session and purpose. Neither can be finished as the other,
// twice, in another browser, or in another session.
func TestStepUpIsBound(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db)
		token, live := h.seated(t, nil)
		second, secondLive := h.seated(t, nil)
		h.op.SignIn(amara(nil))
		for _, c := range []struct {
			name    string
			token   string
			binding string
			late    time.Duration
			want    string
		}{
			{"ErrNoSession", "", "", 0, signin.ReasonOtherSession},
			{"ErrMadeUpSession", strings.Repeat("a", 43), "", 0, signin.ReasonOtherSession},
			{"ErrAnotherSessionOfTheSamePerson", second, "", 0, signin.ReasonOtherSession},
			{"ErrAnotherBrowser", token, strings.Repeat("x", 43), 0, "state_unknown"},
			{"ErrTooLate", token, "", 10*time.Minute + time.Second, "state_expired"},
		} {
			t.Run(c.name, func(t *testing.T) {
				now := h.Clock.Now()
				defer h.Clock.Set(now)
				started := h.beginStepUp(t, live)
				values := h.op.Authorize(t, started.Address)
				if c.binding == "" {
					c.binding = started.Binding
				}
				h.Clock.Advance(c.late)
				_, err := h.finishStepUp(t, values, c.binding, c.token)
				refused(t, err, c.want)
				h.untouched(t, token, live)
				h.untouched(t, second, secondLive)
				_, err = h.finishStepUp(t, values, started.Binding, token)
				refused(t, err, "state_unknown")
			})
		}
		t.Run("SignInIsNoStepUp", func(t *testing.T) {
			started := h.start(t, signin.Begin{ReturnTo: formPage})
			out, err := h.finishStepUp(t, h.op.Authorize(t, started.Address), started.Binding, token)
			if err != nil {
				t.Fatal(err)
			}
			now, err := h.sessions.Find(t.Context(), out.Token)
			if err != nil || now.ElevatedUntil != 0 || now.PublicID == live.PublicID {
				t.Errorf("%+v, %v; want a new session that is not open", now, err)
			}
			if n := len(h.events(t, models.StepUpDone)); n != 0 {
				t.Errorf("%d step-ups in the log", n)
			}
		})
	})
}

// A person who was deactivated meanwhile, or whose session was ended, proves
// nothing any more.
func TestStepUpOfSomebodyWhoIsOut(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db)
		token, live := h.seated(t, nil)
		started := h.beginStepUp(t, live)
		values := h.op.Authorize(t, started.Address)
		h.set(t, live.UserID, "status", models.Deactivated)
		_, err := h.finishStepUp(t, values, started.Binding, token)
		refused(t, err, signin.ReasonOtherSession)
		if n := len(h.events(t, models.StepUpDone)); n != 0 {
			t.Fatal("somebody deactivated was let through")
		}
	})
}

// The session hangs on the tokens of its newest sign-in: that the provider gives
// up the older ones ends nothing, and both are taken back in the end.
func TestStepUpKeepsTheNewerTokens(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := renewingHouse(t, db)
		h.op.Mutate(func(f *optest.Faults) { f.SameRefresh = true })
		token, live := h.seated(t, nil)
		started := h.beginStepUp(t, live)
		out, err := h.finishStepUp(t, h.op.Authorize(t, started.Address), started.Binding, token)
		if err != nil {
			t.Fatal(err)
		}
		held := h.grants(t)
		if len(held) != 2 || held[0].SessionID != live.PublicID || held[1].SessionID != live.PublicID || held[0].State != models.GrantLive {
			t.Fatalf("grants = %+v, want both of the session", held)
		}
		h.op.EndOldest("amara-1")
		h.fall()
		h.revalidate(t)
		if d := cmp.Diff([]bool{true}, alive(t, h.sessions, out.Token)); d != "" {
			t.Fatalf("the session ended with the older tokens: %s", d)
		}
		if e := h.events(t, models.GrantRefused); len(e) != 0 {
			t.Fatalf("events = %+v", e)
		}
		h.op.EndSessions("amara-1")
		h.fall()
		h.revalidate(t)
		if d := cmp.Diff([]bool{false}, alive(t, h.sessions, out.Token)); d != "" {
			t.Fatalf("the session outlived the newest tokens: %s", d)
		}
	})
}

// A message that ends the new session at the provider overtakes the browser: then
// nothing is opened (BCL-09).
func TestStepUpOvertakenByASignOut(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db)
		token, live := h.seated(t, map[string]any{"sid": "s1"})
		h.op.SignIn(amara(map[string]any{"sid": "s2"}))
		started := h.beginStepUp(t, live)
		values := h.op.Authorize(t, started.Address)
		h.mustHear(t, map[string]any{"sid": "s2"})
		_, err := h.finishStepUp(t, values, started.Binding, token)
		if r := refused(t, err, signin.ReasonSignedOut); !r.StepUp {
			t.Errorf("refusal = %+v", r)
		}
		h.untouched(t, token, live)
	})
}

func TestStepUpWhereItCannotBegin(t *testing.T) {
	t.Parallel()
	h := build(t, dbtest.One(t, store.SQLite))
	_, live := h.seated(t, nil)
	h.op.Stop()
	h.Clock.Advance(time.Hour) // what was known of the provider is too old
	h.rebuild(t)
	_, err := h.flow.StartStepUp(t.Context(), signin.BeginStepUp{Live: live, Draft: "d-1", ReturnTo: formPage, Facts: desk})
	if r := refused(t, err, "provider_unreachable"); !r.StepUp || r.Draft != "d-1" {
		t.Errorf("refusal = %+v", r)
	}
	live.Provider = "gone"
	_, err = h.flow.StartStepUp(t.Context(), signin.BeginStepUp{Live: live, Draft: "d-1", ReturnTo: formPage, Facts: desk})
	if r := refused(t, err, signin.ReasonProviderUnused); !r.StepUp {
		t.Errorf("refusal = %+v", r)
	}
	var kept []models.SignInTransaction
	if err := h.Store.Read(h.Tenant).Select(&kept).Scan(t.Context()); err != nil || len(kept) > 0 {
		t.Errorf("%d transactions were begun, %v", len(kept), err)
	}
}
