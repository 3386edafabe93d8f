package kctest

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"sync"
	"testing"
	"time"
)

// Client is an application at Keycloak.
type Client struct {
	ID          string // client id
	Secret      string
	Name        string
	Service     bool          // a service account, without people
	BackChannel string        // address that is told of ended sessions
	Lifetime    time.Duration // of its access tokens; 0: the realm's
	Implicit    bool          // it may have tokens by the implicit flow too
	Redirects   []string
	Attributes  map[string]string
	Disabled    bool
}

// AddClient makes a client. One for people can sign them in by password grant.
// It gives the key, which is Keycloak's own id of it.
func (r *Realm) AddClient(t testing.TB, c Client) string {
	t.Helper()
	attributes := Object{}
	for name, value := range c.Attributes {
		attributes[name] = value
	}
	if c.BackChannel != "" {
		attributes["backchannel.logout.url"] = c.BackChannel
		attributes["backchannel.logout.session.required"] = "true"
	}
	if c.Lifetime > 0 {
		attributes["access.token.lifespan"] = strconv.Itoa(int(c.Lifetime.Seconds()))
	}
	r.Call(t, http.MethodPost, "/clients", Object{
		"clientId": c.ID, "secret": c.Secret, "name": c.Name, "enabled": !c.Disabled, "protocol": "openid-connect", "publicClient": false,
		"implicitFlowEnabled": c.Implicit, "serviceAccountsEnabled": c.Service, "standardFlowEnabled": !c.Service, "directAccessGrantsEnabled": !c.Service,
		"redirectUris": append([]string{}, c.Redirects...), "attributes": attributes,
	}, nil)
	return r.ClientKey(t, c.ID)
}

// ClientKey gives Keycloak's own id of a client.
func (r *Realm) ClientKey(t testing.TB, clientID string) string {
	t.Helper()
	var found []struct {
		ID string `json:"id"`
	}
	r.Call(t, http.MethodGet, "/clients?clientId="+url.QueryEscape(clientID), nil, &found)
	if len(found) != 1 {
		t.Fatalf("kctest: %d clients are called %q", len(found), clientID)
	}
	return found[0].ID
}

// SetClient changes settings of a client.
func (r *Realm) SetClient(t testing.TB, clientID string, settings Object) {
	t.Helper()
	key := r.ClientKey(t, clientID)
	var all Object
	r.Call(t, http.MethodGet, "/clients/"+key, nil, &all)
	for name, value := range settings {
		all[name] = value
	}
	r.Call(t, http.MethodPut, "/clients/"+key, all, nil)
}

// Listener is an application's back-channel address.
type Listener struct {
	URL string

	mu     sync.Mutex
	tokens []string
}

// Listen starts a back-channel address on loopback.
func Listen(t testing.TB) *Listener {
	t.Helper()
	l := new(Listener)
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, q *http.Request) {
		q.Body = http.MaxBytesReader(nil, q.Body, 64<<10)
		if token := q.PostFormValue("logout_token"); token != "" {
			l.mu.Lock()
			l.tokens = append(l.tokens, token)
			l.mu.Unlock()
		}
	}))
	t.Cleanup(s.Close)
	l.URL = s.URL + "/backchannel"
	return l
}

// Heard gives the logout tokens that came so far.
func (l *Listener) Heard() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]string(nil), l.tokens...)
}
