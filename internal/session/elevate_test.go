package session_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/secret"
	"github.com/rollcall/rollcall/internal/session"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// elevate proves the person of a session anew, as change prepares it.
func (h *house) elevate(t *testing.T, b session.Begun, change ...func(*session.Proof)) (session.Elevated, error) {
	t.Helper()
	p := session.Proof{Session: b.PublicID, Token: b.Token, SID: "provider-2", IDToken: "fresh.id.token", Methods: []string{"hwk"}, AuthTime: h.Clock.Now()}
	for _, c := range change {
		c(&p)
	}
	var e session.Elevated
	err := h.Store.Change(t.Context(), h.Actor(), func(ctx context.Context, tx *store.Tx) error {
		var err error
		if e, err = h.Elevate(ctx, tx, p); err != nil {
			return err
		}
		return tx.Record(ctx, store.Event{Action: models.StepUpDone, Target: store.Ref{Kind: models.KindTenant, ID: tx.Tenant()}})
	})
	return e, err
}

// WEB-02, OIDC-38: the session goes on under a fresh token, open to sensitive
// acts for a while, on every replica.
func TestElevateRenewsTheTokenAndOpensForAWhile(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := newHouse(t, db)
		second := h.replica(t, db.Replica(t))
		b := h.begin(t, h.person(t, "Amara Okafor"))
		elsewhere := h.begin(t, h.person(t, "Elif Kaya"))
		before := h.want(t, second, b.Token, nil)
		if now := models.At(h.Clock.Now()); before.Elevated(now) {
			t.Fatal("a session that begins is open to sensitive acts")
		}
		h.Clock.Advance(5 * time.Minute)
		e, err := h.elevate(t, b)
		if err != nil {
			t.Fatal(err)
		}
		h.want(t, h.Manager, b.Token, session.ErrEnded)
		h.want(t, second, b.Token, session.ErrEnded)
		live := h.want(t, second, e.Token, nil)
		if live.PublicID != b.PublicID || live.UserID != before.UserID || live.ExpiresAt != before.ExpiresAt || live.CreatedAt != before.CreatedAt {
			t.Errorf("it went on as %+v, was %+v", live, before)
		}
		if live.Methods != "hwk" || live.AuthTime != models.At(h.Clock.Now()) || live.ElevatedUntil != models.At(h.Clock.Now().Add(15*time.Minute)) {
			t.Errorf("methods %q, auth_time %v, until %v", live.Methods, live.AuthTime.Time(), live.ElevatedUntil.Time())
		}
		if other := h.want(t, h.Manager, elsewhere.Token, nil); other.ElevatedUntil != 0 {
			t.Error("somebody else's session was opened as well")
		}
		if hint, err := second.IDToken(t.Context(), live); hint != "fresh.id.token" || err != nil {
			t.Errorf("hint for signing out = %q, %v; want the newest", hint, err)
		}
		for _, at := range []struct {
			after time.Duration
			open  bool
		}{{15*time.Minute - time.Microsecond, true}, {time.Microsecond, false}} {
			h.Clock.Advance(at.after)
			live := h.want(t, second, e.Token, nil)
			if live.Elevated(models.At(h.Clock.Now())) != at.open {
				t.Errorf("at %s open is %v, want %v", h.Clock.Now(), !at.open, at.open)
			}
		}
	})
}

func TestElevateNeverOutlivesTheSession(t *testing.T) {
	t.Parallel()
	h := newHouse(t, dbtest.One(t, store.SQLite), func(o *session.Options) { o.Absolute, o.Elevation = time.Hour, 30*time.Minute })
	b := h.begin(t, h.person(t, "Amara Okafor"))
	h.Clock.Advance(50 * time.Minute)
	e, err := h.elevate(t, b)
	if err != nil || e.Until != models.At(h.Clock.Now().Add(10*time.Minute)) {
		t.Fatalf("until %v, %v; want the end of the session", e.Until.Time(), err)
	}
}

func TestElevateRefuses(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := newHouse(t, db)
		mine, other := h.begin(t, h.person(t, "Amara Okafor")), h.begin(t, h.person(t, "Elif Kaya"))
		for name, c := range map[string]struct {
			change func(*session.Proof)
			after  time.Duration
			want   error
		}{
			"ErrAnotherSession":  {func(p *session.Proof) { p.Session = other.PublicID }, 0, session.ErrEnded},
			"ErrAnotherToken":    {func(p *session.Proof) { p.Token = other.Token }, 0, session.ErrEnded},
			"ErrNoToken":         {func(p *session.Proof) { p.Token = "" }, 0, session.ErrEnded},
			"ErrUnknownToken":    {func(p *session.Proof) { p.Token = strings.Repeat("a", 43) }, 0, session.ErrEnded},
			"ErrNoSession":       {func(p *session.Proof) { p.Session, p.Token = "", strings.Repeat("a", 43) }, 0, session.ErrEnded},
			"ErrRanOut":          {func(*session.Proof) {}, time.Hour, session.ErrIdle},
			"ErrLongestDuration": {func(*session.Proof) {}, 12 * time.Hour, session.ErrExpired},
		} {
			t.Run(name, func(t *testing.T) {
				start := h.Clock.Now()
				defer h.Clock.Set(start)
				h.Clock.Advance(c.after)
				if _, err := h.elevate(t, mine, c.change); !errors.Is(err, c.want) {
					t.Fatalf("got %v, want %v", err, c.want)
				}
				h.Clock.Set(start)
				if live := h.want(t, h.Manager, mine.Token, nil); live.ElevatedUntil != 0 {
					t.Error("it was opened all the same")
				}
			})
		}
	})
}

// One proof opens once: of two requests with the same token one is refused.
func TestElevateTwiceAtOnce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := newHouse(t, db)
		b := h.begin(t, h.person(t, "Amara Okafor"))
		var wg sync.WaitGroup
		results := make([]error, 4)
		for i := range results {
			wg.Go(func() { _, results[i] = h.elevate(t, b) })
		}
		wg.Wait()
		opened := 0
		for _, err := range results {
			if err == nil {
				opened++
			} else if !errors.Is(err, session.ErrEnded) {
				t.Errorf("got %v, want the token gone", err)
			}
		}
		if opened != 1 || len(h.rows(t)) != 1 {
			t.Fatalf("%d of 4 opened it, %d rows; want one of each", opened, len(h.rows(t)))
		}
	})
}

func TestLowerClosesAtOnceEverywhere(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := newHouse(t, db)
		second := h.replica(t, db.Replica(t))
		u := h.person(t, "Amara Okafor")
		b := h.begin(t, u)
		e, err := h.elevate(t, b)
		if err != nil {
			t.Fatal(err)
		}
		actor := as(h, u, 0, b.PublicID)
		if open, err := h.Lower(t.Context(), actor); !open || err != nil {
			t.Fatalf("Lower = %v, %v; want it open until now", open, err)
		}
		if live := h.want(t, second, e.Token, nil); live.Elevated(models.At(h.Clock.Now())) {
			t.Error("another replica still lets sensitive acts through")
		}
		if open, err := h.Lower(t.Context(), actor); open || err != nil {
			t.Errorf("once more = %v, %v; want nothing to close", open, err)
		}
		ends := h.events(t, models.StepUpEnd)
		if len(ends) != 1 || ends[0].ActorID != u.ID || ends[0].TargetID != u.ID || ends[0].ObjectName != b.PublicID || ends[0].Detail != "by hand" {
			t.Errorf("events = %+v", ends)
		}
	})
}

// Two replicas sweep at the same moment: each end is written down once.
func TestSweepElevationsRecordsEachEndOnce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := newHouse(t, db)
		second := h.replica(t, db.Replica(t))
		var opened []string
		for _, name := range []string{"Amara Okafor", "Elif Kaya", "Goran Novak"} {
			b := h.begin(t, h.person(t, name))
			if _, err := h.elevate(t, b); err != nil {
				t.Fatal(err)
			}
			opened = append(opened, b.PublicID)
		}
		h.Clock.Advance(14 * time.Minute)
		last := h.begin(t, h.person(t, "Ilse Weber"))
		if _, err := h.elevate(t, last); err != nil {
			t.Fatal(err)
		}
		if n, err := h.SweepElevations(t.Context(), h.Tenant); n != 0 || err != nil {
			t.Fatalf("before the end: %d, %v", n, err)
		}
		h.Clock.Advance(time.Minute)
		var wg sync.WaitGroup
		counts, failures := make([]int, 2), make([]error, 2)
		for i, m := range []*session.Manager{h.Manager, second} {
			wg.Go(func() { counts[i], failures[i] = m.SweepElevations(t.Context(), h.Tenant) })
		}
		wg.Wait()
		if err := errors.Join(failures...); err != nil || counts[0]+counts[1] != len(opened) {
			t.Fatalf("swept %v, %v; want %d in all", counts, err, len(opened))
		}
		ends := map[string]int{}
		for _, e := range h.events(t, models.StepUpEnd) {
			ends[e.ObjectName]++
			if e.Detail != "by time" || e.ActorKind != models.ActorSystem {
				t.Errorf("event = %+v", e)
			}
		}
		for _, id := range opened {
			if ends[id] != 1 {
				t.Errorf("session %s has %d ends, want 1", id, ends[id])
			}
		}
		if ends[last.PublicID] != 0 {
			t.Error("one that is still open was closed")
		}
	})
}

// What ran out by itself is still known, so that its person gets back what they
// typed; what was ended is not.
func TestLapsed(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := newHouse(t, db)
		amara, elif := h.person(t, "Amara Okafor"), h.person(t, "Elif Kaya")
		idle, ended, blocked := h.begin(t, amara), h.begin(t, amara), h.begin(t, elif)
		if _, found, err := h.Lapsed(t.Context(), idle.Token); found || err != nil {
			t.Fatalf("a session that holds has lapsed: %v, %v", found, err)
		}
		if err := h.EndOwn(t.Context(), as(h, amara, 0, ""), ended.PublicID); err != nil {
			t.Fatal(err)
		}
		h.setUser(t, elif.ID, "status", models.Deactivated)
		for _, after := range []time.Duration{time.Hour, 12 * time.Hour, 10 * time.Hour} {
			h.Clock.Advance(after)
			if _, err := h.Sweep(t.Context(), h.Tenant); err != nil {
				t.Fatal(err)
			}
			if live, found, err := h.Lapsed(t.Context(), idle.Token); !found || err != nil || live.UserID != amara.ID || live.PublicID != idle.PublicID {
				t.Errorf("%s later: %+v, %v, %v; want it known", after, live, found, err)
			}
			for name, token := range map[string]string{"ended": ended.Token, "blocked": blocked.Token, "none": "", "made up": strings.Repeat("b", 43)} {
				if _, found, err := h.Lapsed(t.Context(), token); found || err != nil {
					t.Errorf("%s: %v, %v; want it unknown", name, found, err)
				}
			}
		}
	})
}

// The fresh ID token is sealed like the first one.
func TestElevateSealsTheHint(t *testing.T) {
	t.Parallel()
	h := newHouse(t, dbtest.One(t, store.SQLite))
	b := h.begin(t, h.person(t, "Amara Okafor"))
	if _, err := h.elevate(t, b, func(p *session.Proof) { p.IDToken = "sentinel.id.token" }); err != nil {
		t.Fatal(err)
	}
	row := h.rows(t)[0]
	if strings.Contains(row.IDToken, "sentinel") || row.SID != "provider-2" {
		t.Errorf("hint %q, sid %q", row.IDToken, row.SID)
	}
	if _, err := h.ring.Open(row.IDToken, secret.Place{Tenant: h.Tenant, Column: "sessions.id_token"}); err == nil {
		t.Error("it opens at another place")
	}
}
