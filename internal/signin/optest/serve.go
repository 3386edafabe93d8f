package optest

import (
	"crypto/sha256"
	"crypto/subtle"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// ServeHTTP counts, misbehaves where told to, and answers.
func (p *Provider) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	at := Endpoint(r.URL.Path)
	if strings.HasSuffix(r.URL.Path, string(Metadata)) {
		at = Metadata // also below a tenant's path
	}
	_ = r.ParseForm() // a broken form is an empty one
	p.mu.Lock()
	down, replaced := p.down, p.faults.Serve[at]
	date := p.now().UTC().Format(http.TimeFormat)
	if !down {
		p.seen[at] = append(p.seen[at], Seen{Header: r.Header.Clone(), Form: r.Form, Query: r.URL.Query()})
	}
	p.mu.Unlock()
	if down {
		panic(http.ErrAbortHandler)
	}
	w.Header().Set("Date", date)
	if replaced != nil {
		replaced(w, r)
		return
	}
	switch at {
	case Metadata:
		p.metadata(w)
	case JWKS:
		p.jwks(w)
	case Authorize:
		p.authorize(w, r)
	case Token:
		p.token(w, r)
	case UserInfo:
		p.userInfo(w, r)
	case Revoke:
		p.revoke(w, r)
	case Introspect:
		p.introspect(w, r)
	case EndSession:
		http.Redirect(w, r, r.Form.Get("post_logout_redirect_uri")+"?state="+url.QueryEscape(r.Form.Get("state")), http.StatusFound)
	default:
		http.NotFound(w, r)
	}
}

func (p *Provider) metadata(w http.ResponseWriter) {
	doc := map[string]any{
		"issuer":                                         p.Issuer,
		"authorization_endpoint":                         p.Issuer + string(Authorize),
		"token_endpoint":                                 p.Issuer + string(Token),
		"userinfo_endpoint":                              p.Issuer + string(UserInfo),
		"jwks_uri":                                       p.Issuer + string(JWKS),
		"end_session_endpoint":                           p.Issuer + string(EndSession),
		"revocation_endpoint":                            p.Issuer + string(Revoke),
		"introspection_endpoint":                         p.Issuer + string(Introspect),
		"backchannel_logout_supported":                   true,
		"backchannel_logout_session_supported":           true,
		"response_types_supported":                       []string{"code"},
		"subject_types_supported":                        []string{"public"},
		"id_token_signing_alg_values_supported":          []string{"RS256", "PS256", "ES256", "EdDSA"},
		"token_endpoint_auth_methods_supported":          []string{"client_secret_basic", "client_secret_post"},
		"code_challenge_methods_supported":               []string{"S256"},
		"authorization_response_iss_parameter_supported": true,
	}
	p.mu.Lock()
	change := p.faults.Metadata
	p.mu.Unlock()
	if change != nil {
		change(doc)
	}
	reply(w, http.StatusOK, doc)
}

func (p *Provider) jwks(w http.ResponseWriter) {
	p.mu.Lock()
	keys := make([]map[string]any, 0, len(p.keys))
	for _, key := range p.keys {
		keys = append(keys, maps.Clone(key.JWK))
	}
	change := p.faults.Keys
	p.mu.Unlock()
	if change != nil {
		keys = change(keys)
	}
	reply(w, http.StatusOK, map[string]any{"keys": keys})
}

// Authorize plays the browser and the provider's pages: it gives the
// parameters with which the browser would come back to the callback.
func (p *Provider) Authorize(tb testing.TB, address string) url.Values {
	tb.Helper()
	u, err := url.Parse(address)
	if err != nil || !strings.HasPrefix(address, p.Issuer+string(Authorize)) {
		tb.Fatalf("optest: %q is not this provider's authorization endpoint", address)
	}
	out, wrong := p.approve(u.Query())
	if wrong != "" {
		tb.Fatalf("optest: authorization request refused: %s", wrong)
	}
	return out
}

func (p *Provider) authorize(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	out, wrong := p.approve(query)
	if wrong != "" {
		http.Error(w, wrong, http.StatusBadRequest)
		return
	}
	http.Redirect(w, r, query.Get("redirect_uri")+"?"+out.Encode(), http.StatusFound)
}

// approve checks an authorization request and issues a code.
func (p *Provider) approve(query url.Values) (out url.Values, wrong string) {
	switch {
	case query.Get("response_type") != "code":
		return nil, "response_type"
	case query.Get("client_id") != p.ClientID:
		return nil, "client_id"
	case query.Get("redirect_uri") == "":
		return nil, "redirect_uri"
	case !strings.Contains(" "+query.Get("scope")+" ", " openid "):
		return nil, "scope"
	case query.Get("code_challenge_method") != "S256" || len(query.Get("code_challenge")) != 43:
		return nil, "code_challenge"
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	code := random()
	p.codes[code] = pending{query: query, begun: p.now()}
	out = url.Values{"code": {code}, "state": {query.Get("state")}, "iss": {p.Issuer}}
	if p.faults.Callback != nil {
		p.faults.Callback(out)
	}
	return out, ""
}

// trusted checks how the client proves who it is.
func (p *Provider) trusted(r *http.Request) bool {
	id, secret := r.PostForm.Get("client_id"), r.PostForm.Get("client_secret")
	if user, password, basic := r.BasicAuth(); basic {
		id, _ = url.QueryUnescape(user)
		secret, _ = url.QueryUnescape(password)
	}
	return id == p.ClientID && subtle.ConstantTimeCompare([]byte(secret), []byte(p.ClientSecret)) == 1
}

func challenge(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return b64(sum[:])
}
