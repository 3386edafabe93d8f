package oidc

import (
	"context"
	"crypto/sha256"
	"sync"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
)

// Bounds of what is remembered of looks at tokens (TOK-06).
const (
	seenLife  = time.Minute
	seenLimit = 10_000
)

// seen remembers looks for a short while, by the hash of the token.
type seen struct {
	now func() time.Time

	mu   sync.Mutex
	kept map[[sha256.Size]byte]reading
}

type reading struct {
	connector.TokenReading
	subject string
	until   time.Time
}

func newSeen(now func() time.Time) *seen {
	return &seen{now: now, kept: map[[sha256.Size]byte]reading{}}
}

// keep remembers a look until the token runs out, and for a minute at most.
func (s *seen) keep(t connector.Token, r connector.TokenReading) {
	until := r.At.Add(seenLife)
	if !r.Expires.IsZero() && r.Expires.Before(until) {
		until = r.Expires
	}
	subject := t.Subject
	if subject == "" {
		subject = r.Subject
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.kept) >= seenLimit {
		clear(s.kept)
	}
	s.kept[sha256.Sum256([]byte(t.Value))] = reading{TokenReading: r, subject: subject, until: until}
}

func (s *seen) look(t connector.Token) (connector.TokenReading, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, ok := s.kept[sha256.Sum256([]byte(t.Value))]
	return r.TokenReading, ok && s.now().Before(r.until)
}

// forget drops what is known of a token, and of all others of its person.
func (s *seen) forget(t connector.Token) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.kept, sha256.Sum256([]byte(t.Value)))
	for hash, r := range s.kept {
		if t.Subject != "" && r.subject == t.Subject {
			delete(s.kept, hash)
		}
	}
}

// TokenActive answers from memory where it may: whether a token may be accepted
// now. It is for deciding, never for proving.
func (s *System) TokenActive(ctx context.Context, t connector.Token) (bool, error) {
	if r, ok := s.seen.look(t); ok {
		return r.Active, nil
	}
	r, err := s.IntrospectToken(ctx, t)
	return r.Active, err
}

// Signal drops at once what is remembered of a person's tokens: the provider
// told that something about them ended (TOK-06).
func (s *System) Signal(subject string) { s.seen.forget(connector.Token{Subject: subject}) }
