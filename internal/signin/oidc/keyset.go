package oidc

import (
	"context"
	"errors"
	"sync"
	"time"

	jose "github.com/go-jose/go-jose/v4"
	"golang.org/x/time/rate"
)

// Pace of key fetching (OIDC-05, OIDC-06).
const (
	keysLife      = 10 * time.Minute // a withdrawn key is refused after that
	keysGrace     = time.Hour        // while the provider's keys cannot be read
	fetchEvery    = 30 * time.Second // one fetch for unknown keys per interval
	fetchBurst    = 2
	unknownLife   = time.Minute // a key id that was not found is not looked for again
	unknownLimit  = 512
	maxCandidates = 16 // keys tried against a token without a key id
)

// keySet holds a provider's signing keys. Tokens cannot make it fetch faster
// than its pace, whatever key ids they name.
type keySet struct {
	name   string
	now    func() time.Time
	cache  *cached[[]signingKey]
	bucket *rate.Limiter
	// looking lets one caller at a time fetch for an unknown key.
	looking chan struct{}

	mu      sync.Mutex
	unknown map[string]time.Time // key id -> until when it counts as unknown
}

func newKeySet(load func(context.Context) ([]signingKey, error), now func() time.Time, name string) *keySet {
	s := &keySet{
		name: name, now: now, unknown: map[string]time.Time{},
		bucket:  rate.NewLimiter(rate.Every(fetchEvery), fetchBurst),
		looking: make(chan struct{}, 1),
	}
	s.cache = &cached[[]signingKey]{
		load: func(ctx context.Context) ([]signingKey, error) {
			s.bucket.AllowN(now(), 1) // every fetch counts, also those that are due anyway
			return load(ctx)
		},
		now: now, ttl: keysLife, grace: keysGrace,
	}
	return s
}

func (s *keySet) reload(ctx context.Context) error {
	_, err := s.cache.reload(ctx)
	return err
}

// signed is a token whose header was judged and whose signature was not yet.
type signed struct {
	header
	raw string
	jws *jose.JSONWebSignature
}

// verify checks the signature and gives the payload and the key that fits. A
// key that is not known is looked for once more at the provider, when the pace
// allows it.
func (s *keySet) verify(ctx context.Context, token signed) ([]byte, signingKey, error) {
	seen := s.cache.generation()
	keys, err := s.cache.get(ctx)
	if err != nil {
		return nil, signingKey{}, err
	}
	payload, key, found := try(keys, token)
	if found == noKey || found == forged && token.kid == "" {
		payload, key, found, err = s.look(ctx, token, seen, found)
		if err != nil {
			return nil, signingKey{}, err
		}
	}
	switch found {
	case verified:
		return payload, key, nil
	case forged:
		return nil, signingKey{}, Refuse(ReasonSignatureInvalid, s.name).
			because(errNoKeyVerifies).detail("kid %.80q alg %s", token.kid, token.alg)
	case noKey:
	}
	return nil, signingKey{}, Refuse(ReasonUnknownKey, s.name).detail("kid %.80q alg %s", token.kid, token.alg)
}

// look fetches the keys anew and tries again. One caller at a time looks; the
// others wait and profit from what it found.
func (s *keySet) look(ctx context.Context, token signed, seen int, found finding) ([]byte, signingKey, finding, error) {
	select {
	case s.looking <- struct{}{}:
		defer func() { <-s.looking }()
	case <-ctx.Done():
		return nil, signingKey{}, found, ctx.Err()
	}
	if s.cache.generation() != seen {
		if keys, usable := s.cache.peek(); usable {
			payload, key, again := try(keys, token)
			if again == verified {
				return payload, key, again, nil
			}
		}
	}
	if !s.mayLook(token.kid) {
		return nil, signingKey{}, found, nil
	}
	keys, err := s.cache.reload(ctx)
	if err != nil {
		return nil, signingKey{}, found, err
	}
	payload, key, found := try(keys, token)
	if found == noKey {
		s.remember(token.kid)
	}
	return payload, key, found, nil
}

// mayLook reports whether a fetch for this key id is allowed now.
func (s *keySet) mayLook(kid string) bool {
	s.mu.Lock()
	until, missed := s.unknown[kid]
	s.mu.Unlock()
	now := s.now()
	if missed && now.Before(until) {
		return false
	}
	return s.bucket.TokensAt(now) >= 1
}

// remember keeps a key id as unknown for a while. The memory is bounded: when
// it is full of live entries the pace alone protects.
func (s *keySet) remember(kid string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	if len(s.unknown) >= unknownLimit {
		for id, until := range s.unknown {
			if !now.Before(until) {
				delete(s.unknown, id)
			}
		}
	}
	if len(s.unknown) < unknownLimit {
		s.unknown[kid] = now.Add(unknownLife)
	}
}

// finding is the outcome of trying keys against a signature.
type finding uint8

const (
	noKey    finding = iota // none of this id and algorithm
	forged                  // some, and none verifies
	verified                // one verifies
)

var errNoKeyVerifies = errors.New("no published key verifies the signature")

// try tests the keys that may have signed: those of the named id, or all, and
// always only those whose kind fits the algorithm (OIDC-10).
func try(keys []signingKey, token signed) ([]byte, signingKey, finding) {
	tried := 0
	for _, key := range keys {
		if token.kid != "" && key.id != token.kid || !key.fits(token.alg) {
			continue
		}
		if tried++; tried > maxCandidates {
			break
		}
		payload, err := token.jws.Verify(key.public)
		if err == nil && saltFits(key.public, token) {
			return payload, key, verified
		}
	}
	if tried == 0 {
		return nil, signingKey{}, noKey
	}
	return nil, signingKey{}, forged
}
