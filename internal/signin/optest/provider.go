package optest

import (
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"
)

// Endpoint is one of the provider's addresses, as a path below the issuer.
type Endpoint string

// The endpoints.
const (
	Metadata   Endpoint = "/.well-known/openid-configuration"
	JWKS       Endpoint = "/jwks"
	Authorize  Endpoint = "/authorize"
	Token      Endpoint = "/token"
	UserInfo   Endpoint = "/userinfo"
	EndSession Endpoint = "/logout"
	Revoke     Endpoint = "/revoke"
	Introspect Endpoint = "/introspect"
)

// Faults are the ways in which the provider may misbehave. Each function may
// change what it is given before it is sent; nil leaves it alone.
type Faults struct {
	Metadata func(doc map[string]any)
	Keys     func(keys []map[string]any) []map[string]any

	Header  func(header map[string]any)
	Claims  func(claims map[string]any)
	Payload func(payload []byte) []byte         // the claims' bytes, before signing
	Sign    func(header, payload []byte) string // replaces signing
	Compact func(token string) string           // the signed token

	Answer   func(answer map[string]any) // of the token endpoint
	UserInfo func(claims map[string]any)
	SignInfo bool                        // UserInfo as a JWT, by the same key and header
	Callback func(parameters url.Values) // of the redirect back
	Logout   func(claims map[string]any) // of a logout token

	PlainRefresh  bool                        // gives refresh tokens without offline_access as well
	SameRefresh   bool                        // a refresh token works again and again
	LyingRevoke   bool                        // says that it revoked, and does not
	Introspection func(answer map[string]any) // of the introspection endpoint

	// Serve replaces whole endpoints.
	Serve map[Endpoint]http.HandlerFunc
}

// Seen is a request that reached an endpoint.
type Seen struct {
	Header http.Header
	Form   url.Values // query and body
	Query  url.Values
}

// Provider is the provider. Its exported fields are set by Start and may be
// changed before the first request.
type Provider struct {
	Issuer       string
	ClientID     string
	ClientSecret string

	server *httptest.Server

	mu      sync.Mutex
	now     func() time.Time
	faults  Faults
	person  map[string]any
	keys    []*Key
	signing *Key
	codes   map[string]pending
	access  map[string]*session
	refresh map[string]*session
	reused  int
	seen    map[Endpoint][]Seen
	down    bool
}

// pending is an issued code.
type pending struct {
	query url.Values
	begun time.Time
}

// Start runs a provider on loopback without TLS until the test ends.
func Start(tb testing.TB) *Provider {
	tb.Helper()
	p := fresh()
	p.server = httptest.NewServer(p)
	return p.running(tb)
}

// StartTLS runs a provider with TLS; Roots has its certificate.
func StartTLS(tb testing.TB) *Provider {
	tb.Helper()
	p := fresh()
	p.server = httptest.NewTLSServer(p)
	return p.running(tb)
}

func fresh() *Provider {
	key := NewKey("k1", "RS256")
	return &Provider{
		ClientID: "rollcall", ClientSecret: "s3cret & more",
		now: time.Now, keys: []*Key{key}, signing: key,
		person: map[string]any{
			"sub": "u1", "name": "Ada Example", "given_name": "Ada", "family_name": "Example",
			"preferred_username": "ada", "email": "ada@example.com", "email_verified": true,
			"groups": []string{"staff"},
		},
		codes: map[string]pending{}, access: map[string]*session{}, refresh: map[string]*session{}, seen: map[Endpoint][]Seen{},
	}
}

func (p *Provider) running(tb testing.TB) *Provider {
	p.Issuer = p.server.URL
	tb.Cleanup(func() {
		p.server.CloseClientConnections()
		p.server.Close()
	})
	return p
}

// Roots gives the certificate authority of StartTLS.
func (p *Provider) Roots() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(p.server.Certificate())
	return pool
}

// SignIn says who is signed in from now on: the claims that describe them.
func (p *Provider) SignIn(person map[string]any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.person = maps.Clone(person)
}

// SetNow sets the clock for iat, exp, auth_time and the Date of every answer.
func (p *Provider) SetNow(now func() time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now = now
}

// Mutate changes the provider's behaviour from now on.
func (p *Provider) Mutate(change func(*Faults)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change(&p.faults)
}

// Serve replaces one endpoint.
func (p *Provider) Serve(at Endpoint, handler http.HandlerFunc) {
	p.Mutate(func(f *Faults) {
		if f.Serve == nil {
			f.Serve = map[Endpoint]http.HandlerFunc{}
		}
		f.Serve[at] = handler
	})
}

// SignWith publishes keys and signs with the first of them.
func (p *Provider) SignWith(keys ...*Key) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.keys, p.signing = keys, keys[0]
}

// SignSecretly signs with a key that is not published.
func (p *Provider) SignSecretly(key *Key) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.signing = key
}

// Stop makes every request fail as if nothing listened; Resume ends that.
func (p *Provider) Stop() { p.setDown(true) }

// Resume lets a stopped provider answer again, at the same address.
func (p *Provider) Resume() { p.setDown(false) }

func (p *Provider) setDown(down bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.down = down
}

// Count says how many requests reached an endpoint.
func (p *Provider) Count(at Endpoint) int { return len(p.Seen(at)) }

// Seen gives the requests that reached an endpoint, oldest first.
func (p *Provider) Seen(at Endpoint) []Seen {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]Seen(nil), p.seen[at]...)
}

func reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the client may be gone
}

func random() string { return rand.Text() }
