package sync_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	stdsync "sync"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/connector/keycloak"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/kctest"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

const (
	figurePage    = 500   // accounts of a page
	figureEdits   = 200   // changes that an incremental run finds
	figureRoles   = 1_000 // people whose groups and roles are read one by one
	figureLooks   = 20    // changes whose way here is timed
	figureAtOnce  = 8     // requests at once, as the engine does
	figureLongest = 30 * time.Second
	figureUnbound = 1_000 // requests a second, more than are made
)

// TestKeycloakFigures measures sync with a real Keycloak, beside a bare client
// that asks for the same in the same run. scripts/bench-keycloak runs it, and
// docs/performance.md says what its lines mean.
func TestKeycloakFigures(t *testing.T) { //nolint:paralleltest // it measures
	n, err := strconv.Atoi(os.Getenv("KEYCLOAK_FIGURES"))
	if err != nil {
		t.Skip("KEYCLOAK_FIGURES is not set to a number of people; scripts/bench-keycloak measures")
	}
	f := newFigures(t, n, usual, 0)
	f.firstSync("first-sync")
	f.incremental()
	f.visible()
	roles := usual
	roles.Roles = []connector.RoleRule{{Kind: "group", Name: "/wardens", Role: "admin"}}
	newFigures(t, min(n, figureRoles), roles, 0).firstSync("first-sync-roles")
	newFigures(t, min(n, figureRoles), roles, figureUnbound).firstSync("first-sync-roles-unbound")
}

// figures is a realm and a database that are measured together.
type figures struct {
	*world

	n      int
	realm  *kctest.Realm
	bare   *kctest.Bare
	source models.Connector
	ids    []string
	roles  bool
}

// newFigures fills a realm. Events are recorded from then on only: those of
// filling it are none of what is measured. Rate is how many requests a second
// Keycloak is asked at most; 0 is as usual.
func newFigures(t *testing.T, n int, m connector.Mapping, rate float64) *figures {
	t.Helper()
	r := kctest.Open(t, kctest.Object{"adminEventsEnabled": false})
	dialect := store.Dialect(os.Getenv("DB"))
	if dialect == "" {
		dialect = store.SQLite
	}
	db := dbtest.One(t, dialect)
	ids := r.AddPeople(t, kctest.Crowd("m", n))
	r.SetEvents(t, true, true)
	settings, secrets := r.Service(t, "rollcall", kctest.LeastRoles...)
	settings.Rate = rate
	system, err := keycloak.New(settings, secrets, "Keycloak", time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(system.Close)
	f := &figures{world: build(t, db), n: n, realm: r, bare: r.Bare(settings, secrets), ids: slices.Sorted(maps.Values(ids)), roles: len(m.Roles) > 0}
	f.keepTime(t)
	f.page = figurePage
	f.engine = f.replica(f.Store)
	f.source = f.connectAs("keycloak", settings.EffectiveIssuer(), system, m, connector.Schedule{CreateUsers: true})
	return f
}

// keepTime lets the clock of the database go with that of the wall.
func (f *figures) keepTime(t *testing.T) {
	done := make(chan struct{})
	t.Cleanup(func() { close(done) })
	f.Clock.Set(time.Now())
	go func() {
		for tick := time.Tick(time.Millisecond); ; {
			select {
			case <-done:
				return
			case now := <-tick:
				f.Clock.Set(now)
			}
		}
	}()
}

func say(act string, took time.Duration, more string, bare time.Duration) {
	fmt.Printf("bench keycloak %s %.0f%s bare=%.0f ratio=%.2f\n", act, float64(took)/1e6, more, float64(bare)/1e6, float64(took)/float64(bare))
}

func timed(do func()) time.Duration {
	began := time.Now()
	do()
	return time.Since(began)
}

// atOnce does something for each id, a few at once.
func atOnce(ids []string, do func(id string)) {
	var wg stdsync.WaitGroup
	room := make(chan struct{}, figureAtOnce)
	for _, id := range ids {
		room <- struct{}{}
		wg.Go(func() {
			defer func() { <-room }()
			do(id)
		})
	}
	wg.Wait()
}

// firstSync reads everybody for the first time. The bare client reads before it
// once, since Keycloak is slower cold, and is timed after it.
func (f *figures) firstSync(act string) {
	f.t.Helper()
	all := func() {
		each := func(people []kctest.BarePerson) {
			ids := make([]string, len(people))
			for i := range people {
				ids[i] = people[i].ID
			}
			atOnce(ids, func(id string) { f.bare.Access(f.t, id) })
		}
		if !f.roles {
			each = nil
		}
		if got := f.bare.People(f.t, figurePage, each); got != f.n {
			f.t.Fatalf("%d of %d people", got, f.n)
		}
	}
	all()
	took := timed(func() {
		run := f.run(f.source, models.RunFull)
		if run.State != models.RunDone || run.PeopleCreated != int64(f.n) {
			f.t.Fatalf("%s %q: %d created of %d", run.State, run.Sentence, run.PeopleCreated, f.n)
		}
	})
	say(act, took, fmt.Sprintf(" people=%d", f.n), timed(all))
}

// incremental reads what changed. The bare client asks for the events and reads
// the accounts they name.
func (f *figures) incremental() {
	f.t.Helper()
	ids := f.ids[:min(figureEdits, f.n/40)] // more of a realm, and everybody would be read
	since := time.Now().Add(-time.Second).UnixMilli()
	atOnce(ids, func(id string) { f.realm.Change(f.t, id, kctest.Object{"firstName": "Ines"}) })
	took := timed(func() {
		run := f.run(f.source, models.RunIncremental)
		if run.Kind != models.RunIncremental || run.State != models.RunDone || run.PeopleChanged != int64(len(ids)) {
			f.t.Fatalf("%s %s %q %q: %d changed of %d", run.Kind, run.State, run.Sentence, run.Reason, run.PeopleChanged, len(ids))
		}
	})
	bare := timed(func() {
		var changed []string
		seen := map[string]bool{}
		for full := true; full; {
			events := f.bare.Events(f.t, since)
			for _, e := range events {
				since = e.Time
				if !seen[e.ID] {
					seen[e.ID] = true
					changed = append(changed, e.ResourcePath[len("users/"):])
				}
			}
			full = len(events) == 100
		}
		if len(changed) != len(ids) {
			f.t.Fatalf("%d of %d changes", len(changed), len(ids))
		}
		atOnce(changed, func(id string) { f.bare.Person(f.t, id) })
	})
	say("incremental-sync", took, fmt.Sprintf(" changes=%d", len(ids)), bare)
}

// visible times changes on their way here, the feed followed as usual. The bare
// client asks for events once a second and reads the account they name.
func (f *figures) visible() {
	f.t.Helper()
	f.followEvents()
	ctx, cancel := context.WithCancel(f.t.Context())
	done := make(chan struct{})
	e := f.usualEngine()
	go func() { defer close(done); e.Run(ctx, func() []int64 { return []int64{f.Tenant} }) }()
	f.await("Settled", f.seen) // also the events that waited are applied by then
	ours := make([]time.Duration, figureLooks)
	for i := range ours {
		time.Sleep(rand.N(time.Second)) //nolint:gosec // not a secret
		ours[i] = f.await("Ours"+strconv.Itoa(i), f.seen)
	}
	cancel()
	<-done
	bare := make([]time.Duration, figureLooks)
	since := time.Now().UnixMilli()
	for i := range bare {
		next := time.Now().Add(rand.N(time.Second)) //nolint:gosec // not a secret
		bare[i] = f.await("Bare"+strconv.Itoa(i), func(id, name string) bool {
			time.Sleep(time.Until(next))
			next = time.Now().Add(time.Second)
			return len(f.bare.Events(f.t, since)) > 0 && f.bare.Person(f.t, id).FirstName == name
		})
	}
	slices.Sort(ours)
	slices.Sort(bare)
	say("event-visible", ours[(figureLooks-1)/2], fmt.Sprintf(" max=%.0f", float64(ours[figureLooks-1])/1e6), bare[(figureLooks-1)/2])
}

// followEvents switches the feed of the source on.
func (f *figures) followEvents() {
	f.t.Helper()
	err := f.Store.Change(f.t.Context(), f.Actor(), func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Update(&f.source).Set("sync = ?", text(f.t, connector.Schedule{CreateUsers: true, Events: true})).Where("id = ?", f.source.ID).Exec(ctx)
		if err != nil {
			return err
		}
		return tx.Record(ctx, store.Event{Action: models.Seeded, Target: store.Ref{Kind: models.KindConnector, ID: f.source.ID, Name: f.source.Name}})
	})
	if err != nil {
		f.t.Fatal(err)
	}
}

// await gives somebody a name at Keycloak and says how long it was, once that was
// done, until it is seen.
func (f *figures) await(name string, seen func(id, name string) bool) time.Duration {
	f.t.Helper()
	id := f.ids[len(f.ids)-1]
	f.realm.Change(f.t, id, kctest.Object{"firstName": name})
	began := time.Now()
	for !seen(id, name) {
		if time.Since(began) > figureLongest {
			f.t.Fatalf("%s never came", name)
		}
		time.Sleep(2 * time.Millisecond)
	}
	return time.Since(began)
}

// seen reports whether a name arrived here.
func (f *figures) seen(id, name string) bool {
	f.t.Helper()
	n := len(name)
	row := f.account(id)
	return len(row.DisplayName) > n && row.DisplayName[:n] == name && row.DisplayName[n] == ' '
}
