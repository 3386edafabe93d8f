package optest

import (
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"
)

// refreshPrefix begins every refresh token, long enough that no sealed text holds
// it by chance.
const refreshPrefix = "rt-refresh-token-"

// session is what a sign-in leaves at the provider.
type session struct {
	person map[string]any
	nonce  string
	scope  string
	begun  time.Time
	dead   bool
	old    map[string]bool // refresh tokens that were replaced
}

// keep gives a session a fresh refresh token. The lock is held.
func (p *Provider) keep(s *session) string {
	token := refreshPrefix + random()
	p.refresh[token] = s
	return token
}

// refreshes answers grant_type=refresh_token: each token works once, and one
// that comes twice ends its session, as providers do that look for thieves. The
// lock is held.
func (p *Provider) refreshes(w http.ResponseWriter, r *http.Request) {
	token := r.PostForm.Get("refresh_token")
	s := p.refresh[token]
	if s != nil && s.old[token] {
		p.reused++
		s.dead = true
	}
	if s == nil || s.dead {
		reply(w, http.StatusBadRequest, map[string]any{"error": "invalid_grant"})
		return
	}
	if subject(p.person) == subject(s.person) {
		s.person = maps.Clone(p.person) // the provider's word of today
	}
	answer := p.tokens(s)
	if !p.faults.SameRefresh {
		s.old[token] = true
		answer["refresh_token"] = p.keep(s)
	}
	if p.faults.Answer != nil {
		p.faults.Answer(answer)
	}
	reply(w, http.StatusOK, answer)
}

// tokens issues an access token and an ID token. The lock is held.
func (p *Provider) tokens(s *session) map[string]any {
	access := "at-" + random()
	p.access[access] = s
	return map[string]any{
		"access_token": access, "token_type": "Bearer", "expires_in": 300,
		"id_token": p.idToken(*s, access), "scope": s.scope,
	}
}

// EndSessions ends everything a subject has at the provider: refresh tokens are
// refused and access tokens inactive from now on.
func (p *Provider) EndSessions(sub string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, s := range p.refresh {
		if subject(s.person) == sub {
			s.dead = true
		}
	}
	for _, s := range p.access {
		if subject(s.person) == sub {
			s.dead = true
		}
	}
}

// EndOldest ends the session of a subject that began first, and leaves the rest.
func (p *Provider) EndOldest(sub string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var oldest *session
	for _, s := range p.refresh {
		if subject(s.person) == sub && !s.dead && (oldest == nil || s.begun.Before(oldest.begun)) {
			oldest = s
		}
	}
	if oldest != nil {
		oldest.dead = true
	}
}

// Reused says how often a refresh token came that had been replaced.
func (p *Provider) Reused() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.reused
}

// revoke answers RFC 7009: the grant behind either kind of token ends.
func (p *Provider) revoke(w http.ResponseWriter, r *http.Request) {
	if !p.trusted(r) {
		reply(w, http.StatusUnauthorized, map[string]any{"error": "invalid_client"})
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if s := p.behind(r.PostForm.Get("token")); s != nil && !p.faults.LyingRevoke {
		s.dead = true
	}
	w.WriteHeader(http.StatusOK)
}

// introspect answers RFC 7662. As real providers do, it finds a refresh token
// only when it is told that it is one.
func (p *Provider) introspect(w http.ResponseWriter, r *http.Request) {
	if !p.trusted(r) {
		reply(w, http.StatusUnauthorized, map[string]any{"error": "invalid_client"})
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	token := r.PostForm.Get("token")
	s := p.behind(token)
	if strings.HasPrefix(token, refreshPrefix) && r.PostForm.Get("token_type_hint") != "refresh_token" {
		s = nil
	}
	answer := map[string]any{"active": false}
	if s != nil && !s.dead && !s.old[token] {
		answer = map[string]any{
			"active": true, "iss": p.Issuer, "sub": subject(s.person), "client_id": p.ClientID, "aud": p.ClientID,
			"exp": p.now().Add(5 * time.Minute).Unix(), "scope": s.scope,
		}
	}
	if p.faults.Introspection != nil {
		p.faults.Introspection(answer)
	}
	reply(w, http.StatusOK, answer)
}

// behind gives the session of a token of either kind. The lock is held.
func (p *Provider) behind(token string) *session {
	if s := p.refresh[token]; s != nil {
		return s
	}
	return p.access[token]
}

func subject(person map[string]any) string {
	sub, _ := person["sub"].(string)
	return sub
}

// Grant signs the person in without a browser and gives their refresh token.
func (p *Provider) Grant(tb testing.TB) string {
	tb.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.keep(&session{person: maps.Clone(p.person), scope: "openid", begun: p.now(), old: map[string]bool{}})
}
