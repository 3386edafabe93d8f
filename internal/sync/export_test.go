package sync

import (
	"time"

	"github.com/rollcall/rollcall/internal/connector"
)

// Allowed is what the guard lets pass, for tests.
func Allowed(s connector.Schedule, known int64) int64 {
	src := source{schedule: s}
	return src.allowed(known)
}

// Number writes a count, for tests.
func Number(n int64) string { return number(n) }

// LooksEvery is the usual pause between two looks at a feed, for tests.
func LooksEvery() time.Duration { return Patience{}.usual().Every }
