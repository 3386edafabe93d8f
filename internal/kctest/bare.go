package kctest

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
)

// Bare asks the admin API as a service account and trusts whatever it gets: the
// least that the same answers cost. It is what figures are compared with.
type Bare struct {
	r      *Realm
	client Client

	mu     sync.Mutex
	token  string
	expiry time.Time
}

// Bare gives a bare client with the account of a connector.
func (r *Realm) Bare(settings connector.Settings, secrets connector.Secrets) *Bare {
	return &Bare{r: r, client: Client{ID: settings.ClientID, Secret: secrets.Client}}
}

// bareToken is how long a token is used; Keycloak lets it live for a minute.
const bareToken = 30 * time.Second

// Get reads an answer; path begins behind the realm's name.
func (b *Bare) Get(t testing.TB, path string, into any) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, b.r.Base+"/admin/realms/"+b.r.Name+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+b.held(t))
	answer, err := b.r.server.client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		t.Fatalf("kctest: GET %s: %s", path, answer.Status)
	}
	if err := json.NewDecoder(answer.Body).Decode(into); err != nil {
		t.Fatal(err)
	}
}

func (b *Bare) held(t testing.TB) string {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	if time.Now().After(b.expiry) {
		tokens, err := b.r.ServiceToken(t, b.client)
		if err != nil {
			t.Fatal(err)
		}
		b.token, b.expiry = tokens.Access, time.Now().Add(bareToken)
	}
	return b.token
}

// BarePerson is what a bare client takes of an account.
type BarePerson struct {
	ID, Username, Email, FirstName, LastName string
	Enabled                                  bool
}

// People reads all pages by offset and gives how many accounts they had. Each is
// called for every page, if it is not nil.
func (b *Bare) People(t testing.TB, size int, each func([]BarePerson)) int {
	t.Helper()
	for total := 0; ; {
		var people []BarePerson
		b.Get(t, "/users?briefRepresentation=false&first="+strconv.Itoa(total)+"&max="+strconv.Itoa(size), &people)
		if each != nil {
			each(people)
		}
		if total += len(people); len(people) < size {
			return total
		}
	}
}

// Person reads one account.
func (b *Bare) Person(t testing.TB, id string) BarePerson {
	t.Helper()
	var p BarePerson
	b.Get(t, "/users/"+url.PathEscape(id), &p)
	return p
}

// Access reads the groups and the effective roles of one account.
func (b *Bare) Access(t testing.TB, id string) {
	t.Helper()
	for _, path := range []string{"/users/" + id + "/groups?first=0&max=100", "/users/" + id + "/role-mappings/realm/composite", "/ui-ext/effective-roles/users/" + id} {
		var list []json.RawMessage
		b.Get(t, path, &list)
	}
}

// BareEvent is what a bare client takes of an administrator's act.
type BareEvent struct {
	ID, ResourcePath string
	Time             int64
}

// Events reads what administrators did since a moment of Keycloak's clock, in
// milliseconds: the oldest first, the first hundred.
func (b *Bare) Events(t testing.TB, since int64) []BareEvent {
	t.Helper()
	var events []BareEvent
	b.Get(t, "/admin-events?direction=asc&first=0&max=100&dateFrom="+strconv.FormatInt(since, 10), &events)
	return events
}
