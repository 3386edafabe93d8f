package kctest

import (
	"crypto/rand"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/rollcall/rollcall/internal/connector"
)

// Realm is one test's own.
type Realm struct {
	Name   string
	Base   string // of the server: http://127.0.0.1:port
	Issuer string

	server *server
}

// Object is something in Keycloak's own words.
type Object map[string]any

// Open makes a realm with events of both kinds switched on, and removes it when
// the test ends. Settings replace what it starts with.
func Open(t testing.TB, settings ...Object) *Realm {
	t.Helper()
	s := open(t)
	r := &Realm{Name: "t" + strings.ToLower(rand.Text())[:12], Base: s.base, server: s}
	r.Issuer = s.base + "/realms/" + r.Name
	realm := Object{
		"realm": r.Name, "enabled": true, "sslRequired": "none",
		"eventsEnabled": true, "adminEventsEnabled": true,
		"passwordPolicy": "hashAlgorithm(pbkdf2-sha512) and hashIterations(1)", // passwords of tests need no strength
	}
	for _, o := range settings {
		maps.Copy(realm, o)
	}
	s.call(t, http.MethodPost, "/admin/realms", realm, nil)
	t.Cleanup(func() { s.call(t, http.MethodDelete, "/admin/realms/"+r.Name, nil, nil) })
	return r
}

// Call asks the admin API of the realm, as its administrator; path begins behind
// the realm's name. Any answer but a success fails the test.
func (r *Realm) Call(t testing.TB, method, path string, content, into any) {
	t.Helper()
	r.server.call(t, method, "/admin/realms/"+r.Name+path, content, into)
}

// Set changes settings of the realm.
func (r *Realm) Set(t testing.TB, settings Object) {
	t.Helper()
	r.Call(t, http.MethodPut, "", settings, nil)
}

// SetEvents switches recording on and off.
func (r *Realm) SetEvents(t testing.TB, ofPeople, ofAdmins bool) {
	t.Helper()
	r.Call(t, http.MethodPut, "/events/config", Object{"eventsEnabled": ofPeople, "adminEventsEnabled": ofAdmins}, nil)
}

// SetUnmanaged says what may be done with attributes that the user profile does
// not name: "" for nothing, or ENABLED, ADMIN_EDIT, ADMIN_VIEW.
func (r *Realm) SetUnmanaged(t testing.TB, policy string) {
	t.Helper()
	var profile Object
	r.Call(t, http.MethodGet, "/users/profile", nil, &profile)
	delete(profile, "unmanagedAttributePolicy")
	if policy != "" {
		profile["unmanagedAttributePolicy"] = policy
	}
	r.Call(t, http.MethodPut, "/users/profile", profile, nil)
}

// AddAttribute adds an attribute to the user profile that administrators may
// edit, or only see.
func (r *Realm) AddAttribute(t testing.TB, name string, editable bool) {
	t.Helper()
	var profile Object
	r.Call(t, http.MethodGet, "/users/profile", nil, &profile)
	known, _ := profile["attributes"].([]any)
	edit := []string{}
	if editable {
		edit = []string{"admin"}
	}
	profile["attributes"] = append(known, Object{"name": name, "permissions": Object{"view": []string{"admin"}, "edit": edit}})
	r.Call(t, http.MethodPut, "/users/profile", profile, nil)
}

// The roles of realm-management that our service account needs, and no more.
var LeastRoles = []string{"view-users", "query-users", "manage-users", "view-events", "view-clients"}

// Service makes a service account with roles of realm-management and gives what
// a connector needs to use it.
func (r *Realm) Service(t testing.TB, clientID string, roles ...string) (connector.Settings, connector.Secrets) {
	t.Helper()
	secret := rand.Text()
	id := r.AddClient(t, Client{ID: clientID, Secret: secret, Service: true})
	r.Give(t, r.ServiceUser(t, id), "realm-management", roles...)
	return connector.Settings{
		BaseURL: r.Base, Realm: r.Name, Issuer: r.Issuer, ClientID: clientID, DevLoopback: true,
	}, connector.Secrets{Client: secret}
}

// ServiceUser gives the id of the account behind a client's service account.
func (r *Realm) ServiceUser(t testing.TB, client string) string {
	t.Helper()
	var user struct {
		ID string `json:"id"`
	}
	r.Call(t, http.MethodGet, "/clients/"+client+"/service-account-user", nil, &user)
	return user.ID
}

// Give gives a person roles of a client, or of the realm itself with client "".
func (r *Realm) Give(t testing.TB, person, client string, roles ...string) {
	t.Helper()
	r.mapRoles(t, http.MethodPost, person, client, roles)
}

// Take takes them away again.
func (r *Realm) Take(t testing.TB, person, client string, roles ...string) {
	t.Helper()
	r.mapRoles(t, http.MethodDelete, person, client, roles)
}

func (r *Realm) mapRoles(t testing.TB, method, person, client string, roles []string) {
	t.Helper()
	from, to := "/roles/", "/users/"+person+"/role-mappings/realm"
	if client != "" {
		id := r.ClientKey(t, client)
		from, to = "/clients/"+id+"/roles/", "/users/"+person+"/role-mappings/clients/"+id
	}
	found := make([]Object, len(roles))
	for i, name := range roles {
		r.Call(t, http.MethodGet, from+url.PathEscape(name), nil, &found[i])
	}
	if len(found) > 0 {
		r.Call(t, method, to, found, nil)
	}
}
