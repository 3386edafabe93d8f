package keycloak_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/connector/keycloak"
	"github.com/rollcall/rollcall/internal/kctest"
)

func changes(t testing.TB, s connector.System, since string) connector.Changes {
	t.Helper()
	c, err := as[connector.ChangeLister](t, s).ListChanges(t.Context(), since)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// doubts holds that an answer is not whole, and why.
func doubts(t testing.TB, c connector.Changes, why string) {
	t.Helper()
	if c.Whole || !strings.Contains(c.Why, why) {
		t.Errorf("whole %t, %q, want %q", c.Whole, c.Why, why)
	}
}

// TestChangesWhole walks through everything that makes an answer incomplete, on
// one realm, and through what does not.
func TestChangesWhole(t *testing.T) {
	t.Parallel()
	r := kctest.Open(t)
	amara := r.AddPerson(t, kctest.Somebody("amara"))
	group := r.AddGroup(t, "", "staff")
	r.AddClient(t, app)
	r.AddRole(t, "app", "payer")
	s := connect(t, r, kctest.LeastRoles...)
	c := changes(t, s, "")
	step := func(name string, act func()) connector.Changes {
		t.Helper()
		act()
		c = changes(t, s, c.Next)
		if t.Failed() {
			t.Fatalf("at %q", name)
		}
		return c
	}
	whole := func(name string, act func()) {
		t.Helper()
		if got := step(name, act); !got.Whole || !slices.Contains(got.Changed, amara) {
			t.Errorf("%s: %+v", name, got)
		}
	}
	whole("changed", func() { r.Change(t, amara, kctest.Object{"firstName": "A"}) })
	whole("joined a group", func() { r.Join(t, amara, group) })
	whole("got a role", func() { r.Give(t, amara, "app", "payer") })
	whole("a new group and a new role", func() {
		r.AddGroup(t, "", "other")
		r.AddRole(t, "app", "other")
		r.Change(t, amara, kctest.Object{"firstName": "B"})
	})
	if got := step("imported", func() { r.AddPeople(t, kctest.Crowd("m", 250)) }); !got.Whole || len(got.Changed) < 250 {
		t.Errorf("imported 250, and %d are listed, whole %t: %s", len(got.Changed), got.Whole, got.Why)
	}
	doubts(t, step("a role for a group", func() { r.GiveGroup(t, group, "app", "payer") }), "A group or a role was changed at Keycloak")
	doubts(t, step("a group removed", func() { r.Call(t, http.MethodDelete, "/groups/"+group, nil, nil) }), "A group or a role was changed at Keycloak")
	doubts(t, step("the profile changed", func() { r.SetUnmanaged(t, "ENABLED") }), "The user profile was changed at Keycloak")
	doubts(t, step("admin events off", func() { r.SetEvents(t, true, false) }), "Keycloak does not record what administrators change (Realm settings > Events > Admin events settings > Save events).")
	missed := ""
	doubts(t, step("and on again, with a change between", func() {
		missed = r.AddPerson(t, kctest.Somebody("unseen"))
		r.SetEvents(t, true, true)
	}), "The settings of the realm, or of what it records, were changed at Keycloak.")
	if slices.Contains(c.Changed, missed) {
		t.Error("that one cannot have been seen: the test proves nothing")
	}
	doubts(t, step("people's events off", func() { r.SetEvents(t, false, true) }), "Keycloak does not record what people change themselves")
	doubts(t, step("on again", func() { r.SetEvents(t, true, true) }), "were changed at Keycloak")
	doubts(t, step("cleared", func() {
		r.Change(t, amara, kctest.Object{"firstName": "C"})
		r.Call(t, http.MethodDelete, "/admin-events", nil, nil)
	}), "The list of events at Keycloak was cleared or expired since it was read last.")
	whole("well again", func() { r.Change(t, amara, kctest.Object{"firstName": "D"}) })
	doubts(t, step("some types are not recorded", func() {
		r.Call(t, http.MethodPut, "/events/config", kctest.Object{"eventsEnabled": true, "adminEventsEnabled": true, "enabledEventTypes": []string{"LOGIN", "REGISTER"}}, nil)
	}), "Keycloak does not record all events that change people (Realm settings > Events > User events settings > Add saved types): UPDATE_PROFILE,")
}

// TestChangesOld asks from points that are too old, or nobody's.
func TestChangesOld(t *testing.T) {
	t.Parallel()
	r := kctest.Open(t)
	r.Call(t, http.MethodPut, "/events/config", kctest.Object{"eventsEnabled": true, "adminEventsEnabled": true, "eventsExpiration": 86400}, nil)
	settings, secrets := r.Service(t, "rollcall", kctest.LeastRoles...)
	s := open(t, settings, secrets, nil)
	point := changes(t, s, "").Next
	later := open(t, settings, secrets, func() time.Time { return time.Now().Add(25 * time.Hour) })
	doubts(t, changes(t, later, point), "The point to continue from is older than Keycloak keeps events.")
	r.Call(t, http.MethodDelete, "/admin-events", nil, nil)
	empty := changes(t, s, "").Next // without any event to hold on to
	doubts(t, changes(t, later, empty), "The point to continue from is more than a day old")
	if c := changes(t, s, empty); !c.Whole {
		t.Errorf("an empty list is no doubt by itself: %s", c.Why)
	}
	for _, nobodys := range []string{"x", "e30", base64.RawURLEncoding.EncodeToString([]byte(`{"a":{"s":-1},"p":{"s":1},"m":1}`))} {
		doubts(t, changes(t, s, nobodys), "the point to continue from is not one of this connector")
	}
}

// TestChangesTooMany begins anew when there are more changes than are worth
// reading one by one; events go on where they stopped and lose none.
func TestChangesTooMany(t *testing.T) {
	t.Parallel()
	r := kctest.Open(t)
	s := connect(t, r, kctest.LeastRoles...)
	start := changes(t, s, "").Next
	_, from, err := as[connector.EventLister](t, s).ListEvents(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	// In several imports: what stands in one millisecond is read whole, however many it is.
	ids := make(map[string]string)
	for group := range 9 {
		maps.Copy(ids, r.AddPeople(t, kctest.Crowd(fmt.Sprintf("m%d", group), 50)))
	}
	keycloak.SetMostEvents(s, 200)
	c := changes(t, s, start)
	doubts(t, c, "There are more changes at Keycloak than are worth reading one by one")
	keycloak.SetMostEvents(s, 5000)
	if got := changes(t, s, c.Next); !got.Whole {
		t.Errorf("from there on: %s", got.Why)
	}
	keycloak.SetMostEvents(s, 200)
	seen := make(map[string]bool)
	calls := 0
	for last := ""; last != from && calls < 20; calls++ {
		last = from
		var events []connector.Event
		events, from, err = as[connector.EventLister](t, s).ListEvents(t.Context(), from)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range events {
			seen[e.AccountID] = true
		}
		if len(events) < 100 {
			break
		}
	}
	for name, id := range ids {
		if !seen[id] {
			t.Errorf("no event about %s in %d readings", name, calls)
		}
	}
}

// TestChangesByPeople sees what people do to themselves.
func TestChangesByPeople(t *testing.T) {
	t.Parallel()
	r := kctest.Open(t, locking, kctest.Object{"permanentLockout": true})
	r.AddClient(t, app)
	amara := r.AddPerson(t, kctest.Somebody("amara"))
	s := connect(t, r, kctest.LeastRoles...)
	time.Sleep(time.Second)
	point := changes(t, s, "").Next
	world{r}.lock(t, amara) // for good, which disables it
	if r.Person(t, amara).Enabled {
		t.Fatal("not locked for good: the test proves nothing")
	}
	if c := changes(t, s, point); !c.Whole || !slices.Contains(c.Changed, amara) {
		t.Errorf("got %+v", c)
	}
	lock, err := as[connector.LockReader](t, s).ReadLock(t.Context(), amara)
	if err != nil || !lock.Locked || !lock.Forever || !lock.Until.IsZero() || lock.From != "127.0.0.1" {
		t.Errorf("lock %+v, %v", lock, err)
	}
	if err := as[connector.Unlocker](t, s).Unlock(t.Context(), amara); err != nil {
		t.Fatal(err)
	}
	if r.Person(t, amara).Enabled {
		t.Error("lifting a lock enabled an account")
	}
}

// TestEventsOff says so instead of showing none.
func TestEventsOff(t *testing.T) {
	t.Parallel()
	r := kctest.Open(t, kctest.Object{"eventsEnabled": false, "adminEventsEnabled": false})
	amara := r.AddPerson(t, kctest.Somebody("amara"))
	s := connect(t, r, kctest.LeastRoles...)
	_, _, err := as[connector.EventLister](t, s).ListEvents(t.Context(), "")
	said(t, err, connector.FailSettings, "Keycloak records no events.")
	_, err = as[connector.HistoryReader](t, s).ReadHistory(t.Context(), amara, 5)
	said(t, err, connector.FailSettings, "Keycloak records no events.")
	doubts(t, changes(t, s, changes(t, s, "").Next), "Keycloak does not record what administrators change")
}

// TestEventsStrict refuses events that no Keycloak sends.
func TestEventsStrict(t *testing.T) {
	t.Parallel()
	r := kctest.Open(t)
	settings, secrets := r.Service(t, "rollcall", kctest.LeastRoles...)
	for name, change := range map[string]func(map[string]any){
		"no id":    func(e map[string]any) { delete(e, "id") },
		"no time":  func(e map[string]any) { delete(e, "time") },
		"far time": func(e map[string]any) { e["time"] = int64(9223372036854775807) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			own := settings
			own.BaseURL = between(t, r, func(q *http.Request, body []byte) []byte {
				var events []map[string]any
				if !strings.HasSuffix(q.URL.Path, "/admin-events") || json.Unmarshal(body, &events) != nil {
					return body
				}
				for _, e := range events {
					change(e)
				}
				out, err := json.Marshal(events)
				if err != nil {
					t.Error(err)
				}
				return out
			})
			_, _, err := as[connector.EventLister](t, open(t, own, secrets, nil)).ListEvents(t.Context(), "")
			said(t, err, connector.FailAnswer, "Keycloak sent an event without id or time. Nothing of it was used.")
		})
	}
}
