package keycloak_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/kctest"
)

// remove removes people and forgets them.
func remove(t testing.TB, r *kctest.Realm, ids map[string]string, gone []string) {
	t.Helper()
	r.RemoveAll(t, gone)
	maps.DeleteFunc(ids, func(_, id string) bool { return slices.Contains(gone, id) })
}

// inOrder gives the ids in the order of the usernames.
func inOrder(ids map[string]string) []string {
	out := make([]string, 0, len(ids))
	for _, name := range slices.Sorted(maps.Keys(ids)) {
		out = append(out, ids[name])
	}
	return out
}

// TestShifting reads 2,000 people while the list moves under the reader, in every
// way it can.
func TestShifting(t *testing.T) {
	t.Parallel()
	r := kctest.Open(t)
	ids := r.AddPeople(t, kctest.Crowd("m", 2000))
	people := inOrder(ids)
	s := connect(t, r, kctest.LeastRoles...)
	renamed := ""
	seen, err := readAll(t, s, 100, func(page int, last []string) {
		switch page {
		case 2: // nobody at the place is touched, and everybody moves by less than an overlap
			remove(t, r, ids, people[:5])
		case 4: // by more than an overlap
			remove(t, r, ids, people[10:40])
		case 6: // by more than a page
			remove(t, r, ids, people[100:215])
		case 8: // back by more than a page
			r.AddPeople(t, kctest.Crowd("a", 250))
		case 10: // most of those the reader holds on to, the last of all included
			remove(t, r, ids, last[len(last)-7:])
		case 12: // somebody who was just read is renamed to the end of the list
			renamed = last[len(last)-1]
			r.Set(t, kctest.Object{"editUsernameAllowed": true})
			r.Change(t, renamed, kctest.Object{"username": "zz-renamed"})
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, id := range ids {
		want := 1
		if id == renamed {
			want = 2 // under the new name again
		}
		if seen[id] != want {
			t.Errorf("%s was listed %d times", name, seen[id])
		}
	}
	if len(ids) != 2000-5-30-115-7 || renamed == "" {
		t.Fatalf("%d people are left", len(ids))
	}
}

// TestAnchorsGone removes everybody the reader holds on to: it begins again and
// loses nobody.
func TestAnchorsGone(t *testing.T) {
	t.Parallel()
	r := kctest.Open(t)
	ids := r.AddPeople(t, kctest.Crowd("m", 120))
	s := connect(t, r, kctest.LeastRoles...)
	seen, err := readAll(t, s, 20, func(page int, last []string) {
		if page == 3 {
			remove(t, r, ids, last[5:])
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, id := range ids {
		if seen[id] == 0 {
			t.Errorf("%s was lost", name)
		}
	}
	// Again and again: it gives up with a sentence instead of a list with holes.
	_, err = readAll(t, s, 20, func(_ int, last []string) { remove(t, r, ids, last) })
	said(t, err, connector.FailAnswer, "The people of Keycloak changed faster than they could be read. Nobody is taken to be gone.")
}

// TestEmptyIsNotEmpty holds that a list which is empty for want of a role is no
// empty list, from the beginning and in the middle of a reading.
func TestEmptyIsNotEmpty(t *testing.T) {
	t.Parallel()
	r := kctest.Open(t)
	r.AddPeople(t, kctest.Crowd("m", 30))
	settings, secrets := r.Service(t, "rollcall", "query-users")
	s := open(t, settings, secrets, nil)
	_, err := readAll(t, s, 10, nil)
	said(t, err, connector.FailForbidden, "Keycloak counts 30 people and lists nobody: the service account rollcall lacks the role view-users.")
	_, err = as[connector.PersonFinder](t, s).FindPerson(t.Context(), "m000001")
	said(t, err, connector.FailForbidden, "Keycloak does not show all that it was asked for to find a person: the service account rollcall lacks the role view-users.")

	settings, secrets = r.Service(t, "rollcall-2", "view-users", "query-users")
	s = open(t, settings, secrets, nil)
	account := r.ServiceUser(t, r.ClientKey(t, "rollcall-2"))
	seen, err := readAll(t, s, 10, func(page int, _ []string) {
		if page == 2 {
			r.Take(t, account, "realm-management", "view-users")
		}
	})
	if len(seen) != 20 {
		t.Errorf("%d people were read before the role was taken", len(seen))
	}
	said(t, err, connector.FailForbidden, "Keycloak counts 30 people and lists nobody: the service account rollcall-2 lacks the role view-users.")
}

// TestEmptyRealm: nobody is nobody.
func TestEmptyRealm(t *testing.T) {
	t.Parallel()
	r := kctest.Open(t)
	s := connect(t, r, kctest.LeastRoles...)
	page, err := as[connector.PeopleLister](t, s).ListPeople(t.Context(), "", 100)
	if err != nil || len(page.Accounts) != 0 || page.Total != 0 || page.Next != "" {
		t.Errorf("got %+v, %v", page, err)
	}
}

// TestLargeAccounts reads accounts so large that a full page is more than an
// answer may hold.
func TestLargeAccounts(t *testing.T) {
	t.Parallel()
	r := kctest.Open(t)
	r.SetUnmanaged(t, "ENABLED")
	people := kctest.Crowd("m", 200)
	values := make([]string, 8)
	for i := range values {
		values[i] = strings.Repeat("x", 2000)
	}
	for i := range people {
		people[i].Attributes = map[string][]string{"notes": values}
	}
	ids := r.AddPeople(t, people)
	seen, err := readAll(t, connect(t, r, kctest.LeastRoles...), 500, nil)
	if err != nil || len(seen) != len(ids) {
		t.Fatalf("%d of %d people, %v", len(seen), len(ids), err)
	}
	for id, n := range seen {
		if n != 1 {
			t.Errorf("%s was listed %d times", id, n)
		}
	}
}

// TestSlowPages reads a Keycloak that is too slow for full pages.
func TestSlowPages(t *testing.T) {
	t.Parallel()
	r := kctest.Open(t)
	ids := r.AddPeople(t, kctest.Crowd("m", 300))
	settings, secrets := r.Service(t, "rollcall", kctest.LeastRoles...)
	var slow atomic.Int64
	settings.BaseURL = between(t, r, func(q *http.Request, body []byte) []byte {
		if n, err := strconv.Atoi(q.URL.Query().Get("max")); err == nil && n > 200 && strings.HasSuffix(q.URL.Path, "/users") {
			slow.Add(1)
			select {
			case <-q.Context().Done():
			case <-time.After(time.Minute):
			}
		}
		return body
	})
	seen, err := readAll(t, open(t, settings, secrets, nil), 250, nil)
	if err != nil || len(seen) != len(ids) || slow.Load() != 1 {
		t.Errorf("%d of %d people, %d answers too late, %v", len(seen), len(ids), slow.Load(), err)
	}
}

// TestStrictPages refuses pages that no Keycloak sends.
func TestStrictPages(t *testing.T) {
	t.Parallel()
	r := kctest.Open(t)
	r.AddPeople(t, kctest.Crowd("m", 60))
	settings, secrets := r.Service(t, "rollcall", kctest.LeastRoles...)
	for name, x := range map[string]struct {
		change   func(people []map[string]any) any
		kind     connector.FailureKind
		sentence string
	}{
		"no id": {func(p []map[string]any) any { delete(p[3], "id"); return p }, connector.FailAnswer,
			"Keycloak sent an account without id, username or state when asked to read a page of people. Nothing of it was used."},
		"no state": {func(p []map[string]any) any { delete(p[0], "enabled"); return p }, connector.FailAnswer,
			"Keycloak sent an account without id, username or state when asked to read a page of people. Nothing of it was used."},
		"null": {func(p []map[string]any) any { p[1] = nil; return p }, connector.FailAnswer,
			"Keycloak sent an account without id, username or state when asked to read a page of people. Nothing of it was used."},
		"too many": {func(p []map[string]any) any { return append(p, p...) }, connector.FailAnswer,
			"Keycloak sent more people than it was asked for. Nothing of it was used."},
		"an object": {func(p []map[string]any) any { return map[string]any{"people": p} }, connector.FailAnswer,
			"Keycloak sent something that cannot be read when asked to read a page of people. Nothing of it was used."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			own := settings
			own.BaseURL = between(t, r, onPeople(t, x.change))
			_, err := as[connector.PeopleLister](t, open(t, own, secrets, nil)).ListPeople(t.Context(), "", 10)
			said(t, err, x.kind, x.sentence)
		})
	}
	t.Run("the same page for ever", func(t *testing.T) {
		t.Parallel()
		own := settings
		var first atomic.Pointer[[]byte]
		own.BaseURL = between(t, r, func(q *http.Request, body []byte) []byte {
			if !strings.HasSuffix(q.URL.Path, "/users") {
				return body
			}
			first.CompareAndSwap(nil, &body)
			return *first.Load()
		})
		seen, err := readAll(t, open(t, own, secrets, nil), 10, nil)
		if err == nil {
			t.Fatalf("%d of 60 people are taken to be everybody", len(seen))
		}
		said(t, err, connector.FailAnswer, "Keycloak counts 60 people, and its list ends after 10. Nobody is taken to be gone.")
	})
}

// onPeople changes pages of people.
func onPeople(t testing.TB, change func([]map[string]any) any) func(*http.Request, []byte) []byte {
	return func(q *http.Request, body []byte) []byte {
		if !strings.HasSuffix(q.URL.Path, "/users") {
			return body
		}
		var people []map[string]any
		if err := json.Unmarshal(body, &people); err != nil {
			t.Errorf("not a page of people: %s", body)
			return body
		}
		out, err := json.Marshal(change(people))
		if err != nil {
			t.Error(err)
		}
		return out
	}
}
