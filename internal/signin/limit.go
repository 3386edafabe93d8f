package signin

import (
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Limits per address (WEB-11): an office behind one address that arrives at
// nine o'clock gets in, a flood does not.
const (
	perSecond = rate.Limit(2)
	burst     = 60
	remember  = 10_000 // addresses in each generation
)

// limiter counts per address, in bounded room: when a generation is full it
// becomes the old one, and the one before is forgotten.
type limiter struct {
	rate  rate.Limit
	burst int

	mu       sync.Mutex
	now, old map[netip.Prefix]*rate.Limiter
}

func newLimiter() *limiter { return newLimiterAt(perSecond, burst) }

func newLimiterAt(perSecond rate.Limit, burst int) *limiter {
	return &limiter{rate: perSecond, burst: burst, now: map[netip.Prefix]*rate.Limiter{}}
}

// allow reports whether one more request from ip may pass at a moment. An
// address that cannot be read shares one count with all others of its kind.
func (l *limiter) allow(ip string, at time.Time) bool { return l.count(ip).AllowN(at, 1) }

// room reports whether allow would let one pass, and counts none.
func (l *limiter) room(ip string, at time.Time) bool { return l.count(ip).TokensAt(at) >= 1 }

func (l *limiter) count(ip string) *rate.Limiter {
	key := network(ip)
	l.mu.Lock()
	defer l.mu.Unlock()
	count, ok := l.now[key]
	if !ok {
		if count, ok = l.old[key]; !ok {
			count = rate.NewLimiter(l.rate, l.burst)
		}
		if len(l.now) >= remember {
			l.old, l.now = l.now, map[netip.Prefix]*rate.Limiter{}
		}
		l.now[key] = count
	}
	return count
}

// limiters holds a limiter for each provider.
type limiters struct {
	rate  rate.Limit
	burst int

	mu sync.Mutex
	by map[string]*limiter
}

func newLimiters(perSecond rate.Limit, burst int) *limiters {
	return &limiters{rate: perSecond, burst: burst, by: map[string]*limiter{}}
}

// of gives the limiter of a provider that exists.
func (l *limiters) of(provider string) *limiter {
	l.mu.Lock()
	defer l.mu.Unlock()
	one, ok := l.by[provider]
	if !ok {
		one = newLimiterAt(l.rate, l.burst)
		l.by[provider] = one
	}
	return one
}

// network gives what is counted as one: an IPv4 address, or the /64 that an
// IPv6 host may move in.
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
