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
	code := r.PostForm.Get("code")
	p.mu.Lock()
	defer p.mu.Unlock()
	grant, known := p.codes[code]
	delete(p.codes, code)
	if !known || r.PostForm.Get("grant_type") != "authorization_code" ||
		r.PostForm.Get("redirect_uri") != grant.query.Get("redirect_uri") ||
		challenge(r.PostForm.Get("code_verifier")) != grant.query.Get("code_challenge") {
		reply(w, http.StatusBadRequest, map[string]any{"error": "invalid_grant"})
		return
	}
	access := "at-" + random()
	subject, _ := p.person["sub"].(string)
	p.access[access] = subject
	answer := map[string]any{
		"access_token": access, "token_type": "Bearer", "expires_in": 300,
		"id_token": p.idToken(grant, access), "scope": grant.query.Get("scope"),
	}
	if strings.Contains(grant.query.Get("scope"), "offline_access") {
		answer["refresh_token"] = "rt-" + random()
	}
	if p.faults.Answer != nil {
		p.faults.Answer(answer)
	}
	reply(w, http.StatusOK, answer)
}

// idToken signs what the provider says about the person. The lock is held.
func (p *Provider) idToken(grant pending, access string) string {
	now := p.now()
	claims := maps.Clone(p.person)
	claims["iss"] = p.Issuer
	claims["aud"] = p.ClientID
	claims["iat"] = now.Unix()
	claims["exp"] = now.Add(lifetime).Unix()
	claims["auth_time"] = grant.begun.Unix()
	claims["at_hash"] = HalfHash(p.signing.Alg, access)
	if nonce := grant.query.Get("nonce"); nonce != "" {
		claims["nonce"] = nonce
	}
	if p.faults.Claims != nil {
		p.faults.Claims(claims)
	}
	return p.signed(claims)
}

// signed makes a JWT of claims by the current key. The lock is held.
func (p *Provider) signed(claims map[string]any) string {
	header := map[string]any{"alg": p.signing.Alg, "typ": "JWT", "kid": p.signing.ID}
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
	subject, known := p.access[token]
	if !bearer || !known {
		w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	claims := maps.Clone(p.person)
	claims["sub"] = subject
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
	_, _ = w.Write([]byte(p.signed(claims))) // the client may be gone
}

func encode(value any) []byte {
	b, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return b
}
