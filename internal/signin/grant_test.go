package signin_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rollcall/rollcall/internal/config"
	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/secret"
	"github.com/rollcall/rollcall/internal/signin"
	"github.com/rollcall/rollcall/internal/signin/optest"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

func renewing(p *config.Provider) { p.Refresh = true }

// renewingHouse is a house whose provider gives refresh tokens.
func renewingHouse(t *testing.T, db *dbtest.DB, change ...func(*config.Provider)) *house {
	t.Helper()
	h := build(t, db, append(change, renewing)...)
	h.op.Mutate(func(f *optest.Faults) { f.PlainRefresh = true })
	return h
}

func (h *house) grants(t *testing.T) []models.SignInGrant {
	t.Helper()
	all := []models.SignInGrant{}
	if err := h.Store.Read(h.Tenant).Select(&all).Order("id").Scan(t.Context()); err != nil {
		t.Fatal(err)
	}
	return all
}

func (h *house) revalidate(t *testing.T) int {
	t.Helper()
	n, err := h.flow.Revalidate(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// refreshes counts the token requests that were refreshes.
func (h *house) refreshes() int {
	n := 0
	for _, seen := range h.op.Seen(optest.Token) {
		if seen.Form.Get("grant_type") == "refresh_token" {
			n++
		}
	}
	return n
}

// fall moves the clock to when grants are due again, whatever the spread.
func (h *house) fall() { h.Clock.Advance(11*time.Minute + time.Second) }

// OIDC-12: nothing is asked for and nothing is kept unless the settings say so.
func TestGrantsAreKeptBySettingOnly(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := build(t, db)
		h.op.Mutate(func(f *optest.Faults) { f.PlainRefresh = true })
		h.mustSignIn(t, amara(nil))
		if n := len(h.grants(t)); n != 0 {
			t.Fatalf("%d grants kept unasked", n)
		}
		h.settings[0].Refresh = true
		h.rebuild(t)
		out := h.mustSignIn(t, amara(nil))
		live, err := h.sessions.Find(t.Context(), out.Token)
		if err != nil {
			t.Fatal(err)
		}
		g := h.grants(t)
		if len(g) != 1 || g[0].SessionID != live.PublicID || g[0].UserID != out.UserID || g[0].State != models.GrantLive || g[0].Offline ||
			g[0].Subject != "amara-1" || g[0].CheckedAt != models.At(db.Clock.Now()) || g[0].AccessUntil != models.At(db.Clock.Now().Add(5*time.Minute)) {
			t.Fatalf("grants = %+v", g)
		}
	})
}

// OIDC-40: tokens are nowhere but sealed in their row, and what is sealed for one
// row opens in no other.
func TestGrantsAreSealedInTheirRow(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := renewingHouse(t, db)
		var log bytes.Buffer
		h.rebuild(t, func(d *signin.Deps) {
			d.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
		})
		h.op.Mutate(func(f *optest.Faults) {
			f.Answer = func(a map[string]any) { a["access_token"] = a["access_token"].(string) + "-sentinel" }
			f.Claims = func(c map[string]any) { delete(c, "at_hash") }
		})
		h.mustSignIn(t, amara(nil))
		h.mustSignIn(t, amara(map[string]any{"sub": "goran-1", "name": "Goran Novak"}))
		g := h.grants(t)
		if dump := fmt.Sprintf("%+v %+v %+v", g, h.events(t, models.SignInDone), log.String()); strings.Contains(dump, "rt-refresh-token-") || strings.Contains(dump, "sentinel") {
			t.Fatalf("a token shows:\n%s", dump)
		}
		place := func(row models.SignInGrant) secret.Place {
			return secret.Place{Tenant: h.Tenant, Column: "signin_grants.sealed", Owner: fmt.Sprintf("%d/keycloak", row.UserID), Row: row.PublicID}
		}
		if plain, err := h.ring.Open(g[0].Sealed, place(g[0])); err != nil || !strings.Contains(string(plain), `"rt-refresh-token-`) || !strings.Contains(string(plain), "-sentinel") {
			t.Fatalf("the own row does not open: %v", err)
		}
		if _, err := h.ring.Open(g[0].Sealed, place(g[1])); !errors.Is(err, secret.ErrDoesNotOpen) {
			t.Fatalf("opened in another row: %v", err)
		}
	})
}

// OIDC-41: twenty at once on two replicas make one token call, and the provider
// never sees a token twice.
func TestRefreshIsSingleFlight(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := renewingHouse(t, db)
		_, _, there := h.replica(t, db.Replica(t))
		out := h.mustSignIn(t, amara(nil))
		for round := 1; round <= 3; round++ {
			before := h.grants(t)[0]
			h.fall()
			var all sync.WaitGroup
			for i := range 20 {
				flow := h.flow
				if i%2 == 1 {
					flow = there
				}
				all.Go(func() {
					if _, err := flow.Revalidate(t.Context()); err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
			after := h.grants(t)[0]
			if n := h.refreshes(); n != round || h.op.Reused() != 0 {
				t.Fatalf("%d token calls after round %d, %d tokens used twice", n, round, h.op.Reused())
			}
			if after.Sealed == before.Sealed || after.CheckedAt != models.At(db.Clock.Now()) || after.NextAt <= after.CheckedAt || after.LeaseToken != "" || after.LeaseUntil != 0 {
				t.Fatalf("after round %d: %+v", round, after)
			}
		}
		if d := cmp.Diff([]bool{true}, alive(t, h.sessions, out.Token)); d != "" {
			t.Fatal(d)
		}
	})
}

// SES-01: nobody is asked about before it is due, and the settings say when.
func TestRevalidationKeepsItsInterval(t *testing.T) {
	t.Parallel()
	h := renewingHouse(t, dbtest.One(t, store.SQLite), func(p *config.Provider) { p.Revalidate = 2 * time.Minute })
	h.mustSignIn(t, amara(nil))
	for _, step := range []struct {
		pass time.Duration
		want int
	}{{0, 0}, {107 * time.Second, 0}, {26 * time.Second, 1}, {time.Second, 0}, {2*time.Minute + 12*time.Second, 1}} {
		h.Clock.Advance(step.pass)
		if n := h.revalidate(t); n != step.want {
			t.Fatalf("after %s: %d, want %d", step.pass, n, step.want)
		}
	}
}

// OIDC-42: what the provider takes back ends here, with its event; what it only
// cannot say ends nothing.
func TestRefusedGrantEndsTheSession(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := renewingHouse(t, db)
		first := h.mustSignIn(t, amara(map[string]any{"sid": "s1"}))
		second := h.mustSignIn(t, amara(map[string]any{"sid": "s2"}))
		other := h.mustSignIn(t, amara(map[string]any{"sub": "goran-1", "name": "Goran Novak"}))
		h.Clock.Advance(30 * time.Minute)
		h.op.EndSessions("amara-1")
		h.revalidate(t)
		if d := cmp.Diff([]bool{false, false, true}, alive(t, h.sessions, first.Token, second.Token, other.Token)); d != "" {
			t.Fatal(d)
		}
		refused := h.events(t, models.GrantRefused)
		if len(refused) != 2 || refused[0].ActorKind != models.ActorSystem || refused[0].ActorName != "Keycloak" || refused[0].TargetName != "Amara Okafor" ||
			refused[0].ObjectName != "Keycloak" || !strings.HasPrefix(refused[0].Detail, "grant_refused: status 400") {
			t.Fatalf("events = %+v", refused)
		}
		if ended := h.events(t, models.SessionEnd); len(ended) != 2 || ended[0].Detail != "no longer vouched for" || ended[0].ActorName != "Keycloak" {
			t.Fatalf("ended = %+v", ended)
		}
		g := h.grants(t)
		if len(g) != 3 || g[0].State != models.GrantDead || g[0].Sealed != "" || g[2].State != models.GrantLive {
			t.Fatalf("grants = %+v", g)
		}
		h.Clock.Advance(8 * 24 * time.Hour)
		h.op.EndSessions("goran-1")
		h.revalidate(t)
		for _, left := range h.grants(t) {
			if left.Subject == "amara-1" {
				t.Fatalf("a dead grant is kept for ever: %+v", left)
			}
		}
	})
}

// One session ended at the provider, another of the same person not: only the
// one ends, and the other is asked about at once.
func TestRefusedGrantSparesTheOthers(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h := renewingHouse(t, db)
		first := h.mustSignIn(t, amara(map[string]any{"sid": "s1"}))
		h.op.EndSessions("amara-1") // what is there so far
		h.Clock.Advance(8 * time.Minute)
		second := h.mustSignIn(t, amara(map[string]any{"sid": "s2"}))
		h.Clock.Advance(3*time.Minute + time.Second) // only the first is due
		h.revalidate(t)
		if d := cmp.Diff([]bool{false, true}, alive(t, h.sessions, first.Token, second.Token)); d != "" {
			t.Fatal(d)
		}
		if g := h.grants(t); g[1].CheckedAt != models.At(db.Clock.Now()) {
			t.Fatalf("the other grant was not asked about: %+v", g[1])
		}
	})
}

// OIDC-42: an outage, however it looks, signs nobody out; it is asked again,
// later and later, and all is well when it is over.
func TestOutageSignsNobodyOut(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]http.HandlerFunc{
		"503":            func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) },
		"500":            func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) },
		"garbage":        func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>invalid_grant")) },
		"wrong secret":   func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) },
		"no answer":      func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"another answer": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := renewingHouse(t, dbtest.One(t, store.SQLite))
			out := h.mustSignIn(t, amara(nil))
			h.op.Serve(optest.Token, fault)
			h.fall()
			for i, pause := range []time.Duration{30 * time.Second, time.Minute, 2 * time.Minute} {
				if n := h.revalidate(t); n != 1 {
					t.Fatalf("try %d: %d grants", i+1, n)
				}
				if n := h.revalidate(t); n != 0 {
					t.Fatalf("try %d was followed by another at once", i+1)
				}
				g := h.grants(t)[0]
				if g.State != models.GrantLive || g.Fails != int64(i+1) || g.Trouble == "" || g.NextAt != models.At(h.Clock.Now().Add(pause)) {
					t.Fatalf("try %d: %+v", i+1, g)
				}
				h.Clock.Advance(pause)
			}
			if d := cmp.Diff([]bool{true}, alive(t, h.sessions, out.Token)); d != "" {
				t.Fatal(d)
			}
			h.op.Serve(optest.Token, nil)
			h.revalidate(t)
			if g := h.grants(t)[0]; g.Fails != 0 || g.Trouble != "" || g.CheckedAt != models.At(h.Clock.Now()) {
				t.Fatalf("after the outage: %+v", g)
			}
			if n := len(h.events(t, models.GrantRefused, models.SessionEnd)); n != 0 {
				t.Fatalf("%d events about an outage", n)
			}
		})
	}
}

// An outage with much to do asks a few times, not once for each grant.
func TestOutageIsNotAskedAboutEachGrant(t *testing.T) {
	t.Parallel()
	h := renewingHouse(t, dbtest.One(t, store.SQLite))
	for i := range 60 {
		h.mustSignIn(t, amara(map[string]any{"sub": fmt.Sprint("person-", i), "sid": fmt.Sprint("s", i)}))
	}
	h.op.Serve(optest.Token, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) })
	h.fall()
	before := h.op.Count(optest.Token)
	h.revalidate(t)
	if n := h.op.Count(optest.Token) - before; n > 8 {
		t.Fatalf("%d questions to a provider that is down, want a few", n)
	}
	h.op.Serve(optest.Token, nil)
	h.Clock.Advance(30 * time.Second)
	h.revalidate(t)
	for _, g := range h.grants(t) {
		if g.Fails != 0 || g.CheckedAt != models.At(h.Clock.Now()) {
			t.Fatalf("not caught up: %+v", g)
		}
	}
}

// A connector that people sign in with is asked and listened to like a provider
// of the configuration.
func TestConnectorIsAskedAndHeardToo(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		h, op := build(t, db), optest.Start(t)
		op.SetNow(db.Clock.Now)
		op.Mutate(func(f *optest.Faults) { f.PlainRefresh = true })
		c := h.okta(t, h.connect(t, db.Store, h.deps.Providers), op, func(n *connector.NewConnector) {
			n.Settings.SignIn.Refresh, n.Settings.SignIn.StrictLogout = true, true
		})
		if err := h.deps.Providers.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		op.SignIn(amara(map[string]any{"groups": []string{"staff"}}))
		started := h.start(t, signin.Begin{Provider: c.Key})
		out, err := h.flow.Finish(t.Context(), signin.Callback{Provider: c.Key, Values: op.Authorize(t, started.Address), Binding: started.Binding, Facts: desk})
		if err != nil {
			t.Fatal(err)
		}
		h.fall()
		if n := h.revalidate(t); n != 1 {
			t.Fatalf("%d grants looked at", n)
		}
		about := map[string]any{"sub": "amara-1"}
		op.Mutate(func(f *optest.Faults) { f.Header = func(head map[string]any) { head["typ"] = "JWT" } })
		_, err = h.flow.Backchannel(t.Context(), signin.Backchannel{Provider: c.Key, Token: op.LogoutToken(about)})
		refused(t, err, "type_refused")
		op.Mutate(func(f *optest.Faults) { f.Header = nil })
		if n, err := h.flow.Backchannel(t.Context(), signin.Backchannel{Provider: c.Key, Token: op.LogoutToken(about)}); n != 1 || err != nil {
			t.Fatalf("ended %d, %v", n, err)
		}
		if d := cmp.Diff([]bool{false}, alive(t, h.sessions, out.Token)); d != "" {
			t.Fatal(d)
		}
	})
}
