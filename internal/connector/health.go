package connector

import (
	"context"
	"errors"
	"time"
	"unicode/utf8"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// Health is how a system was when it was last used.
type Health string

// The words.
const (
	HealthUnknown     Health = ""            // it was never used
	HealthWorking     Health = "working"     // it did what it was asked
	HealthSlow        Health = "slow"        // it asks us to wait
	HealthRefused     Health = "refused"     // it does not accept our credentials, or a role is missing
	HealthUnreachable Health = "unreachable" // it does not answer
	HealthFailing     Health = "failing"     // it answers with faults or nonsense, or our settings are wrong
)

// Word gives the health as pages print it.
func (h Health) Word() string {
	switch h {
	case HealthUnknown:
		return "Not used yet"
	case HealthWorking:
		return "Working"
	case HealthSlow:
		return "Slow"
	case HealthRefused:
		return "Refused"
	case HealthUnreachable:
		return "Not reachable"
	case HealthFailing:
		return "Failing"
	}
	return string(h)
}

// Bad reports whether somebody has to do something.
func (h Health) Bad() bool {
	return h == HealthRefused || h == HealthUnreachable || h == HealthFailing
}

// Use is how one use of a system went.
type Use struct {
	Err   error // nil: well
	Read  bool  // it was read
	Wrote bool  // it was written to
}

// said is what this replica wrote last of a connector's health.
type said struct {
	health           Health
	at, read, writes models.Instant
}

const (
	healthEvery   = time.Minute // how often what stays the same is written
	healthTime    = 5 * time.Second
	maxHealthText = 500
)

// Report notes how a use of a system went. What says nothing about the system (a
// cancelled request, an account it does not know) counts as working or not at
// all. It is written when the word changes, and else at most once a minute; a
// note that cannot be written is logged, because nobody's work depends on it.
func (e *Engine) Report(ctx context.Context, tenant, id int64, u Use) {
	now := e.db.Now()
	health, sentence, counts := judge(u.Err)
	if !counts {
		return
	}
	if sentence == "" {
		sentence = "It did what it was asked."
	}
	h := heard{condition: Condition{Health: health, Sentence: clip(sentence, maxHealthText), Since: now}}
	if !e.due(place{tenant, id}, &h, u, now) {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), healthTime)
	defer cancel()
	err := e.db.Maintain(ctx, tenant, store.ConnectorHealth, func(ctx context.Context, tx *store.Tx) error {
		return updateHealth(ctx, tx, id, h)
	})
	if err != nil {
		e.forget(place{tenant, id})
		e.log.WarnContext(ctx, "the health of a connector was not written", "connector", id, "error", err)
	}
}

// due reports whether there is something to write, and notes that it was.
func (e *Engine) due(at place, h *heard, u Use, now models.Instant) bool {
	old := now.Add(-healthEvery)
	e.mu.Lock()
	defer e.mu.Unlock()
	last := e.health[at]
	write := last.health != h.condition.Health || last.at <= old
	if u.Err == nil && u.Read && (write || last.read <= old) {
		h.read, last.read, write = now, now, true
	}
	if u.Err == nil && u.Wrote && (write || last.writes <= old) {
		h.wrote, last.writes, write = now, now, true
	}
	if write {
		last.health, last.at = h.condition.Health, now
		e.health[at] = last
	}
	return write
}

func (e *Engine) forget(at place) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.health, at)
}

// judge says what an error means for the health of a system. counts is false
// when it means nothing.
func judge(err error) (health Health, sentence string, counts bool) {
	if err == nil {
		return HealthWorking, "", true
	}
	var f *Failure
	if !errors.As(err, &f) {
		return "", "", false // a fault of ours, or somebody went away
	}
	if errors.Is(f.cause, context.Canceled) {
		return "", "", false
	}
	switch f.Kind {
	case FailNotFound, FailConflict, FailUnsupported:
		return HealthWorking, "", true // it answered
	case FailBusy:
		return HealthSlow, f.Sentence, true
	case FailRefused, FailForbidden:
		return HealthRefused, f.Sentence, true
	case FailUnreachable:
		return HealthUnreachable, f.Sentence, true
	case FailBroken, FailAnswer, FailAddress, FailSettings:
		return HealthFailing, f.Sentence, true
	case FailOpen: // it was not asked
	}
	return "", "", false
}

func clip(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n-1]) + "…"
}
