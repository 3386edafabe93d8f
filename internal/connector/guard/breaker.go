package guard

import (
	"sync"
	"time"
)

// The breaker opens after so many failures in a row, for a pause that doubles
// each time a probe fails as well.
const (
	tolerance  = 5
	firstPause = 15 * time.Second
	longPause  = 5 * time.Minute
	// longAway bounds how long a system can make us stay away.
	longAway = 15 * time.Minute
)

// breaker remembers how a system behaved.
type breaker struct {
	now func() time.Time

	mu      sync.Mutex
	failed  int           // in a row
	since   time.Time     // the first of them
	pause   time.Duration // 0: closed
	until   time.Time     // closed to all before, to all but one probe after
	probing bool          // the probe is on its way
	away    time.Time     // the system itself asked for quiet until then
}

// verdict says whether a request may go out.
type verdict struct {
	open  bool      // the breaker is open
	away  bool      // the system asked for quiet
	since time.Time // open: of the first failure
	until time.Time // when it is asked again
	times int       // open: failures in a row
	probe bool      // this request decides whether it closes
}

func (b *breaker) allow() verdict {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	v := verdict{since: b.since, times: b.failed}
	switch {
	case now.Before(b.away):
		v.away, v.until = true, b.away
	case b.pause == 0:
	case now.Before(b.until):
		v.open, v.until = true, b.until
	case b.probing:
		v.open, v.until = true, now.Add(time.Second) // the probe will have said by then
	default:
		b.probing, v.probe = true, true
	}
	return v
}

// effect is what an answer says about the system's health.
type effect uint8

const (
	neutral effect = iota // nothing: the caller went away, or it was never asked
	healthy
	failing
)

// report takes down how a request that was allowed ended.
func (b *breaker) report(v verdict, e effect) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if v.probe {
		b.probing = false
	}
	switch e {
	case neutral:
	case healthy:
		b.failed, b.pause, b.since = 0, 0, time.Time{}
	case failing:
		b.fail(v)
	}
}

func (b *breaker) fail(v verdict) {
	now := b.now()
	if b.failed == 0 {
		b.since = now
	}
	b.failed++
	switch {
	case v.probe:
		b.pause = min(longPause, 2*b.pause)
	case b.pause == 0 && b.failed >= tolerance:
		b.pause = firstPause
	default:
		return // not yet, or a straggler that was sent before it opened
	}
	b.until = now.Add(b.pause)
}

// stayAway keeps everybody from asking until the system wants to be asked again.
func (b *breaker) stayAway(d time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if until := b.now().Add(d); until.After(b.away) {
		b.away = until
	}
}
