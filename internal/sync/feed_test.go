package sync_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
	"github.com/rollcall/rollcall/internal/sync"
	"github.com/rollcall/rollcall/internal/sync/synctest"
	"github.com/rollcall/rollcall/models"
)

// follow runs the background with the usual pauses until the test ends.
func (w *world) follow() {
	w.t.Helper()
	ctx, cancel := context.WithCancel(w.t.Context())
	done := make(chan struct{})
	e := w.usualEngine()
	go func() { defer close(done); e.Run(ctx, func() []int64 { return []int64{w.Tenant} }) }()
	w.t.Cleanup(func() { cancel(); <-done })
}

// until waits for what a test expects, however busy the machine is.
func (w *world) until(what string, true func() bool) {
	w.t.Helper()
	for began := time.Now(); !true(); time.Sleep(2 * time.Millisecond) {
		if time.Since(began) > 30*time.Second {
			w.t.Fatalf("never: %s", what)
		}
	}
}

// A change is visible here with the first look that begins after it, and looks
// are one second apart: within two seconds. How long a look takes depends on the
// machine and is for make bench-keycloak to say.
func TestFeedIsVisibleSoon(t *testing.T) {
	if every := sync.LooksEvery(); every > time.Second {
		t.Errorf("looks are %s apart", every)
	}
	each(t, func(w *world) {
		system, c := w.source(30, usual, makes)
		w.run(c, models.RunFull)
		w.follow()
		looks := system.Calls("ListEvents")
		w.until("the feed is looked at", func() bool { return system.Calls("ListEvents") > looks })
		for i := range 3 {
			name := fmt.Sprintf("Changed %d", i)
			w.Clock.Advance(time.Second)
			system.Change(synctest.ID(9), "boss", func(a *connector.Account) { a.DisplayName = name })
			looks := system.Calls("ListEvents")
			w.until(name, func() bool {
				used := system.Calls("ListEvents") - looks
				seen := w.person(synctest.ID(9)).DisplayName == name
				if !seen && used > 1 {
					w.t.Fatalf("change %d was not visible after a whole look", i)
				}
				return seen
			})
		}
	})
}

// Thousands of events that wait do not hold up what happens now.
func TestBacklogHoldsNothingUp(t *testing.T) {
	each(t, func(w *world) {
		const n = 1500
		s := makes
		system, c := w.source(n, usual, s)
		w.run(c, models.RunFull)
		w.later(time.Minute)
		for i := range n - 1 {
			system.Change(synctest.ID(i), "boss", func(a *connector.Account) { a.DisplayName = fmt.Sprint("Moved ", i) })
		}
		slow := &slowReads{System: system, pause: 50 * time.Millisecond} // 160 a second
		w.systems[c.ID] = slow
		w.follow()
		w.until("the backlog is worked on", func() bool { return slow.Calls("ReadPerson") > 100 })
		w.Clock.Advance(time.Second)
		system.Change(synctest.ID(n-1), "boss", func(a *connector.Account) { a.DisplayName = "Now" })
		before := slow.Calls("ReadPerson")
		w.until("the change", func() bool { return w.person(synctest.ID(n-1)).DisplayName == "Now" })
		if read := slow.Calls("ReadPerson") - before; read > 600 {
			w.t.Errorf("%d accounts were read before the one that just changed", read)
		}
	})
}

// slowReads takes time for each account.
type slowReads struct {
	*synctest.System

	pause time.Duration
}

func (s *slowReads) ReadPerson(ctx context.Context, id string) (connector.Account, error) {
	time.Sleep(s.pause)
	return s.System.ReadPerson(ctx, id)
}
