package hook

import (
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Limits of a replica (WEB-11): a busy system gets through, a flood does not, and
// neither does guessing.
const (
	postsPerSecond rate.Limit = 25 // of one connector
	postsBurst                = 250
	triesPerSecond rate.Limit = 0.5 // not proved, from one network
	triesBurst                = 30
	remembered                = 10_000
)

// limits counts what was posted by each connector, and what was not proved from
// each network, in bounded room.
type limits struct {
	mu    sync.Mutex
	posts map[int64]*rate.Limiter
	tries map[netip.Prefix]*rate.Limiter
}

func newLimits() *limits {
	return &limits{posts: map[int64]*rate.Limiter{}, tries: map[netip.Prefix]*rate.Limiter{}}
}

// mayPost reports whether a connector may post one more message.
func (l *limits) mayPost(connector int64, at time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return count(l.posts, connector, postsPerSecond, postsBurst).AllowN(at, 1)
}

// mayTry reports whether a network has not failed too often. Only failing costs.
func (l *limits) mayTry(from string, at time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	known, ok := l.tries[network(from)]
	return !ok || known.TokensAt(at) >= 1
}

// failed counts a message that was not proved.
func (l *limits) failed(from string, at time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	count(l.tries, network(from), triesPerSecond, triesBurst).AllowN(at, 1)
}

// count gives the counter of a key. When there are too many, all begin anew:
// whoever can send from that many networks is not held by a counter.
func count[K comparable](all map[K]*rate.Limiter, key K, limit rate.Limit, burst int) *rate.Limiter {
	one, ok := all[key]
	if !ok {
		if len(all) >= remembered {
			clear(all)
		}
		one = rate.NewLimiter(limit, burst)
		all[key] = one
	}
	return one
}

// network gives what is counted as one: an IPv4 address, or the /64 that an
// IPv6 host may move in. Addresses that cannot be read are one.
func network(ip string) netip.Prefix {
	a, err := netip.ParseAddr(ip)
	if err != nil {
		return netip.Prefix{}
	}
	a = a.Unmap().WithZone("")
	bits := 32
	if a.Is6() {
		bits = 64
	}
	p, err := a.Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return p
}
