package optest

import "maps"

// LogoutEvent is the event of a logout token.
const LogoutEvent = "http://schemas.openid.net/event/backchannel-logout"

// logoutLife is how long a logout token lasts.
const logoutLife = 120

// LogoutToken signs the message that sessions have ended: about says whose, by
// sub, sid or both. The faults Header, Payload, Sign and Compact are those of
// ID tokens; Logout changes its claims.
func (p *Provider) LogoutToken(about map[string]any) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now().Unix()
	claims := map[string]any{
		"iss": p.Issuer, "aud": p.ClientID, "iat": now, "exp": now + logoutLife, "jti": random(),
		"events": map[string]any{LogoutEvent: map[string]any{}},
	}
	maps.Copy(claims, about)
	if p.faults.Logout != nil {
		p.faults.Logout(claims)
	}
	return p.signed("logout+jwt", claims)
}

// IDToken signs what an ID token for a nonce would say, for tests that send it
// where it does not belong.
func (p *Provider) IDToken(nonce string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	grant := session{begun: p.now(), nonce: nonce}
	return p.idToken(grant, "at-"+random())
}
