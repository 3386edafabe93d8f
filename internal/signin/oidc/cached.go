package oidc

import (
	"context"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"
)

// cached is one document of the provider, fetched when first needed and kept.
// An outage neither stops the start nor outlives itself: after a failure the
// next attempt waits only a little longer than the last (OIDC-04).
type cached[T any] struct {
	load  func(context.Context) (T, error)
	now   func() time.Time
	ttl   time.Duration    // fresh that long
	grace time.Duration    // usable that long beyond, while the provider is down
	final func(error) bool // failures that must not be bridged with an old value

	flight singleflight.Group

	mu      sync.Mutex
	value   T
	have    bool
	times   int // fetched so often
	fetched time.Time
	failed  time.Time
	fails   int
	lastErr error
}

// Waiting after failures: 1 s, 2 s, 4 s ... 30 s.
const (
	firstPause = time.Second
	lastPause  = 30 * time.Second
)

// get gives the value, fetching it when it is missing or no longer fresh.
func (c *cached[T]) get(ctx context.Context) (T, error) {
	c.mu.Lock()
	value, have, age, resting, lastErr := c.value, c.have, c.now().Sub(c.fetched), c.resting(), c.lastErr
	c.mu.Unlock()
	if have && age < c.ttl {
		return value, nil
	}
	if resting {
		if have && age < c.ttl+c.grace {
			return value, nil
		}
		return value, lastErr
	}
	fresh, err := c.reload(ctx)
	if err == nil {
		return fresh, nil
	}
	if old, usable := c.peek(); usable {
		return old, nil
	}
	return fresh, err
}

// peek gives the value without fetching, if it may still be used.
func (c *cached[T]) peek() (T, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.value, c.have && c.now().Sub(c.fetched) < c.ttl+c.grace
}

// generation tells two values apart: it grows with every fetch.
func (c *cached[T]) generation() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.times
}

// reload fetches now. Callers at the same time share one fetch, and none of
// them can cancel it for the others.
func (c *cached[T]) reload(ctx context.Context) (T, error) {
	done := c.flight.DoChan("", func() (any, error) {
		return c.fetch(context.WithoutCancel(ctx))
	})
	select {
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	case result := <-done:
		value, _ := result.Val.(T)
		return value, result.Err
	}
}

func (c *cached[T]) fetch(ctx context.Context) (T, error) {
	value, err := c.load(ctx)
	c.mu.Lock()
	defer c.mu.Unlock()
	if err == nil {
		c.value, c.have, c.fetched = value, true, c.now()
		c.fails, c.lastErr = 0, nil
		c.times++
		return value, nil
	}
	c.failed, c.lastErr = c.now(), err
	c.fails++
	if c.final != nil && c.final(err) {
		c.have = false
	}
	return value, err
}

// resting reports whether the pause after a failure still lasts.
func (c *cached[T]) resting() bool {
	if c.fails == 0 {
		return false
	}
	pause := min(firstPause<<min(c.fails-1, 10), lastPause)
	since := c.now().Sub(c.failed)
	return since >= 0 && since < pause
}
