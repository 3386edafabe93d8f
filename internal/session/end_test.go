package session_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/errs"
	"github.com/rollcall/rollcall/internal/session"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

func as(h *house, u models.User, can models.Permission, key string) models.Actor {
	return models.Actor{Tenant: h.Tenant, Kind: models.ActorUser, UserID: u.ID, Name: u.DisplayName, Can: can, Via: models.ViaWeb, SessionKey: key}
}

// What ends on one replica is refused on the other at once.
func TestEndOnOneReplicaIsRefusedOnTheOther(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := newHouse(t, db)
		second := h.replica(t, db.Replica(t))
		u, other := h.person(t, "Amara Okafor"), h.person(t, "Elif Kaya")
		b, kept := h.begin(t, u, func(s *session.Start) { s.SID = "sid-1" }), h.begin(t, u)
		theirs := h.begin(t, other)
		h.want(t, second, b.Token, nil)
		h.change(t, func(ctx context.Context, tx *store.Tx) error {
			if _, err := h.EndOneOf(ctx, tx, u.ID, theirs.PublicID); !errs.Is(err, errs.NotFound) {
				t.Errorf("somebody else's session: %v, want not found", err)
			}
			ended, err := h.EndOneOf(ctx, tx, u.ID, b.PublicID)
			want := session.Ended{PublicID: b.PublicID, Provider: "keycloak", Issuer: "https://id.example", Subject: u.PublicID, SID: "sid-1"}
			if diff := cmp.Diff(want, ended); diff != "" {
				t.Errorf("ended (-want +got):\n%s", diff)
			}
			return err
		})
		h.want(t, second, b.Token, session.ErrEnded)
		h.want(t, second, kept.Token, nil)
		h.want(t, second, theirs.Token, nil)
	})
}

// The console's sessions that began in one session of a provider end with it:
// no others, and never the actor's present one.
func TestEndFromAndEndOthers(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := newHouse(t, db)
		u := h.person(t, "Amara Okafor")
		at := func(provider, sid string) session.Begun {
			return h.begin(t, u, func(s *session.Start) { s.Provider, s.SID = provider, sid })
		}
		mine, same, elsewhere, another := at("keycloak", "one"), at("keycloak", "one"), at("okta", "one"), at("keycloak", "two")
		actor := as(h, u, models.SessionsEnd, mine.PublicID)
		within := func(fn func(context.Context, *store.Tx) (int, error), want int) {
			t.Helper()
			err := h.Store.Change(t.Context(), actor, func(ctx context.Context, tx *store.Tx) error {
				n, err := fn(ctx, tx)
				if n != want {
					t.Errorf("%d sessions ended, want %d", n, want)
				}
				return errors.Join(err, tx.Record(ctx, store.Event{Action: models.Seeded, Target: store.Ref{Kind: models.KindTenant, ID: tx.Tenant()}}))
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		within(func(ctx context.Context, tx *store.Tx) (int, error) {
			return h.EndFrom(ctx, tx, u.ID, func(e session.Ended) bool { return e.Provider == "keycloak" && e.SID == "one" })
		}, 1)
		h.want(t, h.Manager, same.Token, session.ErrEnded)
		h.want(t, h.Manager, elsewhere.Token, nil)
		h.want(t, h.Manager, another.Token, nil)
		within(func(ctx context.Context, tx *store.Tx) (int, error) { return h.EndOthersOf(ctx, tx, u.ID) }, 2)
		h.want(t, h.Manager, mine.Token, nil)
		h.want(t, h.Manager, another.Token, session.ErrEnded)
	})
}

func TestEndOwn(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := newHouse(t, db)
		u, other := h.person(t, "Goran Novak"), h.person(t, "Amara Okafor")
		mine, also, theirs := h.begin(t, u), h.begin(t, u), h.begin(t, other)
		actor := as(h, u, 0, mine.PublicID)
		if err := h.EndOwn(t.Context(), actor, theirs.PublicID); !errs.Is(err, errs.NotFound) {
			t.Fatalf("somebody else's session: %v, want not found", err)
		}
		if err := h.EndOwn(t.Context(), actor, also.PublicID); err != nil {
			t.Fatal(err)
		}
		h.want(t, h.Manager, also.Token, session.ErrEnded)
		third := h.begin(t, u)
		if n, err := h.EndOwnOthers(t.Context(), actor); n != 1 || err != nil {
			t.Fatalf("EndOwnOthers = %d, %v; want 1", n, err)
		}
		h.want(t, h.Manager, third.Token, session.ErrEnded)
		h.want(t, h.Manager, mine.Token, nil)
		h.want(t, h.Manager, theirs.Token, nil)
		if e := h.events(t, models.SessionEndAll); len(e) != 1 || e[0].TargetID != u.ID || e[0].Detail != "1" {
			t.Fatalf("events = %+v", e)
		}
		if e := h.events(t, models.SessionEnd); len(e) != 1 || e[0].ObjectName != also.PublicID {
			t.Fatalf("events = %+v", e)
		}
	})
}

func TestEndAllAndClose(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := newHouse(t, db)
		u, other := h.person(t, "Amara Okafor"), h.person(t, "Elif Kaya")
		one, kept := h.begin(t, u), h.begin(t, other)
		h.begin(t, u)
		var closed, again bool
		var n int
		h.change(t, func(ctx context.Context, tx *store.Tx) error {
			var err error
			if closed, err = h.Close(ctx, tx, one.PublicID); err != nil {
				return err
			}
			if again, err = h.Close(ctx, tx, one.PublicID); err != nil {
				return err
			}
			n, err = h.EndAll(ctx, tx, u.ID)
			return err
		})
		if !closed || again || n != 1 {
			t.Fatalf("closed %v, again %v, ended %d; want true, false, 1", closed, again, n)
		}
		h.want(t, h.Manager, one.Token, session.ErrEnded)
		h.want(t, h.Manager, kept.Token, nil)
	})
}

func TestListAndCounts(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := newHouse(t, db)
		u, none := h.person(t, "Amara Okafor"), h.person(t, "Elif Kaya")
		h.begin(t, u)
		h.Clock.Advance(session.DefaultIdle) // the first one ran out
		older := h.begin(t, u, func(s *session.Start) { s.AuthTime = h.Clock.Now().Add(-time.Minute) })
		h.Clock.Advance(time.Minute)
		newer := h.begin(t, u, func(s *session.Start) { s.UserAgent = "" })
		got, err := h.List(t.Context(), h.Tenant, u.ID)
		if err != nil {
			t.Fatal(err)
		}
		now := models.At(h.Clock.Now())
		minute := models.Instant(time.Minute / time.Microsecond)
		want := []session.Info{
			{PublicID: newer.PublicID, Device: "An unknown browser", IP: "192.0.2.7", Provider: "keycloak", Methods: "pwd otp", CreatedAt: now, LastSeenAt: now, EndsAt: now.Add(session.DefaultIdle)},
			{PublicID: older.PublicID, Device: "Firefox on Linux", IP: "192.0.2.7", Provider: "keycloak", Methods: "pwd otp", AuthTime: now - 2*minute, CreatedAt: now - minute, LastSeenAt: now - minute, EndsAt: (now - minute).Add(session.DefaultIdle)},
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Fatal(d)
		}
		n, err := h.Counts(t.Context(), h.Tenant, []int64{u.ID, none.ID})
		if d := cmp.Diff(map[int64]int{u.ID: 2}, n); d != "" || err != nil {
			t.Fatal(d, err)
		}
		if n, err := h.Counts(t.Context(), h.Tenant, nil); len(n) != 0 || err != nil {
			t.Fatal(n, err)
		}
	})
}

func TestSignOutHintIsSealed(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := newHouse(t, db)
		u := h.person(t, "Amara Okafor")
		one := h.begin(t, u, func(s *session.Start) { s.IDToken = "first.id.token" })
		two := h.begin(t, u, func(s *session.Start) { s.IDToken = "second.id.token" })
		bare := h.begin(t, u, func(s *session.Start) { s.IDToken = "" })
		for token, want := range map[string]string{one.Token: "first.id.token", bare.Token: ""} {
			got, err := h.IDToken(t.Context(), h.want(t, h.Manager, token, nil))
			if got != want || err != nil {
				t.Fatalf("IDToken = %q, %v; want %q", got, err, want)
			}
		}
		all := h.rows(t)
		h.change(t, func(ctx context.Context, tx *store.Tx) error { // somebody swaps the sealed values in the database
			for _, r := range all {
				if r.PublicID != one.PublicID {
					continue
				}
				_, err := tx.Update((*models.Session)(nil)).Set("id_token = ?", r.IDToken).Where("public_id = ?", two.PublicID).Exec(ctx)
				return err
			}
			return nil
		})
		if got, err := h.IDToken(t.Context(), h.want(t, h.Manager, two.Token, nil)); err == nil {
			t.Fatalf("a swapped hint opened: %q", got)
		}
	})
}

func TestDatabaseDownSaysNothingAboutTheSession(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := newHouse(t, db)
		b := h.begin(t, h.person(t, "Amara Okafor"))
		gone, err := store.Open(t.Context(), store.Options{URL: db.URL, Clock: db.Clock.Now})
		if err != nil {
			t.Fatal(err)
		}
		if err := gone.Close(); err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
		r.AddCookie(&http.Cookie{Name: "__Host-rollcall", Value: b.Token})
		if _, err := h.replica(t, gone).Current(r); !errs.Is(err, errs.Unavailable) {
			t.Fatalf("Current = %v, want Unavailable", err)
		}
	})
}

func TestHostileText(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := newHouse(t, db)
		long := make([]byte, 4000)
		for i := range long {
			long[i] = "\x00\xff\n\u202eé"[i%8]
		}
		b := h.begin(t, h.person(t, "Amara Okafor"), func(s *session.Start) {
			s.UserAgent, s.IP, s.SID = string(long), string(long[:100]), string(long)
			s.Methods = []string{string(long)}
		})
		h.want(t, h.Manager, b.Token, nil)
		b = h.begin(t, h.person(t, "Elif Kaya"), func(s *session.Start) { s.SID = "short\x00" })
		h.want(t, h.Manager, b.Token, nil)
	})
}

func TestDevice(t *testing.T) {
	t.Parallel()
	for agent, want := range map[string]string{
		firefox: "Firefox on Linux",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36":                         "Chrome on Windows",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0":           "Edge on Windows",
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15":                   "Safari on macOS",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1": "Safari on iPhone",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/142.0 Mobile/15E148 Safari/604.1":  "Chrome on iPhone",
		"Mozilla/5.0 (Linux; Android 16; SM-S931B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/29.0 Chrome/136.0 Mobile Safari/537.36":  "Samsung Internet on Android",
		"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36":                          "Chrome on ChromeOS",
		"curl/8.14.1":                   "curl",
		"Mozilla/5.0 (Windows NT 10.0)": "A browser on Windows",
		"":                              "An unknown browser",
		"<script>alert(1)</script>":     "An unknown browser",
	} {
		if got := session.Device(agent); got != want {
			t.Errorf("Device(%q) = %q, want %q", agent, got, want)
		}
	}
}
