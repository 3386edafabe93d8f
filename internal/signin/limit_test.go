package signin

import (
	"fmt"
	"testing"
	"time"
)

// WEB-11.
func TestLimitPerNetwork(t *testing.T) {
	t.Parallel()
	l := newLimiter()
	at := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	pass := func(ip string, n int) (passed int) {
		for range n {
			if l.allow(ip, at) {
				passed++
			}
		}
		return passed
	}
	if n := pass("192.0.2.7", 200); n != burst {
		t.Fatalf("%d of 200 at once passed, want %d", n, burst)
	}
	for ip, want := range map[string]int{
		"192.0.2.8":        1, // a neighbour is not held up
		"::ffff:192.0.2.7": 0, // the same address in another spelling
		"2001:db8:0:1::1":  1,
		"2001:db8:0:2::1":  1,
		"not an address":   1,
	} {
		if n := pass(ip, 1); n != want {
			t.Errorf("%s: %d passed, want %d", ip, n, want)
		}
	}
	pass("2001:db8:0:1::1", 200)
	if pass("2001:db8:0:1:ffff::9", 1) != 0 {
		t.Error("a host moved inside its own /64 and passed")
	}
	at = at.Add(time.Second)
	if n := pass("192.0.2.7", 200); n != int(perSecond) {
		t.Errorf("%d passed after a second, want %v", n, perSecond)
	}
}

func TestLimitHoldsBoundedRoom(t *testing.T) {
	t.Parallel()
	l := newLimiter()
	at := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	for range burst {
		l.allow("192.0.2.7", at)
	}
	for i := range 3 * remember {
		l.allow(fmt.Sprintf("10.%d.%d.%d", i>>16, i>>8&255, i&255), at)
		if i%1000 == 0 && l.allow("192.0.2.7", at) {
			t.Fatal("a busy address was forgotten while it was busy")
		}
	}
	if n := len(l.now) + len(l.old); n > 2*remember {
		t.Fatalf("%d addresses remembered, want at most %d", n, 2*remember)
	}
}
