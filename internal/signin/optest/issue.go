package optest

import (
	"encoding/json"
	"maps"
	"net/http"
	"strings"
	"time"
)

// lifetime of an ID token.
const lifetime = 5 * time.Minute

// token redeems a code once.
func (p *Provider) token(w http.ResponseWriter, r *http.Request) {
	if !p.trusted(r) {
		w.Header().Set("WWW-Authenticate", "Basic")
		reply(w, http.StatusUnauthorized, map[string]any{"error": "invalid_client"})
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if r.PostForm.Get("grant_type") == "refresh_token" {
		p.refreshes(w, r)
		return
	}
	code := r.PostForm.Get("code")
	grant, known := p.codes[code]
	delete(p.codes, code)
	if !known || r.PostForm.Get("grant_type") != "authorization_code" ||
		r.PostForm.Get("redirect_uri") != grant.query.Get("redirect_uri") ||
		challenge(r.PostForm.Get("code_verifier")) != grant.query.Get("code_challenge") {
		reply(w, http.StatusBadRequest, map[string]any{"error": "invalid_grant"})
		return
	}
	s := &session{
		person: maps.Clone(p.person), nonce: grant.query.Get("nonce"), scope: grant.query.Get("scope"),
		begun: grant.begun, old: map[string]bool{},
	}
	answer := p.tokens(s)
	if p.faults.PlainRefresh || strings.Contains(s.scope, "offline_access") {
		answer["refresh_token"] = p.keep(s)
	}
	if p.faults.Answer != nil {
		p.faults.Answer(answer)
	}
	reply(w, http.StatusOK, answer)
}

// idToken signs what the provider says about the person. The lock is held.
func (p *Provider) idToken(s session, access string) string {
	now := p.now()
	claims := maps.Clone(s.person)
	if claims == nil {
		claims = maps.Clone(p.person)
	}
	claims["iss"] = p.Issuer
	claims["aud"] = p.ClientID
	claims["iat"] = now.Unix()
	claims["exp"] = now.Add(lifetime).Unix()
	claims["auth_time"] = s.begun.Unix()
	claims["at_hash"] = HalfHash(p.signing.Alg, access)
	if s.nonce != "" {
		claims["nonce"] = s.nonce
	}
	if p.faults.Claims != nil {
		p.faults.Claims(claims)
	}
	return p.signed("JWT", claims)
}

// signed makes a JWT of claims by the current key. The lock is held.
func (p *Provider) signed(typ string, claims map[string]any) string {
	header := map[string]any{"alg": p.signing.Alg, "typ": typ, "kid": p.signing.ID}
	if p.faults.Header != nil {
		p.faults.Header(header)
	}
	head, payload := encode(header), encode(claims)
	if p.faults.Payload != nil {
		payload = p.faults.Payload(payload)
	}
	var token string
	if p.faults.Sign != nil {
		token = p.faults.Sign(head, payload)
	} else {
		token = Sign(p.signing.Alg, p.signing.Private, head, payload)
	}
	if p.faults.Compact != nil {
		token = p.faults.Compact(token)
	}
	return token
}

// userInfo describes the person an access token stands for.
func (p *Provider) userInfo(w http.ResponseWriter, r *http.Request) {
	token, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.access[token]
	if !bearer || s == nil || s.dead {
		w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	claims := maps.Clone(s.person)
	if p.faults.SignInfo {
		claims["iss"], claims["aud"] = p.Issuer, p.ClientID
	}
	if p.faults.UserInfo != nil {
		p.faults.UserInfo(claims)
	}
	if !p.faults.SignInfo {
		reply(w, http.StatusOK, claims)
		return
	}
	w.Header().Set("Content-Type", "application/jwt")
	_, _ = w.Write([]byte(p.signed("JWT", claims))) // the client may be gone
}

func encode(value any) []byte {
	b, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return b
}
