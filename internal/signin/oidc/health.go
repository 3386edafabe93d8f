package oidc

import (
	"sync"
	"time"
)

// Health says whether the provider can be used for signing in.
type Health struct {
	OK       bool
	Since    time.Time // of this state; zero when the provider was never contacted
	Reason   Reason    // why not
	Sentence string    // for people, without the time
}

// contact is one of the ways we talk to a provider.
type contact string

const (
	toDiscovery contact = "discovery"
	toKeys      contact = "keys"
	toToken     contact = "token"
	toUserInfo  contact = "userinfo"
)

// healthRecord remembers how each kind of contact went last.
type healthRecord struct {
	now func() time.Time

	mu      sync.Mutex
	failing map[contact]*Refusal
	since   time.Time
	spoken  bool
}

// Health gives the provider's state as the last contacts left it. It does not
// contact the provider.
func (p *Provider) Health() Health {
	h := p.health
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.spoken {
		return Health{OK: true, Sentence: named("%s has not been contacted yet.", p.config.Name)}
	}
	for _, part := range []contact{toDiscovery, toKeys, toToken, toUserInfo} {
		if r := h.failing[part]; r != nil {
			return Health{Since: h.since, Reason: r.Reason, Sentence: r.Cause}
		}
	}
	return Health{OK: true, Since: h.since, Sentence: named("%s answers.", p.config.Name)}
}

// note remembers a contact and hands its refusal through. It is not told of
// refusals that concern one person's sign-in.
func (h *healthRecord) note(part contact, r *Refusal) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	before := len(h.failing) > 0
	if r == nil {
		delete(h.failing, part)
		// It answers: an outage noticed elsewhere is over, a wrong secret is not.
		for other, old := range h.failing {
			if old.Reason == ReasonProviderUnreachable {
				delete(h.failing, other)
			}
		}
	} else {
		h.failing[part] = r
	}
	if !h.spoken || before != (len(h.failing) > 0) {
		h.since = h.now()
	}
	h.spoken = true
	if r == nil {
		return nil
	}
	return r
}
