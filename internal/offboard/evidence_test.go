package offboard

import (
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/connector"
)

// What is left of before is counted by what is remembered; when there was more
// than that, nothing that is listed counts as new.
func TestStill(t *testing.T) {
	t.Parallel()
	list := func(n int) []connector.Session {
		var all []connector.Session
		for i := range n {
			all = append(all, connector.Session{ID: string(rune('a'+i%26)) + time.Duration(i).String(), Offline: i%3 == 0})
		}
		return all
	}
	every := func(connector.Session) bool { return true }
	few := readSessions(list(4), time.Time{}, every)
	if online, offline := few.still(list(2)); online != 1 || offline != 1 {
		t.Errorf("%d and %d left, want 1 and 1", online, offline)
	}
	if online, offline := few.still([]connector.Session{{ID: "new"}}); online+offline != 0 {
		t.Error("a session that began meanwhile counts as one of before")
	}
	many := readSessions(list(maxRemembered+5), time.Time{}, every)
	if len(many.Sessions) != maxRemembered || *many.Listed != maxRemembered+5 {
		t.Fatalf("%d remembered of %d", len(many.Sessions), *many.Listed)
	}
	if online, offline := many.still([]connector.Session{{ID: "nobody can say"}}); online+offline != 1 {
		t.Error("with more sessions than are remembered, one that is left was overlooked")
	}
}
