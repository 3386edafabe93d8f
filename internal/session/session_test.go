package session_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/secret"
	"github.com/rollcall/rollcall/internal/session"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// house is a database with a manager over it.
type house struct {
	*dbtest.DB
	*session.Manager
	ring *secret.Keyring
}

func newHouse(t *testing.T, db *dbtest.DB, change ...func(*session.Options)) *house {
	t.Helper()
	ring, err := secret.NewKeyring(secret.NewKey())
	if err != nil {
		t.Fatal(err)
	}
	h := &house{DB: db, ring: ring}
	h.Manager = h.replica(t, db.Store, change...)
	return h
}

// replica makes a manager as another process would have it.
func (h *house) replica(t *testing.T, db *store.Store, change ...func(*session.Options)) *session.Manager {
	t.Helper()
	o := session.Options{Store: db, Keyring: h.ring, Secure: true}
	for _, c := range change {
		c(&o)
	}
	m, err := session.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// change runs fn in a transaction that records something.
func (h *house) change(t *testing.T, fn func(ctx context.Context, tx *store.Tx) error) {
	t.Helper()
	err := h.Store.Change(t.Context(), h.Actor(), func(ctx context.Context, tx *store.Tx) error {
		if err := fn(ctx, tx); err != nil {
			return err
		}
		return tx.Record(ctx, store.Event{Action: models.Seeded, Target: store.Ref{Kind: models.KindTenant, ID: tx.Tenant()}})
	})
	if err != nil {
		t.Fatal(err)
	}
}

// person makes an active user.
func (h *house) person(t *testing.T, name string) models.User {
	t.Helper()
	u := models.User{PublicID: uuid.NewString(), DisplayName: name, SortName: name, Status: models.Active, Email: name + "@northwind.example"}
	h.change(t, func(ctx context.Context, tx *store.Tx) error {
		u.ID = 0
		_, err := tx.Insert(&u).Exec(ctx)
		return err
	})
	return u
}

func (h *house) setUser(t *testing.T, id int64, column string, value any) {
	t.Helper()
	h.change(t, func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Update((*models.User)(nil)).Set(column+" = ?", value).Where("id = ?", id).Exec(ctx)
		return err
	})
}

// begin opens a session for u.
func (h *house) begin(t *testing.T, u models.User, change ...func(*session.Start)) session.Begun {
	t.Helper()
	s := session.Start{
		UserID: u.ID, UserName: u.DisplayName, Provider: "keycloak", Issuer: "https://id.example", Subject: u.PublicID,
		IP: "192.0.2.7", UserAgent: firefox, Methods: []string{"pwd", "otp"}, IDToken: "header.claims.signature",
	}
	for _, c := range change {
		c(&s)
	}
	var b session.Begun
	h.change(t, func(ctx context.Context, tx *store.Tx) error {
		var err error
		b, err = h.Begin(ctx, tx, s)
		return err
	})
	return b
}

func (h *house) rows(t *testing.T) []models.Session {
	t.Helper()
	var all []models.Session
	err := h.Store.Read(h.Tenant).Select(&all).Order("created_at", "public_id").Scan(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func (h *house) events(t *testing.T, action models.Action) []models.AuditEvent {
	t.Helper()
	var all []models.AuditEvent
	err := h.Store.Read(h.Tenant).Select(&all).Where("action = ?", action).Order("id").Scan(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func (h *house) want(t *testing.T, m *session.Manager, token string, want error) session.Live {
	t.Helper()
	live, err := m.Find(t.Context(), token)
	if !errors.Is(err, want) {
		t.Fatalf("Find = %v, want %v", err, want)
	}
	return live
}

const firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:148.0) Gecko/20100101 Firefox/148.0"

func TestCurrentKnowsPersonAndTenant(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := newHouse(t, db)
		u := h.person(t, "Amara Okafor")
		h.setUser(t, u.ID, "access_epoch", 4)
		b := h.begin(t, u)
		r := httptest.NewRequest(http.MethodGet, "/users", http.NoBody)
		r.AddCookie(&http.Cookie{Name: "__Host-rollcall", Value: b.Token})
		live, err := h.Current(r)
		if err != nil {
			t.Fatal(err)
		}
		if live.UserID != u.ID || live.UserPublicID != u.PublicID || live.Name != "Amara Okafor" || live.AccessEpoch != 4 ||
			live.Tenant.Slug != "northwind" || live.Tenant.ID != h.Tenant || live.PublicID != b.PublicID || live.Methods != "pwd otp" {
			t.Fatalf("live = %+v", live)
		}
		actor := live.Actor(models.UsersRead, "192.0.2.8", "req-1")
		if !actor.Valid() || actor.UserID != u.ID || actor.SessionKey != b.PublicID || actor.Can != models.UsersRead {
			t.Fatalf("actor = %+v", actor)
		}
	})
}

// WEB-01: the token is in the cookie and nowhere in the database.
func TestDumpOfTheDatabaseCannotSignIn(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := newHouse(t, db)
		b := h.begin(t, h.person(t, "Amara Okafor"), func(s *session.Start) { s.IDToken = "sentinel.id.token" })
		row := h.rows(t)[0]
		dump := strings.Join([]string{row.TokenHash, row.PublicID, row.IDToken, string(row.Data), row.SID}, " ")
		if strings.Contains(dump, b.Token) || strings.Contains(dump, "sentinel") {
			t.Fatalf("the row gives a secret away: %s", dump)
		}
		for _, stolen := range []string{row.TokenHash, row.PublicID, row.IDToken, string(row.Data)} {
			h.want(t, h.Manager, stolen, session.ErrEnded)
		}
	})
}

func TestVisitorLeavesNoRow(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := newHouse(t, db)
		h.want(t, h.Manager, "", session.ErrNone)
		h.want(t, h.Manager, "made-up", session.ErrEnded)
		h.want(t, h.Manager, strings.Repeat("a", 43), session.ErrEnded)
		if n := len(h.rows(t)); n != 0 {
			t.Fatalf("%d rows after visits without a session", n)
		}
	})
}

func TestCookie(t *testing.T) {
	t.Parallel()
	h := newHouse(t, dbtest.One(t, store.SQLite))
	plain := h.replica(t, h.Store, func(o *session.Options) { o.Secure = false })
	for name, c := range map[string]struct {
		write func(http.ResponseWriter)
		want  string
	}{
		"https": {func(w http.ResponseWriter) { h.SetCookie(w, "abc") }, "__Host-rollcall=abc; Path=/; HttpOnly; Secure; SameSite=Lax"},
		"plain": {func(w http.ResponseWriter) { plain.SetCookie(w, "abc") }, "rollcall-session=abc; Path=/; HttpOnly; SameSite=Lax"},
		"clear": {h.ClearCookie, "__Host-rollcall=; Path=/; Expires=Thu, 01 Jan 1970 00:00:01 GMT; Max-Age=0; HttpOnly; Secure; SameSite=Lax"},
	} {
		t.Run(name, func(t *testing.T) {
			w := httptest.NewRecorder()
			c.write(w)
			if got := w.Header().Get("Set-Cookie"); got != c.want {
				t.Fatalf("Set-Cookie = %q, want %q", got, c.want)
			}
		})
	}
}

// WEB-02: a token that was there before the sign-in is worth nothing after it.
func TestTokenIsFreshAtSignIn(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := newHouse(t, db)
		attacker, victim := h.person(t, "Mallory"), h.person(t, "Amara Okafor")
		planted := h.begin(t, attacker)
		invented := strings.Repeat("x", 43)
		for _, before := range []string{planted.Token, invented} {
			b := h.begin(t, victim, func(s *session.Start) { s.Replaces = before })
			if b.Token == before {
				t.Fatal("the token the browser held before was kept")
			}
			h.want(t, h.Manager, before, session.ErrEnded)
			if live := h.want(t, h.Manager, b.Token, nil); live.UserID != victim.ID {
				t.Fatalf("signed in as %d", live.UserID)
			}
		}
	})
}

// WEB-03.
func TestIdleAndLongestDuration(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := newHouse(t, db, func(o *session.Options) { o.Idle, o.Absolute = time.Hour, 3*time.Hour })
		u := h.person(t, "Amara Okafor")
		idle, used := h.begin(t, u), h.begin(t, u)
		for range 4 { // 160 minutes, never an hour apart
			h.Clock.Advance(40 * time.Minute)
			h.want(t, h.Manager, used.Token, nil)
		}
		h.want(t, h.Manager, idle.Token, session.ErrIdle)
		h.Clock.Advance(19 * time.Minute)
		live := h.want(t, h.Manager, used.Token, nil)
		if live.IdleUntil != live.ExpiresAt {
			t.Fatal("use must not move the end past the longest duration")
		}
		h.Clock.Advance(time.Minute)
		h.want(t, h.Manager, used.Token, session.ErrExpired)
	})
}

// SES-02: a session never outlives what the caller allows for the sign-in at the provider.
func TestUntilShortensASession(t *testing.T) {
	t.Parallel()
	h := newHouse(t, dbtest.One(t, store.SQLite))
	u := h.person(t, "Amara Okafor")
	b := h.begin(t, u, func(s *session.Start) { s.Until = models.At(h.Clock.Now().Add(20 * time.Minute)) })
	h.Clock.Advance(20*time.Minute - time.Microsecond)
	h.want(t, h.Manager, b.Token, nil)
	h.Clock.Advance(time.Microsecond)
	h.want(t, h.Manager, b.Token, session.ErrExpired)
}

func TestTouchAtMostOnceAMinute(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := newHouse(t, db)
		b := h.begin(t, h.person(t, "Amara Okafor"))
		began := h.rows(t)[0].LastSeenAt
		h.Clock.Advance(59 * time.Second)
		h.want(t, h.Manager, b.Token, nil)
		if seen := h.rows(t)[0].LastSeenAt; seen != began {
			t.Fatal("written within a minute")
		}
		h.Clock.Advance(time.Second)
		h.want(t, h.Manager, b.Token, nil)
		if seen := h.rows(t)[0].LastSeenAt; seen != models.At(h.Clock.Now()) {
			t.Fatal("not written after a minute")
		}
	})
}

// WEB-04: what takes sign-in away acts on the next request, on every replica.
func TestBlockedPersonIsRefusedOnEveryReplica(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := newHouse(t, db)
		second := h.replica(t, db.Replica(t))
		for _, status := range []models.Status{models.Suspended, models.Deactivated, models.Removed, models.Invited, "unheard-of"} {
			u := h.person(t, "Amara "+string(status))
			b := h.begin(t, u)
			h.want(t, second, b.Token, nil)
			h.setUser(t, u.ID, "status", status)
			h.want(t, h.Manager, b.Token, session.ErrBlocked)
			h.want(t, second, b.Token, session.ErrBlocked)
		}
	})
}

func TestLeavingPersonStaysUntilTheDate(t *testing.T) {
	t.Parallel()
	h := newHouse(t, dbtest.One(t, store.SQLite))
	u := h.person(t, "Amara Okafor")
	b := h.begin(t, u)
	h.setUser(t, u.ID, "status", models.Leaving)
	h.setUser(t, u.ID, "leaving_at", models.At(h.Clock.Now().Add(30*time.Minute)))
	h.want(t, h.Manager, b.Token, nil)
	h.Clock.Advance(30 * time.Minute)
	h.want(t, h.Manager, b.Token, session.ErrBlocked)
}

// WEB-03: a limit on sessions at once.
func TestOldestSessionMakesRoom(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := newHouse(t, db, func(o *session.Options) { o.MaxPerUser = 2 })
		u, other := h.person(t, "Amara Okafor"), h.person(t, "Elif Kaya")
		elsewhere := h.begin(t, other)
		var begun []session.Begun
		for range 3 {
			h.Clock.Advance(time.Second)
			begun = append(begun, h.begin(t, u))
		}
		h.want(t, h.Manager, begun[0].Token, session.ErrEnded)
		h.want(t, h.Manager, begun[1].Token, nil)
		h.want(t, h.Manager, begun[2].Token, nil)
		h.want(t, h.Manager, elsewhere.Token, nil)
		e := h.events(t, models.SessionEnd)
		if len(e) != 1 || e[0].TargetID != u.ID || e[0].ObjectName != begun[0].PublicID || e[0].Detail != "limit" {
			t.Fatalf("events = %+v", e)
		}
	})
}

func TestSweepTakesWhatExpired(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := newHouse(t, db)
		u := h.person(t, "Amara Okafor")
		h.begin(t, u)
		h.Clock.Advance(session.DefaultAbsolute - time.Minute)
		kept := h.begin(t, h.person(t, "Elif Kaya"))
		h.Clock.Advance(time.Minute)
		if n, err := h.Sweep(t.Context(), h.Tenant); n != 0 || err != nil {
			t.Fatalf("Sweep = %d, %v; want what ended just now still known", n, err)
		}
		h.want(t, h.Manager, kept.Token, nil)
		h.Clock.Advance(24 * time.Hour)
		if n, err := h.Sweep(t.Context(), h.Tenant); n != 1 || err != nil {
			t.Fatalf("Sweep a day later = %d, %v; want the one that ended a day ago", n, err)
		}
	})
}
