package sync

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/models"
)

// follow asks a source for events, and applies those that wait, again and again
// until reading the source is paused or the lease is lost.
func (e *Engine) follow(ctx context.Context, l *lease) error {
	ctx, lost := context.WithCancelCause(ctx)
	defer lost(nil)
	go e.keepAlive(ctx, l, lost)
	for {
		bell, began := e.bell.next(), time.Now()
		goes, err := e.followOnce(ctx, l, began.Add(e.patience.Every))
		if err != nil || !goes {
			return err
		}
		// The next look is due a whole pause after this one began; a source that is
		// slow to answer is left alone for a while all the same.
		e.rest(ctx, bell, max(e.patience.Every-time.Since(began), e.patience.Every/4))
		if ctx.Err() != nil {
			return nil
		}
	}
}

// followOnce is one look; false when there is nothing more to look at. Once until
// is past it leaves what still waits to the next look, so that what happens
// meanwhile is heard of; a zero until is never past.
func (e *Engine) followOnce(ctx context.Context, l *lease, until time.Time) (bool, error) {
	r := e.db.Read(l.source.TenantID)
	s, err := selectSource(ctx, r, "id", l.source.ID)
	if err != nil {
		return false, err
	}
	state, err := selectState(ctx, r, s.ID)
	if err != nil || s.notReading(state) != "" {
		return false, err
	}
	f := &following{Engine: e, lease: l, s: &s}
	waiting, err := selectDueEvents(ctx, r, s.ID, e.db.Now(), 1)
	if err != nil {
		return false, err
	}
	polls := s.schedule.Events && state.FeedRetryAt <= e.db.Now()
	if !polls && len(waiting) == 0 {
		return true, nil
	}
	if f.system, err = e.systems.Open(ctx, s.TenantID, s.ID); err == nil && polls {
		err = f.poll(ctx, state)
	}
	if err == nil {
		err = f.applyWaiting(ctx, until)
	}
	switch {
	case err == nil:
		return true, nil
	case errors.Is(err, errLost), ctx.Err() != nil:
		return false, nil
	}
	return true, f.failed(ctx, err)
}

// following is one look at the events of a source.
type following struct {
	*Engine

	lease  *lease
	s      *source
	system connector.System
}

// heard is what a system answered to the question what happened.
type heard struct {
	events []connector.Event
	next   string // the point to go on from
	whole  bool   // false: it may have forgotten something
	asked  bool   // false: it cannot be asked; its events are posted, or there are none
}

// listen asks for what happened since a point.
func (f *following) listen(ctx context.Context, since string) (heard, error) {
	switch system := f.system.(type) {
	case connector.EventLister:
		return ask(ctx, asking{f.Engine, f.s, "ask for events"}, func(ctx context.Context) (heard, error) {
			events, next, err := system.ListEvents(ctx, since)
			return heard{events, next, true, true}, err
		})
	case connector.ChangeLister:
		return ask(ctx, asking{f.Engine, f.s, "ask what changed"}, func(ctx context.Context) (heard, error) {
			got, err := system.ListChanges(ctx, since)
			return heard{eventsOf(got, since), got.Next, got.Whole || since == "", true}, err
		})
	}
	return heard{}, nil
}

// poll asks for what happened since the last look. Events and the point to go on
// from are stored together, so that none is lost and none is asked for twice.
func (f *following) poll(ctx context.Context, state models.SyncSource) error {
	got, err := f.listen(ctx, state.FeedPoint)
	if err != nil || !got.asked {
		return err
	}
	fresh := state.FeedStarted && state.FeedFailures == 0 && state.LastFeedAt.Add(f.patience.Lease/3) > f.db.Now()
	if len(got.events) == 0 && got.whole && got.next == state.FeedPoint && fresh {
		return nil // nothing to write
	}
	return f.db.Maintain(ctx, f.s.TenantID, store.SyncEvents, func(ctx context.Context, tx *store.Tx) error {
		now, err := f.held(ctx, tx, f.lease)
		if err != nil {
			return err
		}
		for part := range slices.Chunk(got.events, MaxEvents) {
			if _, err := storeEvents(ctx, tx, &now, part); err != nil {
				return err
			}
		}
		now.FeedPoint, now.FeedStarted, now.LastFeedAt = got.next, true, tx.Now
		now.FeedFailingSince, now.FeedFailure, now.FeedFailures, now.FeedRetryAt = 0, "", 0, 0
		columns := []string{"feed_point", "feed_started", "last_feed_at", "feed_failing_since", "feed_failure", "feed_failures", "feed_retry_at"}
		if !got.whole { // it may have forgotten changes: everybody is read
			now.NextFullAt = tx.Now
			if _, err := newRun(ctx, tx, f.s, models.RunFull, tx.Actor); unlessConflict(err) != nil {
				return err
			}
		}
		return updateState(ctx, tx, &now, columns...)
	})
}

// eventsOf makes events of changes: their ids are made of the point they follow,
// so that the same answer makes the same events.
func eventsOf(c connector.Changes, since string) []connector.Event {
	events := make([]connector.Event, 0, len(c.Changed)+len(c.Removed))
	for _, id := range c.Changed {
		events = append(events, connector.Event{ID: shortHash("changed", since, c.Next, id), Kind: connector.EventChanged, AccountID: id})
	}
	for _, id := range c.Removed {
		events = append(events, connector.Event{ID: shortHash("removed", since, c.Next, id), Kind: connector.EventRemoved, AccountID: id})
	}
	return events
}

// applyWaiting reads the accounts of events that wait, some at a time, until a
// moment is past.
func (f *following) applyWaiting(ctx context.Context, until time.Time) error {
	for first := true; first || until.IsZero() || time.Now().Before(until); first = false {
		events, err := selectDueEvents(ctx, f.db.Read(f.s.TenantID), f.s.ID, f.db.Now(), readLimit)
		if err != nil || len(events) == 0 {
			return err
		}
		if err := f.apply(ctx, events); err != nil {
			return err
		}
	}
	return nil
}

// apply reads each account of some events once, and stores what was read
// together with the events' end. An account that was read after its event came
// is not read again.
func (f *following) apply(ctx context.Context, events []models.SyncEvent) error {
	var keys []string
	seen := map[string]bool{}
	known, err := f.readSince(ctx, events)
	if err != nil {
		return err
	}
	for _, ev := range events {
		if !seen[ev.AccountKey] && known[ev.AccountKey] <= ev.ReceivedAt {
			seen[ev.AccountKey] = true
			keys = append(keys, ev.AccountKey)
		}
	}
	readings, gone, err := f.readOne(ctx, f.s, f.system, keys)
	if err != nil {
		return f.later(ctx, events, keys, err)
	}
	return f.db.Maintain(ctx, f.s.TenantID, store.SyncPage, func(ctx context.Context, tx *store.Tx) error {
		state, err := f.held(ctx, tx, f.lease)
		if err != nil {
			return err
		}
		t, err := f.storePage(ctx, tx, f.s, &state, &page{readings: readings, gone: gone, via: models.ViaEvent})
		if err != nil {
			return err
		}
		return endEvents(ctx, tx, events, t.heldKeys)
	})
}

// readSince says when the accounts of events were read last.
func (f *following) readSince(ctx context.Context, events []models.SyncEvent) (map[string]models.Instant, error) {
	keys := make([]string, len(events))
	for i := range events {
		keys[i] = events[i].AccountKey
	}
	rows, err := selectByKeys(ctx, f.db.Read(f.s.TenantID), f.s.ID, keys)
	at := make(map[string]models.Instant, len(rows))
	for _, row := range rows {
		if row.Digest != "" { // what was held back is read again
			at[row.Key] = row.LastReadAt
		}
	}
	return at, err
}

// maxAttempts is how often an event is tried before it is given up. The next
// full run reads the account anyway.
const maxAttempts = 10

// later puts events off after their accounts could not be read. When many were
// read at once, each is tried by itself, so that one does not hold up the others.
func (f *following) later(ctx context.Context, events []models.SyncEvent, keys []string, cause error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if len(keys) > 1 {
		ok := 0
		for _, ev := range events {
			if err := f.apply(ctx, []models.SyncEvent{ev}); err != nil {
				if ok == 0 {
					return err
				}
				return nil
			}
			ok++
		}
		return nil
	}
	failure := failureOf(cause)
	err := f.db.Maintain(ctx, f.s.TenantID, store.SyncEvents, func(ctx context.Context, tx *store.Tx) error {
		if _, err := f.held(ctx, tx, f.lease); err != nil {
			return err
		}
		return putOff(ctx, tx, events, restAfter(tx.Now, events[0].Attempts+1, failure), clean(sentenceOf(cause), 500))
	})
	if err != nil {
		return err
	}
	return cause
}

// failed writes that a source does not answer the follower, and when it is asked
// again.
func (f *following) failed(ctx context.Context, cause error) error {
	failure := failureOf(cause)
	if !errors.As(cause, new(*connector.Failure)) {
		f.log.WarnContext(ctx, "events could not be followed", "connector", f.s.ID, "error", cause.Error())
	}
	err := f.db.Maintain(ctx, f.s.TenantID, store.SyncEvents, func(ctx context.Context, tx *store.Tx) error {
		now, err := f.held(ctx, tx, f.lease)
		if err != nil {
			return err
		}
		now.FeedFailures++
		if now.FeedFailure = sentenceOf(cause); now.FeedFailingSince == 0 {
			now.FeedFailingSince = tx.Now
		}
		now.FeedRetryAt = restAfter(tx.Now, now.FeedFailures, failure)
		return updateState(ctx, tx, &now, "feed_failing_since", "feed_failure", "feed_failures", "feed_retry_at")
	})
	if errors.Is(err, errLost) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("put the feed down: %w", err)
	}
	return nil
}
