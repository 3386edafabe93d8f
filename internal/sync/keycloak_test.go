package sync_test

import (
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
// two seconds, also when all were made within the last minute, whose events each
// look lists again. KEYCLOAK_PEOPLE says how many people there are.
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
	t.Logf("first sync of %d people, and the events of making them: %s, %.0f a second", run.AccountsRead, took.Round(time.Millisecond), float64(run.AccountsRead)/took.Seconds())

	w.follow()
	time.Sleep(2 * time.Second)
	var id string
	for _, one := range ids {
		id = one
		break
	}
	w.Clock.Set(time.Now())
	since := time.Now().UnixMilli()
	r.Change(t, id, kctest.Object{"firstName": "Zenobia"})
	// The two seconds begin when Keycloak shows the event. Its requests are as slow
	// as the machine is busy, and one look and one read take some of them.
	bare := r.Bare(settings, secrets)
	var one time.Duration
	w.until("Keycloak shows the event", func() bool {
		began = time.Now()
		shown := len(bare.Events(t, since)) > 0
		one = time.Since(began)
		return shown
	})
	began = time.Now()
	w.until("the change", func() bool {
		w.Clock.Set(time.Now())
		return strings.HasPrefix(w.account(id).DisplayName, "Zenobia")
	})
	took = time.Since(began)
	t.Logf("a change there was read here after %s; one request took %s", took.Round(time.Millisecond), one.Round(time.Millisecond))
	if limit := 2*time.Second + 20*one; took > limit {
		t.Errorf("it took %s, the limit is %s", took, limit)
	}
}
