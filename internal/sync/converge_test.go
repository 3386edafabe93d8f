package sync_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/internal/sync/synctest"
	"github.com/rollcall/rollcall/models"
)

// truth is what the directory must say once everything was read: the accounts as
// the source has them, and nothing that differs but what cannot agree.
func (w *world) truth(t *rapid.T, c models.Connector, system *synctest.System, ids []string) {
	for _, id := range ids {
		a, there := system.Get(id)
		var rows []models.Account
		if err := w.Store.Read(w.Tenant).Select(&rows).Where("ac.connector_id = ?", c.ID).Where("ac.account_key = ?", id).Scan(w.t.Context()); err != nil {
			t.Fatal(err)
		}
		if len(rows) == 0 {
			if there {
				t.Fatalf("%s is there and was never read", id)
			}
			continue
		}
		row := rows[0]
		if there != (row.MissingSince == 0) {
			t.Fatalf("%s: there %t, missing since %d", id, there, row.MissingSince)
		}
		if !there {
			continue
		}
		if row.Enabled != a.Enabled || row.DisplayName != a.DisplayName || row.Email != a.Email {
			t.Fatalf("%s is %t %q %q there, and %t %q %q here", id, a.Enabled, a.DisplayName, a.Email, row.Enabled, row.DisplayName, row.Email)
		}
		if row.UserID == 0 {
			continue
		}
		p, err := w.people.GetByID(w.t.Context(), w.Tenant, row.UserID)
		if err != nil {
			t.Fatal(err)
		}
		if p.DisplayName != a.DisplayName || p.Email != a.Email {
			t.Fatalf("%s: the person is %q %q, the account %q %q", id, p.DisplayName, p.Email, a.DisplayName, a.Email)
		}
		if n := w.count("SELECT COUNT(*) FROM drifts WHERE tenant_id = ?tenant AND user_id = ? AND kind = ?", p.ID, models.DriftStatus); n != 0 == (p.Status.MaySignIn() == a.Enabled) {
			t.Fatalf("%s: %s here, enabled %t there, and %d differences of it", id, p.Status, a.Enabled, n)
		}
	}
	if n := w.count("SELECT COUNT(*) FROM sync_events WHERE tenant_id = ?tenant AND state = ?", models.EventWaiting); n != 0 {
		t.Fatalf("%d events wait", n)
	}
}

// Whatever happens at the source, in whatever order and however often its events
// come, and whatever goes wrong on the way, the directory ends at the truth.
func TestConverges(t *testing.T) {
	t.Parallel()
	for _, dialect := range []store.Dialect{store.SQLite, store.Postgres, store.MySQL} {
		t.Run(string(dialect), func(t *testing.T) {
			t.Parallel()
			db := dbtest.One(t, dialect)
			w := build(t, db)
			round := 0
			rapid.Check(t, func(rt *rapid.T) {
				round++
				w.converge(rt, round)
			})
		})
	}
}

// converge runs one random sequence against a source of its own.
func (w *world) converge(t *rapid.T, round int) {
	system := synctest.New(12, w.Clock.Now)
	system.Domain(fmt.Sprintf("round%d.example", round))
	s := connector.Schedule{CreateUsers: true, GuardPercent: 100, GuardCount: 1_000_000}
	c := w.connectAt(fmt.Sprintf("k%d", round), fmt.Sprintf("%s/%d", issuer, round), system, s)
	defer w.disconnect(c)
	ids := []string{"extra-a", "extra-b"}
	for i := range 12 {
		ids = append(ids, synctest.ID(i))
	}
	given := 0
	for range rapid.IntRange(1, 25).Draw(t, "steps") {
		w.Clock.Advance(time.Duration(rapid.IntRange(1, 900).Draw(t, "ms")) * time.Millisecond)
		id := rapid.SampledFrom(ids).Draw(t, "id")
		switch rapid.SampledFrom([]string{"rename", "toggle", "remove", "events", "full", "changes", "drain", "fault", "read", "edit"}).Draw(t, "act") {
		case "rename":
			name := rapid.SampledFrom([]string{"Amara Okafor", "Bela Nagy", "Chiara Rossi", "Dmitri Orlov"}).Draw(t, "name")
			system.Change(id, "boss", func(a *connector.Account) {
				if a.Username == "" {
					*a = synctest.Person(100 + slices.Index(ids, id))
					a.ID, a.Email = id, fmt.Sprintf("%s@round%d.example", id, round)
				}
				a.DisplayName = name
			})
		case "toggle":
			if _, there := system.Get(id); there {
				system.Change(id, "boss", func(a *connector.Account) { a.Enabled = !a.Enabled })
			}
		case "remove":
			system.Remove(id, "boss")
		case "events":
			given = w.post(c, system, given, rapid.Uint64().Draw(t, "order"))
		case "full":
			_, _ = w.engine.Start(w.t.Context(), w.Actor(), c.PublicID, models.RunFull) // one may be waiting already
		case "changes":
			_, _ = w.engine.Start(w.t.Context(), w.Actor(), c.PublicID, models.RunIncremental)
		case "drain":
			w.drain()
		case "fault":
			what := rapid.SampledFrom([]synctest.What{synctest.Broken, synctest.Garbage, synctest.Half, synctest.Same, synctest.Another, synctest.Total}).Draw(t, "what")
			system.Fail(synctest.Fault{What: what, Times: rapid.IntRange(1, 4).Draw(t, "times")})
		case "read":
			w.readAny(id, round)
		case "edit":
			w.suspendAny(id, round)
		}
	}
	system.Heal()
	w.post(c, system, given, 1)
	for range 3 {
		w.Clock.Advance(2 * time.Hour)
		w.drain()
	}
	if run := w.run(c, models.RunFull); run.State != models.RunDone {
		t.Fatalf("%s %q", run.State, run.Sentence)
	}
	w.Clock.Advance(time.Hour)
	w.drain()
	w.truth(t, c, system, ids)
}

// post hands in what was told since, shuffled, and some of it twice.
func (w *world) post(c models.Connector, system *synctest.System, given int, order uint64) int {
	all := system.Events()
	events := slices.Clone(all[given/2:])
	rand.New(rand.NewPCG(order, 1)).Shuffle(len(events), func(i, j int) { events[i], events[j] = events[j], events[i] })
	if _, err := w.engine.Receive(w.t.Context(), w.Tenant, c.ID, events); err != nil {
		w.t.Error(err)
	}
	return len(all)
}

func (w *world) holder(subject string, round int) (string, bool) {
	u, _, err := w.people.FindIdentity(w.t.Context(), w.Tenant, fmt.Sprintf("%s/%d", issuer, round), subject)
	return u.PublicID, err == nil
}

func (w *world) readAny(subject string, round int) {
	if id, known := w.holder(subject, round); known {
		if _, err := w.engine.ReadNow(w.t.Context(), w.Actor(), id); err != nil {
			w.t.Error(err)
		}
	}
}

func (w *world) suspendAny(subject string, round int) {
	if id, known := w.holder(subject, round); known {
		_ = (gate{w}).Suspend(w.t.Context(), w.Actor(), id, reason) // they may be out already
	}
}

// disconnect stops a source from being read, so that the next round is alone.
func (w *world) disconnect(c models.Connector) {
	w.t.Helper()
	if err := w.engine.Pause(w.t.Context(), w.Actor(), c.PublicID, reason); err != nil {
		w.t.Error(err)
	}
}
