package sync_test

import (
	"context"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/connector/keycloak"
	"github.com/rollcall/rollcall/internal/dbtest"
	"github.com/rollcall/rollcall/internal/kctest"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// A real Keycloak: everybody is read once, and a change there is visible here within
// two seconds. KEYCLOAK_PEOPLE
// says how many people there are.
//
//	KEYCLOAK_PEOPLE=10000 scripts/with-keycloak go test -v -run RealKeycloak ./internal/sync
func TestRealKeycloak(t *testing.T) {
	n := 60
	if text := os.Getenv("KEYCLOAK_PEOPLE"); text != "" {
		var err error
		if n, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	r := kctest.Open(t)
	r.SetEvents(t, true, true)
	people := kctest.Crowd("m", n)
	ids := r.AddPeople(t, people)
	settings, secrets := r.Service(t, "rollcall", kctest.LeastRoles...)
	system, err := keycloak.New(settings, secrets, "Keycloak", time.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer system.Close()
	db := dbtest.One(t, store.SQLite)
	db.Clock.Set(time.Now())
	w := build(t, db)
	w.page = 500
	w.engine = w.replica(w.Store)
	c := w.connectAt("keycloak", settings.EffectiveIssuer(), system, makes)
	began := time.Now()
	run := w.run(c, models.RunFull)
	took := time.Since(began)
	if run.State != models.RunDone || run.PeopleCreated < int64(n) {
		t.Fatalf("%s %q: %d created of %d", run.State, run.Sentence, run.PeopleCreated, n)
	}
	t.Logf("first sync of %d people: %s, %.0f a second", run.AccountsRead, took.Round(time.Millisecond), float64(run.AccountsRead)/took.Seconds())

	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	e := w.usualEngine()
	go func() { defer close(done); e.Run(ctx, func() []int64 { return []int64{w.Tenant} }) }()
	defer func() { cancel(); <-done }()
	time.Sleep(2 * time.Second)
	var id string
	for _, one := range ids {
		id = one
		break
	}
	w.Clock.Set(time.Now())
	r.Change(t, id, kctest.Object{"firstName": "Zenobia"})
	began = time.Now()
	for {
		w.Clock.Set(time.Now())
		var rows []models.Account
		if err := w.Store.Read(w.Tenant).Select(&rows).Where("ac.account_key = ?", id).Scan(t.Context()); err != nil {
			t.Fatal(err)
		}
		if len(rows) == 1 && strings.HasPrefix(rows[0].DisplayName, "Zenobia") {
			break
		}
		if time.Since(began) > 15*time.Second {
			t.Fatal("the change never came")
		}
		time.Sleep(10 * time.Millisecond)
	}
	took = time.Since(began)
	t.Logf("a change there was read here after %s", took.Round(time.Millisecond))
	if took > 2*time.Second {
		t.Errorf("it took %s, the limit is 2 s", took)
	}
}
