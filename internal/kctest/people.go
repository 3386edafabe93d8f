package kctest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"testing"
)

// Person is an account as tests make and read it.
type Person struct {
	ID            string              `json:"id,omitempty"`
	Username      string              `json:"username"`
	Email         string              `json:"email,omitempty"`
	EmailVerified bool                `json:"emailVerified,omitempty"`
	FirstName     string              `json:"firstName,omitempty"`
	LastName      string              `json:"lastName,omitempty"`
	Enabled       bool                `json:"enabled"`
	Attributes    map[string][]string `json:"attributes,omitempty"`
	Demands       []string            `json:"requiredActions,omitempty"`
	Credentials   []Credential        `json:"credentials,omitempty"`
	NotBefore     int64               `json:"notBefore,omitempty"`
}

// Credential is something an account proves itself with.
type Credential struct {
	Type      string `json:"type"`
	Value     string `json:"value,omitempty"`
	Temporary bool   `json:"temporary"`
}

// Password is the one of everybody that Somebody makes.
const Password = "kctest-password"

// Somebody gives a complete person who can sign in with Password.
func Somebody(username string) Person {
	return Person{
		Username: username, Email: username + "@example.org", EmailVerified: true, FirstName: "Given " + username, LastName: "Family",
		Enabled: true, Credentials: []Credential{{Type: "password", Value: Password}},
	}
}

// Crowd gives n people without passwords, named prefix000001 and so on.
func Crowd(prefix string, n int) []Person {
	people := make([]Person, n)
	for i := range people {
		name := fmt.Sprintf("%s%06d", prefix, i+1)
		people[i] = Person{Username: name, Email: name + "@example.org", FirstName: "Given", LastName: name, Enabled: true}
	}
	return people
}

// AddPerson makes one person and gives the id.
func (r *Realm) AddPerson(t testing.TB, p Person) string {
	t.Helper()
	r.Call(t, http.MethodPost, "/users", p, nil)
	var found []Person
	r.Call(t, http.MethodGet, "/users?exact=true&username="+url.QueryEscape(p.Username), nil, &found)
	if len(found) != 1 {
		t.Fatalf("kctest: %q was made, and %d are found", p.Username, len(found))
	}
	return found[0].ID
}

// chunk is how many people one call makes.
const chunk = 500

// AddPeople makes many people and gives their ids by username.
func (r *Realm) AddPeople(t testing.TB, people []Person) map[string]string {
	t.Helper()
	ids := make(map[string]string, len(people))
	for begin := 0; begin < len(people); begin += chunk {
		part := people[begin:min(begin+chunk, len(people))]
		var answer struct {
			Results []struct {
				Name string `json:"resourceName"`
				ID   string `json:"id"`
			} `json:"results"`
		}
		r.Call(t, http.MethodPost, "/partialImport", Object{"ifResourceExists": "FAIL", "users": part}, &answer)
		for _, made := range answer.Results {
			ids[made.Name] = made.ID
		}
	}
	if len(ids) != len(people) {
		t.Fatalf("kctest: %d people were to be made, %d were", len(people), len(ids))
	}
	return ids
}

// Person reads one person.
func (r *Realm) Person(t testing.TB, id string) Person {
	t.Helper()
	var p Person
	r.Call(t, http.MethodGet, "/users/"+id, nil, &p)
	return p
}

// Change changes fields of a person that Keycloak lets be changed alone, such as
// enabled.
func (r *Realm) Change(t testing.TB, id string, fields Object) {
	t.Helper()
	r.Call(t, http.MethodPut, "/users/"+id, fields, nil)
}

// Remove removes a person.
func (r *Realm) Remove(t testing.TB, id string) {
	t.Helper()
	r.Call(t, http.MethodDelete, "/users/"+id, nil, nil)
}

// RemoveAll removes many people, some at once.
func (r *Realm) RemoveAll(t testing.TB, ids []string) {
	t.Helper()
	var group sync.WaitGroup
	next := make(chan string)
	for range 4 {
		group.Go(func() {
			for id := range next {
				if err := r.server.try(t.Context(), http.MethodDelete, "/admin/realms/"+r.Name+"/users/"+id, nil, nil); err != nil {
					t.Errorf("kctest: %v", err)
				}
			}
		})
	}
	for _, id := range ids {
		next <- id
	}
	close(next)
	group.Wait()
}

// AddGroup makes a group, inside another when parent is the id of one.
func (r *Realm) AddGroup(t testing.TB, parent, name string) string {
	t.Helper()
	path := "/groups"
	if parent != "" {
		path += "/" + parent + "/children"
	}
	r.Call(t, http.MethodPost, path, Object{"name": name}, nil)
	var found []struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	}
	r.Call(t, http.MethodGet, path+"?max=1000", nil, &found)
	for _, g := range found {
		if g.Name == name {
			return g.ID
		}
	}
	t.Fatalf("kctest: the group %q was made and is not there", name)
	return ""
}

// Join puts a person into a group.
func (r *Realm) Join(t testing.TB, person, group string) {
	t.Helper()
	r.Call(t, http.MethodPut, "/users/"+person+"/groups/"+group, nil, nil)
}

// AddRole makes a role of a client, or of the realm with client "", that holds
// other roles of the same place.
func (r *Realm) AddRole(t testing.TB, client, name string, holds ...string) {
	t.Helper()
	path := "/roles"
	if client != "" {
		path = "/clients/" + r.ClientKey(t, client) + "/roles"
	}
	r.Call(t, http.MethodPost, path, Object{"name": name}, nil)
	parts := make([]json.RawMessage, len(holds))
	for i, part := range holds {
		r.Call(t, http.MethodGet, path+"/"+url.PathEscape(part), nil, &parts[i])
	}
	if len(parts) > 0 {
		r.Call(t, http.MethodPost, path+"/"+url.PathEscape(name)+"/composites", parts, nil)
	}
}

// GiveGroup gives a group a role of a client.
func (r *Realm) GiveGroup(t testing.TB, group, client, role string) {
	t.Helper()
	id := r.ClientKey(t, client)
	var found json.RawMessage
	r.Call(t, http.MethodGet, "/clients/"+id+"/roles/"+url.PathEscape(role), nil, &found)
	r.Call(t, http.MethodPost, "/groups/"+group+"/role-mappings/clients/"+id, []json.RawMessage{found}, nil)
}
