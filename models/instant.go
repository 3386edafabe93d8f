package models

import "time"

// Instant is a moment in microseconds since 1970 UTC. Zero means never or none.
// It is stored as BIGINT in all databases, so that no driver's idea of time
// zones or fractions can change it.
type Instant int64

// Forever sorts after every real moment: the Until of an assignment without end.
const Forever Instant = 253402300799_000000

// At gives the Instant of t; the zero time gives zero.
func At(t time.Time) Instant {
	if t.IsZero() {
		return 0
	}
	return Instant(t.UnixMicro())
}

// Time gives the moment in UTC; zero and Forever give the zero time.
func (i Instant) Time() time.Time {
	if i == 0 || i >= Forever {
		return time.Time{}
	}
	return time.UnixMicro(int64(i)).UTC()
}

// IsZero reports whether the moment is "never".
func (i Instant) IsZero() bool { return i == 0 }

// Add gives the moment d later.
func (i Instant) Add(d time.Duration) Instant { return i + Instant(d.Microseconds()) }
